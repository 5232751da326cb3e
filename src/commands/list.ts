import { isInForce } from '../desired/expiry.ts';
import type { Bot } from '../model/bot.ts';
import { InvalidError } from '../model/errors.ts';
import type { ListReport, LiveBot, LiveReport } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { oneOfEach } from '../numbers/same-user.ts';
import type { Context } from '../steps/context.ts';
import { openForReading } from '../steps/fleet.ts';
import type { ApiOptions } from '../steps/options.ts';
import { judgeReport } from '../steps/outcome.ts';
import { type Desired, readCompared, readDesired } from '../steps/read-desired.ts';
import { declaredAs } from '../steps/users.ts';

export interface ListOptions extends ApiOptions {
  /** List the numbers that the APIs have, and not those of the files. */
  readonly live?: boolean | undefined;
  /** A commit whose files are listed, for the day on which it was made. */
  readonly at?: string | undefined;
  /** The day as YYYY-MM-DD for which the files are listed. */
  readonly on?: string | undefined;
}

/** Lists the numbers of each bot: those in force in the files, or the live ones. Cannot write. */
export async function list(
  paths: readonly string[],
  options: ListOptions,
  context: Context,
): Promise<ListReport | LiveReport> {
  const { live, at, on } = options;
  if (live && (at !== undefined || on !== undefined)) {
    throw new InvalidError(
      `--live lists the current numbers; remove --live, or remove ${at === undefined ? '--on' : '--at'}`,
    );
  }
  if (!live) {
    const { day, desired } = await readPastOrNow(paths, options, context);
    return judgeReport(listDesired(desired, day, options), options);
  }
  return judgeReport(await listLive(await readCompared(paths, options, context), options, context), options);
}

/** Reads the files of now or of a commit, and the day for which they are listed. */
async function readPastOrNow(paths: readonly string[], options: ListOptions, context: Context) {
  const { at, on } = options;
  if (at === undefined) {
    const day = on ?? context.clock.today();
    return { day, desired: await readDesired(paths, options, context, { day }) };
  }
  const day = on ?? context.files.dayOf({ ref: at, option: '--at' });
  return { day, desired: await readDesired(paths, options, context, { day, at }) };
}

function listDesired(
  { bots, warnings, declarations, usersOf }: Desired,
  day: string,
  { verbose, at, on }: ListOptions,
): ListReport {
  const inForce = (id: string, numbers: NumberSet) =>
    declarations(id, numbers).filter(({ entry }) => isInForce(entry.expires, day));
  const listed = bots.map(({ id, provider, numbers: all }) => {
    const userOf = usersOf(provider);
    const numbers = oneOfEach(all, userOf);
    return { id, numbers, ...(verbose && { declarations: declaredAs(numbers, inForce(id, all), userOf) }) };
  });
  const facts = { kind: 'list', command: 'list', outcome: 'listed', interrupted: false, errors: [] } as const;
  const past = at === undefined && on === undefined ? {} : { past: { commit: at ?? null, day } };
  return { ...facts, bots: listed, ...past, warnings };
}

async function listLive(
  { bots, warnings, usersOf }: Desired,
  options: ListOptions,
  context: Context,
): Promise<LiveReport> {
  const fleet = await openForReading(bots, usersOf, options, context);
  try {
    const listed: LiveBot[] = [];
    const unusual: Warning[] = [];
    const hintOf = ({ numbers }: Bot) => numbers.size;
    const failures = await fleet.readEach(bots, hintOf, ({ id }, live, { baseUrl }) => {
      listed.push({ id, baseUrl, numbers: live.numbers, foreign: live.foreign, error: null });
      unusual.push(...live.warnings);
    });
    for (const [id, error] of failures) {
      listed.push({ id, baseUrl: fleet.clients.get(id)!.baseUrl, numbers: NumberSet.empty, foreign: 0, error });
    }
    return {
      kind: 'live',
      command: 'list',
      outcome: failures.size > 0 ? 'failed' : 'listed',
      interrupted: context.stop.aborted,
      bots: listed.sort((a, b) => (a.id < b.id ? -1 : 1)),
      requests: fleet.sent(),
      overrides: fleet.overrides,
      warnings: [...warnings, ...unusual],
      errors: [],
    };
  } finally {
    await fleet.close();
  }
}
