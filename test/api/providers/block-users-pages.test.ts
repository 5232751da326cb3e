import { describe, expect, test } from 'vitest';
import { open } from '../../../src/api/connection.ts';
import { BEARER } from '../../../src/api/endpoints.ts';
import { Governor } from '../../../src/api/governor.ts';
import type { HttpResponse } from '../../../src/api/http.ts';
import { whatsappCloud } from '../../../src/api/providers/meta.ts';
import { readCursors } from '../../../src/live/cursors.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { type CloudOptions, createCloudSandbox } from '../../../src/sandbox/whatsapp-cloud.ts';

const NUMBERS = Array.from({ length: 6_400 }, (_, index) => 447_700_900_000 + index);
const PATH = '/v25.0/1065/block_users';

interface Asked {
  readonly limit: number;
  readonly after: string | null;
  /** The count of requests before this one. */
  readonly index: number;
}
type Said = { status: number; body: unknown } | ApiError;

const asResponse = ({ status, body }: { status: number; body: unknown }): HttpResponse => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { retryAfter: null, location: null, date: null, usage: [] },
});

/** Connects one bot to a server on a clock that never waits. `asked` has the size of each requested page. */
function connect(answer: (asked: Asked) => Said, { retries = 10, learned = { failures: 0 } } = {}) {
  const asked: number[] = [];
  const clock = { now: () => 0, today: () => '2026-06-15', unix: () => 0, sleep: async () => {} };
  const stop = new AbortController().signal;
  const governor = new Governor({ concurrency: 8, rate: 0, retries, clock, random: () => 0, stop });
  const endpoint = { baseUrl: 'https://graph.test/v25.0/1065', token: 't', tokenHeader: BEARER };
  const connection = open(endpoint, governor, async ({ url }) => {
    const { searchParams } = new URL(url);
    const limit = Number(searchParams.get('limit'));
    const said = answer({ limit, after: searchParams.get('after'), index: asked.push(limit) - 1 });
    if (said instanceof ApiError) throw said;
    return asResponse(said);
  });
  return { reader: whatsappCloud.reader(connection, 'a', learned), asked, learned };
}

/** Serves the list as the sandbox does, except for requests that `fault` answers. */
function sandboxed(options: CloudOptions, fault: (asked: Asked) => Said | undefined = () => undefined) {
  const sandbox = createCloudSandbox({ capacity: 64_000, ...options });
  sandbox.set('1065', NUMBERS.map(String));
  return (asked: Asked): Said => {
    const after = asked.after === null ? '' : `&after=${asked.after}`;
    const path = `${PATH}?limit=${asked.limit}${after}`;
    return fault(asked) ?? sandbox.handle({ method: 'GET', path, authorization: 'Bearer t' });
  };
}

/** A server of the list whose cursor is the count of pages before it, and which knows no page above 1,000. */
function paged({ limit, after }: Asked): Said {
  const from = Number(after ?? 0) * limit;
  const data = NUMBERS.slice(from, from + limit).map((number) => ({ wa_id: String(number) }));
  return { status: 200, body: { data, paging: { cursors: { after: String(Number(after ?? 0) + 1) } } } };
}

const is = (limit: number) => (each: number) => each === limit;
const pages = (count: number, size: number) => Array.from({ length: count }, () => size);

describe('a list of 6,400 users', () => {
  test.each<[string, CloudOptions, number[]]>([
    ['of an API that cuts pages at 100 takes as many requests as before', {}, pages(65, 1000)],
    ['of an API that has 1,000 users a page takes 8', { pageSize: 1000 }, pages(8, 1000)],
    ['of an API that cuts pages at 640 takes 11', { pageSize: 640 }, pages(11, 1000)],
    ['of an API that refuses a large page takes one more', { largePage: 'refuse' }, [1000, ...pages(65, 100)]],
    ['of an API that fails for a large page takes one more', { largePage: 'fail' }, [1000, ...pages(65, 100)]],
    ['in nested pages takes as few', { pageSize: 1000, listShape: 'nested' }, pages(8, 1000)],
  ])('%s', async (_, options, requests) => {
    const { reader, asked } = connect(sandboxed(options));
    expect([...(await readCursors(reader, {})).numbers]).toEqual(NUMBERS);
    expect(asked).toEqual(requests);
  });
});

const graph = (code: number) => ({ error: { code, message: 'no' } });

describe('a refusal of a large page does not fail the list, although it looks like', () => {
  test.each<[string, Said]>([
    ['a wrong parameter', { status: 400, body: graph(100) }],
    ['a page of a gateway', { status: 400, body: '<html>' }],
    ['a missing permission', { status: 403, body: graph(10) }],
    ['a token without rights', { status: 400, body: graph(190) }],
    ['an unknown path', { status: 404, body: '' }],
    ['a long request', { status: 413, body: '' }],
    ['an unknown status', { status: 422, body: '{}' }],
    ['a redirect', { status: 302, body: '' }],
    ['an unknown method', { status: 501, body: '' }],
    ['an error with a status of success', { status: 200, body: graph(100) }],
    ['an internal error', { status: 500, body: graph(1) }],
    ['an outage', { status: 503, body: '' }],
    ['a throttle', { status: 400, body: graph(130_429) }],
    ['a changed list', { status: 400, body: graph(139_102) }],
    ['another language', { status: 200, body: '<html>' }],
    ['another form', { status: 200, body: { users: [] } }],
    ['an empty list', { status: 200, body: { data: [] } }],
    ['an answer that is too long', new ApiError('too long', { ambiguous: true })],
    ['a timeout', new ApiError('timeout', { retry: 'transient', ambiguous: true })],
  ])('%s', async (_, said) => {
    for (const retries of [10, 0]) {
      const { reader, asked } = connect(
        sandboxed({}, ({ limit }) => (limit > 100 ? said : undefined)),
        { retries },
      );
      for (let read = 0; read < 3; read++) {
        expect([...(await readCursors(reader, {})).numbers]).toEqual(NUMBERS);
      }
      expect(asked.filter(is(1000)).length).toBeLessThanOrEqual(3);
    }
  });

  test('an error that small pages have, too, and then is the error of the list', async () => {
    const { reader, asked, learned } = connect(() => ({ status: 400, body: graph(100) }));
    await expect(readCursors(reader, {})).rejects.toMatchObject({ message: expect.stringContaining('(code 100)') });
    expect(asked).toEqual([1000, 100]);
    expect(learned.failures).toBe(0); // says nothing about large pages
  });

  test('except for a wrong token, which no size could help', async () => {
    const { reader, asked } = connect(() => ({ status: 401, body: graph(190) }));
    await expect(readCursors(reader, {})).rejects.toMatchObject({ hopeless: true });
    expect(asked).toEqual([1000]);
  });
});

test('a refusal is remembered for the run and for all bots of the API', async () => {
  const first = connect(sandboxed({ largePage: 'refuse' }));
  await readCursors(first.reader, {});
  await readCursors(first.reader, {});
  expect(first.asked).toEqual([1000, ...pages(130, 100)]);
  const second = connect(sandboxed({ largePage: 'refuse' }), first);
  await readCursors(second.reader, {});
  expect(second.asked).toEqual(pages(65, 100));
});

describe('a large page that fails once', () => {
  const once = (at: number) => (asked: Asked) => (asked.index === at ? { status: 503, body: '' } : undefined);

  test('is repeated as a small one, and the next read is large again', async () => {
    const { reader, asked } = connect(sandboxed({ pageSize: 1000 }, once(3)));
    expect([...(await readCursors(reader, {})).numbers]).toEqual(NUMBERS);
    expect(asked).toEqual([...pages(4, 1000), ...pages(35, 100)]);
    await readCursors(reader, {});
    expect(asked.slice(39)).toEqual(pages(8, 1000));
  });

  test('after which a small page refuses the cursor, is followed by a read of small pages', async () => {
    const made = new Map<string, number>(); // the size of the page that a cursor was made by
    const answer = sandboxed({ pageSize: 1000 }, once(3));
    const { reader, asked } = connect((each) => {
      if (each.after !== null && made.get(each.after) !== each.limit) return { status: 400, body: 'bad cursor' };
      const said = answer(each);
      if (!(said instanceof ApiError) && said.status === 200) {
        made.set(JSON.parse(String(said.body)).paging.cursors?.after, each.limit);
      }
      return said;
    });
    expect([...(await readCursors(reader, {})).numbers]).toEqual(NUMBERS);
    expect(asked).toEqual([...pages(4, 1000), 100, ...pages(65, 100)]);
  });

  test('skips no entry if a cursor counts pages', async () => {
    const { reader } = connect((asked) => once(3)(asked) ?? paged(asked));
    expect([...(await readCursors(reader, {})).numbers]).toEqual(NUMBERS);
  });

  test('is no reason to fail if the cursors of large pages repeat', async () => {
    const answer = sandboxed({ pageSize: 1000 });
    const { reader } = connect((each) => answer(each.limit > 100 ? { ...each, after: null } : each));
    expect([...(await readCursors(reader, {})).numbers]).toEqual(NUMBERS);
  });
});
