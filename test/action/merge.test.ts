/** What a merge may apply, for each way to merge pull requests and to start their runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { uk } from '../stories/harness.ts';
import { WORKFLOW } from './github.ts';
import type { Happened, Issue, Method } from './repository.ts';
import { BOT, openScene, type Scene } from './scene.ts';

let scene: Scene;
let pull: Issue;
beforeEach(async () => {
  scene = await openScene();
  pull = scene.github.pull();
});

/** Opens a pull request with these numbers and plans it. */
async function propose(...numbers: string[]): Promise<Issue> {
  const opened = scene.github.pull();
  scene.desire(...numbers);
  expect((await scene.plan(opened)).code).toBe(0);
  return opened;
}

const bodyOf = ({ comments }: Issue) => comments.at(-1)?.body ?? '';
const repository = () => scene.github.repository;

describe('a merge', () => {
  test.each<Method>(['merge', 'squash', 'rebase'])('by %s is applied', async (how) => {
    await scene.plan(pull);
    await scene.plan(pull, {}, true);
    const { code, outputs } = await scene.apply(repository().merge(pull, how));
    expect([code, outputs.outcome]).toEqual([0, 'applied']);
    expect(scene.live()).toEqual(uk(3));
    expect(bodyOf(pull)).toContain('3 added, 0 removed in 1 of 1 bot');
  });

  describe('of an adds-only plan', () => {
    const ADDS = { arguments: '--adds-only' };
    // The guard refuses this change: 12 of 13 numbers are removed.
    const LIVE = uk(13, 2);
    beforeEach(async () => {
      scene.api.sandbox.set(BOT, LIVE);
      expect((await scene.plan(pull, ADDS)).code).toBe(0);
      expect(bodyOf(pull)).toContain('2 to add, 0 to remove, 12 removals wait');
    });

    test('adds, removes nothing, and fails the step while removals wait', async () => {
      const push = repository().merge(pull);
      const { code, outputs } = await scene.apply(push, { inputs: ADDS });
      expect([code, outputs.outcome, scene.live()]).toEqual([4, 'partial', uk(15)]);
      expect(bodyOf(pull)).toContain('2 added, 0 removed in 1 of 1 bot; 12 removals wait');
    });

    test('approves no plan with removals', async () => {
      scene.api.sandbox.set(BOT, uk(4, 2)); // the guard allows these removals
      expect((await scene.plan(pull, ADDS)).code).toBe(0);
      const { code, outputs } = await scene.apply(repository().merge(pull));
      expect([code, outputs.outcome, scene.live()]).toEqual([5, 'stale', uk(4, 2)]);
    });
  });

  test.each<Method>(['merge', 'squash', 'rebase'])('of one pull request by a queue, by %s, is applied', async (how) => {
    await scene.plan(pull);
    const group = repository().mergeGroup();
    const checked = await scene.run('plan', group);
    expect([checked.code, checked.outputs['to-add']]).toEqual([0, '3']);
    expect(pull.comments).toHaveLength(1);
    expect((await scene.apply(repository().merge([pull], how))).code).toBe(0);
    expect(scene.live()).toEqual(uk(3));
  });

  test.each<Method>(['merge', 'squash', 'rebase'])(
    'of two pull requests in one push, by %s, is refused',
    async (how) => {
      await scene.plan(pull);
      const other = await propose(...uk(4));
      const push = repository().merge([pull, other], how);
      const { code, log, outputs } = await scene.apply(push);
      expect([code, outputs.outcome]).toEqual([6, 'invalid']);
      expect(log).toContain('this push merges #2, #1, but their plans were reviewed one by one; merge one at a time');
      expect(scene.live()).toEqual([]);
      // The remedy: approve the plan of the run by its fingerprint.
      const byHand = await scene.run('apply', repository().start('workflow_dispatch'), {
        approve: outputs.fingerprint!.slice(0, 8),
      });
      expect(byHand.code).toBe(0);
      expect(scene.live()).toEqual(uk(4));
    },
  );

  test('is not approved by its queue, as a merge group is only a check', async () => {
    await scene.plan(pull);
    scene.api.forget();
    const { code, log } = await scene.apply(repository().mergeGroup());
    expect(code).toBe(6);
    expect(log).toContain('the event merge_group cannot apply, because its commit is not merged yet');
    expect(scene.api.seen).toEqual([]);
  });

  test('into another branch approves nothing for the branch that later gets its commits', async () => {
    const aside = scene.github.pull('sandbox');
    await scene.plan(aside);
    const { sha } = repository().merge(aside);
    const { code, log } = await scene.apply(repository().push('main', sha));
    expect(code).toBe(6);
    expect(log).toContain('pull request #2 was merged into sandbox, not into main');
    expect(scene.live()).toEqual([]);
  });

  test('with another commit than the pushed one approves nothing', async () => {
    await scene.plan(pull);
    await scene.plan(pull, {}, true);
    const { payload } = repository().merge(pull, 'merge');
    const [own] = (payload as { commits: { id: string }[] }).commits;
    const { code, log } = await scene.apply({ name: 'push', sha: own!.id, ref: 'refs/heads/main' });
    expect(code).toBe(6);
    expect(log).toContain(`pull request #1 was merged, but not with the commit ${own!.id.slice(0, 7)}`);
    expect(scene.live()).toEqual([]);
  });

  test('approves nothing for a tag', async () => {
    await scene.plan(pull);
    const { sha } = repository().merge(pull);
    const { code, log } = await scene.apply({ name: 'push', sha, ref: 'refs/tags/v1' });
    expect(code).toBe(6);
    expect(log).toContain('refs/tags/v1 is not a branch');
    expect(scene.live()).toEqual([]);
  });

  test('of a commit that was pushed after the plan is refused', async () => {
    await scene.plan(pull);
    const planned = repository().pulls.get(pull.number)!.commits[0]!;
    repository().pullEvent(pull, true);
    const { code, log } = await scene.apply(repository().merge(pull));
    expect(code).toBe(5);
    expect(log).toContain(`the plan in pull request #1 for the environment "default" is for ${planned.slice(0, 7)}`);
    expect(scene.live()).toEqual([]);
  });

  test('reports a commit that begins with digits unmasked', async () => {
    await scene.plan(pull);
    repository().pulls.get(pull.number)!.commits.push('8138782c0ffee');
    const { log } = await scene.apply(repository().merge(pull));
    expect(log).toContain(', but 813878 was merged');
  });

  test('without changes needs no review', async () => {
    scene.api.sandbox.set('support-bot', uk(3));
    const { code, outputs } = await scene.apply(repository().push());
    expect([code, outputs.outcome]).toEqual([0, 'in-sync']);
  });

  test('of a shard without a bot needs no review', async () => {
    const shards = await Promise.all(
      ['1/2', '2/2'].map((shard) => scene.apply(repository().push(), { inputs: { shard } })),
    );
    expect(shards.map(({ code }) => code).sort()).toEqual([0, 6]);
    expect(scene.live()).toEqual([]);
  });

  test('cannot be combined with another approval', async () => {
    for (const consent of ['--yes', '--approve=7d1f0c22', '--plan=plan.json']) {
      const { code, log } = await scene.apply(repository().push(), { inputs: { arguments: consent } });
      expect(code).toBe(6);
      expect(log).toContain('approve: reviewed cannot be used with --yes, --approve or --plan');
    }
    expect(scene.api.seen).toEqual([]);
  });
});

describe('a comment', () => {
  const edit = (from: string | RegExp, to: string) => {
    const [post] = pull.comments;
    const edited = post!.body.replace(from, to);
    expect(edited).not.toBe(post!.body);
    post!.body = edited;
  };

  test('with "refused" edited to "changes" does not override the guard', async () => {
    scene.desire();
    scene.api.sandbox.set('support-bot', uk(3));
    expect((await scene.plan(pull)).code).toBe(3);
    edit('"outcome":"refused"', '"outcome":"changes"');
    expect((await scene.apply(repository().merge(pull))).code).toBe(3);
    expect(scene.live()).toEqual(uk(3));
  });

  test('does not approve other bots if the guard refuses one', async () => {
    const yaml = (a: string[], b: string[]) =>
      `version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\nbots:\n  a: { numbers: [${a.map((n) => `"+${n}"`)}] }\n  b: { numbers: [${b.map((n) => `"+${n}"`)}] }\n`;
    writeFileSync(join(scene.cwd, 'blacklist.yaml'), yaml([], uk(1)));
    scene.api.sandbox.set('a', uk(9));
    await scene.plan(pull);
    edit('"outcome":"refused"', '"outcome":"changes"');
    const { code, log } = await scene.apply(repository().merge(pull));
    expect(code).toBe(3);
    expect(log).toContain('approve: the guard refuses this plan, and no merge overrides it');
    expect(scene.api.writes()).toEqual([]);
  });

  test.each([
    ['the fingerprint of another plan', /"fingerprint":"\w+"/, '"fingerprint":"OTHER"', /is not the one in/],
    ['no seal', /"seal":"\w+"/, '"seal":null', /was changed after it was made, or made with other tokens/],
    ['another seal', /"seal":"\w+"/, `"seal":"${'0'.repeat(64)}"`, /was changed after it was made/],
    ['another commit', /"commit":"\w+"/, '"commit":"beef"', /is for beef, but \w{7} was merged/],
    ['another outcome', '"outcome":"changes"', '"outcome":"in-sync"', /was changed after it was made/],
  ])('with %s approves nothing', async (_, from, to, says) => {
    await scene.plan(pull);
    edit(from, to.replace('OTHER', 'f00d'.repeat(16)));
    const { code, log } = await scene.apply(repository().merge(pull));
    expect(code).toBe(5);
    expect(log).toMatch(says);
    expect(scene.live()).toEqual([]);
  });

  test('that was copied from another pull request approves nothing', async () => {
    const reviewed = await propose(...uk(1));
    const other = await propose(...uk(2));
    const head = (issue: Issue) => repository().pulls.get(issue.number)!;
    head(reviewed).commits = [...head(other).commits];
    reviewed.comments[0]!.body = bodyOf(other);
    const { code, log } = await scene.apply(repository().merge(reviewed));
    expect(code).toBe(5);
    expect(log).toContain('was changed after it was made, or made with other tokens');
    expect(scene.live()).toEqual([]);
  });

  test('that was made with other tokens approves nothing', async () => {
    await scene.run('plan', repository().pullEvent(pull), {}, { env: { SINCH_WHATSAPP_TOKEN: 'another-token-1234' } });
    expect((await scene.apply(repository().merge(pull))).code).toBe(5);
    expect(scene.live()).toEqual([]);
  });

  test('with a text of 60,000 characters approves nothing, and a new comment has the reason', async () => {
    await scene.plan(pull);
    edit(/"title":"/, `"title":"${'x'.repeat(60_000)}`);
    expect((await scene.apply(repository().merge(pull))).code).toBe(6);
    expect(bodyOf(pull)).toContain('there is no plan in pull request #1');
  });

  test('with very long earlier titles still has room for the result', async () => {
    await scene.plan(pull);
    const titles = Array.from({ length: 190 }, () => `"${'x'.repeat(300)}"`);
    edit('"earlier":[]', `"earlier":[${titles}]`);
    expect((await scene.apply(repository().merge(pull))).code).toBe(0);
    expect(bodyOf(pull)).toContain('3 added, 0 removed in 1 of 1 bot');
  });

  test('of a plan approves its numbers for any branch, as a plan contains no branch', async () => {
    const moved = scene.github.pull('sandbox');
    await scene.plan(moved);
    Object.assign(repository().pulls.get(moved.number)!, { base: 'main' });
    expect((await scene.apply(repository().merge(moved))).code).toBe(0);
  });

  test('of a plan with only settings approves no number that changed later', async () => {
    scene.api.sandbox.set('support-bot', uk(3));
    await scene.plan(pull);
    scene.api.sandbox.set('support-bot', uk(2));
    const { code, log } = await scene.apply(repository().merge(pull));
    expect(code).toBe(5);
    expect(log).toContain('this plan is not the one in pull request #1');
    expect(scene.live()).toEqual(uk(2));
  });

  test('of a plan approves nothing after the token was rotated', async () => {
    await scene.plan(pull);
    const env = { SINCH_WHATSAPP_TOKEN: 'renewed-token-5678' };
    const { code } = await scene.apply(repository().merge(pull), { env });
    expect(code).not.toBe(0);
    expect(scene.live()).toEqual([]);
  });

  test('of other inputs is not used', async () => {
    await scene.run('plan', repository().pullEvent(pull), { paths: './blacklist.yaml' });
    const { code, log } = await scene.apply(repository().merge(pull));
    expect(code).toBe(6);
    expect(log).toContain('there is no plan in pull request #1 for the environment "default"');
  });
});

describe('a re-run', () => {
  const again = (event: Happened, rest = {}) => scene.apply(event, { attempt: 2, ...rest });

  test('of the newest merge continues after a failure that wrote nothing', async () => {
    await scene.plan(pull);
    const merge = repository().merge(pull);
    scene.github.answer = () => ({ status: 404, message: 'Not Found' });
    expect((await scene.apply(merge)).code).not.toBe(0);
    expect(scene.live()).toEqual([]);
    scene.github.answer = null;
    expect((await again(merge)).code).toBe(0);
    expect(scene.live()).toEqual(uk(3));
  });

  test('of a reverted merge does not apply it again', async () => {
    scene.api.sandbox.set('support-bot', uk(20));
    const added = await propose(...uk(21));
    const merge = repository().merge(added);
    await scene.apply(merge);
    const revert = await propose(...uk(20));
    expect((await scene.apply(repository().merge(revert))).code).toBe(0);
    expect(scene.live()).toEqual(uk(20));
    const shown = bodyOf(added);
    scene.desire(...uk(21));
    const { code, log } = await again(merge);
    expect(code).toBe(5);
    expect(log).toContain(`this is a re-run, and its commit ${merge.sha.slice(0, 7)} is no longer the head of main`);
    expect(scene.live()).toEqual(uk(20));
    expect(bodyOf(added), 'the result of the merge').toBe(shown);
  });

  test.each([
    ['a fingerprint', 'workflow_dispatch', (fingerprint: string) => ({ approve: fingerprint })],
    ['--yes', 'schedule', () => ({ arguments: '--yes' })],
  ] as const)('at an older commit is refused even with an approval: %s', async (_, name, consent) => {
    const { outputs } = await scene.run('plan', { name: 'push' });
    const event = repository().start(name);
    const inputs = consent(outputs.fingerprint!);
    repository().push();
    const { code, log } = await scene.run('apply', event, inputs, { attempt: 2 });
    expect(code).toBe(5);
    expect(log).toContain('no longer the head of main');
    expect(scene.live()).toEqual([]);
    expect((await scene.run('apply', repository().start(name), inputs, { attempt: 2 })).code).toBe(0);
  });

  test('of a tag is refused, as it is the head of no branch', async () => {
    const event = { name: 'push', sha: repository().head(), ref: 'refs/tags/v1' };
    const { code, log } = await scene.run('apply', event, { arguments: '--yes' }, { attempt: 2 });
    expect(code).toBe(5);
    expect(log).toContain('is the head of no branch');
    expect(scene.live()).toEqual([]);
  });
});

describe('two merges within seconds', () => {
  /** One pull request adds a number and another removes it; both are merged before a run of either starts. */
  async function mergeTwo() {
    scene.api.sandbox.set('support-bot', uk(20));
    const first = await propose(...uk(21));
    const second = await propose(...uk(20));
    return { first, second, merges: [repository().merge(first), repository().merge(second)] as const };
  }

  test('whose runs start in order need a new approval for the second, whose plan changed', async () => {
    const { merges } = await mergeTwo();
    scene.desire(...uk(21));
    expect((await scene.apply(merges[0])).code).toBe(0);
    scene.desire(...uk(20));
    const { code, outputs } = await scene.apply(merges[1]);
    expect(code).toBe(5);
    expect(scene.live()).toEqual(uk(21));
    await scene.run('apply', repository().start('workflow_dispatch'), { approve: outputs.fingerprint! });
    expect(scene.live()).toEqual(uk(20));
  });

  test('whose runs start in the wrong order end in the newer state', async () => {
    const { first, merges } = await mergeTwo();
    expect((await scene.apply(merges[1])).outputs.outcome).toBe('in-sync');
    scene.desire(...uk(21));
    const { code, log } = await scene.apply(merges[0]);
    expect(code).toBe(5);
    expect(log).toContain(`pull request #3 was merged after ${merges[0].sha.slice(0, 7)} and is already applied`);
    expect(scene.live()).toEqual(uk(20));
    expect(bodyOf(first)).toContain('Stale: nothing was written.');
  });

  test('continue if the run of the later one ended with an error', async () => {
    const { merges } = await mergeTwo();
    scene.desire(...uk(29));
    expect((await scene.apply(merges[1])).code).toBe(5);
    scene.desire(...uk(21));
    expect((await scene.apply(merges[0])).code).toBe(0);
    expect(scene.live()).toEqual(uk(21));
  });

  test('are distinguished from runs of other inputs', async () => {
    const { merges } = await mergeTwo();
    await scene.apply(merges[1], { inputs: { environment: 'staging' } });
    scene.desire(...uk(21));
    expect((await scene.apply(merges[0])).code).toBe(0);
  });

  test('end in the newer state if the later one is applied during the review of the first', async () => {
    scene.api.sandbox.set('support-bot', uk(20));
    const first = await propose(...uk(21));
    const second = await propose(...uk(20));
    const merge = repository().merge(first);
    scene.github.answer = ({ path }) => {
      if (path.includes('/commits/') && !repository().pulls.get(second.number)!.mergedAt) {
        const { sha } = repository().merge(second);
        second.comments[0]!.body = bodyOf(second).replace('"run":null', `"run":{"commit":"${sha}","code":0}`);
      }
      return null;
    };
    scene.desire(...uk(21));
    const { code, log } = await scene.apply(merge);
    expect(code).toBe(5);
    expect(log).toContain(`pull request #3 was merged after ${merge.sha.slice(0, 7)} and is already applied`);
    expect(scene.live()).toEqual(uk(20));
  });

  test.each([
    [301, 'more than 300 pull requests have changed since'],
    [1001, 'more than 1000 commits follow this one'],
  ])('refuse the first if %i others followed it', async (others, says) => {
    await scene.plan(pull);
    const merge = repository().merge(pull);
    for (let at = 0; at < others; at++) repository().merge(scene.github.pull());
    const { code, log } = await scene.apply(merge);
    expect(code).toBe(1);
    expect(log).toContain(says);
    expect(scene.live()).toEqual([]);
  });

  test('are found among hundreds of earlier ones', async () => {
    for (let at = 0; at < 350; at++) repository().merge(scene.github.pull());
    await scene.plan(pull);
    const merge = repository().merge(pull);
    repository().merge(scene.github.pull());
    expect((await scene.apply(merge)).code).toBe(0);
  });

  test('do not apply the first if the branch was rewritten without it', async () => {
    await scene.plan(pull);
    const merge = repository().merge(pull);
    repository().forcePush('main', 1);
    const { code, log } = await scene.apply(merge);
    expect(code).toBe(5);
    expect(log).toContain(`main no longer contains the commit ${merge.sha.slice(0, 7)}`);
    expect(scene.live()).toEqual([]);
  });
});

describe('the comment of a plan', () => {
  test('is not written for a commit that is no longer the head of its pull request', async () => {
    const old = repository().pullEvent(pull);
    await scene.plan(pull, {}, true);
    const shown = bodyOf(pull);
    scene.desire(...uk(4));
    const { code, log } = await scene.run('plan', old);
    expect(code).toBe(0);
    expect(log).toMatch(/the comment in pull request #1 was not changed: \w{7} is no longer its last commit/);
    expect(bodyOf(pull)).toBe(shown);
  });

  test('is not written after the pull request was closed, so that its result stays', async () => {
    await scene.plan(pull);
    await scene.apply(repository().merge(pull));
    scene.api.sandbox.set('support-bot', []);
    const { log } = await scene.plan(pull);
    expect(log).toContain('the comment in pull request #1 was not changed: it is closed');
    expect(bodyOf(pull)).toContain('3 added, 0 removed in 1 of 1 bot');
  });

  test('with changes-only is not created without changes, but updated', async () => {
    const inputs = { comment: 'changes-only' };
    scene.api.sandbox.set('support-bot', uk(3));
    await scene.plan(pull, inputs);
    expect(pull.comments).toEqual([]);
    scene.desire(...uk(4));
    await scene.plan(pull, inputs, true);
    expect(bodyOf(pull)).toContain('1 to add');
    scene.desire(...uk(3));
    await scene.plan(pull, inputs, true);
    expect(pull.comments).toHaveLength(1);
    expect(bodyOf(pull)).toContain('In sync: nothing to do.');
  });

  test.each([
    [
      'a warning',
      'version: 1\nlists: { spam: { numbers: [] } }\nbots: { support-bot: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN, numbers: [] } }\n',
    ],
    ['an error', 'version: 2\n'],
  ])('with changes-only is created for %s', async (_, yaml) => {
    writeFileSync(join(scene.cwd, 'blacklist.yaml'), yaml);
    await scene.plan(pull, { comment: 'changes-only' });
    expect(pull.comments).toHaveLength(1);
  });

  test('with changes-only still gets the result of a merge, for a run in the wrong order', async () => {
    scene.api.sandbox.set('support-bot', uk(3));
    await scene.apply(repository().merge(pull), { inputs: { comment: 'changes-only' } });
    expect(pull.comments.map(({ user }) => user.login)).toEqual([WORKFLOW]);
  });
});

test.each(['issue_comment', 'pull_request_target'])(
  '%s is not supported: one error has the reason, and nothing is read',
  async (name) => {
    const { code, log } = await scene.run('plan', { name, payload: { issue: { number: 1, pull_request: {} } } });
    expect(code).toBe(6);
    expect(log.match(/^::error .*/gm)).toEqual([
      `::error title=blacklistctl plan::the event ${name} is not supported, because it would run other people's code with the secrets of the default branch; run this step on pull_request, merge_group, push, schedule or workflow_dispatch`,
    ]);
    expect([...scene.api.seen, ...scene.github.asked]).toEqual([]);
  },
);
