import type { Report } from '../../../src/model/report.ts';
import type { Desired } from '../script/files.ts';
import type { Wishes } from '../script/wishes.ts';
import type { Sent } from '../server/wire.ts';
import type { World } from '../world.ts';
import { attemptsIn, lastPass, listedIn, nameIn } from './attempts.ts';
import { promise } from './promise.ts';

/** A warning says that a list holds or lacks what the run neither knew nor planned, if the run read it after writing. */
export function checkOthers(report: Report, sent: readonly Sent[], desired: Desired, world: World): void {
  if (report.kind !== 'result') return;
  for (const bot of report.bots) {
    const mine = sent.filter((each) => each.bot === bot.id);
    if (bot.notVisible === null || !mine.some(({ method }) => method !== 'GET')) continue;
    const { wishes } = desired.bots.get(bot.id)!;
    const planned = [bot.add, bot.remove].flatMap(({ values }) => Array.from(values, String));
    const changed = changedIn(mine, planned, wishes, world).length;
    const warned = report.warnings.some(
      (each) => each.code === 'W-OTHER-WRITER' && 'bot' in each && each.bot === bot.id,
    );
    promise(18, warned || changed === 0, `no warning says that ${changed} numbers changed meanwhile`);
    promise(18, !warned || changed > 0, 'a warning says that a list changed meanwhile, and it did not');
  }
}

function changedIn(mine: readonly Sent[], planned: readonly string[], wishes: Wishes, world: World): readonly string[] {
  const firstWrite = mine.findIndex(({ method }) => method !== 'GET');
  const lastWrite = mine.findLastIndex(({ method }) => method !== 'GET');
  const before = listedIn(lastPass(mine.slice(0, firstWrite)));
  const after = listedIn(lastPass(mine.slice(lastWrite + 1)));
  const names = [...attemptsIn(mine, 'POST').values()].flatMap((own) => nameIn(own) ?? []);
  const own = new Set([...planned, ...names].flatMap((number) => [wishes.user(number), world.sandbox.nameOf(number)]));
  const changed = [...before, ...after].filter((number) => before.has(number) !== after.has(number));
  return changed.filter((number) => !own.has(wishes.user(number)));
}
