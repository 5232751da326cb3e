import { isInForce } from '../expiry.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { lastUpTo } from '../yaml/fold.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import { formatLines } from './format.ts';
import { type Item, type List, readItems } from './items.ts';
import { type Edit, joinLines, type NewLines } from './text.ts';

/**
 * Formats a file without faults, line by line, and removes entries that expired before today (YYYY-MM-DD in
 * UTC), except entries with a `waId`. Keeps all comments in their order: a comment on the line of a removed
 * entry keeps that line. A list without any entry left becomes `[]`.
 */
export function pruneLines(file: SourceFile, today: string): NewLines {
  const formatted = formatLines(file);
  const tidy = { name: file.name, text: joinLines(file, formatted) };
  const pruned = cutExpired(tidy, today);
  if (!pruned) return formatted;
  // The rest may need other columns now, such as a comment after a removed entry.
  const rest = { name: file.name, text: joinLines(tidy, pruned) };
  return chain(chain(formatted, pruned), formatLines(rest));
}

function chain(first: NewLines, second: NewLines): NewLines {
  let at = 0;
  return first.map((line) => (line === null ? null : second[at++]!));
}

/** An edit that keeps the comments within it. */
export interface Cut extends Edit {
  /** Up to this offset, comments on lines of their own move to `column` if they are deeper. */
  readonly until: number;
  readonly column: number;
  /** Blank lines up to `until` are removed as well. */
  readonly noBlanks: boolean;
}

/** @returns null if no entry has expired. */
function cutExpired(file: SourceFile, today: string): NewLines | null {
  const { parts, folded, offsetOf } = parseYaml(file) as ParsedFile;
  const { lists, comments } = readItems(folded.text);
  const all = lists.flatMap(({ items }) => items);
  const expired = new Set<Item>();
  for (const { numbers } of parts.all) {
    for (const [index, { keys }] of numbers.items.entries()) {
      // A `waId` is still needed if another entry declares its user without one.
      if (isInForce(keys.expires as string | undefined, today) || keys.waId !== undefined) continue;
      expired.add(all[lastUpTo(offsetOf([...numbers.path, index]), all.length, (at) => all[at]!.from)]!);
    }
  }
  if (expired.size === 0) return null;
  const isGone = (item: Item) => expired.has(item);
  const { toSource } = folded;
  const cuts = lists
    .filter(({ items }) => items.some(isGone))
    .flatMap((list) => (list.block ? cutsInBlock(list, isGone) : cutsInBrackets(list, isGone, folded.text)))
    .map((cut) => ({ ...cut, from: toSource(cut.from), to: toSource(cut.to), until: toSource(cut.until) }))
    .sort((a, b) => a.from - b.from);
  return applyCuts(file.text, cuts, comments.map(toSource));
}

/** Makes a cut that moves no comments. */
export function cut(from: number, to: number, text = ''): Cut {
  return { from, to, text, until: to, column: Number.POSITIVE_INFINITY, noBlanks: false };
}

function cutsInBlock({ items, block, start }: List, isGone: (item: Item) => boolean): Cut[] {
  const { column } = block!;
  let belowText = false;
  const cuts: Cut[] = [];
  for (const [index, item] of items.entries()) {
    if (!isGone(item)) continue;
    if (index === 0 || !isGone(items[index - 1]!)) belowText = item.belowText;
    // A deeper comment or a blank line could become part of text that ends above the entry.
    cuts.push({ ...cut(item.from, item.to), until: item.next, column, noBlanks: belowText });
  }
  return items.every(isGone) ? [cut(start, start, ' []'), ...cuts] : cuts;
}

function cutsInBrackets({ items, start, end }: List, isGone: (item: Item) => boolean, text: string): Cut[] {
  if (items.every(isGone)) return [cut(start, end, ']')];
  const cuts: Cut[] = [];
  for (const item of items.filter(isGone)) {
    let { from, to } = item;
    const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
    if (item.comma === null) while (isBlank(from - 1)) from--;
    else for (to = item.comma + 1; isBlank(to); ) to++;
    cuts.push(cut(from, to));
  }
  const last = items.findLast((item) => !isGone(item))!;
  if (isGone(items.at(-1)!) && items.at(-1)!.comma === null) cuts.push(cut(last.comma!, last.comma! + 1));
  return cuts;
}

/** @param comments the offset of each comment; none is cut. */
export function applyCuts(text: string, cuts: readonly Cut[], comments: readonly number[]): NewLines {
  const out: (string | null)[] = [];
  let nextCut = 0;
  let nextComment = 0;
  let start = 0;
  for (const source of text.split('\n')) {
    const end = start + source.length;
    while (nextCut < cuts.length && cuts[nextCut]!.until < start) nextCut++;
    while (comments[nextComment]! < start) nextComment++;
    const line = source.endsWith('\r') ? source.slice(0, -1) : source;
    const near: Cut[] = [];
    for (let at = nextCut; at < cuts.length && cuts[at]!.from <= end; at++) near.push(cuts[at]!);
    const comment = comments[nextComment]! <= end ? comments[nextComment]! - start : line.length;
    out.push(near.length > 0 ? cutLine(line, start, comment, near) : line);
    start = end + 1;
  }
  if (out.at(-1) === '') out[out.length - 1] = null;
  return out;
}

/** @param at the column of the comment of the line, or the end of the line. */
function cutLine(line: string, start: number, at: number, near: readonly Cut[]): string | null {
  let code = '';
  let from = 0;
  let isCut = false;
  for (const cut of near) {
    const inLine = cut.from >= start;
    if (!inLine && cut.to <= start) continue;
    isCut = true;
    if (inLine) code += line.slice(from, cut.from - start) + cut.text;
    from = Math.max(from, Math.min(cut.to - start, at));
  }
  code += line.slice(from, at);
  const comment = line.slice(at);
  const lead = /^[ \t]*/.exec(line)![0];
  if (code.trim() !== '') {
    if (!isCut) return line;
    const gap = comment === '' || /\s$/.test(code) ? '' : ' ';
    return (lead + code.trimStart() + gap + comment).trimEnd();
  }
  if (comment === '') return isCut || near.some(({ noBlanks, until }) => noBlanks && until > start) ? null : line;
  const columns = near.filter(({ until }) => until > start).map(({ column }) => column);
  return (
    lead.slice(
      0,
      columns.reduce((least, column) => Math.min(least, column), lead.length),
    ) + comment
  );
}
