import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disk, readAtMost } from '../../../src/desired/source/tree.ts';
import { readFiles } from '../../../src/desired/source/yaml-files.ts';
import { withoutRoot } from '../../needs.ts';
import { loadDesired } from '../load.ts';

/** Nothing is encrypted, and standard input is not read. */
const unused = () => Promise.reject(new Error('is not expected'));
const DISK = { tree: disk, decrypt: unused, stdin: unused };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'desired-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

function make(name: string, content: string | Buffer = `${name}\n`): void {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), content);
}

/** Returns the files that were read, without the folder of the test in their names. */
async function read(...names: string[]): Promise<{ files: string[]; faults: string[] }> {
  const { files, faults } = await readFiles(names.map(at), DISK);
  const short = (text: string) => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  return { files: files.map(({ name }) => short(name)), faults: faults.map(({ message }) => short(message)) };
}

describe('readFiles reads', () => {
  test('a file with any name', async () => {
    make('desired.txt', 'version: 1\n');
    expect(await readFiles([at('desired.txt')], DISK)).toEqual({
      files: [{ name: at('desired.txt'), text: 'version: 1\n' }],
      faults: [],
      absent: [],
    });
  });

  test('every .yaml and .yml below a folder, in the order of their names', async () => {
    for (const name of [
      'b.yml',
      'a.yaml',
      'B.yaml',
      'sub/deep/x.yaml',
      'a/z.yaml',
      'c.json',
      'yaml',
      'x.yaml.bak',
      'readme.md',
    ])
      make(name);
    expect(await read('.')).toEqual({
      files: ['B.yaml', 'a/z.yaml', 'a.yaml', 'b.yml', 'sub/deep/x.yaml'],
      faults: [],
    });
  });

  test('no hidden folders and node_modules, unless a path names them', async () => {
    for (const name of ['.git/a.yaml', '.github/b.yaml', 'node_modules/c.yaml', 'sub/node_modules/d.yaml', 'e.yaml'])
      make(name);
    expect((await read('.')).files).toEqual(['e.yaml']);
    expect((await read('.github', 'node_modules')).files).toEqual(['.github/b.yaml', 'node_modules/c.yaml']);
  });

  test('no hidden files of other tools, unless a path names them', async () => {
    for (const name of ['.sops.yaml', '.yamllint.yml', '._a.yaml', 'sub/.a.yaml.age', 'a.yaml']) make(name);
    symlinkSync('me@host.1:2', at('.#a.yaml')); // the lock of Emacs
    expect(await read('.')).toEqual({ files: ['a.yaml'], faults: [] });
    expect((await read('.sops.yaml')).files).toEqual(['.sops.yaml']);
  });

  test('a folder with the name of a file', async () => {
    make('x.yaml/y.yaml');
    expect(await read('.')).toEqual({ files: ['x.yaml/y.yaml'], faults: [] });
  });

  test('several paths, in their order', async () => {
    for (const name of ['b/1.yaml', 'a/2.yaml', '3.yaml']) make(name);
    expect((await read('b', '3.yaml', 'a')).files).toEqual(['b/1.yaml', '3.yaml', 'a/2.yaml']);
  });

  test('links to files within the folder, but not links to folders', async () => {
    make('main/real/a.yml.old');
    symlinkSync(at('main/real/a.yml.old'), at('main/link.yaml'));
    symlinkSync(at('main/real'), at('main/folder'));
    symlinkSync(at('main'), at('main/loop'));
    expect(await read('main')).toEqual({ files: ['main/link.yaml'], faults: [] });
  });

  test('a folder mounted by Kubernetes', async () => {
    make('..2026_06_15/a.yaml');
    symlinkSync('..2026_06_15', at('..data'));
    symlinkSync('..data/a.yaml', at('a.yaml'));
    expect(await read('.')).toEqual({ files: ['a.yaml'], faults: [] });
    expect(await read('a.yaml')).toEqual({ files: ['a.yaml'], faults: [] });
  });

  test('a folder that is a link, as git-sync makes it', async () => {
    make('.worktrees/1a2b/sub/a.yaml');
    symlinkSync('.worktrees/1a2b', at('current'));
    expect(await read('current')).toEqual({ files: ['current/sub/a.yaml'], faults: [] });
    expect(await read('current/sub/a.yaml')).toEqual({ files: ['current/sub/a.yaml'], faults: [] });
  });

  test('a link within the first of two folders that contain it', async () => {
    make('real/a.yaml');
    make('main/b.yaml');
    symlinkSync('../real/a.yaml', at('main/c.yaml'));
    expect(await read('.', 'main')).toEqual({ files: ['main/b.yaml', 'main/c.yaml'], faults: [] });
  });

  test.each([
    ['the same name', (name: string) => [name, name]],
    ['a file and its folder', (name: string) => [name, folder]],
    ['a folder and a file in it', (name: string) => [folder, name]],
    ['another spelling', (name: string) => [name, `${folder}/./../${folder.split('/').at(-1)}/a.yaml`]],
    ['a relative path', (name: string) => [name, relative('.', name)]],
    ['a link', (name: string) => [name, at('link')]],
  ])('a file of two paths once: %s', async (_, twice) => {
    make('a.yaml', 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots: { a: { numbers: [] } }\n');
    symlinkSync(at('a.yaml'), at('link'));
    const { files, faults } = await readFiles(twice(at('a.yaml')), DISK);
    expect(faults).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual([at('a.yaml')]);
    expect(loadDesired(files, '2026-06-15').faults).toEqual([]);
  });

  test('two files with the same content', async () => {
    make('a.yaml', '');
    make('b.yaml', '');
    expect((await read('.')).files).toEqual(['a.yaml', 'b.yaml']);
  });
});

describe('the text of a file', () => {
  const text = async (content: string | Buffer) => {
    make('a.yaml', content);
    const { files, faults } = await readFiles([at('a.yaml')], DISK);
    expect(faults).toEqual([]);
    return files[0]!.text;
  };

  test('includes its line ends', async () => {
    expect(await text('a: "é😀\u200b"\r\nb:\t\0\n')).toBe('a: "é😀\u200b"\r\nb:\t\0\n');
    expect(await text('')).toBe('');
    expect(await text('a')).toBe('a');
  });

  test('does not include a byte order mark, which takes no column', async () => {
    expect(await text('\ufeffvarsion: 1\n')).toBe('varsion: 1\n');
    const { faults } = loadDesired((await readFiles([at('a.yaml')], DISK)).files, '2026-06-15');
    expect(faults[0]!.place).toEqual({ file: at('a.yaml'), line: 1, column: 1 });
    expect(faults[0]!.source).toBe('varsion: 1');
  });
});

describe('an unreadable path', () => {
  const LINKED = 'leads out of its folder through a link; pass the path of its target';
  const utf16 = Buffer.from('version: 1\n', 'utf16le');
  test.each<[string, () => void, string]>([
    ['a missing file', () => {}, 'x.yaml: there is no such file or folder'],
    ['a broken link', () => symlinkSync(at('nowhere'), at('x.yaml')), 'x.yaml: there is no such file or folder'],
    ['a link to itself', () => symlinkSync(at('x.yaml'), at('x.yaml')), 'x.yaml: the symbolic links form a loop'],
    ['a pipe', () => execFileSync('mkfifo', [at('x.yaml')]), 'x.yaml: is not a regular file'],
    ['a device', () => symlinkSync('/dev/zero', at('x.yaml')), `x.yaml: ${LINKED}`],
    ['a link to a file elsewhere', () => symlinkSync('/etc/hosts', at('x.yaml')), `x.yaml: ${LINKED}`],
    [
      'a link out of a folder',
      () => {
        make('out.yaml');
        mkdirSync(at('x.yaml'));
        symlinkSync('../out.yaml', at('x.yaml/y.yaml'));
      },
      `x.yaml/y.yaml: ${LINKED}`,
    ],
    [
      'a link to a file of Git, which may contain a token',
      () => {
        make('.git/config');
        symlinkSync('.git/config', at('x.yaml'));
      },
      'x.yaml: is in .git, whose files are not desired state; move it to another folder',
    ],
    ['an empty folder', () => mkdirSync(at('x.yaml')), 'x.yaml: the folder contains no .yaml or .yml file'],
    ['a folder of other files', () => make('x.yaml/readme.md'), 'x.yaml: the folder contains no .yaml or .yml file'],
    [
      'Latin-1',
      () => make('x.yaml', Buffer.from('# caf\xe9\n', 'latin1')),
      'x.yaml: is not UTF-8 text; save it as UTF-8',
    ],
    [
      'a character cut in half',
      () => make('x.yaml', Buffer.from('a: é').subarray(0, 4)),
      'x.yaml: is not UTF-8 text; save it as UTF-8',
    ],
    [
      'half a surrogate pair',
      () => make('x.yaml', Buffer.from([0x61, 0xed, 0xa0, 0x80])),
      'x.yaml: is not UTF-8 text; save it as UTF-8',
    ],
    [
      'a pointer of Git LFS',
      () => make('x.yaml', 'version https://git-lfs.github.com/spec/v1\noid sha256:4355a46b\nsize 26\n'),
      'x.yaml: is a pointer of Git LFS instead of the file; run git lfs pull, or check out with lfs: true',
    ],
    [
      'UTF-16',
      () => make('x.yaml', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16])),
      'x.yaml: is not UTF-8 text; save it as UTF-8',
    ],
    ['UTF-16 without a mark', () => make('x.yaml', utf16), 'x.yaml: is not UTF-8 text; save it as UTF-8'],
    [
      'UTF-16, big-endian',
      () => make('x.yaml', Buffer.from(utf16).swap16()),
      'x.yaml: is not UTF-8 text; save it as UTF-8',
    ],
    [
      '65 MiB',
      () => {
        make('x.yaml');
        truncateSync(at('x.yaml'), 65 * 1024 * 1024); // sparse
      },
      'x.yaml: is larger than 64 MiB; split it into several files',
    ],
  ])('is reported with its name: %s', async (_, prepare, fault) => {
    prepare();
    expect(await read('x.yaml')).toEqual({ files: [], faults: [fault] });
  });

  test('is reported if this user cannot read it', async () => {
    for (const name of ['in/a.yaml', 'in/sub/b.yaml', 'in/c.yaml']) make(name);
    const faults = [
      'in/sub: cannot be read by this user; change its permissions',
      'in/a.yaml: cannot be read by this user; change its permissions',
    ];
    await withoutRoot(folder, async () => {
      chmodSync(at('in/a.yaml'), 0);
      chmodSync(at('in/sub'), 0);
      expect(await read('in')).toEqual({ files: ['in/c.yaml'], faults });
      chmodSync(at('in/sub'), 0o700);
    });
  });

  test('is reported by the count of its bytes', () => {
    make('x');
    expect(readAtMost(2, at('x'), 'is larger').toString()).toBe('x\n');
    expect(() => readAtMost(1, at('x'), 'is larger')).toThrow('is larger');
  });

  test.skipIf(process.platform !== 'linux')('is not assumed of a file without a size, as those of /proc', () => {
    const [first] = readAtMost(100_000, '/proc/self/status', 'is larger').toString().split('\n');
    expect(first).toMatch(/^Name:/);
    expect(readAtMost(100_000, '/proc/self/limits', 'is larger').toString()).toMatch(
      /^Limit(?:.*\n)+Max realtime timeout.*\n$/,
    );
  });

  test.skipIf(process.platform !== 'linux')('is reported even if the file has no size, as those of /proc', () => {
    expect(() => readAtMost(10, '/proc/self/status', 'is larger')).toThrow('is larger');
  });

  test('is reported if it is below a file', async () => {
    make('a.yaml');
    expect((await read('a.yaml/b.yaml')).faults).toEqual(['a.yaml/b.yaml: a part of the path is a file, not a folder']);
  });

  test('is reported if it is empty', async () => {
    expect(await readFiles([''], DISK)).toEqual({
      files: [],
      faults: [{ message: 'an empty path: there is no such file or folder' }],
      absent: [],
    });
    expect(await readFiles([], DISK)).toEqual({ files: [], faults: [], absent: [] });
  });

  test('does not stop other files from being read or reported', async () => {
    make('in/a.yaml', Buffer.from([0xff]));
    make('in/b.yaml');
    make('in/c.yaml', Buffer.from([0xfe]));
    symlinkSync(at('nowhere'), at('in/d.yaml'));
    expect(await read('missing', 'in', 'gone')).toEqual({
      files: ['in/b.yaml'],
      faults: [
        'missing: there is no such file or folder',
        'in/a.yaml: is not UTF-8 text; save it as UTF-8',
        'in/c.yaml: is not UTF-8 text; save it as UTF-8',
        'in/d.yaml: there is no such file or folder',
        'gone: there is no such file or folder',
      ],
    });
  });

  test('is reported once', async () => {
    make('a.yaml', Buffer.from([0xff]));
    expect((await read('a.yaml', '.', 'a.yaml')).faults).toHaveLength(1);
  });
});
