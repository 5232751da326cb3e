/**
 * The answers of a block list of the WhatsApp Cloud API, at Meta or at a partner.
 *
 * The facts are from the vendors' documentation. If pages or vendors differ, all readings are accepted: two shapes of
 * the list, a mixed result under 200 or 400, pages with and without `next`, users in another spelling of their number.
 */
import type { Answer } from '../../apply/writer.ts';
import type { CursorPage } from '../../live/cursors.ts';
import { ApiError } from '../../model/errors.ts';
import type { Direction, Unapplied } from '../../model/ledger.ts';
import type { Invalid } from '../../numbers/invalid.ts';
import { type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import { isUserId } from '../../numbers/user-id.ts';
import type { HttpResponse } from '../http.ts';
import { errorIn, type GraphError, graphError, graphFailure, isThrottled, repeatsOf } from './graph.ts';
import { bodyOf, nonsense, ownProperty, parseJson, readListed, textOf } from './json.ts';
import { type OwnErrors, ownFailure } from './own-errors.ts';

/** What differs in the answers of the APIs. */
export interface AnswersApi {
  /** The keys of the settings with which the API finds the list, for error messages. */
  readonly place: readonly string[];
  /** Set if the vendor has errors in another form than the Graph API. */
  readonly ownErrors?: OwnErrors;
  /** A write may be answered with success alone, and no result for each user. */
  readonly mayOmitResults?: boolean;
}

const NEEDS_CONTACT = 131_047; // the user has not written in the last 24 hours
const SEE_LEDGER = 139_100;
const LIST_FULL = 139_101;
const LIST_MOVED = 139_102;

export function parsePage(response: HttpResponse, api: AnswersApi): CursorPage | 'moved' {
  const error = errorIn(response);
  if (error?.code === LIST_MOVED) return 'moved';
  const failure = failureIn(response, api);
  if (failure) throw failure;
  if (response.status !== 200) throw graphFailure(response, api.place);
  const answer = parseJson(response);
  const data = ownProperty(answer, 'data');
  if (!Array.isArray(data)) throw nonsense('the list has no "data" array', response);
  const entries = data.flatMap((item: unknown) => {
    const group = ownProperty(item, 'block_users'); // one of the two shapes wraps the entries once more
    return Array.isArray(group) ? group : [item];
  });
  const numbers: Msisdn[] = [];
  const named: [other: Msisdn, listed: Msisdn][] = [];
  const ids: [number: Msisdn | null, id: string][] = [];
  for (const entry of entries) {
    const { number, userId } = readEntry(entry, response);
    if (userId !== null) ids.push([number, userId]);
    if (number === null) continue;
    numbers.push(number);
    const input = parseMsisdn(textOf(ownProperty(entry, 'input')) ?? '');
    if (typeof input === 'number' && input !== number) named.push([input, number]);
  }
  const foreign = entries.length - numbers.length;
  const next = nextIn(ownProperty(answer, 'paging'));
  if (next.cursor !== null && next.cursor.length > MAX_CURSOR)
    throw nonsense('the cursor of the page is too long', response);
  return { numbers, foreign, ...(ids.length > 0 && { ids }), ...(named.length > 0 && { named }), ...next };
}

/** The longest cursor, in characters. It goes into a URL, and all cursors of a list are kept to find a repeated one. */
const MAX_CURSOR = 2048;

/**
 * Reads the user of an entry.
 *
 * | `wa_id`    | `user_id` | is                             |
 * | ---------- | --------- | ------------------------------ |
 * | a number   |           | a user with a number           |
 * | a BSUID    |           | a user without a number        |
 * | absent     | present   | a user without a number        |
 * | absent     | absent    | another form, so the bot fails |
 * | other text |           | another form, so the bot fails |
 *
 * @throws ApiError if the entry has another form.
 */
function readEntry(entry: unknown, response: HttpResponse): { number: Msisdn | null; userId: string | null } {
  if (typeof entry !== 'object' || entry === null) throw nonsense('an entry of the list is not an object', response);
  const waId = ownProperty(entry, 'wa_id') ?? '';
  const userId = textOf(ownProperty(entry, 'user_id')) ?? '';
  if (waId === '' && userId === '') throw nonsense(NO_USER, response, 'look for a newer version of blacklistctl');
  const isHidden = waId === '' || isUserId(textOf(waId) ?? '');
  const id = userId === '' && isHidden ? String(waId) : userId;
  // Reports contain ids as they are, so that the next run finds them.
  return { number: isHidden ? null : readListed(waId, response), userId: PLAIN_ID.test(id) ? id : null };
}

const NO_USER = 'an entry of the list has neither "wa_id" nor "user_id"';
const PLAIN_ID = /^[A-Za-z0-9._-]{1,160}$/;

/** Reads the cursor, even if only `next` contains it. That URL is not kept, as it may contain a token. */
function nextIn(paging: unknown): Pick<CursorPage, 'cursor' | 'more'> {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const next = text(ownProperty(paging, 'next'));
  const named = text(ownProperty(ownProperty(paging, 'cursors'), 'after'));
  const inNext = next && URL.canParse(next) ? new URL(next).searchParams.get('after') : null;
  return { cursor: named ?? text(inNext), more: next !== null };
}

/** Reads the ledger in the body under any status. Reads the error if the ledger has none of the numbers. */
export function parseWrite(
  response: HttpResponse,
  direction: Direction,
  sent: readonly Msisdn[],
  api: AnswersApi,
): Ends {
  const ledger = ledgerIn(response);
  const error = errorIn(response);
  const ends = ledger && readLedger(ledger, direction, sent, error);
  if (ends && !(error && ends.undone.every(({ state }) => state === 'unknown') && ends.undone.length > 0)) return ends;
  const all = (state: Unapplied['state'], reason: string): Ends => {
    return { undone: sent.map((number) => ({ number, state, reason })), listed: new Map() };
  };
  if (error?.code === LIST_FULL) {
    // The room may be enough for some of the users; smaller batches find how many.
    throw new ApiError('the list has no room for the batch (code 139101)', { detail: error.detail, full: true });
  }
  if (error?.code === NEEDS_CONTACT && direction === 'add') {
    if (sent.length === 1) return all('pending', error.detail);
    // At least one user must write first; smaller batches find which one.
    throw new ApiError('the server refused the batch (code 131047)', { detail: error.detail, refused: true });
  }
  const failure = failureIn(response, api);
  if (failure) throw failure;
  if (api.mayOmitResults && ownProperty(bodyOf(response), 'success') === true) {
    return { undone: [], unseen: sent.map((number) => ({ number, ...NOT_SHOWN[direction] })), listed: new Map() };
  }
  throw nonsense('the answer does not contain the results of the numbers', response);
}

/** A number without the requested effect. `repeats`: how often it may be sent again. `throttled`: only later. */
export type Undone = Unapplied & { readonly repeats?: number; readonly throttled?: boolean };

type Ends = Pick<Answer, 'unseen' | 'listed'> & { readonly undone: readonly Undone[] };

/** The result of a user if the server reported success for the whole request and the list does not show it. */
const NOT_SHOWN: Readonly<Record<Direction, Pick<Unapplied, 'state' | 'reason'>>> = {
  add: { state: 'pending', reason: 'the server reported success, but the list does not contain the number' },
  remove: { state: 'failed', reason: 'the server reported success, but the list still contains the number' },
};

function failureIn(response: HttpResponse, { place, ownErrors }: AnswersApi): ApiError | null {
  if (errorIn(response)) return graphFailure(response, place);
  const own = ownErrors ? ownFailure(response, ownErrors, place) : null;
  return own ?? (response.status < 300 ? null : graphFailure(response, place));
}

function ledgerIn(response: HttpResponse): object | null {
  const found = ownProperty(bodyOf(response), 'block_users');
  return typeof found === 'object' && !Array.isArray(found) ? found : null;
}

/** Reads the result of each number. The result of a number that is in none of the ledger's lists is unknown. */
function readLedger(ledger: object, direction: Direction, sent: readonly Msisdn[], whole: GraphError | null): Ends {
  // For an unblock, the documentation has `removed_users`; clients received `added_users`.
  const taken = ['added_users', 'removed_users'].flatMap((key) => byInput(ledger, key));
  const done = new Set(taken.map(([input]) => input));
  const refused = byInput(ledger, 'failed_users');
  const failed = new Map(refused);
  const undone = sent.flatMap((number): Undone[] => {
    const entry = failed.get(number);
    if (entry !== undefined) return [{ number, ...endOf(entry, direction, whole) }];
    const reason = 'the server did not report a result';
    return done.has(number) ? [] : [{ number, state: 'unknown', reason }];
  });
  const sentNumbers = new Set<unknown>(sent);
  const named = [...taken, ...refused].flatMap(([input, entry]) => {
    const name = nameIn(entry);
    return sentNumbers.has(input) && name !== null ? [[input as Msisdn, [name]] as const] : [];
  });
  return { undone, listed: joinNames(named) };
}

/** Returns the number of an entry's user, without a prefix or a suffix as in `whatsapp:+447700900123`. */
function nameIn(entry: unknown): Msisdn | null {
  const text = textOf(ownProperty(entry, 'wa_id')) ?? '';
  const digits = /(?<!\d)\d{7,15}(?!\d)/.exec(text.replace(/[\s().-]/g, ''))?.[0] ?? '';
  const name = parseMsisdn(digits);
  return typeof name === 'number' ? name : null;
}

/** Joins the listed numbers of each user: one answer may have several, and a repeated write may return others. */
export function joinNames(named: Iterable<readonly [Msisdn, Iterable<Msisdn>]>): Answer['listed'] {
  const joined = new Map<Msisdn, Set<Msisdn>>();
  for (const [number, names] of named) {
    const known = joined.get(number) ?? new Set();
    joined.set(number, known);
    for (const name of names) known.add(name);
  }
  return joined;
}

/** Returns the entries of one of the ledger's lists, each with the number that was sent. */
function byInput(ledger: object, key: string): (readonly [Msisdn | Invalid, unknown])[] {
  return entriesOf(ledger, key).map((entry) => [parseMsisdn(textOf(ownProperty(entry, 'input')) ?? ''), entry]);
}

function entriesOf(value: unknown, key: string): readonly unknown[] {
  const list = ownProperty(value, key);
  return Array.isArray(list) ? list : [];
}

function endOf(entry: unknown, direction: Direction, whole: GraphError | null): Omit<Undone, 'number'> {
  const own = entriesOf(entry, 'errors').flatMap((error) => graphError(error) ?? []);
  // An entry may have no error of its own. That of the whole answer counts then, unless it only refers to the ledger.
  const errors = own.length > 0 || whole === null || whole.code === SEE_LEDGER ? own : [whole];
  const reason = errors.map(({ detail }) => detail).join('; ') || 'no reason given';
  const has = (code: number) => errors.some((error) => error.code === code);
  if (has(NEEDS_CONTACT) && direction === 'add') return { state: 'pending', reason };
  if (has(LIST_FULL)) return { state: 'full', reason };
  const repeats = Math.max(0, ...errors.map(repeatsOf));
  const throttled = errors.some(isThrottled);
  return repeats > 0 ? { state: 'failed', reason, repeats, throttled } : { state: 'rejected', reason };
}
