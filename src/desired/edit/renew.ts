import type { SourceFile } from '../source/yaml-files.ts';
import { readTokens } from '../yaml/cst.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import { type Details, detailPairs, type Holder, isJson } from './entry.ts';
import { blanks } from './insert.ts';
import { applyCuts, type Cut, cut } from './prune.ts';
import { joinLines, lineEndOf } from './text.ts';

/** New details of an entry: its other keys stay. Null removes the last day. */
export type Renewal = Omit<Details, 'expires'> & { readonly expires?: string | null };

/**
 * Changes details of the entry at an index of a list, in a file without faults. New keys follow the number. Changes no
 * other key and no comment.
 */
export function renewEntry(file: SourceFile, holder: Holder, index: number, renewal: Renewal): string {
  const parsed = parseYaml(file) as ParsedFile;
  const item = parsed.parts[holder.kind].get(holder.name)!.numbers.items[index]!;
  const path = [holder.kind, holder.name, 'numbers', index];
  const { text } = parsed.folded;
  const isAlone = item.text !== null;
  const [numberAt] = spanOf(parsed, isAlone ? path : [...path, 'number']);
  const keyAt = isAlone ? numberAt : parsed.offsetOf([...path, 'number'], true);
  const flow = isAlone ? isInFlow(text, numberAt) : text[parsed.offsetOf(path)] === '{';
  const json = isJson(file.text);
  const { expires, ...rest } = renewal;
  const details = { ...rest, ...(typeof expires === 'string' && { expires }) };
  const cuts: Cut[] = [];
  const added: string[] = [];
  for (const [key, value] of detailPairs(details, { flow, json })) {
    const name = key.replaceAll('"', '');
    if (item.keys[name] === undefined) added.push(`${key}: ${value}`);
    else cuts.push(cut(...spanOf(parsed, [...path, name]), value));
  }
  if (expires === null && item.keys.expires !== undefined) cuts.push(keyCut(parsed, [...path, 'expires'], flow));
  const numberEnd = spanOf(parsed, isAlone ? path : [...path, 'number'])[1];
  if (added.length > 0) {
    const number = json ? '"number"' : 'number';
    if (flow) {
      const list = added.map((pair) => `, ${pair}`).join('');
      if (isAlone) cuts.push(cut(numberAt, numberAt, `{ ${number}: `), cut(numberEnd, numberEnd, `${list} }`));
      else cuts.push(cut(numberEnd, numberEnd, list));
    } else {
      const column = keyAt - text.lastIndexOf('\n', keyAt - 1) - 1;
      const end = /\r?\n|$/.exec(text.slice(numberEnd))!.index + numberEnd;
      const lines = added.map((pair) => `${lineEndOf(text)}${blanks(column)}${pair}`).join('');
      if (isAlone) cuts.push(cut(numberAt, numberAt, 'number: '));
      cuts.push(cut(end, end, lines));
    }
  }
  return withCuts(file, parsed, cuts);
}

/** Applies insertions as they are, and removals of whole keys by lines, so that no blank line is left. */
function withCuts(file: SourceFile, parsed: ParsedFile, cuts: readonly Cut[]): string {
  const { toSource } = parsed.folded;
  const inSource = cuts.map((each) => ({
    ...each,
    from: toSource(each.from),
    to: toSource(each.to),
    until: toSource(each.until),
  }));
  const sorted = inSource.toSorted((a, b) => a.from - b.from || a.to - b.to);
  let text = file.text;
  for (const { from, to, text: inserted } of sorted.toReversed()) {
    const isWholeKey = inserted === '' && to > from;
    text = isWholeKey ? cutLines({ ...file, text }, from, to) : text.slice(0, from) + inserted + text.slice(to);
  }
  return text;
}

function cutLines(file: SourceFile, from: number, to: number): string {
  const comments: number[] = [];
  readTokens(file.text, ({ type, offset }) => {
    if (type === 'comment') comments.push(offset);
  });
  return joinLines(file, applyCuts(file.text, [cut(from, to)], comments));
}

/** Cuts a key and its value, with a comma in braces. */
function keyCut(parsed: ParsedFile, path: readonly (string | number)[], flow: boolean): Cut {
  const { text } = parsed.folded;
  let from = parsed.offsetOf([...path], true);
  let [, to] = spanOf(parsed, path);
  if (!flow) return cut(from, to);
  const [after = ''] = /^\s*,[ \t]*/.exec(text.slice(to)) ?? [];
  if (after !== '') to += after.length;
  else from = text.slice(0, from).trimEnd().length - 1; // the comma before it
  return cut(from, to);
}

/** Returns the start and the end of a scalar, or of a value in braces. */
function spanOf(parsed: ParsedFile, path: readonly (string | number)[]): [from: number, to: number] {
  const from = parsed.offsetOf([...path]);
  let to = from;
  let depth = 0;
  let isOpen = false;
  readTokens(parsed.folded.text, ({ type, offset, source }) => {
    if (offset === from && source !== '') {
      isOpen = true;
      to = offset;
    }
    if (!isOpen || offset < from) return;
    if (type === 'flow-map-start' || type === 'flow-seq-start') depth++;
    if (type === 'flow-map-end' || type === 'flow-seq-end') depth--;
    const isValue = type.endsWith('scalar') || type.startsWith('flow-');
    if (isValue) to = offset + source.length - (type === 'block-scalar' && source.endsWith('\n') ? 1 : 0);
    if (depth === 0 && isValue) isOpen = false;
  });
  return [from, to];
}

function isInFlow(text: string, at: number): boolean {
  let found = false;
  readTokens(text, ({ offset, inFlow }) => {
    if (offset === at) found = inFlow;
  });
  return found;
}
