/**
 * The Sinch standalone WhatsApp API: requests and answers of its blacklist endpoint.
 *
 * The facts are from the vendor's documentation. Both readings of unclear parts are accepted: a page after
 * the end may be empty or a 400, numbers may have a plus or not, and the body of a 200 may list failed
 * numbers.
 */
import type { Answer, Writer } from '../../apply/writer.ts';
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

/** A page has 100 numbers of at most 20 bytes. The rest is room for white space, for other fields and for errors. */
const PAGE_BYTES = 32 * 1024;

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
      page: (index) => {
        const page = { path: `${pathOf(bot)}?page=${index}`, mostBytes: PAGE_BYTES };
        return connection.get(page, (response) => parsePage(response, index));
      },
    };
  },

  /** Adds and removes 1 to 20 numbers at a time. Both requests are idempotent. */
  writer(connection: WriteConnection, bot: string): Writer {
    const write = (method: 'POST' | 'DELETE') => (numbers: readonly Msisdn[]) => {
      const parse = (response: HttpResponse, lost: boolean): Answer => {
        return { undone: parseWrite(response, numbers), listed: new Map(), lost };
      };
      return connection.write(method, pathOf(bot), () => ({ numbers: numbers.map(String) }), parse);
    };
    return { batchSize: caps.batchSize, add: write('POST'), remove: write('DELETE') };
  },
};

function pathOf(bot: string): string {
  return `/whatsapp/v1/${encodeURIComponent(bot)}/provision/blacklist`;
}

/** Reports whether a status has another cause than a page after the end. */
const isOtherError = (status: number) => [401, 403, 404, 410, 429].includes(status) || status >= 500;

function parsePage(response: HttpResponse, index: number): readonly Msisdn[] | 'refused' {
  if (response.status === 400 && index > 0) {
    const named = namedStatus(response.body);
    if (named !== undefined && isOtherError(named)) throw meant(response, named);
    return 'refused'; // after the end, the API may answer 400 or an empty page
  }
  if (response.status !== 200) throw failure(response);
  const numbers = ownProperty(parseJson(response), 'numbers');
  if (!Array.isArray(numbers)) throw nonsense('the list has no "numbers" array', response);
  return numbers.map((item: unknown) => readListed(item, response));
}

/**
 * Returns the numbers that the answer lists as failed. All others are done.
 *
 * | body of a 200                                | meaning                                        |
 * | -------------------------------------------- | ---------------------------------------------- |
 * | empty (as documented), `{}`, success in words | every number is done                           |
 * | failures of numbers that were sent           | the others are done                            |
 * | contains a status, as `{"message": "401"}`   | the error of that status; numbers may be done  |
 * | contains other words of an error             | a refusal; numbers may be done                 |
 * | any other                                    | not an answer of this API; numbers may be done |
 */
function parseWrite(response: HttpResponse, sent: readonly Msisdn[]): readonly Unapplied[] {
  const { status, body } = response;
  if (status !== 200 && status !== 201 && status !== 202 && status !== 204) throw failure(response);
  if (body.trim() === '') return [];
  const answer = parseJson(response);
  if (Array.isArray(answer)) throw disguised(response, body);
  // A sibling endpoint answers 200 with {"failedTo…Numbers": [{"msisdn", "rejectionReason"}]}.
  const facts = Object.entries(answer);
  const failures = facts.flatMap((fact): unknown[] => (isFailureList(fact) ? fact[1] : []));
  const rest = facts.filter((fact) => !isFailureList(fact));
  const text = jsonOf(Object.fromEntries(rest)) ?? body;
  if (failures.length === 0 ? !rest.every(isSuccess) : namedStatus(text)) throw disguised(response, text);
  const rejected = new Map<Msisdn, string>();
  for (const item of failures) {
    const entry = typeof item === 'object' && item !== null ? item : { msisdn: item };
    const number = parseMsisdn(textOf(ownProperty(entry, 'msisdn') ?? ownProperty(entry, 'number')) ?? '');
    if (typeof number !== 'number' || !sent.includes(number)) {
      const message = 'the server reports a failed number that was not sent; check the list with plan';
      throw new ApiError(message, { ambiguous: true, detail: excerpt(body) });
    }
    const reason = textOf(ownProperty(entry, 'rejectionReason') ?? ownProperty(entry, 'reason'));
    rejected.set(number, reason ?? 'no reason given');
  }
  return Array.from(rejected, ([number, reason]) => ({ number, state: 'rejected', reason }));
}

type Fact = readonly [key: string, value: unknown];

function isFailureList(fact: Fact): fact is readonly [string, unknown[]] {
  return /fail/i.test(fact[0]) && Array.isArray(fact[1]);
}

function isSuccess([key, value]: Fact): boolean {
  return key === 'success' ? value === true : key === 'status' && /^(ok|success)$/i.test(textOf(value) ?? '');
}

/** Makes the error of a 200 whose body does not report success. The write may have taken effect. */
function disguised(response: HttpResponse, text: string): ApiError {
  const status = namedStatus(text) ?? (ERROR_WORDS.test(text) ? 400 : undefined);
  if (status === undefined) return nonsense('the answer does not contain the results of the numbers', response);
  return meant(response, status);
}

/** Makes the error of the status that a body contains. A write with such an answer may have taken effect. */
function meant(response: HttpResponse, status: number): ApiError {
  const { message, ...facts } = failure({ ...response, status });
  return new ApiError(`the server answered ${response.status} with an error: ${message}`, {
    ...facts,
    ambiguous: true,
  });
}

const ERROR_WORDS = /error|fault|fail|invalid|reject|denied|message|reason|title|detail|description/i;

/** Finds the status in a body whose answer has another status: {"message": "401", "reason": "Unauthorized bot"}. */
function namedStatus(json: string): number | undefined {
  let found: number | undefined;
  jsonIn(json, (key, value) => {
    const status = /^(message|reason|status|code|statusCode|httpCode)$/i.test(key) ? Number(textOf(value)) : Number.NaN;
    if (Number.isInteger(status) && status >= 400 && status < 600) found ??= status;
    return value;
  });
  return found ?? STATUS_WORDS.find(([words]) => words.test(json))?.[1];
}

const STATUS_WORDS: readonly (readonly [RegExp, number])[] = [
  [/unauthori[sz]ed/i, 401],
  [/forbidden/i, 403],
  [/too many requests|rate limit/i, 429],
  [/could not be processed/i, 500], // the documented text of throttling
];

function failure(response: HttpResponse): ApiError {
  const detail = words(response);
  if (response.status === 400)
    return new ApiError('the server refused the request (400); check the settings of the bot', {
      detail,
      refused: true,
    });
  const hopeless = HOPELESS[response.status];
  return hopeless ? new ApiError(hopeless, { detail, hopeless: true }) : statusError(response, detail);
}

const ENDED = 'Support for this API ended on 30 September 2023, so it may be gone.';
const notFound = (status: number) => `not found (${status}); check the bot id and region. ${ENDED}`;
const HOPELESS: Readonly<Record<number, string>> = {
  401: 'not authorized (401): the token is wrong, or the bot is in the other region. Check region and tokenEnv.',
  403: 'forbidden (403): the token is not allowed to manage this bot; check tokenEnv',
  404: notFound(404),
  410: notFound(410),
};

const ERROR_KEYS = ['title', 'message', 'reason', 'details', 'error', 'errors'] as const;

/** Returns the server's words, from the keys that its documentation and samples use. */
function words({ body }: HttpResponse): string {
  const answer = jsonIn(body);
  const found = ERROR_KEYS.map((key) => ownProperty(answer, key))
    .filter((value) => value !== undefined && value !== '')
    .map((value) => (typeof value === 'string' ? value : jsonOf(value)));
  return excerpt(found.join(': ') || body);
}
