// Formats numbers for the report.
export const count = (value) => Math.round(value).toLocaleString('en-US');

export function time(ms) {
  if (ms === null) return '–';
  if (ms >= 9_995) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1_000) return `${(ms / 1000).toFixed(2)} s`;
  if (ms >= 10) return `${ms.toFixed(0)} ms`;
  return `${ms.toFixed(ms < 1 ? 3 : 2)} ms`;
}

export const memory = (bytes) => (bytes === null ? '–' : `${(bytes / 1e6).toFixed(0)} MB`);

export const share = (value) => value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : 1);

/** Formats a ratio of measure.mjs: the median, and the minimum and maximum of the rounds. */
export const ratioText = ({ median, least, most }) => `**${share(median)}** (${share(least)}–${share(most)})`;

/** Makes a Markdown table; the first column is text, the others are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
