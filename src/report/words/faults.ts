import type { Fault } from '../../model/fault.ts';
import type { Sanitizer } from '../voice/index.ts';

/** `file:line:column: message [code]`, and the line with a caret below it, where it may be seen. `label` stands before the message, which `cut` may shorten. */
export function faultLines(
  { code, message, place, source, row }: Fault,
  voice: Sanitizer,
  label = '',
  cut = (said: string) => said,
): string[] {
  const said = label + cut(voice.text(message)) + (code ? ` [${code}]` : '');
  if (!place) return [said];
  const head = `${voice.file(place.file)}:${place.line}:${place.column}: ${said}`;
  if (source === undefined || (row && voice.masked)) return [head]; // no mask knows a name
  // A long line is cut around the fault; the caret keeps its column in what is left.
  const from = place.column > 100 ? place.column - 60 : 0;
  const before = voice.source(source.slice(from, place.column - 1));
  const after = voice.source(source.slice(place.column - 1, from + 120));
  const gutter = `${place.line} | `;
  return [head, `  ${gutter}${before}${after}`, `  ${' '.repeat(gutter.length + before.length)}^`];
}
