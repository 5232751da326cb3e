import { diffArrays } from 'diff';
import type { Hunk } from '../../model/report.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { lineEndOf, type NewLines } from './text.ts';

/** The number of lines shown around a change. */
const CONTEXT = 3;

const NO_END = '\\ No newline at end of file';

/** The changes of a text, by the positions of its old lines. Lines contain their line feed. */
interface LineChanges {
  readonly old: readonly string[];
  isGone(at: number): boolean;
  /** The lines that are added before an old line, or after the last one. */
  addedBefore(at: number): readonly string[];
}

const NONE: readonly string[] = [];

/** Makes the hunks of a unified diff. Each new line replaces a known old line, so it matches no lines. */
export function hunksOf({ text }: SourceFile, lines: NewLines): Hunk[] {
  const old = linesOf(text);
  const end = lineEndOf(text);
  const isGone = (at: number) => at < old.length && (lines[at] === null || lines[at] + end !== old[at]);
  const addedBefore = (at: number) =>
    at > 0 && isGone(at - 1) && lines[at - 1] !== null ? [lines[at - 1] + end] : NONE;
  return hunksFrom({ old, isGone, addedBefore });
}

/**
 * Makes the hunks of a unified diff between two texts of a file, in linear time: an edit of a million lines may change
 * one of them, or most.
 */
export function hunksBetween(before: string, after: string): Hunk[] {
  const [from, beforeEnd, afterEnd] = middleOf(before, after);
  const old = linesOf(before.slice(from, beforeEnd));
  const gone = new Uint8Array(old.length);
  const added = new Map<number, string[]>();
  compare(old, linesOf(after.slice(from, afterEnd)), { gone, added });
  const first = countOf(before, '\n', from);
  return hunksFrom({
    old,
    isGone: (at) => gone[at] === 1,
    addedBefore: (at) => added.get(at) ?? NONE,
  }).map((hunk) => ({ ...hunk, oldStart: hunk.oldStart + first, newStart: hunk.newStart + first }));
}

/** Texts are compared by so many characters at once, as single ones take long. */
const BLOCK = 10_000;

/** Finds the lines around all changes, with their context: the start in both texts, and the ends. */
function middleOf(before: string, after: string): [from: number, beforeEnd: number, afterEnd: number] {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same + BLOCK < shorter && before.slice(same, same + BLOCK) === after.slice(same, same + BLOCK)) same += BLOCK;
  while (same < shorter && before.charCodeAt(same) === after.charCodeAt(same)) same++;
  let from = lineStart(before, same);
  for (let n = 0; n < CONTEXT; n++) from = lineStart(before, from - 1);
  let tail = 0;
  while (
    tail < shorter - same &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  let end = before.length - tail;
  for (let n = 0; n <= CONTEXT; n++) {
    const next = before.indexOf('\n', end);
    end = next < 0 ? before.length : next + 1;
  }
  return [from, end, after.length - (before.length - end)];
}

const lineStart = (text: string, offset: number) => (offset > 0 ? text.lastIndexOf('\n', offset - 1) + 1 : 0);

function countOf(text: string, character: string, until: number): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0 && at < until; at = text.indexOf(character, at + 1)) count++;
  return count;
}

/** Splits a text after each line feed. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop()!;
  const ended = lines.map((line) => `${line}\n`);
  if (last !== '') ended.push(last);
  return ended;
}

interface Found {
  readonly gone: Uint8Array;
  readonly added: Map<number, string[]>;
}

/** The most lines between two anchors that are compared with each other, as this may take quadratic time. */
const MOST = 1000;

/** Compares lines. Those that are once in each text, such as most numbers, divide the texts into short parts. */
function compare(old: readonly string[], now: readonly string[], found: Found): void {
  const positions = once(now);
  let [oldFrom, nowFrom] = [0, 0];
  for (const [line, oldAt] of once(old)) {
    const nowAt = positions.get(line) ?? -1;
    if (oldAt < oldFrom || nowAt < nowFrom) continue;
    comparePart(old.slice(oldFrom, oldAt), now.slice(nowFrom, nowAt), oldFrom, found);
    [oldFrom, nowFrom] = [oldAt + 1, nowAt + 1];
  }
  comparePart(old.slice(oldFrom), now.slice(nowFrom), oldFrom, found);
}

/** Maps each line that is not repeated to its position. */
function once(lines: readonly string[]): ReadonlyMap<string, number> {
  const positions = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [at, line] of lines.entries()) {
    if (positions.has(line)) repeated.add(line);
    else positions.set(line, at);
  }
  for (const line of repeated) positions.delete(line);
  return positions;
}

function comparePart(old: readonly string[], now: readonly string[], from: number, { gone, added }: Found): void {
  const parts =
    old.length > 0 && now.length > 0 && old.length + now.length <= MOST
      ? diffArrays([...old], [...now])
      : [
          { removed: true, added: false, value: old },
          { removed: false, added: true, value: now },
        ];
  let at = from;
  for (const part of parts) {
    if (part.added) {
      if (part.value.length > 0) added.set(at, [...(added.get(at) ?? []), ...part.value]);
      continue;
    }
    if (part.removed) gone.fill(1, at, at + part.value.length);
    at += part.value.length;
  }
}

function hunksFrom({ old, isGone, addedBefore }: LineChanges): Hunk[] {
  const isChanged = (at: number) => isGone(at) || addedBefore(at).length > 0;
  const hunks: Hunk[] = [];
  let grown = 0; // the lines that the hunks above added, less those that they removed
  for (let at = 0; at <= old.length; at++) {
    if (!isChanged(at)) continue;
    const from = Math.max(0, at - CONTEXT);
    let end = at; // after the last old line that the hunk removes
    for (let ahead = at; ahead <= old.length && ahead <= end + 2 * CONTEXT; ahead++) {
      if (isChanged(ahead)) end = isGone(ahead) ? ahead + 1 : ahead;
    }
    const until = Math.min(old.length, end + CONTEXT);
    const { lines, newLines } = show(from, until);
    const oldLines = until - from;
    hunks.push({ oldStart: from + 1, oldLines, newStart: from + grown + 1, newLines, lines });
    grown += newLines - oldLines;
    at = until;
  }
  return hunks;

  function show(from: number, until: number): { lines: string[]; newLines: number } {
    const lines: string[] = [];
    let newLines = 0;
    let waiting: string[] = []; // added lines follow the removed ones beside them
    const print = (sign: string, line: string) => {
      if (sign !== '-') newLines++;
      lines.push(sign + (line.endsWith('\n') ? line.slice(0, -1) : line));
      if (!line.endsWith('\n')) lines.push(NO_END);
    };
    for (let at = from; at <= until; at++) {
      for (const line of addedBefore(at)) waiting.push(line);
      const stays = at < until && !isGone(at);
      if (stays || at === until) {
        for (const line of waiting) print('+', line);
        waiting = [];
      }
      if (at < until) print(stays ? ' ' : '-', old[at]!);
    }
    return { lines, newLines };
  }
}
