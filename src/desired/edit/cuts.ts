import { lastUpTo } from '../yaml/fold.ts';
import type { Edit, NewLines } from './text.ts';

/** An edit that keeps the comments within it. */
export interface Cut extends Edit {
  /** Up to this offset, comments on lines of their own move to `column` if they are deeper. */
  readonly until: number;
  readonly column: number;
  /** Blank lines up to `until` are removed as well. */
  readonly noBlanks: boolean;
}

/** Makes a cut that moves no comments. */
export function cut(from: number, to: number, text = ''): Cut {
  return { from, to, text, until: to, column: Number.POSITIVE_INFINITY, noBlanks: false };
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Extends the span of a pair in braces by a comma: the one after it, or else the one before it. Between a pair and a comma
 * are only blanks and comments.
 *
 * @param commas the offset of each comma of the text.
 * @param close the offset after the closing brace.
 */
export function pairInBraces(text: string, { from, to }: Span, commas: readonly number[], close: number): Span[] {
  const isBlank = (at: number) => text[at] === ' ' || text[at] === '\t';
  const next = commas[countBefore(to, commas)] ?? close;
  if (next < close) {
    let [start, end] = [from, next + 1];
    if (text.slice(end, close - 1).trim() === '') while (isBlank(start - 1)) start--;
    else while (isBlank(end)) end++;
    if (text.slice(to, next).trim() === '') return [{ from: start, to: end }];
    return [
      { from: start, to },
      { from: next, to: end },
    ];
  }
  const before = commas[countBefore(from, commas) - 1];
  if (before === undefined || before < text.lastIndexOf('{', from)) return [{ from, to }]; // the only pair
  if (text.slice(before + 1, from).trim() === '' && !text.slice(before, from).includes('\n'))
    return [{ from: before, to }];
  return [
    { from: before, to: before + 1 },
    { from, to },
  ];
}

/** Counts the offsets before an offset. All are in ascending order. */
function countBefore(offset: number, offsets: readonly number[]): number {
  if (offsets.length === 0 || offsets[0]! >= offset) return 0;
  return lastUpTo(offset - 1, offsets.length, (n) => offsets[n]!) + 1;
}

/** Returns the new form of each line. @param comments the offset of each comment; none is cut. */
export function applyCuts(text: string, cuts: readonly Cut[], comments: readonly number[]): NewLines {
  const near = new Map(Array.from(linesNear(text, cuts, comments), ({ start, line }) => [start, line]));
  let start = 0;
  const out = text.split('\n').map((source): string | null => {
    const line = near.get(start);
    start += source.length + 1;
    return line !== undefined ? line : source.endsWith('\r') ? source.slice(0, -1) : source;
  });
  if (out.at(-1) === '') out[out.length - 1] = null;
  return out;
}

/** Returns the text after cuts. Changes no other line, not even its line end. @param comments as of `applyCuts`. */
export function cutText(text: string, cuts: readonly Cut[], comments: readonly number[]): string {
  let out = '';
  let copied = 0;
  for (const { start, end, line } of linesNear(text, cuts, comments)) {
    out += text.slice(copied, start);
    copied = end;
    if (line !== null) {
      out += line;
      if (text[end - 1] === '\r') copied--;
    } else if (end < text.length) copied++;
    else out = out.replace(/\r?\n$/, ''); // a last line without a line end goes with the line end before it
  }
  return out + text.slice(copied);
}

/** Yields the lines that the cuts may change. `end` is the offset of the line feed. */
function* linesNear(text: string, cuts: readonly Cut[], comments: readonly number[]) {
  let nextCut = 0;
  let nextComment = 0;
  for (let start = 0; start <= text.length; ) {
    while (nextCut < cuts.length && cuts[nextCut]!.until < start) nextCut++;
    const next = cuts[nextCut];
    if (!next) return;
    if (next.from > start) start = Math.max(start, text.lastIndexOf('\n', next.from - 1) + 1);
    const feed = text.indexOf('\n', start);
    const end = feed < 0 ? text.length : feed;
    while (comments[nextComment]! < start) nextComment++;
    const near: Cut[] = [];
    for (let at = nextCut; at < cuts.length && cuts[at]!.from <= end; at++) near.push(cuts[at]!);
    const source = text.slice(start, end);
    const line = source.endsWith('\r') ? source.slice(0, -1) : source;
    const comment = comments[nextComment]! <= end ? comments[nextComment]! - start : line.length;
    yield { start, end, line: cutLine(line, start, comment, near) };
    start = end + 1;
  }
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
