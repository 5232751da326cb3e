/** Words the summary of a report in one line. */
import type { BotAnswer, Explained } from '../../model/answer.ts';
import { type AppliedBot, type ComparedBot, postponedIn, sizeOf } from '../../model/compared.ts';
import { bothOf, type Direction, type Ledger, type Split } from '../../model/ledger.ts';
import type { CheckedBot, Comparison, ListedBot, Report, ResultReport } from '../../model/report.ts';
import { byDrift, driftWords, originCounts } from './causes.ts';
import { sinceBots, sinceWords, type WholeBot } from './changes.ts';
import { countOf } from './faults.ts';
import { editSummary, formatSummary, importSummary, unreadWords } from './files.ts';
import { reviewSummary } from './settings.ts';
import { count, joined, plural, sum } from './text.ts';

/** `Plan 7d1f0c22: 3 to add, 1 to remove, 214 unchanged in 2 bots`, or the results of it. */
export function summary(report: Report): string {
  const { kind } = report;
  if (kind === 'failure') return problemWords(report) || 'failed';
  if (kind === 'check' || kind === 'list') {
    const numbers = `${plural(totalNumbers(report.bots), 'number')} in ${plural(report.bots.length, 'bot')}`;
    if (kind === 'list') return `${report.outcome === 'invalid' ? 'Checked' : 'Listed'}: ${numbers}`;
    const found = problemWords(report);
    return report.outcome === 'invalid' ? `Invalid: ${found}` : joined(', ', [`Valid: ${numbers}`, found]);
  }
  if (kind === 'live') {
    const read = report.bots.filter(({ error }) => !error).length;
    const numbers = `${plural(totalNumbers(report.bots), 'number')} in ${plural(read, 'bot')}`;
    return `Live: ${numbers}${unreadWords(report.bots.length - read)}`;
  }
  if (kind === 'answer') return explainedSummary(report.explained);
  if (kind === 'format') return formatSummary(report);
  if (kind === 'edit') return editSummary(report);
  if (kind === 'init') return `Written: ${plural(report.files.length, 'file')}`;
  return kind === 'import' ? importSummary(report) : comparisonSummary(report);
}

/** `9 errors in 1 file, 2 warnings`, without zeros. Files are counted if each error is in one. */
export function problemWords({ errors, warnings }: Pick<Report, 'errors' | 'warnings'>): string {
  const files = new Set(errors.map(({ place }) => place?.file));
  return joined(', ', [
    errors.length > 0 &&
      plural(countOf(errors), 'error') + (files.has(undefined) ? '' : ` in ${plural(files.size, 'file')}`),
    warnings.length > 0 && plural(warnings.length, 'warning'),
  ]);
}

function comparisonSummary(report: Comparison): string {
  if (report.kind === 'result') return resultSummary(report);
  const { kind, fingerprint, bots } = report;
  const name = fingerprint === null ? '' : ` ${fingerprint.slice(0, 8)}`;
  const unread = bots.filter(({ guard }: ComparedBot) => !guard).length;
  if (unread > 0 && unread === bots.length) {
    const lost = plural(unread, 'bot');
    return kind === 'plan' ? `No plan: ${lost} could not be read` : `No comparison: ${lost} could not be read`;
  }
  const scope = `in ${plural(bots.length - unread, 'bot')}${unreadWords(unread)}`;
  const { add, remove, unchanged } = totals(bots);
  if (kind === 'drift') {
    // Adds that wait for their users are no drift, and are counted all the same.
    const isNone = report.outcome === 'in-sync' || totals(bots).add + totals(bots).remove === 0;
    const found = joined(', ', [isNone && 'none', ...driftWords(bots), `${unchanged} unchanged`]);
    return joined('; ', [`Drift: ${found} ${scope}`, sinceWords(sinceBots(report)), reviewSummary(report)]);
  }
  const due = byDrift(bots);
  const drift = due === null ? '' : ` (${due} of the changes ${due === 1 ? 'is' : 'are'} drift)`;
  const waiting = report.addsOnly ? `, ${postponedWords(bots)}` : '';
  const plan = `Plan${name}: ${add} to add, ${remove} to remove${drift}${waiting}, ${unchanged} unchanged ${scope}`;
  return joined('; ', [plan, reviewSummary(report)]);
}

/** `Apply complete: 2 added, 2 removed in 1 of 2 bots.` */
function resultSummary(report: ResultReport): string {
  const { bots, interrupted, outcome } = report;
  const counts = countResults(bots);
  const changed = bots.filter(({ results }) => bothOf(results.applied) > 0).length;
  const rest = undoneWords(counts, (count, direction) => `${plural(count, NOUNS[direction])} failed`);
  const isWhole = isComplete(report.bots);
  const isKnown = bothOf(counts.unknown) === 0;
  const label = isWhole ? '' : isKnown ? 'not done: ' : 'not done, or not known: ';
  const unread = bots.filter(({ guard }) => !guard).length;
  const head = interrupted
    ? 'Apply interrupted'
    : isWhole
      ? outcome === 'applied' || outcome === 'in-sync' || outcome === 'failed'
        ? 'Apply complete'
        : 'Apply not finished'
      : changed > 0
        ? 'Applied in part'
        : 'Apply failed';
  const done = `${head}: ${doneWords(counts).join(', ')} in ${changed} of ${plural(bots.length, 'bot')}`;
  const left = rest.length > 0 && label + rest.join(', ');
  return `${joined('; ', [done, left, report.addsOnly && postponedWords(bots)])}${unreadWords(unread)}.`;
}

/** `3 removals wait`, as `--adds-only` sends none. */
export function postponedWords(bots: readonly ComparedBot[]): string {
  const postponed = sum(bots, postponedIn);
  return `${plural(postponed, 'removal')} ${postponed === 1 ? 'waits' : 'wait'}`;
}

const UNREAD = 'could not be read';

/** Words the results of a bot. */
export function resultHeadline(bot: WholeBot): string {
  if (!bot.guard) return UNREAD;
  const waiting = postponedIn(bot) > 0 && postponedWords([bot]);
  if (sizeOf(bot) === 0) return bot.error ? 'failed' : waiting || 'in sync';
  return joined(', ', [resultWords(countResults([bot])), waiting]);
}

/** Words the changes of a bot. `left` counts numbers that do not change, with the reasons. */
export function planHeadline(bot: WholeBot, left: readonly string[], { kind, saved, command }: Comparison): string {
  if (!bot.guard) return UNREAD;
  const inSync = postponedIn(bot) > 0 ? 'nothing to add' : 'in sync';
  const still = saved && command === 'apply' ? 'nothing to apply' : inSync;
  const { add, remove, counts } = bot;
  const unchanged = `${count(counts.unchanged)} unchanged`;
  if (sizeOf(bot) === 0)
    return joined(', ', [still, still === 'in sync' ? plural(counts.unchanged, 'number') : unchanged, ...left]);
  const changes = [
    `${count(add.size)} to add${originCounts(bot, 'add')}`,
    `${count(remove.size)} to remove${originCounts(bot, 'remove')}`,
  ];
  const found = kind === 'drift' ? driftWords([bot]) : changes;
  return joined(', ', [...found, unchanged, ...left]);
}

/** Reports whether every number was applied, pending or withheld, and no bot failed. */
export function isComplete(bots: readonly Pick<AppliedBot, 'results' | 'error'>[]): boolean {
  const { rejected, failed, unknown, skipped } = countResults(bots);
  return !bots.some(({ error }) => error) && [rejected, failed, unknown, skipped].every((split) => bothOf(split) === 0);
}

/** Words any report in one line, without a final period. */
export const title = (report: Report) =>
  hasContents(report) || report.errors.length === 0 ? summary(report).replace(/\.$/, '') : problemWords(report);

/** Reports whether a report contains an answer or bots. */
export const hasContents = (report: Report) => report.kind === 'answer' || ('bots' in report && report.bots.length > 0);

/** Counts the numbers that the files declare for a bot. */
export const numbersIn = (bot: CheckedBot | ListedBot) => ('count' in bot ? bot.count : bot.numbers.size);

export const totalNumbers = (bots: readonly (CheckedBot | ListedBot)[]) => sum(bots, numbersIn);

export const totals = (bots: readonly ComparedBot[]) => ({
  add: sum(bots, ({ add }) => add.size),
  remove: sum(bots, ({ remove }) => remove.size),
  unchanged: sum(bots, ({ counts }) => counts.unchanged),
});

/** Counts the results of these bots, in the order in which reports list them. */
export function countResults(bots: readonly Pick<AppliedBot, 'results'>[]): Readonly<Record<End, Split>> {
  const split = (of: (ledger: Ledger, direction: Direction) => number): Split => ({
    add: sum(bots, ({ results }) => of(results, 'add')),
    remove: sum(bots, ({ results }) => of(results, 'remove')),
  });
  return {
    applied: split(({ applied }, direction) => applied[direction]),
    rejected: split(({ rejected }, direction) => rejected.filter((each) => each.direction === direction).length),
    failed: split(({ failed }, direction) => failed[direction]),
    unknown: split(({ unknown }, direction) => unknown[direction]),
    skipped: split(({ skipped }, direction) => skipped[direction]),
    pending: split(({ pending }, direction) => (direction === 'add' ? pending : 0)),
    withheld: split(({ withheld }, direction) => (direction === 'add' ? 0 : withheld.length)),
  };
}

type Counts = ReturnType<typeof countResults>;
type End = keyof Ledger;

export const NOUNS: Readonly<Record<Direction, string>> = { add: 'add', remove: 'removal' };
export const STATES: Readonly<Record<Exclude<End, 'applied'>, string>> = {
  rejected: 'rejected',
  failed: 'failed',
  unknown: 'unknown',
  skipped: 'not sent',
  pending: 'pending',
  withheld: 'withheld',
};

/** `2 added, 2 removed, 1 failed to add, 3 removals not sent`: the first two always, the others if there are any. */
export function resultWords(counts: Counts): string {
  const rest = undoneWords(counts, (count, direction) => `${count} failed to ${direction}`);
  return [...doneWords(counts), ...rest].join(', ');
}

const doneWords = ({ applied }: Counts) => [`${applied.add} added`, `${applied.remove} removed`];

function undoneWords(counts: Counts, failed: (count: number, direction: Direction) => string): string[] {
  return undone(counts).map(({ end, direction, count }) =>
    end === 'failed' ? failed(count, direction) : `${plural(count, NOUNS[direction])} ${STATES[end]}`,
  );
}

/** Returns the same results as names with their counts. */
export function resultCounts(counts: Counts): [name: string, count: number][] {
  const rest = undone(counts).map(({ end, direction, count }): [string, number] => {
    return [`${NOUNS[direction]}s ${STATES[end]}`, count];
  });
  return [['added', counts.applied.add], ['removed', counts.applied.remove], ...rest];
}

function undone(counts: Counts) {
  const ends = Object.keys(STATES) as (keyof typeof STATES)[];
  return ends.flatMap((end) =>
    (['add', 'remove'] as const).flatMap((direction) => {
      const count = counts[end][direction];
      return count > 0 ? [{ end, direction, count }] : [];
    }),
  );
}

/** `Explained: declared for 1 of 2 bots, live for 2`, without the number, which a format may have to mask. */
function explainedSummary({ bots }: Explained): string {
  const count = (of: (bot: BotAnswer) => unknown) => bots.filter(of).length;
  const looked = bots.some(({ live, error }) => live || error);
  const [declared, unknown] = [count((bot) => bot.declared), count(({ error }) => error)];
  const live = count(({ live }) => live?.length);
  const ignored = count(({ rules }) => rules.some(({ past }) => !past));
  const all = plural(bots.length, 'bot');
  return joined(', ', [
    `Explained: declared for ${declared} of ${all}`,
    ignored > 0 && `ignored for ${ignored}`,
    looked && unknown < bots.length && (live > 0 ? `live for ${live}` : 'not live'),
    unknown > 0 && `not known for ${unknown}`,
  ]);
}
