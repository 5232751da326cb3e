import { originOf } from '../../api/base-url.ts';
import type { Bot } from '../../model/bot.ts';
import { type DriftedBot, type NumberList, sizeOf } from '../../model/compared.ts';
import { InvalidError } from '../../model/errors.ts';
import type { BaseUrlOverride, DriftReport } from '../../model/report.ts';
import type { Warning } from '../../model/warnings.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { parseReport } from '../../report/json/read.ts';
import type { ReadClient } from '../../steps/client.ts';
import type { Context } from '../../steps/context.ts';
import type { Fleet } from '../../steps/fleet.ts';
import { NOTHING_REMEMBERED, type Remembered } from './memory.ts';
import { type Difference, NO_DIFFERENCE } from './since.ts';

/** The findings of an earlier run of drift about one bot. */
export interface Past {
  readonly difference: Difference;
  readonly memory: Remembered;
  readonly baseUrl: string;
}

export const NO_PAST: Past = { difference: NO_DIFFERENCE, memory: NOTHING_REMEMBERED, baseUrl: '' };

/** The findings of an earlier run of drift. */
export interface Earlier {
  /** By bot id. */
  readonly past: ReadonlyMap<string, Past>;
  readonly warnings: readonly Warning[];
  /** The report itself; null on the first run. */
  readonly report: DriftReport | null;
}

/**
 * Reads the differences of an earlier report, and the users that it shows blocked. Without the file this is
 * the first run, and every difference is new. A warning lists bots that this run omits: the next run that
 * reads them has no earlier report about them.
 *
 * @throws InvalidError unless it is a complete report of drift with unmasked numbers.
 */
export function readEarlier(name: string, bots: readonly Bot[], files: Context['files']): Earlier {
  const text = files.readIfThere(name);
  const absent: Warning = { code: 'W-SINCE-ABSENT', file: name };
  if (text === null) return { past: new Map(), warnings: [absent], report: null };
  const report = parseReport(name, text);
  if (report.command !== 'drift')
    throw new InvalidError(`${name}: is a report of ${report.command}, not of drift; pass the file of drift --report`);
  if (report.kind !== 'drift' || report.interrupted) {
    throw new InvalidError(
      `${name}: is the report of a run that was interrupted or invalid; pass the report of a complete run`,
    );
  }
  const all = report.bots.map((bot) => [bot.id, foundIn(name, bot)] as const);
  const inScope = new Set(bots.map(({ id }) => id));
  const isNothing = ({ difference, memory }: Past) =>
    sizeOf(difference) + memory.wasLive.size + memory.userIds.ids.length === 0;
  const left = all.filter(([id, past]) => !inScope.has(id) && !isNothing(past)).map(([id]) => id);
  const warnings: Warning[] = left.length > 0 ? [{ code: 'W-SINCE-LEFT-OUT', file: name, bots: left }] : [];
  return { past: new Map(all), warnings, report };
}

/**
 * Refuses to compare the lists of a sandbox with those of the API. A bot that its files moved, for example to another
 * region, is still the same bot.
 *
 * @throws InvalidError if a base URL was overridden then and is not now, or vice versa, or by another one.
 */
export function checkPlaces(name: string, { report }: Earlier, { clients, overrides: [now] }: Fleet<ReadClient>): void {
  const then = new Map(report?.overrides.map((place) => [place.origin, place]));
  for (const { id, baseUrl } of report?.bots ?? []) {
    const client = clients.get(id);
    if (!client || !URL.canParse(baseUrl)) continue; // not a bot of this run, or its list was not read then
    const [was, is] = [originOf(baseUrl), originOf(client.baseUrl)];
    if (was === is || (!now && !then.has(was))) continue;
    const by = (place: BaseUrlOverride | undefined) => (place?.by ? ` (${place.by})` : '');
    const [earlier, current] = [`${was}${by(then.get(was))}`, `${is}${by(now)}`];
    const remedy = 'Nothing was sent; fix the base URL, or pass another file to --since and --report.';
    throw new InvalidError(`${name}: compares ${earlier} with ${current}, which are not the same lists. ${remedy}`);
  }
}

function foundIn(name: string, bot: DriftedBot): Past {
  return { difference: leftOpen(name, bot), memory: remembered(name, bot), baseUrl: bot.baseUrl };
}

function remembered(name: string, { memory }: DriftedBot): Remembered {
  if (memory === null) throw masked(name);
  if (!memory) return NOTHING_REMEMBERED;
  const { foreign, wasLive, userIds = NOTHING_REMEMBERED.userIds } = memory;
  return { wasLive: union(name, [wasLive]), foreign, userIds };
}

/**
 * Returns the differences of a bot after a run: the ones that it found, and the earlier ones if it could not
 * read the list.
 */
function leftOpen(name: string, { add, remove, since }: DriftedBot): Difference {
  const lists = (side: 'add' | 'remove', found: NumberList) => [found, since?.unknown[side] ?? NumberSet.empty];
  return { add: union(name, lists('add', add)), remove: union(name, lists('remove', remove)) };
}

function union(name: string, lists: readonly NumberList[]): NumberSet {
  const numbers = lists.flatMap(({ values }) => Array.from(values));
  const unmasked = numbers.filter((number) => typeof number === 'number');
  if (unmasked.length === numbers.length) return NumberSet.of(unmasked);
  throw masked(name);
}

const masked = (name: string) =>
  new InvalidError(`${name}: has masked numbers; pass a file that --report or --numbers full wrote`);
