import { describe, expect, test } from 'vitest';
import { open, openReadOnly } from '../../../src/api/connection.ts';
import { BEARER } from '../../../src/api/endpoints.ts';
import { Governor } from '../../../src/api/governor.ts';
import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';
import { sinch } from '../../../src/api/providers/sinch.ts';
import { ApiError } from '../../../src/model/errors.ts';
import * as fc from '../../fast-check.ts';
import { VirtualClock } from '../../simulation/clock.ts';

const SAMPLE = 46_732_001_122;

function connect(status: number, body: string, headers: Partial<HttpResponse['headers']> = {}, retries = 0) {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const governor = new Governor({ concurrency: 8, rate: 0, retries, clock, random: () => 0, stop: signal });
  const requests: HttpRequest[] = [];
  const endpoint = { baseUrl: 'https://eu1.whatsapp.api.sinch.com', token: 'secret', tokenHeader: BEARER };
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    return { status, body, headers: { retryAfter: null, location: null, date: null, ...headers } };
  };
  const line = open(endpoint, governor, send);
  return {
    reader: sinch.reader(line, 'my.bot'),
    writer: sinch.writer(line, 'my.bot'),
    requests,
    settle: <T>(promise: Promise<T>) => clock.run(promise),
    readOnly: openReadOnly(endpoint, governor, send),
  };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => null,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
}

/** Reports whether a body means success. It may contain empty lists of failures. */
function saysSuccess(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false;
  return Object.entries(body).every(
    ([key, value]) =>
      (/fail/i.test(key) && Array.isArray(value) && value.length === 0) ||
      (key === 'success' && value === true) ||
      (key === 'status' && ['ok', 'success'].includes(value)),
  );
}

describe('a request has the form that the vendor documents', () => {
  test('reads the list', async () => {
    const { reader, requests } = connect(200, '{"numbers":[]}');
    await reader.page(3);
    expect(requests).toEqual([
      {
        method: 'GET',
        url: 'https://eu1.whatsapp.api.sinch.com/whatsapp/v1/my.bot/provision/blacklist?page=3',
        token: 'secret',
        tokenHeader: BEARER,
        mostBytes: 32 * 1024,
      },
    ]);
  });

  test('has room for a page of 100 of the longest numbers, with white space', () => {
    const numbers = Array(100).fill('+999999999999999');
    expect(JSON.stringify({ numbers }, null, 8).length * 8).toBeLessThan(32 * 1024);
  });

  test.each(['add', 'remove'] as const)('%s', async (direction) => {
    const { writer, requests } = connect(200, '');
    await writer[direction]([SAMPLE, SAMPLE + 1]);
    expect(requests[0]).toMatchObject({
      method: direction === 'add' ? 'POST' : 'DELETE',
      body: '{"numbers":["46732001122","46732001123"]}',
    });
  });

  test('a read-only connection has no method that writes', () => {
    const { readOnly } = connect(200, '');
    expect(Object.keys(readOnly).sort()).toEqual(['get', 'sent', 'tryGet']);
    // @ts-expect-error: the type has no such method
    expect(() => sinch.writer(readOnly, 'bot').add([SAMPLE])).toThrow(TypeError);
  });
});

describe('a page', () => {
  test.each([
    ['with a plus', '{"numbers":["+46732001122"]}'],
    ['without a plus', '{"numbers":["46732001122"]}'],
    ['as a number', '{"numbers":[46732001122]}'],
    ['with separators', '{"numbers":["+46 73-200 11 22"]}'],
    ['with dots and no plus, which files must not have', '{"numbers":["46.73.200.11.22"]}'],
    ['with a dash before its end, which files must not have', '{"numbers":["4673200-1122"]}'],
    ['with another key', '{"total":1,"numbers":["46732001122"]}'],
    ['with a prototype in it', '{"__proto__":{"numbers":[]},"numbers":["46732001122"]}'],
  ])('%s', async (_, body) => {
    expect(await connect(200, body).reader.page(0)).toEqual([SAMPLE]);
  });

  test.each([
    ['an empty answer', '', 'the answer is empty'],
    ['HTML', '<html>', 'the answer is not JSON'],
    ['cut JSON', '{"numbers":["4673', 'the answer is not JSON'],
    ['no list', '{"message":"x","details":"y"}', 'no "numbers" array'],
    ['a list from the prototype', '{"__proto__":{"numbers":["46732001122"]}}', 'no "numbers" array'],
    ['null', '{"numbers":null}', 'no "numbers" array'],
    ['an object for a list', '{"numbers":{"0":"46732001122"}}', 'no "numbers" array'],
    ['a nested list', '{"numbers":[["46732001122"]]}', 'is not text'],
    ['16 digits', '{"numbers":["4673200112233445"]}', 'has 16 digits'],
    ['a leading zero', '{"numbers":["046732001122"]}', 'starts with 0'],
    ['a blank', '{"numbers":[""]}', 'is empty'],
    ['an array', '["46732001122"]', 'no "numbers" array'],
  ])('with %s is an error that can be retried', async (_, body, message) => {
    const error = await errorOf(connect(200, body).reader.page(0));
    expect(error.message).toContain(message);
  });

  test.each([
    '{}',
    '',
    '<html>Bad request</html>',
    '{"message":"Validation error","reason":"Field [page] is past the last page."}',
    '{"message":"400","reason":"no such page"}',
    '{"code":422,"message":"page"}',
  ])('with status 400 refuses a page after page 0 and is an error on page 0: %s', async (body) => {
    expect(await connect(400, body).reader.page(1)).toBe('refused');
    expect((await errorOf(connect(400, body).reader.page(0))).refused).toBe(true);
  });

  test.each([
    ['401', '{"message":"401","reason":"Unauthorized bot"}', 1, true],
    ['401 in words', '{"message":"Unauthorized bot"}', 1, true],
    ['401 of a gateway', '<html>401 Unauthorized</html>', 1, true],
    ['403', '{"status":403}', 1, true],
    ['404', '{"statusCode":"404"}', 1, true],
    ['429', '{"code":429}', 2, false],
    ['429 in an envelope', '{"meta":{"developerMessage":"You have exceeded the endpoint rate limit"}}', 2, false],
    ['503', '{"error":{"code":503}}', 2, false],
    ['throttling', '{"message":"Request could not be processed"}', 2, false],
  ])('with status 400 and a body for %s is that error on any page', async (_, body, requests, hopeless) => {
    const connection = connect(400, body, {}, 1);
    const error = await connection.settle(connection.reader.page(1)).catch((reason) => reason);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ hopeless, refused: false });
    expect(connection.requests).toHaveLength(requests);
  });
});

describe('writes', () => {
  test('an empty 200 does every number', async () => {
    expect((await connect(200, '').writer.add([SAMPLE])).undone).toEqual([]);
  });

  test.each([
    [
      'as the sibling endpoint writes it',
      '{"failedToOptInNumbers":[{"msisdn":"46732001122","rejectionReason":"opted out"}]}',
      'opted out',
    ],
    ['with a plus and other names', '{"failed":[{"number":"+46732001122","reason":"bad"}]}', 'bad'],
    ['as bare numbers', '{"failedNumbers":["+46732001122"]}', 'no reason given'],
    ['twice', '{"failed":["46732001122"],"failures":[{"msisdn":"46732001122","reason":"bad"}]}', 'bad'],
  ])('a 200 with failed numbers rejects only these: %s', async (_, body, reason) => {
    expect((await connect(200, body).writer.add([SAMPLE, SAMPLE + 1])).undone).toEqual([
      { number: SAMPLE, state: 'rejected', reason },
    ]);
  });

  test('a 200 with a number that was not sent leaves the batch unknown', async () => {
    const error = await errorOf(connect(200, '{"failed":["+447700900123"]}').writer.add([SAMPLE]));
    expect(error).toMatchObject({ ambiguous: true, retry: 'no' });
  });

  test.each([
    ['with prose', '{"message":"Validation error","details":"no such number"}', { refused: true }],
    ['with a reason', '{"title":"Bad request","reason":"Field [numbers] can not be empty."}', { refused: true }],
    ['that names a status', '{"message":"401","reason":"Unauthorized bot"}', { hopeless: true }],
    ['with a code', '{"error":"unavailable","code":503}', { hopeless: false, refused: false }],
    ['in a list', '{"errors":[{"message":"no"}]}', { refused: true }],
  ])('a 200 whose body is an error %s is an error that may have taken effect', async (_, body, facts) => {
    const error = await errorOf(connect(200, body).writer.add([SAMPLE]));
    expect(error).toMatchObject({ ...facts, ambiguous: true });
    expect(error.message).toMatch(/^the server answered 200 with an error: /);
  });

  test.each(['<html>', '"ok"', 'OK', '[]', '{"numbers":[]}', '{"success":false}'])(
    'a 200 with %s is not an answer of the API',
    async (body) => {
      const error = await errorOf(connect(200, body).writer.add([SAMPLE]));
      expect(error).toMatchObject({ ambiguous: true, refused: false, hopeless: false });
    },
  );

  test.each([
    '{}',
    '{"failedNumbers":[]}',
    '{"status":"ok","failed":[]}',
    '{"status":"SUCCESS"}',
    '{"success":true}',
    '{"success":true,"status":"OK"}',
  ])('a 200 with %s does every number', async (body) => {
    expect((await connect(200, body).writer.remove([SAMPLE])).undone).toEqual([]);
  });

  const refused = { refused: true, hopeless: false };
  const passing = { refused: false, hopeless: false };
  const hopeless = { refused: false, hopeless: true };
  test.each([
    ['a status of error', { status: 'error', code: 401 }, hopeless],
    ['no success', { success: false }, passing],
    ['an error of a gateway', { fault: { faultstring: 'Rate limit quota violation' } }, passing],
    ['an envelope with a status', { meta: { httpCode: 400, developerMessage: 'slow down', success: false } }, refused],
    ['a capital key', { Message: 'Forbidden' }, hopeless],
    ['only a status', { statusCode: 500 }, passing],
    ['a nested exception', { requestError: { serviceException: { text: 'Invalid login' } } }, refused],
    ['a list of errors', [{ error: 'unauthorized' }], hopeless],
    ['a named error', { errorMessage: 'Bot is unknown', errorCode: 7 }, refused],
    ['a description', { description: 'Bot is suspended' }, refused],
    ['rejected numbers', { rejectedNumbers: [{ msisdn: SAMPLE, rejectionReason: 'invalid' }] }, refused],
    ['invalid numbers', { invalid: [SAMPLE] }, refused],
    ['failures in an object', { failed: { [SAMPLE]: 'invalid' } }, refused],
    ['an error and no failures', { message: 'Unauthorized bot', reason: '401', failedNumbers: [] }, hopeless],
    ['an error and a failure', { message: '401', failedNumbers: [SAMPLE] }, hopeless],
    ['a nested code', { data: { error: { code: 401 } } }, hopeless],
    ['a list', { numbers: [] }, passing],
    ['a message and a reason', { message: '401', reason: 'Unauthorized bot' }, hopeless],
    ['throttling', { message: 'Request could not be processed' }, passing],
    ['success and an error', { success: true, error: 'quota' }, refused],
    ['success and no success', { success: false, status: 'ok' }, passing],
  ])('a 200 with %s applies no number', async (_, body, facts) => {
    const error = await errorOf(connect(200, JSON.stringify(body)).writer.add([SAMPLE]));
    expect(error).toMatchObject({ ...facts, ambiguous: true });
  });

  test('any other JSON applies no number', async () => {
    const words = fc.constantFrom('ok', 'success', 'error', '401', '400', '', String(SAMPLE), `+${SAMPLE + 1}`);
    const keys = fc.constantFrom(
      'status',
      'success',
      'failed',
      'failedNumbers',
      'message',
      'code',
      'msisdn',
      'numbers',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.oneof(words, fc.boolean(), fc.integer({ min: -1, max: 600 }), fc.constant(null), fc.jsonValue()),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 3 }),
      ),
    }));
    const said = fc.oneof(
      { arbitrary: fc.dictionary(keys, fc.oneof(fc.boolean(), value), { maxKeys: 2 }), weight: 4 },
      value,
    );
    await fc.assert(
      fc.asyncProperty(said, async (body) => {
        const answer = connect(200, JSON.stringify(body)).writer.add([SAMPLE]);
        const undone = await answer.then((end) => end.undone.length).catch((error: unknown) => error);
        if (undone instanceof ApiError) expect(undone.ambiguous).toBe(true);
        else if (undone === 0) expect(body).toSatisfy(saysSuccess);
        else expect(undone).toBe(1);
      }),
      { numRuns: 1000 },
    );
  });
});

/** An object on which String and Number throw, and a list on which JSON.stringify throws. */
const NO_TEXT = '{"toString":1,"valueOf":1}';
const DEEP = '['.repeat(200_000) + ']'.repeat(200_000);

describe('values that cannot be converted to text', () => {
  test.each([
    ['a failed number', 200, `{"failedNumbers":[{"msisdn":${NO_TEXT}}]}`, { ambiguous: true }],
    ['a message under 200', 200, `{"message":${NO_TEXT}}`, { ambiguous: true }],
    ['a deep message under 200', 200, `{"message":${DEEP}}`, { ambiguous: true }],
    ['a deep message under 400', 400, `{"message":${DEEP}}`, { refused: true }],
    ['a deep message under 500', 500, `{"message":${DEEP}}`, { ambiguous: true }],
  ])('%s fails only its own request', async (_, status, body, facts) => {
    const error = await errorOf(connect(status, body).writer.add([SAMPLE]));
    expect(error).toMatchObject(facts);
    expect(error.message).not.toContain('cannot be parsed');
  });

  test('a reason that is not text leaves the number rejected', async () => {
    const body = `{"failed":[{"msisdn":"${SAMPLE}","rejectionReason":${NO_TEXT}}]}`;
    const undone = [{ number: SAMPLE, state: 'rejected', reason: 'no reason given' }];
    expect((await connect(200, body).writer.add([SAMPLE])).undone).toEqual(undone);
  });
});

describe('the error of a status', () => {
  test.each([
    [301, 'redirects', false, true, { location: 'https://evil.example/x?token=1' }],
    [400, 'refused', false, false, {}],
    [401, 'the token is wrong, or the bot is in the other region', false, true, {}],
    [403, 'forbidden', false, true, {}],
    [404, 'it may be gone', false, true, {}],
    [407, 'proxy', false, true, {}],
    [410, 'it may be gone', false, true, {}],
    [418, 'answered 418', false, true, {}],
    [429, 'throttling', false, false, {}],
    [500, 'failed (500)', true, false, {}],
    [501, 'answered 501', true, true, {}],
    [502, 'failed (502)', true, false, {}],
    [503, 'unavailable', true, false, {}],
    [504, 'failed (504)', true, false, {}],
  ])('%i: %s', async (status, message, ambiguous, hopeless, headers) => {
    const error = await errorOf(connect(status, '', headers).writer.add([SAMPLE]));
    expect(error.message).toContain(message);
    expect(error).toMatchObject({ ambiguous, hopeless, refused: status === 400 });
    expect(error.message).not.toContain('token=1');
  });

  test.each([
    ['{"message":"Bad","details":"numbers are wrong"}', 'Bad: numbers are wrong'],
    [
      '{"message":"Validation error","reason":"Field [numbers] can not be empty."}',
      'Validation error: Field [numbers] can not be empty.',
    ],
    ['{"title":"Oops","reason":"x"}', 'Oops: x'],
    ['{"reason":{"code":7}}', '{"code":7}'],
    ['<html>gateway</html>', '<html>gateway</html>'],
    ['', ''],
    ['7', '7'],
  ])("contains the server's words for each known key: %s", async (body, detail) => {
    expect((await errorOf(connect(400, body).reader.page(0))).detail).toBe(detail);
  });

  test('contains only the beginning of a long answer', async () => {
    expect((await errorOf(connect(500, 'x'.repeat(100_000)).reader.page(0))).detail).toHaveLength(201);
  });
});

describe('Retry-After', () => {
  const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
  test.each([
    ['seconds', { retryAfter: '7' }, 7000],
    ['a date, measured by the clock of the server', { retryAfter: 'Wed, 21 Oct 2026 07:28:09 GMT', date }, 9000],
    ['a date without a clock', { retryAfter: 'Wed, 21 Oct 2026 07:28:09 GMT' }, undefined],
    ['a date in the past', { retryAfter: 'Wed, 21 Oct 2026 07:27:00 GMT', date }, undefined],
    ['a negative number', { retryAfter: '-5' }, undefined],
    ['other text', { retryAfter: 'soon', date }, undefined],
    ['nothing', {}, undefined],
  ])('%s', async (_, headers, wait) => {
    const clock = new VirtualClock();
    let seen: number | undefined;
    const { signal } = new AbortController();
    const governor = new Governor({ concurrency: 1, rate: 0, retries: 0, clock, random: () => 0, stop: signal });
    const response = { status: 429, body: '', headers: { retryAfter: null, location: null, date: null, ...headers } };
    const original = governor.run.bind(governor);
    governor.run = (attempt) =>
      original(() =>
        attempt().catch((error: ApiError) => {
          seen = error.retryAfter;
          throw error;
        }),
      );
    const line = openReadOnly(
      { baseUrl: 'https://x.example', token: 't', tokenHeader: BEARER },
      governor,
      async () => response,
    );
    await errorOf(sinch.reader(line, 'bot').page(0));
    expect(seen).toBe(wait);
  });
});
