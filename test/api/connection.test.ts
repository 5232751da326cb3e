import { expect, test } from 'vitest';
import { open } from '../../src/api/connection.ts';
import { BEARER } from '../../src/api/endpoints.ts';
import { Governor } from '../../src/api/governor.ts';
import { ApiError } from '../../src/model/errors.ts';
import type { Attempt } from '../../src/model/world.ts';
import { VirtualClock } from '../simulation/clock.ts';

const OK = { status: 200, body: '', headers: { retryAfter: null, location: null, date: null } };

/** Writes once through a connection whose attempts end in this order; null is an answer. */
async function write(attempts: readonly (ApiError | null)[]): Promise<boolean> {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const governor = new Governor({ concurrency: 1, rate: 0, retries: 5, clock, random: () => 0, stop: signal });
  const rest = [...attempts];
  const send = async () => {
    const error = rest.shift();
    if (error) throw error;
    return OK;
  };
  const connection = open({ baseUrl: 'https://api.example', token: 'secret', tokenHeader: BEARER }, governor, send);
  return clock.run(
    connection.write(
      'POST',
      '/list',
      () => ({}),
      (_, lost) => lost,
    ),
  );
}

test.each([
  ['no earlier attempt', [null], false],
  ['an attempt that cannot have taken effect', [new ApiError('refused', { retry: 'transient' }), null], false],
  ['an attempt without an answer', [new ApiError('cut', { retry: 'transient', ambiguous: true }), null], true],
  [
    'an attempt without an answer, and one that cannot have taken effect',
    [
      new ApiError('cut', { retry: 'transient', ambiguous: true }),
      new ApiError('throttled', { retry: 'throttle' }),
      null,
    ],
    true,
  ],
] as const)('an answer after %s is parsed with lost: %s', async (_, attempts, lost) => {
  expect(await write(attempts)).toBe(lost);
});

test('every attempt is reported when it ends, with the failure that it repeats', async () => {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const governor = new Governor({ concurrency: 1, rate: 0, retries: 5, clock, random: () => 0, stop: signal });
  const answers = [() => Promise.reject(new ApiError('cut', { retry: 'transient' })), async () => OK, async () => OK];
  const send = async () => {
    await clock.sleep(40);
    return answers.shift()!();
  };
  const seen: Attempt[] = [];
  const watch = { bot: 'shop', clock, trace: (each: Attempt) => void seen.push(each), requestIdOf: () => 'AbC' };
  const connection = open(
    { baseUrl: 'https://api.example', token: 'secret', tokenHeader: BEARER },
    governor,
    send,
    undefined,
    watch,
  );
  let isBusy = true;
  const parse = () => {
    if (!isBusy) return;
    isBusy = false;
    throw new ApiError('busy', { retry: 'throttle' });
  };
  await clock.run(connection.get({ path: '/list', mostBytes: 1024 }, parse));
  const common = { bot: 'shop', method: 'GET', url: 'https://api.example/list', duration: 40 };
  expect(seen).toEqual([
    { ...common, status: null, attempt: 1, because: null, error: 'cut', requestId: null },
    { ...common, status: 200, attempt: 2, because: 'cut', error: 'busy', requestId: 'AbC' },
    { ...common, status: 200, attempt: 3, because: 'busy', error: null, requestId: 'AbC' },
  ]);
  expect(JSON.stringify(seen)).not.toContain('secret');
});

test.each([
  ['a TypeError', new TypeError('Cannot convert object to primitive value')],
  ['a RangeError', new RangeError('Maximum call stack size exceeded')],
])('a parser that throws %s fails only its own request, which may have taken effect', async (_, thrown) => {
  const clock = new VirtualClock();
  const { signal } = new AbortController();
  const governor = new Governor({ concurrency: 1, rate: 0, retries: 1, clock, random: () => 0, stop: signal });
  const connection = open(
    { baseUrl: 'https://api.example', token: 'secret', tokenHeader: BEARER },
    governor,
    async () => OK,
  );
  const parse = () => {
    throw thrown;
  };
  const error = await clock.run(connection.write('POST', '/list', () => ({}), parse)).catch((reason) => reason);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ ambiguous: true, refused: false, hopeless: false, detail: thrown.message });
  expect(connection.sent.write).toBe(2);
});
