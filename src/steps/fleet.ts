import { isLoopback } from '../api/base-url.ts';
import { open, openReadOnly, type ReadConnection, type WriteConnection } from '../api/connection.ts';
import { Governor } from '../api/governor.ts';
import type { Send } from '../api/http.ts';
import { providerOf } from '../api/providers/index.ts';
import type { Provider } from '../api/providers/provider.ts';
import { hide, nameOf, whatIsWrongWith } from '../api/token.ts';
import type { Writer } from '../apply/batches.ts';
import type { CursorReader } from '../live/cursors.ts';
import type { PageReader } from '../live/pages.ts';
import { type ApiError, InvalidError, MissingTokenError } from '../model/errors.ts';
import type { Bot, Endpoint, Fault, Requests } from '../model/model.ts';
import type { Elsewhere } from '../model/report.ts';
import type { Tokens } from '../plan/fingerprint.ts';
import type { ApiOptions, Context } from './context.ts';
import { elsewhere, replacedBy, SANDBOX_URL } from './override.ts';

/** A bot that can be read. */
export interface ReadLine {
  readonly provider: Provider;
  readonly endpoint: Endpoint;
  readonly reader: PageReader | CursorReader;
  readonly sent: Requests;
}

/** A bot that can be written, too. */
export interface WriteLine extends ReadLine {
  readonly writer: Writer;
}

/** The lines to all bots of a run, by bot id. */
export interface Fleet<Line> {
  readonly lines: ReadonlyMap<string, Line>;
  readonly tokens: Tokens;
  readonly elsewhere: readonly Elsewhere[];
  close(): Promise<void>;
}

type Address = Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'>;

/** Opens lines that have no way to write: what `plan`, `drift` and `import` hold. */
export function openForReading(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
): Promise<Fleet<ReadLine>> {
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
): Promise<Fleet<WriteLine>> {
  return openFleet(bots, options, context, (id, provider, endpoint, governor, send) => {
    const connection: WriteConnection = open(endpoint, governor, send, provider.quotaUsed);
    const both = { reader: provider.reader(connection, id), writer: provider.writer(connection, id) };
    return { provider, endpoint, sent: connection.sent, ...both };
  });
}

async function openFleet<Line>(
  bots: readonly Address[],
  options: ApiOptions,
  context: Context,
  openLine: (id: string, provider: Provider, endpoint: Endpoint, governor: Governor, send: Send) => Line,
): Promise<Fleet<Line>> {
  const endpoints = resolveEndpoints(bots, options, context);
  const sandbox = options.sandbox === undefined ? null : await context.startSandbox(options.sandbox || undefined);
  const http = await context.openHttp({ timeout: options.timeout, ...(sandbox && { sandboxPort: sandbox.port }) });
  const { concurrency, rate, retries } = options;
  const { clock, random, stop, progress } = context;
  const lines = new Map<string, Line>();
  for (const { id, provider } of bots) {
    const onSilence = ({ message }: ApiError) => progress.note(id, `${message}; trying again`);
    const governor = new Governor({ concurrency, rate, retries, clock, random, stop, onSilence });
    lines.set(id, openLine(id, providerOf(provider), endpoints.get(id)!, governor, http.send));
  }
  return {
    lines,
    tokens: new Map(Array.from(endpoints, ([id, { token }]) => [id, token])),
    elsewhere: elsewhere(
      bots.map(({ id, provider, settings }) => ({ provider, settings, baseUrl: endpoints.get(id)!.baseUrl })),
      replacedBy(options, context.env),
    ),
    async close() {
      http.abort();
      await sandbox?.close();
    },
  };
}

/** Where each bot lives and with which token, or InvalidError with all that is missing. */
function resolveEndpoints(
  bots: readonly Address[],
  options: ApiOptions,
  { env, secrets }: Context,
): Map<string, Endpoint> {
  const faults: Fault[] = [];
  const endpoints = new Map<string, Endpoint>();
  let missing = 0;
  // An empty variable is what a workflow makes of one that is not set.
  const given = options.sandbox === undefined ? options.baseUrl || undefined : SANDBOX_URL;
  const override = given === undefined ? undefined : parseBaseUrl(given, env, faults);
  const local = override !== undefined && URL.canParse(override) && isLoopback(new URL(override).hostname);
  for (const { id, provider, settings, tokenEnv } of bots) {
    const token = env[tokenEnv] || (options.sandbox === undefined ? '' : 'sandbox');
    const wrong = whatIsWrongWith(token, local);
    if (token === '') missing++;
    if (wrong)
      faults.push({ message: `the environment variable ${nameOf(tokenEnv)} (token of the bot "${id}") ${wrong}` });
    hide(env[tokenEnv] ?? '', secrets);
    const { host, path } = providerOf(provider).locate(settings);
    endpoints.set(id, { token, baseUrl: (override ?? host) + path });
  }
  if (override === undefined && env.NODE_TLS_REJECT_UNAUTHORIZED === '0') faults.push({ message: TLS_OFF });
  if (faults.length > 0) throw new (faults.length === missing ? MissingTokenError : InvalidError)(faults);
  return endpoints;
}

const TLS_OFF =
  'NODE_TLS_REJECT_UNAUTHORIZED=0 would send tokens to anyone who answers; unset it, and name your authority in NODE_EXTRA_CA_CERTS';

function parseBaseUrl(text: string, env: Context['env'], faults: Fault[]): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const say = (why: string) => faults.push({ message: `the base URL ${why}` });
  const bare = /^(\[::1\]|[a-z0-9.-]+):\d+(?:\/|$)/i.exec(text)?.[1]; // its host would be taken for a scheme
  if (bare) say(`has no scheme; put ${isLoopback(bare.toLowerCase()) ? 'http' : 'https'}:// in front`);
  else if (!url)
    say('is no URL; give it as https://host'); // and is not quoted: it may hold a password
  else if (url.username || url.password)
    say('holds a user name or password; the token comes from the environment alone');
  else if (url.search || url.hash) say('ends in a query or a fragment; leave it away');
  else if (url.protocol !== 'https:' && url.protocol !== 'http:')
    say(`has the scheme ${url.protocol} and must be https:`);
  else if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    say(
      `${url.origin} is plain http, on which everyone can read the token; use https (plain http only to this machine)`,
    );
  } else if (url.protocol === 'https:' && env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && !isLoopback(url.hostname)) {
    faults.push({ message: TLS_OFF });
  }
  return url ? url.href.replace(/\/+$/, '') : text;
}
