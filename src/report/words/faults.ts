import type { Fault } from '../../model/fault.ts';
import type { Sanitizer } from '../voice/index.ts';
import { placeWords } from './text.ts';

/**
 * `file:line:column: message [code]`, so that editors and terminals can jump to the place. Below it is the line
 * with a caret, if it may be seen. `label` comes before the message, which `cut` may shorten.
 */
export function faultLines(
  { code, message, place, source, row }: Fault,
  clean: Sanitizer,
  label = '',
  cut = (message: string) => message,
): string[] {
  const text = label + cut(clean.text(message)) + (code ? ` [${code}]` : '');
  if (!place) return [text];
  const head = `${placeWords(place, clean)}: ${text}`;
  if (source === undefined || (row && clean.masked)) return [head]; // no mask knows a name
  // A long line is cut around the fault; the caret keeps its column in what is left.
  const from = place.column > 100 ? place.column - 60 : 0;
  const before = clean.source(source.slice(from, place.column - 1));
  const after = clean.source(source.slice(place.column - 1, from + 120));
  const gutter = `${place.line} | `;
  return [head, `  ${gutter}${before}${after}`, `  ${' '.repeat(gutter.length + before.length)}^`];
}
