/**
 * The WhatsApp Cloud API: what its block list takes, answers and means. One list a business phone number.
 *
 * Facts are from the vendor's documentation; where sources differ, all readings are accepted: two shapes of the list, a
 * mixed result under 200 or 400, pages with and without `next`, users in another spelling of their number.
 */
import type { Caps, Settings } from '../../model/bot.ts';
import { ApiError, StoppedError } from '../../model/errors.ts';
import type { Unapplied } from '../../model/ledger.ts';
import type { Invalid } from '../../numbers/invalid.ts';
import { formatMsisdn, type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import { whatsAppUserOf } from '../../numbers/same-user.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';
import { errorIn, graphError, graphFailure, isPassing, quotaUsed } from './graph.ts';
import { nonsense, ownProperty, parseJson, readListed } from './json.ts';

const caps: Caps = {
  batchSize: 1000,
  settleTime: 0,
  capacity: 64_000,
  perNumber: true,
  addNeedsContact: true,
};

const PATH = '/block_users';
const PAGE_SIZE = 100;
const REPEATS = 2; // of single numbers

const NEEDS_CONTACT = 131_047; // the user did not write in the last 24 hours
const LIST_FULL = 139_101;
const LIST_MOVED = 139_102;

export const whatsappCloud = {
  kind: 'whatsapp-cloud',
  caps,
  quotaUsed,

  locate({ apiVersion, phoneNumberId }: Settings) {
    return { host: 'https://graph.facebook.com', path: `/${apiVersion}/${phoneNumberId}` };
  },

  /** @returns what reads one list along its cursors. */
  reader(connection: ReadConnection) {
    return {
      after: (cursor: string | null) => {
        const from = cursor === null ? '' : `&after=${encodeURIComponent(cursor)}`;
        return connection.get(`${PATH}?limit=${PAGE_SIZE}${from}`, parsePage);
      },
    };
  },

  /** @returns what blocks and unblocks 1 to 1,000 users at a time. Both are idempotent. */
  writer(connection: WriteConnection) {
    const send = (method: 'POST' | 'DELETE', numbers: readonly Msisdn[]): Promise<readonly Unapplied[]> => {
      const users = numbers.map((number) => ({ user: formatMsisdn(number) }));
      const body = { messaging_product: 'whatsapp', block_users: users };
      return connection.write(method, PATH, body, (response) => parseWrite(response, method, numbers));
    };
    /** What failed of single numbers and may pass is sent again: a request that was answered is not repeated by others. */
    const write = async (method: 'POST' | 'DELETE', numbers: readonly Msisdn[]): Promise<readonly Unapplied[]> => {
      let undone = await send(method, numbers);
      for (let again = 0; again < REPEATS && undone.some(hasFailed); again++) {
        const rest = undone.filter((each) => !hasFailed(each));
        const failed = undone.filter(hasFailed).map(({ number }) => number);
        try {
          undone = [...rest, ...(await send(method, failed))];
        } catch (error) {
          if (!(error instanceof ApiError || error instanceof StoppedError)) throw error;
          const { ambiguous } = error;
          return undone.map((each) => (ambiguous && hasFailed(each) ? { ...each, state: 'unknown' } : each));
        }
      }
      return undone;
    };
    return {
      batchSize: caps.batchSize,
      add: (numbers: readonly Msisdn[]) => write('POST', numbers),
      remove: (numbers: readonly Msisdn[]) => write('DELETE', numbers),
    };
  },

  userOf: whatsAppUserOf,
};

const hasFailed = ({ state }: Unapplied) => state === 'failed';

function parsePage(response: HttpResponse) {
  const error = errorIn(response);
  if (error?.code === LIST_MOVED) return 'moved' as const;
  if (error || response.status !== 200) throw graphFailure(response);
  const answer = parseJson(response);
  const data = ownProperty(answer, 'data');
  if (!Array.isArray(data)) throw nonsense('the list has no "data" array', response);
  const entries = data.flatMap((item: unknown) => {
    const group = ownProperty(item, 'block_users'); // one shape of the two wraps the entries once more
    return Array.isArray(group) ? group : [item];
  });
  const numbers: Msisdn[] = [];
  for (const entry of entries) {
    if (typeof entry !== 'object' || entry === null) throw nonsense('an entry of the list is no object', response);
    const id = ownProperty(entry, 'wa_id') ?? '';
    if (id === '') continue; // a user who is known by name alone
    numbers.push(readListed(id, response));
  }
  return { numbers, foreign: entries.length - numbers.length, ...wayOn(ownProperty(answer, 'paging')) };
}

/** The cursor, also if only `next` holds it. That URL is not kept: a token may stand in it. */
function wayOn(paging: unknown): { cursor: string | null; more: boolean } {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const next = text(ownProperty(paging, 'next'));
  const named = text(ownProperty(ownProperty(paging, 'cursors'), 'after'));
  const inNext = next && URL.canParse(next) ? new URL(next).searchParams.get('after') : null;
  return { cursor: named ?? text(inNext), more: next !== null };
}

/** If the body has a ledger, it decides, whatever the status is; unless it says nothing, and an error says why. */
function parseWrite(response: HttpResponse, method: 'POST' | 'DELETE', sent: readonly Msisdn[]): readonly Unapplied[] {
  const ledger = ledgerIn(response);
  const error = errorIn(response);
  const undone = ledger && readLedger(ledger, method, sent);
  if (undone && !(error && undone.every(({ state }) => state === 'unknown') && undone.length > 0)) return undone;
  if (error?.code === LIST_FULL) return sent.map((number) => ({ number, state: 'full', reason: error.detail }));
  if (error?.code === NEEDS_CONTACT && method === 'POST') {
    if (sent.length === 1) return [{ number: sent[0]!, state: 'pending', reason: error.detail }];
    // Somebody of them; smaller batches tell who.
    throw new ApiError('the server refused the batch (code 131047)', { detail: error.detail, refused: true });
  }
  if (error || response.status >= 300) throw graphFailure(response);
  throw nonsense('the answer does not say what became of the numbers', response);
}

function ledgerIn({ body }: HttpResponse): object | null {
  try {
    const found = ownProperty(JSON.parse(body), 'block_users');
    return typeof found === 'object' && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}

/** Whoever stands in none of the lists may be done or not. */
function readLedger(ledger: object, method: 'POST' | 'DELETE', sent: readonly Msisdn[]): readonly Unapplied[] {
  const done = new Set(entriesOf(ledger, method === 'POST' ? 'added_users' : 'removed_users').map(inputOf));
  const failed = new Map(entriesOf(ledger, 'failed_users').map((entry) => [inputOf(entry), entry]));
  return sent.flatMap((number): Unapplied[] => {
    const entry = failed.get(number);
    if (entry !== undefined) return [{ number, ...endOf(entry, method) }];
    const reason = 'the server did not say what became of it';
    return done.has(number) ? [] : [{ number, state: 'unknown', reason }];
  });
}

function entriesOf(ledger: object, key: string): readonly unknown[] {
  const list = ownProperty(ledger, key);
  return Array.isArray(list) ? list : [];
}

function inputOf(entry: unknown): Msisdn | Invalid {
  return parseMsisdn(String(ownProperty(entry, 'input') ?? ''));
}

function endOf(entry: unknown, method: 'POST' | 'DELETE'): Pick<Unapplied, 'state' | 'reason'> {
  const errors = entriesOf(entry as object, 'errors').flatMap((error) => graphError(error) ?? []);
  const reason = errors.map(({ detail }) => detail).join('; ') || 'no reason given';
  const has = (code: number) => errors.some((error) => error.code === code);
  if (has(NEEDS_CONTACT) && method === 'POST') return { state: 'pending', reason };
  if (has(LIST_FULL)) return { state: 'full', reason };
  return { state: errors.some(isPassing) ? 'failed' : 'rejected', reason };
}
