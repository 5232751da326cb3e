import type { Msisdn } from '../../numbers/msisdn.ts';
import type { NumberSet } from '../../numbers/number-set.ts';
import { parseWritten } from '../../numbers/written.ts';
import { textOf } from '../entries.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { readTokens } from '../yaml/cst.ts';
import { lastUpTo } from '../yaml/fold.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import type { Part } from '../yaml/parts.ts';
import type { Path } from '../yaml/places.ts';
import { mayOmitNumbers } from './add.ts';
import { type Cut, cut, cutText, pairInBraces } from './cuts.ts';
import type { Holder } from './entry.ts';
import { formatLines } from './format.ts';
import { type Item, type List, readItems } from './items.ts';
import { areUnchanged, joinLines } from './text.ts';

export interface Removal extends Holder {
  /** Every entry with one of these numbers is removed. */
  readonly numbers: NumberSet;
}

/** How careful a cut is with what follows an entry. */
interface Care {
  /** A list that becomes empty loses its key, if its bot may have no numbers of its own. */
  readonly dropsKey: boolean;
  /**
   * Comments below an entry move to its column, and blank lines go: they could become part of a text above it. If there
   * is no such text, they stay.
   */
  readonly movesComments: boolean;
}

const CARES: readonly Care[] = [
  { dropsKey: true, movesComments: false },
  { dropsKey: false, movesComments: false },
  { dropsKey: false, movesComments: true },
];

/**
 * Returns a file without faults after the removal of entries, in several forms: the first one that declares the same as
 * before without these entries is right. All comments stay, and so does the canonical form. A list without any entry left
 * becomes `[]`.
 */
export function* removeEntries(file: SourceFile, removals: readonly Removal[]): Generator<SourceFile> {
  const isFormatted = areUnchanged(file, formatLines(file));
  for (const care of CARES) {
    const rest = { ...file, text: cutEntries(file, removals, care) };
    // The rest may need other columns now, such as a comment after a removed entry.
    yield isFormatted ? tidy(rest) : rest;
  }
}

function tidy(file: SourceFile): SourceFile {
  if (!('parts' in parseYaml(file))) return file;
  const lines = formatLines(file);
  return areUnchanged(file, lines) ? file : { ...file, text: joinLines(file, lines) };
}

function cutEntries(file: SourceFile, removals: readonly Removal[], care: Care): string {
  const parsed = parseYaml(file) as ParsedFile;
  const { folded } = parsed;
  const { lists, comments } = readItems(folded.text);
  const items = lists.flatMap((list) => list.items);
  const cuts = removals.flatMap((removal) => {
    const part = parsed.parts[removal.kind].get(removal.name)!;
    return part.numbers.items.length === 0 ? [] : cutsIn(part, removal.numbers, { file, parsed, lists, items, care });
  });
  return cutText(
    file.text,
    cuts.sort((a, b) => a.from - b.from),
    comments.map(folded.toSource),
  );
}

interface Work {
  readonly file: SourceFile;
  readonly parsed: ParsedFile;
  readonly lists: readonly List[];
  /** The items of all lists. */
  readonly items: readonly Item[];
  readonly care: Care;
}

/** Makes the cuts of one list, by offsets in the source. */
function cutsIn(part: Part, numbers: NumberSet, work: Work): Cut[] {
  const { file, parsed, lists, care } = work;
  const { toSource } = parsed.folded;
  const first = itemAt([...part.numbers.path, 0], work);
  const list = lists.find(({ items }) => items.includes(first))!;
  const gone = new Set<Item>();
  const cuts: Cut[] = [];
  let left = 0;
  for (const [index, item] of part.numbers.items.entries()) {
    if (item.run) {
      const lines = runCuts(file.text, item.run, numbers);
      for (const line of lines) cuts.push(line); // too many for the arguments of one call
      left += item.run.numbers.length - lines.length;
      continue;
    }
    const number = parseWritten(textOf(item, 'number')!);
    if (typeof number === 'number' && numbers.has(number)) gone.add(itemAt([...part.numbers.path, index], work));
    else left++;
  }
  const isGone = (item: Item) => gone.has(item);
  const key = left === 0 && care.dropsKey && mayOmitNumbers(part) ? addedKey(part, list, parsed) : [];
  const others =
    key.length > 0 ? key : list.block ? blockCuts(list, isGone, care) : flowCuts(list, isGone, parsed.folded.text);
  if (left === 0 && list.block) others.push(emptied(part, list, parsed, care));
  const moved = others.map((each) => ({
    ...each,
    from: toSource(each.from),
    to: toSource(each.to),
    until: toSource(each.until),
  }));
  return [...cuts, ...moved];
}

function itemAt(path: Path, { parsed, items }: Work): Item {
  return items[lastUpTo(parsed.offsetOf(path), items.length, (at) => items[at]!.from)]!;
}

/** Cuts lines of a run, each of which is one whole item. */
function runCuts(text: string, run: { source: number; numbers: Float64Array }, gone: NumberSet): Cut[] {
  const column = run.source - text.lastIndexOf('\n', run.source) - 1;
  const cuts: Cut[] = [];
  let at = run.source;
  for (const number of run.numbers as Iterable<Msisdn>) {
    if (gone.has(number)) cuts.push(cut(at - 2, at + /^"?\+?\d+"?/.exec(text.slice(at, at + 20))![0].length));
    at = text.indexOf('\n', at) + 1 + column;
  }
  return cuts;
}

function blockCuts({ items, block }: List, isGone: (item: Item) => boolean, { movesComments }: Care): Cut[] {
  return items.filter(isGone).map((item) => {
    // Comments within the entry move in any case: they would be deeper than all that is left.
    const until = movesComments ? item.next : item.to;
    return { ...cut(item.from, item.to), until, column: block!.column, noBlanks: movesComments };
  });
}

/** Replaces a list without any entry left. */
function emptied(part: Part, { start }: List, parsed: ParsedFile, { dropsKey }: Care): Cut {
  if (!dropsKey || !mayOmitNumbers(part)) return cut(start, start, ' []');
  return cut(parsed.offsetOf([...part.numbers.path], true), start);
}

/** Cuts the key in braces if `add` wrote it: in quotes, and with blanks within its brackets. */
function addedKey(part: Part, { start, end, block }: List, parsed: ParsedFile): Cut[] {
  const { text } = parsed.folded;
  const from = parsed.offsetOf([...part.numbers.path], true);
  if (block || text[from] !== '"' || !/^\[ .* \]$/.test(text.slice(start - 1, end))) return [];
  const commas: number[] = [];
  let depth = 0;
  let close = end;
  readTokens(text, ({ type, offset }) => {
    if (type === 'comma') commas.push(offset);
    if (offset < end || depth < 0) return;
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
    if (type === 'flow-map-end' || type === 'flow-seq-end') depth--;
    if (depth < 0) close = offset + 1;
  });
  return depth < 0 ? pairInBraces(text, { from, to: end }, commas, close).map((span) => cut(span.from, span.to)) : [];
}

/**
 * Cuts items with the commas around them. Items after the last one that stays go with the blanks before them, as they
 * were added.
 */
function flowCuts({ items, start, end }: List, isGone: (item: Item) => boolean, text: string): Cut[] {
  const last = items.findLastIndex((item) => !isGone(item));
  const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
  const isPadded = isBlank(start) && isBlank(end - 2);
  if (last < 0 && isPadded && !text.slice(start, end).includes('\n')) return [cut(start, end, ']')];
  const cuts: Cut[] = [];
  for (const [index, item] of items.entries()) {
    if (!isGone(item)) continue;
    let from = item.from;
    let to = item.comma === null ? item.to : item.comma + 1;
    if (index > last) {
      if (index > 0) while (isBlank(from - 1)) from--;
    } else while (isBlank(to)) to++;
    cuts.push(cut(from, to));
  }
  const kept = items[last];
  if (kept && last < items.length - 1 && items.at(-1)!.comma === null) cuts.push(cut(kept.comma!, kept.comma! + 1));
  return cuts;
}
