import { isInForce } from '../../desired/expiry.ts';
import type { BotAnswer, Effect } from '../../model/answer.ts';
import type { Bot, Ignored } from '../../model/bot.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Failure, Withheld } from '../../model/ledger.ts';
import type { Snapshot, Verdict } from '../../model/plan.ts';
import type { AnswerReport } from '../../model/report.ts';
import type { Warning } from '../../model/warnings.ts';
import { Invalid } from '../../numbers/invalid.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { PluslessNumbers } from '../../numbers/plusless.ts';
import { type Pair, spellingsOf, type UserOf, withPairs } from '../../numbers/same-user.ts';
import { parseWritten } from '../../numbers/written.ts';
import { changeOf } from '../../plan/diff.ts';
import { guard } from '../../plan/guard.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import type { Context } from '../../steps/context.ts';
import { openForReading } from '../../steps/fleet.ts';
import { warnOfPlusless } from '../../steps/no-plus.ts';
import type { ApiOptions } from '../../steps/options.ts';
import { judgeReport } from '../../steps/outcome.ts';
import { type Desired, readDesired } from '../../steps/read-desired.ts';
import { foreseeWithheld } from '../../steps/users.ts';
import { historyOf } from './history.ts';

export interface ExplainOptions extends ApiOptions {
  /** Reads the live lists as well. */
  readonly live?: boolean | undefined;
  /** Reads the commits that declared, changed or removed the number. */
  readonly history?: boolean | undefined;
}

/** One bot's list, or why it could not be read; null without --live. */
type Seen =
  | {
      /** The numbers under which the list contains the user. */
      readonly live: NumberSet;
      readonly guard: Verdict;
      readonly mayWithhold: readonly Withheld[];
      /** Finds the numbers of one user, also by the names in the list. */
      readonly userOf: UserOf | undefined;
    }
  | Failure
  | null;

/** Finds where one number is declared, ignored and protected, and what the next apply does about it. Cannot write. */
export async function explain(text: string, paths: readonly string[], options: ExplainOptions, context: Context) {
  const number = parseWritten(text);
  if (number instanceof Invalid) throw new InvalidError(`the number ${number.why}`);
  const desired = await readDesired(paths, options, context);
  const today = context.clock.today();
  const { seen, warnings, ...online } = options.live
    ? await look(number, desired, options, context)
    : { seen: null, warnings: [], requests: { read: 0, retries: 0 }, overrides: [] };
  const bots = desired.bots.map((bot) => answer(number, bot, desired, seen?.get(bot.id) ?? null, today));
  const history = options.history ? { history: await historyOf(number, paths, desired, options, context) } : {};
  const explained = { number, bots, ...history };
  const facts = { kind: 'answer', command: 'explain', explained, ...online, errors: [] } as const;
  const outcome = bots.some(({ error }) => error) ? 'failed' : 'answered';
  const interrupted = seen !== null && context.stop.aborted;
  const all = [...(await warnOfAsked(text, number, context)), ...desired.warnings, ...warnings];
  const report: AnswerReport = { ...facts, outcome, interrupted, warnings: all };
  return judgeReport(report, options);
}

/**
 * Warns if the number on the command line has no plus and may be national: then the answer is about another
 * number.
 */
function warnOfAsked(text: string, number: Msisdn, context: Context): Promise<Warning[]> {
  const numbers = new PluslessNumbers();
  if (!text.startsWith('+')) numbers.addText(text, number, 0);
  return warnOfPlusless([{ numbers, locate: () => ({}) }], context);
}

/** Reads and plans every list as a whole, because the guard needs all of it. */
async function look(number: Msisdn, { bots, usersOf }: Desired, options: ApiOptions, context: Context) {
  const seen = new Map<string, Seen>();
  const warnings: Warning[] = [];
  const fleet = await openForReading(bots, usersOf, options, context);
  try {
    const hintOf = ({ numbers }: Bot) => numbers.size;
    const failures = await fleet.readEach(bots, hintOf, async (bot, live, { provider: { caps }, userOf }) => {
      warnings.push(...live.warnings);
      const change = changeOf(bot, live.numbers, userOf);
      const verdict = guard(change, bot.guard, { ...caps, foreign: live.foreign });
      const byList = withPairs(userOf, namesOf(number, live, userOf));
      const isAsked = (other: Msisdn) => isSame(other, number, byList);
      const mayWithhold = (await foreseeWithheld(change, live, caps, userOf, context)).filter(
        (each) => isAsked(each.number) || isAsked(Number(each.declared)),
      );
      const named = spellingsOf(number, live.numbers, byList);
      seen.set(bot.id, { live: named, guard: verdict, mayWithhold, userOf: byList });
    });
    for (const [id, failure] of failures) seen.set(id, failure);
    return { seen, warnings, requests: fleet.sent(), overrides: fleet.overrides };
  } finally {
    await fleet.close();
  }
}

/** Returns the pairs in a live list that contain a number of the user. */
function namesOf(number: Msisdn, { names = new Map() }: Snapshot, userOf: UserOf | undefined): readonly Pair[] {
  const pairs = Array.from(names).flatMap(([other, listed]) => Array.from(listed, (name): Pair => [other, name]));
  return pairs.filter((pair) => pair.some((each) => isSame(each, number, userOf)));
}

const isSame = (one: Msisdn, other: Msisdn, userOf: UserOf = (number) => number) => userOf(one) === userOf(other);

function answer(number: Msisdn, bot: Bot, desired: Desired, seen: Seen, today: string): BotAnswer {
  const userOf = desired.usersOf(bot.provider);
  // Stages treat each user separately, so the numbers of this user give the same result as all numbers.
  const read = seen && 'live' in seen ? seen : null;
  const ofUser = (numbers: NumberSet) => spellingsOf(number, numbers, read ? read.userOf : userOf);
  const user = { ...bot, numbers: ofUser(bot.numbers), protected: ofUser(bot.protected) };
  // Skipped if there are none, as finding declarations walks through all files.
  const declared = user.numbers.or(ofUser(NumberSet.of(bot.expired.keys())));
  const declarations = declared.size > 0 ? desired.declarations(bot.id, declared) : [];
  const protecting = user.protected.size > 0 ? desired.protecting(user.protected) : [];
  const own = new Set(declarations.map(({ place }) => JSON.stringify(place)));
  const live = read && read.live.size > 0 ? read.live : NumberSet.of([number]);
  return {
    id: bot.id,
    policy: bot.policy,
    declared: declarations.some(({ entry }) => isInForce(entry.expires, today)),
    declarations,
    rules: desired.ignoreRules(bot.id).flatMap(({ numbers, ...rule }) => {
      const prefixes = rule.prefix === undefined ? [] : [rule.prefix];
      return covers({ numbers, prefixes }, number, userOf) ? [rule] : [];
    }),
    protection: protecting.filter(({ place }) => !own.has(JSON.stringify(place))),
    ifLive: effectOf(user, number, live, userOf),
    ifNotLive: effectOf(user, number, NumberSet.empty, userOf),
    live: read && [...read.live],
    ...(read && read.mayWithhold.length > 0 && { mayWithhold: read.mayWithhold }),
    guard: read?.guard.tripped ? read.guard : null,
    error: seen && !('live' in seen) ? seen : null,
  };
}

function covers(ignored: Ignored, number: Msisdn, userOf: UserOf | undefined): boolean {
  return ignoredAmong(NumberSet.of([number]), ignored, userOf).size > 0;
}

/**
 * Returns the effect of an apply on a number. `live`: the number, or nothing if no spelling of it is live.
 */
function effectOf(bot: Bot, number: Msisdn, live: NumberSet, userOf: UserOf | undefined): Effect {
  const { add, remove, counts } = changeOf(bot, live, userOf);
  if (add.size > 0) return 'add';
  if (remove.size > 0) return 'remove';
  if (covers(bot.ignored, number, userOf)) return 'ignored';
  if (counts.protected > 0) return 'protected';
  return counts.surplus > 0 ? 'add-only' : counts.missing > 0 ? 'remove-only' : 'nothing';
}
