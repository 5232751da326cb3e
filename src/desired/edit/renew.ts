import type { Msisdn } from '../../numbers/msisdn.ts';
import { parseWritten } from '../../numbers/written.ts';
import { textOf } from '../entries.ts';
import type { SourceFile } from '../source/yaml-files.ts';
import { readTokens } from '../yaml/cst.ts';
import { lastUpTo, type Run } from '../yaml/fold.ts';
import { type ParsedFile, parseYaml } from '../yaml/parse.ts';
import { isMapping, type Mapping } from '../yaml/parts.ts';
import type { Path } from '../yaml/places.ts';
import { cut, cutText, pairInBraces } from './cuts.ts';
import { type Details, detailPairs, type Holder } from './entry.ts';
import { blanks } from './insert.ts';
import { applyEdits, type Edit, isJson, lineEndAt, lineEndOf, quotedText } from './text.ts';

/** New details of an entry: its other keys and labels stay. Null removes the last day. */
export type Renewal = Omit<Details, 'expires'> & { readonly expires?: string | null };

/**
 * Changes details of the entries with these numbers, in a file without faults. New keys follow the number. Changes no other
 * key and no comment.
 */
export function renewEntries(file: SourceFile, holder: Holder, renewals: ReadonlyMap<Msisdn, Renewal>): string {
  const parsed = parseYaml(file) as ParsedFile;
  const { text, toSource } = parsed.folded;
  const { spans, commas, comments } = readSpans(text);
  const edits: Edit[] = []; // by offsets in the source
  const gone: { readonly from: number; readonly to: number }[] = [];
  const { path: list, items } = parsed.parts[holder.kind].get(holder.name)!.numbers;
  for (const [index, item] of items.entries()) {
    if (item.run) {
      for (const edit of runEdits(file, item.run, renewals)) edits.push(edit); // too many for the arguments of one call
      continue;
    }
    const renewal = renewals.get(Number(parseWritten(textOf(item, 'number')!)));
    if (!renewal) continue;
    const path = [...list, index];
    const own = editsOf({ path, item, renewal, parsed, spans, file });
    edits.push(...own.map(({ from, to, text }) => ({ from: toSource(from), to: toSource(to), text })));
    if (renewal.expires === null && item.keys.expires !== undefined)
      gone.push(...keySpans([...path, 'expires'], parsed, { spans, commas }));
  }
  const inSource = edits.sort((a, b) => a.from - b.from || a.to - b.to);
  const renewed = applyEdits(file.text, inSource);
  if (gone.length === 0) return renewed;
  const moved = movedBy(inSource);
  // Whole keys are removed by lines, so that no blank line is left.
  const cuts = gone.map(({ from, to }) => cut(moved(toSource(from)), moved(toSource(to))));
  return cutText(
    renewed,
    cuts.sort((a, b) => a.from - b.from),
    comments.map((offset) => moved(toSource(offset))),
  );
}

/** Maps an offset to the text after edits that are in order. An edit at the offset itself precedes it. */
function movedBy(edits: readonly Edit[]): (offset: number) => number {
  let sum = 0;
  const sums = edits.map(({ from, to, text }) => (sum += text.length - (to - from)));
  return (offset) => {
    if (edits.length === 0 || edits[0]!.from > offset) return offset;
    return offset + sums[lastUpTo(offset, edits.length, (at) => edits[at]!.from)]!;
  };
}

/** A scalar, or brackets or braces. */
interface Span {
  to: number;
  readonly inFlow: boolean;
  /** The comment after the header of a block scalar. */
  note?: string;
}

/** By their start. */
type Spans = ReadonlyMap<number, Readonly<Span>>;

interface Marks {
  readonly spans: Spans;
  /** The offsets of commas and comments. */
  readonly commas: readonly number[];
  readonly comments: readonly number[];
}

function readSpans(text: string): Marks {
  const spans = new Map<number, Span>();
  const commas: number[] = [];
  const comments: number[] = [];
  const open: Span[] = [];
  let header: Span | null = null;
  readTokens(text, ({ type, offset, source, inFlow }) => {
    const to = offset + source.length;
    if (type === 'comment') {
      comments.push(offset);
      if (header) header.note = source;
    }
    if (type === 'comma') commas.push(offset);
    if (type === 'flow-map-end' || type === 'flow-seq-end') open.pop()!.to = to;
    if (type === 'block-scalar') {
      open.pop()!.to = offset + source.replace(/\r?\n$/, '').length;
      header = null;
    }
    const isOpening = type === 'flow-map-start' || type === 'flow-seq-start' || type === 'block-scalar-header';
    if (!isOpening && (!type.endsWith('scalar') || type === 'block-scalar' || source === '')) return;
    const span: Span = { to, inFlow };
    spans.set(offset, span);
    if (isOpening) open.push(span);
    if (type === 'block-scalar-header') header = span;
  });
  return { spans, commas, comments };
}

/** Makes the edits of numbers in a run, each of which is alone on its line. */
function runEdits({ text }: SourceFile, run: Run, renewals: ReadonlyMap<Msisdn, Renewal>): Edit[] {
  const column = run.source - text.lastIndexOf('\n', run.source) - 1;
  const edits: Edit[] = [];
  let at = run.source;
  for (const number of run.numbers) {
    const feed = text.indexOf('\n', at);
    const renewal = renewals.get(number);
    const pairs = renewal ? detailPairs(detailsIn(renewal), { flow: false, json: false }) : [];
    if (pairs.length > 0) {
      const end = text[feed - 1] === '\r' ? feed - 1 : feed;
      const lines = pairs.map(([key, value]) => `${lineEndAt(text, end, '')}${blanks(column)}${key}: ${value}`);
      edits.push({ from: at, to: at, text: 'number: ' }, { from: end, to: end, text: lines.join('') });
    }
    at = feed + 1 + column;
  }
  return edits;
}

/** Returns the details that a renewal sets. */
function detailsIn({ expires, ...rest }: Renewal): Details {
  return { ...rest, ...(typeof expires === 'string' && { expires }) };
}

interface Work {
  readonly path: Path;
  readonly item: { readonly text: string | null; readonly keys: Mapping };
  readonly renewal: Renewal;
  readonly parsed: ParsedFile;
  readonly spans: Spans;
  readonly file: SourceFile;
}

function editsOf({ path, item, renewal, parsed, spans, file }: Work): Edit[] {
  const { text } = parsed.folded;
  const isAlone = item.text !== null;
  const numberAt = parsed.offsetOf(isAlone ? path : [...path, 'number']);
  const { to: numberEnd, inFlow } = spans.get(numberAt) ?? { to: numberAt, inFlow: false };
  const flow = isAlone ? inFlow : text[parsed.offsetOf(path)] === '{';
  const json = isJson(file.text);
  const old = item.keys.labels;
  // Labels that stay are edited one by one. Without any, all are written as one value.
  const hasLabels = isMapping(old) && Object.keys(old).length > 0;
  const { labels, ...rest } = detailsIn(renewal);
  const details = { ...rest, ...(!hasLabels && labels && { labels }) };
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const [key, value] of detailPairs(details, { flow, json })) {
    const name = key.replaceAll('"', '');
    if (item.keys[name] === undefined) added.push(`${key}: ${value}`);
    else edits.push(replaced([...path, name], value));
  }
  const column = (at: number) => at - text.lastIndexOf('\n', at - 1) - 1;
  if (added.length > 0) {
    const number = json ? '"number"' : 'number';
    const inFlowAlone = isAlone && flow;
    if (isAlone) edits.push({ from: numberAt, to: numberAt, text: inFlowAlone ? `{ ${number}: ` : 'number: ' });
    const at = isAlone ? numberAt : parsed.offsetOf([...path, 'number'], true);
    edits.push(after(numberEnd, added, flow ? null : column(at), inFlowAlone ? ' }' : ''));
  }
  if (hasLabels && labels) edits.push(...labelEdits(Object.keys(old)));
  return edits;

  function replaced(at: Path, value: string): Edit {
    const from = parsed.offsetOf(at);
    const { to = from, note } = spans.get(from) ?? {};
    return { from, to, text: note === undefined ? value : `${value} ${note}` };
  }

  /** Adds pairs after a value, on lines of their own at a column, or in braces. */
  function after(end: number, pairs: readonly string[], at: number | null, tail = ''): Edit {
    if (at === null) return { from: end, to: end, text: pairs.map((pair) => `, ${pair}`).join('') + tail };
    const feed = text.indexOf('\n', end);
    const line = feed < 0 ? text.length : text[feed - 1] === '\r' ? feed - 1 : feed;
    return {
      from: line,
      to: line,
      text: pairs.map((pair) => `${lineEndAt(text, line, lineEndOf(file.text))}${blanks(at)}${pair}`).join(''),
    };
  }

  function labelEdits(known: readonly string[]): Edit[] {
    const own = [...path, 'labels'];
    const fresh: string[] = [];
    const changes: Edit[] = [];
    for (const [name, value] of Object.entries(labels!)) {
      const [, written = ''] = /^\{ (.*) \}$/s.exec(detailPairs({ labels: { [name]: value } }, { flow, json })[0]![1])!;
      if (!known.includes(name)) fresh.push(written);
      else if ((old as Mapping)[name] !== value) changes.push(replaced([...own, name], quotedText(value)));
    }
    if (fresh.length === 0) return changes;
    const last = [...own, known.at(-1)!];
    const end = spans.get(parsed.offsetOf(last))?.to ?? parsed.offsetOf(last);
    const inBraces = text[parsed.offsetOf(own)] === '{';
    return [...changes, after(end, fresh, inBraces ? null : column(parsed.offsetOf(last, true)))];
  }
}

/** Returns the spans of a key and its value, with a comma in braces. */
function keySpans(path: Path, parsed: ParsedFile, { spans, commas }: Pick<Marks, 'spans' | 'commas'>) {
  const { text } = parsed.folded;
  const from = parsed.offsetOf(path, true);
  const at = parsed.offsetOf(path);
  const pair = { from, to: spans.get(at)?.to ?? at };
  const start = parsed.offsetOf(path.slice(0, -1));
  return text[start] === '{' ? pairInBraces(text, pair, commas, spans.get(start)!.to) : [pair];
}
