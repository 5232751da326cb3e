// Simulates partners of Meta that serve the block list of the WhatsApp Cloud API under their own paths, token headers and
// errors. The lists are those of the Cloud API's sandbox. It shares no code with the client.
import { createHash } from 'node:crypto';
import { answer, jsonIn, type SandboxRequest, type SandboxResponse } from './sinch.ts';
import { type CloudOptions, type CloudSandbox, createCloudSandbox } from './whatsapp-cloud.ts';

export interface PartnerOptions extends CloudOptions {
  /**
   * Tokens by the name of a list: an app ID, a phone number ID, or for 360dialog any name. Any other gets the API's error.
   * If omitted, every list exists.
   */
  bots?: ReadonlyMap<string, string>;
  /** The requests a second that a list takes. More are throttled. */
  perSecond?: number;
  /** 360dialog: the status of a wrong key. */
  badKey?: 401 | 404;
  /** Gupshup: an answer contains numbers without the plus of the request. */
  plainInputs?: boolean;
  /** Gupshup: failed users have no errors of their own. */
  withoutErrors?: boolean;
  /** Kapso: a write is answered with success alone. */
  writeAnswer?: 'ledger' | 'success';
}

type Clock = () => number;

/** Returns the name of the list that a key of 360dialog selects. */
export const listOfKey = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** 360dialog: one path for all, and the key selects the list. Without `bots`, a digest of the key names the list. */
export function createDialog360(options: PartnerOptions = {}, now?: Clock): CloudSandbox {
  const core = createCloudSandbox({ ...options, listShape: 'nested' }, now);
  const tooFast = throttle(options, now);
  const error = (status: number, developerMessage: string) =>
    answer(status, { meta: { httpCode: status, developerMessage, success: false } });

  function listOf(key: string): string | undefined {
    if (!options.bots) return listOfKey(key);
    return Array.from(options.bots).find(([, token]) => token === key)?.[0];
  }

  function handle(request: SandboxRequest): SandboxResponse {
    const { pathname, query } = parts(request.path);
    const key = headerOf(request, 'd360-api-key');
    const list = key === '' ? undefined : listOf(key);
    if (list === undefined) return error(options.badKey ?? 401, 'Invalid api key');
    if (pathname !== '/block_users') return error(403, 'Path blocked');
    if (tooFast(list)) return error(400, 'You have exceeded the endpoint rate limit, slow down');
    const response = core.respond(list, { ...request, query });
    return request.method === 'GET' ? withLinks(response) : response;
  }

  return { ...core, handle };
}

/** A page of 360dialog has the URLs of its neighbors. */
function withLinks(response: SandboxResponse): SandboxResponse {
  const { paging, ...rest } = jsonIn(response.body) as { paging?: { cursors?: { before: string }; next?: string } };
  if (!paging?.cursors) return response;
  const previous = `https://waba-v2.360dialog.io/block_users?before=${paging.cursors.before}`;
  return { ...response, body: JSON.stringify({ ...rest, paging: { ...paging, previous } }) };
}

/** The app API of Gupshup: a path for each verb. */
export function createGupshup(options: PartnerOptions = {}, now?: Clock): CloudSandbox {
  const core = createCloudSandbox({ ...options, listShape: 'flat', mixedStatus: 400 }, now);
  const tooFast = throttle(options, now);
  const error = (status: number, message: string) => answer(status, { message, status: 'error' });

  function handle(request: SandboxRequest): SandboxResponse {
    const { pathname, query } = parts(request.path);
    const [, list = '', verb] =
      /^\/wa\/app\/([A-Za-z0-9_-]{1,64})\/user\/(blocklist|block|unblock)$/.exec(pathname) ?? [];
    if (verb === undefined) return error(404, 'Not Found');
    if (request.method !== (verb === 'blocklist' ? 'GET' : 'POST')) return error(405, 'Method Not Allowed');
    if (!isAuthorized(list, headerOf(request, 'apikey'), options)) return error(401, 'Authentication Failed');
    if (tooFast(list)) return throttled();
    if (Number(query.get('limit') ?? 100) > 100) return error(400, 'limit can not be more than 100');
    const method = verb === 'unblock' ? 'DELETE' : request.method;
    const response = core.respond(list, { ...request, method, query });
    return verb === 'blocklist' ? withStatus(response) : inOwnWords(response, options);
  }

  return { ...core, handle };
}

function withStatus(response: SandboxResponse): SandboxResponse {
  if (response.status !== 200) return response;
  return { ...response, body: JSON.stringify({ status: 'success', ...(jsonIn(response.body) as object) }) };
}

function inOwnWords(response: SandboxResponse, { plainInputs, withoutErrors }: PartnerOptions): SandboxResponse {
  const body = JSON.stringify(jsonIn(response.body), (key, value) => {
    if (key === 'input' && plainInputs) return String(value).replace('+', '');
    if (key !== 'failed_users' || !withoutErrors) return value;
    return (value as object[]).map((entry) => ({ ...entry, errors: undefined }));
  });
  return { ...response, body };
}

/** Kapso: passes requests to Meta, so its lists are those of the Cloud API. */
export function createKapso(
  options: PartnerOptions = {},
  now?: Clock,
  meta: CloudSandbox = createCloudSandbox(options, now),
): CloudSandbox {
  const tooFast = throttle(options, now);

  function handle(request: SandboxRequest): SandboxResponse {
    const { pathname, query } = parts(request.path);
    const [, list] = /^\/meta\/whatsapp\/v\d+\.\d+\/(\d{1,32})\/block_users$/.exec(pathname) ?? [];
    if (list === undefined) return answer(404, { error: 'Not found' });
    const bearer = /^Bearer +(\S+)$/i.exec(request.authorization ?? '')?.[1] ?? '';
    if (!isAuthorized(list, headerOf(request, 'x-api-key') || bearer, options)) {
      return answer(401, { error: 'Invalid API key' });
    }
    if (tooFast(list)) return throttled();
    const response = meta.respond(list, { ...request, query });
    const isWritten = request.method !== 'GET' && 'block_users' in (jsonIn(response.body) as object);
    return isWritten && options.writeAnswer === 'success' ? answer(200, { success: true }) : response;
  }

  return { ...meta, handle };
}

function parts(path: string) {
  const pathname = path.split('?', 1)[0]!;
  return { pathname, query: new URLSearchParams(path.slice(pathname.length)) };
}

function headerOf({ headers = {} }: SandboxRequest, name: string): string {
  return String(headers[name] ?? '');
}

function isAuthorized(list: string, key: string, { bots }: PartnerOptions): boolean {
  return key !== '' && (bots === undefined || bots.get(list) === key);
}

/** The throttle of Meta. */
function throttled(): SandboxResponse {
  return answer(400, { error: { message: '(#130429) Rate limit hit', type: 'OAuthException', code: 130_429 } });
}

/** Returns a test that counts a request to a list and reports whether it is one too many. */
function throttle({ perSecond }: PartnerOptions, now: Clock = () => performance.now()): (list: string) => boolean {
  const taken = new Map<string, number[]>();
  return (list) => {
    if (perSecond === undefined) return false;
    const recent = (taken.get(list) ?? []).filter((at) => at > now() - 1000);
    const isTooFast = recent.length >= perSecond;
    taken.set(list, isTooFast ? recent : [...recent, now()]);
    return isTooFast;
  };
}
