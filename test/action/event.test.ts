import { describe, expect, test } from 'vitest';
import { readEvent, refuseEvent } from '../../src/action/event.ts';

const env = { GITHUB_REPOSITORY: 'octo/lists', GITHUB_SHA: 'abc', GITHUB_ACTOR: 'octocat', GITHUB_RUN_ID: '42' };
const repository = { full_name: 'octo/lists' };
const pull = (from: string | null, sha = 'beef') => ({
  number: 7,
  head: { sha, repo: from === null ? null : { full_name: from } },
});

describe('an event', () => {
  test.each([
    ['a push', { GITHUB_REF: 'refs/heads/main' }, {}, { branch: 'main', pull: null, foreign: false, attempt: 1 }],
    ['a push whose ref is only in the payload', {}, { ref: 'refs/heads/x/y' }, { branch: 'x/y' }],
    ['a tag', { GITHUB_REF: 'refs/tags/v1' }, {}, { ref: 'refs/tags/v1', branch: null }],
    ['an event without a ref', {}, {}, { ref: '', branch: null }],
    ['a re-run', { GITHUB_RUN_ATTEMPT: '3' }, {}, { attempt: 3 }],
    ['the commits of a push', {}, { commits: [{ id: 'a' }, { id: 'b' }] }, { pushed: ['a', 'b'] }],
    ['a pull request', {}, { pull_request: pull('octo/lists') }, { pull: { number: 7, head: 'beef' }, foreign: false }],
    ['one from a fork', {}, { pull_request: pull('stranger/lists') }, { foreign: true }],
    ['one from a fork that is gone', {}, { pull_request: pull(null) }, { foreign: true }],
    ['one by Dependabot', { GITHUB_ACTOR: 'dependabot[bot]' }, { pull_request: pull('octo/lists') }, { foreign: true }],
    ['a push by Dependabot', { GITHUB_ACTOR: 'dependabot[bot]' }, {}, { foreign: false }],
  ])('%s', (_, variables, payload, facts) => {
    expect(readEvent({ ...env, ...variables }, { repository, ...payload })).toMatchObject(facts);
  });

  test('has the URL of its run', () => {
    expect(readEvent(env, {}).runUrl).toBe('https://github.com/octo/lists/actions/runs/42');
  });

  test.each([
    ['issue_comment', 'plan', /would run other people's code/],
    ['pull_request_target', 'plan', /would run other people's code/],
    ['merge_group', 'apply', /cannot apply, because its commit is not merged yet/],
  ])('%s is not supported for %s', (name, command, says) => {
    expect(() => refuseEvent({ ...readEvent(env, {}), name }, command)).toThrow(says);
  });

  test.each([
    ['merge_group', 'plan'],
    ['pull_request', 'plan'],
    ['push', 'apply'],
    ['workflow_dispatch', 'apply'],
    ['schedule', 'drift'],
  ])('%s is supported for %s', (name, command) => {
    expect(() => refuseEvent({ ...readEvent(env, {}), name }, command)).not.toThrow();
  });
});
