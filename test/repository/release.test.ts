/** Makes a dry release once, and checks each of its parts. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { bundledFiles } from '../../scripts/bundled.mjs';
import { releasedExamples } from '../../scripts/release/examples.mjs';
import { NAMES } from '../../scripts/release/names.mjs';
import { notesOf } from '../../scripts/release/notes.mjs';
import { refusals } from '../../scripts/release/refusals.mjs';
import { needs } from '../needs.ts';
import { makeDesired, makeFolder, reportOf, root, uk } from '../stories/harness.ts';
import { runProcess } from '../stories/process.ts';

needs('git');

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
const TEST_KEY = /AGE-SECRET-KEY-\w+/.exec(read('examples/team/test-key.txt'))![0];

/** Runs a program, and throws with its output unless it exits with the code. */
function call(code: number, [command, ...args]: [string, ...string[]], cwd = root): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  expect(status, `${stdout}${stderr}`).toBe(code);
  return `${stdout}${stderr}`;
}

const release = (code: number, ...args: string[]) =>
  call(code, [process.execPath, 'scripts/release/index.mjs', ...args]);

let out: string;
let unpacked: string;
beforeAll(() => {
  out = join(makeFolder(), 'release');
  release(0, '--dry-run', '--out', out);
  unpacked = makeFolder();
  call(0, ['tar', '-xzf', join(out, `blacklistctl-${version}.tgz`)], unpacked);
  unpacked = join(unpacked, 'package');
}, 60_000);

const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());

test('a dry release contains all parts', () => {
  expect(readdirSync(out).sort()).toEqual([
    'THIRD_PARTY_NOTICES',
    `blacklistctl-${version}.tgz`,
    'examples.diff',
    'image',
    'notes.md',
    'sbom.cdx.json',
  ]);
});

describe('the package', () => {
  test('has about 2 MB, and no test key, script, dependency or file of the action', () => {
    const files = filesOf(unpacked);
    const bytes = files.reduce((sum, file) => sum + statSync(join(unpacked, file)).size, 0);
    expect(bytes).toBeLessThan(2_750_000);
    expect(files.filter((file) => /key\.txt$|^dist\/action|^scripts|^src|^test/.test(file))).toEqual([]);
    expect(files.filter((file) => readFileSync(join(unpacked, file)).includes(TEST_KEY))).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8'));
    expect(Object.keys(manifest)).toEqual(
      ['name', 'version', 'description', 'keywords', 'homepage', 'repository', 'bugs'].concat(
        ['license', 'type', 'bin', 'engines', 'private'], // npm publishes no private package, so no dry release
      ),
    );
  });

  test('contains every page that its messages and pages name', () => {
    const pages = filesOf(unpacked).filter((file) => file.endsWith('.md'));
    const links = pages.flatMap((page) => {
      const prose = readFileSync(join(unpacked, page), 'utf8').replace(/^```[\s\S]*?^```|`[^`\n]*`/gm, '');
      return [...prose.matchAll(/(?<!!\[[^\]]*)\]\((?!https?:|#)([^)#]+)/g)].map(([, to]) => join(dirname(page), to!));
    });
    const sources = filesOf(join(root, 'src')).filter((file) => file.endsWith('.ts'));
    const named = sources.flatMap((file) =>
      [...read(`src/${file}`).matchAll(/(?<![\w./])(?:docs|schemas)\/[\w.-]+\w/g)].map(String),
    );
    expect(links.length).toBeGreaterThan(50);
    expect(named).toContain('docs/warnings.md');
    expect([...links, ...named].filter((path) => !existsSync(join(unpacked, path)))).toEqual([]);
  });

  test('installs into an empty prefix without a network, and does the main job', async () => {
    const prefix = makeFolder();
    const offline = ['--offline', '--no-audit', '--no-fund', '--cache', makeFolder()];
    call(0, ['npm', 'install', '--global', '--prefix', prefix, ...offline, join(out, `blacklistctl-${version}.tgz`)]);
    expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['blacklistctl']);
    expect(existsSync(join(prefix, 'lib/node_modules/blacklistctl/node_modules'))).toBe(false);

    const cwd = makeDesired({ a: uk(30) });
    const through = [join(prefix, 'bin/blacklistctl')];
    const blacklistctl = (...args: string[]) => runProcess(args, { cwd, through, input: '' });
    expect((await blacklistctl('--version')).stdout).toBe(`${version}\n`);
    expect((await blacklistctl('apply', '--yes', '--sandbox=lists.json')).code).toBe(0);
    const plan = await blacklistctl('plan', '--sandbox=lists.json', '--format', 'json');
    expect(reportOf(plan)).toMatchObject({ outcome: 'in-sync', summary: { unchanged: 30 } });
    const init = ['init', '--bot', 'b', '--region', 'eu1', '--token-env', 'A_TOKEN', '--workflows', 'github'];
    const empty = makeFolder();
    expect((await runProcess(init, { cwd: empty, through, input: '' })).code).toBe(0);
    expect(existsSync(join(empty, 'schemas/blacklist.schema.json'))).toBe(true);
  });
});

describe('the notices and the bill of materials', () => {
  const notices = (folder: string) => {
    const text = readFileSync(join(folder, 'THIRD_PARTY_NOTICES'), 'utf8');
    return { text, packages: [...text.matchAll(/^-{100}\n(\S+ \S+) \(/gm)].map(([, name]) => name!) };
  };

  test('list the same packages, each in the version of the lock file', () => {
    const bom = JSON.parse(readFileSync(join(out, 'sbom.cdx.json'), 'utf8'));
    const components = bom.components as { name: string; version: string; hashes: unknown[] }[];
    expect(components.map((each) => `${each.name} ${each.version}`)).toEqual(notices(out).packages);
    const locked = new Set(Object.entries(lock.packages).map(([path, each]) => `${nameOf(path)} ${each.version}`));
    expect(notices(out).packages.filter((name) => !locked.has(name))).toEqual([]);
    for (const { hashes } of components)
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component: { version } } });
  });

  test('list each package once, by a URL, under a license of the SPDX list, as a dependency of the program', () => {
    const { metadata, components, dependencies } = JSON.parse(readFileSync(join(out, 'sbom.cdx.json'), 'utf8'));
    const refs = components.map((each: Record<string, string>) => each['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(dependencies).toEqual([{ ref: metadata.component['bom-ref'], dependsOn: refs }]);
    const licenses: unknown[] = [];
    for (const each of components) {
      expect(each.purl).toMatch(/^pkg:npm\/(?:%40[\w.-]+\/)?[\w.-]+@\d[\w.+-]*$/);
      expect(Object.keys(each)).toEqual(['type', 'bom-ref', 'name', 'version', 'purl', 'licenses', 'hashes']);
      licenses.push(...each.licenses.map(({ license }: { license: { id: string } }) => license.id));
    }
    expect([...new Set(licenses)].sort()).toEqual(['BSD-3-Clause', 'ISC', 'MIT']);
  });
  const nameOf = (path: string) => path.split('node_modules/').at(-1);

  test('include packages of the program and of the validators, but not those that only build or test', () => {
    const { text, packages } = notices(out);
    const names = packages.map((each) => each.split(' ')[0]);
    for (const name of ['yaml', 'node-fetch', 'ajv', 'commander']) expect(names).toContain(name);
    for (const name of ['esbuild', 'vitest', '@actions/github']) expect(names).not.toContain(name);
    expect(
      text.match(/Permission (?:is hereby granted|to use)|Redistribution and use/g)!.length,
    ).toBeGreaterThanOrEqual(names.length);
  });

  test('omit files of which a bundle contains no byte', () => {
    const inputs = { 'node_modules/a/a.js': { bytesInOutput: 1 }, 'node_modules/b/b.js': { bytesInOutput: 0 } };
    expect(bundledFiles({ outputs: { 'dist/cli.js': { inputs } } })).toEqual(['node_modules/a/a.js']);
  });

  test('of the action are committed beside its bundle', () => {
    expect(notices(join(root, 'dist/action')).packages.map((each) => each.split(' ')[0])).toContain('@actions/github');
  });
});

describe('the notes', () => {
  test('are the section of the changelog', () => {
    const notes = readFileSync(join(out, 'notes.md'), 'utf8');
    expect(notes).toMatch(/^### Commands\n/);
    expect(notes).not.toMatch(/^## /m);
  });

  test('link to the tagged files', () => {
    const changelog =
      '# Changelog\n\n## 1.1.0 (2030-01-02)\n\nSee [it](docs/a.md#b) and [that](https://a.b).\n\n## 1.0.0 (x)\n\nOld.\n';
    const text = 'See [it](https://github.com/o/r/blob/v1.1.0/docs/a.md#b) and [that](https://a.b).\n';
    expect(notesOf(changelog, '1.1.0', 'o/r')).toBe(text);
  });
});

describe("the examples' diff", () => {
  test('applies to a copy of the examples, and leaves valid YAML', () => {
    const copy = makeFolder();
    cpSync(join(root, 'examples'), join(copy, 'examples'), { recursive: true });
    call(0, ['git', 'apply', join(out, 'examples.diff')], copy);
    const changed = filesOf(join(copy, 'examples')).filter(
      (file) => !readFileSync(join(copy, 'examples', file)).equals(readFileSync(join(root, 'examples', file))),
    );
    expect(changed).toEqual(expect.arrayContaining(['github/merge.yml', 'kubernetes/apply.yaml']));
    for (const file of changed) expect(() => parse(readFileSync(join(copy, 'examples', file), 'utf8'))).not.toThrow();
  });

  test('pins the action by commit and the image by digest, and changes no other action', () => {
    const commit = 'c'.repeat(40);
    const digest = `sha256:${'d'.repeat(64)}`;
    const changed = releasedExamples(root, { repository: 'o/r', commit, version: '1.2.3', image: 'h/o/i', digest });
    const text = changed.map((each) => each.text).join('');
    const uses = [...text.matchAll(/\buses: (.*)/g)].map(([, used]) => used!);
    expect(new Set(uses.filter((used) => !used.startsWith('actions/')))).toEqual(new Set([`o/r@${commit} # v1.2.3`]));
    const images = [...text.matchAll(/ image: (\S+)/g)].map(([, image]) => image);
    expect(new Set(images)).toEqual(new Set([`h/o/i:1.2.3@${digest}`]));
  });

  test('installs the released package, which no example does by its name before', () => {
    const facts = { repository: 'o/r', commit: 'c'.repeat(40), version: '1.2.3', image: 'h/o/i', digest: '' };
    const form = releasedExamples(root, facts).find(({ path }) => path.endsWith('block.yml'))!;
    expect(form.text).toMatch(/^ +run: npm install --global --ignore-scripts blacklistctl@1\.2\.3$/m);
    expect(form.text).not.toContain('.tgz');
  });

  test('replaces an earlier release, and is empty for the same one', () => {
    const facts = { repository: 'o/r', commit: 'c'.repeat(40), version: '1.2.3', image: 'h/o/i', digest: '' };
    const copy = makeFolder();
    const first = releasedExamples(root, facts);
    for (const { path, text } of first) {
      mkdirSync(join(copy, dirname(path)), { recursive: true });
      writeFileSync(join(copy, path), text);
    }
    expect(releasedExamples(copy, facts)).toEqual([]);
    const digest = `sha256:${'e'.repeat(64)}`;
    const next = { repository: 'o2/r2', commit: 'd'.repeat(40), version: '1.3.0', image: 'o2/i2', digest };
    expect(releasedExamples(copy, next).map(({ text }) => text)).toEqual(
      releasedExamples(root, next).map(({ text }) => text),
    );
  });
});

describe('a release', () => {
  const names = { repository: 'o/r', image: 'o/i', owners: '@o/t' };
  const good = {
    names,
    version: '1.2.3',
    changelog: '## 1.2.3 (2030-01-02)\n\nNew.\n',
    tag: 'v1.2.3',
    tags: ['v1', 'v1.2.2', 'v1.2.3'],
    changed: [] as string[],
    isTagged: true,
  };

  test('that lacks nothing is made', () => {
    expect(refusals(good)).toEqual([]);
  });

  test.each<[string, Partial<typeof good> | { names: object }, RegExp]>([
    ['of a project without a repository', { names: { ...names, repository: null } }, /names\.mjs: repository not set/],
    [
      'with another tag than its version',
      { tag: 'v1.2.4' },
      /the tag is v1\.2\.4, but package\.json has the version 1\.2\.3/,
    ],
    [
      'of a version with a suffix',
      { version: '1.2.3-rc.1', tag: 'v1.2.3-rc.1' },
      /is not three numbers[\s\S]*no section/,
    ],
    ['without a section in the changelog', { changelog: '## 1.2.2 (2030-01-01)\n' }, /has no section 1\.2\.3/],
    ['whose section is unreleased', { changelog: '## 1.2.3 (unreleased)\n' }, /has no date; write 1\.2\.3 \(Y/],
    ['whose section has no date', { changelog: '## 1.2.3\n\nNew.\n' }, /has no date/],
    ['whose section has a date that does not exist', { changelog: '## 1.2.3 (2030-02-31)\n\nNew.\n' }, /has no date/],
    ['whose section is empty', { changelog: '## 1.2.3 (2030-01-02)\n\n## 1.2.2 (2030-01-01)\n' }, /1\.2\.3 is empty/],
    ['of files that are not committed', { changed: ['src/a.ts', 'b'] }, /^src\/a\.ts, b: not committed/],
    ['of another commit than that of its tag', { isTagged: false }, /the tag v1\.2\.3 is not on this commit/],
    ['with a page instead of a repository', { names: { ...names, repository: 'https://x/o/r' } }, /repository not in/],
    ['with capital letters in its image', { names: { ...names, image: 'o/I' } }, /image not in the form/],
    ['with owners that GitHub does not know', { names: { ...names, owners: 'o/t' } }, /owners not in the form/],
    ['older than another one', { tags: ['v1.2.3', 'v1.10.0'] }, /older than v1\.10\.0/],
  ])('%s is refused', (_, change, says) => {
    expect(refusals({ ...good, ...change }).join('\n')).toMatch(says);
  });

  test.runIf(Object.values(NAMES).includes(null))('is refused while a name is not set, and makes nothing', () => {
    const folder = join(makeFolder(), 'release');
    expect(release(1, '--tag', `v${version}`, '--out', folder)).toMatch(
      /^error: scripts\/release\/names\.mjs: .* not set/,
    );
    expect(release(1, '--examples', 'c'.repeat(40))).toMatch(/^error: scripts\/release\/names\.mjs/);
    expect(existsSync(folder)).toBe(false);
  });

  test('is refused if its folder is not empty', () => {
    expect(release(1, '--dry-run', '--out', out)).toMatch(/is not empty; name a new folder/);
  });
});
