import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';

/** The result of a written number in an answer. `lost`: done or not. `odd`: not done, in words that vary. `unseen`: only the list shows it. */
export type End = 'done' | 'refused' | 'pending' | 'full' | 'failed' | 'lost' | 'odd' | 'unseen';

export interface Sent {
  readonly at: number;
  readonly run: number;
  readonly method: HttpRequest['method'];
  readonly bot: string;
  /** For a read, the page, or the count of entries before it. */
  readonly page: number;
  /** A read of a larger page than the API documents, which it may refuse. */
  readonly large: boolean;
  readonly numbers: readonly string[];
  /** The time at which the client received the end, and the status of the answer. */
  endedAt: number;
  status: number | null;
  /** For a write, the results that the client received: for single numbers, and for all others. */
  ends: ReadonlyMap<string, End>;
  end: End;
  /** The listed numbers in the answer, by the written number. */
  named: ReadonlyMap<string, string>;
  /** For a read, the count of received entries, and their numbers; null if no complete page was received. */
  got: number | null;
  listed: readonly string[];
  /** The ids of the received entries without a number. */
  hidden: readonly string[];
}

/** The answer. `whole`: no fault changed it. */
export interface Answer {
  readonly response: HttpResponse;
  readonly whole: boolean;
}

export const WRONG_JSON = [
  '[]',
  '{"numbers":null}',
  '{"numbers":["x"]}',
  '{"numbers":[[]]}',
  '7',
  '{"data":[7]}',
] as const;

/** Records what the client receives of an answer. */
export function hear(sent: Sent, { response, whole }: Answer, cloud: boolean): void {
  sent.status = response.status;
  if (sent.method === 'GET') hearPage(sent, response, whole, cloud);
  else if (cloud) hearLedger(sent, sent.method, response);
  else sent.end = whole && response.status === 200 ? 'done' : endOf(response);
}

/** Returns the result of all numbers of a write that was not done. */
function endOf({ status, body }: HttpResponse): End {
  if (status === 400) return 'refused';
  if (status === 200 && 'reason' in objectIn(body)) return 'odd';
  return status > 400 && status < 500 ? 'failed' : 'lost';
}

function hearPage(sent: Sent, { status, body }: HttpResponse, whole: boolean, cloud: boolean): void {
  if (whole && status === 200) {
    const { numbers, data } = JSON.parse(body) as { numbers?: string[]; data?: Entry[] };
    const entries = data?.flatMap((item) => item.block_users ?? [item]);
    const all = numbers ?? entries?.map((entry) => entry.wa_id ?? '');
    sent.hidden = entries?.flatMap(({ wa_id, user_id }) => (wa_id ? [] : (user_id ?? []))) ?? [];
    sent.got = all?.length ?? null;
    sent.listed = all?.filter((number) => number !== '').map((number) => number.replace('+', '')) ?? [];
  } else if (whole && !cloud && status === 400) sent.got = 0; // the other answer after the end
}

interface Entry {
  readonly input?: string;
  readonly wa_id?: string;
  readonly user_id?: string;
  readonly block_users?: readonly Entry[];
  readonly errors?: readonly { readonly code: number }[];
}

function hearLedger(sent: Sent, method: 'POST' | 'DELETE', response: HttpResponse): void {
  const { status, body } = response;
  const {
    block_users: ledger,
    error,
    meta,
    success,
  } = objectIn(body) as {
    block_users?: Record<string, readonly Entry[]>;
    error?: { readonly code: number };
    meta?: object;
    success?: boolean;
  };
  if (success && status === 200) {
    sent.end = 'unseen';
    return;
  }
  if (!ledger) {
    if (error?.code === 139_101) {
      sent.end = 'full';
      return;
    }
    const passes = meta || (error && [130_429, 139_103].includes(error.code));
    sent.end = passes && status === 400 ? 'failed' : endOf(response);
    return;
  }
  const entries = (...keys: string[]) => keys.flatMap((key) => ledger[key] ?? []);
  const done = entries('added_users', 'removed_users').map(({ input }) => [bare(input), 'done'] as const);
  const failed = entries('failed_users').map(({ input, errors }) => {
    const [{ code } = { code: 0 }] = errors ?? [];
    return [bare(input), endByCode(code, method)] as const;
  });
  sent.ends = new Map<string, End>([...done, ...failed]);
  const named = entries(...Object.keys(ledger)).filter(({ wa_id: name }) => name !== undefined);
  sent.named = new Map(named.map(({ input, wa_id: name }) => [bare(input), name!.replace('+', '')]));
}

const bare = (input: string | undefined) => input!.replace('+', '');

function endByCode(code: number, method: 'POST' | 'DELETE'): End {
  if (code === 131_047 && method === 'POST') return 'pending';
  if (code === 139_101) return 'full';
  return code === 139_103 || code === 130_429 ? 'failed' : 'refused';
}

function objectIn(body: string): object {
  try {
    return Object(JSON.parse(body)) as object;
  } catch {
    return {};
  }
}

/** Returns the numbers of a write, without the plus. */
export function numbersIn(body: string | undefined): string[] {
  if (body === undefined) return [];
  const { numbers, block_users: users } = JSON.parse(body);
  return numbers ?? users.map(({ user }: { user: string }) => user.replace('+', ''));
}

/** Returns a ledger in which more numbers failed with this code, for a temporary reason. */
export function withFailed(ledger: string, numbers: readonly string[], code: number): string {
  const { block_users: ends = {} } = JSON.parse(ledger || '{}');
  const failed = numbers.map((number) => ({ input: `+${number}`, errors: [{ code, message: 'not now' }] }));
  const all = { ...ends, failed_users: [...(ends.failed_users ?? []), ...failed] };
  return JSON.stringify({ messaging_product: 'whatsapp', block_users: all });
}

export function answer(status: number, body: string, retryAfter: string | null = null): Answer {
  return { response: { status, body, headers: { retryAfter, location: null, date: null } }, whole: false };
}
