import { providerOf } from '../api/providers/index.ts';
import type { Bot } from '../model/bot.ts';
import type { Failure, Ledger } from '../model/ledger.ts';
import { type BotPlan, NO_COUNTS } from '../model/plan.ts';
import type { BotReport, Outcome, Report } from '../model/report.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { ReadClient } from './fleet.ts';

const NO_RESULTS: Ledger = { applied: 0, failed: 0, unknown: 0, skipped: 0, pending: 0, rejected: [] };

/** Of a bot without a plan. */
const NOTHING_KNOWN = {
  add: NumberSet.empty,
  remove: NumberSet.empty,
  causes: [],
  counts: NO_COUNTS,
  guard: null,
  error: null,
  results: NO_RESULTS,
  notVisible: null,
  since: null,
};

/** A bot of a plan; `rest` is what became of it. */
export function reportBot(plan: BotPlan, rest: Partial<BotReport> = {}): BotReport {
  const { id, baseUrl, policy, add, remove, counts, guard } = plan;
  const { addNeedsContact } = providerOf(plan.provider).caps;
  return { ...NOTHING_KNOWN, id, baseUrl, policy, add, remove, counts, addNeedsContact, guard, ...rest };
}

/** Where a list is. */
type Place = Pick<ReadClient, 'provider' | 'baseUrl'>;

/** A bot that could not be read. */
export function reportFailed(id: string, place: Place, policy: BotReport['policy'], error: Failure): BotReport {
  return reportList(id, place, policy, { error });
}

/** A bot without a plan; `rest` is what is known of its list. */
export function reportList(id: string, place: Place, policy: BotReport['policy'], rest: Partial<BotReport>): BotReport {
  const { baseUrl, provider } = place;
  return { ...NOTHING_KNOWN, id, baseUrl, policy, addNeedsContact: provider.caps.addNeedsContact, ...rest };
}

/** A bot as it is desired; no list was read. */
export function reportDesired({ id, policy, numbers }: Bot, rest: Partial<BotReport> = {}): BotReport {
  const counts = { ...NO_COUNTS, unchanged: numbers.size };
  return { ...NOTHING_KNOWN, id, baseUrl: '', policy, counts, addNeedsContact: false, ...rest };
}

export function sortBots(bots: readonly BotReport[]): readonly BotReport[] {
  return [...bots].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Writes that a plan needs when nothing fails: adds and removes go in batches of their own. */
export function writesNeeded(bots: readonly BotPlan[]): number {
  const batches = ({ size }: NumberSet, provider: string) => Math.ceil(size / providerOf(provider).caps.batchSize);
  return bots.reduce((sum, { add, remove, provider }) => sum + batches(add, provider) + batches(remove, provider), 0);
}

/** A report without bots: the run ended before any was looked at. */
export function emptyReport(command: string, outcome: Outcome, errors: Report['errors']): Report {
  const requests = { read: 0, write: 0, retries: 0 };
  const rest = { fingerprint: null, interrupted: false, bots: [], requests, warnings: [] };
  return { command, stage: 'desired', outcome, errors, ...rest };
}
