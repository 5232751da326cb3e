import pLimit from 'p-limit';
import { isLoopback } from '../api/base-url.ts';
import { open, openReadOnly, type ReadConnection } from '../api/connection.ts';
import { type Address, PLACEHOLDER, resolveEndpoints } from '../api/endpoints.ts';
import { Governor } from '../api/governor.ts';
import { providerOf } from '../api/providers/index.ts';
import type { Learned, Provider } from '../api/providers/provider.ts';
import { Reach } from '../api/reach.ts';
import type { ApplyOptions } from '../apply/batches.ts';
import { applyChange } from '../apply/change.ts';
import type { Applied } from '../apply/ledger.ts';
import { seeResults } from '../apply/unseen.ts';
import type { Users, Writable } from '../apply/withhold.ts';
import type { CursorReader } from '../live/cursors.ts';
import type { PageReader } from '../live/pages.ts';
import { readLive } from '../live/read.ts';
import type { ApiError } from '../model/errors.ts';
import type { Failure, Requests } from '../model/ledger.ts';
import type { BotPlan, Names, Plan, Snapshot } from '../model/plan.ts';
import type { BaseUrlOverride } from '../model/report.ts';
import type { Progress } from '../model/world.ts';
import { Invalid } from '../numbers/invalid.ts';
import type { UserOf } from '../numbers/same-user.ts';
import { makePlan, type Tokens } from '../plan/fingerprint.ts';
import type { Context } from './context.ts';
import type { ApiOptions } from './options.ts';
import { overriddenBy, overridesOf } from './override.ts';
import type { UsersOf } from './users.ts';

/** Reads the list of one bot. A `hint` is the expected count of numbers in the list. */
export interface ReadClient {
  readonly provider: Provider;
  /** Finds the numbers of one user; undefined if each number is a user of its own. */
  readonly userOf: UserOf | undefined;
  readonly baseUrl: string;
  readonly sent: Requests;
  /** Reads the live list to its end and shows its progress. @returns the reason if it cannot be read. */
  read(hint: number): Promise<Snapshot | Invalid<Failure>>;
}

/** Reads and writes the list of one bot. */
export interface WriteClient extends ReadClient {
  /** Writes a change and shows its progress. Throws nothing: failures are in the result. */
  write(change: Writable, alike: Users['alike']): Promise<Applied>;
  /** Reads the list again after a write, without progress. */
  look(hint: number): Promise<Snapshot | Invalid<Failure>>;
  /** Aborted when no more requests are sent: the bot has failed, or the run was interrupted. */
  readonly over: AbortSignal;
}

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

/** The facts of the list of the plan that its writes need. */
interface ListFacts {
  readonly names?: Names | undefined;
  /** The ids of users without a number. */
  readonly hidden?: ReadonlySet<string> | undefined;
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
export const openForReading: Open<ReadClient> = (bots, usersOf, options, context) =>
  openFleet(bots, usersOf, options, context, openReadOnly, () => ({}));

/** Opens clients that can write. Only `apply` may call it. */
export const openForWriting: Open<WriteClient> = (bots, usersOf, options, context) => {
  const { concurrency } = options;
  const onProgress = (numbers: number) => context.progress.advance(numbers);
  return openFleet(bots, usersOf, options, context, open, (id, provider, connection, reader, planned) => {
    const { over } = connection;
    const writer = provider.writer(connection, id);
    const look = async (hint: number) => {
      const live = await readLive(reader, { hint, concurrency });
      if (live instanceof Invalid) return live;
      const before = planned().hidden;
      return { ...live, hidesMore: [...(live.users?.hidden ?? [])].some((id) => !before?.has(id)) };
    };
    return {
      write: (change: Writable, alike: Users['alike']) => {
        const { mayRename, capacity } = provider.caps;
        const users = { userOf: usersOf(provider.kind), mayRename, alike, names: planned().names };
        const hint = change.keep.size + change.add.size;
        const see: ApplyOptions['see'] = async (direction, unseen) =>
          seeResults(await look(hint), direction, unseen, users.userOf, capacity);
        return applyChange(change, writer, { concurrency, onProgress, see }, users);
      },
      look,
      over,
    };
  });
};

async function openFleet<Connection extends ReadConnection, Writing>(
  bots: readonly Address[],
  usersOf: UsersOf,
  options: ApiOptions,
  context: Context,
  connect: (...endpoint: Parameters<typeof open>) => Connection,
  writing: (
    id: string,
    provider: Provider,
    connection: Connection,
    reader: ReturnType<Provider['reader']>,
    planned: () => ListFacts,
  ) => Writing,
): Promise<Fleet<ReadClient & Writing>> {
  type Client = ReadClient & Writing;
  const endpoints = resolveEndpoints(bots, options, context);
  const sandbox = options.sandbox === undefined ? null : await context.startSandbox(options.sandbox || undefined);
  const http = await context.openHttp({ timeout: options.timeout, ...(sandbox && { sandboxPort: sandbox.port }) });
  const { concurrency, rate, retries, parallel } = options;
  const { clock, random, stop, progress, trace } = context;
  const clients = new Map<string, Client>();
  const hosts = new Map<string, Reach>();
  const learned = new Map(bots.map(({ provider }): [string, Learned] => [provider, { failures: 0 }]));
  for (const { id, provider: kind } of bots) {
    const provider = providerOf(kind);
    const endpoint = endpoints.get(id)!;
    const onSilence = ({ message }: ApiError) => progress.note(id, `${message.split('; ')[0]}; retrying`);
    const { origin, hostname } = new URL(endpoint.baseUrl);
    const reach = hosts.get(origin) ?? new Reach(clock, isLoopback(hostname));
    hosts.set(origin, reach);
    const governor = new Governor({ concurrency, rate, retries, clock, random, stop, reach, onSilence });
    const watch = trace && { bot: id, clock, trace, requestIdOf: provider.requestIdOf };
    const connection = connect(endpoint, governor, http.send, provider.quotaUsed, watch);
    const reader = provider.reader(connection, id, learned.get(kind)!);
    const readList = readWith(reader, id, concurrency, progress);
    let planned: ListFacts = {};
    const read = async (hint: number) => {
      const live = await readList(hint);
      if (!(live instanceof Invalid)) planned = { names: live.names, hidden: live.users?.hidden };
      return live;
    };
    const reading = { provider, userOf: usersOf(kind), baseUrl: endpoint.baseUrl, sent: connection.sent, read };
    clients.set(id, { ...reading, ...writing(id, provider, connection, reader, () => planned) });
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
    overrides: overridesOf(addressed, overriddenBy(options, context.env)),
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

const readWords = ({ size }: Snapshot['numbers']) => (size === 1 ? '1 number read' : `${size} numbers read`);

function readWith(
  reader: PageReader | CursorReader,
  id: string,
  concurrency: number,
  progress: Progress,
): ReadClient['read'] {
  return async (hint) => {
    let read = 0;
    const onPage = (count: number) => {
      progress.advance(count - read);
      read = count;
    };
    const live = await readLive(reader, { hint, concurrency, onPage });
    progress.note(id, live instanceof Invalid ? 'could not be read' : readWords(live.numbers));
    return live;
  };
}
