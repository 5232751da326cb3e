import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Fault } from '../../model/fault.ts';
import { quoted } from '../../numbers/quoted.ts';
import type { Run } from './fold.ts';
import type { FaultAt, Path } from './places.ts';

/** The deepest nesting: far more than the format needs, and far less than the stack allows. */
const MAX_DEPTH = 100;

export const TOO_DEEP = `nesting is deeper than ${MAX_DEPTH} levels; check the brackets and the indentation`;

/** The longest key, in characters, as of YAML. An error of each value below a key may contain the key. */
const MAX_KEY = 1024;

const LONG_KEY = 'a key can have at most 1,024 characters; shorten it';

/**
 * Reads the values of a document. Refuses keys that are not text or not unique, anchors, aliases and merge
 * keys.
 */
export function readValues(root: unknown, text: string, runs: ReadonlyMap<number, Run>, faultAt: FaultAt) {
  const faults: Fault[] = [];
  let broken = false;
  let tooDeep: Fault | undefined;
  const sharing: number[] = []; // offsets of anchors, aliases and merge keys
  // The place of an empty value may be before its anchor.
  const offsetOfAnchor = (anchor: string, offset = 0) => {
    const before = text.lastIndexOf(anchor, offset);
    return before >= 0 ? before : text.indexOf(anchor, offset);
  };
  const indexes = new Map<YAMLMap, Map<string, Pair>>();
  const runsIn = new Map<readonly unknown[], Map<number, Run>>();

  function refuse(node: unknown, message: string): null {
    faults.push(faultAt(offsetOfNode(node) ?? 0, message));
    broken = true;
    return null;
  }

  function read(node: unknown, depth: number): unknown {
    if (depth > MAX_DEPTH) {
      tooDeep ??= faultAt(offsetOfNode(node) ?? 0, TOO_DEEP);
      return null;
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined) sharing.push(offsetOfAnchor(`&${anchor}`, offsetOfNode(node)));
    if (isAlias(node)) sharing.push(node.range![0]);
    if (isScalar(node)) return swallowsItems(node, text) ? refuse(node, SWALLOWS) : String(node.value);
    if (isSeq(node)) return readList(node, depth);
    return isMap(node) ? readMap(node, depth) : null;
  }

  function readList(list: YAMLSeq, depth: number): unknown[] {
    const items = list.items.map((item) => read(item, depth + 1));
    for (const [index, item] of list.items.entries()) {
      const run = runs.get(offsetOfNode(item) ?? -1);
      if (!run || list.flow || !isScalar(item) || Number(item.value) !== run.numbers[0]) continue;
      runsIn.set(items, (runsIn.get(items) ?? new Map()).set(index, run));
    }
    return items;
  }

  function readMap(map: YAMLMap, depth: number): unknown {
    const seen = new Map<string, unknown>();
    const pairs: [string, unknown][] = [];
    for (const { key, value } of map.items) {
      if (isAlias(key) || isMergeKey(key)) sharing.push(key.range![0]);
      else if (!isScalar(key)) refuse(key ?? map, 'a key must be plain text');
      if (!isScalar(key) || isMergeKey(key)) continue;
      const text = String(read(key, depth));
      if (text.length > MAX_KEY) refuse(key, LONG_KEY);
      if (seen.has(text)) {
        const { line } = faultAt(offsetOfNode(seen.get(text)) ?? 0, '').place!;
        const message = `the key ${quoted(text)} appears twice, first on line ${line}; remove one of the two`;
        faults.push(faultAt(offsetOfNode(key) ?? 0, message));
      } else seen.set(text, key);
      pairs.push([text, read(value, depth + 1)]);
    }
    return Object.fromEntries(pairs); // makes own keys, even of __proto__
  }

  function indexOf(map: YAMLMap): Map<string, Pair> {
    const keyOf = ({ key }: Pair) => String((key as { value: unknown }).value);
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [keyOf(pair), pair]));
    indexes.set(map, index);
    return index;
  }

  function offsetOf(path: Path, atKey: boolean): number {
    let node = root;
    let offset = offsetOfNode(node) ?? 0;
    for (const [depth, step] of path.entries()) {
      if (isSeq(node)) node = node.items[Number(step)];
      else if (isMap(node)) {
        const pair = indexOf(node).get(String(step));
        if (!pair) break;
        offset = offsetOfNode(pair.key) ?? offset;
        if (atKey && depth === path.length - 1) break;
        // An empty value has no place, so the place of its key is used.
        node = isEmpty(pair.value) ? null : pair.value;
      } else break;
      offset = offsetOfNode(node) ?? offset;
    }
    return offset;
  }

  const value = read(root, 0);
  const [first, ...others] = sharing;
  const shared = first === undefined ? undefined : faultAt(first, noSharing(others.length));
  return { value, faults, broken, tooDeep, shared, offsetOf, runsIn };
}

function noSharing(others: number): string {
  const more = others === 0 ? '' : `, but used here and in ${others === 1 ? '1 place' : `${others} places`} below`;
  const instead = 'share numbers with "lists:", and put text that begins with & or * in quotes';
  return `anchors, aliases and merge keys (&, *, <<) are not allowed${more}; ${instead}`;
}

const SWALLOWS =
  'this text continues on the lines below it, and one of them looks like a list item; fix the indentation, or put the text in quotes';

/**
 * Detects unquoted text that contains a line like a list item. If a comment such as `#x` is between a key and
 * its value, the parser reads the list items below as part of the text, and numbers would be lost without a
 * warning.
 */
function swallowsItems({ type, source, range }: Scalar, text: string): boolean {
  if (type !== 'PLAIN' || !range || !/(^|\s)-\s/.test(source ?? '')) return false;
  return /\n[ \t]*-\s/.test(text.slice(range[0], range[1]));
}

function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

/** Checks if a node has no text at all, not even quotes. */
export function isEmpty(node: unknown): boolean {
  return !node || (isScalar(node) && node.type === 'PLAIN' && node.source === '');
}

function offsetOfNode(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0];
}
