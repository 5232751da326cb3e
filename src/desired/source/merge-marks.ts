/** Matches a conflict marker: a line that Git writes around and between the sides of a failed merge. */
export const MERGE_MARK = /^(?:<{7}|={7}|>{7})(?: |\r?$)/m;

/**
 * The beginnings of the two outer markers. The marker between the sides is omitted, as a comment may contain
 * it.
 */
export const OUTER_MARKS = ['<<<<<<< ', '>>>>>>> '] as const;

export const MERGE_LEFT = 'this is a conflict marker of a merge; choose between the two sides, and remove the markers';
