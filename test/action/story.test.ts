/** Complete workflows as a runner runs them: review in the pull request, apply on merge, check for drift. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import { shardOf } from '../../src/steps/read-desired.ts';
import { needs } from '../needs.ts';
import { type Api, makeDesired, planFile, startApi, uk, yamlOf } from '../stories/harness.ts';
import { type StandIn, startGitHub, WORKFLOW } from './github.ts';
import type { Issue } from './repository.ts';
import { definition, type Ran, runStep, type Step } from './runner.ts';

let api: Api;
let github: StandIn;
let cwd: string;
beforeEach(async () => {
  api = await startApi();
  github = await startGitHub();
  cwd = makeDesired({ 'support-bot': uk(3) });
});

const desire = (...numbers: string[]) => writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ 'support-bot': numbers }));
const pullEvent = (pull: Issue, from?: string) => github.repository.pullEvent(pull, false, from);

function step(command: string, event: Step['event'], inputs: Step['inputs'] = {}, env: Step['env'] = {}): Promise<Ran> {
  return runStep({ cwd, api, github, event, inputs: { command, ...inputs }, env });
}

describe('a pull request', () => {
  test('is planned in one comment, which a push updates and a merge applies', async () => {
    const pull = github.pull();
    github.say(pull.number, 'Looks good to me');
    const first = await step('plan', pullEvent(pull));
    expect(first.code).toBe(0);
    expect(first.outputs).toMatchObject({ changed: 'true', 'to-add': '3', 'to-remove': '0', outcome: 'changes' });
    expect(first.outputs['exit-code']).toBe('0');
    expect(Object.keys(first.outputs).sort()).toEqual(Object.keys(definition.outputs).sort());
    const short = first.outputs.fingerprint!.slice(0, 8);
    const [, comment] = pull.comments;
    expect(comment!.body).toContain(`### Plan \`${short}\`: 3 to add, 0 to remove`);
    const commit = github.repository.pulls.get(pull.number)!.commits[0]!.slice(0, 7);
    expect(comment!.body).toMatch(
      new RegExp(`blacklistctl [\\d.]+ · [\\d-]{10} [\\d:]{5} UTC · commit ${commit} · \`blacklist.yaml\`\n`),
    );
    expect(comment!.body).toContain(
      '<sub>Environment `default`, [run](https://github.example/octo/lists/actions/runs/42)</sub>',
    );
    expect(comment!.body).toContain('+ add     +44••••••0000');
    expect(first.summary).toContain(`### Plan \`${short}\``);
    expect(first.log).toContain('::notice title=blacklistctl plan::Plan');
    expect(planFile(first.outputs['plan-file']!).fingerprint).toBe(first.outputs.fingerprint);

    desire(...uk(4));
    const second = await step('plan', github.repository.pullEvent(pull, true));
    expect(pull.comments).toHaveLength(2);
    expect(comment!.body).toContain('4 to add');
    expect(comment!.body).toContain(
      `<summary>Superseded: 1</summary>\n\n- \`Plan ${short}: 3 to add, 0 to remove, 0 unchanged in 1 bot (${commit})\``,
    );

    const merge = github.repository.merge(pull);
    const applied = await step('apply', merge, { approve: 'reviewed' });
    expect(applied.code).toBe(0);
    expect(applied.outputs).toMatchObject({ outcome: 'applied', fingerprint: second.outputs.fingerprint });
    expect(api.list('support-bot')).toEqual(uk(4));
    expect(pull.comments).toHaveLength(2);
    expect(comment!.body).toContain('4 added, 0 removed in 1 of 1 bot');

    // If the merge is run again after later changes, it must not restore the old state.
    api.sandbox.set('support-bot', []);
    const again = await step('apply', merge, { approve: 'reviewed' });
    expect(again.code).toBe(5);
    expect(again.log).toContain('was already applied');
    expect(api.list('support-bot')).toEqual([]);
  });

  test.each<[string, Step['inputs'], Step['env'], boolean]>([
    ['the runner debugs its steps', {}, { RUNNER_DEBUG: '1' }, true],
    ['the arguments ask for it', { arguments: '--debug' }, {}, true],
    ['BLACKLISTCTL_DEBUG is set', {}, { BLACKLISTCTL_DEBUG: '1' }, true],
    ['nothing asks for it', {}, {}, false],
  ])('has a line for each request in its log if %s', async (_, inputs, env, logged) => {
    const { code, log } = await step('plan', pullEvent(github.pull()), inputs, env);
    const lines = log.split('\n').filter((line) => line.startsWith('debug: bot=support-bot method=GET '));
    expect({ code, lines: lines.length }).toEqual({ code: 0, lines: logged ? api.reads().length : 0 });
  });

  test('whose plan changed is not applied: exit 5, with the reason in the comment', async () => {
    const pull = github.pull();
    await step('plan', pullEvent(pull));
    api.sandbox.set('support-bot', uk(1));
    const merge = github.repository.merge(pull);
    const refused = await step('apply', merge, { approve: 'reviewed' });
    expect(refused.code).toBe(5);
    expect(refused.outputs).toMatchObject({ outcome: 'stale', 'exit-code': '5' });
    expect(api.writes()).toEqual([]);
    expect(pull.comments[0]!.body).toContain('Stale: nothing was written.');
    expect(pull.comments[0]!.body).toContain('this plan is not the one in pull request #1');
    expect(refused.log).toContain(
      '::error title=blacklistctl apply::approve: this plan is not the one in pull request #1',
    );
    // Another run of the same merge does not approve the new plan.
    const again = await step('apply', merge, { approve: 'reviewed' });
    expect(again.code).toBe(5);
    // A person can approve it with the fingerprint in the comment.
    const [, approve = ''] = /### Plan `(\w{8})`/.exec(pull.comments[0]!.body) ?? [];
    expect((await step('apply', { name: 'workflow_dispatch' }, { approve })).code).toBe(0);
    expect(api.list('support-bot')).toEqual(uk(3));
  });

  test('with wrong files shows each error at its place, and its merge applies nothing', async () => {
    const pull = github.pull();
    await step('plan', pullEvent(pull));
    writeFileSync(join(cwd, 'blacklist.yaml'), 'version: 1\nbots:\n  a: { numbers: [x] }\n');
    const { code, log, outputs } = await step('plan', pullEvent(pull));
    expect(code).toBe(6);
    expect(outputs).toMatchObject({ outcome: 'invalid', 'exit-code': '6', 'plan-file': '', changed: 'false' });
    expect(log).toContain('::error file=blacklist.yaml,line=3,col=18,title=blacklistctl plan::');
    expect(pull.comments[0]!.body).toContain('Invalid: fix the reported errors.');
    desire(...uk(3));
    const apply = await step('apply', github.repository.merge(pull), { approve: 'reviewed' });
    expect(apply.code).toBe(6);
    expect(apply.log).toContain('there is no plan in pull request #1');
    expect(api.writes()).toEqual([]);
  });

  test('with a plan that the guard refused fails its check, and its merge approves nothing', async () => {
    desire();
    api.sandbox.set('support-bot', uk(3));
    const pull = github.pull();
    const plan = await step('plan', pullEvent(pull));
    expect(plan.code).toBe(3);
    expect(pull.comments[0]!.body).toContain('numbers that are now on the list');
    const apply = await step('apply', github.repository.merge(pull), { approve: 'reviewed' });
    expect(apply.code).toBe(3);
    expect(apply.outputs.outcome).toBe('refused');
    expect(api.writes()).toEqual([]);
  });

  test('with a shard without a bot is planned and merged, and nothing is reported as in sync', async () => {
    const shard = `${3 - shardOf('support-bot', 2)}/2`;
    const pull = github.pull();
    const plan = await step('plan', pullEvent(pull), { shard });
    const apply = await step('apply', github.repository.merge(pull), { shard, approve: 'reviewed' });
    for (const { code, log, outputs, summary } of [plan, apply]) {
      expect(code).toBe(0);
      expect(outputs).toMatchObject({ outcome: 'nothing-selected', changed: 'false', 'exit-code': '0' });
      expect(log + summary).not.toMatch(/in.sync/i);
      expect(log + summary).toContain('Nothing selected: no live list was read.');
    }
    expect(pull.comments[0]!.body).toContain('Nothing selected: no live list was read.');
    expect(api.seen).toEqual([]);
  });

  test('shows its own changes and drift', async (context) => {
    needs('git', context);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], { cwd });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message=before');
    desire(...uk(4));
    const pull = github.pull();
    await step('plan', pullEvent(pull), { base: 'HEAD' });
    expect(pull.comments[0]!.body).toContain('4 to add (1 config, 3 drift)');
  });

  test('from a fork is only validated, as it gets no tokens', async () => {
    const pull = github.pull();
    github.answer = ({ method }) => (method === 'GET' ? null : { status: 403, message: 'Resource not accessible' });
    const event = pullEvent(pull, 'stranger/lists');
    const { code, log, summary } = await step('plan', event, {}, { SINCH_WHATSAPP_TOKEN: undefined });
    expect(code).toBe(0);
    expect(log).toContain('Valid: 3 numbers in 1 bot');
    expect(summary).toContain('so nothing was planned; the files were checked [W-NO-TOKENS]');
    const strict = { arguments: '--error-on=W-NO-TOKENS' };
    expect((await step('plan', event, strict, { SINCH_WHATSAPP_TOKEN: undefined })).code).toBe(6);
    expect(api.seen).toEqual([]);
    writeFileSync(join(cwd, 'blacklist.yaml'), 'version: 2\n');
    expect((await step('plan', event, {}, { SINCH_WHATSAPP_TOKEN: undefined })).code).toBe(6);
  });

  test('of the repository itself without a token is an error', async () => {
    const pull = github.pull();
    const { code, log } = await step('plan', pullEvent(pull), {}, { SINCH_WHATSAPP_TOKEN: undefined });
    expect(code).toBe(6);
    expect(log).toContain('the environment variable SINCH_WHATSAPP_TOKEN (token of the bot "support-bot") is not set');
  });

  test('whose lists cannot be read saves no plan, and names no file', async () => {
    api = await startApi({ fault: () => ({ status: 404 }) });
    const { code, log, outputs } = await step('plan', pullEvent(github.pull()));
    expect(code).toBe(1);
    expect(log).toContain('not written, because no live list could be read');
    expect(outputs['plan-file']).toBe('');
  });

  test('with nothing but removals that wait differs from the live lists', async () => {
    api.sandbox.set('support-bot', uk(5));
    const { outputs } = await step('plan', pullEvent(github.pull()), { arguments: '--adds-only' });
    expect(outputs).toMatchObject({ changed: 'true', 'to-add': '0', 'to-remove': '0', outcome: 'changes' });
  });

  test('shows every number with --verbose, and advises no option that a workflow cannot have', async () => {
    api.sandbox.set('support-bot', uk(30, 5));
    const short = await step('plan', pullEvent(github.pull()), {});
    const whole = await step('plan', pullEvent(github.pull()), { arguments: '--verbose' });
    expect(short.log).toContain('(--verbose shows all)');
    expect(whole.log).not.toContain('(--verbose shows all)');
    expect(short.log + whole.log).not.toContain('--numbers full');
  });

  test('with 5,000 changes fits into the comment', async () => {
    const numbers = Array.from({ length: 50 }, (_, area) =>
      Array.from({ length: 100 }, (_, at) => `1${300 + area}55501${String(at).padStart(2, '0')}`),
    );
    desire(...numbers.flat());
    const pull = github.pull();
    const { code, summary, outputs } = await step('plan', pullEvent(pull));
    expect(code).toBe(0);
    expect(outputs['to-add']).toBe('5000');
    expect(pull.comments[0]!.body).toContain('of 5,000 @@');
    expect(summary).not.toContain('Cut to fit');
  });

  test('has a comment for each environment, and ignores comments of other users', async () => {
    const pull = github.pull();
    for (let at = 0; at < 150; at++) github.say(pull.number, 'noise');
    await step('plan', pullEvent(pull), { environment: 'production' });
    const forged = github.say(pull.number, pull.comments.at(-1)!.body, 'stranger');
    await step('plan', pullEvent(pull), { environment: 'staging' });
    await step('plan', pullEvent(pull), { environment: 'production' });
    expect(pull.comments.filter(({ user }) => user.login === WORKFLOW)).toHaveLength(2);
    expect(forged.body).not.toContain('staging');
    // A copy by another user approves nothing.
    pull.comments.splice(0, pull.comments.length, forged);
    const apply = await step('apply', github.repository.merge(pull), {
      environment: 'production',
      approve: 'reviewed',
    });
    expect(apply.code).toBe(6);
    expect(apply.log).toContain('there is no plan in pull request #1 for the environment "production"');
  });

  test('works on an Enterprise Server', async () => {
    const pull = github.pull();
    for (let run = 0; run < 2; run++) {
      await step('plan', pullEvent(pull), {}, { GITHUB_API_URL: `${github.url}/api/v3` });
    }
    expect(pull.comments).toHaveLength(1);
    expect(github.asked.map(({ path }) => path.split('?')[0])).toContain('/api/graphql');
  });

  test('gets its comment after GitHub failed for a moment', async () => {
    const pull = github.pull();
    let failures = 1;
    github.answer = ({ method, path }) =>
      method === 'POST' && path !== '/graphql' && failures-- > 0 ? { status: 502, message: 'Bad Gateway' } : null;
    expect((await step('plan', pullEvent(pull))).code).toBe(0);
    expect(pull.comments).toHaveLength(1);
  });

  test('fails its check if its comment cannot be written, and reports the permission', async () => {
    const pull = github.pull();
    github.answer = ({ method, path }) =>
      method === 'POST' && path !== '/graphql'
        ? { status: 403, message: 'Resource not accessible by integration' }
        : null;
    const { code, log, summary } = await step('plan', pullEvent(pull));
    expect(code).toBe(1);
    expect(log).toContain('pull-requests: write');
    expect(summary).toContain('3 to add');
  });
});

describe('shared lists, number files and encrypted files', () => {
  const LISTS = 'version: 1\nlists: { fraud: { files: [numbers/*.txt] }, spam: { numbers: [] } }\n';
  const head = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\n';
  const paths = 'bots.yaml\nlists.yaml';
  beforeEach(() => {
    mkdirSync(join(cwd, 'numbers'));
    writeFileSync(join(cwd, 'numbers/export.txt'), `+${uk(1)[0]} # a refund\n`);
    writeFileSync(join(cwd, 'lists.yaml'), LISTS);
    writeFileSync(join(cwd, 'bots.yaml'), `${head}bots: { support-bot: { lists: [fraud] } }\n`);
  });

  test('are planned and applied with the paths of both files', async () => {
    const pull = github.pull();
    const planned = await step('plan', pullEvent(pull), { paths });
    expect(planned.outputs['to-add']).toBe('1');
    expect(planned.log).toContain('::warning file=lists.yaml,line=2,col=45,title=blacklistctl plan%3A W-UNUSED-LIST::');
    const applied = await step('apply', github.repository.merge(pull), { paths, approve: 'reviewed' });
    expect(applied.code).toBe(0);
    expect(api.list('support-bot')).toEqual(uk(1));
  });

  test('with warnings that are errors or ignored', async () => {
    const strict = await step('plan', { name: 'push' }, { paths, arguments: '--error-on=W-UNUSED-LIST' });
    expect(strict.code).toBe(6);
    expect(strict.log).toContain('::error file=lists.yaml,line=2,col=45,title=blacklistctl plan%3A W-UNUSED-LIST::');
    const calm = await step('plan', { name: 'push' }, { paths, arguments: '--ignore\nW-UNUSED-LIST' });
    expect(calm.code).toBe(0);
    expect(calm.log).not.toContain('W-UNUSED-LIST');
  });

  test('that require another version fail before anything is read', async () => {
    writeFileSync(join(cwd, 'lists.yaml'), LISTS.replace('version: 1\n', 'version: 1\nrequires: ">=99"\nlater: 1\n'));
    for (const command of ['validate', 'plan', 'apply', 'drift']) {
      const { code, log, outputs } = await step(
        command,
        { name: 'push' },
        { paths, ...(command === 'apply' && { arguments: '--yes' }) },
      );
      expect([command, code, outputs.outcome]).toEqual([command, 6, 'invalid']);
      expect(log).toContain('this file requires version >=99 of blacklistctl, but this is version');
      expect(log).not.toContain('unknown key');
    }
    expect(api.seen).toEqual([]);
  });

  test('report an error in a number file at its place', async () => {
    writeFileSync(join(cwd, 'numbers/export.txt'), '# exported\n+44 7700\n');
    const { code, log } = await step('validate', { name: 'push' }, { paths });
    expect(code).toBe(6);
    expect(log).toContain('::error file=numbers/export.txt,line=2,col=1,title=blacklistctl validate::');
  });

  test('need the key in the environment of the step, which the runner redacts', async () => {
    const key = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(key));
    const secret = await encrypter.encrypt(`+${uk(2).join('\n+')}\n`);
    writeFileSync(join(cwd, 'numbers/secret.txt.age'), secret);
    writeFileSync(join(cwd, 'lists.yaml'), LISTS.replace('*.txt', '*'));
    const without = await step('plan', { name: 'push' }, { paths });
    expect(without.code).toBe(6);
    expect(without.log).toMatch(/numbers\/secret\.txt\.age: .*SOPS_AGE_KEY/);
    const { code, log, outputs } = await step('plan', { name: 'push' }, { paths }, { SOPS_AGE_KEY: key });
    expect(code).toBe(0);
    expect(outputs['to-add']).toBe('2');
    expect(log).toContain(`::add-mask::${key}`);
    expect(log.replace(/^::add-mask::.*$/gm, '')).not.toContain(key);
  });
});

describe('a merge', () => {
  test('without a pull request approves nothing, after a minute of look-ups', async () => {
    const { code, log } = await step('apply', github.repository.push(), { approve: 'reviewed' });
    expect(code).toBe(6);
    expect(log).toContain(`no merged pull request has the commit ${github.repository.head().slice(0, 7)}`);
    expect(api.writes()).toEqual([]);
  });

  test('that is applied in part ends with 4, and its comment shows the rejected number', async () => {
    api = await startApi({
      fault: ({ numbers }) =>
        numbers.includes(uk(1)[0]!) ? { status: 400, body: '{"message":"bad ::error::x"}' } : 'pass',
    });
    const pull = github.pull();
    await step('plan', pullEvent(pull));
    const { code, outputs } = await step('apply', github.repository.merge(pull), { approve: 'reviewed' });
    expect(code).toBe(4);
    expect(outputs.outcome).toBe('partial');
    expect(pull.comments[0]!.body).toContain('2 added, 0 removed in 1 of 1 bot; not done: 1 add rejected');
  });
});

describe('a step with missing or wrong surroundings', () => {
  const plan = (env: Step['env']) => step('plan', { name: 'push' }, {}, env);

  test.each([
    ['no place for outputs', { GITHUB_OUTPUT: '/nowhere/output' }, 'the outputs could not be set'],
    ['no place for the summary', { GITHUB_STEP_SUMMARY: '/nowhere/summary' }, 'the summary could not be written'],
  ])('with %s has the report in its log, and fails', async (_, env, message) => {
    const { code, log } = await plan(env);
    expect(log).toContain('3 to add, 0 to remove');
    expect(log).toContain(`::error::${message}`);
    expect(code).toBe(1);
  });

  test('without a repository can make a plan', async () => {
    expect((await plan({ GITHUB_REPOSITORY: undefined })).code).toBe(0);
  });

  test.each([
    ['with other types', '{"scope":"SCOPE","plan":5,"run":1,"earlier":"x"}'],
    ['without a part', '{"scope":"SCOPE","plan":null,"earlier":[]}'],
    ['with a wrong run', '{"scope":"SCOPE","plan":null,"run":{"commit":1,"code":"0"},"earlier":[]}'],
    ['with markup', '{"scope":"SCOPE","plan":null,"run":null,"earlier":["@everyone </details><img src=x>"]}'],
  ])('ignores an edited marker %s', async (_, marker) => {
    const pull = github.pull();
    await step('plan', pullEvent(pull));
    const [, scope = ''] = /"scope":"(\w+)"/.exec(pull.comments[0]!.body) ?? [];
    pull.comments.splice(0, 1);
    github.say(pull.number, `<!-- blacklistctl-plan ${marker.replace('SCOPE', scope)} -->\nold`, WORKFLOW);
    const { code } = await step('plan', pullEvent(pull));
    expect(code).toBe(0);
    const { body } = pull.comments.at(-1)!;
    expect(body).toContain('3 to add');
    expect(
      body
        .split('\n')
        .slice(1)
        .join('\n')
        .replace(/`[^`]*`/g, ''),
    ).not.toContain('<img');
  });

  test('without GitHub writes nothing', async () => {
    github.answer = () => ({ status: 403, message: 'Resource not accessible by integration' });
    const { code, log } = await step('apply', { name: 'push' }, { approve: 'reviewed' });
    expect(code).toBe(1);
    expect(log).toContain('could not ask GitHub whether its commit is the newest of its branch: Resource not');
    expect(log).not.toContain('unexpected error');
    expect(api.seen).toEqual([]);
  });
});

describe('drift', () => {
  const drift = (inputs: Step['inputs'] = {}) =>
    step('drift', { name: 'schedule' }, { issue: 'true', arguments: '--settle=0', ...inputs });
  const issues = () => [...github.issues.values()];

  test('opens one issue, reports each change once, and closes the issue when it ends', async () => {
    github.issue('octocat', 'An issue of somebody');
    const first = await drift();
    expect(first.code).toBe(2);
    expect(first.outputs['exit-code']).toBe('2');
    expect(issues()).toHaveLength(2);
    const [, issue] = issues();
    expect(issue).toMatchObject({ title: 'Drift: 3 removed outside Git, 0 unchanged in 1 bot', state: 'open' });

    const writes = () => github.asked.filter(({ method, path }) => method !== 'GET' && path !== '/graphql').length;
    const before = writes();
    const second = await drift({ 'fail-on-drift': 'false' });
    expect(second.code).toBe(0);
    expect(second.outputs['exit-code']).toBe('2');
    expect(writes()).toBe(before);

    api.sandbox.set('support-bot', uk(1));
    await drift();
    expect(issues()).toHaveLength(2);
    expect(issue!.title).toContain('2 removed outside Git');
    expect(issue!.comments.map(({ body }) => body)).toEqual([
      expect.stringContaining('The drift has changed. Drift: 2'),
    ]);

    api.sandbox.set('support-bot', uk(3));
    const healed = await drift();
    expect(healed.code).toBe(0);
    expect(issue!.state).toBe('closed');
    expect(issue!.comments.at(-1)!.body).toContain('match the files again');
    await drift();
    expect(issues()).toHaveLength(2);

    api.sandbox.set('support-bot', uk(1));
    await drift();
    expect(issues().filter(({ state }) => state === 'open')).toHaveLength(2);
  });

  test('that a user closed does not open an issue again until it changes', async () => {
    await drift();
    const [issue] = issues();
    issue!.state = 'closed';
    expect((await drift()).log).toContain('was closed, and the drift has not changed since');
    expect(issues()).toHaveLength(1);
    api.sandbox.set('support-bot', uk(1));
    await drift();
    expect(issues()).toHaveLength(2);
  });

  test('of a shard without a bot does not change the issue', async () => {
    await drift({ environment: 'default' });
    const shard = `${3 - shardOf('support-bot', 2)}/2`;
    const { code, outputs } = await drift({ environment: 'default', shard });
    expect({ code, outcome: outputs.outcome }).toEqual({ code: 0, outcome: 'nothing-selected' });
    expect(issues()[0]!.state).toBe('open');
  });

  test('of a bot that cannot be read does not change the issue', async () => {
    await drift();
    api = await startApi({ fault: () => ({ status: 404 }) });
    const { code } = await drift();
    expect(code).toBe(1);
    expect(issues()[0]!.state).toBe('open');
  });
});

describe('the inputs', () => {
  const wrong: [string, Step['inputs'], string][] = [
    ['an unknown command', { command: 'import' }, 'command: must be one of validate, plan, apply, drift'],
    ['an unknown option', { arguments: '--colour' }, 'unknown option --colour'],
    ['another file for the plan', { arguments: '--out=/tmp/x.json' }, 'arguments: --out has no use in a workflow'],
    [
      'an option without its value',
      { arguments: '--rate\n--verbose' },
      '--rate <n> has no value, because --verbose follows',
    ],
    ['an option with an empty value', { arguments: '--base-url=' }, '--base-url <url> has an empty value'],
    ['bots that are not in the input', { arguments: '--bot=a' }, 'arguments: remove --bot, and set the input bots'],
    [
      'a shard that is not in the input',
      { arguments: '--shard\n1/2' },
      'arguments: remove --shard, and set the input shard',
    ],
    [
      'a path that is not in the input',
      { arguments: 'more.yaml' },
      'arguments: remove more.yaml, and set the input paths',
    ],
    ['another format', { arguments: '--format=json' }, 'arguments: --format has no use in a workflow'],
    ['full numbers', { arguments: '--numbers=full' }, 'arguments: --numbers has no use in a workflow'],
    ['less output', { arguments: '--quiet' }, 'arguments: --quiet has no use in a workflow'],
    ['help', { arguments: '--help' }, 'arguments: --help has no use in a workflow'],
    ['a wrong value of comment', { comment: 'perhaps' }, 'comment: must be true, false or changes-only'],
    ['a wrong value of issue', { issue: 'yes' }, 'issue: must be true or false'],
    ['an approval of a plan', { approve: 'reviewed' }, 'approve: is only for command apply'],
    ['an environment that is a path', { environment: '../x' }, 'environment: must be 1 to 64 characters of'],
    ['a path that looks like an option', { paths: '--yes' }, '--yes: there is no such file or folder'],
  ];
  test.each(wrong)('with %s are an error, and nothing is sent', async (_, inputs, message) => {
    const { code, log, outputs } = await step('plan', { name: 'push' }, inputs);
    expect(log).toContain(message);
    expect(code).toBe(6);
    expect(outputs).toMatchObject({ outcome: 'invalid', 'exit-code': '6' });
    expect(api.seen).toEqual([]);
  });

  test('of action.yml are all used', () => {
    const source = ['inputs', 'run-action', 'step'].map((name) =>
      readFileSync(join(import.meta.dirname, `../../src/action/${name}.ts`), 'utf8'),
    );
    const unread = Object.keys(definition.inputs).filter((name) => !source.join().includes(`'${name}'`));
    expect(unread).toEqual([]);
  });

  test('have a comment for each part', async () => {
    const pull = github.pull();
    await step('plan', pullEvent(pull), { shard: '1/2' });
    await step('plan', pullEvent(pull), { shard: '2/2' });
    expect(pull.comments).toHaveLength(2);
    expect(pull.comments.map(({ body }) => /Environment `(.*?)`/.exec(body)?.[1])).toEqual([
      'shard-1-of-2',
      'shard-2-of-2',
    ]);
  });
});
