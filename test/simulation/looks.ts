import { setMaxListeners } from 'node:events';
import type { DriftReport, Report } from '../../src/model/report.ts';
import { shardOf } from '../../src/steps/read-desired.ts';
import { type Client, OPTIONS, promise } from './promises/promise.ts';
import { checkReport } from './promises/report.ts';
import type { Look } from './script/draw.ts';
import { AT_EASE, type Desired, type Told, yamlOf } from './script/files.ts';
import type { Shown } from './script/wishes.ts';
import { slowest } from './server/schedule.ts';
import type { World } from './world.ts';

/** Runs `plan` or `drift` with the same faults as `apply`. They must never write. */
export async function oneLook(world: World, client: Client, run: number, files: Desired, told: Told, look: Look) {
  const { shard } = look;
  const selected = [...files.bots].filter(([id]) => !shard || shardOf(id, shard.count) === shard.index);
  const desired = { ...files, bots: new Map(selected) };
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const before = world.lists();
  const undisturbed = world.isUndisturbed();
  let wait: Wait | null = null;
  const inner = world.context(run, yamlOf(files, told, world), stop.signal, () => 'go');
  const onWait = () => {
    wait = { lists: world.lists(), at: world.clock.now() };
    if (look.stops) stop.abort();
    if (look.intrudes) for (const bot of desired.bots.keys()) world.intrude(bot);
  };
  const context = { ...inner, progress: { ...inner.progress, wait: onWait } };
  const options = { ...OPTIONS, settle: look.settle, shard };
  const report = await world.clock.run<Report>(client[look.command]([], options, context));
  world.ends.push(`${run} at ${world.clock.now()}: ${report.outcome}`);
  const sent = world.sent.filter((each) => each.run === run);
  promise(6, !sent.some(({ method }) => method !== 'GET'), `${report.command} writes`);
  const isNothing = report.outcome === 'nothing-selected';
  promise(12, isNothing === (selected.length === 0), `reports ${report.outcome} for ${selected.length} bots`);
  if (isNothing || !undisturbed || world.server.disturbed) return;
  if (report.kind === 'drift') checkDrift(report, desired, wait, world);
  else checkReport(report, sent, desired, slowest(world) === 0 ? before : null, world, told);
}

/** Runs each command on files without bots, or on a shard without bots. It must read nothing, and report that. */
export async function lookAtNothing(
  world: World,
  client: Client,
  run: number,
  { bots, rules }: Desired,
  what: 'files' | 'part',
): Promise<void> {
  const play = (command: 'plan' | 'drift' | 'apply', yaml: string, options: object) => {
    const context = world.context(run, yaml, new AbortController().signal, () => 'go');
    return world.clock.run<Report>(client[command]([], { ...OPTIONS, ...options }, context));
  };
  const one = yamlOf({ bots: new Map([...bots].slice(0, 1)), rules }, AT_EASE, world);
  const without = [`version: 1\nbots: {}\n`, one.replace(/bots:\n.*/s, 'bots: {}\n')];
  const shard = (index: number) => ({ shard: { index, count: 2 } });
  const first = await play('plan', one, shard(1));
  const empty = shard('bots' in first && first.bots.length === 0 ? 1 : 2);
  const sent = world.sent.length;
  for (const command of ['plan', 'drift', 'apply'] as const) {
    for (const yaml of what === 'files' ? without : []) {
      const said = await play(command, yaml, {}).then(
        ({ outcome }) => outcome,
        (error) => (error instanceof client.InvalidError ? 'invalid' : Promise.reject(error)),
      );
      promise(12, said === 'invalid', `${command} reports ${said} for files without bots`);
    }
    if (what === 'files') continue;
    const { outcome } = await play(command, one, empty);
    promise(12, outcome === 'nothing-selected', `${command} reports ${outcome} for a shard without bots`);
  }
  promise(12, world.sent.length === sent, 'a request is sent although no bot is selected');
}

/** The pause between the two reads of drift: the lists and the time at its beginning. */
interface Wait {
  readonly lists: ReadonlyMap<string, Shown>;
  readonly at: number;
}

/** Checks that drift reports exactly the differences that both reads show. */
function checkDrift(report: DriftReport, desired: Desired, wait: Wait | null, world: World): void {
  const { cloud } = world.schedule;
  const lag = slowest(world);
  const later = world.lists();
  const { interrupted } = report;
  if (interrupted) promise(8, world.clock.now() === wait?.at, 'drift still waits after Ctrl-C');
  for (const { id, add, remove, error } of report.bots) {
    if (error) continue;
    const { wishes } = desired.bots.get(id)!;
    const second = wishes.due(later.get(id)!.numbers);
    const first = wait ? wishes.due(wait.lists.get(id)!.numbers) : second;
    const looksTwice = !interrupted && (first.remove.size > 0 || (first.add.size > 0 && !cloud));
    for (const [side, { values }] of [
      ['add', add],
      ['remove', remove],
    ] as const) {
      const said = Array.from(values, (number) => wishes.user(String(number)));
      const both = new Set([...first[side]].filter((number) => !looksTwice || second[side].has(number)));
      // While writes take effect late, only the second read certainly shows the current list.
      const seen = lag > 0 ? second[side] : both;
      const known = lag === 0 || (wait && !interrupted);
      promise(
        16,
        !known || said.every((number) => seen.has(number)),
        `drift reports an ${side} that is not a difference`,
      );
      promise(16, lag > 0 || said.length === both.size, `drift reports ${said.length} of ${both.size} ${side}s`);
    }
  }
  const failed = report.bots.some(({ error }) => error);
  const counts = report.bots.some(({ add, remove }) => remove.size > 0 || (add.size > 0 && !cloud));
  const right = failed ? 'failed' : counts ? 'changes' : 'in-sync';
  promise(5, report.outcome === right, `drift reports ${report.outcome}, but must report ${right}`);
}
