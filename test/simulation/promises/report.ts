import { isDeepStrictEqual } from 'node:util';
import { Ansis } from 'ansis';
import { type AppliedBot, notWritten } from '../../../src/model/compared.ts';
import { bothOf } from '../../../src/model/ledger.ts';
import { keptOf } from '../../../src/model/plan.ts';
import { isComparison, type Report } from '../../../src/model/report.ts';
import { json } from '../../../src/report/json/write.ts';
import { text } from '../../../src/report/text.ts';
import { makeSanitizer } from '../../../src/report/voice/index.ts';
import type { Desired, Told } from '../script/files.ts';
import type { Wishes } from '../script/wishes.ts';
import type { Sent } from '../server/wire.ts';
import { TOKEN, type World } from '../world.ts';
import { hasHole, lastPass } from './attempts.ts';
import { checkLedger } from './ledger.ts';
import { promise } from './promise.ts';
import { checkWithheld } from './removals.ts';

const PLAIN = new Ansis(0);

/** What holds of every report; `before` are the true lists if nobody else wrote and no cache lagged. */
export function checkReport(
  report: Report,
  sent: readonly Sent[],
  desired: Desired,
  before: ReadonlyMap<string, readonly string[]> | null,
  world: World,
  { guard, wait }: Told,
): void {
  let open = 0;
  const bots = isComparison(report) ? report.bots : [];
  for (const bot of bots.map((each) => ('results' in each ? each : notWritten(each)))) {
    const { pending, rejected, ...splits } = bot.results;
    const [failed, unknown, skipped] = [bothOf(splits.failed), bothOf(splits.unknown), bothOf(splits.skipped)];
    const { wishes } = desired.bots.get(bot.id)!;
    const planned = bot.add.size + bot.remove.size;
    const mine = sent.filter(({ bot: of }) => of === bot.id);
    checkReads(bot, mine);
    checkLedger(bot, mine, wishes, world);
    checkWithheld(bot, mine, report.interrupted, world);
    const isBroken = !world.server.healed && world.schedule.broken?.bot === bot.id;
    promise(5, !isBroken || bot.error !== null, 'a bot that answers nothing has no error');
    const writable = planned - bot.results.withheld.length;
    const idles = report.command !== 'apply' || report.interrupted || writable === 0 || bot.guard?.tripped !== false;
    promise(5, idles || mine.some(({ method }) => method !== 'GET'), 'a bot is not written though nothing is wrong');
    if (wait !== undefined && report.outcome === 'applied' && planned > 0)
      promise(9, lookedAt(mine), 'says applied after --wait, and did not read the list');
    const idle = world.schedule.cloud && !bot.error && !bot.guard?.tripped && !report.interrupted;
    if (idle && failed + unknown + rejected.length === 0)
      promise(8, skipped === 0 || report.command === 'plan', 'numbers are left though nothing failed');
    open += failed + unknown + skipped + rejected.length + (bot.error ? 1 : 0);
    const wrote = mine.some(({ method }) => method !== 'GET');
    if (report.outcome === 'refused' && bot.guard?.tripped) promise(3, !wrote, 'a guarded bot was written');
    if (bot.error && planned === 0) promise(3, !wrote, 'a bot that could not be read was written');
    const refused = !report.interrupted && bot.guard?.tripped;
    promise(3, !refused || report.outcome === 'refused', `the guard says ${refused}, and the run ${report.outcome}`);
    const live = before?.get(bot.id);
    if (!live || (bot.error && planned === 0)) continue;
    const due = wishes.due(live);
    const staying = keptOf(bot.counts);
    promise(3, staying + bot.remove.size === live.length, `${staying} of ${live.length} live numbers stay`);
    const ignored = live.filter((number) => wishes.ignores(number)).length;
    promise(3, bot.counts.ignored === ignored, `says ${bot.counts.ignored} ignored, and right is ${ignored}`);
    promise(
      3,
      bot.add.size === due.add.size && bot.remove.size === due.remove.size,
      `planned +${bot.add.size} -${bot.remove.size}, and right is +${due.add.size} -${due.remove.size}`,
    );
    const { limits, ...verdict } = bot.guard!;
    const right = wishes.verdict(live, guard);
    promise(3, isDeepStrictEqual(verdict, right), `the guard: ${JSON.stringify({ says: verdict, right })}`);
    const hidden = (bot.notVisible ?? 0) - respelledIn(bot, world);
    promise(9, hidden <= 0, `${hidden} not visible though nothing lags`);
    if (report.outcome === 'applied') {
      const { missing, over } = lacksOf(world.list(bot.id), bot, wishes, world);
      promise(
        1,
        missing <= pending && over === 0,
        `says applied, and ${missing} of ${pending} are missing, ${over} over`,
      );
    }
    const deletions = mine.flatMap(({ method, numbers }) => (method === 'DELETE' ? numbers : []));
    const there = new Set(live);
    const absent = deletions.filter((number) => !there.has(number));
    promise(2, absent.length === 0, `removes ${absent.length} numbers that were not live`);
  }
  const read = bots.filter(({ id }) => sent.some(({ bot, got }) => bot === id && got !== null));
  if (report.outcome === 'in-sync')
    promise(
      12,
      read.length === desired.bots.size,
      `says in-sync, and read ${read.length} of ${desired.bots.size} bots`,
    );
  if (report.outcome === 'applied' || report.outcome === 'in-sync')
    promise(8, open === 0 || report.interrupted, `says ${report.outcome} with ${open} open`);
  const clean = makeSanitizer({ masked: true, secrets: new Set([TOKEN]) });
  const fingerprint = (isComparison(report) && report.fingerprint) || '';
  const said = [...json(report, { clean }), ...text(report, { clean, color: PLAIN, verbose: true })].join('');
  promise(7, !said.includes(TOKEN), 'the report holds the token');
  promise(
    7,
    !/\d{7}/.test(said.replaceAll(fingerprint, '').replaceAll(fingerprint.slice(0, 8), '')),
    'a masked report holds a number',
  );
}

/** What holds of an apply with `--wait` that succeeded: a reader sees all that it wrote. */
export function checkShown(report: Report, desired: Desired, world: World): void {
  if (report.kind !== 'result') return;
  for (const bot of report.bots) {
    const { missing, over } = lacksOf(world.shown(bot.id)[0]!, bot, desired.bots.get(bot.id)!.wishes, world);
    const open = Math.max(0, missing - bot.results.pending) + over;
    promise(9, open === 0, `says applied after --wait, and ${open} do not show`);
  }
}

/** How many adds the first provider lists in another spelling. Whether they count as visible is not promised. */
function respelledIn({ add }: AppliedBot, { schedule, sandbox }: World): number {
  const adds = schedule.parses ? Array.from(add.values, String) : [];
  return adds.filter((number) => sandbox.nameOf(number) !== number).length;
}

/** How many users a list lacks, and how many it holds too many, apart from what was withheld. */
function lacksOf(list: readonly string[], { results }: AppliedBot, wishes: Wishes, { sandbox }: World) {
  const withheld = new Set(results.withheld.map(({ number }) => String(number)));
  const names = Array.from(wishes.wanted, sandbox.nameOf);
  const stays = new Set([...withheld, ...names]);
  const live = new Set(list);
  return {
    missing: wishes.policy === 'remove-only' ? 0 : names.filter((name) => !live.has(name)).length,
    over: list.filter((number) => wishes.removes(number) && !stays.has(number)).length,
  };
}

/** What holds of the reads of one bot: what was not read to its end is no list. */
function checkReads({ guard, notVisible }: AppliedBot, mine: readonly Sent[]): void {
  const firstWrite = mine.findIndex(({ method }) => method !== 'GET');
  const planned = firstWrite < 0 ? mine : mine.slice(0, firstWrite);
  promise(3, guard === null || !hasHole(lastPass(planned)), 'a list with a hole has a plan');
  if (notVisible === null) return;
  promise(9, lookedAt(mine), 'says what shows, and did not read the list after writing');
  promise(9, !hasHole(lastPass(mine)), 'says what shows of a list with a hole');
}

/** Some page was read after the last write. */
function lookedAt(mine: readonly Sent[]): boolean {
  const lastWrite = mine.findLastIndex(({ method }) => method !== 'GET');
  return mine.slice(lastWrite + 1).some(({ got }) => got !== null);
}
