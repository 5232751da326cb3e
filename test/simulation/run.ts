import { setMaxListeners } from 'node:events';
import type { Report } from '../../src/model/report.ts';
import { checkOthers } from './promises/others.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { checkReport, checkShown } from './promises/report.ts';
import { checkWire } from './promises/wire.ts';
import { type Desired, type Told, yamlOf } from './script/files.ts';
import { slowest } from './server/schedule.ts';
import type { World } from './world.ts';

/** How a run ends early. `stop-hanging`: Ctrl-C, after which no request in flight gets an answer. */
export type End = { readonly kind: 'kill' | 'stop' | 'stop-hanging'; readonly at: number } | null;

/** One run of `apply`. */
export interface Run {
  readonly desired: Desired;
  readonly told: Told;
  readonly end: End;
  /** No other run writes at the same time. */
  readonly alone: boolean;
}

/** The time for requests in flight after Ctrl-C, in milliseconds. */
const GRACE = 3_000;
/** The longest time that a run may take after its last answer, in milliseconds. */
const LAST = 1_000;

/** Applies the files. */
export async function oneRun(world: World, client: Client, run: number, play: Run): Promise<Report | null> {
  const { desired, told } = play;
  const before = world.lists();
  const undisturbed = world.isUndisturbed() && play.alone;
  const lags = [...before.keys()].some((bot) => world.shown(bot).some((copy) => !isSame(world.list(bot), copy)));
  const { wait, addsOnly } = told;
  const report = await send(world, client, run, play, yamlOf(desired, told, world), { wait, addsOnly });
  const sent = world.sent.filter((each) => each.run === run);
  checkWire(sent, desired, addsOnly, world);
  if (!report) return null;
  const known = undisturbed && !world.server.disturbed;
  const isShown = wait !== undefined && report.outcome === 'applied' && !report.interrupted;
  if (known && !lags && isShown && world.schedule.copies.length === 0) checkShown(report, desired, world);
  checkReport(report, sent, desired, known && slowest(world) === 0 ? before : null, world, told);
  checkOthers(report, sent, desired, world);
  return report;
}

/** Runs `apply`, which may be killed or interrupted. @returns null if it was killed. */
export async function send(
  world: World,
  client: Client,
  run: number,
  { desired, end }: Pick<Run, 'desired' | 'end'>,
  yaml: string,
  options: { readonly wait: number | undefined; readonly addsOnly?: boolean; readonly plan?: string },
): Promise<Report | null> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let stoppedAt = Number.POSITIVE_INFINITY;
  let killed = () => {};
  const kill = new Promise<null>((resolve) => {
    killed = () => resolve(null);
  });
  const context = world.context(run, yaml, stop.signal, (count) => {
    if (count !== end?.at) return 'go';
    if (end.kind === 'kill') {
      killed();
      return 'die';
    }
    stoppedAt = world.clock.now();
    stop.abort();
    if (end.kind === 'stop-hanging') world.hang(run);
    void world.clock.sleep(GRACE).then(() => world.cut(run));
    return 'go';
  });
  let now = world.clock.now();
  const ended = client.apply([], { ...OPTIONS, ...options }, context).finally(() => {
    now = world.clock.now(); // another run may continue
  });
  const report = await world.clock.run<Report | null>(Promise.race([ended, kill]));
  world.ends.push(`${run} at ${now}: ${JSON.stringify(report?.outcome)}`);
  for (const bot of desired.bots.keys()) {
    const peak = world.peaks.get(`${run} ${bot}`) ?? 0;
    promise(2, peak <= OPTIONS.concurrency, `${peak} requests in flight`);
  }
  if (!report) return null;
  const sent = world.sent.filter((each) => each.run === run);
  if (stop.signal.aborted) {
    promise(8, report.interrupted, 'the report is not marked as interrupted');
    const late = sent.filter(({ at }) => at > stoppedAt).length;
    promise(8, late === 0, `${late} requests are sent after Ctrl-C`);
    const took = now - stoppedAt;
    promise(8, took <= GRACE + 1000, `ends ${took} ms after Ctrl-C`);
  }
  const idle = now - Math.max(now * Number(sent.length === 0), ...sent.map(({ endedAt }) => endedAt));
  promise(17, idle <= LAST, `ends ${Math.round(idle / 1000)} s after its last answer`);
  return report;
}

function isSame(list: readonly string[], other: readonly string[]): boolean {
  return list.length === other.length && new Set([...list, ...other]).size === list.length;
}
