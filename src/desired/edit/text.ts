import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import type { SourceFile } from '../source/yaml-files.ts';

/** A replacement of a part of a text. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Applies edits of offsets, which `toSource` maps to the text. Edits at the same place keep their order. */
export function applyEdits(source: string, edits: readonly Edit[], toSource = (offset: number) => offset): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.from - b.from)) {
    text += source.slice(at, toSource(edit.from)) + edit.text;
    at = toSource(edit.to);
  }
  return text + source.slice(at);
}

/** The new form of each line of a file; null for a removed line. */
export type NewLines = readonly (string | null)[];

/** Returns the file with its new lines. Keeps CRLF if all lines have it. */
export function joinLines(file: SourceFile, lines: NewLines): string {
  const end = lineEndOf(file.text);
  return lines.filter((line) => line !== null).join(end) + end;
}

/** Checks if the new form of each line is the line itself. Makes no second text, as the file may have a million lines. */
export function areUnchanged({ text }: SourceFile, lines: NewLines): boolean {
  const end = lineEndOf(text);
  let at = 0;
  for (const line of lines) {
    if (line === null) continue; // the text after the last line end
    if (!text.startsWith(line, at) || !text.startsWith(end, at + line.length)) return false;
    at += line.length + end.length;
  }
  return at === text.length;
}

export function lineEndOf(text: string): '\n' | '\r\n' {
  return text.includes('\r\n') && !/(?<!\r)\n/.test(text) ? '\r\n' : '\n';
}

/** Returns the line end at an offset; that of the last line, which has none, is `other`. */
export function lineEndAt(text: string, offset: number, other: string): string {
  if (text[offset] === '\r') return '\r\n';
  return text[offset] === '\n' ? '\n' : other;
}

/** A file that begins with a brace may be JSON, in which keys and texts have quotes. */
export const isJson = (file: string) => file.trimStart().startsWith('{');

/** Writes an entry with a waId in one line. */
export function pairIn(file: string, number: string, waId: Msisdn): string {
  const [key, other] = isJson(file) ? ['"number"', '"waId"'] : ['number', 'waId'];
  return `{ ${key}: ${number}, ${other}: ${quotedNumber(waId)} }`;
}

export const quotedNumber = (number: Msisdn) => `"${formatMsisdn(number)}"`;

/** Writes a text. Quotes are omitted only around one word that no YAML parser reads as a number, a boolean or null. */
export function scalar(text: string): string {
  const isText = /^[A-Za-z_][\w.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n|e[^a-z].*)$/i.test(text);
  return isText ? text : quotedText(text);
}

/** The escapes of JSON are those of double quotes in YAML. Files cannot contain the characters that JSON leaves. */
export const quotedText = (text: string) =>
  JSON.stringify(text).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
