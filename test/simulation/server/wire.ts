import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';

export interface Sent {
  readonly at: number;
  readonly run: number;
  readonly method: HttpRequest['method'];
  readonly bot: string;
  readonly page: number;
  readonly numbers: readonly string[];
  /** The client knows that it took effect. */
  ok: boolean;
  /** The client cannot know whether it took effect. */
  lost: boolean;
  /** Of a read, how many numbers the client got; null if it got no whole page. */
  got: number | null;
}

/** What comes back; `whole` if no fault spoils it. */
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

/** What a write names, without the plus. */
export function numbersIn(body: string | undefined): string[] {
  if (body === undefined) return [];
  const { numbers, block_users: users } = JSON.parse(body);
  return numbers ?? users.map(({ user }: { user: string }) => user.replace('+', ''));
}

/** A ledger in which some more numbers failed for a reason that may pass. */
export function withFailed(ledger: string, numbers: readonly string[]): string {
  const { block_users: ends = {} } = JSON.parse(ledger || '{}');
  const failed = numbers.map((number) => ({ input: `+${number}`, errors: [{ code: 139_103, message: 'internal' }] }));
  const all = { ...ends, failed_users: [...(ends.failed_users ?? []), ...failed] };
  return JSON.stringify({ messaging_product: 'whatsapp', block_users: all });
}

export function hasLedger(body: string): boolean {
  try {
    return 'block_users' in JSON.parse(body);
  } catch {
    return false;
  }
}

/** How many numbers a page holds; null if it is no page. */
export function countIn(body: string): number | null {
  const { numbers, data } = JSON.parse(body);
  return (numbers ?? data)?.length ?? null;
}

export function answer(status: number, body: string, retryAfter: string | null = null): Answer {
  return { response: { status, body, headers: { retryAfter, location: null, date: null } }, whole: false };
}
