import { providerOf } from '../api/providers/index.ts';
import type { Bot } from '../model/bot.ts';
import type { Fault } from '../model/fault.ts';
import type { Failure, Ledger, Requests } from '../model/ledger.ts';
import type { BotPlan } from '../model/plan.ts';
import type { BotReport, Outcome, Report } from '../model/report.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Fleet, ReadClient } from './fleet.ts';

const NO_RESULTS: Ledger = { applied: 0, failed: 0, unknown: 0, skipped: 0, pending: 0, rejected: [] };

/** Of a list that was held against nothing. */
export const NONE_LEFT = { surplus: 0, ignored: 0, protected: 0, missing: 0 };

/** Of a bot without a plan. */
const NOTHING_KNOWN = {
  add: NumberSet.empty,
  remove: NumberSet.empty,
  causes: [],
  ...NONE_LEFT,
  guard: null,
  error: null,
  results: NO_RESULTS,
  notVisible: null,
  since: null,
};

/** A bot of a plan; `rest` is what became of it. */
export function reportBot(plan: BotPlan, rest: Partial<BotReport> = {}): BotReport {
  const { id, baseUrl, policy, add, remove, unchanged, guard } = plan;
  const { surplus, ignored, protected: kept, missing } = plan;
  const { addNeedsContact } = providerOf(plan.provider).caps;
  const facts = { id, baseUrl, policy, add, remove, unchanged, addNeedsContact, guard };
  const left = { surplus, ignored, protected: kept, missing };
  return { ...facts, ...left, causes: [], error: null, results: NO_RESULTS, notVisible: null, since: null, ...rest };
}

/** Where a list lives. */
type Place = Pick<ReadClient, 'provider' | 'endpoint'>;

/** A bot that could not be read. */
export function reportFailed(id: string, line: Place, policy: BotReport['policy'], error: Failure): BotReport {
  return reportList(id, line, policy, { error });
}

/** A bot without a plan; `rest` is what is known of its list. */
export function reportList(id: string, line: Place, policy: BotReport['policy'], rest: Partial<BotReport>): BotReport {
  const { baseUrl } = line.endpoint;
  const { addNeedsContact } = line.provider.caps;
  return { id, baseUrl, policy, unchanged: 0, ...NOTHING_KNOWN, addNeedsContact, ...rest };
}

/** A bot as it is desired; no list was read. */
export function reportDesired({ id, policy, numbers }: Bot, rest: Partial<BotReport> = {}): BotReport {
  const facts = { id, baseUrl: '', policy, unchanged: numbers.size, ...NOTHING_KNOWN };
  return { ...facts, addNeedsContact: false, ...rest };
}

export function sortBots(bots: readonly BotReport[]): readonly BotReport[] {
  return [...bots].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Requests sent so far by all bots of the run. */
export function requestsSent(fleet: Fleet<ReadClient>): Requests {
  const sent = [...fleet.clients.values()].map((line) => line.sent);
  return {
    read: sent.reduce((sum, { read }) => sum + read, 0),
    write: sent.reduce((sum, { write }) => sum + write, 0),
    retries: sent.reduce((sum, { retries }) => sum + retries, 0),
  };
}

/** Writes that a plan needs when nothing fails: adds and removes go in batches of their own. */
export function writesNeeded(bots: readonly BotPlan[]): number {
  const batches = ({ size }: NumberSet, provider: string) => Math.ceil(size / providerOf(provider).caps.batchSize);
  return bots.reduce((sum, { add, remove, provider }) => sum + batches(add, provider) + batches(remove, provider), 0);
}

/** A report without bots: the run ended before any was looked at. */
export function emptyReport(command: string, outcome: Outcome, errors: readonly Fault[]): Report {
  const requests = { read: 0, write: 0, retries: 0 };
  const rest = { fingerprint: null, interrupted: false, bots: [], requests, warnings: [] };
  return { command, stage: 'desired', outcome, errors, ...rest };
}
