/** GitHub is slow, throttles or fails, and the runner ends steps. */
import { beforeEach, describe, expect, test } from 'vitest';
import { HastyClock } from '../stories/clock.ts';
import { makeGate, uk } from '../stories/harness.ts';
import type { Asked, Instead } from './github.ts';
import type { Issue } from './repository.ts';
import type { Step } from './runner.ts';
import { BOT, openScene, type Scene } from './scene.ts';

let scene: Scene;
let pull: Issue;
beforeEach(async () => {
  scene = await openScene();
  pull = scene.github.pull();
});

const isComment = ({ method, path }: Asked) => path.includes('/issues/') && method !== 'GET';
const isLookUp = ({ path }: Asked) => /\/commits\/\w+\/pulls/.test(path);

/** Answers this many requests of a kind in another way. */
function answer(what: (asked: Asked) => boolean, instead: Instead | 'hang', times = Number.POSITIVE_INFINITY): void {
  let left = times;
  scene.github.answer = (asked) => (what(asked) && left-- > 0 ? instead : null);
}

const busy = (headers: Instead['headers']): Instead => ({
  status: 403,
  message: 'You have exceeded a rate limit',
  ...(headers && { headers }),
});

describe('a rate limit', () => {
  test('is waited for, with a line in the log', async () => {
    answer(isComment, busy({ 'retry-after': '60' }), 1);
    const clock = new HastyClock();
    const before = clock.now();
    const { code, log } = await scene.run('plan', scene.github.repository.pullEvent(pull), {}, { clock });
    expect(code).toBe(0);
    expect(log).toContain("GitHub's rate limit is reached; waiting 60 s as requested");
    expect(clock.now() - before).toBeGreaterThan(60_000);
    expect(pull.comments).toHaveLength(1);
  });

  test('with a reset time is waited for', async () => {
    const reset = Math.floor(Date.now() / 1000) + 30;
    answer(isComment, busy({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset) }), 1);
    expect((await scene.plan(pull)).log).toMatch(/waiting (29|30) s/);
    expect(pull.comments).toHaveLength(1);
  });

  test('of GraphQL, which has the status 200, is waited for', async () => {
    const errors = [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }];
    answer(({ path }) => path === '/graphql', { status: 200, value: { errors }, headers: { 'retry-after': '20' } }, 1);
    const { code, log } = await scene.plan(pull);
    expect(code).toBe(0);
    expect(log).toContain("GitHub's rate limit is reached; waiting 20 s as requested");
  });

  test('of more than two minutes is reported as a rate limit, not as a missing permission', async () => {
    answer(isComment, busy({ 'retry-after': '900' }));
    const { code, log } = await scene.plan(pull);
    expect(code).toBe(1);
    expect(log).toContain(
      "::error::the comment could not be written: GitHub's rate limit requires a wait of 900 s, and a step waits at most 120 s",
    );
    expect(log).not.toContain('permission');
  });

  test('that repeats is waited for at most two minutes in total', async () => {
    answer(() => true, busy({ 'retry-after': '50' }));
    const { code, log } = await scene.plan(pull);
    expect(code).toBe(1);
    expect(log.match(/waiting 50 s/g)).toHaveLength(2);
  });

  test('during the look-up of the review delays the merge', async () => {
    await scene.plan(pull);
    answer(isLookUp, busy({ 'retry-after': '100' }), 1);
    expect((await scene.apply(scene.github.repository.merge(pull))).code).toBe(0);
    expect(scene.live()).toEqual(uk(3));
  });
});

describe('a look-up of the pull request of a merge', () => {
  const NONE: Instead = { status: 200, value: [] };

  test('without a result is repeated for up to a minute', async () => {
    await scene.plan(pull);
    answer(isLookUp, NONE, 6);
    const clock = new HastyClock();
    const before = clock.now();
    expect((await scene.apply(scene.github.repository.merge(pull), { clock })).code).toBe(0);
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(scene.live()).toEqual(uk(3));
  });

  test('is repeated while the pull request is still open', async () => {
    await scene.plan(pull);
    const open = { number: 1, merged_at: null, merge_commit_sha: null, base: { ref: 'main' }, head: { sha: 'beef' } };
    answer(isLookUp, { status: 200, value: [open] }, 3);
    expect((await scene.apply(scene.github.repository.merge(pull))).code).toBe(0);
    expect(scene.live()).toEqual(uk(3));
  });

  test('without a result for a minute approves nothing', async () => {
    await scene.plan(pull);
    answer(isLookUp, NONE);
    const { code, log } = await scene.apply(scene.github.repository.merge(pull));
    expect(code).toBe(6);
    expect(log).toContain('no merged pull request has the commit');
    expect(scene.github.asked.filter(isLookUp)).toHaveLength(7);
    expect(scene.live()).toEqual([]);
  });

  test('is not repeated in a run by hand, as its commit is not new', async () => {
    const { outputs } = await scene.run('plan', { name: 'push' });
    scene.github.asked.splice(0);
    const byHand = scene.github.repository.start('workflow_dispatch');
    expect((await scene.run('apply', byHand, { approve: outputs.fingerprint! })).code).toBe(0);
    expect(scene.github.asked.filter(isLookUp)).toHaveLength(1);
  });
});

describe('GitHub', () => {
  test('without an answer ends the call after 30 s', async () => {
    answer(isComment, 'hang');
    const clock = new HastyClock();
    const before = clock.now();
    const { code, log } = await scene.run('plan', scene.github.repository.pullEvent(pull), {}, { clock });
    expect(code).toBe(1);
    expect(log).toContain('::error::the comment could not be written: no answer within 30 s');
    expect(clock.now() - before).toBeLessThan(60_000);
  });

  test('without an answer before an apply prevents it, and nothing is sent', async () => {
    answer(() => true, 'hang');
    const { code, log } = await scene.apply(scene.github.repository.merge(pull));
    expect(code).toBe(1);
    expect(log).toContain('could not ask GitHub whether its commit is the newest of its branch: no answer within 30 s');
    expect(scene.api.seen).toEqual([]);
  });

  test.each(['', '<html>unicorn</html>', 'null'])('that answers %j is not treated as an empty list', async (value) => {
    await scene.plan(pull);
    const merge = scene.github.repository.merge(pull);
    scene.github.repository.merge(scene.github.pull());
    answer(({ path }) => path.includes('/comments'), { status: 200, text: value });
    const { code, log } = await scene.apply(merge);
    expect(code).toBe(1);
    expect(log).toContain('GitHub failed or could not be reached; retrying in 1 s');
    expect(log).toContain('the answer is not JSON; nothing was written');
    expect(scene.live()).toEqual([]);
  });

  test('that fails during the look-up of the review prevents the apply, and the plan is shown', async () => {
    await scene.plan(pull);
    answer(isLookUp, { status: 500, message: 'Oops' });
    const { code, log, summary } = await scene.apply(scene.github.repository.merge(pull));
    expect(code).toBe(1);
    expect(log).toContain('could not ask GitHub for the reviewed plan: Oops; nothing was written');
    expect(summary).toContain('3 to add');
    expect(scene.live()).toEqual([]);
  });

  test('that wrote a comment without an answer gets no second comment', async () => {
    answer(
      ({ method, path }) => method === 'POST' && path.endsWith('/comments'),
      { status: 502, message: 'Bad Gateway', done: true },
      1,
    );
    expect((await scene.plan(pull)).code).toBe(0);
    expect(pull.comments).toHaveLength(1);
  });

  test('that accepts no comment after a complete apply is a warning', async () => {
    await scene.plan(pull);
    answer(isComment, { status: 403, message: 'Resource not accessible by integration' });
    const { code, log, outputs } = await scene.apply(scene.github.repository.merge(pull));
    expect(code).toBe(0);
    expect(outputs.outcome).toBe('applied');
    expect(log).toContain('::warning::the comment could not be written: Resource not accessible by integration');
    expect(log).toContain('pull-requests: write');
  });

  test('that accepts no comment after a partial apply does not change the exit code', async () => {
    scene = await openScene({ fault: ({ numbers }) => (numbers.includes(uk(1)[0]!) ? { status: 400 } : 'pass') });
    pull = scene.github.pull();
    await scene.plan(pull);
    answer(isComment, { status: 500, message: 'Oops' });
    const { code, log } = await scene.apply(scene.github.repository.merge(pull));
    expect(code).toBe(4);
    expect(log).toContain('::error::the comment could not be written: Oops');
  });

  test('without a token prevents an apply, as its commit may not be the newest', async () => {
    const { code, log } = await scene.run('apply', { name: 'push' }, { arguments: '--yes', 'github-token': '' });
    expect(code).toBe(6);
    expect(log).toContain('github-token: is empty; set it to a token, which this step needs');
    expect(scene.api.seen).toEqual([]);
  });
});

describe('a step that its runner ends', () => {
  /** Applies 60 numbers in three batches. The answer to the second is delayed. */
  async function holdSecondBatch(rest: Partial<Step> = {}) {
    const { opened, open } = makeGate();
    const held = uk(60)[20]!;
    const fault = async ({ numbers }: { numbers: readonly string[] }) => {
      if (numbers.includes(held)) await opened;
      return 'pass' as const;
    };
    scene = await openScene({ fault });
    pull = scene.github.pull();
    scene.desire(...uk(60));
    await scene.plan(pull);
    const merge = scene.github.repository.merge(pull);
    const step = scene.start('apply', merge, { approve: 'reviewed', arguments: '--concurrency=1' }, rest);
    await scene.api.arrival(({ numbers }) => numbers.includes(held));
    return { step, release: open };
  }

  const everywhere = ({ log, summary }: { log: string; summary: string }) => [log, summary, pull.comments[0]!.body];

  test('reports what was done in outputs, summary and comment', async () => {
    const { step, release } = await holdSecondBatch();
    step.kill('SIGINT');
    release();
    const ran = await step.done;
    expect(ran.code).toBe(130);
    expect(ran.outputs).toMatchObject({ outcome: 'partial', 'exit-code': '130', changed: 'true' });
    for (const text of everywhere(ran)) expect(text).toContain('40 added, 0 removed, 20 adds not sent');
    expect(pull.comments[0]!.body).toContain('Run plan again and approve the new plan to continue.');
    expect(scene.live()).toEqual(uk(40));
  });

  test('waits three seconds for an answer, then reports its numbers as unknown', async () => {
    const { step, release } = await holdSecondBatch();
    step.kill('SIGINT');
    const ran = await step.done;
    release();
    expect(ran.code).toBe(130);
    for (const text of everywhere(ran))
      expect(text).toContain('20 added, 0 removed, 20 adds unknown, 20 adds not sent');
  });

  test('publishes at once after the second signal', async () => {
    const clock = new HastyClock();
    const { sleep } = clock;
    clock.sleep = (ms, signal) => sleep(ms === 3_000 ? Number.MAX_SAFE_INTEGER : ms, signal); // the time for last answers never ends
    const { step, release } = await holdSecondBatch({ clock });
    step.kill('SIGINT');
    step.kill('SIGTERM');
    const ran = await step.done;
    release();
    for (const text of everywhere(ran))
      expect(text).toContain('20 added, 0 removed, 20 adds unknown, 20 adds not sent');
  });

  test('gives up a comment without an answer before it is killed; the files are complete', async () => {
    const { step, release } = await holdSecondBatch();
    answer(isComment, 'hang');
    step.kill('SIGINT');
    release();
    const { code, outputs, summary, log } = await step.done;
    expect(code).toBe(130);
    expect(outputs.outcome).toBe('partial');
    expect(summary).toContain('40 added, 0 removed, 20 adds not sent');
    expect(log).toMatch(/the comment could not be written: (the step was ended|no answer within)/);
  });

  test('waits for no rate limit', async () => {
    const { step, release } = await holdSecondBatch();
    answer(isComment, busy({ 'retry-after': '60' }));
    step.kill('SIGINT');
    release();
    expect((await step.done).log).not.toContain('waiting 60 s');
  });

  test('during the look-up of the review writes nothing', async () => {
    await scene.plan(pull);
    answer(isLookUp, { status: 200, value: [] });
    let kill = () => {};
    const clock = new HastyClock();
    const sleep = clock.sleep;
    clock.sleep = (ms, signal) => {
      if (ms === 8_000) kill();
      return sleep(ms, signal);
    };
    const step = scene.start('apply', scene.github.repository.merge(pull), { approve: 'reviewed' }, { clock });
    kill = () => step.kill('SIGINT');
    const { code } = await step.done;
    expect(code).toBe(130);
    expect(scene.api.writes(BOT)).toEqual([]);
  });
});
