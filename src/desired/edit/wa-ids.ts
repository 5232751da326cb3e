import type { Msisdn } from '../../numbers/msisdn.ts';
import { parseWritten } from '../../numbers/written.ts';
import { pathOf, textOf } from '../entries.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import type { ItemList } from '../yaml/parts.ts';
import type { Addition } from './insert.ts';
import { applyEdits, type Edit, lineEndOf, pairIn, quotedNumber } from './text.ts';

/**
 * Adds the WhatsApp IDs of numbers that the lists of a file contain already, each to the first entry of the number.
 * The file has no faults. Changes no other byte.
 *
 *     - "+447700900123" # spam   →   - { number: "+447700900123", waId: "+447700900999" } # spam
 *     - number: "+447700900123"  →   - number: "+447700900123"
 *       reason: Spam                   waId: "+447700900999"
 *                                      reason: Spam
 */
export function addWaIds(file: SourceFile, additions: readonly Addition[]): string {
  if (additions.every(({ names }) => !names)) return file.text;
  const parsed = parseYaml(file) as ParsedFile;
  const { text } = file;
  const end = lineEndOf(text);
  const edits: Edit[] = [];
  for (const { id, numbers, names = [] } of additions) {
    const left = new Map(Array.from(names).filter(([number]) => !numbers.has(number)));
    for (const { number, at, keyAt, isFlow } of placed(parsed, text, parsed.parts.bots.get(id)?.numbers)) {
      const waId = left.get(number);
      if (waId === undefined) continue;
      left.delete(number);
      const written = NUMBER.exec(text.slice(at))![0];
      const to = at + written.length;
      if (keyAt === null) edits.push({ from: at, to, text: pairIn(text, written, waId) });
      else if (isFlow) {
        const other = text[keyAt] === '"' ? '"waId"' : 'waId';
        edits.push({ from: to, to, text: `, ${other}: ${quotedNumber(waId)}` });
      } else {
        const column = keyAt - text.lastIndexOf('\n', keyAt) - 1;
        const lineEnd = /\r?\n|$/.exec(text.slice(to))!.index + to;
        edits.push({ from: lineEnd, to: lineEnd, text: `${end}${' '.repeat(column)}waId: ${quotedNumber(waId)}` });
      }
    }
  }
  return applyEdits(text, edits);
}

/** A number as it is written, with its quotes. */
const NUMBER = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s,#\]}][^,#\]}\r\n]*?(?=\s*(?:[,#\]}\r\n]|$)))/;

interface Placed {
  readonly number: Msisdn;
  /** The offset of the written number. */
  readonly at: number;
  /** The offset of the key of the number; null for a number alone. */
  readonly keyAt: number | null;
  /** The entry is in braces. */
  readonly isFlow: boolean;
}

/** Yields the numbers of a list that have no waId yet, with their offsets in the source. */
function* placed(parsed: ParsedFile, text: string, list: ItemList | undefined): Generator<Placed> {
  const sourceOf = (path: readonly (string | number)[], atKey = false) =>
    parsed.folded.toSource(parsed.offsetOf([...path], atKey));
  for (const [index, item] of list?.items.entries() ?? []) {
    if (item.run) {
      const column = item.run.source - text.lastIndexOf('\n', item.run.source) - 1;
      let at = item.run.source;
      for (const number of item.run.numbers) {
        yield { number, at, keyAt: null, isFlow: false };
        at = text.indexOf('\n', at) + 1 + column;
      }
      continue;
    }
    const number = parseWritten(textOf(item, 'number') ?? '');
    if (typeof number !== 'number' || item.keys.waId !== undefined) continue;
    const path = [...list!.path, index];
    const own = pathOf(item, 'number', path);
    const keyAt = item.text === null ? sourceOf(own, true) : null;
    yield { number, at: sourceOf(own), keyAt, isFlow: text[sourceOf(path)] === '{' };
  }
}
