import type { Bot } from '../../model/bot.ts';
import type { Declaration } from '../../model/declaration.ts';
import { InvalidError } from '../../model/errors.ts';
import { keptOf } from '../../model/plan.ts';
import { type ComparedBot, isComparison, type NumberList, type Report } from '../../model/report.ts';
import { sampleOf, type Warning } from '../../model/warnings.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell, type UserOf } from '../../numbers/same-user.ts';
import { parseReport } from '../../report/json/read.ts';
import type { Context } from '../../steps/context.ts';

/** Where the numbers come from that are imported: the live list of another bot, or a report of it. */
export type Source = { readonly bot: Bot } | { readonly numbers: NumberSet };

/**
 * @param from the id of a bot that one of the files defines, or else a JSON report of one bot with numbers in full: those that it
 *   lists, or what it adds and what it removes if it counts no others.
 */
export function sourceOf(from: string, bots: ReadonlyMap<string, Bot>, { files }: Context): Source {
  const bot = bots.get(from);
  if (bot) return { bot };
  if (!files.exists(from)) throw new InvalidError(`--from ${from}: is neither a bot of the files nor a JSON report`);
  const reported = contentsOf(parseReport(from, files.read(from)));
  const [only] = reported;
  if (!only || reported.length > 1) {
    throw new InvalidError(
      `--from ${from}: is a report of ${reported.length} bots; make one of one bot, with --bot ID`,
    );
  }
  const numbers = only.named.flatMap(({ values }) => Array.from(values));
  if (numbers.some((number) => typeof number === 'string')) {
    throw new InvalidError(`--from ${from}: its numbers are masked; make the report with --numbers full`);
  }
  if (only.error || only.unnamed > 0) {
    const lack = only.error ? 'could not read its bot' : `counts numbers (${only.unnamed}) that it does not name`;
    const list = `blacklistctl list --bot ${only.id} --format json --numbers full`;
    throw new InvalidError(`--from ${from}: ${lack}; what the files say comes whole from: ${list}`);
  }
  return { numbers: NumberSet.of(numbers as Msisdn[]) };
}

/** What a report contains of the desired list of a bot. */
interface Contents {
  readonly id: string;
  readonly named: readonly NumberList[];
  /** How many numbers it only counts. */
  readonly unnamed: number;
  readonly error: unknown;
}

function contentsOf(report: Report): readonly Contents[] {
  if (isComparison(report)) {
    return report.bots.map(({ id, add, remove, counts, error }: ComparedBot) => {
      return { id, named: [add, remove], unnamed: keptOf(counts) - counts.ignored + counts.missing, error };
    });
  }
  if (report.kind === 'list')
    return report.bots.map(({ id, numbers }) => ({ id, named: [numbers], unnamed: 0, error: null }));
  if (report.kind !== 'check') return [];
  return report.bots.map(({ id, count }) => ({ id, named: [], unnamed: count, error: null }));
}

/**
 * Warns of what does not come with the numbers of a bot's live list.
 *
 * @param live the list, and what of it is imported.
 * @param ways by which some numbers come to that bot.
 */
export function leftBehind(
  { id, numbers: wanted }: Bot,
  { live, imported }: { readonly live: NumberSet; readonly imported: NumberSet },
  userOf: UserOf | undefined,
  ways: (numbers: NumberSet) => readonly Declaration[],
): Warning[] {
  const warnings: Warning[] = [];
  const absent = respell(wanted, live, userOf).minus(live);
  if (absent.size > 0) warnings.push({ code: 'W-NOT-LIVE', from: id, ...sampleOf(absent.values) });
  const told = ways(respell(imported, wanted, userOf)).filter(({ list, entry }) => list ?? Object.keys(entry).length);
  if (told.length > 0) {
    const keys = new Set(told.flatMap(({ list, entry }) => [...(list ? ['lists'] : []), ...Object.keys(entry)]));
    const bare = NumberSet.of(told.map(({ number }) => number));
    warnings.push({ code: 'W-BARE-IMPORT', from: id, keys: [...keys].sort(), ...sampleOf(bare.values) });
  }
  return warnings;
}
