import { isInForce } from '../expiry.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { lastUpTo } from '../yaml/fold.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import { applyCuts, type Cut, cut } from './cuts.ts';
import { formatLines } from './format.ts';
import { type Item, type List, readItems } from './items.ts';
import { joinLines, type NewLines } from './text.ts';

/**
 * Formats a file without faults, line by line, and removes entries that expired before today (YYYY-MM-DD in
 * UTC), except entries with a `waId`. Keeps all comments in their order: a comment on the line of a removed
 * entry keeps that line. A list without any entry left becomes `[]`.
 *
 * @returns the lines, and the count of removed entries.
 */
export function pruneLines(file: SourceFile, today: string): { readonly lines: NewLines; readonly pruned: number } {
  const formatted = formatLines(file);
  const tidy = { name: file.name, text: joinLines(file, formatted) };
  const pruned = cutExpired(tidy, today);
  if (!pruned) return { lines: formatted, pruned: 0 };
  // The rest may need other columns now, such as a comment after a removed entry.
  const rest = { name: file.name, text: joinLines(tidy, pruned.lines) };
  return { lines: chain(chain(formatted, pruned.lines), formatLines(rest)), pruned: pruned.count };
}

function chain(first: NewLines, second: NewLines): NewLines {
  let at = 0;
  return first.map((line) => (line === null ? null : second[at++]!));
}

/** @returns null if no entry has expired. */
function cutExpired(file: SourceFile, today: string): { lines: NewLines; count: number } | null {
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
  return { lines: applyCuts(file.text, cuts, comments.map(toSource)), count: expired.size };
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
