import type { Ansis } from 'ansis';
import type { Cause, Sides } from '../model/compared.ts';
import { byPlace } from '../model/fault.ts';
import type { Failure } from '../model/ledger.ts';
import { type Comparison, isComparison, type Report } from '../model/report.ts';
import { TONES, verdict } from './verdict/index.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { causeWords, detailsOf, groupsOf, sidesByCause, termOf, whyWords } from './words/causes.ts';
import { changesOf, type WholeBot, wholeBots } from './words/changes.ts';
import { failureWords, faultLines, firstOfEach } from './words/faults.ts';
import { entryLines, filePatch, importWords, shownFiles } from './words/files.ts';
import { factsOf, overrideNotes, savedNotes, UNVERIFIED } from './words/notes.ts';
import { declarationsByNumber, declarationWords, listLines } from './words/provenance.ts';
import { quietBots } from './words/rows.ts';
import { isReviewed, leftBotsOf, leftWords, settingsWords } from './words/settings.ts';
import { hasContents, numbersIn, planHeadline, problemWords, resultHeadline, summary } from './words/summary.ts';
import { count, joined, plural, quote, said } from './words/text.ts';
import { foreignNotes, listedWords, withheldWords } from './words/users.ts';

export interface TextOptions {
  readonly clean: Sanitizer;
  readonly color: Ansis;
  /** Shows every number. */
  readonly verbose: boolean;
  /** The longest text, in characters, for a format that can shorten a report. */
  readonly limit?: number;
}

/** The most numbers of each direction, and withheld removals, that are shown unless verbose. */
const SHOWN = 20;

/** Writes the report for people: a block for each bot, then a summary. */
export function* text(report: Report, options: TextOptions): Generator<string> {
  const { clean, color } = options;
  yield* contents(report, options);
  if (hasContents(report)) yield '\n';
  if (hasContents(report) || report.errors.length === 0) {
    const { tone, text } = verdict(report, clean);
    const name = TONES[tone].color;
    yield `${color.bold(summary(report))}\n`;
    if (text) yield `${name ? color[name](text) : text}\n`;
    for (const note of savedNotes(report)) yield `${note}\n`;
    for (const note of overrideNotes(report, clean)) yield `${color.yellow(note)}\n`;
  }
  if (report.kind === 'init') yield `\nNext:\n${report.next.map((line) => `  ${clean.text(line)}\n`).join('')}`;
}

function* contents(report: Report, options: TextOptions): Generator<string> {
  const { clean, color } = options;
  const head = (id: string, headline: string) => `${color.bold(id)}  ${headline}\n`;
  if (report.kind === 'answer') yield* answerText(report.explained, clean, color, options.verbose);
  if (report.kind === 'init') for (const { name } of report.files) yield `${clean.file(name)}: written\n`;
  if (report.kind === 'check' || report.kind === 'list') {
    for (const bot of report.bots) {
      yield head(quote(bot.id, clean), plural(numbersIn(bot), 'number'));
      if ('numbers' in bot) for (const line of listLines(bot, clean)) yield `  ${line}\n`;
    }
  }
  if (report.kind === 'live') {
    for (const bot of report.bots) {
      const { id, numbers, foreign, error } = bot;
      const size = joined(', ', [plural(numbers.size, 'number'), ...foreignNotes(foreign)]);
      yield head(quote(id, clean), error ? 'could not be read' : size);
      for (const line of listLines(bot, clean)) yield `  ${line}\n`;
      yield* errorLines(error, options);
    }
  }
  if (report.kind === 'format') {
    for (const file of report.files) {
      if (file.hunks.length > 0) yield filePatch(file, clean);
      else if (file.changed) yield `${clean.file(file.name)}: formatted\n`;
    }
  }
  for (const line of entryLines(report, clean)) yield `${line}\n`;
  if (report.kind === 'edit') for (const file of shownFiles(report)) yield filePatch(file, clean);
  if (report.kind === 'import') {
    const changes = new Map(changesOf(report).map((bot) => [bot.id, bot]));
    for (const imported of report.bots) {
      const { id, error } = imported;
      yield head(quote(id, clean), error ? 'could not be read' : importWords(imported));
      const bot = changes.get(id);
      if (bot) yield* groupLines(asLines(groupsOf(bot), bot), bot, options);
      yield* errorLines(error, options);
    }
  }
  if (isComparison(report)) {
    const quiet = options.verbose ? [] : quietBots(report, clean);
    const folded = new Set(quiet.flatMap(({ ids }) => [...ids]));
    for (const bot of wholeBots(report)) if (!folded.has(bot.id)) yield* botLines(bot, report, options);
    for (const { words, unchanged, settings } of quiet) {
      yield `${words}, ${count(unchanged)} numbers\n${settings ? `  ${settings}\n` : ''}`;
    }
  }
  for (const bot of leftBotsOf(report)) yield head(quote(bot.id, clean), color.yellow(leftWords(bot)));
}

function* botLines(bot: WholeBot, report: Comparison, options: TextOptions): Generator<string> {
  const { clean, color } = options;
  const { refused, contact, since, left, unseen } = factsOf(bot, report);
  yield `${color.bold(quote(bot.id, clean))}  ${report.kind === 'result' ? resultHeadline(bot) : planHeadline(bot, left, report)}\n`;
  if (since) yield `  ${since}\n`;
  const settings = settingsWords(bot, report, clean);
  if (settings) yield `  ${isReviewed(bot) ? color.yellow(settings) : settings}\n`;
  if (report.kind !== 'result') yield* changeLines(bot, report, options);
  if (refused) yield `  ${color.red('refused:')} ${refused}\n`;
  for (const note of contact) yield `  note: ${note}\n`;
  for (const { number, direction, reason: why } of Array.from(clean.order(bot.results.rejected))) {
    yield `  ${color.red('rejected:')} ${direction} ${clean.number(number)}: ${said(why, clean)}\n`;
  }
  yield* withheldLines(bot, options);
  yield* listedLines(bot, options);
  yield* errorLines(bot.error, options);
  yield* errorLines(bot.unverified, options, color.yellow(`${UNVERIFIED}:`));
  if (unseen) yield `  ${unseen}\n`;
}

function* withheldLines(
  { mayWithhold, results: { withheld } }: WholeBot,
  { clean, color, verbose }: TextOptions,
): Generator<string> {
  const all = Array.from(clean.order([...withheld, ...(mayWithhold ?? [])]), (each) => withheldWords(each, clean));
  yield* firstLines(all, color.yellow(mayWithhold ? 'may be withheld:' : 'withheld:'), verbose);
}

/** Lists the pairs that no withheld removal shows. */
function* listedLines({ listedAs = [], results }: WholeBot, { clean, color, verbose }: TextOptions): Generator<string> {
  const withheld = new Set(results.withheld.map(({ number }) => number));
  const shown = clean.order(listedAs.filter(({ waId }) => !withheld.has(waId)));
  const all = Array.from(shown, (each) => listedWords(each, clean));
  yield* firstLines(all, color.yellow('other number:'), verbose);
}

function* firstLines(all: readonly string[], label: string, verbose: boolean): Generator<string> {
  const shown = all.slice(0, verbose ? all.length : SHOWN);
  for (const words of shown) yield `  ${label} ${words}\n`;
  const more = all.length - shown.length;
  if (more > 0) yield `  ${label} … and ${more} more (--verbose shows all)\n`;
}

function* errorLines(
  error: Failure | null,
  { clean, color }: TextOptions,
  label = color.red('error:'),
): Generator<string> {
  if (!error) return;
  yield `  ${label} ${failureWords(error, clean)}\n`;
  if (error.detail) yield `  the server answered: ${said(error.detail, clean)}\n`;
}

/** New differences come first, so that no long list of known ones hides them. */
function* changeLines(bot: WholeBot, report: Comparison, options: TextOptions): Generator<string> {
  const since = report.kind === 'drift' && report.firstRun ? null : bot.since;
  const changing = { ...bot, kind: report.kind };
  if (!since) return yield* groupLines(asLines(groupsOf(bot), changing), changing, options);
  const part = (sides: Sides, mark: string) => asLines(sidesByCause(sides, bot.causes), changing, mark);
  const resolved = sidesByCause(since.resolved, []).map((group) => ({
    group,
    term: 'resolved',
    mark: WAS[group.direction],
  }));
  yield* groupLines([...part(since.new, 'new'), ...part(since.still, ''), ...resolved], changing, options);
}

/** Describes a resolved difference, whose cause is no longer known. */
const WAS = { add: 'before: declared, not live', remove: 'before: live, not declared' } as const;

/** Changes with one cause. `term` names the change, and `mark` precedes the reason. */
type Lines = { readonly group: Cause; readonly term: string; readonly mark: string };

const asLines = (groups: readonly Cause[], bot: Changing, mark = ''): readonly Lines[] =>
  groups.map((group) => ({ group, term: termOf(group, bot, bot.kind), mark }));

type Changing = Pick<WholeBot, 'add' | 'remove' | 'reasons' | 'mayWithhold' | 'declarations' | 'addNeedsContact'> &
  Pick<Report, 'kind'>;

/** Writes one line for each number: `remove  +12015550177  expired 2026-01-31: Spam`. */
function* groupLines(
  groups: readonly Lines[],
  bot: Changing,
  { clean, color, verbose }: TextOptions,
): Generator<string> {
  const room = new Map<string, number>();
  const declarations = declarationsByNumber(bot);
  const details = detailsOf(bot, clean);
  const width = groups.reduce((widest, { term }) => Math.max(widest, term.length), 'remove'.length);
  for (const { group, term, mark } of groups) {
    const { direction, origin, numbers } = group;
    const { size } = numbers;
    const values = clean.order(numbers.values);
    const label = term.padEnd(width);
    const paint = term === 'resolved' ? color.dim : direction === 'add' ? color.green : color.red;
    // Drift is shown in full, as a reviewer does not expect it.
    const side = `${direction} ${mark}`;
    const left = room.get(side) ?? SHOWN;
    const shown = verbose || origin === 'drift' ? size : Math.min(size, left);
    for (let at = 0; at < shown; at++) {
      const number = values[at]!;
      const why = joined(', ', [mark, whyWords(group, details.get(number))]);
      yield `  ${paint(`${label}  ${clean.number(number)}`)}${why && `  ${color.dim(why)}`}\n`;
      if (direction === 'remove' || !verbose) continue;
      for (const each of declarations.get(number) ?? []) yield `      ${declarationWords(each, clean)}\n`;
    }
    if (origin !== 'drift') room.set(side, left - shown);
    const why = joined(', ', [mark, causeWords(group)]);
    if (shown < size)
      yield `  ${paint(label)}  … and ${count(size - shown)} more${why && `, ${why}`} (--verbose shows all)\n`;
  }
}

/** Returns the lines for stderr: errors and warnings in the order of their places, and their count. */
export function problemLines(report: Report, { clean, color }: TextOptions): string[] {
  const [warning, error] = [`${color.yellow('warning:')} `, `${color.red('error:')} `];
  const all = [
    ...firstOfEach(report.warnings, 'warning').map((problem) => ({ problem, label: warning })),
    ...firstOfEach(report.errors, 'error').map((problem) => ({ problem, label: error })),
  ].sort((a, b) => byPlace(a.problem, b.problem));
  const lines = all.flatMap(({ problem, label }) => faultLines(problem, clean, label));
  // A report without contents has no summary on stdout. One error of the command line needs no count.
  const isCounted = !hasContents(report) && report.errors.some(({ place }) => place);
  return isCounted ? [...lines, color.bold(problemWords(report))] : lines;
}
