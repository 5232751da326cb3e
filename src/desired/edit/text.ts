import type { SourceFile } from '../source/yaml-files.ts';

/** A replacement of a part of a text. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The new form of each line of a file; null for a removed line. */
export type NewLines = readonly (string | null)[];

/** Returns the file with its new lines. Keeps CRLF if all lines have it. */
export function joinLines(file: SourceFile, lines: NewLines): string {
  const end = lineEndOf(file.text);
  return lines.filter((line) => line !== null).join(end) + end;
}

export function lineEndOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') && !/(?<!\r)\n/.test(text) ? '\r\n' : '\n';
}

/** Quotes a text that some YAML parser may read as a number, a boolean or null. */
export function plain(text: string): string {
  const isText = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|e[^a-z].*)$/i.test(text);
  return isText ? text : `"${text}"`;
}
