import { describe, expect, test } from 'vitest';
import { type Place, type Review, refusePlace, refuseReview } from '../../src/action/decide.ts';
import type { Pull } from '../../src/action/github/client.ts';
import type { Memory } from '../../src/action/github/plan-comment.ts';

const SHA = 'a1b2c3d4';

describe('an apply at a commit', () => {
  const first: Place = { sha: SHA, branch: 'main', attempt: 1, head: SHA, since: null };
  test.each<[string, Partial<Place>, RegExp | null]>([
    ['that is the head of its branch may write', {}, null],
    ['that is the head, in a re-run, may write', { attempt: 2 }, null],
    ['that is older may write if no later merge was applied', { head: 'ffff' }, null],
    ['on no branch may write', { branch: null, head: null }, null],
    ['whose branch is gone may write', { head: null }, null],
    [
      'that is older may not after a later merge was applied',
      { head: 'ffff', since: { applied: 7 } },
      /#7 was merged after a1b2c3d and is already applied/,
    ],
    [
      'that is no longer on its branch may not',
      { head: 'ffff', since: 'rewritten' },
      /main no longer contains the commit a1b2c3d/,
    ],
    [
      'that is older may not in a re-run',
      { head: 'ffff', attempt: 2 },
      /re-run, and its commit a1b2c3d is no longer the head of main/,
    ],
    ['on no branch may not in a re-run', { branch: null, head: null, attempt: 3 }, /is the head of no branch/],
  ])('%s', (_, given, says) => {
    const refusal = refusePlace({ ...first, ...given });
    if (!says) return expect(refusal).toBeNull();
    expect(refusal).toMatchObject({ outcome: 'stale', message: expect.stringMatching(says) });
    expect(refusal!.message).toMatch(/; nothing was written(\. Start a new run of the workflow\.)?$/);
  });
});

describe('a merge', () => {
  const pull: Pull = { number: 7, merged: true, mergeCommit: SHA, base: 'main', head: 'beef' };
  const plan = { fingerprint: 'f1', outcome: 'changes', title: 'Plan', commit: 'beef', seal: 's' } as const;
  const memory: Memory = { scope: 'x', plan, run: null, earlier: [] };
  const good: Review = {
    event: { name: 'push', sha: SHA, ref: 'refs/heads/main', branch: 'main' },
    scopeName: '"default"',
    due: { fingerprint: 'f1', outcome: 'changes' },
    pulls: [pull],
    pushed: [],
    memory,
    sealed: true,
  };
  const withPlan = (change: Partial<NonNullable<Memory['plan']>>) => ({
    memory: { ...memory, plan: { ...plan, ...change } },
  });
  const withRun = (code: number, commit = SHA) => ({ memory: { ...memory, run: { commit, code } } });

  test.each<[string, Partial<Review>]>([
    ['with the reviewed plan', {}],
    ['with other pull requests of its commit', { pulls: [{ ...pull, number: 6, base: 'sandbox' }, pull] }],
    ['as the only one in a push of several commits', { pushed: [7] }],
    ['with a bot that cannot be read now', { due: { fingerprint: 'f1', outcome: 'failed' } }],
    ['after a run that failed', withRun(1)],
    ['after a run of another commit', withRun(0, 'ffff')],
    ['without base and head from GitHub', { pulls: [{ ...pull, base: undefined, head: undefined }] }],
    ['without a ref of a push', { event: { name: 'push', sha: SHA, ref: '', branch: null } }],
  ])('approves %s', (_, given) => {
    expect(refuseReview({ ...good, ...given })).toBeNull();
  });

  test.each<[string, Partial<Review>, string, RegExp]>([
    [
      'with a plan that the guard refuses',
      { due: { fingerprint: 'f1', outcome: 'refused' } },
      'refused',
      /the guard refuses this plan/,
    ],
    [
      'for a tag',
      { event: { name: 'push', sha: SHA, ref: 'refs/tags/v1', branch: null } },
      'invalid',
      /refs\/tags\/v1 is not a branch/,
    ],
    [
      'for a deployment without a ref',
      { event: { name: 'deployment', sha: SHA, ref: '', branch: null } },
      'invalid',
      /the event deployment has no branch/,
    ],
    ['without a pull request', { pulls: [] }, 'invalid', /no merged pull request has the commit a1b2c3d/],
    ['that is not merged', { pulls: [{ ...pull, merged: false }] }, 'invalid', /no merged pull request/],
    [
      'merged into another branch',
      { pulls: [{ ...pull, base: 'dev' }] },
      'invalid',
      /#7 was merged into dev, not into main/,
    ],
    [
      'merged with another commit',
      { pulls: [{ ...pull, mergeCommit: 'ffff' }] },
      'invalid',
      /#7 was merged, but not with the commit a1b2c3d/,
    ],
    ['merged together with another', { pushed: [7, 8] }, 'invalid', /this push merges #7, #8/],
    [
      'without a comment',
      { memory: null },
      'invalid',
      /there is no plan in pull request #7 for the environment "default"/,
    ],
    ['without a plan', { memory: { ...memory, plan: null } }, 'invalid', /there is no plan/],
    ['with a plan of wrong files', withPlan({ fingerprint: null }), 'invalid', /there is no plan/],
    [
      'with a plan that was refused',
      withPlan({ outcome: 'refused' }),
      'invalid',
      /has the outcome refused, which no merge approves/,
    ],
    [
      'with a plan that was incomplete',
      withPlan({ outcome: 'failed' }),
      'invalid',
      /has the outcome failed, which no merge approves/,
    ],
    ['with a plan of an older commit', withPlan({ commit: 'dead' }), 'stale', /is for dead, but beef was merged/],
    ['that was applied', withRun(0), 'stale', /was already applied/],
    ['with another plan', withPlan({ fingerprint: 'f2' }), 'stale', /this plan is not the one in pull request #7/],
    [
      'without the seal of the tokens',
      { sealed: false },
      'stale',
      /changed after it was made, or made with other tokens/,
    ],
  ])('approves nothing %s', (_, given, outcome, says) => {
    const refusal = refuseReview({ ...good, ...given });
    expect(refusal).toMatchObject({ outcome, message: expect.stringMatching(says) });
    expect(refusal!.message).toMatch(
      /^approve: .*\. Nothing was written; to apply the plan of this run, set the input approve to its fingerprint\.$/,
    );
  });
});
