import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { Governor } from '../../src/api/governor.ts';
import { Reach } from '../../src/api/reach.ts';
import { ApiError, StoppedError } from '../../src/model/errors.ts';
import { seededRandom, VirtualClock } from '../simulation/clock.ts';

type Answer = 'ok' | ApiError;

const throttled = (retryAfter?: number) => new ApiError('busy', { retry: 'throttle', retryAfter });
const cut = () => new ApiError('cut', { retry: 'transient', ambiguous: true });
const garbled = () => new ApiError('garbled', { retry: 'protocol' });
const refused = () => new ApiError('bad request', { refused: true });
const unauthorized = () => new ApiError('who are you', { hopeless: true });

interface Options {
  readonly reach?: Reach;
  readonly concurrency?: number;
  readonly rate?: number;
  readonly retries?: number;
  readonly random?: () => number;
  readonly onSilence?: (last: ApiError) => void;
}

/** A governor on a virtual clock, with a log of the start of each request and the number in flight. */
function setUp(options: Options = {}, clock = new VirtualClock()) {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const governor = new Governor({
    concurrency: 8,
    rate: 0,
    retries: 5,
    clock,
    random: seededRandom(1),
    stop: stop.signal,
    ...options,
  });
  const sent: { name: string; at: number }[] = [];
  let inFlight = 0;
  let peak = 0;
  /** Sends a request that takes 50 ms. `answer` makes the answer to its n-th attempt, from 1. */
  const request = (name: string, answer: (attempt: number, now: number) => Answer): Promise<string> => {
    let attempt = 0;
    return governor.run(async () => {
      attempt++;
      sent.push({ name, at: clock.now() });
      peak = Math.max(peak, ++inFlight);
      await clock.sleep(50);
      inFlight--;
      const result = answer(attempt, clock.now());
      if (result !== 'ok') throw result;
      return name;
    });
  };
  const settle = <T>(promises: Promise<T>[]) => clock.run(Promise.allSettled(promises));
  return { clock, stop, governor, request, sent, settle, peak: () => peak };
}

describe('retries of one request', () => {
  test.each([
    ['a throttled request is repeated until it passes', throttled(), 6, 'fulfilled'],
    ['a cut connection is repeated until it passes', cut(), 6, 'fulfilled'],
    ['a malformed answer is retried twice', garbled(), 3, 'rejected'],
    ['a refused request is not repeated', refused(), 1, 'rejected'],
    ['a hopeless request is not repeated', unauthorized(), 1, 'rejected'],
  ] as const)('%s', async (_, error, tries, status) => {
    const { request, settle, sent } = setUp();
    const [result] = await settle([request('a', (attempt) => (attempt < 6 ? error : 'ok'))]);
    expect(result!.status).toBe(status);
    expect(sent).toHaveLength(tries);
  });

  test('--retries 0 repeats nothing', async () => {
    const { request, settle, sent } = setUp({ retries: 0 });
    await settle([request('a', () => cut())]);
    expect(sent).toHaveLength(1);
  });

  test('a request that never succeeds is tried retries + 1 times, and its error reports the count', async () => {
    const { request, settle, sent } = setUp({ retries: 3 });
    const [result] = await settle([request('a', () => throttled())]);
    expect(sent).toHaveLength(4);
    expect(result).toMatchObject({ reason: { message: 'busy (tried 4 times)' } });
  });

  test('an error has its count before the remedy', async () => {
    const { request, settle } = setUp({ retries: 1 });
    const busy = () => new ApiError('busy; run again later', { retry: 'throttle' });
    const [result] = await settle([request('a', busy)]);
    expect(result).toMatchObject({ reason: { message: 'busy (tried 2 times); run again later' } });
  });

  test('an error keeps that a smaller request may succeed', async () => {
    const { request, settle } = setUp({ retries: 1 });
    const [result] = await settle([request('a', () => new ApiError('busy', { retry: 'throttle', tooLarge: true }))]);
    expect(result).toMatchObject({ reason: { message: 'busy (tried 2 times)', tooLarge: true } });
  });

  test('an error is ambiguous if any attempt may have taken effect', async () => {
    const { request, settle } = setUp();
    const [result] = await settle([request('a', (attempt) => (attempt === 1 ? cut() : refused()))]);
    expect(result).toMatchObject({ reason: { refused: true, ambiguous: true } });
  });

  test('waits grow, and each is drawn from zero to its limit', async () => {
    const { request, settle, sent } = setUp({ retries: 8 });
    await settle([request('a', () => cut())]);
    const waits = sent.slice(1).map(({ at }, index) => at - sent[index]!.at - 50);
    for (const [index, wait] of waits.slice(0, 4).entries()) expect(wait).toBeLessThanOrEqual(250 * 2 ** index);
    expect(Math.max(...waits)).toBeGreaterThan(1000);
  });
});

describe('a silent API', () => {
  const refusedAt = () => new ApiError('connection refused', { retry: 'transient' });

  test('is reported once within seconds, and again after an answer', async () => {
    const told: [string, number][] = [];
    const { request, settle, clock } = setUp({
      retries: 20,
      onSilence: ({ message }) => told.push([message, Math.floor(clock.now() / 10_000)]),
    });
    const back = (_: number, now: number) => (now < 40_000 ? refusedAt() : 'ok');
    const [first] = await settle(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => request(name, back)));
    expect(first!.status).toBe('fulfilled');
    expect(told).toEqual([['connection refused', 0]]);
    const later = clock.now() + 40_000;
    await settle([request('z', (_, now) => (now < later ? refusedAt() : 'ok'))]);
    expect(told).toHaveLength(2);
  });

  test.each([
    ['failures that end soon', (attempt: number) => (attempt < 3 ? refusedAt() : 'ok')],
    ['malformed answers', () => garbled()],
    ['an API that refuses requests', () => unauthorized()],
  ])('is not reported for %s', async (_, answer) => {
    const told: ApiError[] = [];
    const { request, settle, clock } = setUp({ onSilence: (last) => told.push(last) });
    await settle([request('a', answer)]);
    await clock.run(clock.sleep(60_000));
    await settle([request('b', answer)]);
    expect(told.length).toBe(0);
  });

  test('is not reported for two failures with minutes between them in which nothing was sent', async () => {
    const told: ApiError[] = [];
    const { request, settle, clock } = setUp({ retries: 0, onSilence: (last) => told.push(last) });
    await settle([request('a', refusedAt)]);
    await clock.run(clock.sleep(60_000));
    await settle([request('b', refusedAt)]);
    expect(told).toEqual([]);
  });

  test('is not reported after the bot failed or the run was interrupted', async () => {
    const told: ApiError[] = [];
    const { request, settle, stop } = setUp({ onSilence: (last) => told.push(last) });
    await settle([
      request('a', (_, now) => {
        if (now > 3_000) stop.abort();
        return refusedAt();
      }),
    ]);
    expect(told).toEqual([]);
  });
});

describe('Retry-After', () => {
  test('holds back every request of the bot', async () => {
    const { request, settle, sent } = setUp({ concurrency: 2 });
    const ok = (): Answer => 'ok';
    await settle([
      request('a', (n) => (n === 1 ? throttled(7000) : 'ok')),
      ...['b', 'c', 'd'].map((name) => request(name, ok)),
    ]);
    const later = sent.filter(({ at }) => at > 50);
    expect(later.every(({ at }) => at >= 7050)).toBe(true);
    expect(later).toHaveLength(3);
  });

  test('holds back a request that already waits for its start within the rate', async () => {
    const { request, settle, sent } = setUp({ rate: 1 });
    await settle([request('a', (n) => (n === 1 ? throttled(7000) : 'ok')), request('b', () => 'ok')]);
    expect(sent[0]).toEqual({ name: 'a', at: 0 });
    expect(sent).toHaveLength(3);
    for (const { at } of sent.slice(1)) expect(at).toBeGreaterThanOrEqual(7050);
  });

  test('holds back a request that already waits for the end of a shorter pause', async () => {
    const { clock, governor, request, settle, sent } = setUp({ concurrency: 3 });
    const slow = governor.run(async () => {
      if (clock.now() > 0) return 'ok';
      await clock.sleep(1000);
      throw throttled(20_000);
    });
    const short = request('short', (n) => (n === 1 ? throttled(3000) : 'ok'));
    await settle([slow, short, request('next', () => 'ok'), request('last', () => 'ok')]);
    const later = sent.filter(({ at }) => at > 50);
    expect(later.map(({ name }) => name).sort()).toEqual(['last', 'short']);
    for (const { at } of later) expect(at).toBeGreaterThanOrEqual(21_000);
  });

  test('above two minutes fails the bot at once, with that reason', async () => {
    const { request, settle, sent, clock } = setUp();
    const [result] = await settle([request('a', () => throttled(3_600_000))]);
    expect(result).toMatchObject({
      reason: { message: expect.stringContaining('requires a wait of 3600 s'), hopeless: true },
    });
    expect(sent).toHaveLength(1);
    expect(clock.now()).toBeLessThan(1000);
  });
});

describe('a bad request or an outage', () => {
  test('a bad request fails after its retries while others succeed', async () => {
    const { request, settle, sent } = setUp({ concurrency: 2, retries: 3 });
    const good = Array.from({ length: 100 }, (_, index) => request(`good ${index}`, () => 'ok'));
    const [poison] = await settle([request('poison', () => cut()), ...good]);
    expect(poison!.status).toBe('rejected');
    expect(sent.filter(({ name }) => name === 'poison')).toHaveLength(4);
    expect(sent).toHaveLength(104);
  });

  test('an outage of minutes is waited for with few requests', async () => {
    const { request, settle, sent, clock } = setUp({ retries: 20 });
    const back = 300_000;
    const results = await settle(
      Array.from({ length: 40 }, (_, index) =>
        request(String(index), (_n, now) => (now > 60 && now < back ? throttled() : 'ok')),
      ),
    );
    expect(results.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(sent.filter(({ at }) => at < back).length).toBeLessThan(40);
    expect(clock.now()).toBeLessThan(back + 120_000);
  });

  test('one request at a time probes an unavailable API', async () => {
    const { request, settle, sent } = setUp({ retries: 4 });
    await settle(Array.from({ length: 20 }, (_, index) => request(String(index), () => throttled())));
    const probes = sent.slice(8); // the first requests start together
    for (const [index, { at }] of probes.entries()) {
      if (index > 0) expect(at - probes[index - 1]!.at).toBeGreaterThanOrEqual(50);
    }
    expect(sent.length).toBeLessThan(8 + 10);
  });

  test('an endless outage fails every request, and nothing more is sent', async () => {
    const { request, settle, sent } = setUp({ retries: 3 });
    const results = await settle(Array.from({ length: 30 }, (_, index) => request(String(index), () => throttled())));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(results).toContainEqual(expect.objectContaining({ reason: expect.any(StoppedError) }));
    expect(results).toContainEqual(
      expect.objectContaining({
        reason: expect.objectContaining({ message: expect.stringContaining('the API is unavailable') }),
      }),
    );
    const before = sent.length;
    await settle([request('later', () => 'ok')]);
    expect(sent).toHaveLength(before);
  });

  test('a 401 lets no further request start', async () => {
    const { request, settle, sent } = setUp({ concurrency: 4 });
    const results = await settle(
      Array.from({ length: 50 }, (_, index) => request(String(index), () => (index === 0 ? unauthorized() : 'ok'))),
    );
    expect(sent.length).toBeLessThanOrEqual(4 + 4);
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(40);
  });

  test('15 minutes without a success fail the bot', async () => {
    const { request, settle, clock } = setUp({ retries: 1000 });
    const [result] = await settle([request('a', () => throttled()), request('b', () => throttled())]);
    expect(result).toMatchObject({ reason: { message: expect.stringContaining('15 minutes') } });
    expect(clock.now()).toBeLessThan(16 * 60_000);
  });
});

describe('a request that the server did in part', () => {
  const partly = () => new ApiError('busy', { retry: 'throttle', retryAfter: 60_000, partial: true });

  test('is repeated after the wait that the server requests, at most as often as --retries allows', async () => {
    const { request, settle, sent } = setUp({ retries: 3, random: () => 0 });
    const [result] = await settle([request('a', partly)]);
    expect(result).toMatchObject({ reason: { message: 'busy (tried 4 times)' } });
    expect(sent.map(({ at }) => at)).toEqual([0, 60_050, 120_100, 180_150]);
  });

  test('is no outage, however often it is repeated', async () => {
    const told: ApiError[] = [];
    const { request, settle, sent, clock } = setUp({ retries: 30, onSilence: (last) => told.push(last) });
    const [result] = await settle([request('a', (attempt) => (attempt < 25 ? partly() : 'ok'))]);
    expect(result).toMatchObject({ status: 'fulfilled' });
    expect(clock.now()).toBeGreaterThan(24 * 60_000);
    expect([sent.length, told]).toEqual([25, []]);
  });
});

describe('the 15 minutes in which no request may succeed', () => {
  const minutes = 60_000;
  /** Waits, with no request to send. */
  const idle = ({ clock }: ReturnType<typeof setUp>, ms: number) => clock.run(clock.sleep(ms));
  /** Sends a request that fails from now on for this time. */
  const failsFor = (world: ReturnType<typeof setUp>, ms: number, error = throttled) => {
    const from = world.clock.now();
    return world.settle([world.request('failing', (_, now) => (now - from < ms ? error() : 'ok'))]);
  };
  const failed = [{ reason: { message: expect.stringContaining('no request succeeded for 15 minutes') } }];

  test.each([
    ['before the first request', async () => {}],
    ['after a success', (world: ReturnType<typeof setUp>) => world.settle([world.request('ok', () => 'ok')])],
    ['after a request that failed', (world: ReturnType<typeof setUp>) => world.settle([world.request('no', garbled)])],
  ])('do not contain an idle time %s', async (_, before) => {
    const world = setUp({ retries: 5 });
    await before(world);
    await idle(world, 60 * minutes);
    expect(await failsFor(world, 1000)).toMatchObject([{ status: 'fulfilled' }]);
  });

  test('do not contain the attempt before the last success', async () => {
    const world = setUp({ retries: 5 });
    const { clock, governor } = world;
    let attempt = 0;
    const slow = governor.run(async () => {
      await clock.sleep(++attempt === 1 ? 16 * minutes : 50);
      if (attempt === 1) throw cut();
    });
    const other = clock.sleep(15 * minutes).then(() => world.request('ok', () => 'ok'));
    expect(await world.settle<unknown>([slow, other])).toMatchObject([{ status: 'fulfilled' }, {}]);
  });

  test('contain the pauses that the server requests between failures', async () => {
    const world = setUp({ retries: 1000, random: () => 0 });
    expect(await failsFor(world, 60 * minutes, () => throttled(120_000))).toMatchObject(failed);
    expect(world.sent).toHaveLength(9); // 8 pauses of 2 minutes
  });

  test('are counted over requests, without the idle time between them', async () => {
    const world = setUp({ retries: 5, random: () => 0 });
    const slowly = () => throttled(120_000);
    expect(await failsFor(world, 60 * minutes, slowly)).toMatchObject([
      { reason: { message: 'busy (tried 6 times)' } },
    ]);
    expect(world.clock.now()).toBeLessThan(11 * minutes);
    await idle(world, 60 * minutes);
    expect(await failsFor(world, 60 * minutes, slowly)).toMatchObject(failed);
    expect(world.sent).toHaveLength(6 + 4); // 10 and 6 minutes
  });
});

describe('a host that no request has reached', () => {
  const unknown = () => new ApiError('the host is unknown; check it', { retry: 'transient', unconnected: true });
  const requests = (world: ReturnType<typeof setUp>, count: number, answer: Parameters<typeof world.request>[1]) =>
    Array.from({ length: count }, (_, index) => world.request(String(index), answer));

  test.each([
    ['one request', 1, 20],
    ['requests side by side, as for a long list', 20, 5],
    ['many retries', 20, 1000],
  ])('fails the bot after ten seconds: %s', async (_, count, retries) => {
    const world = setUp({ retries });
    const results = await world.settle(requests(world, count, unknown));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(results).toContainEqual(
      expect.objectContaining({
        reason: expect.objectContaining({
          message: expect.stringMatching(
            /^not reached within 10 s: the host is unknown( \(tried \d+ times\))?; check it$/,
          ),
          hopeless: true,
          ambiguous: false,
        }),
      }),
    );
    expect(world.clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(world.clock.now()).toBeLessThan(10_200);
    expect(world.governor.over.aborted).toBe(true);
    expect(world.governor.over.reason).toMatchObject({ message: expect.stringMatching(/^not reached/) });
  });

  test('fails the bot after two seconds if the host is this machine', async () => {
    const clock = new VirtualClock();
    const world = setUp({ retries: 20, reach: new Reach(clock, true) }, clock);
    const [result] = await world.settle(requests(world, 1, unknown));
    expect(result).toMatchObject({ reason: { message: expect.stringMatching(/^not reached within 2 s: /) } });
    expect(clock.now()).toBeGreaterThanOrEqual(2_000); // a sandbox that starts at the same moment is reached
    expect(clock.now()).toBeLessThan(2_200);
  });

  test('fails earlier if the retries are used up', async () => {
    const world = setUp({ retries: 1 });
    const [result] = await world.settle(requests(world, 1, unknown));
    expect(result).toMatchObject({ reason: { message: 'the host is unknown (tried 2 times); check it' } });
    expect(world.clock.now()).toBeLessThan(1000);
  });

  test.each([
    ['was reached', (): Answer => 'ok'],
    ['refused a request', refused],
    ['lost the answer to a request', cut],
  ])('is waited for longer if it %s before', async (_, first) => {
    const world = setUp({ retries: 20 });
    await world.settle([world.request('first', (n) => (n > 1 ? 'ok' : first()))]);
    const results = await world.settle(
      requests(world, 6, (_, now) => (now < 60_000 ? unknown() : 'ok')), // as if the network was lost
    );
    expect(results.map(({ status }) => status)).toEqual(Array(6).fill('fulfilled'));
  });

  test('fails the bot as lost, and not as an unavailable API, if it was reached before', async () => {
    const world = setUp({ retries: 3 });
    await world.settle([world.request('first', () => 'ok')]);
    const results = await world.settle(requests(world, 20, unknown));
    expect(results).toContainEqual(
      expect.objectContaining({
        reason: expect.objectContaining({ message: expect.stringMatching(/^the host can no longer be reached: /) }),
      }),
    );
  });

  test('fails the next bot of the host without a request, and no bot of another host', async () => {
    const clock = new VirtualClock();
    const reach = new Reach(clock);
    const first = setUp({ retries: 20, reach }, clock);
    await first.settle(requests(first, 1, unknown));
    const [next, other] = [setUp({ reach }, clock), setUp({}, clock)];
    const results = await next.settle([...requests(next, 1, unknown), ...requests(other, 1, () => 'ok')]);
    expect(next.sent).toEqual([]);
    expect(results).toMatchObject([
      { reason: { failure: { message: 'not reached within 10 s: the host is unknown; check it' } } },
      { status: 'fulfilled' },
    ]);
  });
});

describe('a bot that has failed', () => {
  const ok = (): Answer => 'ok';
  /** Sends a request at the start that gets a 401 at `at`. */
  const fails = ({ clock, governor }: ReturnType<typeof setUp>, at: number) =>
    governor.run(async () => {
      await clock.sleep(at);
      throw unauthorized();
    });

  /** `requests`: how many wait when another one gets a 401 at `failsAt`. */
  test.each<[waitsFor: string, options: Options, requests: number, answer: () => Answer, failsAt: number]>([
    ['a repeat', {}, 1, () => throttled(), 4000], // the third attempt starts at 3,100 and the fourth at 7,150
    ['the end of Retry-After', {}, 30, () => throttled(100_000), 1000],
    ['a probe', {}, 30, () => throttled(), 500], // the first probe starts at 1,050
    ['a start within the rate', { rate: 1 }, 30, ok, 1500],
    ['its place in flight', { rate: 2, concurrency: 2 }, 30, ok, 1500],
  ])('ends a request that waits for %s at once', async (_, options, requests, answer, failsAt) => {
    const world = setUp({ random: () => 1, ...options });
    const { clock, request, settle, sent } = world;
    const failing = fails(world, failsAt);
    const waiting = Array.from({ length: requests }, (_, index) => request(String(index), answer));
    const [failed, ...others] = await settle([failing, ...waiting]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'who are you' } });
    expect(others.filter(({ status }) => status === 'rejected').length).toBeGreaterThan((requests * 2) / 3);
    expect(clock.now() - failsAt).toBeLessThanOrEqual(50); // a request in flight takes 50 ms
    expect(sent.every(({ at }) => at <= failsAt)).toBe(true);
  });

  test('gives requests in flight three seconds, then reports them as ambiguous', async () => {
    const world = setUp();
    const { clock, governor, settle } = world;
    const answered = (ms: number) => governor.run(() => clock.sleep(ms).then(() => ms));
    const [, soon, late, never] = await settle<unknown>([
      fails(world, 100),
      answered(3000),
      answered(3200),
      answered(3_600_000),
    ]);
    expect(soon).toMatchObject({ status: 'fulfilled', value: 3000 });
    const cutOff = { reason: { name: 'StoppedError', ambiguous: true, failure: { message: 'who are you' } } };
    expect([late, never]).toMatchObject([cutOff, cutOff]);
    expect(clock.now()).toBe(3100);
  });

  test('has no timer after its last request is answered', async () => {
    const clock = new VirtualClock();
    const signals: (AbortSignal | undefined)[] = [];
    const { sleep } = clock;
    clock.sleep = (ms, signal) => {
      if (ms === 3000) signals.push(signal);
      return sleep(ms, signal);
    };
    const world = setUp({}, clock);
    await world.settle([fails(world, 100), world.governor.run(() => sleep(500).then(() => 'late'))]);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
  });

  test('does not affect the requests of other bots', async () => {
    const world = setUp();
    const other = setUp({}, world.clock);
    const waiting = [other.request('a', (n) => (n < 4 ? throttled(3000) : 'ok')), other.request('b', ok)];
    const results = await world.settle<unknown>([fails(world, 100), ...waiting]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(other.sent).toHaveLength(5);
    expect([world.governor.over.aborted, other.governor.over.aborted]).toEqual([true, false]);
  });
});

describe('limits', () => {
  test('keep the requests in flight within the concurrency', async () => {
    const { request, settle, peak } = setUp({ concurrency: 3 });
    await settle(Array.from({ length: 30 }, (_, index) => request(String(index), () => 'ok')));
    expect(peak()).toBe(3);
  });

  test('keep the starts in any second within the rate, retries included', async () => {
    const { request, settle, sent } = setUp({ rate: 20 });
    const random = seededRandom(5);
    await settle(
      Array.from({ length: 200 }, (_, index) => request(String(index), () => (random() < 0.2 ? cut() : 'ok'))),
    );
    for (const [index, { at }] of sent.entries()) {
      const twentyLater = sent[index + 20];
      if (twentyLater) expect(twentyLater.at - at).toBeGreaterThan(1000);
    }
  });

  test('halve the concurrency once when requests in flight fail, and raise it after successes', async () => {
    const { request, settle, sent } = setUp({ concurrency: 8 });
    await settle(
      Array.from({ length: 80 }, (_, index) => request(String(index), (n) => (index < 3 && n === 1 ? cut() : 'ok'))),
    );
    const second = sent.filter(({ at }) => at >= 50 && at < 100).length;
    expect(second).toBeGreaterThanOrEqual(3);
    expect(second).toBeLessThanOrEqual(5);
    const widths = new Map<number, number>();
    for (const { at } of sent) widths.set(Math.floor(at / 50), (widths.get(Math.floor(at / 50)) ?? 0) + 1);
    expect(Math.max(...[...widths].filter(([slot]) => slot > 2).map(([, width]) => width))).toBeGreaterThan(5);
  });
});

describe('interruption', () => {
  test('lets requests in flight finish and sends no new ones', async () => {
    const { request, settle, sent, stop, clock } = setUp({ concurrency: 2 });
    void clock.sleep(60).then(() => stop.abort());
    const results = await settle(Array.from({ length: 10 }, (_, index) => request(String(index), () => 'ok')));
    expect(sent).toHaveLength(4);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(results[9]).toMatchObject({ reason: expect.any(StoppedError) });
  });

  test('ends a waiting retry at once, and reports that it may have taken effect', async () => {
    const { request, settle, stop, clock } = setUp();
    void clock.sleep(51).then(() => stop.abort());
    const [result] = await settle([request('a', () => cut())]);
    expect(result).toMatchObject({ reason: { name: 'StoppedError', ambiguous: true } });
    expect(clock.now()).toBeLessThan(200);
  });
});

describe("the used share of the vendor's quota", () => {
  const startsAt = async (percent: number, rate = 0) => {
    const { governor, request, settle, sent } = setUp({ rate });
    governor.heedQuota(percent);
    await settle(['a', 'b', 'c'].map((name) => request(name, () => 'ok')));
    return sent.map(({ at }) => at);
  };

  test.each([
    [0, [0, 0, 0]],
    [79, [0, 0, 0]],
    [80, [0, 500, 1000]],
    [90, [0, 5500, 11_000]],
    [100, [0, 10_500, 21_000]],
    [250, [0, 10_500, 21_000]],
  ])('of %i percent makes requests start at %j', async (percent, starts) => {
    expect(await startsAt(percent)).toEqual(starts);
  });

  test('does not lift the rate', async () => {
    expect(await startsAt(80, 1)).toEqual([0, 1050, 2100]);
  });

  test('no longer slows requests down when it falls', async () => {
    const { governor, request, settle, sent } = setUp();
    governor.heedQuota(95);
    governor.heedQuota(12);
    await settle(['a', 'b'].map((name) => request(name, () => 'ok')));
    expect(sent.map(({ at }) => at)).toEqual([0, 0]);
  });
});
