import { type Alias, isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Fault } from '../../model/fault.ts';
import type { Run } from './fold.ts';
import type { FaultAt, Path } from './places.ts';

/** Aliases are welcome, but what they expand to is bounded, or ten lines could stand for a billion numbers. */
const MAX_ENTRIES = 10_000_000;

/** Far more than the format needs, and far less than what overflows the stack. */
const MAX_DEPTH = 100;

export const TOO_DEEP = `nested more than ${MAX_DEPTH} deep; no desired state is`;

/** The values of a document in which keys are text and unique, and aliases lead somewhere and do not expand for ever. */
export function readTree(root: unknown, text: string, runs: ReadonlyMap<number, Run>, faultAt: FaultAt) {
  const faults: Fault[] = [];
  let broken = false;
  let tooDeep: Fault | undefined;
  let entries = 0;
  const anchors = new Map<string, unknown>();
  const finished = new Map<unknown, { value: unknown; size: number }>();
  const targets = new Map<Alias, unknown>();
  const indexes = new Map<YAMLMap, Map<string, Pair>>();
  const runsIn = new Map<readonly unknown[], Map<number, Run>>();

  function refuse(node: unknown, message: string): null {
    faults.push(faultAt(offsetOfNode(node) ?? 0, message));
    broken = true;
    return null;
  }

  function read(node: unknown, depth: number): unknown {
    if (isAlias(node)) return readAlias(node);
    if (depth > MAX_DEPTH) {
      tooDeep ??= faultAt(offsetOfNode(node) ?? 0, TOO_DEEP);
      return null;
    }
    const before = entries++;
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor) anchors.set(anchor, node);
    let value: unknown = null;
    if (isScalar(node)) value = swallowsItems(node, text) ? refuse(node, SWALLOWS) : String(node.value);
    else if (isSeq(node)) value = readList(node, depth);
    else if (isMap(node)) value = readMap(node, depth);
    if (anchor) finished.set(node, { value, size: entries - before });
    return value;
  }

  function readList(list: YAMLSeq, depth: number): unknown[] {
    const items = list.items.map((item) => read(item, depth + 1));
    for (const [index, item] of list.items.entries()) {
      const run = runs.get(offsetOfNode(item) ?? -1);
      if (!run || list.flow || !isScalar(item) || Number(item.value) !== run.numbers[0]) continue;
      entries += run.numbers.length - 1;
      runsIn.set(items, (runsIn.get(items) ?? new Map()).set(index, run));
    }
    return items;
  }

  function readMap(map: YAMLMap, depth: number): unknown {
    const seen = new Map<string, unknown>();
    const pairs: [string, unknown][] = [];
    for (const { key, value } of map.items) {
      if (!isScalar(key)) {
        refuse(key ?? map, 'a key must be plain text');
        continue;
      }
      const text = String(read(key, depth));
      if (seen.has(text)) {
        const { line } = faultAt(offsetOfNode(seen.get(text)) ?? 0, '').place!;
        const message = `the key "${text}" stands twice; the first is in line ${line}`;
        faults.push(faultAt(offsetOfNode(key) ?? 0, message));
      } else seen.set(text, key);
      pairs.push([text, read(value, depth + 1)]);
    }
    return Object.fromEntries(pairs); // makes own keys of all, __proto__ too
  }

  // The value of the anchor is shared, not copied. Not left to the library: it takes time quadratic in the aliases.
  function readAlias(alias: Alias): unknown {
    const target = anchors.get(alias.source);
    if (!target)
      return refuse(
        alias,
        `no anchor &${alias.source} stands before this alias; a text that begins with * needs quotes`,
      );
    targets.set(alias, target);
    const known = finished.get(target);
    if (!known) return refuse(alias, `the alias *${alias.source} stands within its own anchor and so has no end`);
    const small = entries <= MAX_ENTRIES;
    entries += known.size;
    if (small && entries > MAX_ENTRIES) refuse(alias, `aliases make this file hold more than ${MAX_ENTRIES} entries`);
    return known.value;
  }

  function indexOf(map: YAMLMap): Map<string, Pair> {
    const index =
      indexes.get(map) ?? new Map(map.items.map((pair) => [String((pair.key as { value: unknown }).value), pair]));
    indexes.set(map, index);
    return index;
  }

  function offsetOf(path: Path, atKey: boolean): number {
    let node = root;
    let offset = offsetOfNode(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      if (isAlias(node)) node = targets.get(node);
      if (isSeq(node)) node = node.items[Number(step)];
      else if (isMap(node)) {
        const pair = indexOf(node).get(String(step));
        if (!pair) break;
        offset = offsetOfNode(pair.key) ?? offset;
        if (atKey && depth === path.length - 1) break;
        // An empty value has no place of its own: its key stands for it.
        node = isEmpty(pair.value) ? null : pair.value;
      } else break;
      offset = offsetOfNode(node) ?? offset;
    }
    return offset;
  }

  const value = read(root, 0);
  return { value, faults, broken, tooDeep, offsetOf, runsIn };
}

const SWALLOWS =
  'this text goes on over the lines below it, and one of them looks like an item of a list; mend the indentation, or put the text in quotes';

/**
 * A comment such as `#x` between a key and its value on a line of its own makes the parser take the items of the list below
 * for a part of that text: numbers would be lost without a word. So no text without quotes may hold such a line.
 */
function swallowsItems({ type, source, range }: Scalar, text: string): boolean {
  if (type !== 'PLAIN' || !range || !/(^|\s)-\s/.test(source ?? '')) return false;
  return /\n[ \t]*-\s/.test(text.slice(range[0], range[1]));
}

/** Nothing at all was written, not even quotes. */
export function isEmpty(node: unknown): boolean {
  return !node || (isScalar(node) && node.type === 'PLAIN' && node.source === '');
}

function offsetOfNode(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0];
}
