import type { Bot } from '../../model/bot.ts';
import type { AppliedBot, ComparedBot, NumberList } from '../../model/compared.ts';
import { InvalidError } from '../../model/errors.ts';
import type { ListedAs } from '../../model/ledger.ts';
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
  /** The list of a report, by the id of the bot that gets it. */
  readonly reported: ReadonlyMap<string, Snapshot> | null;
}

interface Wanted {
  readonly from?: string | undefined;
  readonly bots: readonly string[];
}

/**
 * @param from the id of a bot of the files, or a JSON report with unmasked numbers. A report of `apply` gives each bot
 *   that it wrote to the pairs of numbers from its answers. Otherwise the report has one bot. The list is the numbers
 *   that the report lists, or those that it adds and removes if it counts no others.
 */
export function sourceOf(
  { from, bots: wanted }: Wanted,
  bots: ReadonlyMap<string, Bot>,
  files: Context['files'],
): Source {
  const giver = from === undefined ? null : (bots.get(from) ?? null);
  if (from === undefined || giver) return { giver, reported: null };
  if (!files.exists(from))
    throw new InvalidError(
      `--from ${from}: there is neither such a bot in the files nor such a file; pass a bot id, or a JSON report`,
    );
  const report = parseReport(from, files.read(from));
  return { giver: null, reported: new Map(wanted.map((id) => [id, listFor(id, from, report, bots.has(id))])) };
}

function listFor(id: string, from: string, report: Report, isDeclared: boolean): Snapshot {
  const written = report.kind === 'result' && isDeclared ? report.bots.find((bot) => bot.id === id) : undefined;
  if (written) return listOf(from, [], pairsIn(written));
  const reported = contentsOf(from, report);
  const [only] = reported;
  if (!only || reported.length > 1) {
    throw new InvalidError(
      `--from ${from}: the report has ${reported.length} bots; create a report of one bot with --bot ID`,
    );
  }
  const list = listOf(from, only.named, only.pairs);
  if (only.error || only.unnamed > 0) {
    const lack = only.error
      ? 'the bot of the report could not be read'
      : `the report omits ${only.unnamed} ${only.unnamed === 1 ? 'number' : 'numbers'}`;
    const live = report.kind === 'live' ? ' --live' : '';
    const command = `blacklistctl list${live} --bot ${only.id} --format json --numbers full`;
    throw new InvalidError(`--from ${from}: ${lack}; create a report of all numbers with: ${command}`);
  }
  return list;
}

/** Makes a list of these numbers, in which paired ones have their WhatsApp ID. @throws InvalidError if they are masked. */
function listOf(from: string, named: readonly NumberList[], pairs: readonly ListedAs[]): Snapshot {
  const texts = [...named.flatMap(({ values }) => Array.from(values)), ...pairs.flatMap(Object.values)];
  if (texts.some((number) => typeof number === 'string')) {
    throw new InvalidError(`--from ${from}: the numbers of the report are masked; create it with --numbers full`);
  }
  const names = new Map<Msisdn, Set<Msisdn>>();
  for (const { number, waId } of pairs as readonly Record<keyof ListedAs, Msisdn>[]) {
    names.set(number, (names.get(number) ?? new Set()).add(waId));
  }
  const listed = NumberSet.of(Array.from(names.values()).flatMap((each) => [...each]));
  const own = NumberSet.of(named.flatMap(({ values }) => Array.from(values) as Msisdn[]));
  return { numbers: own.minus(NumberSet.of(names.keys())).or(listed), foreign: 0, names, warnings: [] };
}

/** Returns the pairs that the answers of an apply contain. */
function pairsIn({ listedAs = [], results: { withheld } }: AppliedBot): readonly ListedAs[] {
  const shown = withheld.filter(({ because }) => because === 'answer');
  return [...listedAs, ...shown.map(({ number, declared }) => ({ number: declared, waId: number }))];
}

/** Returns the numbers that a report lists for each bot, and how many more it only counts. */
function contentsOf(from: string, report: Report) {
  if (isComparison(report)) {
    const pairs = new Map(report.kind === 'result' ? report.bots.map((bot) => [bot.id, pairsIn(bot)]) : []);
    return report.bots.map(({ id, add, remove, counts, error }: ComparedBot) => {
      const unnamed = keptOf(counts) - counts.ignored + counts.missing;
      return { id, named: [add, remove], pairs: pairs.get(id) ?? [], unnamed, error };
    });
  }
  if (isListing(report)) {
    return report.bots.map(({ id, numbers, ...bot }) => {
      return { id, named: [numbers], pairs: [], unnamed: 0, error: 'error' in bot ? bot.error : null };
    });
  }
  if (report.kind !== 'check') {
    const remedy = 'use a report of blacklistctl list';
    throw new InvalidError(`--from ${from}: a report of ${report.command} lists no numbers; ${remedy}`);
  }
  return report.bots.map(({ id, count }) => ({ id, named: [], pairs: [], unnamed: count, error: null }));
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
