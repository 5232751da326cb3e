import { structuredPatch } from 'diff';
import type { Hunk } from '../../model/report.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { lineEndOf, type NewLines } from './text.ts';

/** The number of lines shown around a change. */
const CONTEXT = 3;

const NO_END = '\\ No newline at end of file';

/** Makes the hunks of a unified diff. Each new line replaces a known old line, so it matches no lines. */
export function hunksOf({ text }: SourceFile, lines: NewLines): Hunk[] {
  const old = text.split('\n');
  const ended = old.at(-1) === '';
  if (ended) old.pop();
  const end = lineEndOf(text) === '\r\n' ? '\r' : '';
  const last = old.length - 1;
  const isNew = (at: number) => lines[at] === null || lines[at] + end !== old[at] || (at === last && !ended);
  const hunks: Hunk[] = [];
  let gone = 0; // lines removed before the hunk
  for (let at = 0; at <= last; at++) {
    if (!isNew(at)) continue;
    const from = Math.max(0, at - CONTEXT);
    let to = at; // the last change of the hunk
    for (let ahead = at; ahead <= last && ahead <= to + 2 * CONTEXT; ahead++) if (isNew(ahead)) to = ahead;
    const until = Math.min(last, to + CONTEXT);
    const shown = showLines(from, until);
    const newLines = shown.filter((line) => !line.startsWith('-') && line !== NO_END).length;
    const oldLines = until - from + 1;
    hunks.push({ oldStart: from + 1, oldLines, newStart: from - gone + 1, newLines, lines: shown });
    gone += oldLines - newLines;
    at = until;
  }
  return hunks;

  function showLines(from: number, until: number): string[] {
    const shown: string[] = [];
    for (let at = from; at <= until; ) {
      const first = at;
      for (; at <= until && isNew(at); at++) {
        shown.push(`-${old[at]}`);
        if (at === last && !ended) shown.push(NO_END);
      }
      for (let added = first; added < at; added++) if (lines[added] !== null) shown.push(`+${lines[added]}${end}`);
      if (at <= until) shown.push(` ${old[at++]}`);
    }
    return shown;
  }
}

/** Makes the hunks of a unified diff between two texts of a file. */
export function hunksBetween(before: string, after: string): Hunk[] {
  return structuredPatch('', '', before, after, '', '', { context: CONTEXT }).hunks;
}
