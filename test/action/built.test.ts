/** The built action in its own process, as the runner starts it: one story of each kind. */
import { beforeEach, describe, expect, test } from 'vitest';
import { makeGate, uk } from '../stories/harness.ts';
import { runBuilt, type Step, startBuilt } from './runner.ts';
import { BOT, openScene, type Scene } from './scene.ts';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});

const stepOf = (command: string, event: Step['event'], inputs: Step['inputs'] = {}, rest: Partial<Step> = {}): Step => {
  const { cwd, api, github } = scene;
  return { cwd, api, github, event, ...rest, inputs: { command, ...inputs } };
};
const run = (...step: Parameters<typeof stepOf>) => runBuilt(stepOf(...step));
const apply = (event: Step['event'], rest?: Partial<Step>) => run('apply', event, { approve: 'reviewed' }, rest);
const repository = () => scene.github.repository;

describe('a merge', () => {
  test.each(['squash', 'rebase', 'merge'] as const)(
    'by %s is applied, and its re-run has nothing to do',
    async (how) => {
      const pull = scene.github.pull();
      await run('plan', repository().pullEvent(pull));
      const merge = repository().merge(pull, how);
      const { code, outputs } = await apply(merge);
      expect([code, outputs.outcome, outputs['exit-code']]).toEqual([0, 'applied', '0']);
      expect(pull.comments.map(({ body }) => body)).toEqual([
        expect.stringContaining('3 added, 0 removed in 1 of 1 bot'),
      ]);
      const again = await apply(merge, { attempt: 2 });
      expect([again.code, again.outputs.outcome]).toEqual([0, 'in-sync']);
    },
  );

  test('that was reverted is not applied by a re-run', async () => {
    scene.api.sandbox.set(BOT, uk(20));
    scene.desire(...uk(21));
    const pull = scene.github.pull();
    await scene.plan(pull);
    const merge = repository().merge(pull);
    await apply(merge);
    scene.api.sandbox.set(BOT, uk(20)); // as the run of the revert left it
    repository().push();
    expect((await apply(merge, { attempt: 2 })).code).toBe(5);
    expect(scene.live()).toEqual(uk(20));
  });

  test('whose comment was edited is refused', async () => {
    const pull = scene.github.pull();
    await run('plan', repository().pullEvent(pull));
    pull.comments[0]!.body = pull.comments[0]!.body.replace(/"seal":"\w+"/, `"seal":"${'0'.repeat(64)}"`);
    expect((await apply(repository().merge(pull))).code).toBe(5);
    expect(scene.live()).toEqual([]);
  });

  test('whose run starts after that of a later merge is refused', async () => {
    const [first, second] = [scene.github.pull(), scene.github.pull()];
    await scene.plan(first);
    const merges = [repository().merge(first), repository().merge(second)] as const;
    scene.desire();
    expect((await apply(merges[1])).code).toBe(0);
    scene.desire(...uk(3));
    expect((await apply(merges[0])).code).toBe(5);
    expect(scene.live()).toEqual([]);
  });

  test('of two pull requests by a queue is refused, and of one is applied', async () => {
    const [first, second] = [scene.github.pull(), scene.github.pull()];
    for (const pull of [first, second]) await scene.plan(pull);
    expect((await run('plan', repository().mergeGroup())).code).toBe(0);
    expect((await apply(repository().merge([first, second]))).code).toBe(6);
    expect(scene.live()).toEqual([]);
    const third = scene.github.pull();
    await scene.plan(third);
    expect((await apply(repository().merge([third]))).code).toBe(0);
    expect(scene.live()).toEqual(uk(3));
  });

  test('waits for a rate limit, and repeats the look-up of its pull request', async () => {
    const pull = scene.github.pull();
    await scene.plan(pull);
    let asked = 0;
    scene.github.answer = ({ path }) => {
      if (!path.includes('/commits/')) return null;
      asked++;
      if (asked === 1) return { status: 403, message: 'rate limit', headers: { 'retry-after': '0' } };
      return asked === 2 ? { status: 200, value: [] } : null;
    };
    const { code, log } = await apply(repository().merge(pull));
    expect(code).toBe(0);
    expect(log).toContain("GitHub's rate limit is reached; waiting 0 s as requested");
    expect(scene.live()).toEqual(uk(3));
  });
});

describe('a step that is ended', () => {
  async function holdSecondBatch() {
    const { opened, open } = makeGate();
    const held = uk(60)[20]!;
    const fault = async ({ numbers }: { numbers: readonly string[] }) => {
      if (numbers.includes(held)) await opened;
      return 'pass' as const;
    };
    scene = await openScene({ fault });
    scene.desire(...uk(60));
    const pull = scene.github.pull();
    await scene.plan(pull);
    const inputs = { approve: 'reviewed', arguments: '--concurrency=1' };
    const step = startBuilt(stepOf('apply', repository().merge(pull), inputs));
    await scene.api.arrival(({ numbers }) => numbers.includes(held));
    return { step, pull, release: open };
  }

  test('by a cancellation leaves its ledger in outputs, summary and comment', async () => {
    const { step, pull, release } = await holdSecondBatch();
    step.kill('SIGINT');
    await step.said(/Interrupted: stopping/);
    release();
    const { code, outputs, summary } = await step.done;
    expect([code, outputs.outcome]).toEqual([130, 'partial']);
    for (const text of [summary, pull.comments[0]!.body])
      expect(text).toContain('40 added, 0 removed, 20 adds not sent');
  });

  test('by a time limit, which sends both signals, leaves its ledger at once', async () => {
    const { step, pull, release } = await holdSecondBatch();
    step.kill('SIGINT');
    step.kill('SIGTERM');
    const { code, outputs, summary } = await step.done;
    release();
    expect([code, outputs.outcome]).toEqual([130, 'partial']);
    for (const text of [summary, pull.comments[0]!.body])
      expect(text).toContain('20 added, 0 removed, 20 adds unknown, 20 adds not sent');
  });
});

test('jobs of a matrix have an issue each, and a drift that ended opens a new issue', async () => {
  const drift = (bots: string) =>
    run('drift', repository().start('schedule'), { issue: 'true', arguments: '--settle=0', bots });
  expect((await drift(BOT)).code).toBe(2);
  const [issue] = scene.github.issues.values();
  expect((await drift('')).log).toContain('opened an issue');
  expect([...scene.github.issues.values()].map(({ state }) => state)).toEqual(['open', 'open']);
  issue!.state = 'closed';
  scene.api.sandbox.set(BOT, uk(3));
  await drift(BOT);
  scene.api.sandbox.set(BOT, []);
  expect((await drift(BOT)).log).toContain('opened an issue');
});

test('a pull request from a fork is checked without secrets', async () => {
  const pull = scene.github.pull();
  const event = repository().pullEvent(pull, false, 'stranger/lists');
  const { code, log } = await run('plan', event, {}, { env: { SINCH_WHATSAPP_TOKEN: '' } });
  expect(code).toBe(0);
  expect(log).toContain('gets no secrets');
});

test('an event that is not JSON is reported without a stack', async () => {
  const env = { GITHUB_EVENT_PATH: `${scene.cwd}/blacklist.yaml` };
  const { code, log } = await run('plan', { name: 'push' }, {}, { env });
  expect(log).toMatch(/^::error title=blacklistctl::the action could not run: /m);
  expect(code).toBe(1);
});
