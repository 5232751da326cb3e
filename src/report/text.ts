import type { Ansis } from 'ansis';
import { type BotReport, type Cause, type Report, type Sides, sizeOf } from '../model/report.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { causeWords, groupsOf, originCounts, sidesByCause } from './words/causes.ts';
import { failureWords, faultLines } from './words/faults.ts';
import { fileWords } from './words/files.ts';
import { factsOf, overrideNotes } from './words/notes.ts';
import { filePatch } from './words/patch.ts';
import { declarationsByNumber, declarationWords, listLines } from './words/provenance.ts';
import { countResults, resultWords, summary } from './words/summary.ts';
import { joined, plural } from './words/text.ts';
import { TONES, verdict } from './words/verdict.ts';

export interface TextOptions {
  readonly voice: Sanitizer;
  readonly color: Ansis;
  /** Show every number. */
  readonly verbose: boolean;
  /** How long the whole may be, in characters, for a format that must fit somewhere. */
  readonly limit?: number;
}

/** Numbers shown a side unless verbose. */
const SHOWN = 20;

const RESOLVED = 'resolved';

/** The report for people: a block a bot, then one summary line. */
export function* text(report: Report, options: TextOptions): Generator<string> {
  const { voice: clean, color } = options;
  for (const bot of report.bots) yield* botLines(bot, report, options);
  for (const file of report.files ?? []) {
    const words = fileWords(report, file);
    if (words) yield `${clean.file(file.name)}: ${words}\n`;
    else if (file.hunks.length > 0) yield filePatch(file, clean);
  }
  if (report.explained) yield* answerText(report.explained, clean, color);
  if (report.bots.length > 0 || report.explained) yield '\n';
  if (report.bots.length > 0 || report.explained || report.errors.length === 0) {
    const { tone, text } = verdict(report, 'terminal');
    const name = TONES[tone].color;
    yield `${color.bold(summary(report))}\n${name ? color[name](text) : text}\n`;
    for (const note of overrideNotes(report, clean)) yield `${color.yellow(note)}\n`;
  }
  if (report.next) yield `\nNext:\n${report.next.map((line) => `  ${clean.text(line)}\n`).join('')}`;
}

function* botLines(bot: BotReport, report: Report, options: TextOptions): Generator<string> {
  const { voice: clean, color } = options;
  const { refused, contact, since, left, unseen } = factsOf(bot, report);
  yield `${color.bold(bot.id)}  ${headline(bot, report, left)}\n`;
  if (since) yield `  ${since}\n`;
  if (bot.numbers) for (const line of listLines(bot, clean)) yield `  ${line}\n`;
  if (report.stage === 'plan' || report.files) yield* changeLines(bot, options);
  if (refused) yield `  ${color.red('refused:')} ${refused}\n`;
  for (const note of contact) yield `  note: ${note}\n`;
  for (const { number, direction, reason: why } of bot.results.rejected) {
    yield `  ${color.red('rejected:')} ${direction} ${clean.number(number)}: ${clean.text(why)}\n`;
  }
  if (bot.error) {
    yield `  ${color.red('error:')} ${failureWords(bot.error, clean)}\n`;
    if (bot.error.detail) yield `  the server said: ${clean.text(bot.error.detail)}\n`;
  }
  if (unseen) yield `  ${unseen}\n`;
}

function headline(bot: BotReport, { stage, files }: Report, left: readonly string[]): string {
  if (files)
    return bot.error ? 'could not be read' : `${bot.results.applied} imported, ${bot.counts.unchanged} there already`;
  if (stage === 'desired') return plural(bot.counts.unchanged, 'number');
  if (stage === 'result') {
    const planned = sizeOf(bot);
    if (planned === 0) return bot.error ? 'failed' : 'in sync';
    const [, ...rest] = resultWords(countResults([bot]));
    return [`${bot.results.applied} of ${planned} applied`, ...rest].join(', ');
  }
  if (!bot.guard) return 'could not be read';
  if (sizeOf(bot) === 0) return ['in sync', plural(bot.counts.unchanged, 'number'), ...left].join(', ');
  const add = `${bot.add.size} to add${originCounts(bot, 'add')}`;
  const remove = `${bot.remove.size} to remove${originCounts(bot, 'remove')}`;
  return [add, remove, `${bot.counts.unchanged} unchanged`, ...left].join(', ');
}

/** What is new comes first, so that no long list of what is known hides it. */
function* changeLines(bot: BotReport, options: TextOptions): Generator<string> {
  const declarations = declarationsByNumber(bot);
  if (!bot.since) return yield* groupLines(groupsOf(bot), causeWords, declarations, options);
  const part = (sides: Sides, mark: string, causes: readonly Cause[]) => {
    const both = (group: Cause) => joined(', ', [mark, causeWords(group)]);
    return groupLines(sidesByCause(sides, causes), both, declarations, options);
  };
  yield* part(bot.since.new, 'new', bot.causes);
  yield* part(bot.since.still, '', bot.causes);
  yield* part(bot.since.resolved, RESOLVED, []); // what causes it is known of changes that are due
}

function* groupLines(
  groups: readonly Cause[],
  mark: (group: Cause) => string,
  declarations: ReturnType<typeof declarationsByNumber>,
  { voice: clean, color, verbose }: TextOptions,
): Generator<string> {
  const room = { add: SHOWN, remove: SHOWN };
  for (const group of groups) {
    const { direction, numbers } = group;
    const { size, values } = numbers;
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

/** Errors and warnings, for stderr. */
export function problemLines(report: Report, { voice: clean, color }: TextOptions): string[] {
  const [warning, error] = [`${color.yellow('warning:')} `, `${color.red('error:')} `];
  return [
    ...report.warnings.flatMap((fault) => faultLines(fault, clean, warning)),
    ...report.errors.flatMap((fault) => faultLines(fault, clean, fault.place ? '' : error)),
  ];
}
