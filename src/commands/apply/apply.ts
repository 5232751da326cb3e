import { type Applied, applyChange, settle } from '../../apply/batches.ts';
import { InvalidError } from '../../model/errors.ts';
import type { BotPlan, Failure, Ledger, Snapshot } from '../../model/model.ts';
import type { BotReport, Outcome, Report } from '../../model/report.ts';
import { planOutcome, requestsSent } from '../../steps/build-report.ts';
import type { ApiOptions, Context } from '../../steps/context.ts';
import type { Fleet, WriteLine } from '../../steps/fleet.ts';
import { judgeReport } from '../../steps/judge.ts';
import { eachBot, readTouched } from '../../steps/plan-all.ts';
import { prepareFresh, prepareSaved } from '../../steps/prepare.ts';

export interface ApplyOptions extends ApiOptions {
  /** Do not ask. */
  readonly yes: boolean;
  /** The fingerprint, or its first 8 characters or more, of the one plan that may be applied, whatever its size. */
  readonly approve?: string | undefined;
  /** A saved plan to apply instead of a fresh one. */
  readonly plan?: string | undefined;
  /** Wait until the lists show what was written, in milliseconds at most. */
  readonly wait?: number | undefined;
  /** A number that waits for its user's next message is no success. */
  readonly failOnPending?: boolean | undefined;
}

/** Plans, asks and applies. Nothing is written before every bot was read and guarded. */
export async function apply(paths: readonly string[], options: ApplyOptions, context: Context): Promise<Report> {
  checkConsent(paths, options, context);
  const prepared =
    options.plan === undefined
      ? await prepareFresh(paths, options, context)
      : await prepareSaved(options.plan, options, context);
  const { fleet } = prepared;
  const report = judgeReport(prepared.report, options);
  try {
    if (context.stop.aborted || report.outcome === 'invalid') return skipAll(report, context);
    if (options.approve !== undefined && !report.fingerprint?.startsWith(options.approve.toLowerCase())) {
      return {
        ...skipAll(report, context),
        outcome: 'stale',
        errors: [{ message: NOT_APPROVED }],
      };
    }
    const approved = options.approve !== undefined;
    // Consent lifts the guard, and makes no list longer.
    const lifted = ({ tripped }: BotPlan['guard']) => !tripped || (approved && tripped !== 'capacity');
    const bots = prepared.bots.filter((bot) => sizeOf(bot) > 0 && lifted(bot.guard));
    if (bots.length === 0) return skipAll(approved ? unguarded(report) : report, context);
    const agreed = options.yes || approved || options.plan !== undefined;
    await context.present({ ...(approved ? unguarded(report) : report), ...(agreed && { applying: true as const }) });
    if (!agreed && !(await context.confirm?.(questionFor(bots)))) {
      return {
        ...skipAll(report, context),
        outcome: 'failed',
        errors: [{ message: 'not confirmed: nothing was written' }],
      };
    }
    const done = await writeAll(bots, fleet, options, context);
    const all = report.bots.map((bot) => ({ ...bot, ...(done.get(bot.id) ?? { results: skipped(bot) }) }));
    const outcome = applyOutcome(all, approved, options);
    return {
      ...report,
      stage: 'result',
      outcome,
      bots: all,
      interrupted: context.stop.aborted,
      requests: requestsSent(fleet),
    };
  } finally {
    await fleet.close();
  }
}

function checkConsent(paths: readonly string[], options: ApplyOptions, context: Context): void {
  if (options.approve !== undefined && !/^[0-9a-f]{8,64}$/i.test(options.approve)) {
    throw new InvalidError('--approve takes the fingerprint that plan shows: 8 to 64 characters of 0-9 a-f');
  }
  if (options.plan !== undefined && (paths.length > 0 || options.bots.length > 0 || options.shard)) {
    throw new InvalidError('--plan applies the saved plan as a whole; leave the paths, --bot and --shard away');
  }
  if (!options.yes && options.approve === undefined && options.plan === undefined && !context.confirm) {
    throw new InvalidError(
      'there is no terminal to ask on; add --yes, or --approve with the fingerprint of the reviewed plan',
    );
  }
}

type Done = Pick<BotReport, 'results' | 'error' | 'notVisible'>;

async function writeAll(
  bots: readonly BotPlan[],
  fleet: Fleet<WriteLine>,
  options: ApplyOptions,
  context: Context,
): Promise<ReadonlyMap<string, Done>> {
  const done = new Map<string, Done>();
  context.progress.begin(
    'Writing',
    bots.reduce((sum, bot) => sum + sizeOf(bot), 0),
  );
  await eachBot(bots, options, async (bot) => {
    const line = fleet.lines.get(bot.id)!;
    const onProgress = (numbers: number) => context.progress.advance(numbers);
    const applied = await applyChange(bot, line.writer, { concurrency: options.concurrency, onProgress });
    const { live, ...seen } = await watch(bot, applied, line, options, context);
    done.set(bot.id, { ...seen, error: failureOf(bot, applied, live, line) });
    context.progress.note(bot.id, `${seen.results.applied} of ${sizeOf(bot)} written`);
  });
  context.progress.end();
  return done;
}

/** Looks at the list once, or with --wait until it shows all that was applied. Nothing is written again: a list may lag. */
async function watch(bot: BotPlan, applied: Applied, line: WriteLine, options: ApplyOptions, context: Context) {
  const { clock, stop, progress } = context;
  const deadline = clock.now() + (options.wait ?? 0);
  const { perNumber, settleTime } = line.provider.caps;
  // What was answered number by number, by an API without a lag, needs no second reading.
  const told = perNumber && settleTime === 0 && applied.open.every(({ state }) => state === 'pending');
  const sent = applied.applied + applied.open.length > 0 && !(told && options.wait === undefined);
  for (let pause = 5_000; ; pause = Math.min(pause * 1.5, 30_000)) {
    const live = sent ? await lookAt(bot, line, options, context) : null;
    const results = settle(applied, live?.numbers ?? null);
    const notVisible = live && invisible(bot, results, live);
    const left = deadline - clock.now();
    if (!sent || notVisible === 0 || left <= 0 || stop.aborted) return { results, notVisible, live };
    progress.note(bot.id, `${notVisible ?? 'not known how many'} not visible yet; looking again`);
    await clock.sleep(Math.min(pause, left), stop);
  }
}

/** One look at the list after writing: null if it could not be read, which changes nothing of what was done. */
async function lookAt(
  bot: BotPlan,
  line: WriteLine,
  options: ApplyOptions,
  context: Context,
): Promise<Snapshot | null> {
  if (context.stop.aborted) return null;
  const hint = bot.unchanged + bot.surplus + bot.ignored + bot.protected + bot.add.size;
  const live = await readTouched(bot, line, hint, options, { ...context, progress: SILENT });
  return 'message' in live ? null : live;
}

const SILENT: Context['progress'] = { begin() {}, advance() {}, note() {}, end() {} };

/** How many applied numbers the list does not show yet. */
function invisible(bot: BotPlan, { failed, unknown, skipped, pending, rejected }: Ledger, live: Snapshot): number {
  const missing = bot.add.minus(live.numbers).size + bot.remove.and(live.numbers).size;
  return Math.max(0, missing - failed - unknown - skipped - pending - rejected.length);
}

/** Why the writing of a bot ended early; a list that is full is told with what it holds. */
function failureOf(
  { remove }: BotPlan,
  { failure, open }: Applied,
  live: Snapshot | null,
  { provider }: WriteLine,
): Failure | null {
  if (!failure || !live || !open.some(({ state }) => state === 'full')) return failure;
  const held = `it holds ${live.numbers.size + live.foreign} of ${provider.caps.capacity}`;
  const way =
    remove.size > 0
      ? 'removes wait for adds: commit the removals alone, apply them, then add again'
      : 'take numbers out of the files';
  return { ...failure, message: `${failure.message}; ${held}; ${way}` };
}

function skipped(bot: BotReport): Ledger {
  return { applied: 0, failed: 0, unknown: 0, skipped: sizeOf(bot), pending: 0, rejected: [] };
}

function sizeOf({ add, remove }: Pick<BotReport, 'add' | 'remove'>): number {
  return add.size + remove.size;
}

function skipAll(report: Report, context: Context): Report {
  const bots = report.bots.map((bot) => ({ ...bot, results: skipped(bot) }));
  return { ...report, bots, requests: { ...report.requests, write: 0 }, interrupted: context.stop.aborted };
}

/** An approved plan is not refused, unless it is more than a list can hold. */
function unguarded(report: Report): Report {
  return {
    ...report,
    outcome: planOutcome(report.bots.map((bot) => (overflows(bot) ? bot : { ...bot, guard: null }))),
  };
}

const overflows = ({ guard }: BotReport) => guard?.tripped === 'capacity';

function applyOutcome(bots: readonly BotReport[], approved: boolean, options: ApplyOptions): Outcome {
  if (bots.some((bot) => (approved ? overflows(bot) : bot.guard?.tripped))) return 'refused';
  const waited = options.wait !== undefined;
  const whole = bots.every((bot) => {
    const { error, results, notVisible } = bot;
    const { failed, unknown, skipped, rejected } = results;
    const unseen = waited && sizeOf(bot) > 0 && notVisible !== 0;
    return !error && failed + unknown + skipped + rejected.length === 0 && !unseen;
  });
  const pending = bots.some(({ results }) => results.pending > 0);
  if (whole) return pending && options.failOnPending ? 'partial' : 'applied';
  return bots.some(({ results }) => results.applied > 0) ? 'partial' : 'failed';
}

/** Without fingerprints: one may hold seven digits in a row, which masked output takes for a phone number. */
const NOT_APPROVED =
  'this plan is not the one that was approved: the files or a live list moved since; nothing was written; review it, and approve it by its fingerprint';

function questionFor(bots: readonly BotPlan[]): string {
  const count = (numbers: number) => `${numbers} ${numbers === 1 ? 'number' : 'numbers'}`;
  const add = bots.reduce((sum, bot) => sum + bot.add.size, 0);
  const remove = bots.reduce((sum, bot) => sum + bot.remove.size, 0);
  return `Add ${count(add)} and remove ${count(remove)}? Only "yes" goes on: `;
}
