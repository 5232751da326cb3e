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
import type { Shown, Wishes } from '../script/wishes.ts';
import type { Sent } from '../server/wire.ts';
import { TOKEN, type World } from '../world.ts';
import { hasHole, lastPass, lastWhole } from './attempts.ts';
import { checkLedger } from './ledger.ts';
import { promise } from './promise.ts';
import { checkRoom, checkWithheld } from './removals.ts';

const PLAIN = new Ansis(0);

/** Checks any report. `before`: the true lists, if no other writer changed them and no cache lagged. */
export function checkReport(
  report: Report,
  sent: readonly Sent[],
  desired: Desired,
  before: ReadonlyMap<string, Shown> | null,
  world: World,
  { guard, wait, addsOnly }: Told,
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
    if (!report.interrupted) checkRoom(bot, mine, before?.get(bot.id), world);
    const isBroken = !world.server.healed && world.schedule.broken?.bot === bot.id;
    promise(5, !isBroken || bot.error !== null, 'a bot whose requests all fail has no error');
    const writable = planned - bot.results.withheld.length;
    const idles = report.command !== 'apply' || report.interrupted || writable === 0 || bot.guard?.tripped !== false;
    promise(5, idles || mine.some(({ method }) => method !== 'GET'), 'a bot is not written although nothing failed');
    if (wait !== undefined && report.outcome === 'applied' && planned > 0)
      promise(9, lookedAt(mine), 'reports applied after --wait, but did not read the list');
    const idle = world.schedule.cloud && !bot.error && !bot.guard?.tripped && !report.interrupted;
    if (idle && failed + unknown + rejected.length === 0)
      promise(8, skipped === 0 || report.command === 'plan', 'numbers are skipped although nothing failed');
    open += failed + unknown + skipped + rejected.length + (bot.error ? 1 : 0);
    const wrote = mine.some(({ method }) => method !== 'GET');
    if (report.outcome === 'refused' && bot.guard?.tripped) promise(3, !wrote, 'a guarded bot was written');
    if (bot.error && planned === 0) promise(3, !wrote, 'a bot that could not be read was written');
    const refused = !report.interrupted && bot.guard?.tripped;
    promise(
      3,
      !refused || report.outcome === 'refused',
      `the guard refuses (${refused}), but the outcome is ${report.outcome}`,
    );
    const shown = before?.get(bot.id);
    if (!shown || (bot.error && planned === 0)) continue;
    const { numbers: live } = shown;
    const { add, remove } = wishes.due(live);
    const due = { add, remove: addsOnly ? new Set<string>() : remove };
    const [postponed, waits] = [bot.counts.postponed ?? 0, remove.size - due.remove.size];
    promise(20, waits === 0 || report.outcome !== 'in-sync', `reports in-sync, but ${waits} removals wait`);
    const staying = keptOf(bot.counts);
    promise(3, staying + bot.remove.size === live.length, `${staying} of ${live.length} live numbers stay`);
    const ignored = live.filter((number) => wishes.ignores(number)).length;
    promise(3, bot.counts.ignored === ignored, `reports ${bot.counts.ignored} ignored, but must report ${ignored}`);
    promise(
      3,
      bot.add.size === due.add.size && bot.remove.size === due.remove.size && postponed === waits,
      `plans +${bot.add.size} -${bot.remove.size} (${postponed} wait), but must plan +${due.add.size} -${due.remove.size} (${waits} wait)`,
    );
    const { limits, ...verdict } = bot.guard!;
    const right = { ...wishes.verdict(shown, guard), ...(addsOnly && { removals: 0, tripped: false }) };
    promise(3, isDeepStrictEqual(verdict, right), `the guard decides wrongly: ${JSON.stringify({ verdict, right })}`);
    const hidden = (bot.notVisible ?? 0) - respelledIn(bot, world);
    promise(9, hidden <= 0, `${hidden} not visible although no copy lags`);
    if (report.outcome === 'applied') {
      const { missing, over } = lacksOf(world.list(bot.id), bot, wishes, world);
      promise(
        1,
        missing <= pending && over === 0,
        `reports applied, but ${missing} are missing (${pending} pending) and ${over} too many`,
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
      `reports in-sync, but read ${read.length} of ${desired.bots.size} bots`,
    );
  if (report.outcome === 'applied' || report.outcome === 'in-sync')
    promise(8, open === 0 || report.interrupted, `reports ${report.outcome} with ${open} open`);
  const clean = makeSanitizer({ masked: true, secrets: new Set([TOKEN]) });
  const fingerprint = (isComparison(report) && report.fingerprint) || '';
  const said = [...json(report, { clean }), ...text(report, { clean, color: PLAIN, verbose: true })].join('');
  promise(7, !said.includes(TOKEN), 'the report contains the token');
  promise(
    7,
    !/\d{7}/.test(said.replaceAll(fingerprint, '').replaceAll(fingerprint.slice(0, 8), '')),
    'a masked report contains a number',
  );
}

/** Checks a successful apply with `--wait`: readers must see all its changes. */
export function checkShown(report: Report, desired: Desired, world: World): void {
  if (report.kind !== 'result') return;
  for (const bot of report.bots) {
    const { missing, over } = lacksOf(world.shown(bot.id)[0]!, bot, desired.bots.get(bot.id)!.wishes, world);
    const open = Math.max(0, missing - bot.results.pending) + over;
    promise(9, open === 0, `reports applied after --wait, but ${open} do not show`);
  }
}

/** Counts the adds that the first provider lists in another spelling. They may count as visible or not. */
function respelledIn({ add }: AppliedBot, { schedule, sandbox }: World): number {
  const adds = schedule.parses ? Array.from(add.values, String) : [];
  return adds.filter((number) => sandbox.nameOf(number) !== number).length;
}

/** Counts the users that a list lacks and the users that it has too many, without withheld and hidden ones. */
function lacksOf(list: readonly string[], { id, results }: AppliedBot, wishes: Wishes, world: World) {
  const { sandbox } = world;
  const hidden = world.hidden(id);
  const withheld = new Set(results.withheld.map(({ number }) => String(number)));
  const names = Array.from(wishes.wanted, sandbox.nameOf);
  const stays = new Set([...withheld, ...names]);
  const live = new Set(list);
  return {
    missing: wishes.policy === 'remove-only' ? 0 : names.filter((name) => !live.has(name)).length,
    over: list.filter((number) => wishes.removes(number) && !stays.has(number) && !hidden.has(number)).length,
  };
}

/** Checks the reads of one bot: a list that was not read to its end must not be used. */
function checkReads({ guard, notVisible }: AppliedBot, mine: readonly Sent[]): void {
  const firstWrite = mine.findIndex(({ method }) => method !== 'GET');
  const planned = firstWrite < 0 ? mine : mine.slice(0, firstWrite);
  promise(3, guard === null || !hasHole(lastPass(planned)), 'a list with a hole has a plan');
  if (notVisible === null) return;
  promise(9, lookedAt(mine), 'reports visible changes, but did not read the list after it wrote');
  promise(9, !hasHole(lastWhole(afterWrites(mine))), 'reports visible changes of a list with a hole');
}

/** Reports whether a page was read after the last write. */
const lookedAt = (mine: readonly Sent[]) => afterWrites(mine).some(({ got }) => got !== null);

const afterWrites = (mine: readonly Sent[]) => mine.slice(mine.findLastIndex(({ method }) => method !== 'GET') + 1);
