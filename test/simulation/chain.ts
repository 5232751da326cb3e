import type { DriftReport } from '../../src/model/report.ts';
import { json } from '../../src/report/json/write.ts';
import { makeSanitizer } from '../../src/report/voice/index.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { AT_EASE, type Desired, yamlOf } from './script/files.ts';
import type { Wishes } from './script/wishes.ts';
import { TOKEN, type World } from './world.ts';

/** The facts about one list that the reports of drift contain. All numbers are spelled as the server lists them. */
interface Known {
  /** Declared users who were live, and are declared ever since. */
  readonly wasLive: ReadonlySet<string>;
  /** The users whose id is known. */
  readonly withId: ReadonlySet<string>;
}

/** Reports of drift, each compared with the one before. */
export class Chain {
  /** The last report; null before the first one. */
  report: string | null = null;
  readonly #known = new Map<string, Known>();

  knownOf(bot: string): Known {
    return this.#known.get(bot) ?? { wasLive: new Set(), withId: new Set() };
  }

  learn(bot: string, known: Known): void {
    this.#known.set(bot, known);
  }

  /** Begins again without a report. */
  reset(): void {
    this.report = null;
    this.#known.clear();
  }
}

const FULL = makeSanitizer({ masked: false, secrets: new Set([TOKEN]) });

/**
 * Runs `drift --since` with the report of the run before. It must report exactly the differences of a list that shows the
 * number of every user whose id an earlier report contains.
 */
export async function chained(
  world: World,
  client: Client,
  run: number,
  desired: Desired,
  chain: Chain,
): Promise<void> {
  const isKnown = world.isUndisturbed();
  const inner = world.context(run, yamlOf(desired, AT_EASE, world), new AbortController().signal, () => 'go');
  const context = { ...inner, files: { ...inner.files, readIfThere: () => chain.report } };
  const report = await world.clock.run<DriftReport>(client.drift([], { ...OPTIONS, since: 'state.json' }, context));
  world.ends.push(`${run} at ${world.clock.now()}: ${report.outcome}`);
  promise(6, !world.sent.some((each) => each.run === run && each.method !== 'GET'), 'drift writes');
  if (!isKnown || world.server.disturbed) {
    return chain.reset(); // the lists may have changed while they were read
  }
  let differs = false;
  for (const bot of report.bots) {
    const { wishes } = desired.bots.get(bot.id)!;
    if (bot.error) {
      const { wasLive, withId } = chain.knownOf(bot.id);
      chain.learn(bot.id, { wasLive: wantedAmong(wasLive, wishes), withId });
    } else differs = checkBot(bot, wishes, chain, world) || differs;
  }
  const right = report.bots.some(({ error }) => error) ? 'failed' : differs ? 'changes' : 'in-sync';
  promise(19, report.outcome === right, `drift --since reports ${report.outcome}, but must report ${right}`);
  chain.report = [...json(report, { clean: FULL })].join('');
}

const wantedAmong = (users: Iterable<string>, wishes: Wishes) =>
  new Set(Array.from(users, wishes.user).filter((user) => wishes.wanted.has(user)));

/** @returns whether the bot has drift. */
function checkBot(bot: DriftReport['bots'][number], wishes: Wishes, chain: Chain, world: World): boolean {
  const { wasLive, withId } = chain.knownOf(bot.id);
  const hidden = world.hidden(bot.id);
  const notVisible = [...hidden].filter((number) => withId.has(number));
  const visible = world.look(bot.id).numbers;
  const live = [...visible, ...notVisible];
  const due = wishes.due(live.map(wishes.user));
  const remove = live.filter((number) => wishes.removes(number));
  const liveUsers = wantedAmong(live, wishes);
  const gone = [...wantedAmong(wasLive, wishes)].filter((user) => due.add.has(user));
  const causedBy = (reason: string) =>
    bot.causes.flatMap((cause) => (cause.reason === reason ? Array.from(cause.numbers.values, String) : []));
  const check = (what: string, said: readonly string[], expected: Iterable<string>) => {
    const [is, must] = [new Set(said.map(wishes.user)), new Set(Array.from(expected, wishes.user))];
    const wrong = [...is].find((user) => !must.has(user)) ?? [...must].find((user) => !is.has(user));
    promise(19, wrong === undefined, `drift --since reports ${is.size} of ${must.size} ${what}, or not ${wrong}`);
  };
  check('adds', Array.from(bot.add.values, String), due.add);
  check('removes', Array.from(bot.remove.values, String), remove);
  check(
    'numbers not visible',
    bot.hidden ? Array.from(bot.hidden.values, String) : [],
    wantedAmong(notVisible, wishes),
  );
  check('unblocked users', causedBy('unblocked'), gone);
  const blocked = notVisible.filter((number) => wishes.removes(number));
  check('users who are still blocked', causedBy('blocked'), blocked);
  const stay = new Set([...wantedAmong(wasLive, wishes), ...liveUsers]);
  const isKept = (number: string) => hidden.has(number) || stay.has(wishes.user(number));
  chain.learn(bot.id, { wasLive: stay, withId: new Set([...visible, ...[...withId].filter(isKept)]) });
  return remove.length + gone.length > 0;
}
