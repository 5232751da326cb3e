/** Requests on the wire, and how the program handles servers that fail or misbehave. */
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type Api,
  type ApiOptions,
  accounted,
  type Fault,
  type Finished,
  makeDesired,
  reportOf,
  results,
  run,
  type Seen,
  startApi,
  TOKEN,
  uk,
  us,
} from './harness.ts';

const LIVE = uk(30);
const DESIRED = uk(30, 5); // 5 to add, 5 to remove

interface World {
  readonly api: Api;
  readonly cwd: string;
  blacklistctl(args: readonly string[], env?: Record<string, string>): Promise<Finished>;
}

async function makeWorld(options: ApiOptions = {}, live = LIVE, desired = DESIRED): Promise<World> {
  const api = await startApi(options);
  api.sandbox.set('support', live);
  const cwd = makeDesired({ support: desired });
  const blacklistctl: World['blacklistctl'] = (args, env = {}) =>
    run([...args, '--rate', '0', '--format', 'json'], { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });
  return { api, cwd, blacklistctl };
}

/** Returns a fault for the first `times` matching requests, and passes all others. */
function sometimes(fits: (request: Seen) => boolean, fault: Fault, times = 1): (request: Seen) => Fault {
  let left = times;
  return (request) => (fits(request) && left-- > 0 ? fault : 'pass');
}

const isRead = ({ method }: Seen) => method === 'GET';
const isWrite = ({ method }: Seen) => method !== 'GET';
const always = Number.POSITIVE_INFINITY;
const repeated = ({ seen }: Api) =>
  seen.length - new Set(seen.map(({ method, path, body }) => method + path + body)).size;

describe('a request', () => {
  test('has the documented form, with a body on DELETE', async () => {
    const { api, blacklistctl } = await makeWorld();
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    const path = '/whatsapp/v1/support/provision/blacklist';
    expect(api.reads().map((each) => each.path)).toEqual(expect.arrayContaining([`${path}?page=0`, `${path}?page=1`]));
    expect(api.writes()).toMatchObject([
      { method: 'POST', path, body: JSON.stringify({ numbers: uk(5, 30) }) },
      { method: 'DELETE', path, body: JSON.stringify({ numbers: uk(5) }) },
    ]);
    for (const { headers, body } of api.seen) {
      expect(headers).toMatchObject({
        authorization: `Bearer ${TOKEN}`,
        accept: 'application/json',
        'user-agent': expect.stringMatching(/^blacklistctl\/\d+\.\d+\.\d+$/),
      });
      expect(headers['accept-encoding'] ?? 'identity').toBe('identity');
      if (body)
        expect(headers).toMatchObject({ 'content-type': 'application/json', 'content-length': `${body.length}` });
    }
  });

  test('reuses an open connection', async () => {
    const { api, blacklistctl } = await makeWorld({}, us(1000), us(3000));
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    expect(api.seen.length).toBeGreaterThan(100);
    expect(api.sockets()).toBeLessThanOrEqual(8);
  });

  test('succeeds although the server closes connections that it promised to keep', async () => {
    const { api, blacklistctl } = await makeWorld(
      { fault: (_, index) => (index % 5 === 4 ? 'close' : 'pass') },
      us(300),
      us(500),
    );
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    expect(api.list('support')).toEqual(us(500).sort());
    expect(api.sockets()).toBeGreaterThan(1);
  });

  test('is sent alone, on one connection, with --concurrency 1', async () => {
    const { api, blacklistctl } = await makeWorld({}, us(300), us(500));
    expect((await blacklistctl(['apply', '--yes', '--concurrency', '1'])).code).toBe(0);
    expect({ peak: api.peak('support'), sockets: api.sockets() }).toEqual({ peak: 1, sockets: 1 });
    expect(
      api
        .reads()
        .slice(0, 4)
        .map(({ page }) => page),
    ).toEqual([0, 1, 2, 3]);
  });

  test('may list numbers in any form, which plan reads as the same numbers', async () => {
    const odd = JSON.stringify({ numbers: [LIVE[0], `+${LIVE[1]}`, Number(LIVE[2]), `+44 7700 900-003`] });
    const { blacklistctl } = await makeWorld({
      fault: ({ page }) => ({ status: 200, body: page === 0 ? odd : '{"numbers":[]}' }),
    });
    expect(reportOf(await blacklistctl(['plan'])).summary).toMatchObject({ add: 30, remove: 4 });
  });
});

describe('a failure that is not retried', () => {
  test.each([
    [401, /token is wrong, or the bot is in the other region/],
    [403, /is not allowed to manage this bot/],
    [404, /check the bot id and region.*may be gone/],
    [410, /check the bot id and region.*may be gone/],
    [400, /refused the request \(400\)/],
    [405, /405/],
    [501, /501/],
    [204, /204/],
  ])('%i ends the read after one request', async (status, says) => {
    const { api, blacklistctl } = await makeWorld({
      fault: () => ({ status, body: status === 204 ? '' : '{"message":"the words","reason":"of the server"}' }),
    });
    const planned = await blacklistctl(['plan', '--concurrency', '1']);
    const { error } = reportOf(planned).bots[0]!;
    expect(planned.code).toBe(1);
    expect(error!.message).toMatch(says);
    if (status !== 204) expect(error!.detail).toBe('the words: of the server');
    expect(api.seen).toHaveLength(1);

    api.forget();
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(1);
    expect(repeated(api)).toBe(0);
    expect(api.writes()).toHaveLength(0);
  });

  test.each([401, 404, 410, 501])(
    '%i to a write ends the writes of that bot, and no request is repeated',
    async (status) => {
      const { api, blacklistctl } = await makeWorld({ fault: sometimes(isWrite, { status }, always) }, [], us(2000));
      const applied = await blacklistctl(['apply', '--yes']);
      expect(applied.code).toBe(1);
      expect(accounted(reportOf(applied).bots[0]!)).toBe(2000);
      expect(api.writes().length).toBeLessThanOrEqual(8); // requests in flight when the first answer arrived
      expect(repeated(api)).toBeLessThanOrEqual(0);
    },
  );

  test.each([
    ['message and details', { message: 'Bad thing', details: 'More of it' }, 'Bad thing: More of it'],
    ['message and reason', { message: 'Validation error', reason: 'Field [x]' }, 'Validation error: Field [x]'],
    ['title and reason', { title: 'Oh', reason: 'no' }, 'Oh: no'],
    ['parts that are not text', { message: 500, details: { a: [1] } }, '500: {"a":[1]}'],
    ['another shape', ['what'], '["what"]'],
    ['HTML', '<html><b>502</b></html>', '<html><b>502</b></html>'],
    ['nothing', '', null],
  ])('has the message of the server in the report: %s', async (_, body, words) => {
    const { blacklistctl } = await makeWorld({
      fault: () => ({ status: 403, body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    expect(reportOf(await blacklistctl(['plan'])).bots[0]!.error!.detail).toBe(words);
  });

  test.each<[string, Fault]>([
    ['HTML with a 200', { status: 200, body: '<html>Sign in to the airport</html>' }],
    ['JSON that is not a list', { status: 200, body: '{"message":"maintenance","details":"soon"}' }],
    ['a list under another type', { status: 200, body: '{"numbers":"+447700900000"}' }],
    ['an entry that is not a number', { status: 200, body: '{"numbers":["+447700900000","hello"]}' }],
    ['a number of 16 digits', { status: 200, body: '{"numbers":["+4477009000000000"]}' }],
    ['an inherited list', { status: 200, body: '{"__proto__":{"numbers":[]}}' }],
    ['nothing', { status: 200, body: '' }],
    ['half of the JSON', { status: 200, body: '{"numbers":["+4477009000' }],
    ['2 MiB', { status: 200, body: `{"numbers":[${' '.repeat(2 ** 21)}]}` }],
    ['another protocol', 'garbage'],
    ['20 kB of headers', { status: 200, body: '{"numbers":[]}', headers: { 'x-long': 'x'.repeat(20_000) } }],
    ['a compressed list', { status: 200, body: gzipSync('{"numbers":[]}'), headers: { 'content-encoding': 'gzip' } }],
  ])('a page of %s never becomes a plan', async (_, fault) => {
    const { api, blacklistctl } = await makeWorld(
      { fault: sometimes(({ page }) => page === 1, fault, always) },
      us(250),
    );
    const applied = await blacklistctl(['apply', '--yes', '--retries', '1']);
    const report = reportOf(applied);
    expect({ code: applied.code, outcome: report.outcome }).toEqual({ code: 1, outcome: 'failed' });
    expect(report.bots[0]).toMatchObject({ add: [], remove: [], error: { message: expect.any(String) } });
    expect(api.writes()).toHaveLength(0);
    expect(api.reads().filter(({ page }) => page === 1).length).toBeLessThanOrEqual(2);
  });

  test.each<[string, Fault]>([
    ['400', { status: 400, body: '{"message":"Validation error","reason":"Field [page]"}' }],
    ['an empty list', { status: 200, body: '{"numbers":[]}' }],
  ])('%s for a middle page, each time, is an error and not the end of the list', async (_, fault) => {
    const { api, blacklistctl } = await makeWorld(
      { fault: sometimes(({ page }) => page === 2, fault, always) },
      us(600),
      us(600),
    );
    const planned = await blacklistctl(['plan']);
    expect({ code: planned.code, outcome: reportOf(planned).outcome }).toEqual({ code: 1, outcome: 'failed' });
    expect(api.writes()).toHaveLength(0);
  });

  test('a missing server, or one without TLS, is reported', async () => {
    const { api, blacklistctl } = await makeWorld();
    const plan = (url: string) => blacklistctl(['plan', '--retries', '0', '--concurrency', '1', '--base-url', url]);
    const message = async (url: string) => {
      const { code, ...rest } = await plan(url);
      expect(code).toBe(1);
      return reportOf({ code, ...rest }).bots[0]!.error!.message;
    };
    // Port 1 has no server on any machine that runs tests.
    expect(await message('http://127.0.0.1:1')).toMatch(
      /^the connection to 127\.0\.0\.1:1 failed \(ECONNREFUSED\); start the sandbox with: blacklistctl sandbox --port 1$/,
    );
    expect(await message(`https://127.0.0.1:${api.port}`)).toContain('does not use TLS; write http:// in --base-url');
    expect(api.seen).toHaveLength(0);
  });

  test('a list whose pages are all the same is an error', async () => {
    const { api, blacklistctl } = await makeWorld({
      fault: () => ({ status: 200, body: JSON.stringify({ numbers: us(100) }) }),
    });
    const planned = await blacklistctl(['plan']);
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error!.message).toContain('same page');
    expect(api.seen.length).toBeLessThanOrEqual(2 * 9);
  });
});

describe('a temporary failure', () => {
  test.each<[string, Fault]>([
    ['503', { status: 503 }],
    ['503 after the request took effect', { status: 503, done: true }],
    ['503 with Retry-After in seconds', { status: 503, headers: { 'retry-after': '1' } }],
    ['503 with a date that has passed', { status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } }],
    ['503 with an invalid Retry-After', { status: 503, headers: { 'retry-after': '-5 bananas' } }],
    ['429', { status: 429, headers: { 'retry-after': '0' } }],
    ['500, which is how this API throttles', { status: 500, body: '{"message":"Request could not be processed"}' }],
    ['502 in HTML', { status: 502, body: '<html>Bad gateway</html>' }],
    ['504', { status: 504 }],
    ['a connection cut before the request', 'reset'],
    ['a connection cut after the request took effect', 'reset-after'],
  ])('is retried for a read and for a write: %s', async (_, fault) => {
    const read = sometimes(isRead, fault);
    const write = sometimes(isWrite, fault);
    const { api, blacklistctl } = await makeWorld({
      fault: (request) => (isRead(request) ? read(request) : write(request)),
    });
    const applied = await blacklistctl(['apply', '--yes']);
    expect(reportOf(applied)).toMatchObject({ outcome: 'applied', bots: [{ results: { applied: 10 } }] });
    expect(applied.code).toBe(0);
    expect(api.list('support')).toEqual([...DESIRED].sort());
    expect(api.writes()).toHaveLength(3);
  });

  test.each<[string, Fault]>([
    ['cut in the middle', 'truncate'],
    ['not JSON', { status: 200, body: 'oops' }],
  ])('of a page that is %s is retried, and no part of the page is used', async (_, fault) => {
    const { api, blacklistctl } = await makeWorld({ fault: sometimes(({ page }) => page === 0, fault) });
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    expect(api.list('support')).toEqual([...DESIRED].sort());
  });

  test.each<[string, Fault]>([
    ['that never comes', 'hang'],
    ['that never comes although the write took effect', 'hang-after'],
    ['that arrives a byte at a time without end', 'drip'],
  ])('of an answer %s is retried after --timeout', async (_, fault) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const { api, blacklistctl } = await makeWorld({ fault: sometimes(isWrite, fault) });
    const applying = blacklistctl(['apply', '--yes', '--timeout', '500ms']);
    await api.arrival(isWrite);
    vi.advanceTimersByTime(499);
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(api.writes()).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(reportOf(await applying).outcome).toBe('applied');
    expect(api.list('support')).toEqual([...DESIRED].sort());
    expect(api.writes().map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
  });

  test('is final if the server asks to wait an hour', async () => {
    const { api, blacklistctl } = await makeWorld({
      fault: () => ({ status: 503, headers: { 'retry-after': '3600' } }),
    });
    const planned = await blacklistctl(['plan']);
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error!.message).toContain(
      'requires a wait of 3600 s, and a run waits at most 120 s',
    );
    expect(repeated(api)).toBe(0);
  });

  test('of a write that never ends leaves its numbers unknown, and no remove is sent', async () => {
    const { api, blacklistctl } = await makeWorld({ fault: sometimes(isWrite, { status: 500 }, always) });
    const applied = await blacklistctl(['apply', '--yes', '--retries', '1']);
    const { bots } = reportOf(applied);
    expect(applied.code).toBe(1);
    expect(bots[0]!.results).toEqual(results({ unknown: 5, unknownAdds: 5, skipped: 5, skippedRemoves: 5 }));
    expect(api.writes().map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('of the server in the middle of the writes leaves the rest to the next run', async () => {
    let writes = 0;
    let dying = true;
    const { api, blacklistctl } = await makeWorld(
      { fault: (request) => (dying && (writes > 3 || (isWrite(request) && ++writes > 3)) ? 'reset' : 'pass') },
      [],
      us(400),
    );
    const applied = await blacklistctl(['apply', '--yes', '--retries', '1']);
    const [bot] = reportOf(applied).bots;
    expect(applied.code).toBe(4);
    expect(accounted(bot!)).toBe(400);
    expect(bot!.results.applied).toBe(60);
    dying = false;
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    expect(api.list('support')).toEqual(us(400).sort());
  });

  test('that loses an answer leaves the numbers unknown, as a list that is read at once may be older', async () => {
    const { blacklistctl } = await makeWorld({ fault: sometimes(isWrite, 'reset-after', always) });
    const applied = await blacklistctl(['apply', '--yes', '--retries', '0']);
    expect(reportOf(applied).bots[0]!.results).toMatchObject({ applied: 0, unknown: 5, skipped: 5 });
    expect(applied.code).toBe(1);
    expect((await blacklistctl(['plan', '--detailed-exitcode'])).code).toBe(2);
  });

  test('of many kinds in one run ends with live equal to desired', async () => {
    const storm: Fault[] = [{ status: 503 }, { status: 500, done: true }, 'reset', 'reset-after', { status: 429 }];
    const { api, blacklistctl } = await makeWorld(
      {
        fault: (request, index) => {
          if (index % 9 === 4) return storm[((index / 9) % 5) | 0]!;
          return isRead(request) && index % 13 === 5 ? 'truncate' : 'pass';
        },
      },
      us(400),
      us(500, 50),
    );
    const applied = await blacklistctl(['apply', '--yes', '--retries', '10']);
    expect(applied.code).toBe(0);
    expect(api.list('support')).toEqual(us(500, 50).sort());
  });
});

describe('a 200 with refused numbers', () => {
  test('rejects exactly these, and the others are applied', async () => {
    const body = JSON.stringify({
      failedToBlacklistNumbers: [{ msisdn: `+${uk(1, 31)[0]}`, rejectionReason: 'No such line' }],
    });
    const rest = uk(5, 30).filter((number) => number !== uk(1, 31)[0]);
    const { api, blacklistctl } = await makeWorld({
      fault: ({ method }) => {
        if (method !== 'POST') return 'pass';
        api.sandbox.set('support', [...LIVE, ...rest]);
        return { status: 200, body };
      },
    });
    const applied = await blacklistctl(['apply', '--yes']);
    expect(applied.code).toBe(4);
    expect(reportOf(applied).bots[0]!.results).toMatchObject({
      applied: 8,
      skipped: 0,
      withheld: 1, // one digit away from the refused number
      rejected: [{ number: `+${uk(1, 31)[0]}`, direction: 'add', reason: 'No such line' }],
    });
    expect(api.writes()).toHaveLength(2);
  });
});

// ── The token ────────────────────────────────────────────────────────────────────────────────────────────────────────

const FORMS = [TOKEN, Buffer.from(TOKEN).toString('base64'), encodeURIComponent(TOKEN), JSON.stringify(TOKEN)];

/** Returns the longest piece of the token in the text. */
function longestPiece(text: string): string {
  for (let length = TOKEN.length; length > 0; length--) {
    for (let from = 0; from + length <= TOKEN.length; from++) {
      const piece = TOKEN.slice(from, from + length);
      if (text.includes(piece)) return piece;
    }
  }
  return '';
}

describe('a token that the server echoes', () => {
  const said = FORMS.join(' and ');
  const everywhere = JSON.stringify({ title: said, message: FORMS, details: { deep: said }, reason: said });
  const headers = {
    location: `http://example.com/${encodeURIComponent(TOKEN)}`,
    'x-echo': TOKEN,
    'retry-after': TOKEN,
  };

  test.each<[string, (request: Seen) => Fault]>([
    ['in a 401', () => ({ status: 401, body: everywhere, headers })],
    ['in a redirect', () => ({ status: 302, body: everywhere, headers })],
    ['in HTML', () => ({ status: 200, body: `<p>${said}</p>`, headers })],
    ['as numbers', () => ({ status: 200, body: JSON.stringify({ numbers: FORMS }), headers })],
    ['in a 503', () => ({ status: 503, body: everywhere, headers })],
    ['in a 400 to every write', (request) => (isRead(request) ? 'pass' : { status: 400, body: everywhere, headers })],
    [
      'in a 200 to a write',
      ({ method, numbers }) =>
        method === 'GET'
          ? 'pass'
          : { status: 200, body: JSON.stringify({ failed: [{ msisdn: numbers[0], rejectionReason: said }] }), headers },
    ],
  ])('%s is redacted in every format, on stdout and stderr', async (_, fault) => {
    const { api, cwd } = await makeWorld({ fault });
    for (const format of ['json', 'text']) {
      const args = ['apply', '--yes', '--verbose', '--rate', '0', '--retries', '0', '--format', format];
      const { output } = await run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } });
      expect(output).toMatch(/\[token\]|\[withheld: it contains a token\]/);
      for (const form of FORMS) expect(output).not.toContain(form);
      expect(longestPiece(output).length).toBeLessThan(8);
    }
  });

  test.each([4, 11, 14, 20, 27])('and cuts after %i characters is redacted', async (kept) => {
    const words = 'x'.repeat(200 - kept) + TOKEN;
    const { blacklistctl } = await makeWorld({
      fault: () => ({ status: 403, body: JSON.stringify({ message: words }) }),
    });
    expect(longestPiece((await blacklistctl(['plan'])).output).length).toBeLessThan(8);
  });

  test('and that contains seven digits in a row is redacted if numbers are masked', async () => {
    const token = 'secret-1234567890-canary';
    const { blacklistctl } = await makeWorld({
      fault: () => ({ status: 403, body: JSON.stringify({ message: token }) }),
    });
    const { output } = await blacklistctl(['plan'], { SINCH_WHATSAPP_TOKEN: token, CI: 'true' });
    expect(output).not.toMatch(/secret|canary/);
  });
});

describe('a host that is not there', () => {
  test.each([
    ['a short list', uk(3)],
    ['a list of many pages', us(2_000)],
  ])('on this machine ends the run after two seconds, with what to start: %s', async (_, desired) => {
    const cwd = makeDesired({ first: desired, second: desired, third: desired, fourth: desired, fifth: desired });
    // Port 1 has no server on any machine that runs tests.
    const args = ['plan', '--retries', '20', '--parallel', '1', '--format', 'json', '--base-url', 'http://127.0.0.1:1'];
    const planned = await run(args, { cwd });
    const [first, ...others] = reportOf(planned).bots;
    expect(planned.code).toBe(1);
    expect(first!.error!.message).toMatch(
      /^not reached within 2 s: the connection to 127\.0\.0\.1:1 failed \(ECONNREFUSED\).*; start the sandbox with: /,
    );
    // Their hosts are the same, so none of them sends a request.
    for (const { error } of others) {
      expect(error!.message).toMatch(/^not reached within 2 s: .* \(ECONNREFUSED\); start the sandbox with: /);
      expect(error!.message).not.toContain('tried');
    }
    expect(others).toHaveLength(4);
  });
});
