import { setMaxListeners } from 'node:events';
import type { DriftReport, Report } from '../../src/model/report.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { checkReport } from './promises/report.ts';
import type { Look } from './script/draw.ts';
import { type Desired, type Told, yamlOf } from './script/files.ts';
import type { World } from './world.ts';

/** Runs `plan` or `drift`, which see the same faults as `apply`, and never write. */
export async function oneLook(world: World, client: Client, run: number, desired: Desired, told: Told, look: Look) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const before = world.lists();
  const undisturbed = world.isUndisturbed();
  let wait: Wait | null = null;
  const inner = world.context(run, yamlOf(desired, told, world), stop.signal, () => 'go');
  const begin = (what: string) => {
    if (what !== 'Waiting') return;
    wait = { lists: world.lists(), at: world.clock.now() };
    if (look.stops) stop.abort();
    if (look.intrudes) for (const bot of desired.bots.keys()) world.intrude(bot);
  };
  const context = { ...inner, progress: { ...inner.progress, begin } };
  const options = { ...OPTIONS, settle: look.settle };
  const report = await world.clock.run<Report>(client[look.command]([], options, context));
  world.ends.push(`${run} at ${world.clock.now()}: ${report.outcome}`);
  const sent = world.sent.filter((each) => each.run === run);
  promise(6, !sent.some(({ method }) => method !== 'GET'), `${report.command} writes`);
  if (!undisturbed || world.disturbed) return;
  if (report.kind === 'drift') checkDrift(report, desired, wait, world);
  else checkReport(report, sent, desired, world.schedule.propagation === 0 ? before : null, world, told);
}

/** The pause between the two looks of drift: the lists and the time when it began. */
interface Wait {
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly at: number;
}

/** A difference is reported if both looks saw it, and no other one is. */
function checkDrift(report: DriftReport, desired: Desired, wait: Wait | null, world: World): void {
  const { cloud, propagation } = world.schedule;
  const later = world.lists();
  const { interrupted } = report;
  if (interrupted) promise(8, world.clock.now() === wait?.at, 'drift waits on after Ctrl-C');
  for (const { id, add, remove, error } of report.bots) {
    if (error) continue;
    const { wishes } = desired.bots.get(id)!;
    const second = wishes.due(later.get(id)!);
    const first = wait ? wishes.due(wait.lists.get(id)!) : second;
    const looksTwice = !interrupted && (first.remove.size > 0 || (first.add.size > 0 && !cloud));
    for (const [side, { values }] of [
      ['add', add],
      ['remove', remove],
    ] as const) {
      const said = Array.from(values, (number) => wishes.user(String(number)));
      const both = new Set([...first[side]].filter((number) => !looksTwice || second[side].has(number)));
      // While writes are on their way, only the second look is known to see the list as it is.
      const seen = propagation > 0 ? second[side] : both;
      const known = propagation === 0 || (wait && !interrupted);
      promise(12, !known || said.every((number) => seen.has(number)), `drift reports an ${side} that is none`);
      promise(
        12,
        propagation > 0 || said.length === both.size,
        `drift reports ${said.length} of ${both.size} ${side}s`,
      );
    }
  }
  const failed = report.bots.some(({ error }) => error);
  const counts = report.bots.some(({ add, remove }) => remove.size > 0 || (add.size > 0 && !cloud));
  const right = failed ? 'failed' : counts ? 'changes' : 'in-sync';
  promise(5, report.outcome === right, `drift says ${report.outcome}, and right is ${right}`);
}
