// Simulates the block list of the WhatsApp Cloud API: a function from request to response over lists in memory. It
// shares no code with the client, so that one misreading of the API cannot be in both.
import { flatEntry, nestedEntry, type User, userId, waId } from './cloud-users.ts';
import { answer, isMsisdn, jsonIn, type Sandbox, type SandboxRequest, type SandboxResponse } from './sinch.ts';

export interface CloudOptions {
  /** Tokens by phone number ID: any other ID or token gets the API's error. If omitted, every ID exists. */
  bots?: ReadonlyMap<string, string>;
  /** The status of an answer in which some users failed. */
  mixedStatus?: 200 | 400;
  /** `flat` ends with an empty page after the last cursor. `nested` has the URL of the next page if there is one. */
  listShape?: 'flat' | 'nested';
  /** The most users that one list can hold. */
  capacity?: number;
  /** The answer to a write for which the list has no room: a result for each user, or one error and no change. */
  fullAnswer?: 'each' | 'whole';
  /** The users who wrote at the start. */
  contact?: 'all' | 'none';
  /** Percent of the quota that is used, for the usage headers. */
  usage?: number;
  /** Users (digits) that can never be blocked: the numbers of the business itself. */
  own?: ReadonlySet<string>;
  /** Other WhatsApp IDs than those of the countries' rules, by number. Both are digits. */
  waIds?: ReadonlyMap<string, string>;
  /** The number of users in each list who have a username and no number. */
  strangers?: number;
  /** Each list (digits) until the first write to it. If omitted, empty. */
  seed?: readonly string[];
  /** The most users in one page. */
  pageSize?: number;
  /** The answer to a request for a larger page: a page of that size, an error, or "internal error". */
  largePage?: 'cut' | 'refuse' | 'fail';
  /** Receives the wa_ids that a write really added (POST) or removed (DELETE). */
  onChange?: (method: string, users: readonly string[]) => void;
}

export interface CloudSandbox extends Sandbox {
  /** Records messages of users to the business now. They can be blocked in the 24 hours after. */
  wrote(phone: string, numbers: Iterable<string>): void;
  /** Returns the digits under which the API lists the user of a number. */
  waId(number: string): string;
  /** From now on, lists of the business contain these users without their number: they have a username. */
  tookUsername(phone: string, numbers: Iterable<string>): void;
  /** Answers a request to a list, whatever its path and its token. Partners have other ones. */
  respond(list: string, request: { method: string; query: URLSearchParams; body?: string }): SandboxResponse;
}

interface BlockList {
  /** The number that was written for each user, by its wa_id. */
  users: Map<string, string>;
  /** Incremented by every change. Cursors of older versions are void. */
  version: number;
}

const PATH = /^\/v\d+\.\d+\/(\d{1,32})\/block_users$/;
const WINDOW = 24 * 60 * 60_000;
const MOST_USERS = 1000;

export function createCloudSandbox(
  options: CloudOptions = {},
  now: () => number = () => performance.now(),
): CloudSandbox {
  const { mixedStatus = 200, listShape = 'flat', capacity = 64_000, contact = 'all', strangers = 0 } = options;
  const { pageSize = 100, largePage = 'cut' } = options;
  const lists = new Map<string, BlockList>();
  const contacts = new Map<string, number>();
  const named = new Set<string>(); // users with a username
  const startedAt = now();
  const given = new Map(Array.from(options.waIds ?? [], ([number, id]) => [waId(number), id]));
  const ids = new Set(given.values());

  function idOf(number: string): string {
    const digits = number.replace(/\D/g, '');
    return ids.has(digits) ? digits : (given.get(waId(digits)) ?? waId(digits));
  }

  const usersFrom = (numbers: Iterable<string>) => new Map(Array.from(numbers, (number) => [idOf(number), number]));

  const listOf = (phone: string): BlockList => lists.get(phone) ?? { users: usersFrom(options.seed ?? []), version: 0 };

  function set(phone: string, numbers: Iterable<string>): void {
    const { users, version } = listOf(phone);
    const kept = Array.from(usersFrom(numbers), ([user, number]) => [user, users.get(user) ?? number] as const);
    lists.set(phone, { users: new Map(kept), version: version + 1 });
  }

  function wrote(phone: string, numbers: Iterable<string>): void {
    for (const number of numbers) contacts.set(`${phone} ${idOf(number)}`, now());
  }

  function tookUsername(phone: string, numbers: Iterable<string>): void {
    const list = listOf(phone);
    for (const number of numbers) named.add(`${phone} ${idOf(number)}`);
    lists.set(phone, { ...list, version: list.version + 1 });
  }

  function mayBlock(phone: string, user: string): boolean {
    const last = contacts.get(`${phone} ${user}`) ?? (contact === 'all' ? startedAt : Number.NEGATIVE_INFINITY);
    return now() - last < WINDOW;
  }

  function read(phone: string, query: URLSearchParams): SandboxResponse {
    const { users, version } = listOf(phone);
    const limit = Number(query.get('limit') ?? 100);
    if (!(limit >= 1)) return refused(400, 100, '(#100) Param limit must be a positive number');
    if (limit > Math.max(pageSize, 100) && largePage !== 'cut') return tooLarge(largePage, pageSize);
    const size = Math.min(limit, pageSize);
    const [madeAt, from] = (query.get('after') ?? `${version}-0`).split('-').map(Number) as [number, number];
    if (madeAt !== version) return refused(400, 139_102, 'The list changed while it was read');
    const all = [...users.keys(), ...Array.from({ length: strangers }, (_, index) => `stranger ${index}`)];
    const page = all.slice(from, from + size).map((user): User => {
      const hasNumber = users.has(user) && !named.has(`${phone} ${user}`);
      const input = `+${users.get(user)?.replace(/\D/g, '')}`;
      return { ...(hasNumber && { input, wa_id: user }), user_id: userId(phone, user) };
    });
    const nested = listShape === 'nested';
    const data = nested ? [{ block_users: page.map(nestedEntry) }] : page.map(flatEntry);
    const after = `${version}-${from + page.length}`;
    const before = `${version}-${from}`;
    const next = `https://graph.facebook.com/next?access_token=secret&after=${after}`;
    const more = from + page.length < all.length;
    const paging = page.length > 0 ? { cursors: { after, before }, ...(nested && more && { next }) } : {};
    return answer(200, { data, paging });
  }

  function write(phone: string, method: string, body: string): SandboxResponse {
    const inputs = usersOf(body);
    if (typeof inputs === 'string') return refused(400, 100, `(#100) ${inputs}`);
    const list = listOf(phone);
    lists.set(phone, list);
    const before = { users: new Map(list.users), version: list.version };
    const done: object[] = [];
    const failed: object[] = [];
    const changed: string[] = [];
    let isFull = false;
    for (const input of inputs) {
      const user = idOf(input);
      const code = method === 'POST' ? faultOf(phone, list, user) : null;
      isFull ||= code === 139_101;
      if (code !== null) failed.push({ input, wa_id: user, errors: [errorOf(code, MESSAGES[code]!)] });
      else {
        const changes = list.users.has(user) !== (method === 'POST');
        if (method === 'POST') list.users.set(user, list.users.get(user) ?? input);
        else list.users.delete(user);
        if (changes) {
          list.version++;
          changed.push(user);
        }
        done.push({ input, wa_id: user });
      }
    }
    if (isFull && options.fullAnswer === 'whole') {
      lists.set(phone, before);
      return refused(400, 139_101, MESSAGES[139_101]!);
    }
    if (changed.length > 0) options.onChange?.(method, changed);
    const product = { messaging_product: 'whatsapp' };
    const ledger = { [method === 'POST' ? 'added_users' : 'removed_users']: done };
    if (failed.length === 0) return answer(200, { ...product, block_users: ledger });
    const error = errorOf(139_100, 'Failed to block or unblock some users');
    return answer(mixedStatus, { ...product, block_users: { ...ledger, failed_users: failed }, error });
  }

  function faultOf(phone: string, { users }: BlockList, user: string): number | null {
    if (users.has(user)) return null;
    if (options.own?.has(user)) return 131_021;
    if (users.size + strangers >= capacity) return 139_101;
    return mayBlock(phone, user) ? null : 131_047;
  }

  const respond: CloudSandbox['respond'] = (phone, { method, query, body = '' }) => {
    if (!['GET', 'POST', 'DELETE'].includes(method)) return refused(405, 100, `(#100) Unsupported method: ${method}`);
    const response = method === 'GET' ? read(phone, query) : write(phone, method, body);
    return options.usage === undefined ? response : { ...response, headers: usageHeaders(phone, options.usage) };
  };

  function handle({ method, path, authorization = '', body = '' }: SandboxRequest): SandboxResponse {
    const pathname = path.split('?', 1)[0]!;
    const [, phone] = PATH.exec(pathname) ?? [];
    if (phone === undefined) return refused(404, 100, `(#100) Unknown path components: ${pathname}`);
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    if (token === undefined) return refused(401, 190, 'An access token is required');
    if (options.bots && options.bots.get(phone) !== token) return refused(401, 190, 'Error validating access token');
    return respond(phone, { method, body, query: new URLSearchParams(path.slice(pathname.length)) });
  }

  const list = (phone: string) => [...listOf(phone).users.keys()];
  return { handle, respond, set, wrote, tookUsername, waId: idOf, list, bots: () => [...lists.keys()] };
}

/** No page documents the answer to a request for a larger page than 100. Other lists of the API answer so. */
function tooLarge(how: 'refuse' | 'fail', most: number): SandboxResponse {
  if (how === 'refuse') return refused(400, 100, `(#100) Param limit must be at most ${most}`);
  return refused(500, 1, 'Please reduce the amount of data you are asking for, then retry your request');
}

const MESSAGES: Readonly<Record<number, string>> = {
  131021: 'Recipient cannot be sender',
  131047: 'More than 24 hours have passed since the user last wrote',
  139101: 'The block list has reached its limit',
};

function usageHeaders(phone: string, percent: number): Record<string, string> {
  const counts = { call_count: percent, total_cputime: 1, total_time: 2 };
  const business = { [phone]: [{ type: 'whatsapp', ...counts, estimated_time_to_regain_access: 0 }] };
  return { 'x-business-use-case-usage': JSON.stringify(business), 'x-app-usage': JSON.stringify(counts) };
}

/** Reads the users of a request body. Returns the error of a wrong body. */
function usersOf(body: string): string[] | string {
  const request = jsonIn(body) as { messaging_product?: unknown; block_users?: unknown } | null | undefined;
  if (request === undefined) return 'The body is not JSON';
  if (request?.messaging_product !== 'whatsapp') return 'The parameter messaging_product is required.';
  const users = request.block_users;
  if (!Array.isArray(users) || users.length === 0) return 'The parameter block_users is required.';
  if (users.length > MOST_USERS) return `block_users can not have more than ${MOST_USERS} users`;
  const inputs = users.map((each) => (each as { user?: unknown } | null)?.user);
  const wrong = inputs.findIndex((user) => !isMsisdn(user));
  return wrong === -1 ? (inputs as string[]) : `block_users[${wrong}] has no valid user`;
}

function errorOf(code: number, message: string): object {
  return { message, type: 'OAuthException', code, error_data: { details: message }, fbtrace_id: 'AbCdEf' };
}

function refused(status: number, code: number, message: string): SandboxResponse {
  return answer(status, { error: errorOf(code, message) });
}
