import type { Ansis } from 'ansis';
import type { BotReport, NumberList, Report } from '../model.ts';
import type { Voice } from './voice.ts';
import { contactNotes, faultLines, guardReason, plural, refusal, summary, waitNote } from './words.ts';

export interface TextOptions {
  readonly voice: Voice;
  readonly color: Ansis;
  /** Show every number. */
  readonly verbose: boolean;
}

/** Numbers shown a side unless verbose. */
const SHOWN = 20;

/** The report for people: a block a bot, then one summary line. */
export function* text(report: Report, options: TextOptions): Generator<string> {
  const { color } = options;
  for (const bot of report.bots) yield* botLines(bot, report, options);
  if (report.bots.length > 0) yield '\n';
  if (report.outcome !== 'invalid' && !(report.bots.length === 0 && report.errors.length > 0)) {
    yield `${color.bold(summary(report))}\n`;
    yield `${verdict(report, options)}\n`;
  }
}

function* botLines(bot: BotReport, report: Report, options: TextOptions): Generator<string> {
  const { voice, color } = options;
  yield `${color.bold(bot.id)}  ${headline(bot, report)}\n`;
  if (report.stage === 'plan') {
    yield* sideLines('+', bot.add, options);
    yield* sideLines('-', bot.remove, options);
  }
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

function headline(bot: BotReport, { stage }: Report): string {
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
  const kept = bot.surplus > 0 ? `, ${bot.surplus} more left by policy ${bot.policy}` : '';
  if (bot.add.size + bot.remove.size === 0) return `in sync, ${plural(bot.unchanged, 'number')}${kept}`;
  return `${bot.add.size} to add, ${bot.remove.size} to remove, ${bot.unchanged} unchanged${kept}`;
}

function* sideLines(sign: '+' | '-', numbers: NumberList, { voice, color, verbose }: TextOptions): Generator<string> {
  const paint = sign === '+' ? color.green : color.red;
  const shown = verbose ? numbers.size : Math.min(numbers.size, SHOWN);
  for (let at = 0; at < shown; at++) yield `  ${paint(`${sign} ${voice.number(numbers.values[at]!)}`)}\n`;
  if (shown < numbers.size) yield `  ${paint(sign)} … and ${numbers.size - shown} more (--verbose shows all)\n`;
}

/** What it means, and what to do. */
function verdict(report: Report, { color }: TextOptions): string {
  if (report.interrupted) return color.yellow('Interrupted. What was in flight has finished; run again to go on.');
  const waiting = waitNote(report);
  switch (report.outcome) {
    case 'in-sync':
      if (report.stage === 'desired') return color.green('No faults.');
      return color.green(waiting ? `No drift: ${waiting}.` : 'In sync: nothing to do.');
    case 'changes':
      return report.command === 'drift'
        ? color.yellow('Drift: the live lists differ from the files.')
        : 'Nothing was written yet.';
    case 'applied':
      return color.green(waiting ? `Done: ${waiting}.` : 'Done.');
    case 'partial':
      return color.red(
        `Applied in part; run again to finish, after mending what the errors name.${waiting ? ` ${waiting}.` : ''}`,
      );
    case 'refused':
      return color.red(refusal(report, 'above'));
    case 'failed':
      return color.red(report.stage === 'result' ? 'Failed: nothing was applied.' : 'Failed: nothing was written yet.');
    case 'stale':
      return color.red('Stale: nothing was written.');
    case 'invalid':
      return '';
  }
}

/** Errors and warnings, for stderr. */
export function problemLines(report: Report, { voice, color }: TextOptions): string[] {
  const lines = (label: string, faults: Report['errors']) =>
    faults.flatMap((fault) => {
      const [head, ...rest] = faultLines(fault, voice);
      // A place comes first on its line, so that editors and terminals can jump to it.
      return [fault.place ? `${head}` : `${label} ${head}`, ...rest];
    });
  return [...lines(color.yellow('warning:'), report.warnings), ...lines(color.red('error:'), report.errors)];
}
