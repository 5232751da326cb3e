/** Runs the jobs of the pipeline as the runner of GitLab does: their scripts in bash, with artifacts between the jobs. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { later } from '../later.ts';
import { needs } from '../needs.ts';
import { readXml } from '../report/xml.ts';
import { type Api, makeDesired, makeFolder, root, startApi, TOKEN, uk, yamlOf } from '../stories/harness.ts';
import { CLI, runProcess, startProcess } from '../stories/process.ts';

needs('bash');
needs('git');

const FOLDER = join(root, 'examples/gitlab');
const text = readFileSync(join(FOLDER, 'blacklist.gitlab-ci.yml'), 'utf8');

interface Artifacts {
  readonly when: string;
  readonly access: string;
  readonly expire_in: string;
  readonly paths?: readonly string[];
  readonly reports: { readonly junit: string };
}

interface Job {
  readonly stage: string;
  readonly rules: readonly { readonly if: string; readonly when?: string }[];
  readonly script: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly needs?: readonly string[];
  readonly artifacts?: Artifacts;
  readonly cache?: { readonly key: string; readonly paths: readonly string[]; readonly when: string };
  readonly allow_failure?: { readonly exit_codes: number };
  readonly resource_group?: string;
  readonly environment?: string;
}

const {
  workflow,
  stages,
  variables,
  default: defaults,
  ...jobs
} = parse(text) as {
  workflow: Pick<Job, 'rules'>;
  stages: string[];
  variables: Record<string, string>;
  default: object;
} & Record<string, Job>;
const job = (name: string) => (jobs as Record<string, Job>)[name]!;

type Env = Readonly<Record<string, string>>;
const MERGE_REQUEST: Env = { CI_PIPELINE_SOURCE: 'merge_request_event', CI_DEFAULT_BRANCH: 'main' };
const PUSH: Env = { CI_PIPELINE_SOURCE: 'push', CI_COMMIT_BRANCH: 'main', CI_DEFAULT_BRANCH: 'main' };
const SCHEDULE: Env = { ...PUSH, CI_PIPELINE_SOURCE: 'schedule' };
const VARIABLE = 'WHATSAPP_CLOUD_TOKEN';
const SECRET: Env = { [VARIABLE]: TOKEN };

/** Evaluates a condition of GitLab: comparisons of variables and texts, joined by `&&`. */
function holds(condition: string, env: Env): boolean {
  const value = (term: string) => (term.startsWith('$') ? (env[term.slice(1)] ?? '') : JSON.parse(term));
  return condition.split(' && ').every((part) => {
    const [, left, operator, right] = /^(\S+)(?: (==|!=) (\S+))?$/.exec(part)!;
    if (operator === undefined) return value(left!) !== '';
    return (value(left!) === value(right!)) === (operator === '==');
  });
}

/** The jobs of a pipeline, in the order of its stages; none if the workflow makes no pipeline. */
function pipelineOf(env: Env): string[] {
  const meets = ({ rules }: Pick<Job, 'rules'>) => rules.some((rule) => holds(rule.if, env));
  const all = Object.keys(jobs).filter((name) => meets(job(name)));
  return meets(workflow) ? all.sort((a, b) => stages.indexOf(job(a).stage) - stages.indexOf(job(b).stage)) : [];
}

let api: Api;
let project: string;
let artifacts: string;
let cached: string;
let bin: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
    cwd: project,
    encoding: 'utf8',
  }).trim();
const desire = (...numbers: string[]) =>
  writeFileSync(join(project, 'blacklist.yaml'), yamlOf({ bot: { numbers, tokenEnv: VARIABLE } }));

beforeEach(async () => {
  api = await startApi();
  project = makeDesired({ bot: { numbers: uk(3), tokenEnv: VARIABLE } });
  artifacts = makeFolder();
  cached = makeFolder();
  bin = join(makeFolder(), 'bin');
  mkdirSync(bin);
  symlinkSync(CLI, join(bin, 'blacklistctl'));
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  git('commit', '--quiet', '--message=first');
});

/** Runs a job in a fresh clone, with the artifacts of the jobs that it needs, and with its cache. */
async function runJob(name: string, env: Env) {
  const { script, variables: own = {}, needs: needed = [], artifacts: kept, cache } = job(name);
  const cwd = makeFolder();
  execFileSync('git', ['clone', '--quiet', ...(own.GIT_DEPTH === '0' ? [] : ['--depth=20']), `file://${project}`, cwd]);
  for (const other of needed) cpSync(join(artifacts, other), cwd, { recursive: true });
  const inCache = (cache?.paths ?? []).map((path) => [join(cwd, path), join(cached, cache!.key, path)] as const);
  for (const [here, there] of inCache) if (existsSync(there)) cpSync(there, here);
  // The runner's bash sets these before the lines of a script.
  const lines = ['set -eo pipefail', 'set +o noclobber', ...script].join('\n');
  const { code, output } = await runProcess([lines], {
    cwd,
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      CI: 'true',
      BLACKLISTCTL_BASE_URL: api.url,
      ...variables,
      ...own,
      ...env,
    },
    through: ['bash', '-c'],
    input: '',
  });
  const saves = cache?.when === 'always' || code === 0;
  for (const [here, there] of inCache) if (saves && existsSync(here)) cpSync(here, there);
  expect(output, 'a whole number').not.toMatch(/\+?44770090\d{4}/);
  mkdirSync(join(artifacts, name), { recursive: true });
  for (const path of kept?.paths ?? []) {
    if (existsSync(join(cwd, path))) cpSync(join(cwd, path), join(artifacts, name, path));
  }
  const junit = kept && readFileSync(join(cwd, kept.reports.junit), 'utf8');
  const [suite] = junit ? readXml(junit).children : [];
  return { code, output, tests: suite?.attributes, junit };
}

test('the folder contains exactly the pipeline tested here', () => {
  expect(readdirSync(FOLDER)).toEqual(['blacklist.gitlab-ci.yml']);
  expect(defaults).toEqual({ image: '$BLACKLISTCTL_IMAGE', timeout: '1h' });
  expect(variables.BLACKLISTCTL_IMAGE).toMatch(/^registry\.example\.com\//); // a name that exists nowhere
});

test('every job has only keywords of GitLab', () => {
  const known = [
    'stage',
    'rules',
    'script',
    'variables',
    'needs',
    'artifacts',
    'allow_failure',
    'resource_group',
    'cache',
  ];
  const unknown = Object.keys(jobs).flatMap((name) =>
    Object.keys(job(name)).filter((key) => ![...known, 'environment'].includes(key)),
  );
  expect(unknown).toEqual([]);
  for (const name of Object.keys(jobs)) expect(stages).toContain(job(name).stage);
});

describe('a pipeline', () => {
  test.each<[string, Env, string[]]>([
    ['of a merge request that can use the token', { ...MERGE_REQUEST, ...SECRET }, ['validate', 'merge-request-plan']],
    ['of a merge request that cannot, as of a fork', MERGE_REQUEST, ['validate']],
    ['of the default branch', { ...PUSH, ...SECRET }, ['plan', 'apply']],
    ['of a schedule', { ...SCHEDULE, ...SECRET }, ['drift']],
    ['of another branch', { ...PUSH, ...SECRET, CI_COMMIT_BRANCH: 'x' }, []],
    ['of a schedule of another branch', { ...SCHEDULE, ...SECRET, CI_COMMIT_BRANCH: 'x' }, []],
  ])('%s has its jobs', (_, env, names) => {
    expect(pipelineOf(env)).toEqual(names);
  });

  test('waits for a person before it writes, and one job at a time uses the lists', () => {
    expect(job('apply').rules.map(({ when }) => when)).toEqual(['manual']);
    expect(job('apply').environment).toBe('production');
    expect([job('apply').resource_group, job('drift').resource_group]).toEqual(['blacklist', 'blacklist']);
  });

  test('keeps artifacts for at most a day, for developers', () => {
    const kept = Object.keys(jobs).flatMap((name) => job(name).artifacts ?? []);
    expect(kept).toHaveLength(4);
    for (const each of kept) expect(each).toMatchObject({ when: 'always', access: 'developer', expire_in: '1 day' });
    expect(kept.flatMap(({ paths = [] }) => paths)).toEqual(['plan.md', 'plan.json']);
  });
});

describe('a merge request', () => {
  async function startGitLab() {
    const notes = [{ id: 1, author: { id: 8 }, body: '<!-- blacklistctl plan -->\nby another user' }];
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { method, url = '', headers } = request;
      asked.push(`${method} ${url}`);
      const answer = (status: number, value: unknown) =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (headers['private-token'] !== 'Note-token-1234') return answer(401, { message: '401 Unauthorized' });
      const [, own, id] = /^\/api\/v4\/projects\/5\/merge_requests\/7\/notes(\/(\d+))?/.exec(url) ?? [];
      if (url === '/api/v4/user') return answer(200, { id: 9 });
      if (method === 'GET') return answer(200, notes);
      const content = JSON.parse(body) as { body: string };
      if (method === 'POST' && own === undefined) {
        notes.push({ id: notes.length + 1, author: { id: 9 }, ...content });
        return answer(201, notes.at(-1));
      }
      const note = notes.find((each) => each.id === Number(id));
      return note && method === 'PUT' ? answer(200, Object.assign(note, content)) : answer(404, {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    later(() => void server.close());
    const env = { CI_API_V4_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v4` };
    return { notes, asked, env: { ...env, CI_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '7' } };
  }

  const open = () => {
    const base = git('rev-parse', 'HEAD');
    desire(...uk(4));
    git('commit', '--quiet', '--all', '--message=change');
    return { ...MERGE_REQUEST, ...SECRET, CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
  };

  test('shows its plan in tests and in one note, which a push updates', async () => {
    const gitLab = await startGitLab();
    const env = { ...open(), ...gitLab.env, BLACKLISTCTL_NOTE_TOKEN: 'Note-token-1234' };
    expect((await runJob('validate', { ...MERGE_REQUEST })).code).toBe(0);
    const { code, output, tests } = await runJob('merge-request-plan', env);
    expect(code, output).toBe(0);
    expect(tests).toEqual({ name: 'blacklistctl plan', tests: '1', failures: '0', errors: '0', skipped: '0' });
    expect(gitLab.notes.map(({ author }) => author.id)).toEqual([8, 9]);
    const [other, note] = gitLab.notes;
    expect(note!.body).toMatch(/^<!-- blacklistctl plan -->\n### Plan `\w{8}`: 4 to add, 0 to remove/);
    expect(note!.body).toContain('config'); // one add is of this change, three were due before
    expect(note!.body).not.toMatch(/447700900/);
    expect(output).not.toContain('Note-token');

    desire(...uk(5));
    git('commit', '--quiet', '--all', '--message=more');
    expect((await runJob('merge-request-plan', env)).code).toBe(0);
    expect(gitLab.notes).toHaveLength(2);
    expect(note!.body).toContain('5 to add');
    expect(other!.body).toContain('by another user');
    expect(api.writes()).toEqual([]);
  });

  test('shows its plan without a token for notes, and keeps only masked numbers', async () => {
    const { code, tests } = await runJob('merge-request-plan', open());
    expect([code, tests!.failures]).toEqual([0, '0']);
    expect(readdirSync(join(artifacts, 'merge-request-plan'))).toEqual(['plan.md']);
    expect(readFileSync(join(artifacts, 'merge-request-plan/plan.md'), 'utf8')).not.toMatch(/447700900/);
  });

  test.each<[string, () => void, number, RegExp]>([
    ['the guard refuses the plan', () => api.sandbox.set('bot', uk(100)), 3, /refused/],
    ['the files are invalid', () => desire('1'), 6, /blacklist\.yaml:/],
  ])('fails with the reason in its tests if %s', async (_, happens, expected, says) => {
    const env = open();
    happens();
    git('commit', '--quiet', '--all', '--allow-empty', '--message=change');
    const { code, tests, junit } = await runJob('merge-request-plan', env);
    expect([code, tests!.failures]).toEqual([expected, '1']);
    expect(junit).toMatch(says);
  });

  test('fails if the note cannot be written', async () => {
    const gitLab = await startGitLab();
    const { code, output } = await runJob('merge-request-plan', {
      ...open(),
      ...gitLab.env,
      BLACKLISTCTL_NOTE_TOKEN: 'wrong',
    });
    expect(code).toBe(1);
    expect(output).toContain('error: the note could not be written: GitLab answered 401 to GET');
  });
});

describe('the default branch', () => {
  test('applies exactly the plan of its pipeline', async () => {
    expect((await runJob('plan', { ...PUSH, ...SECRET })).code).toBe(0);
    expect(readdirSync(join(artifacts, 'plan'))).toEqual(['plan.json']);
    expect(api.writes()).toEqual([]);
    const applied = await runJob('apply', { ...PUSH, ...SECRET });
    expect(applied.code, applied.output).toBe(0);
    expect(applied.tests).toMatchObject({ name: 'blacklistctl apply', failures: '0' });
    expect(api.list('bot')).toEqual(uk(3));
  });

  test('writes nothing if the lists changed after the plan, and a test fails', async () => {
    await runJob('plan', { ...PUSH, ...SECRET });
    api.sandbox.set('bot', uk(1, 500));
    const { code, tests } = await runJob('apply', { ...PUSH, ...SECRET });
    expect([code, tests!.failures]).toEqual([5, '1']);
    expect(api.writes()).toEqual([]);
  });

  test('applies a plan that the guard refuses only with APPROVE', async () => {
    api.sandbox.set('bot', [...uk(3), ...uk(100, 500)]);
    const { code, output } = await runJob('plan', { ...PUSH, ...SECRET });
    expect(code).toBe(job('plan').allow_failure!.exit_codes);
    expect((await runJob('apply', { ...PUSH, ...SECRET })).code).toBe(3);
    expect(api.writes()).toEqual([]);
    const [, fingerprint = ''] = /Plan (\w{8}):/.exec(output)!;
    expect((await runJob('apply', { ...PUSH, ...SECRET, APPROVE: fingerprint })).code).toBe(0);
    expect(api.list('bot')).toEqual(uk(3));
  });
});

test('a schedule fails if there is drift, with a failed test for the bot', async () => {
  // Two reads five minutes apart would confirm the drift.
  const program = `#!/bin/sh\nif [ "$1" = drift ]; then set -- "$@" --settle 0s; fi\nexec ${CLI} "$@"\n`;
  rmSync(join(bin, 'blacklistctl'));
  writeFileSync(join(bin, 'blacklistctl'), program, { mode: 0o755 });
  api.sandbox.set('bot', uk(3));
  expect((await runJob('drift', { ...SCHEDULE, ...SECRET })).code).toBe(0);
  api.sandbox.set('bot', uk(4));
  const { code, tests, junit } = await runJob('drift', { ...SCHEDULE, ...SECRET });
  expect([code, tests!.failures]).toEqual([2, '1']);
  expect(junit).toContain('<failure message="differences since the earlier report: 1 new">');
  expect((await runJob('drift', { ...SCHEDULE, ...SECRET })).junit).toContain('still there');
});

test('a schedule finds a user who was unblocked outside Git since the previous one', async () => {
  const numbers = '["+12015550123", "+12015550145", "+12065550150", "+12065550177", "+447700900123"]'; // as --seed
  const bot = `{ provider: whatsapp-cloud, phoneNumberId: "106", tokenEnv: ${VARIABLE}, numbers: ${numbers} }`;
  writeFileSync(join(project, 'blacklist.yaml'), `version: 1\nbots:\n  bot: ${bot}\n`);
  git('commit', '--quiet', '--all', '--message=cloud');
  const sandbox = startProcess(['sandbox', '--seed', '--port', '0'], { cwd: makeFolder() });
  const [url, port = ''] = await sandbox.said(/http:\/\/127\.0\.0\.1:(\d+)/);
  const drift = () => runJob('drift', { ...SCHEDULE, ...SECRET, BLACKLISTCTL_BASE_URL: url });
  const first = await drift();
  const second = await drift();
  await runProcess(['sandbox', 'unblock', '106', '+12015550123', '--port', port]);
  const third = await drift();
  expect([first.code, second.code, third.code]).toEqual([0, 0, 2]);
  expect([first.output.includes('W-SINCE-ABSENT'), second.output.includes('W-SINCE-ABSENT')]).toEqual([true, false]);
  expect(third.output).toContain('1 removed outside Git');
});
