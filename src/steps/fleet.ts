import pLimit from 'p-limit';
import { isLoopback } from '../api/base-url.ts';
import { type Address, PLACEHOLDER, resolveEndpoints } from '../api/endpoints.ts';
import { Governor } from '../api/governor.ts';
import { providerOf } from '../api/providers/index.ts';
import type { Learned } from '../api/providers/provider.ts';
import { Reach } from '../api/reach.ts';
import type { ApiError } from '../model/errors.ts';
import type { Failure, Requests } from '../model/ledger.ts';
import type { BotPlan, Plan, Snapshot } from '../model/plan.ts';
import type { BaseUrlOverride } from '../model/report.ts';
import { Invalid } from '../numbers/invalid.ts';
import { makePlan, type Tokens } from '../plan/fingerprint.ts';
import { type Parts, type ReadClient, readClient, type WriteClient, writeClient } from './client.ts';
import type { Context } from './context.ts';
import type { ApiOptions } from './options.ts';
import { overridesOf } from './override.ts';
import type { UsersOf } from './users.ts';

/** The clients of all bots of a run. */
export interface Fleet<Client> {
  /** By bot id. */
  readonly clients: ReadonlyMap<string, Client>;
  /** The keys of signatures. A sandbox's token is public, so the key of its state file is added to it. */
  readonly tokens: Tokens;
  /** A sandbox has no state file, so that numbers could be guessed from a fingerprint. */
  readonly isGuessable: boolean;
  /** Makes the plan of all bots, without a fingerprint if `isGuessable`. */
  planOf(bots: readonly BotPlan[], addsOnly?: boolean): Plan;
  readonly overrides: readonly BaseUrlOverride[];
  /** Works on bots in parallel, at most `--parallel` at a time. */
  each<T extends Identified>(bots: readonly T[], work: (bot: T, client: Client) => Promise<void>): Promise<void>;
  /**
   * Reads the lists of bots in parallel, and calls `use` with each list. A failure stops no other bot.
   *
   * @returns the reasons why lists could not be read, by bot id.
   */
  readEach<T extends Identified>(
    bots: readonly T[],
    hintOf: (bot: T) => number,
    use: (bot: T, live: Snapshot, client: Client) => void | Promise<void>,
  ): Promise<ReadonlyMap<string, Failure>>;
  /** Requests sent so far by all bots of the run. */
  sent(): Requests;
  close(): Promise<void>;
}

interface Identified {
  readonly id: string;
}

type Open<Client> = (
  bots: readonly Address[],
  usersOf: UsersOf,
  options: ApiOptions,
  context: Context,
) => Promise<Fleet<Client>>;

/** Opens clients that cannot write, for all commands except `apply`. */
export const openForReading: Open<ReadClient> = (...given) => openFleet(readClient, ...given);

/** Opens clients that can write. Only `apply` may call it. */
export const openForWriting: Open<WriteClient> = (...given) => openFleet(writeClient, ...given);

async function openFleet<Client extends ReadClient>(
  clientOf: (parts: Parts) => Client,
  bots: readonly Address[],
  usersOf: UsersOf,
  options: ApiOptions,
  context: Context,
): Promise<Fleet<Client>> {
  const endpoints = resolveEndpoints(bots, options, context);
  const sandbox = options.sandbox === undefined ? null : await context.startSandbox(options.sandbox || undefined);
  const http = await context.openHttp({ timeout: options.timeout, ...(sandbox && { sandboxPort: sandbox.port }) });
  const { concurrency, rate, retries, parallel } = options;
  const { clock, random, stop, progress, trace } = context;
  const clients = new Map<string, Client>();
  const hosts = new Map<string, Reach>();
  const learned = new Map(bots.map(({ provider }): [string, Learned] => [provider, { failures: 0 }]));
  for (const { id, provider: kind } of bots) {
    const endpoint = endpoints.get(id)!;
    const onSilence = ({ message }: ApiError) => progress.note(id, `${message.split('; ')[0]}; retrying`);
    const { origin, hostname } = new URL(endpoint.baseUrl);
    const reach = hosts.get(origin) ?? new Reach(clock, isLoopback(hostname));
    hosts.set(origin, reach);
    const governor = new Governor({ concurrency, rate, retries, clock, random, stop, reach, onSilence });
    const bot = { id, provider: providerOf(kind), userOf: usersOf(kind), endpoint, learned: learned.get(kind)! };
    clients.set(id, clientOf({ ...bot, governor, send: http.send, concurrency, clock, progress, trace }));
  }

  async function each<T extends Identified>(some: readonly T[], work: (bot: T, client: Client) => Promise<void>) {
    const limit = pLimit(parallel);
    await Promise.all(some.map((bot) => limit(() => work(bot, clients.get(bot.id)!))));
  }

  const isPlaceholder = (token: string) => sandbox !== null && token.startsWith(PLACEHOLDER);
  const tokens = new Map(
    Array.from(endpoints, ([id, { token }]) => [id, isPlaceholder(token) ? token + (sandbox?.key ?? '') : token]),
  );
  for (const [id, token] of tokens) context.tokens?.set(id, token);
  const isGuessable = sandbox?.key === null && [...tokens.values()].some(isPlaceholder);
  const addressed = bots.map((bot) => ({ ...bot, baseUrl: endpoints.get(bot.id)!.baseUrl }));
  return {
    clients,
    tokens,
    isGuessable,
    planOf(some, addsOnly) {
      const plan = makePlan(some, tokens, addsOnly);
      return isGuessable ? { ...plan, fingerprint: null } : plan;
    },
    overrides: overridesOf(addressed, endpoints.values().next().value?.setBy),
    each,
    async readEach(some, hintOf, use) {
      const failures = new Map<string, Failure>();
      const expected = some.reduce((sum, bot) => sum + hintOf(bot), 0);
      progress.begin('Reading', expected);
      await each(some, async (bot, client) => {
        const live = await client.read(hintOf(bot));
        if (live instanceof Invalid) failures.set(bot.id, live.why);
        else await use(bot, live, client);
      });
      progress.end();
      return failures;
    },
    sent() {
      const sum = (kind: keyof Requests) => [...clients.values()].reduce((total, { sent }) => total + sent[kind], 0);
      return { read: sum('read'), write: sum('write'), retries: sum('retries') };
    },
    async close() {
      http.abort();
      await sandbox?.close();
    },
  };
}
