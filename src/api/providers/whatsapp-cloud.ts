/**
 * The WhatsApp Cloud API: requests and answers of its block list. Each business phone number has one list.
 *
 * The facts are from the vendor's documentation. If its pages differ, all readings are accepted: two shapes
 * of the list, a mixed result under 200 or 400, pages with and without `next`, users in another spelling of
 * their number.
 */
import type { Answer, Writer } from '../../apply/batches.ts';
import type { CursorPage, CursorReader } from '../../live/cursors.ts';
import type { Caps, Settings } from '../../model/bot.ts';
import { ApiError, StoppedError } from '../../model/errors.ts';
import type { Unapplied } from '../../model/ledger.ts';
import type { Invalid } from '../../numbers/invalid.ts';
import { formatMsisdn, type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import { whatsAppUserOf } from '../../numbers/same-user.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';
import { errorIn, graphError, graphFailure, quotaUsed, repeatsOf, requestIdOf } from './graph.ts';
import { jsonIn, nonsense, ownProperty, parseJson, readListed, textOf } from './json.ts';

const caps: Caps = {
  batchSize: 1000,
  settleTime: 0,
  capacity: 64_000,
  perNumber: true,
  addNeedsContact: true,
  mayRename: true,
};

const PATH = '/block_users';
const PAGE_SIZE = 100;

const NEEDS_CONTACT = 131_047; // the user has not written in the last 24 hours
const LIST_FULL = 139_101;
const LIST_MOVED = 139_102;

export const whatsappCloud = {
  kind: 'whatsapp-cloud',
  caps,
  quotaUsed,
  requestIdOf,

  locate({ apiVersion, phoneNumberId }: Settings) {
    return { host: 'https://graph.facebook.com', path: `/${apiVersion}/${phoneNumberId}` };
  },

  reader(connection: ReadConnection): CursorReader {
    return {
      kind: 'cursors',
      after(cursor) {
        const from = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
        return connection.get(`${PATH}?limit=${PAGE_SIZE}${from}`, parsePage);
      },
    };
  },

  /** Blocks and unblocks 1 to 1,000 users at a time. Both requests are idempotent. */
  writer(connection: WriteConnection): Writer {
    const send = (method: 'POST' | 'DELETE', numbers: readonly Msisdn[]) => {
      const users = numbers.map((number) => ({ user: formatMsisdn(number) }));
      const body = { messaging_product: 'whatsapp', block_users: users };
      return connection.write(method, PATH, body, (response, lost): Ends & Answer => {
        return { ...parseWrite(response, method, numbers), lost };
      });
    };
    /** Repeats single numbers that may still succeed. The governor does not, as their request was answered. */
    const write = async (method: 'POST' | 'DELETE', numbers: readonly Msisdn[]): Promise<Answer> => {
      let answer = await send(method, numbers);
      for (let again = 0; ; again++) {
        const { undone, listed, lost } = answer;
        const mayPass = ({ state, repeats = 0 }: Undone) => state === 'failed' && again < repeats;
        const rest = undone.filter((each) => !mayPass(each));
        const failed = undone.filter(mayPass).map(({ number }) => number);
        if (failed.length === 0) return answer;
        try {
          const next = await send(method, failed);
          // A lost answer concerns only the numbers that were sent again.
          const left = next.undone.map((each) => (next.lost ? { ...each, state: 'unknown' as const } : each));
          answer = { undone: [...rest, ...left], listed: joinNames([...listed, ...next.listed]), lost };
        } catch (error) {
          if (!(error instanceof ApiError || error instanceof StoppedError)) throw error;
          const { ambiguous } = error;
          const state = 'unknown';
          return {
            ...answer,
            undone: undone.map((each) => (ambiguous && mayPass(each) ? { ...each, state } : each)),
          };
        }
      }
    };
    return {
      batchSize: caps.batchSize,
      add: (numbers) => write('POST', numbers),
      remove: (numbers) => write('DELETE', numbers),
    };
  },

  userOf: whatsAppUserOf,
};

/** `repeats`: how often the number may be sent again. */
type Undone = Unapplied & { readonly repeats?: number };

function parsePage(response: HttpResponse): CursorPage | 'moved' {
  const error = errorIn(response);
  if (error?.code === LIST_MOVED) return 'moved';
  if (error || response.status !== 200) throw graphFailure(response);
  const answer = parseJson(response);
  const data = ownProperty(answer, 'data');
  if (!Array.isArray(data)) throw nonsense('the list has no "data" array', response);
  const entries = data.flatMap((item: unknown) => {
    const group = ownProperty(item, 'block_users'); // one of the two shapes wraps the entries once more
    return Array.isArray(group) ? group : [item];
  });
  const numbers: Msisdn[] = [];
  const named: [other: Msisdn, listed: Msisdn][] = [];
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null) throw nonsense('an entry of the list is not an object', response);
    const id = ownProperty(entry, 'wa_id') ?? '';
    if (id === '') continue; // a user with a name and no number
    const number = readListed(id, response);
    numbers.push(number);
    const input = parseMsisdn(textOf(ownProperty(entry, 'input')) ?? '');
    if (typeof input === 'number' && input !== number) named.push([input, number]);
  }
  const foreign = entries.length - numbers.length;
  return { numbers, foreign, ...(named.length > 0 && { named }), ...nextIn(ownProperty(answer, 'paging')) };
}

/** Reads the cursor, even if only `next` contains it. That URL is not kept, as it may contain a token. */
function nextIn(paging: unknown): Pick<CursorPage, 'cursor' | 'more'> {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const next = text(ownProperty(paging, 'next'));
  const named = text(ownProperty(ownProperty(paging, 'cursors'), 'after'));
  const inNext = next && URL.canParse(next) ? new URL(next).searchParams.get('after') : null;
  return { cursor: named ?? text(inNext), more: next !== null };
}

/** Reads the ledger in the body under any status. Reads the error if the ledger has none of the numbers. */
function parseWrite(response: HttpResponse, method: 'POST' | 'DELETE', sent: readonly Msisdn[]): Ends {
  const ledger = ledgerIn(response);
  const error = errorIn(response);
  const ends = ledger && readLedger(ledger, method, sent);
  if (ends && !(error && ends.undone.every(({ state }) => state === 'unknown') && ends.undone.length > 0)) return ends;
  const all = (state: Unapplied['state'], reason: string): Ends => {
    return { undone: sent.map((number) => ({ number, state, reason })), listed: new Map() };
  };
  if (error?.code === LIST_FULL) return all('full', error.detail);
  if (error?.code === NEEDS_CONTACT && method === 'POST') {
    if (sent.length === 1) return all('pending', error.detail);
    // At least one user must write first; smaller batches find which one.
    throw new ApiError('the server refused the batch (code 131047)', { detail: error.detail, refused: true });
  }
  if (error || response.status >= 300) throw graphFailure(response);
  throw nonsense('the answer does not contain the results of the numbers', response);
}

type Ends = Pick<Answer, 'listed'> & { readonly undone: readonly Undone[] };

function ledgerIn({ body }: HttpResponse): object | null {
  const found = ownProperty(jsonIn(body), 'block_users');
  return typeof found === 'object' && !Array.isArray(found) ? found : null;
}

/** Reads the result of each number. The result of a number that is in none of the ledger's lists is unknown. */
function readLedger(ledger: object, method: 'POST' | 'DELETE', sent: readonly Msisdn[]): Ends {
  // For an unblock, the documentation has `removed_users`; clients received `added_users`.
  const taken = ['added_users', 'removed_users'].flatMap((key) => byInput(ledger, key));
  const done = new Set(taken.map(([input]) => input));
  const refused = byInput(ledger, 'failed_users');
  const failed = new Map(refused);
  const undone = sent.flatMap((number): Undone[] => {
    const entry = failed.get(number);
    if (entry !== undefined) return [{ number, ...endOf(entry, method) }];
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
function joinNames(named: Iterable<readonly [Msisdn, Iterable<Msisdn>]>): Answer['listed'] {
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

function endOf(entry: unknown, method: 'POST' | 'DELETE'): Omit<Undone, 'number'> {
  const errors = entriesOf(entry, 'errors').flatMap((error) => graphError(error) ?? []);
  const reason = errors.map(({ detail }) => detail).join('; ') || 'no reason given';
  const has = (code: number) => errors.some((error) => error.code === code);
  if (has(NEEDS_CONTACT) && method === 'POST') return { state: 'pending', reason };
  if (has(LIST_FULL)) return { state: 'full', reason };
  const repeats = Math.max(0, ...errors.map(repeatsOf));
  return { state: repeats > 0 ? 'failed' : 'rejected', reason, repeats };
}
