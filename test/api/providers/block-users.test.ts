import { describe, expect, test } from 'vitest';
import { open } from '../../../src/api/connection.ts';
import { BEARER } from '../../../src/api/endpoints.ts';
import { Governor } from '../../../src/api/governor.ts';
import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';
import { whatsappCloud } from '../../../src/api/providers/meta.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { VirtualClock } from '../../simulation/clock.ts';

const A = 447_700_900_001;
const B = 447_700_900_002;
const C = 447_700_900_003;

type Said = { readonly body: unknown; readonly retryAfter?: string; readonly usage?: string } | 'lost';

const throttle = { code: 130429, message: 'rate limit hit' };
const REASON = 'rate limit hit (code 130429)';

/** A ledger with users that are done, and with users that fail with an error. */
function ledger(done: readonly number[], failed: readonly number[] = [], error: object = throttle) {
  const added = done.map((number) => ({ input: `+${number}` }));
  const errors = failed.map((number) => ({ input: `+${number}`, errors: [error] }));
  return {
    block_users: { added_users: added, failed_users: errors },
    error: { code: 139100, message: 'see the users' },
  };
}

/** Gives these answers in turn, and the last one to all further requests. */
const inTurn = (answers: readonly Said[]) => (_: readonly number[], request: number) =>
  answers[Math.min(request, answers.length - 1)]!;

/** A server with these answers. Each takes 50 ms. */
function connect(
  answers: readonly Said[] | ReturnType<typeof inTurn>,
  { retries = 5, random = (): number => 0, concurrency = 8 } = {},
) {
  const answer = typeof answers === 'function' ? answers : inTurn(answers);
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const governor = new Governor({ concurrency, rate: 0, retries, clock, random, stop: signal });
  const requests: { at: number; users: number[] }[] = [];
  const send = async ({ body }: HttpRequest): Promise<HttpResponse> => {
    const users = JSON.parse(body!).block_users.map(({ user }: { user: string }) => Number(user));
    const said = answer(users, requests.push({ at: clock.now(), users }) - 1);
    await clock.sleep(50);
    if (said === 'lost') throw new ApiError('cut', { retry: 'transient', ambiguous: true });
    const headers = { retryAfter: said.retryAfter ?? null, location: null, date: null };
    const usage = said.usage === undefined ? [] : [said.usage];
    return { status: 400, body: JSON.stringify(said.body), headers: { ...headers, usage } };
  };
  const connection = open({ baseUrl: 'https://x.test', token: 'secret', tokenHeader: BEARER }, governor, send);
  const writer = whatsappCloud.writer(connection);
  const add = (...numbers: number[]) => clock.run(writer.add(numbers));
  return { clock, writer, add, requests, connection };
}

describe('a user whom the server throttles', () => {
  const half = { body: ledger([A], [B]) };
  const done = { body: ledger([B]) };

  test.each([
    ['Retry-After', { ...half, retryAfter: '30' }, 30_000],
    ['the quota is regained', { ...half, usage: '{"estimated_time_to_regain_access":2}' }, 120_000],
  ])('is sent again alone, and not before %s', async (_, first, wait) => {
    const { add, requests } = connect([first, done]);
    expect((await add(A, B)).undone).toEqual([]);
    expect(requests).toEqual([
      { at: 0, users: [A, B] },
      { at: 50 + wait, users: [B] },
    ]);
  });

  test('is sent again after a growing wait if the server requests none', async () => {
    const { add, requests } = connect([half, { body: ledger([], [B]) }], { random: () => 0.99, retries: 3 });
    await add(A, B);
    const waits = requests.slice(1).map(({ at }, index) => at - requests[index]!.at - 50);
    expect(waits.map(Math.round)).toEqual([990, 1980, 3960]);
  });

  test('holds back the other batches of the bot', async () => {
    const first = { ...half, retryAfter: '30' };
    const { clock, writer, requests } = connect([first, { body: ledger([B, C]) }], { concurrency: 1 });
    await clock.run(Promise.all([writer.add([A, B]), writer.add([C])]));
    expect(requests.map(({ at }) => at)).toEqual([0, 30_050, 30_100]);
  });

  test.each([0, 1, 5, 9])('has failed with the reason of the server after %i retries', async (retries) => {
    for (const done of [[], [A]]) {
      const { add, requests } = connect([{ body: ledger(done, [B]), retryAfter: '10' }], { retries });
      const { undone, failure } = await add(...done, B);
      expect(undone).toMatchObject([{ number: B, state: 'failed', reason: REASON }]);
      const tried = retries > 0 ? ` (tried ${retries + 1} times)` : '';
      const message = `the server is throttling users of the request${tried}; run again later, or with a lower --rate`;
      expect(failure).toMatchObject({ message, detail: REASON });
      expect(requests).toHaveLength(retries + 1);
    }
  });

  test('is sent once more after an internal error that follows throttles', async () => {
    const internal = { body: ledger([], [B], { code: 131000, message: 'internal' }) };
    const { add, requests } = connect([half, half, internal, done]);
    expect((await add(A, B)).undone).toEqual([]);
    expect(requests.map(({ users }) => users)).toEqual([[A, B], [B], [B], [B]]);
  });

  test('has its own reason in the failure, although another user failed first', async () => {
    const body = ledger([], [B]);
    body.block_users.failed_users.unshift(
      ...ledger([], [A], { code: 139103, message: 'internal' }).block_users.failed_users,
    );
    const { add } = connect([{ body }], { retries: 0 });
    expect((await add(A, B)).failure).toMatchObject({ detail: REASON });
  });

  test('has failed at once if the server asks to wait an hour, and nothing more is sent', async () => {
    const { add, requests, connection } = connect([{ ...half, retryAfter: '3600' }]);
    const { undone, failure } = await add(A, B);
    expect(undone).toMatchObject([{ number: B, state: 'failed', reason: REASON }]);
    expect(failure!.message).toMatch('the server requires a wait of 3600 s, and a run waits at most 120 s: ');
    expect(requests).toHaveLength(1);
    expect(connection.over.aborted).toBe(true);
  });

  test('ends an endless throttle of all users as an outage does', async () => {
    const { clock, writer, requests, connection } = connect([{ body: ledger([], [A, B]), retryAfter: '10' }]);
    const batches = Array.from({ length: 8 }, () => writer.add([A, B]));
    await clock.run(Promise.allSettled(batches));
    expect(connection.over.aborted).toBe(true);
    expect(requests.length).toBeLessThan(8 + 8);
  });

  describe.each([1, 8, 30])('in each of %i batches', (count) => {
    /** Throttles the even numbers for good. */
    const answer = (users: readonly number[]) => {
      const [good, bad] = [users.filter((user) => user % 2 === 1), users.filter((user) => user % 2 === 0)];
      return { body: ledger(good, bad) };
    };
    const bad = Array.from({ length: count }, (_, index) => [A + 20 * index, B + 20 * index]);
    const good = Array.from({ length: 20 }, (_, index) => [C + 20 * index]);

    test('stops no adds of others', async () => {
      const { clock, writer, connection } = connect(answer, { random: () => 0.99 });
      const answers = await clock.run(Promise.all([...bad, ...good].map((batch) => writer.add(batch))));
      expect(answers.flatMap(({ undone }) => undone.map(({ number }) => number))).toEqual(bad.map(([, user]) => user));
      expect(new Set(answers.map(({ failure }) => failure?.message))).toEqual(
        new Set([
          'the server is throttling users of the request (tried 6 times); run again later, or with a lower --rate',
          undefined,
        ]),
      );
      expect(connection.over.aborted).toBe(false);
    });

    test('ends the bot if nothing else is done for 15 minutes, whatever --retries is', async () => {
      const { clock, writer, connection } = connect(answer, { random: () => 0.99, retries: 1000 });
      const answers = await clock.run(Promise.all(bad.map((batch) => writer.add(batch))));
      expect(answers[0]!.failure!.message).toMatch(
        'no request succeeded for 15 minutes: the server is throttling users',
      );
      expect(connection.over.aborted).toBe(true);
      expect(clock.now()).toBeLessThan(16 * 60_000);
    });
  });

  test('is unknown if the answer to a repeat was lost, and the others keep their own answers', async () => {
    const first = { block_users: { failed_users: [...ledger([], [A], { code: 131047 }).block_users.failed_users] } };
    first.block_users.failed_users.push(...ledger([], [B, C]).block_users.failed_users);
    const refused = ledger([C], [B], { code: 131021, message: 'own number' });
    const { add } = connect([{ body: first }, 'lost', { body: refused }]);
    expect((await add(A, B, C)).undone).toMatchObject([
      { number: A, state: 'pending' },
      { number: B, state: 'unknown', reason: 'own number (code 131021)' },
    ]);
  });

  test('is unknown if all further answers were lost', async () => {
    const { add } = connect([half, 'lost'], { retries: 2 });
    expect((await add(A, B)).undone).toMatchObject([{ number: B, state: 'unknown', reason: REASON }]);
  });
});

test.each([
  ['refuses', { code: 100, message: 'bad user' }, { refused: true }],
  ['has no room for', { code: 139101, message: 'full' }, { full: true }],
  ['requires a message from a user of', { code: 131047, message: 'no message' }, { refused: true }],
])('a repeat that the server %s as a whole leaves its users to smaller batches', async (_, error, facts) => {
  const { add } = connect([{ body: ledger([A], [B, C]) }, { body: { error } }]);
  expect(await add(A, B, C)).toMatchObject({ undone: [], refused: { numbers: [B, C], error: facts } });
});

test('a token that expires before a user is sent again gives its reason, and the others keep their own answers', async () => {
  const expired = { body: { error: { code: 190, message: 'session expired' } } };
  const { add } = connect([{ body: ledger([A], [B], { code: 139103, message: 'internal' }) }, expired]);
  expect(await add(A, B)).toMatchObject({
    undone: [{ number: B, state: 'failed', reason: 'internal (code 139103)' }],
    failure: { message: expect.stringContaining('the token is wrong or has expired'), hopeless: true },
  });
});

test('a request that the server throttles as a whole fails as one that is too large', async () => {
  const { writer, clock, requests } = connect([{ body: { error: throttle } }], { retries: 1 });
  await expect(clock.run(writer.add([A, B]))).rejects.toMatchObject({ tooLarge: true, ambiguous: false });
  expect(requests.map(({ users }) => users)).toEqual([
    [A, B],
    [A, B],
  ]);
});
