import { Ansis } from 'ansis';
import { keptOf } from '../../src/model/plan.ts';
import { isComparison, notWritten, type Report } from '../../src/model/report.ts';
import { json } from '../../src/report/json/write.ts';
import { text } from '../../src/report/text.ts';
import { makeSanitizer } from '../../src/report/voice/index.ts';
import type { Rules, Wishes } from './rules.ts';
import { type Sent, TOKEN, type World } from './world.ts';

export const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 10, yes: true };

/** What the files say: of every bot its numbers, and what they and the rules come to. */
export interface Desired {
  readonly bots: ReadonlyMap<string, { readonly numbers: readonly string[]; readonly wishes: Wishes }>;
  readonly rules: Rules;
}

/** What holds of the requests of every run, whatever became of it. */
export function checkWire(sent: readonly Sent[], desired: Desired, world: World): void {
  const { cloud } = world.schedule;
  for (const [bot, { wishes }] of desired.bots) {
    const mine = sent.filter((each) => each.bot === bot);
    const tooSoon = mine.some(
      ({ at }, index) => at < (mine[index - OPTIONS.rate]?.at ?? Number.NEGATIVE_INFINITY) + 1000,
    );
    promise(2, !tooSoon, `more than ${OPTIONS.rate} requests in a second`);
    const posts = mine.filter(({ method }) => method === 'POST');
    const deletes = mine.filter(({ method }) => method === 'DELETE');
    for (const { method, numbers: batch } of [...posts, ...deletes]) {
      promise(2, batch.length >= 1 && batch.length <= (cloud ? 1000 : 20), `a ${method} of ${batch.length} numbers`);
      promise(2, new Set(batch).size === batch.length, `a ${method} with a number twice`);
      for (const number of batch) {
        promise(10, !wishes.ignores(number), `a ${method} of ${number}, which is ignored`);
        promise(11, method === 'POST' || !wishes.protects(number), `a ${method} of ${number}, which is protected`);
        promise(2, method === 'POST' ? wishes.adds(number) : wishes.removes(number), `a ${method} of ${number}`);
      }
    }
    if (deletes.length === 0) continue;
    const lastPost = posts.at(-1);
    promise(4, !lastPost || mine.lastIndexOf(lastPost) < mine.indexOf(deletes[0]!), 'a remove goes before an add');
    const undone = posts
      .flatMap(({ numbers: batch }) => batch)
      .filter((number) => !posts.some((post) => post.ok && post.numbers.includes(number)));
    promise(4, undone.length === 0, `removes go though ${undone.length} adds are not done`);
  }
}

/** What holds of every report; `before` are the true lists if nobody else wrote and no cache lagged. */
export function checkReport(
  report: Report,
  sent: readonly Sent[],
  desired: Desired,
  before: ReadonlyMap<string, Set<string>> | null,
  world: World,
): void {
  let open = 0;
  const bots = isComparison(report) ? report.bots : [];
  for (const bot of bots.map((each) => ('results' in each ? each : notWritten(each)))) {
    const { applied, failed, unknown, skipped, pending, rejected } = bot.results;
    const planned = bot.add.size + bot.remove.size;
    const accounted = applied + failed + unknown + skipped + pending + rejected.length;
    promise(8, accounted === planned, `${accounted} of ${planned} numbers are accounted for`);
    const idle = world.schedule.cloud && !bot.error && !bot.guard?.tripped && !report.interrupted;
    if (idle && failed + unknown + rejected.length === 0)
      promise(8, skipped === 0, 'numbers are left though nothing failed');
    open += failed + unknown + skipped + rejected.length + (bot.error ? 1 : 0);
    const { wishes } = desired.bots.get(bot.id)!;
    const wanted = [...wishes.wanted];
    const wrote = sent.some(({ method, bot: to }) => to === bot.id && method !== 'GET');
    if (report.outcome === 'refused' && bot.guard?.tripped) promise(3, !wrote, 'a guarded bot was written');
    if (bot.error && planned === 0) promise(3, !wrote, 'a bot that could not be read was written');
    const live = before?.get(bot.id);
    if (!live || (bot.error && planned === 0)) continue;
    const expectAdd = wanted.filter((number) => !live.has(number) && wishes.adds(number)).length;
    const expectRemove = [...live].filter((number) => wishes.removes(number)).length;
    const staying = keptOf(bot.counts);
    promise(3, staying + bot.remove.size === live.size, `${staying} of ${live.size} live numbers stay`);
    const ignored = [...live].filter((number) => wishes.ignores(number)).length;
    promise(3, bot.counts.ignored === ignored, `says ${bot.counts.ignored} ignored, and right is ${ignored}`);
    promise(
      3,
      bot.add.size === expectAdd && bot.remove.size === expectRemove,
      `planned +${bot.add.size} -${bot.remove.size}, and right is +${expectAdd} -${expectRemove}`,
    );
    const emptied = bot.guard?.tripped === 'emptied';
    promise(3, emptied === wishes.empties([...live]), `the guard ${emptied ? 'says' : 'does not say'} emptied`);
    if (report.outcome === 'applied') {
      const now = world.list(bot.id);
      promise(
        1,
        wanted.filter((number) => !now.includes(number) && wishes.adds(number)).length === pending &&
          !now.some((number) => wishes.removes(number)),
        'says applied, and is not',
      );
    }
    const deletions = sent
      .filter(({ method, bot: to }) => to === bot.id && method === 'DELETE')
      .flatMap(({ numbers }) => numbers);
    promise(
      2,
      deletions.every((number) => live.has(number)),
      'removes a number that was not live',
    );
  }
  if (report.outcome === 'applied' || report.outcome === 'in-sync')
    promise(8, open === 0 || report.interrupted, `says ${report.outcome} with ${open} open`);
  const voice = makeSanitizer({ masked: true, secrets: new Set([TOKEN]) });
  const fingerprint = (isComparison(report) && report.fingerprint) || '';
  const said = [...json(report, { voice }), ...text(report, { voice, color: new Ansis(0), verbose: true })].join('');
  promise(7, !said.includes(TOKEN), 'the report holds the token');
  promise(
    7,
    !/\d{7}/.test(said.replaceAll(fingerprint, '').replaceAll(fingerprint.slice(0, 8), '')),
    'a masked report holds a number',
  );
}

export function promise(number: number, kept: boolean, broken: string): void {
  if (!kept) throw new Error(`promise ${number} is broken: ${broken}`);
}
