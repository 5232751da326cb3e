import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Fault } from '../model.ts';
import type { SourceFile } from './files.ts';

/** A key or an index for each step from the root of a document. */
export type Path = readonly (string | number)[];

/** A YAML file as plain values in which every scalar is its text, and the way back from a value to its place. */
export interface ParsedFile {
  readonly value: unknown;
  /** A fault at the value that the path leads to, or at the nearest parent that exists; at the key if `atKey`. */
  fault(path: Path, message: string, atKey?: boolean): Fault;
}

/** Aliases are welcome, but what they expand to is bounded, or ten lines could stand for a billion numbers. */
const MAX_ENTRIES = 10_000_000;

/**
 * Parses one file. The failsafe schema keeps every scalar as the text it was written as: an unquoted `+46732001122`
 * keeps its plus, `0046` its zeros, and nothing becomes a float.
 *
 * @returns the parsed file, or every fault of its syntax.
 */
export function parseYaml(file: SourceFile): ParsedFile | readonly Fault[] {
  const lines = new LineCounter();
  const faultAt = (offset: number, message: string): Fault => {
    const { line, col } = lines.linePos(offset);
    return { message, place: { file: file.name, line, column: col }, source: lineOf(file.text, offset) };
  };
  const documents = parseAllDocuments(file.text, {
    schema: 'failsafe',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false, // checked below, with both places
  });
  const doc = documents[0];
  if (!doc || doc.contents === null) {
    if (doc?.errors.length) return doc.errors.map((error) => faultAt(error.pos[0], error.message));
    return [
      faultAt(0, 'the file is empty; it needs at least "version: 1" and "bots:" (delete the file if it has no use)'),
    ];
  }
  const faults = documents.flatMap((each) =>
    [...each.errors, ...each.warnings].map((error) => faultAt(error.pos[0], error.message)),
  );
  const second = documents[1];
  if (second) faults.push(faultAt(second.range[0], 'a second YAML document starts here; use one document a file'));
  if (doc.directives?.yaml.version === '1.1') {
    faults.push(faultAt(0, 'a %YAML 1.1 directive changes what numbers mean; remove it'));
  }
  if (faults.length > 0) return faults;

  const structure = inspect(doc as Document, faultAt);
  if (structure.faults.length > 0) return structure.faults;
  return {
    value: doc.toJS({ maxAliasCount: -1 }),
    fault: (path, message, atKey = false) => faultAt(offsetOf(doc, path, structure.targets, atKey), message),
  };
}

/** Walks the document once, in its order: keys must be text and unique, aliases must not expand beyond the limit. */
function inspect(doc: Document, faultAt: (offset: number, message: string) => Fault) {
  const faults: Fault[] = [];
  const anchors = new Map<string, unknown>();
  const targets = new Map<Alias, unknown>();
  const sizes = new Map<unknown, number>();

  /** How many values the node stands for with its aliases expanded. */
  function size(node: unknown): number {
    let total = 1;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      targets.set(node, target);
      return sizes.get(target) ?? Number.POSITIVE_INFINITY; // not there yet: the alias stands within its own anchor
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor) anchors.set(anchor, node);
    if (isSeq(node)) for (const item of node.items) total += size(item);
    if (isMap(node)) {
      const seen = new Map<string, number>();
      for (const { key, value } of node.items) {
        const offset = offsetOfNode(key) ?? offsetOfNode(node) ?? 0;
        if (!isScalar(key)) {
          faults.push(faultAt(offset, 'a key must be plain text'));
          continue;
        }
        const text = String(key.value);
        const first = seen.get(text);
        if (first === undefined) seen.set(text, offset);
        else {
          const place = faultAt(first, '').place!;
          faults.push(faultAt(offset, `the key "${text}" stands twice; the first is in line ${place.line}`));
        }
        total += size(value);
      }
    }
    if (anchor) sizes.set(node, total);
    return total;
  }

  if (size(doc.contents) > MAX_ENTRIES) {
    faults.push(faultAt(0, `with its aliases expanded the file holds more than ${MAX_ENTRIES} entries, or has no end`));
  }
  return { faults, targets };
}

function offsetOf(doc: { contents: unknown }, path: Path, targets: Map<Alias, unknown>, atKey: boolean): number {
  let node: unknown = doc.contents;
  let offset = offsetOfNode(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = targets.get(node);
    const last = depth === path.length - 1;
    if (isSeq(node)) node = node.items[Number(step)];
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (!pair) break;
      // An empty value has no place of its own: its key stands for it.
      const value = isScalar(pair.value) && pair.value.source === '' ? null : pair.value;
      offset = offsetOfNode(pair.key) ?? offset;
      if (last && atKey) break;
      node = value;
    } else break;
    offset = offsetOfNode(node) ?? offset;
  }
  return offset;
}

function offsetOfNode(node: unknown): number | undefined {
  return (node as { range?: [number, number, number] | null } | null)?.range?.[0];
}

function lineOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
}
