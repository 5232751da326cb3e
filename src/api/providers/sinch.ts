/**
 * The Sinch standalone WhatsApp API: what its blacklist endpoint takes, answers and means.
 *
 * Facts are from the vendor's documentation; where that is silent, both readings are accepted: a page past the end may be
 * empty or a 400, numbers may carry a plus or not, and a 200 may have a body that names numbers it did not take.
 */
import type { Caps, Settings } from '../../model/bot.ts';
import { ApiError } from '../../model/errors.ts';
import type { Unapplied } from '../../model/ledger.ts';
import { type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';
import { statusError } from '../status.ts';
import { excerpt, nonsense, ownProperty, parseJson, readListed } from './json.ts';

const caps: Caps = {
  batchSize: 20,
  settleTime: 5 * 60_000,
  capacity: Number.POSITIVE_INFINITY,
  perNumber: false,
  addNeedsContact: false,
};

/** Numbers in a full page. */
const PAGE_SIZE = 100;

export const sinch = {
  kind: 'sinch',
  caps,

  /** The hosts of the regions are the only ones that a token is sent to without --base-url. */
  locate({ region }: Settings) {
    return { host: `https://${region}.whatsapp.api.sinch.com`, path: '' };
  },

  /** @returns what reads one bot's list, a page at a time; page 0 is the first, an empty page is the end. */
  reader(connection: ReadConnection, bot: string) {
    return {
      pageSize: PAGE_SIZE,
      page: (index: number): Promise<readonly Msisdn[]> =>
        connection.get(`${pathOf(bot)}?page=${index}`, (response) => parsePage(response, index)),
    };
  },

  /** @returns what adds to and removes from one bot's list, 1 to 20 numbers at a time. Both are idempotent. */
  writer(connection: WriteConnection, bot: string) {
    const write = (method: 'POST' | 'DELETE', numbers: readonly Msisdn[]): Promise<readonly Unapplied[]> =>
      connection.write(method, pathOf(bot), { numbers: numbers.map(String) }, (response) =>
        parseWrite(response, numbers),
      );
    return {
      batchSize: caps.batchSize,
      add: (numbers: readonly Msisdn[]) => write('POST', numbers),
      remove: (numbers: readonly Msisdn[]) => write('DELETE', numbers),
    };
  },
};

function pathOf(bot: string): string {
  return `/whatsapp/v1/${encodeURIComponent(bot)}/provision/blacklist`;
}

function parsePage(response: HttpResponse, index: number): readonly Msisdn[] {
  if (response.status === 400 && index > 0) return []; // one of the two ways to say that the list has ended
  if (response.status !== 200) throw failure(response);
  const numbers = ownProperty(parseJson(response), 'numbers');
  if (!Array.isArray(numbers)) throw nonsense('the list has no "numbers" array', response);
  return numbers.map((item: unknown) => readListed(item, response));
}

/** The numbers that the server names as not done. The others are done. */
function parseWrite(response: HttpResponse, sent: readonly Msisdn[]): readonly Unapplied[] {
  const { status, body } = response;
  if (status !== 200 && status !== 201 && status !== 202 && status !== 204) throw failure(response);
  if (body.trim() === '') return [];
  // Documented as empty. A sibling endpoint answers 200 with {"failedTo…Numbers": [{"msisdn", "rejectionReason"}]}.
  const answer = parseJson(response);
  const refused = Object.entries(answer).flatMap(([key, value]) =>
    /fail/i.test(key) && Array.isArray(value) ? value : [],
  );
  const named = new Map<Msisdn, string>();
  for (const item of refused as unknown[]) {
    const entry = typeof item === 'object' && item !== null ? item : { msisdn: item };
    const number = parseMsisdn(String(ownProperty(entry, 'msisdn') ?? ownProperty(entry, 'number')));
    if (typeof number !== 'number' || !sent.includes(number)) {
      throw new ApiError('the server names a number it did not take, but none that was sent', {
        ambiguous: true,
        detail: excerpt(body),
      });
    }
    named.set(
      number,
      String(ownProperty(entry, 'rejectionReason') ?? ownProperty(entry, 'reason') ?? 'no reason given'),
    );
  }
  return Array.from(named, ([number, reason]) => ({ number, state: 'rejected', reason }));
}

function failure(response: HttpResponse): ApiError {
  const { status } = response;
  const detail = words(response);
  switch (status) {
    case 400:
      return new ApiError('the server refused the request (400)', { detail, refused: true });
    case 401:
      return new ApiError(
        'not authorized (401): the token is wrong, or the bot lives in the other region; check its tokenEnv and region',
        { detail, hopeless: true },
      );
    case 403:
      return new ApiError('forbidden (403): the token may not manage this bot', { detail, hopeless: true });
    case 404:
    case 410:
      return new ApiError(
        `not found (${status}): check the bot id and region; support of this API ended on 30 September 2023, so it may be gone`,
        { detail, hopeless: true },
      );
    default:
      return statusError(response, detail);
  }
}

/** The server's words, out of the spellings that its documentation and samples use. */
function words({ body }: HttpResponse): string {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== 'object' || answer === null) return excerpt(body);
    const found = ['title', 'message', 'reason', 'details']
      .map((key) => ownProperty(answer, key))
      .filter((value) => value !== undefined && value !== '')
      .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
    return found.length > 0 ? excerpt(found.join(': ')) : excerpt(body);
  } catch {
    return excerpt(body);
  }
}
