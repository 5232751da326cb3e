import type { Report } from '../../../src/model/report.ts';
import type { Desired } from '../script/files.ts';
import type { Wishes } from '../script/wishes.ts';
import { withoutTrunkZero } from '../server/lists.ts';
import type { Sent } from '../server/wire.ts';
import type { World } from '../world.ts';
import { attemptsIn, lastPass, lastWhole, listedIn, nameIn } from './attempts.ts';
import { promise } from './promise.ts';

/** Checks that a warning reports numbers that others changed, if the run read the list after it wrote. */
export function checkOthers(report: Report, sent: readonly Sent[], desired: Desired, world: World): void {
  if (report.kind !== 'result') return;
  for (const bot of report.bots) {
    const mine = sent.filter((each) => each.bot === bot.id);
    if (bot.notVisible === null || !mine.some(({ method }) => method !== 'GET')) continue;
    const { wishes } = desired.bots.get(bot.id)!;
    const planned = [bot.add, bot.remove].flatMap(({ values }) => Array.from(values, String));
    const { certain, possible } = changedIn(mine, planned, wishes, world);
    const warned = report.warnings.some(
      (each) => each.code === 'W-OTHER-WRITER' && 'bot' in each && each.bot === bot.id,
    );
    promise(18, warned || certain === 0, `no warning reports that ${certain} numbers changed meanwhile`);
    promise(18, !warned || possible > 0, 'a warning reports that a list changed meanwhile, but it did not');
  }
}

/** Counts the numbers that others changed, and the numbers that the run may attribute to others. */
function changedIn(mine: readonly Sent[], planned: readonly string[], wishes: Wishes, world: World) {
  const firstWrite = mine.findIndex(({ method }) => method !== 'GET');
  const lastWrite = mine.findLastIndex(({ method }) => method !== 'GET');
  const before = listedIn(lastPass(mine.slice(0, firstWrite)));
  const after = listedIn(lastWhole(mine.slice(lastWrite + 1)));
  const usersOf = (numbers: readonly string[]) => new Set(numbers.map(wishes.user));
  const named = [...attemptsIn(mine, 'POST', (number) => wishes.removes(number)).values()].flatMap(
    (own) => nameIn(own) ?? [],
  );
  const spelled = planned.map(world.schedule.cloud ? world.sandbox.nameOf : withoutTrunkZero);
  const written = usersOf(planned);
  // An added number may be listed as another number. The client knows it from an answer, or by libphonenumber's rules.
  const listed = usersOf([...planned, ...named, ...spelled]);
  // If the server lists numbers as written, a number that is only spelled like an added one is another writer's.
  const known = world.schedule.parses ? listed : usersOf([...planned, ...named]);
  // Until an added number shows, the client takes a number that parses to the same one for it.
  const alike = new Set(planned.map(withoutTrunkZero));
  const gone = [...before].filter((number) => !after.has(number) && !written.has(wishes.user(number)));
  const come = [...after].filter((number) => !before.has(number)).map(wishes.user);
  return {
    certain: gone.length + come.filter((user) => !listed.has(user) && !alike.has(withoutTrunkZero(user))).length,
    possible: gone.length + come.filter((user) => !known.has(user)).length,
  };
}
