import type { Bot } from '../../model/bot.ts';
import type { ComparedBot } from '../../model/compared.ts';
import { InvalidError } from '../../model/errors.ts';
import { keptOf, type Snapshot } from '../../model/plan.ts';
import { isComparison, isListing, type Report } from '../../model/report.ts';
import { sampleOf, type Warning } from '../../model/warnings.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell } from '../../numbers/same-user.ts';
import { parseReport } from '../../report/json/read.ts';
import type { Context } from '../../steps/context.ts';
import type { Target } from './target.ts';

/** The source of the numbers. Both fields are null if the live list of each bot is read. */
export interface Source {
  /** A bot whose live list is read. */
  readonly giver: Bot | null;
  /** The list of a report. */
  readonly reported: Snapshot | null;
}

/**
 * @param from the id of a bot of the files, or a JSON report of one bot with unmasked numbers. The list is the numbers
 *   that the report lists, or those that it adds and removes if it counts no others.
 */
export function sourceOf(from: string | undefined, bots: ReadonlyMap<string, Bot>, files: Context['files']): Source {
  const giver = from === undefined ? null : (bots.get(from) ?? null);
  if (from === undefined || giver) return { giver, reported: null };
  if (!files.exists(from))
    throw new InvalidError(`--from ${from}: the files do not declare such a bot, and there is no such file`);
  const reported = contentsOf(from, parseReport(from, files.read(from)));
  const [only] = reported;
  if (!only || reported.length > 1) {
    throw new InvalidError(
      `--from ${from}: the report has ${reported.length} bots; create a report of one bot with --bot ID`,
    );
  }
  const numbers = only.named.flatMap(({ values }) => Array.from(values));
  if (numbers.some((number) => typeof number === 'string')) {
    throw new InvalidError(`--from ${from}: the numbers of the report are masked; create it with --numbers full`);
  }
  if (only.error || only.unnamed > 0) {
    const lack = only.error
      ? 'the bot of the report could not be read'
      : `the report omits ${only.unnamed} ${only.unnamed === 1 ? 'number' : 'numbers'}`;
    const list = `blacklistctl list --bot ${only.id} --format json --numbers full`;
    throw new InvalidError(`--from ${from}: ${lack}; create a report of all numbers with: ${list}`);
  }
  return { giver: null, reported: { numbers: NumberSet.of(numbers as Msisdn[]), foreign: 0, warnings: [] } };
}

/** Returns the numbers that a report lists for each bot, and how many more it only counts. */
function contentsOf(from: string, report: Report) {
  if (isComparison(report)) {
    return report.bots.map(({ id, add, remove, counts, error }: ComparedBot) => {
      return { id, named: [add, remove], unnamed: keptOf(counts) - counts.ignored + counts.missing, error };
    });
  }
  if (isListing(report)) {
    return report.bots.map(({ id, numbers, ...bot }) => {
      return { id, named: [numbers], unnamed: 0, error: 'error' in bot ? bot.error : null };
    });
  }
  if (report.kind !== 'check') {
    const remedy = 'use a report of blacklistctl list';
    throw new InvalidError(`--from ${from}: a report of ${report.command} lists no numbers; ${remedy}`);
  }
  return report.bots.map(({ id, count }) => ({ id, named: [], unnamed: count, error: null }));
}

/** Warns of declarations that import does not copy: numbers that are not live, and all keys but the number. */
export function leftBehind(
  { id, provider, numbers: wanted }: Bot,
  live: NumberSet,
  imported: NumberSet,
  { declarations, usersOf }: Target,
): Warning[] {
  const userOf = usersOf(provider);
  const warnings: Warning[] = [];
  const absent = respell(wanted, live, userOf).minus(live);
  if (absent.size > 0) warnings.push({ code: 'W-NOT-LIVE', from: id, ...sampleOf(absent.values) });
  const given = declarations(id, respell(imported, wanted, userOf));
  const detailed = given.filter(({ list, entry }) => list ?? Object.keys(entry).length);
  if (detailed.length > 0) {
    const keys = new Set(detailed.flatMap(({ list, entry }) => [...(list ? ['lists'] : []), ...Object.keys(entry)]));
    const bare = NumberSet.of(detailed.map(({ number }) => number));
    warnings.push({ code: 'W-BARE-IMPORT', from: id, keys: [...keys].sort(), ...sampleOf(bare.values) });
  }
  return warnings;
}
