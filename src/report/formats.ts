/** The names of the formats. The help lists them, and loads no format. */
export const FORMATS = ['text', 'json', 'markdown', 'github', 'html', 'diff', 'junit'] as const;
