import type { Problem } from '../model/failure.ts';
import { isListing, type Report, type ResultReport } from '../model/report.ts';
import { TONES, verdict } from './verdict/index.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerBlocks, answerSentence } from './words/answers.ts';
import { worded } from './words/faults.ts';
import { entryLines, filePatch, firstChange, shownFiles, UNFORMATTED } from './words/files.ts';
import { noteWords, overrideNotes, savedNotes, unverifiedNotes } from './words/notes.ts';
import { listLines } from './words/provenance.ts';
import { byUrgency, troubled } from './words/rows.ts';
import { reviewLines } from './words/settings.ts';
import { title } from './words/summary.ts';
import { clip, joined, plural, quote } from './words/text.ts';
import { contactTotal, listedNotes, withheldOf, withheldWords } from './words/users.ts';

type Annotation = { readonly properties: Readonly<Record<string, string | number>>; readonly message: string };

/** The most annotations of a kind that GitHub shows for a step. It drops the rest. */
const SHOWN = 10;

/**
 * Writes annotations for GitHub's runner: errors and warnings at their place in the files, bots that need
 * attention, and the summary.
 */
export function* github(report: Report, { clean }: { readonly clean: Sanitizer }): Generator<string> {
  const name = `blacklistctl ${clean.text(report.command)}`;
  yield* groups(report, clean);
  const fault = (problem: Problem): Annotation => {
    const { code, message, place } = worded(problem, clean);
    const where = place && { file: clean.file(place.file), line: place.line, col: place.column };
    return { properties: { ...where, title: code ? `${name}: ${code}` : name }, message: clip(message) };
  };
  const troubles = troubled(byUrgency(report, clean), String).map(({ id, text }) => {
    return { properties: { title: `${name}: ${clean.name(id)}` }, message: text };
  });
  const errors = [...report.errors.map(fault), ...troubles];
  yield* annotations('error', errors);
  const unformatted = (report.kind === 'format' ? shownFiles(report) : []).map((file) => ({
    properties: { file: clean.file(file.name), line: firstChange(file), title: name },
    message: UNFORMATTED,
  }));
  const withheld = withheldOf(report).map((each) => {
    return { properties: { title: `${name}: ${clean.name(each.bot)}` }, message: withheldWords(each, clean) };
  });
  const doubts = (report.kind === 'result' ? report.bots : []).flatMap((bot) => {
    const unverified = unverifiedNotes(bot, report as ResultReport, clean).filter(({ urgent }) => !urgent);
    const words = [...listedNotes(bot), ...unverified.map((note) => noteWords(note, String))];
    return words.map((message) => ({ properties: { title: `${name}: ${clean.name(bot.id)}` }, message }));
  });
  yield* annotations('warning', [...unformatted, ...withheld, ...doubts, ...report.warnings.map(fault)]);
  const changed = reviewLines(report, clean).filter(({ reviewed }) => reviewed);
  const reviews = changed.map(({ id, words }) => ({ properties: { title: `${name}: ${id}` }, message: words }));
  yield* annotations('notice', reviews, SHOWN - 1); // the summary is one, too
  const { tone, text } = verdict(report, clean);
  const notes = [...contactTotal(report), ...savedNotes(report), ...overrideNotes(report, clean)];
  // A verdict that ends with a command to paste has no period, and nothing may follow the command on its line.
  const message = joined(/[^.]$/.test(text) ? '\n' : ' ', [`${title(report)}.`, text, ...notes]);
  // A run that ends badly without an error, such as one with --fail-on-pending, would leave no red annotation.
  const kind = TONES[tone].kind === 'bad' && errors.length === 0 ? 'error' : 'notice';
  yield command(kind, { properties: { title: name }, message });
}

/** Writes answers and settings, folded in the log. */
function* groups(report: Report, clean: Sanitizer): Generator<string> {
  if (isListing(report)) {
    for (const bot of report.bots) {
      if ('error' in bot && bot.error) continue; // it is an annotation
      yield* group(`${quote(bot.id, clean)}: ${plural(bot.numbers.size, 'number')}`, listLines(bot, clean));
    }
  }
  for (const line of entryLines(report, clean)) yield logLine(line);
  for (const file of report.kind === 'edit' ? shownFiles(report) : []) {
    yield* group(clean.file(file.name), filePatch(file, clean).trimEnd().split('\n'));
  }
  const settings = reviewLines(report, clean).map(({ id, words }) => `${id}: ${words}`);
  if (settings.length > 0) yield* group('Settings for review', settings);
  if (report.kind !== 'answer') return;
  const number = clean.number(report.explained.number);
  yield logLine(answerSentence(report.explained, clean));
  for (const { id, headline, lines } of answerBlocks(report.explained, clean)) {
    if (lines.length > 0) yield* group(`${number}, ${id}: ${headline}`, lines);
    else yield logLine(`${id}: ${headline}`);
  }
}

function* group(title: string, lines: Iterable<string>): Generator<string> {
  yield `::group::${escapeData(title)}\n`;
  for (const line of lines) yield logLine(line);
  yield '::endgroup::\n';
}

type Kind = 'error' | 'warning' | 'notice';

function* annotations(kind: Kind, all: readonly Annotation[], shown = SHOWN): Generator<string> {
  for (const annotation of all.slice(0, shown)) yield command(kind, annotation);
  if (all.length > shown) yield `and ${plural(all.length - shown, `more ${kind}`)}, without an annotation\n`;
}

/**
 * Escapes a line of the log, so that the runner finds no command in it: no `::` at its beginning, and no
 * `##[` anywhere.
 */
function logLine(text: string): string {
  const line = text.replaceAll(/[\r\n]+/g, ' ').replaceAll('##[', '##\\u005b');
  return `${line.replace(/^(\s*):(?=:)/, '$1\\u003a')}\n`;
}

const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');

/**
 * Writes a workflow command. Escapes commas, colons and line ends, at which the runner ends a property or a
 * command.
 */
export function command(kind: string, { properties, message }: Annotation): string {
  const property = (value: string | number) => escapeData(`${value}`).replaceAll(':', '%3A').replaceAll(',', '%2C');
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${property(value)}`);
  const list = pairs.length > 0 ? ` ${pairs.join(',')}` : '';
  return `::${kind}${list}::${escapeData(message)}\n`;
}
