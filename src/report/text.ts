import type { Ansis } from 'ansis';
import { type Cause, type Sides, sizeOf } from '../model/compared.ts';
import { byPlace } from '../model/fault.ts';
import type { Failure } from '../model/ledger.ts';
import { type Comparison, isComparison, type Report } from '../model/report.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { causeWords, groupsOf, originCounts, sidesByCause } from './words/causes.ts';
import { changesOf, type WholeBot, wholeBots } from './words/changes.ts';
import { failureWords, faultLines } from './words/faults.ts';
import { filePatch } from './words/files.ts';
import { factsOf, overrideNotes, savedNotes, UNVERIFIED } from './words/notes.ts';
import { declarationsByNumber, declarationWords, listLines } from './words/provenance.ts';
import { isReviewed, leftBotsOf, leftWords, settingsWords } from './words/settings.ts';
import { countResults, hasContents, numbersIn, problemWords, resultWords, summary } from './words/summary.ts';
import { joined, plural, quote } from './words/text.ts';
import { withheldWords } from './words/users.ts';
import { TONES, verdict } from './words/verdict.ts';

export interface TextOptions {
  readonly clean: Sanitizer;
  readonly color: Ansis;
  /** Show every number. */
  readonly verbose: boolean;
  /** How long the whole may be, in characters, for a format that must fit somewhere. */
  readonly limit?: number;
}

/** Numbers shown a side, and withheld removals, unless verbose. */
const SHOWN = 20;
const RESOLVED = 'resolved';

/** The report for people: a block a bot, then one summary line. */
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
  if (report.kind === 'answer') yield* answerText(report.explained, clean, color);
  if (report.kind === 'init') for (const { name } of report.files) yield `${clean.file(name)}: written\n`;
  if (report.kind === 'check' || report.kind === 'list') {
    for (const bot of report.bots) {
      yield head(bot.id, plural(numbersIn(bot), 'number'));
      if ('numbers' in bot) for (const line of listLines(bot, clean)) yield `  ${line}\n`;
    }
  }
  if (report.kind === 'format') {
    for (const file of report.files) {
      if (file.hunks.length > 0) yield filePatch(file, clean);
      else if (file.changed) yield `${clean.file(file.name)}: formatted\n`;
    }
  }
  if (report.kind === 'import') {
    const changes = new Map(changesOf(report).map((bot) => [bot.id, bot]));
    for (const { id, imported, alreadyThere, error } of report.bots) {
      yield head(id, error ? 'could not be read' : `${imported} imported, ${alreadyThere} there already`);
      const bot = changes.get(id);
      if (bot) yield* groupLines(groupsOf(bot), causeWords, new Map(), options);
      yield* errorLines(error, options);
    }
  }
  if (isComparison(report)) for (const bot of wholeBots(report)) yield* botLines(bot, report, options);
  for (const bot of leftBotsOf(report)) yield head(quote(bot.id, clean), color.yellow(leftWords(bot)));
}

function* botLines(bot: WholeBot, report: Comparison, options: TextOptions): Generator<string> {
  const { clean, color } = options;
  const { refused, contact, since, left, unseen } = factsOf(bot, report);
  yield `${color.bold(bot.id)}  ${report.kind === 'result' ? resultHeadline(bot) : planHeadline(bot, left, report)}\n`;
  if (since) yield `  ${since}\n`;
  const settings = settingsWords(bot, report, clean);
  if (settings) yield `  ${isReviewed(bot) ? color.yellow(settings) : settings}\n`;
  if (report.kind !== 'result') yield* changeLines(bot, options);
  if (refused) yield `  ${color.red('refused:')} ${refused}\n`;
  for (const note of contact) yield `  note: ${note}\n`;
  for (const { number, direction, reason: why } of bot.results.rejected) {
    yield `  ${color.red('rejected:')} ${direction} ${clean.number(number)}: ${clean.text(why)}\n`;
  }
  yield* withheldLines(bot, options);
  yield* errorLines(bot.error, options);
  yield* errorLines(bot.unverified, options, color.yellow(`${UNVERIFIED}:`));
  if (unseen) yield `  ${unseen}\n`;
}

function* withheldLines(
  { results: { withheld } }: WholeBot,
  { clean, color, verbose }: TextOptions,
): Generator<string> {
  const shown = withheld.slice(0, verbose ? withheld.length : SHOWN);
  for (const each of shown) yield `  ${color.yellow('withheld:')} ${withheldWords(each, clean)}\n`;
  const more = withheld.length - shown.length;
  if (more > 0) yield `  ${color.yellow('withheld:')} … and ${more} more (--verbose shows all)\n`;
}

function* errorLines(
  error: Failure | null,
  { clean, color }: TextOptions,
  label = color.red('error:'),
): Generator<string> {
  if (!error) return;
  yield `  ${label} ${failureWords(error, clean)}\n`;
  if (error.detail) yield `  the server said: ${clean.text(error.detail)}\n`;
}

function resultHeadline(bot: WholeBot): string {
  if (sizeOf(bot) === 0) return bot.error ? 'failed' : 'in sync';
  return resultWords(countResults([bot]));
}

function planHeadline(bot: WholeBot, left: readonly string[], { saved, command }: Comparison): string {
  if (!bot.guard) return 'could not be read';
  const still = saved && command === 'apply' ? 'nothing left of this plan' : 'in sync';
  if (sizeOf(bot) === 0) return [still, plural(bot.counts.unchanged, 'number'), ...left].join(', ');
  const add = `${bot.add.size} to add${originCounts(bot, 'add')}`;
  const remove = `${bot.remove.size} to remove${originCounts(bot, 'remove')}`;
  return [add, remove, `${bot.counts.unchanged} unchanged`, ...left].join(', ');
}

/** What is new comes first, so that no long list of what is known hides it. */
function* changeLines(bot: WholeBot, options: TextOptions): Generator<string> {
  const { since } = bot;
  const declarations = declarationsByNumber(bot);
  if (!since) return yield* groupLines(groupsOf(bot), causeWords, declarations, options);
  const part = (sides: Sides, mark: string, causes: readonly Cause[]) => {
    const both = (group: Cause) => joined(', ', [mark, causeWords(group)]);
    return groupLines(sidesByCause(sides, causes), both, declarations, options);
  };
  yield* part(since.new, 'new', bot.causes);
  yield* part(since.still, '', bot.causes);
  yield* part(since.resolved, RESOLVED, []); // what causes it is known of changes that are due
}

function* groupLines(
  groups: readonly Cause[],
  mark: (group: Cause) => string,
  declarations: ReturnType<typeof declarationsByNumber>,
  { clean, color, verbose }: TextOptions,
): Generator<string> {
  const room = { add: SHOWN, remove: SHOWN };
  for (const group of groups) {
    const { direction } = group;
    const { size, values } = group.numbers;
    const why = mark(group);
    const sign = direction === 'add' ? '+' : '-';
    const paint = why === RESOLVED ? color.dim : direction === 'add' ? color.green : color.red;
    const shown = verbose ? size : Math.min(size, room[direction]);
    const label = why ? `  ${color.dim(why)}` : '';
    for (let at = 0; at < shown; at++) {
      const number = values[at]!;
      yield `  ${paint(`${sign} ${clean.number(number)}`)}${label}\n`;
      if (direction === 'remove') continue;
      for (const each of declarations.get(number) ?? []) yield `      ${declarationWords(each, clean)}\n`;
    }
    room[direction] -= shown;
    if (shown < size) yield `  ${paint(sign)} … and ${size - shown} more${why && `, ${why}`} (--verbose shows all)\n`;
  }
}

/** Errors and warnings in the order of their places, and how many there are, for stderr. */
export function problemLines(report: Report, { clean, color }: TextOptions): string[] {
  const [warning, error] = [`${color.yellow('warning:')} `, `${color.red('error:')} `];
  const all = [
    ...report.warnings.map((problem) => ({ problem, label: warning })),
    ...report.errors.map((problem) => ({ problem, label: error })),
  ].sort((a, b) => byPlace(a.problem, b.problem));
  const lines = all.flatMap(({ problem, label }) => faultLines(problem, clean, label));
  // A report without contents has no summary on stdout. One error of the command line needs no count.
  const isCounted = !hasContents(report) && report.errors.some(({ place }) => place);
  return isCounted ? [...lines, color.bold(problemWords(report))] : lines;
}
