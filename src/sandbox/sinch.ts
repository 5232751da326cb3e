// Simulates the Sinch blacklist API: a function from request to response over lists in memory. It shares no code with
// the client, so that one misreading of the API cannot be in both.

export interface SandboxOptions {
  /** Tokens by bot id. Any other bot or token gets a 401. If omitted, every bot exists, with any bearer token. */
  bots?: ReadonlyMap<string, string>;
  /** GET lists numbers without '+', as in older copies of the documentation. */
  listWithoutPlus?: boolean;
  /** The answer to a page after the last. Page 0 of an empty list is always a 200. */
  pastEnd?: 'empty' | '400';
  /** Milliseconds until GET shows a write. */
  propagation?: number;
  /** POST of a present number, or DELETE of an absent one, is a 400 for the whole request. */
  strict?: boolean;
  /** Numbers (digits) that make a whole POST a 400. */
  rejected?: ReadonlySet<string>;
  /** The list of each bot (digits) until the first write to it. If omitted, empty. */
  seed?: readonly string[];
  pageSize?: number;
  /** Receives the numbers (digits) that a write really added (POST) or removed (DELETE). */
  onChange?: (method: string, numbers: readonly string[]) => void;
}

export interface SandboxRequest {
  method: string;
  /** With the query. */
  path: string;
  authorization?: string | undefined;
  /** In lower case. Only partners read them. */
  headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  body?: string;
}

export interface SandboxResponse {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

export interface Sandbox {
  handle(request: SandboxRequest): SandboxResponse;
  /** Returns a bot's list as written, even if GET does not show it yet: digits without plus, in insertion order. */
  list(bot: string): string[];
  /** Replaces a bot's list. GET shows it at once. */
  set(bot: string, numbers: Iterable<string>): void;
  /** Returns the bots whose list was written or set, even if it is empty now. */
  bots(): string[];
}

interface Write {
  visibleAt: number;
  method: string;
  numbers: ReadonlySet<string>;
}

interface BotList {
  written: Set<string>;
  shown: Set<string>;
  /** In `written`, not yet in `shown`; oldest first. */
  pending: Write[];
  /** `shown` as an array, so that reading a page copies only that page. Removed when `shown` changes. */
  sequence: string[] | undefined;
}

const PATH = /^\/whatsapp\/v1\/([^/]+)\/provision\/blacklist$/;
const MOST_NUMBERS = 20;
/** Refuses names of dots: `..` would change the path, even if it is encoded. */
export const BOT_ID = /^(?!\.+$)[A-Za-z0-9._-]{1,64}$/;

export function isMsisdn(value: unknown): value is string {
  return typeof value === 'string' && /^\+?[1-9]\d{6,14}$/.test(value);
}

// The default clock is monotonic: one that is set back would hide a write that was visible.
export function createSandbox(options: SandboxOptions = {}, now: () => number = () => performance.now()): Sandbox {
  const { bots, listWithoutPlus = false, pastEnd = 'empty', propagation = 0, strict = false, pageSize = 100 } = options;
  const { seed = [], onChange } = options;
  const lists = new Map<string, BotList>();

  function set(bot: string, numbers: Iterable<string>): void {
    lists.set(bot, listWith(numbers));
  }

  const listOf = (bot: string): BotList => lists.get(bot) ?? listWith(seed);

  function shownTo(bot: string): string[] {
    const list = listOf(bot);
    showDue(list, now());
    list.sequence ??= [...list.shown];
    return list.sequence;
  }

  function read(bot: string, page: string): SandboxResponse {
    if (!/^\d+$/.test(page)) return invalid('Field [page] must be 0 or a positive integer.');
    const start = Number(page) * pageSize;
    const shown = shownTo(bot);
    if (start > 0 && start >= shown.length && pastEnd === '400') return invalid('Field [page] is after the last page.');
    const prefix = listWithoutPlus ? '' : '+';
    const numbers = shown.slice(start, start + pageSize).map((number) => prefix + number);
    return answer(200, { numbers });
  }

  function write(bot: string, method: string, body: string): SandboxResponse {
    const numbers = numbersOf(body);
    if (typeof numbers === 'string') return invalid(numbers);
    const fault = faultOf(bot, method, numbers);
    if (fault !== undefined) return invalid(fault);
    const list = listOf(bot);
    lists.set(bot, list);
    const changed = [...numbers].filter((number) => list.written.has(number) !== (method === 'POST'));
    change(list.written, method, numbers);
    if (changed.length > 0) onChange?.(method, changed);
    list.pending.push({ visibleAt: now() + propagation, method, numbers });
    showDue(list, now()); // without this, the queue of a bot whose list is never read would grow without limit
    return { status: 200, body: '' };
  }

  function faultOf(bot: string, method: string, numbers: ReadonlySet<string>): string | undefined {
    const adding = method === 'POST';
    const { written } = listOf(bot);
    for (const number of numbers) {
      if (adding && options.rejected?.has(number)) return `Field [numbers] has an invalid number: ${number}.`;
      if (!strict || written.has(number) !== adding) continue;
      return `Field [numbers] has a number that is ${adding ? 'already' : 'not'} listed: ${number}.`;
    }
    return undefined;
  }

  function handle({ method, path, authorization = '', body = '' }: SandboxRequest): SandboxResponse {
    const pathname = path.split('?', 1)[0]!;
    const bot = botIn(pathname);
    if (bot === undefined) return refused(404, 'No such path.');
    if (!['GET', 'POST', 'DELETE'].includes(method)) return refused(405, 'Only GET, POST and DELETE are allowed.');
    const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const unauthorized = token === undefined || (bots !== undefined && bots.get(bot) !== token);
    if (unauthorized) return refused(401, 'Unauthorized bot');
    if (method !== 'GET') return write(bot, method, body);
    return read(bot, new URLSearchParams(path.slice(pathname.length)).get('page') ?? '0');
  }

  return { handle, list: (bot) => [...listOf(bot).written], set, bots: () => [...lists.keys()] };
}

function listWith(numbers: Iterable<string>): BotList {
  const written = new Set(Array.from(numbers, digits));
  return { written, shown: new Set(written), pending: [], sequence: undefined };
}

function showDue(list: BotList, time: number): void {
  const waiting = list.pending.findIndex((write) => write.visibleAt > time);
  const due = list.pending.splice(0, waiting === -1 ? list.pending.length : waiting);
  for (const { method, numbers } of due) change(list.shown, method, numbers);
  if (due.length > 0) list.sequence = undefined;
}

function change(set: Set<string>, method: string, numbers: ReadonlySet<string>): void {
  for (const number of numbers) {
    if (method === 'POST') set.add(number);
    else set.delete(number);
  }
}

function botIn(pathname: string): string | undefined {
  try {
    const bot = decodeURIComponent(PATH.exec(pathname)?.[1] ?? '');
    return BOT_ID.test(bot) ? bot : undefined;
  } catch {
    return undefined; // a stray '%'
  }
}

/** Reads the numbers of a request body as digits. Returns the error of a wrong body. */
function numbersOf(body: string): Set<string> | string {
  const request = jsonIn(body) as { numbers?: unknown } | null | undefined;
  if (request === undefined) return 'The request body is not JSON.';
  const numbers = request?.numbers;
  if (numbers === undefined || numbers === null) return 'Field [numbers] can not be empty.';
  if (!Array.isArray(numbers)) return 'Field [numbers] must be a list.';
  if (numbers.length === 0) return 'Field [numbers] can not be empty.';
  if (numbers.length > MOST_NUMBERS) return `Field [numbers] can not have more than ${MOST_NUMBERS} numbers.`;
  const wrong = numbers.findIndex((number) => !isMsisdn(number));
  if (wrong !== -1) return `Field [numbers] has an invalid number: ${JSON.stringify(numbers[wrong]).slice(0, 40)}.`;
  return new Set(numbers.map(digits));
}

function digits(number: string): string {
  return number.startsWith('+') ? number.slice(1) : number;
}

function invalid(reason: string): SandboxResponse {
  return refused(400, reason, 'Validation error');
}

export function refused(status: number, reason: string, message = String(status)): SandboxResponse {
  return answer(status, { message, reason });
}

export function answer(status: number, body: object): SandboxResponse {
  return { status, body: JSON.stringify(body) };
}

/** Parses a request body. Returns undefined if it is not JSON. */
export function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
