import { open, openReadOnly, type ReadConnection, type WriteConnection } from '../api/connection.ts';
import { type Address, resolveEndpoints } from '../api/endpoints.ts';
import { Governor } from '../api/governor.ts';
import type { Send } from '../api/http.ts';
import { providerOf } from '../api/providers/index.ts';
import type { Provider } from '../api/providers/provider.ts';
import type { Writer } from '../apply/batches.ts';
import type { CursorReader } from '../live/cursors.ts';
import type { PageReader } from '../live/pages.ts';
import type { Endpoint } from '../model/bot.ts';
import type { ApiError } from '../model/errors.ts';
import type { Requests } from '../model/ledger.ts';
import type { BaseUrlOverride } from '../model/report.ts';
import type { Tokens } from '../plan/fingerprint.ts';
import type { Context } from './context.ts';
import type { ApiOptions } from './options.ts';
import { overriddenBy, overridesOf } from './override.ts';

/** A bot that can be read. */
export interface ReadClient {
  readonly provider: Provider;
  readonly endpoint: Endpoint;
  readonly reader: PageReader | CursorReader;
  readonly sent: Requests;
}

/** A bot that can be written, too. */
export interface WriteClient extends ReadClient {
  readonly writer: Writer;
}

/** The lines to all bots of a run, by bot id. */
export interface Fleet<Client> {
  readonly clients: ReadonlyMap<string, Client>;
  readonly tokens: Tokens;
  readonly overrides: readonly BaseUrlOverride[];
  close(): Promise<void>;
}

/** Opens lines that have no way to write: what `plan`, `drift` and `import` hold. */
export function openForReading(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
): Promise<Fleet<ReadClient>> {
  return openFleet(bots, options, context, (id, provider, endpoint, governor, send) => {
    const connection: ReadConnection = openReadOnly(endpoint, governor, send, provider.quotaUsed);
    return { provider, endpoint, sent: connection.sent, reader: provider.reader(connection, id) };
  });
}

/** Opens lines that can write: what `apply` holds, and nothing else. */
export function openForWriting(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
): Promise<Fleet<WriteClient>> {
  return openFleet(bots, options, context, (id, provider, endpoint, governor, send) => {
    const connection: WriteConnection = open(endpoint, governor, send, provider.quotaUsed);
    const both = { reader: provider.reader(connection, id), writer: provider.writer(connection, id) };
    return { provider, endpoint, sent: connection.sent, ...both };
  });
}

async function openFleet<Client>(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
  openClient: (id: string, provider: Provider, endpoint: Endpoint, governor: Governor, send: Send) => Client,
): Promise<Fleet<Client>> {
  const endpoints = resolveEndpoints(bots, options, context);
  const sandbox = options.sandbox === undefined ? null : await context.startSandbox(options.sandbox || undefined);
  const http = await context.openHttp({ timeout: options.timeout, ...(sandbox && { sandboxPort: sandbox.port }) });
  const { concurrency, rate, retries } = options;
  const { clock, random, stop, progress } = context;
  const clients = new Map<string, Client>();
  for (const { id, provider } of bots) {
    const onSilence = ({ message }: ApiError) => progress.note(id, `${message}; trying again`);
    const governor = new Governor({ concurrency, rate, retries, clock, random, stop, onSilence });
    clients.set(id, openClient(id, providerOf(provider), endpoints.get(id)!, governor, http.send));
  }
  return {
    clients,
    tokens: new Map(Array.from(endpoints, ([id, { token }]) => [id, token])),
    overrides: overridesOf(
      bots.map(({ id, provider, settings }) => ({ provider, settings, baseUrl: endpoints.get(id)!.baseUrl })),
      overriddenBy(options, context.env),
    ),
    async close() {
      http.abort();
      await sandbox?.close();
    },
  };
}
