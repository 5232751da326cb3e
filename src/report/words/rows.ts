/** Makes the rows of a document's table: one for each bot, the urgent ones first. */
import { sizeOf, splitOf } from '../../model/compared.ts';
import type { Direction } from '../../model/ledger.ts';
import { type Comparison, type DriftReport, isComparison, type Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { driftCounts } from './causes.ts';
import { type WholeBot, wholeBots } from './changes.ts';
import { failureNotes, type Note, notesOn, noteWords, quiet } from './notes.ts';
import { isReviewed, leftBotsOf, leftWords, settingsWords, sharedSettings, withoutToken } from './settings.ts';
import { numbersIn } from './summary.ts';
import { count, sum } from './text.ts';
import { foreignNotes } from './users.ts';

/** A bot in a document: its row of the table. */
export interface Row {
  readonly id: string;
  /** One for each column of the table; null if the bot's list was not read. */
  readonly counts: readonly number[] | null;
  /** The count of changes in each direction. */
  readonly sides: Readonly<Record<Direction, number>>;
  /** Its settings changed, or it is new in the files or was removed from them. */
  readonly reviewed: boolean;
  readonly notes: readonly Note[];
}

/**
 * Sorts bots by urgency, as a format without room omits the last ones: many bots must not hide a removal.
 *
 * 1. Bots that lose numbers, the most first.
 * 2. Bots that need attention, then bots whose settings changed.
 * 3. Bots that only gain numbers, then bots without changes.
 *
 * `dress` marks foreign text within our own words.
 */
export function byUrgency(report: Report, clean: Sanitizer, dress?: (text: string) => string): readonly Row[] {
  const rank = ({ sides, reviewed, notes }: Row) =>
    notes.some(({ urgent }) => urgent) ? 0 : reviewed ? 1 : sides.add > 0 ? 2 : 3;
  return [...rowsOf(report, clean, dress)].sort((a, b) => b.sides.remove - a.sides.remove || rank(a) - rank(b));
}

const QUIET = { sides: { add: 0, remove: 0 }, reviewed: false };

function rowsOf(report: Report, clean: Sanitizer, dress?: (text: string) => string): readonly Row[] {
  if (report.kind === 'check' || report.kind === 'list') {
    return report.bots.map((bot) => ({ ...QUIET, id: bot.id, counts: [numbersIn(bot)], notes: [] }));
  }
  if (report.kind === 'live') {
    return report.bots.map(({ id, numbers, foreign, error }) => {
      const notes = [...failureNotes({ guard: null, error }, clean), ...foreignNotes(foreign).map(quiet)];
      return { ...QUIET, id, counts: error ? null : [numbers.size], notes };
    });
  }
  if (report.kind === 'import') {
    return report.bots.map(({ id, imported, alreadyThere, error, numbers }) => {
      const notes = failureNotes({ guard: null, error }, clean);
      const sides = { add: numbers?.size ?? 0, remove: 0 };
      return { ...QUIET, id, counts: error ? null : [imported, alreadyThere], sides, notes };
    });
  }
  if (!isComparison(report)) return [];
  const columns = comparedColumns(report);
  const rows = wholeBots(report).map((bot) => {
    const counts = bot.guard && columns.map((column) => column.count([bot]));
    const settings = settingsWords(bot, report, clean, dress);
    const notes = [...notesOn(bot, report, clean), ...(settings ? [quiet(settings)] : [])];
    const sides = { add: bot.add.size, remove: bot.remove.size };
    return { id: bot.id, counts, sides, reviewed: isReviewed(bot), notes };
  });
  const left = leftBotsOf(report).map((bot) => {
    return { ...QUIET, id: bot.id, counts: null, reviewed: true, notes: [quiet(leftWords(bot))] };
  });
  return [...rows, ...left];
}

/** The bots that need attention, each with its urgent notes in full. `dress` marks foreign text. */
export function troubled(rows: readonly Row[], dress: (text: string) => string) {
  return rows.flatMap(({ id, notes }) => {
    const urgent = notes.filter((note) => note.urgent);
    return urgent.length > 0 ? [{ id, text: urgent.map((note) => noteWords(note, dress)).join('; ') }] : [];
  });
}

/** Bots in sync with equal settings, in one line. */
export interface QuietBots {
  readonly ids: ReadonlySet<string>;
  readonly words: string;
  /** The count of numbers that are live and desired. */
  readonly unchanged: number;
  readonly settings: string | null;
}

/** At most this many similar bots in sync keep their own lines. */
const FEW = 3;

/**
 * Folds bots in sync without anything to report except their settings: one line for all bots with equal
 * settings. Bots with warnings, with changed settings or with notes keep their own lines.
 */
export function quietBots(
  report: Comparison,
  clean: Sanitizer,
  dress?: (text: string) => string,
): readonly QuietBots[] {
  const warned = new Set(report.warnings.map((warning) => ('bot' in warning ? warning.bot : undefined)));
  const groups = new Map<string, WholeBot[]>();
  for (const bot of wholeBots(report)) {
    const { settings, ...rest } = bot;
    if (warned.has(bot.id) || isReviewed(bot) || !isQuiet(rest, report, clean)) continue;
    const key = settingsWords(withoutToken(bot), report, clean) ?? '';
    groups.set(key, [...(groups.get(key) ?? []), bot]);
  }
  return [...groups.values()].flatMap((bots) => {
    if (bots.length <= FEW) return [];
    const unchanged = sum(bots, ({ counts }) => counts.unchanged);
    const words = `${count(bots.length)} bots in sync`;
    const settings = sharedSettings(bots, report, clean, dress);
    return { ids: new Set(bots.map(({ id }) => id)), words, unchanged, settings };
  });
}

const isQuiet = (bot: WholeBot, report: Comparison, clean: Sanitizer) =>
  bot.guard !== null && sizeOf(bot) === 0 && notesOn(bot, report, clean).length === 0;

/** A count of a bot in a report. */
export interface Column {
  readonly name: string;
  readonly side?: Direction;
  count(bots: readonly WholeBot[]): number;
}

const UNCHANGED: Column = { name: 'Unchanged', count: (bots) => sum(bots, ({ counts }) => counts.unchanged) };

/** Names the counts of a bot in a report, and counts them. */
export function comparedColumns(report: Comparison): readonly Column[] {
  if (report.kind === 'drift') return driftColumns(report);
  const isResult = report.kind === 'result';
  const [remove, add] = isResult ? ['Removed', 'Added'] : ['Remove', 'Add'];
  const count =
    (side: Direction): Column['count'] =>
    (bots) =>
      sum(bots, (bot) => (isResult ? bot.results.applied : splitOf(bot))[side]);
  return [
    { name: remove!, side: 'remove', count: count('remove') },
    { name: add!, side: 'add', count: count('add') },
    UNCHANGED,
  ];
}

function driftColumns(report: DriftReport): readonly Column[] {
  const all = wholeBots(report);
  const optional: readonly Column[] = [
    { name: 'Still blocked', count: (bots) => driftCounts(bots).blocked },
    { name: 'Not live', count: (bots) => driftCounts(bots).waiting },
    { name: 'Not applied yet', count: (bots) => driftCounts(bots).toAdd + driftCounts(bots).toRemove },
  ];
  return [
    { name: 'Added outside Git', side: 'add', count: (bots) => driftCounts(bots).added },
    { name: 'Removed outside Git', side: 'remove', count: (bots) => driftCounts(bots).removed },
    ...optional.filter(({ count }) => count(all) > 0),
    UNCHANGED,
  ];
}

/** Names the counts of a row. */
export function columnsOf(report: Report): readonly { readonly name: string; readonly side?: 'add' | 'remove' }[] {
  if (report.kind === 'import') return [{ name: 'Imported', side: 'add' }, { name: 'Already declared' }];
  return isComparison(report) ? comparedColumns(report) : [{ name: 'Numbers' }];
}
