import type { Report } from '../../src/model/report.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { checkReport } from './promises/report.ts';
import { checkWire } from './promises/wire.ts';
import { type Run, send } from './run.ts';
import { type Desired, type Told, yamlOf } from './script/files.ts';
import type { Shown } from './script/wishes.ts';
import { slowest } from './server/schedule.ts';
import type { Sent } from './server/wire.ts';
import type { World } from './world.ts';

/** A saved plan, and the state from which it was made. */
export interface Saved {
  readonly text: string;
  readonly madeAt: number;
  readonly desired: Desired;
  readonly addsOnly: boolean;
  readonly lists: ReadonlyMap<string, Shown>;
  /** The bots that could be read. */
  readonly read: ReadonlySet<string>;
}

const HOUR = 3_600_000;

/** Runs `plan --out`. @returns null if it saved no plan. */
export async function savePlan(world: World, client: Client, run: number, desired: Desired, told: Told) {
  const madeAt = world.clock.now();
  const context = world.context(run, yamlOf(desired, told, world), new AbortController().signal, () => 'go');
  world.planFile = '';
  const lists = world.lists();
  const { addsOnly } = told;
  const report = await world.clock.run<Report>(client.plan([], { ...OPTIONS, addsOnly, out: 'plan.json' }, context));
  world.ends.push(`${run} at ${world.clock.now()}: ${report.outcome}`);
  promise(6, !world.sent.some((each) => each.run === run && each.method !== 'GET'), 'plan writes');
  if (report.kind !== 'plan' || world.planFile === '') return null;
  const read = new Set(report.bots.flatMap(({ id, error }) => (error ? [] : id)));
  const saved: Saved = { text: world.planFile, madeAt, desired, addsOnly, lists, read };
  return saved;
}

/** Runs `apply --plan` with `desired` as the current files. */
export async function applySaved(world: World, client: Client, run: number, saved: Saved, play: Run): Promise<void> {
  const startedAt = world.clock.now();
  const isMoved = () => JSON.stringify([...world.lists()]) !== JSON.stringify([...saved.lists]);
  const before = world.lists();
  const isCalm = world.isUndisturbed() && slowest(world) === 0;
  const known = isCalm && !isMoved();
  world.planFile = saved.text;
  const yaml = yamlOf(play.desired, play.told, world);
  const ran = await send(world, client, run, play, yaml, { wait: play.told.wait, plan: 'plan.json' }).catch((error) => {
    if (error instanceof client.StaleError) return 'stale' as const;
    throw error;
  });
  const sent = world.sent.filter((each) => each.run === run);
  const writes = sent.filter(({ method }) => method !== 'GET').length;
  const age = (startedAt - saved.madeAt) / HOUR;
  promise(11, age <= 24 || writes === 0, `a plan of ${Math.round(age)} hours ago is applied`);
  checkAgainstFiles(sent, play.desired);
  checkWire(sent, play.desired, saved.addsOnly, world);
  if (ran === 'stale') {
    promise(11, writes === 0, `a stale plan is applied with ${writes} writes`);
    const isFresh = known && age < 23 && play.desired === saved.desired;
    promise(11, !isFresh || isMoved(), 'a fresh plan is stale although nothing changed');
    world.ends.push(`${run} at ${world.clock.now()}: stale`);
    return;
  }
  if (!ran) return;
  const listed = new Set('bots' in ran ? ran.bots.map(({ id }) => id) : []);
  const reported = new Map([...saved.desired.bots].filter(([id]) => saved.read.has(id) || listed.has(id)));
  if (isCalm) checkGuard(ran, sent, before, play);
  checkReport(ran, sent, { ...saved.desired, bots: reported }, null, world, { ...play.told, addsOnly: saved.addsOnly });
  const unread = saved.desired.bots.size - saved.read.size;
  const isDone = ran.outcome === 'applied' || ran.outcome === 'in-sync';
  promise(12, unread === 0 || !isDone || ran.interrupted, `reports ${ran.outcome}, but ${unread} bots were never read`);
}

/** Checks that the guard of the current files refuses what is left of a saved plan if it is too much. */
function checkGuard(
  ran: Report,
  sent: readonly Sent[],
  before: ReadonlyMap<string, Shown>,
  { desired, told }: Pick<Run, 'desired' | 'told'>,
): void {
  const bots = ran.kind === 'plan' || ran.kind === 'result' ? ran.bots : [];
  for (const bot of bots.filter(({ guard }) => guard)) {
    const { tripped } = desired.bots.get(bot.id)!.wishes.verdict(before.get(bot.id)!, told.guard, bot);
    const isWritten = sent.some((each) => each.bot === bot.id && each.method !== 'GET');
    promise(3, !tripped || !isWritten, `a saved plan is applied although the files refuse it: ${tripped}`);
    promise(
      3,
      Boolean(tripped) || !bot.guard?.current,
      `the files refuse a saved plan as ${bot.guard?.tripped}, but must not`,
    );
  }
}

/** Checks that a saved plan removes no number that the current files declare, and adds no number that they do not. */
function checkAgainstFiles(sent: readonly Sent[], { bots }: Desired): void {
  for (const { method, bot, numbers } of sent) {
    if (method === 'GET') continue;
    const wishes = bots.get(bot)?.wishes;
    promise(11, wishes !== undefined, 'a saved plan is applied to a bot that the current files do not declare');
    const against = numbers.filter((number) => (method === 'POST') !== wishes!.wants(number));
    promise(11, against.length === 0, `a saved plan's ${method} of ${against[0]} contradicts the current files`);
  }
}
