import type { Ansis } from 'ansis';
import type { BotReport, Cause, FileReport, Report, Sides } from '../model/report.ts';
import type { Sanitizer } from './voice/index.ts';
import { answerText } from './words/answers.ts';
import { causeWords, groupsOf, originCounts, sidesByCause } from './words/causes.ts';
import { contactNotes, waitNote } from './words/contact.ts';
import { faultLines } from './words/faults.ts';
import { filesVerdict, fileWords, isOfFiles } from './words/files.ts';
import { guardReason, refusal } from './words/guard.ts';
import { filePatch } from './words/patch.ts';
import { listLines, waysByNumber, wayWords } from './words/provenance.ts';
import { sinceWords } from './words/since.ts';
import { answerVerdict, summary } from './words/summary.ts';
import { plural } from './words/text.ts';
import { elsewhereNotes, leftWords, noFaults, unseenNote } from './words/verdict.ts';

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
  const { color } = options;
  for (const bot of report.bots) yield* botLines(bot, report, options);
  for (const file of report.files ?? []) yield* fileLines(file, report, options);
  if (report.explained) yield* answerText(report.explained, options.voice, color);
  if (report.bots.length > 0 || report.explained) yield '\n';
  if (report.bots.length > 0 || report.explained || report.errors.length === 0) {
    yield `${color.bold(summary(report))}\n`;
    yield `${verdict(report, options)}\n`;
    for (const note of elsewhereNotes(report, options.voice)) yield `${color.yellow(note)}\n`;
  }
  if (report.next) yield `\nNext:\n${report.next.map((line) => `  ${options.voice.text(line)}\n`).join('')}`;
}

function* botLines(bot: BotReport, report: Report, options: TextOptions): Generator<string> {
  const { voice, color } = options;
  yield `${color.bold(bot.id)}  ${headline(bot, report)}\n`;
  const since = sinceWords([bot]);
  if (since) yield `  ${since}\n`;
  if (bot.numbers) for (const line of listLines(bot, voice)) yield `  ${line}\n`;
  if (report.stage === 'plan' || report.files) yield* changeLines(bot, options);
  const reason = bot.guard && report.outcome === 'refused' ? guardReason(bot.guard) : null;
  if (reason) yield `  ${color.red('refused:')} ${reason}\n`;
  for (const note of contactNotes(bot, report)) yield `  note: ${note}\n`;
  for (const { number, direction, reason: why } of bot.results.rejected) {
    yield `  ${color.red('rejected:')} ${direction} ${voice.number(number)}: ${voice.text(why)}\n`;
  }
  if (bot.error) {
    yield `  ${color.red('error:')} ${voice.text(bot.error.message)}\n`;
    if (bot.error.detail) yield `  the server said: ${voice.text(bot.error.detail)}\n`;
  }
  if (bot.notVisible) {
    yield `  ${plural(bot.notVisible, 'number')} not visible yet (documented: up to 5 minutes)\n`;
  }
}

function* fileLines(file: FileReport, report: Report, { voice }: TextOptions): Generator<string> {
  const words = fileWords(report, file);
  if (words) yield `${voice.file(file.name)}: ${words}\n`;
  else if (file.hunks.length > 0) yield filePatch(file, voice);
}

function headline(bot: BotReport, { stage, files }: Report): string {
  if (files) return bot.error ? 'could not be read' : `${bot.results.applied} imported, ${bot.unchanged} there already`;
  if (stage === 'desired') return plural(bot.unchanged, 'number');
  if (stage === 'result') {
    const { applied, failed, unknown, skipped, pending, rejected } = bot.results;
    const planned = bot.add.size + bot.remove.size;
    if (planned === 0) return bot.error ? 'failed' : 'in sync';
    const rest = { rejected: rejected.length, failed, unknown, skipped, pending };
    const said = Object.entries(rest).flatMap(([state, count]) => (count > 0 ? `, ${count} ${state}` : []));
    return `${applied} of ${planned} applied${said.join('')}`;
  }
  if (!bot.guard) return 'could not be read';
  const left = leftWords(bot).map((words) => `, ${words}`);
  if (bot.add.size + bot.remove.size === 0) return `in sync, ${plural(bot.unchanged, 'number')}${left.join('')}`;
  const add = `${bot.add.size} to add${originCounts(bot, 'add')}`;
  const remove = `${bot.remove.size} to remove${originCounts(bot, 'remove')}`;
  return `${add}, ${remove}, ${bot.unchanged} unchanged${left.join('')}`;
}

/** What is new comes first, so that no long list of what is known hides it. */
function* changeLines(bot: BotReport, options: TextOptions): Generator<string> {
  const ways = waysByNumber(bot);
  if (!bot.since) return yield* groupLines(groupsOf(bot), causeWords, ways, options);
  const part = (sides: Sides, mark: string, causes: readonly Cause[]) => {
    const both = (group: Cause) => [mark, causeWords(group)].filter(Boolean).join(', ');
    return groupLines(sidesByCause(sides, causes), both, ways, options);
  };
  yield* part(bot.since.new, 'new', bot.causes);
  yield* part(bot.since.still, '', bot.causes);
  yield* part(bot.since.resolved, RESOLVED, []); // what causes it is known of changes that are due
}

function* groupLines(
  groups: readonly Cause[],
  mark: (group: Cause) => string,
  ways: ReturnType<typeof waysByNumber>,
  { voice, color, verbose }: TextOptions,
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
      yield `  ${paint(`${sign} ${voice.number(number)}`)}${label}\n`;
      const by = direction === 'add' ? (ways.get(number) ?? []) : [];
      for (const way of by) yield `      ${wayWords(way, voice)}\n`;
    }
    room[direction] -= shown;
    if (shown < size) yield `  ${paint(sign)} … and ${size - shown} more${why && `, ${why}`} (--verbose shows all)\n`;
  }
}

/** The fingerprint is not named: it is past once this is applied. What was refused is told again at the end. */
const APPLYING_REST = 'Applying; nothing is written to the bots that are refused above.';

/** What it means, and what to do. */
function verdict(report: Report, { color }: TextOptions): string {
  if (isOfFiles(report)) {
    const paint = report.outcome === 'failed' ? color.red : report.outcome === 'changes' ? color.yellow : color.green;
    return paint(filesVerdict(report));
  }
  if (report.applying) return report.outcome === 'refused' ? APPLYING_REST : 'Applying.';
  if (report.interrupted) return color.yellow('Interrupted: nothing new was sent. Run again to go on.');
  const answered = answerVerdict(report);
  if (answered) return report.outcome === 'failed' ? color.red(answered) : answered;
  const waiting = waitNote(report);
  switch (report.outcome) {
    case 'in-sync':
      if (report.stage === 'desired') return color.green(noFaults(report));
      return color.green(waiting ? `No drift: ${waiting}.` : 'In sync: nothing to do.');
    case 'changes':
      return report.command === 'drift'
        ? color.yellow('Drift: the live lists differ from the files.')
        : 'Nothing was written yet.';
    case 'applied':
      return color.green(waiting ? `Done: ${waiting}.` : 'Done.');
    case 'partial': {
      const unseen = unseenNote(report);
      if (unseen) return color.yellow(unseen);
      return color.red(
        `Applied in part; run again to finish, after mending what the errors name.${waiting ? ` ${waiting}.` : ''}`,
      );
    }
    case 'refused':
      return color.red(refusal(report, 'above'));
    case 'failed':
      return color.red(report.stage === 'result' ? 'Failed: nothing was applied.' : 'Failed: nothing was written yet.');
    case 'stale':
      return color.red('Stale: nothing was written.');
    case 'invalid':
      return color.red('Invalid: nothing was written.');
  }
}

/** Errors and warnings, for stderr. */
export function problemLines(report: Report, { voice, color }: TextOptions): string[] {
  const lines = (faults: Report['errors'], label: string, inPlace: string) =>
    faults.flatMap((fault) => {
      // A place comes first on its line, so that editors and terminals can jump to it.
      const [head, ...rest] = faultLines(fault, voice, fault.place ? inPlace : label);
      return [head!, ...rest];
    });
  const warning = `${color.yellow('warning:')} `;
  return [...lines(report.warnings, warning, warning), ...lines(report.errors, `${color.red('error:')} `, '')];
}
