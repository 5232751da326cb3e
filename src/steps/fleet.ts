import pLimit from 'p-limit';
import { open, openReadOnly, type ReadConnection } from '../api/connection.ts';
import { type Address, resolveEndpoints } from '../api/endpoints.ts';
import { Governor } from '../api/governor.ts';
import type { Send } from '../api/http.ts';
import { providerOf } from '../api/providers/index.ts';
import type { Provider } from '../api/providers/provider.ts';
import { applyChange } from '../apply/batches.ts';
import type { Applied } from '../apply/ledger.ts';
import type { CursorReader } from '../live/cursors.ts';
import type { PageReader } from '../live/pages.ts';
import { readLive } from '../live/read.ts';
import type { Endpoint } from '../model/bot.ts';
import type { ApiError } from '../model/errors.ts';
import type { Failure, Requests } from '../model/ledger.ts';
import type { BotPlan, Snapshot } from '../model/plan.ts';
import type { BaseUrlOverride } from '../model/report.ts';
import type { Tokens } from '../plan/fingerprint.ts';
import type { Context } from './context.ts';
import type { ApiOptions } from './options.ts';
import { overriddenBy, overridesOf } from './override.ts';

/** Reads the list of one bot. */
export interface ReadClient {
  readonly provider: Provider;
  readonly baseUrl: string;
  readonly sent: Requests;
  /**
   * Reads the live list to its end, or says why it could not. Shows its progress.
   *
   * @param hint how many numbers the list is expected to hold.
   */
  read(hint: number): Promise<Snapshot | Failure>;
}

/** Reads and writes the list of one bot. */
export interface WriteClient extends ReadClient {
  /** Writes what a plan says, and shows its progress. Throws nothing: failures are in the ledger. */
  write(change: Pick<BotPlan, 'add' | 'remove'>): Promise<Applied>;
  /** Reads the list again after a write, and shows no progress. */
  look(hint: number): Promise<Snapshot | Failure>;
}

/** The clients of all bots of a run. */
export interface Fleet<Client> {
  /** By bot id. */
  readonly clients: ReadonlyMap<string, Client>;
  readonly tokens: Tokens;
  readonly overrides: readonly BaseUrlOverride[];
  /** Works on bots side by side, as many at once as `--parallel` says. */
  each<T extends Identified>(bots: readonly T[], work: (bot: T, client: Client) => Promise<void>): Promise<void>;
  /**
   * Reads the lists of bots side by side. One bot's failure stops no other.
   *
   * @param hintOf how many numbers a bot's list is expected to hold.
   * @param use called with each list that was read.
   * @returns why lists could not be read, by bot id.
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

/** Opens clients that cannot write: what every command but `apply` holds. */
export function openForReading(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
): Promise<Fleet<ReadClient>> {
  return openFleet(bots, options, context, (id, provider, endpoint, governor, send) => {
    const connection = openReadOnly(endpoint, governor, send, provider.quotaUsed);
    return readClient(id, provider, endpoint, connection, options, context);
  });
}

/** Opens clients that can write: what `apply` holds, and nothing else. */
export function openForWriting(
  bots: readonly Address[],
  options: ApiOptions,
  { progress, ...context }: Context,
): Promise<Fleet<WriteClient>> {
  const { concurrency } = options;
  return openFleet(bots, options, { ...context, progress }, (id, provider, endpoint, governor, send) => {
    const connection = open(endpoint, governor, send, provider.quotaUsed);
    const writer = provider.writer(connection, id);
    const reader = provider.reader(connection, id);
    return {
      ...readClient(id, provider, endpoint, connection, options, { progress }),
      write: (change) => applyChange(change, writer, { concurrency, onProgress: (n) => progress.advance(n) }),
      look: (hint) => readLive(reader, { hint, concurrency }),
    };
  });
}

function readClient(
  id: string,
  provider: Provider,
  { baseUrl }: Endpoint,
  connection: ReadConnection,
  { concurrency }: ApiOptions,
  { progress }: Pick<Context, 'progress'>,
): ReadClient {
  const reader: PageReader | CursorReader = provider.reader(connection, id);
  return {
    provider,
    baseUrl,
    sent: connection.sent,
    async read(hint) {
      let read = 0;
      const onPage = (count: number) => {
        progress.advance(count - read);
        read = count;
      };
      const live = await readLive(reader, { hint, concurrency, onPage });
      progress.note(id, 'numbers' in live ? `${live.numbers.size} numbers read` : 'could not be read');
      return live;
    },
  };
}

async function openFleet<Client extends ReadClient>(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
  openClient: (id: string, provider: Provider, endpoint: Endpoint, governor: Governor, send: Send) => Client,
): Promise<Fleet<Client>> {
  const endpoints = resolveEndpoints(bots, options, context);
  const sandbox = options.sandbox === undefined ? null : await context.startSandbox(options.sandbox || undefined);
  const http = await context.openHttp({ timeout: options.timeout, ...(sandbox && { sandboxPort: sandbox.port }) });
  const { concurrency, rate, retries, parallel } = options;
  const { clock, random, stop, progress } = context;
  const clients = new Map<string, Client>();
  for (const { id, provider } of bots) {
    const onSilence = ({ message }: ApiError) => progress.note(id, `${message}; trying again`);
    const governor = new Governor({ concurrency, rate, retries, clock, random, stop, onSilence });
    clients.set(id, openClient(id, providerOf(provider), endpoints.get(id)!, governor, http.send));
  }

  async function each<T extends Identified>(some: readonly T[], work: (bot: T, client: Client) => Promise<void>) {
    const limit = pLimit(parallel);
    await Promise.all(some.map((bot) => limit(() => work(bot, clients.get(bot.id)!))));
  }

  return {
    clients,
    tokens: new Map(Array.from(endpoints, ([id, { token }]) => [id, token])),
    overrides: overridesOf(
      bots.map(({ id, provider, settings }) => ({ provider, settings, baseUrl: endpoints.get(id)!.baseUrl })),
      overriddenBy(options, context.env),
    ),
    each,
    async readEach(some, hintOf, use) {
      const failures = new Map<string, Failure>();
      progress.begin(
        'Reading',
        some.reduce((sum, bot) => sum + hintOf(bot), 0),
      );
      await each(some, async (bot, client) => {
        const live = await client.read(hintOf(bot));
        if ('numbers' in live) await use(bot, live, client);
        else failures.set(bot.id, live);
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
