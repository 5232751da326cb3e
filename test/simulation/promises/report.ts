import { isDeepStrictEqual } from 'node:util';
import { Ansis } from 'ansis';
import { keptOf } from '../../../src/model/plan.ts';
import { type AppliedBot, isComparison, notWritten, type Report } from '../../../src/model/report.ts';
import { json } from '../../../src/report/json/write.ts';
import { text } from '../../../src/report/text.ts';
import { makeSanitizer } from '../../../src/report/voice/index.ts';
import type { Desired, Told } from '../script/files.ts';
import type { Sent } from '../server/wire.ts';
import { TOKEN, type World } from '../world.ts';
import { promise } from './promise.ts';

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
    const { applied, failed, unknown, skipped, pending, rejected } = bot.results;
    const planned = bot.add.size + bot.remove.size;
    const mine = sent.filter(({ bot: of }) => of === bot.id);
    checkReads(bot, mine);
    const isBroken = !world.healed && world.schedule.broken?.bot === bot.id;
    promise(5, !isBroken || bot.error !== null, 'a bot that answers nothing has no error');
    const goesOn = report.command !== 'apply' || report.interrupted || planned === 0 || bot.guard?.tripped !== false;
    promise(5, goesOn || mine.some(({ method }) => method !== 'GET'), 'a bot is not written though nothing is wrong');
    const accounted = applied + failed + unknown + skipped + pending + rejected.length;
    promise(8, accounted === planned, `${accounted} of ${planned} numbers are accounted for`);
    const written = mine.filter(({ ok, lost, method }) => method !== 'GET' && (ok || lost));
    const touched = new Set(written.flatMap(({ numbers }) => numbers)).size;
    // A batch that is refused for what a lost answer had done is halved, and halves that were not sent count as skipped.
    const halves = world.schedule.strict || world.schedule.rejected.size > 0;
    promise(8, halves || skipped + touched <= planned, `${skipped} skipped of ${planned}, and ${touched} sent`);
    if (wait !== undefined && report.outcome === 'applied' && planned > 0)
      promise(9, lookedAt(mine), 'says applied after --wait, and did not read the list');
    const idle = world.schedule.cloud && !bot.error && !bot.guard?.tripped && !report.interrupted;
    if (idle && failed + unknown + rejected.length === 0)
      promise(8, skipped === 0 || report.command === 'plan', 'numbers are left though nothing failed');
    open += failed + unknown + skipped + rejected.length + (bot.error ? 1 : 0);
    const { wishes } = desired.bots.get(bot.id)!;
    const wanted = [...wishes.wanted];
    const wrote = sent.some(({ method, bot: to }) => to === bot.id && method !== 'GET');
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
    promise(9, !bot.notVisible, `${bot.notVisible} not visible though nothing lags`);
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
      deletions.every((number) => live.includes(number)),
      'removes a number that was not live',
    );
  }
  if (report.outcome === 'applied' || report.outcome === 'in-sync')
    promise(8, open === 0 || report.interrupted, `says ${report.outcome} with ${open} open`);
  const clean = makeSanitizer({ masked: true, secrets: new Set([TOKEN]) });
  const fingerprint = (isComparison(report) && report.fingerprint) || '';
  const said = [...json(report, { clean }), ...text(report, { clean, color: new Ansis(0), verbose: true })].join('');
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
  for (const { id, results } of report.bots) {
    const { add, remove } = desired.bots.get(id)!.wishes.due(world.shown(id));
    const missing = add.size - results.pending + remove.size;
    promise(9, missing === 0, `says applied after --wait, and ${missing} do not show`);
  }
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

/** The last of the readings from the first page on. */
function lastPass(mine: readonly Sent[]): readonly Sent[] {
  let from = 0;
  let begun = false;
  for (const [index, { method, page, got }] of mine.entries()) {
    if (method !== 'GET' || page !== 0) continue;
    if (begun) from = index;
    begun = got !== null;
  }
  return mine.slice(from).filter(({ method }) => method === 'GET');
}

function hasHole(pass: readonly Sent[]): boolean {
  const empty = pass.filter(({ got }) => got === 0).map(({ page }) => page);
  return pass.some(({ got, page }) => got !== null && got > 0 && page > Math.min(...empty));
}
