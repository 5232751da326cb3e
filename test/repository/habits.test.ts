/** Checks the files that the repository has for contributors, for GitHub and for package managers. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { codeownersOf } from '../../scripts/release/codeowners.mjs';
import { NAMES } from '../../scripts/release/names.mjs';
import { needs } from '../needs.ts';
import { root } from '../stories/harness.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const manifest = JSON.parse(read('package.json'));

type Engines = { readonly node?: string } | undefined;

/** Says whether one part of a range of versions allows a Node 20. */
function allows20(range: string): boolean {
  const [, operator = '', major = '0'] = /^\s*(\*|>=|>|\^|~)?\s*v?(\d+)?/.exec(range) ?? [];
  return operator.startsWith('>') ? Number(major) <= 20 : operator === '*' || major === '20';
}

describe('the lock file', () => {
  const { '': own, ...entries } = JSON.parse(read('package-lock.json')).packages as Record<
    string,
    Record<string, unknown>
  >;

  test('has the integrity of every package, and names no registry', () => {
    const all = Object.entries(entries);
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter(([, { integrity }]) => !/^sha512-/.test(`${integrity}`)).map(([path]) => path)).toEqual([]);
    expect(all.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  test('has only packages that Node 20 may install without a warning', () => {
    expect(own).toMatchObject({ engines: manifest.engines, version: manifest.version });
    const nodes = Object.entries(entries).map(
      ([path, { engines }]) => [path, (engines as Engines)?.node ?? '*'] as const,
    );
    expect(nodes.filter(([, range]) => !range.split('||').some(allows20)).map(([path]) => path)).toEqual([]);
    const scripts = Object.entries(entries).filter(([, { hasInstallScript }]) => hasInstallScript);
    expect(scripts.map(([path]) => path.replace('node_modules/', ''))).toEqual(Object.keys(manifest.allowScripts));
  });
});

describe('package.json', () => {
  test('has no dependencies, because the program is one bundle', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest.private).toBe(true);
  });

  test('has the scripts that contributors expect', () => {
    for (const name of ['build', 'lint', 'types', 'test', 'test:unit', 'test:stories'])
      expect(manifest.scripts).toHaveProperty(name);
  });
});

describe('the files for GitHub', () => {
  test('are YAML with all that a form needs', () => {
    for (const name of ['bug', 'idea']) {
      const form = parse(read(`.github/ISSUE_TEMPLATE/${name}.yml`));
      expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
      const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown');
      for (const field of fields)
        expect(field).toMatchObject({ id: expect.any(String), attributes: { label: expect.any(String) } });
    }
    expect(parse(read('.github/ISSUE_TEMPLATE/config.yml'))).toEqual({ blank_issues_enabled: false });
  });

  test('keep all packages, actions and images up to date', () => {
    const { version, updates } = parse(read('.github/dependabot.yml'));
    expect(version).toBe(2);
    const ecosystems = updates.map((each: Record<string, string>) => each['package-ecosystem']);
    expect(ecosystems).toEqual(['npm', 'github-actions', 'docker']);
    const known = ['package-ecosystem', 'directory', 'directories', 'schedule', 'groups'];
    for (const each of updates) {
      expect(Object.keys(each).filter((key) => !known.includes(key))).toEqual([]);
      expect(each.schedule).toEqual({ interval: 'weekly' });
      for (const folder of each.directories ?? [each.directory]) expect(existsSync(join(root, folder))).toBe(true);
      for (const { patterns } of Object.values<{ patterns: unknown }>(each.groups ?? {}))
        expect(patterns).toEqual(['*']);
    }
  });

  test('name owners of the built action only if the project has owners', () => {
    expect(codeownersOf({ owners: null })).not.toMatch(/^[^#\n]/m);
    expect(codeownersOf({ owners: '@o/t' })).toContain('\n/dist/action/ @o/t\n');
  });
});

test('Node in .node-version is a supported one, and the one of the action', () => {
  expect(parse(read('action.yml')).runs.using).toBe(`node${read('.node-version').trim()}`);
});

/** The first to register the name of a package that is not published can run programs for each user who installs it. */
test.runIf(NAMES.repository === null)('no page, example or program installs the package by its name', () => {
  needs('git');
  const install = /\bnpm (?:i|install|add|exec|x)\b[^\n]* blacklistctl(?![\w-]*[./])|\bnpx\b[^\n]* blacklistctl/;
  expect('npm install --global blacklistctl@0.1.0').toMatch(install);
  const files = execFileSync('git', ['ls-files', '*.md', 'examples', 'src'], { cwd: root, encoding: 'utf8' });
  const found = files
    .trim()
    .split('\n')
    .filter((file) => install.test(read(file)));
  expect(found).toEqual([]);
});

test('no file names the host of a registry, except the base of the image', () => {
  needs('git');
  const hosts = String.raw`(registry\.npmjs\.org|npm\.pkg\.github\.com|ghcr\.io|docker\.io|quay\.io|gcr\.io)/?`;
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = files
    .split('\n')
    .filter((file) => file && !/^(dist|test)\//.test(file) && new RegExp(hosts).test(read(file)));
  expect(found).toEqual(['Dockerfile']);
  expect(read('Dockerfile').match(new RegExp(hosts, 'g'))).toEqual(['gcr.io/']);
});
