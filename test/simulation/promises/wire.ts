import type { Desired } from '../script/files.ts';
import type { Sent } from '../server/wire.ts';
import type { World } from '../world.ts';
import { OPTIONS, promise } from './promise.ts';
import { checkRemovals } from './removals.ts';

/** Checks the requests of any run. */
export function checkWire(sent: readonly Sent[], desired: Desired, addsOnly: boolean, world: World): void {
  const { cloud } = world.schedule;
  for (const [bot, { wishes }] of desired.bots) {
    const mine = sent.filter((each) => each.bot === bot);
    const gone = mine.find(({ status, large }) => status === 401 || (status === 404 && !large));
    promise(2, !gone || mine.every(({ at }) => at <= gone.endedAt), 'a request is sent to a bot that has failed');
    const tooSoon = mine.some(
      ({ at }, index) => at < (mine[index - OPTIONS.rate]?.at ?? Number.NEGATIVE_INFINITY) + 1000,
    );
    promise(2, !tooSoon, `more than ${OPTIONS.rate} requests in a second`);
    for (const { run, bot: held, from, until } of world.pauses) {
      const early = mine.filter(({ at, run: of }) => held === bot && of === run && at > from && at < until);
      promise(2, early.length === 0, `${early.length} requests before the end of Retry-After`);
    }
    for (const { method, numbers: batch } of mine) {
      if (method === 'GET') continue;
      promise(20, !addsOnly || method === 'POST', `a ${method} of ${batch[0]} with --adds-only`);
      promise(2, batch.length >= 1 && batch.length <= (cloud ? 1000 : 20), `a ${method} of ${batch.length} numbers`);
      promise(2, new Set(batch).size === batch.length, `a ${method} contains a number twice`);
      for (const number of batch) {
        promise(14, !wishes.ignores(number), `a ${method} of ${number}, which is ignored`);
        promise(10, method === 'POST' || !wishes.wants(number), `a DELETE of ${number}, which is declared`);
        promise(15, method === 'POST' || !wishes.protects(number), `a ${method} of ${number}, which is protected`);
        promise(
          2,
          method === 'POST' ? wishes.adds(number) : wishes.removes(number),
          `a ${method} of ${number}, which is not due`,
        );
      }
    }
    checkRemovals(mine, wishes, world);
  }
}
