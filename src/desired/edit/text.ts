import type { SourceFile } from '../source/yaml-files.ts';

/** What each line of a file becomes, in their order; null where it goes. */
export type NewLines = readonly (string | null)[];

/** The file with its new lines. CRLF stays where all of the file has it. */
export function joinLines(file: SourceFile, lines: NewLines): string {
  const end = lineEndOf(file.text);
  return lines.filter((line) => line !== null).join(end) + end;
}

export function lineEndOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') && !/(?<!\r)\n/.test(text) ? '\r\n' : '\n';
}

/** A text in quotes only where some reader of YAML may take it for something else: a number, a truth, nothing. */
export function plain(text: string): string {
  const isText = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|e[^a-z].*)$/i.test(text);
  return isText ? text : `"${text}"`;
}
