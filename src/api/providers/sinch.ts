/**
 * The Sinch standalone WhatsApp API: requests and answers of its blacklist endpoint.
 *
 * Facts are from the vendor's documentation. If it is silent, both readings are accepted: a page past the end may be
 * empty or a 400, numbers may have a plus or not, and a 200 may have a body that lists numbers it did not take.
 */
import type { Answer, Writer } from '../../apply/batches.ts';
import type { PageReader } from '../../live/pages.ts';
import type { Caps, Settings } from '../../model/bot.ts';
import { ApiError } from '../../model/errors.ts';
import type { Unapplied } from '../../model/ledger.ts';
import { type Msisdn, parseMsisdn } from '../../numbers/msisdn.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';
import { statusError } from '../status.ts';
import { excerpt, jsonIn, jsonOf, nonsense, ownProperty, parseJson, readListed, textOf } from './json.ts';

const caps: Caps = {
  batchSize: 20,
  settleTime: 5 * 60_000,
  capacity: Number.POSITIVE_INFINITY,
  perNumber: false,
  addNeedsContact: false,
  mayRename: false,
};

export const sinch = {
  kind: 'sinch',
  caps,

  /** Without --base-url, tokens are sent only to the hosts of the regions. */
  locate({ region }: Settings) {
    return { host: `https://${region}.whatsapp.api.sinch.com`, path: '' };
  },

  /** Reads the list by page index. Page 0 is the first page; an empty page is after the end. */
  reader(connection: ReadConnection, bot: string): PageReader {
    return {
      kind: 'pages',
      pageSize: 100,
      page: (index) => connection.get(`${pathOf(bot)}?page=${index}`, (response) => parsePage(response, index)),
    };
  },

  /** Adds and removes 1 to 20 numbers at a time. Both requests are idempotent. */
  writer(connection: WriteConnection, bot: string): Writer {
    const write = (method: 'POST' | 'DELETE') => (numbers: readonly Msisdn[]) => {
      const parse = (response: HttpResponse, lost: boolean): Answer => {
        return { undone: parseWrite(response, numbers), listed: new Map(), lost };
      };
      return connection.write(method, pathOf(bot), { numbers: numbers.map(String) }, parse);
    };
    return { batchSize: caps.batchSize, add: write('POST'), remove: write('DELETE') };
  },
};

function pathOf(bot: string): string {
  return `/whatsapp/v1/${encodeURIComponent(bot)}/provision/blacklist`;
}

function parsePage(response: HttpResponse, index: number): readonly Msisdn[] {
  if (response.status === 400 && index > 0) return []; // one of the two answers past the end
  if (response.status !== 200) throw failure(response);
  const numbers = ownProperty(parseJson(response), 'numbers');
  if (!Array.isArray(numbers)) throw nonsense('the list has no "numbers" array', response);
  return numbers.map((item: unknown) => readListed(item, response));
}

/** Returns the numbers that the answer lists as not done. All others are done. */
function parseWrite(response: HttpResponse, sent: readonly Msisdn[]): readonly Unapplied[] {
  const { status, body } = response;
  if (status !== 200 && status !== 201 && status !== 202 && status !== 204) throw failure(response);
  if (body.trim() === '') return [];
  // Documented as empty. A sibling endpoint answers 200 with {"failedTo…Numbers": [{"msisdn", "rejectionReason"}]}.
  const answer = parseJson(response);
  const lists = Object.entries(answer).filter(([key, value]) => /fail/i.test(key) && Array.isArray(value));
  if (lists.length === 0 && ERROR_KEYS.some((key) => Object.hasOwn(answer, key))) throw disguised(response, answer);
  const rejected = new Map<Msisdn, string>();
  for (const item of lists.flatMap(([, list]): unknown[] => list)) {
    const entry = typeof item === 'object' && item !== null ? item : { msisdn: item };
    const number = parseMsisdn(textOf(ownProperty(entry, 'msisdn') ?? ownProperty(entry, 'number')) ?? '');
    if (typeof number !== 'number' || !sent.includes(number)) {
      const message = 'the server names a number it did not take, but none that was sent';
      throw new ApiError(message, { ambiguous: true, detail: excerpt(body) });
    }
    const reason = textOf(ownProperty(entry, 'rejectionReason') ?? ownProperty(entry, 'reason'));
    rejected.set(number, reason ?? 'no reason given');
  }
  return Array.from(rejected, ([number, reason]) => ({ number, state: 'rejected', reason }));
}

/**
 * Makes the error of a body that is an error of the API although the status is not. Some of them name the status that
 * was meant: {"message": "401", "reason": "Unauthorized bot"}. Whether the write took effect is not known.
 */
function disguised(response: HttpResponse, answer: object): ApiError {
  const named = ['message', 'status', 'code'].map((key) => Number(textOf(ownProperty(answer, key))));
  const status = named.find((each) => Number.isInteger(each) && each >= 400 && each < 600) ?? 400;
  const { message, ...facts } = failure({ ...response, status });
  return new ApiError(`the server answered ${response.status} with an error: ${message}`, {
    ...facts,
    ambiguous: true,
  });
}

function failure(response: HttpResponse): ApiError {
  const detail = words(response);
  if (response.status === 400) return new ApiError('the server refused the request (400)', { detail, refused: true });
  const hopeless = HOPELESS[response.status];
  return hopeless ? new ApiError(hopeless, { detail, hopeless: true }) : statusError(response, detail);
}

const ENDED = 'support of this API ended on 30 September 2023, so it may be gone';
const notFound = (status: number) => `not found (${status}): check the bot id and region; ${ENDED}`;
const HOPELESS: Readonly<Record<number, string>> = {
  401: 'not authorized (401): the token is wrong, or the bot lives in the other region; check its tokenEnv and region',
  403: 'forbidden (403): the token may not manage this bot',
  404: notFound(404),
  410: notFound(410),
};

const ERROR_KEYS = ['title', 'message', 'reason', 'details', 'error', 'errors'] as const;

/** Reads the server's words from the keys that its documentation and samples use. */
function words({ body }: HttpResponse): string {
  const answer = jsonIn(body);
  const found = ERROR_KEYS.map((key) => ownProperty(answer, key))
    .filter((value) => value !== undefined && value !== '')
    .map((value) => (typeof value === 'string' ? value : jsonOf(value)));
  return excerpt(found.join(': ') || body);
}
