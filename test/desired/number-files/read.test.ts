import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Effort } from '../../../src/desired/number-files/find.ts';
import { readNumberFiles, type Wanted } from '../../../src/desired/number-files/read.ts';
import { commitTree } from '../../../src/desired/source/git.ts';
import { disk } from '../../../src/desired/source/tree.ts';
import { needs, withoutRoot } from '../../needs.ts';

let above: string;
let folder: string;
const before = process.cwd();
beforeEach(() => {
  above = realpathSync(mkdtempSync(join(tmpdir(), 'numbers-'))); // macOS has a link in this path
  folder = join(above, 'desired');
  mkdirSync(folder);
});
afterEach(() => {
  process.chdir(before);
  rmSync(above, { recursive: true });
});

const at = (name: string) => join(folder, name);

function make(name: string, content: string | Buffer = '+46732001122\n'): void {
  mkdirSync(join(at(name), '..'), { recursive: true });
  writeFileSync(at(name), content);
}

/** A file of 64 MiB and one byte, without any space on the disk. */
function makeLarge(name: string): void {
  make(name);
  truncateSync(at(name), 64 * 1024 * 1024 + 1);
}

/** A file, and a link that leads to it or to its folder. */
function link(name: string, to: string, from: string): void {
  make(name);
  symlinkSync(to, at(from));
}

/** Encrypted files of these tests are plain text after a mark. */
const decrypt = async (_: string, bytes: Buffer) => {
  if (bytes.toString('utf8', 0, 4) !== 'age:') throw new Error('is no age file');
  return bytes.subarray(4);
};

const want = (path: string, column?: string): Wanted => ({ from: at('a.yaml'), path, ...(column && { column }) });

/** Returns the names of the files for a path, relative to the folder, and its errors. */
async function find(path: string, column?: string): Promise<readonly string[] | string> {
  const wanted = want(path, column);
  const { files, fault } = (await readNumberFiles([wanted], { tree: disk, decrypt }))(wanted);
  return fault ?? files.map(({ name }) => name.replace(`${folder}/`, ''));
}

const AGE = Buffer.from('age-encryption.org/v1\n-> X25519 x\n--- x\n\0\xff\n12\n', 'latin1');
const ARMORED = '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\nYWdl\n-----END AGE ENCRYPTED FILE-----\n';
const HIDDEN_AGE = 'is encrypted with age; add .age to the end of its name';
const LARGE = 'is larger than 64 MiB; split it into several files';
const SEALED = 'ENC[AES256_GCM,data:abc,iv:abc=,tag:abc==,type:str]';
const SOPS = 'is encrypted with SOPS, which works for YAML files only; encrypt it with age, and add .age to its name';
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4355a46b\nsize 26\n';
const LFS = 'is a pointer of Git LFS instead of the file; run git lfs pull, or check out with lfs: true';
const WORKBOOK = 'is a workbook of a spreadsheet; export it as "CSV UTF-8"';
const UTF16 = 'is UTF-16 text, such as "Unicode Text" of Excel; export it as "CSV UTF-8", or save it as UTF-8';
const BELOW = 'number files must be in the folder of the YAML file or below it';

describe('a file', () => {
  test.each<[string, string, string, string?]>([
    ['text', 'a.txt', '+46732001122 # Threats\n'],
    ['text of any name', 'numbers', '+46732001122\n'],
    ['CSV', 'a.csv', 'number,name\n+46732001122,Anna\n'],
    ['CSV in capitals', 'A.CSV', 'number,name\n+46732001122,Anna\n'],
    ['tabs', 'a.tsv', 'number\tname\n+46732001122\tAnna\n'],
    ['CSV with a column', 'a.csv', 'phone,name\n+46732001122,Anna\n', 'phone'],
    ['CSV of another name', 'a.export', 'phone,name\n+46732001122,Anna\n', 'phone'],
    ['encrypted text', 'a.txt.age', 'age:+46732001122\n'],
    ['encrypted CSV', 'a.csv.age', 'age:number,name\n+46732001122,Anna\n'],
    ['below', 'lists/deep/a.txt', '+46732001122\n'],
    ['with a name that is a pattern', 'a[1]{b,c}*?.txt', '+46732001122\n'],
    ['hidden', '.lists/.a.txt', '+46732001122\n'],
    ['of node_modules', 'node_modules/x/a.txt', '+46732001122\n'],
  ])('%s', async (_, name, content, column) => {
    make(name, content);
    const wanted = want(`./${name}`, column);
    const { files, fault, faults } = (await readNumberFiles([wanted], { tree: disk, decrypt }))(wanted);
    expect({ fault, faults }).toEqual({ fault: undefined, faults: [] });
    expect(files.map(({ name: found, numbers }) => [found, ...numbers])).toEqual([[at(name), 46732001122]]);
  });

  test('is read if it is longer than a chunk', async () => {
    make('a.txt', '+46732001122\n'.repeat(100_000));
    const wanted = want('a.txt');
    const [file] = (await readNumberFiles([wanted], { tree: disk, decrypt }))(wanted).files;
    expect([file!.numbers.length, [...file!.set], file!.placeOf(99_999).line]).toEqual([
      100_000,
      [46732001122],
      100_000,
    ]);
  });

  test('has a path from the folder of the YAML file, or from the working directory for standard input', async () => {
    make('lists/a.txt');
    make('lists/lists/a.txt');
    process.chdir(folder);
    const name = async (from: string) => {
      const wanted = { from, path: 'lists/a.txt' };
      return (await readNumberFiles([wanted], { tree: disk, decrypt }))(wanted).files[0]!.name;
    };
    expect(await name('-')).toBe('lists/a.txt');
    expect(await name('a.yaml')).toBe('lists/a.txt');
    expect(await name('lists/a.yaml')).toBe('lists/lists/a.txt');
    expect(await name('./lists/../a.yaml')).toBe('lists/a.txt');
  });

  test('is read once, also if several paths lead to it', async () => {
    make('a.txt', 'x\n');
    make('b.csv', 'number,phone\n+46732001122,+46732001123\n');
    symlinkSync('a.txt', at('link.txt'));
    const all = ['a.txt', './a.txt', 'link.txt', '*.txt'].map((path) => want(path));
    const found = await readNumberFiles([...all, ...all, want('b.csv'), want('b.csv', 'phone')], {
      tree: disk,
      decrypt,
    });
    const first = found(all[0]!);
    for (const each of all) {
      expect(found(each).files[0]).toBe(first.files[0]);
      expect(found(each).faults[0]).toBe(first.faults[0]);
    }
    const numbersOf = (wanted: Wanted) => [...found(wanted).files[0]!.numbers];
    expect([numbersOf(want('b.csv')), numbersOf(want('b.csv', 'phone'))]).toEqual([[46732001122], [46732001123]]);
  });

  test('has its errors reported with their places', async () => {
    make('a.csv', 'number\n+46732001122\nAnna\n');
    const wanted = want('a.csv');
    const { faults } = (await readNumberFiles([wanted], { tree: disk, decrypt }))(wanted);
    expect(faults).toMatchObject([{ place: { file: at('a.csv'), line: 3, column: 1 }, source: 'Anna' }]);
  });

  test('marks its errors as decrypted if it was encrypted', async () => {
    make('a.csv.age', 'age:number,name\n1,Anna\n');
    make('a.txt.age', 'age:Anna\n');
    const all = [want('a.csv.age'), want('a.txt.age')];
    const found = await readNumberFiles(all, { tree: disk, decrypt });
    for (const each of all) {
      expect(found(each).faults).toHaveLength(1);
      expect(JSON.stringify(found(each).faults)).not.toContain('nna');
    }
  });
});

describe('a pattern', () => {
  beforeEach(() => {
    for (const name of [
      'a.txt',
      'b.txt',
      'b.csv',
      '.hidden.txt',
      'x (1)+@.txt',
      'lists.txt',
      'lists/c.txt',
      'lists/deep/d.txt',
      'lists/.old/e.txt',
      'node_modules/f.txt',
      'lists/node_modules/g/h.txt',
    ]) {
      make(name, name.endsWith('csv') ? 'number\n' : '');
    }
    symlinkSync('lists', at('link'));
    symlinkSync('../lists', at('lists/link.txt'));
    make('real/z', '');
    symlinkSync('real/z', at('z.txt'));
  });

  test.each<[string, readonly string[]]>([
    ['*.txt', ['a.txt', 'b.txt', 'lists.txt', 'x (1)+@.txt', 'z.txt']],
    ['?.txt', ['a.txt', 'b.txt', 'z.txt']],
    ['[ab].txt', ['a.txt', 'b.txt']],
    ['[a-b].txt', ['a.txt', 'b.txt']],
    ['[!ab].txt', ['z.txt']],
    ['{a,b}.txt', ['a.txt', 'b.txt']],
    ['b.{txt,csv}', ['b.csv', 'b.txt']],
    ['{lists/c,a}.txt', ['a.txt', 'lists/c.txt']],
    ['x (1)*', ['x (1)+@.txt']],
    ['*+@.txt', ['x (1)+@.txt']],
    ['.*.txt', ['.hidden.txt']],
    ['{.,}h*.txt', ['.hidden.txt']],
    ['lists/*.txt', ['lists/c.txt']],
    ['lists/*/*.txt', ['lists/deep/d.txt']],
    ['*/c.txt', ['lists/c.txt']],
    ['**/*.txt', ['a.txt', 'b.txt', 'lists.txt', 'lists/c.txt', 'lists/deep/d.txt', 'x (1)+@.txt', 'z.txt']],
    ['lists/**', ['lists/c.txt', 'lists/deep/d.txt']],
    ['**/deep/*', ['lists/deep/d.txt']],
    ['lists/.old/*', ['lists/.old/e.txt']],
    ['**/.old/*', ['lists/.old/e.txt']],
    ['node_modules/*.txt', ['node_modules/f.txt']],
    ['**/node_modules/**', ['lists/node_modules/g/h.txt', 'node_modules/f.txt']],
    ['lists/../[a].txt', ['a.txt']],
    ['./*.csv', ['b.csv']],
  ])('%s', async (pattern, names) => {
    expect(await find(pattern)).toEqual(names);
  });

  test.each([
    '*.text',
    'node_module?/*.txt',
    '*/f.txt',
    'link*/c.txt',
    'lists/link*',
    '*/.git',
    'lists/[d]eep',
    'nowhere/*.txt',
    'a.txt/*',
    '!a.txt*',
    '@(a|b).tx?',
    '*(1)',
    '[',
  ])('%s matches no file', async (pattern) => {
    expect(await find(pattern)).toMatch(/matches no file|no such file/);
  });

  test.each([
    ['*a*a*a*a*a*a*a*a*b.txt', /^matches no file/],
    [`${'{a,}'.repeat(50)}y.txt`, /^matches no file/],
    [`${'**/'.repeat(100)}b`, /^matches no file/],
    [`*${'a'.repeat(1000)}`, /^is longer than 1000 characters; shorten the pattern$/],
  ])('%s is compared with a long name', async (pattern, fault) => {
    make(`${'a'.repeat(200)}.txt`);
    expect(await find(pattern)).toMatch(fault);
  });

  test('does not use up the work of a run', async () => {
    const effort = new Effort();
    const pattern = '*'.repeat(1000);
    for (let names = 0; names < 10_000; names++) effort.spend(pattern, 'x'.repeat(100));
    expect(() => effort.spend(pattern, 'x')).toThrow('takes too long, because the patterns search too many files');
  });

  test('is the name of a file if such a file exists', async () => {
    make('[ab].txt');
    expect(await find('[ab].txt')).toEqual(['[ab].txt']);
  });

  test('names the unreadable file and keeps the files before it', async () => {
    execFileSync('mkfifo', [at('c.txt')]);
    expect(await find('?.txt')).toBe('c.txt: is not a regular file');
    rmSync(at('c.txt'));
    make('lists/x.age', 'plain');
    const wanted = want('{a.txt,lists/*.age}');
    const { files, fault } = (await readNumberFiles([wanted], { tree: disk, decrypt }))(wanted);
    expect(files.map(({ name }) => name)).toEqual([at('a.txt')]);
    expect(fault).toBe('lists/x.age: is no age file');
  });
});

describe('a path is refused that is', () => {
  const OUT = `leads out of its folder; ${BELOW}`;
  const LINKED = `leads out of its folder through a link; ${BELOW}`;
  const MISSING = `there is no such file; ${BELOW}`;
  const GIT = 'is in .git, whose files are not desired state; move it to another folder';
  test.each<[string, string, () => void, string]>([
    ['no path', '', () => {}, 'is empty; name a file'],
    ['a missing file', 'x.txt', () => {}, MISSING],
    ['a missing folder', 'x/y.txt', () => {}, MISSING],
    ['a file below a file', 'x.txt/y.txt', () => make('x.txt'), MISSING],
    ['a broken link', 'x.txt', () => symlinkSync('nowhere', at('x.txt')), MISSING],
    ['a link to itself', 'x.txt', () => symlinkSync('x.txt', at('x.txt')), 'the symbolic links form a loop'],
    ['the folder above', '..', () => {}, OUT],
    ['a file above', '../x.txt', () => make('../x.txt'), OUT],
    ['a file above, in the middle', 'lists/../../x.txt', () => make('../x.txt'), OUT],
    ['a file above that is called like the folder', '../desired.txt', () => make('../desired.txt'), OUT],
    ['a pattern above', '../*.txt', () => make('../x.txt'), OUT],
    ['a pattern above, in the middle', '**/../../*.txt', () => make('../x.txt'), OUT],
    ['an absolute path', '/etc/hosts', () => {}, `is an absolute path; ${BELOW}`],
    ['a drive', 'C:/x.txt', () => {}, `is an absolute path; ${BELOW}`],
    ['a backslash', 'lists\\x.txt', () => make('lists/x.txt'), 'contains a backslash; write / between folders'],
    ['a zero byte', 'x.txt\0', () => make('x.txt'), 'contains a zero byte, which no file name has; remove it'],
    ['a link to a file above', 'x.txt', () => link('../y.txt', '../y.txt', 'x.txt'), LINKED],
    ['a link to a folder above', 'x/y.txt', () => link('../z/y.txt', '../z', 'x'), LINKED],
    ['a link to a neighbour', 'x.txt', () => link('../desired2/y.txt', '../desired2/y.txt', 'x.txt'), LINKED],
    ['a link above in a pattern', '*.txt', () => link('../y.txt', '../y.txt', 'x.txt'), `x.txt: ${LINKED}`],
    ['a pattern below a link', 'x/*.txt', () => link('../z/y.txt', '../z', 'x'), `x/y.txt: ${LINKED}`],
    ['a file of Git', '.git/config', () => make('.git/config'), GIT],
    ['a file of Git in a pattern', 'lists/.GIT/*', () => make('lists/.GIT/config'), `lists/.GIT/config: ${GIT}`],
    ['a link to a file of Git', 'x.txt', () => link('.git/config', '.git/config', 'x.txt'), GIT],
    ['a broken link in a pattern', '*.txt', () => symlinkSync('nowhere', at('x.txt')), `x.txt: ${MISSING}`],
    ['a folder', 'lists/', () => make('lists/x.txt'), 'is a folder; write "lists/*.txt" for the files in it'],
    ['the folder itself', '.', () => {}, 'is a folder; write "*.txt" for the files in it'],
    ['a pipe', 'x.txt', () => execFileSync('mkfifo', [at('x.txt')]), 'is not a regular file'],
    ['a device', 'x.txt', () => symlinkSync('/dev/zero', at('x.txt')), LINKED],
    ['nothing that matches', 'lists/*.txt', () => make('lists/x.csv'), `matches no file; ${BELOW}`],
    ['a plain file with .age in its name', 'x.txt.age', () => make('x.txt.age'), 'is no age file'],
    ['an encrypted file without .age in its name', 'x.txt', () => make('x.txt', AGE), HIDDEN_AGE],
    ['the same as CSV', 'x.csv', () => make('x.csv', AGE), HIDDEN_AGE],
    ['the same, armored', 'x.txt', () => make('x.txt', `\n${ARMORED}`), HIDDEN_AGE],
    ['the same of a pattern', '*.txt', () => make('x.txt', AGE), `x.txt: ${HIDDEN_AGE}`],
    ['a pointer of Git LFS', 'x.csv', () => make('x.csv', POINTER), LFS],
    ['a pointer of Git LFS to an encrypted file', 'x.txt.age', () => make('x.txt.age', POINTER), LFS],
    ['a file that sops encrypted as JSON', 'x.txt', () => make('x.txt', `{\n\t"data": "${SEALED}",\n`), SOPS],
    ['a file that sops encrypted as YAML', '*.csv', () => make('x.csv', `data: ${SEALED}\n`), `x.csv: ${SOPS}`],
    ['a workbook', 'x.csv', () => make('x.csv', Buffer.from('PK\x03\x04\x14\0\x06\0')), WORKBOOK],
    ['an older workbook', 'x.csv', () => make('x.csv', Buffer.from('d0cf11e0a1b11ae1', 'hex')), WORKBOOK],
    ['UTF-16', 'x.csv', () => make('x.csv', Buffer.from('\ufeffnumber\n', 'utf16le')), UTF16],
    ['UTF-16, big-endian', 'x.csv', () => make('x.csv', Buffer.from('\ufeffn', 'utf16le').swap16()), UTF16],
    ['UTF-16 without a mark', 'x.txt', () => make('x.txt', Buffer.from('+46732001122\n', 'utf16le')), UTF16],
    ['an encrypted file of more than 64 MiB', 'x.txt.age', () => makeLarge('x.txt.age'), LARGE],
  ])('%s', async (_, path, prepare, fault) => {
    prepare();
    expect(await find(path)).toBe(fault);
  });

  test('not a link within the folder', async () => {
    make('..2026/x.txt');
    symlinkSync('..2026', at('..data'));
    symlinkSync('..data/x.txt', at('x.txt'));
    symlinkSync('x.txt', at('y.txt'));
    expect(await find('x.txt')).toEqual(['x.txt']);
    expect(await find('..data/x.txt')).toEqual(['..data/x.txt']);
    expect(await find('*.txt')).toEqual(['x.txt']); // y.txt is the same file
  });

  test('a file that this user cannot read', async () => {
    make('x.txt');
    make('in/x.txt');
    await withoutRoot(above, async () => {
      chmodSync(at('x.txt'), 0);
      expect(await find('x.txt')).toBe('cannot be read by this user; change its permissions');
      chmodSync(at('in'), 0);
      expect(await find('**/*.csv')).toBe('cannot be read by this user; change its permissions');
      chmodSync(at('in'), 0o700);
    });
  });
});

describe('in a commit', () => {
  needs('git');

  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...args], {
      cwd: above,
      stdio: 'pipe',
    });
  const findAt = async (path: string, from = 'desired/a.yaml') => {
    const wanted = { from, path };
    const { files, fault } = (await readNumberFiles([wanted], { tree: commitTree('HEAD', process.env), decrypt }))(
      wanted,
    );
    return fault ?? files.map(({ name, numbers }) => [name, ...numbers]);
  };

  beforeEach(() => {
    git('init', '-q');
    make('lists/a.txt', '+46732001122\n');
    make('lists/b.csv', 'number\n+46732001123\n');
    make('lists/.c.txt', '+46732001124\n');
    make('lists/[d].txt', '+46732001125\n');
    make('lists/h.txt', POINTER);
    make('lists/e.txt.age', 'age:+46732001126\n');
    make('../f.txt');
    make('node_modules/a.txt');
    symlinkSync('a.txt', at('lists/g.txt'));
    git('add', '-A');
    git('commit', '-qm', 'All');
    for (const name of ['lists', 'node_modules']) rmSync(at(name), { recursive: true });
    process.chdir(above);
  });

  test.each<[string, string, unknown]>([
    ['text', 'lists/a.txt', [['desired/lists/a.txt', 46732001122]]],
    ['CSV', './lists/b.csv', [['desired/lists/b.csv', 46732001123]]],
    ['an encrypted file', 'lists/e.txt.age', [['desired/lists/e.txt.age', 46732001126]]],
    ['a name that is a pattern', 'lists/[d].txt', [['desired/lists/[d].txt', 46732001125]]],
    [
      'a pattern',
      '*/[abc].*',
      [
        ['desired/lists/a.txt', 46732001122],
        ['desired/lists/b.csv', 46732001123],
      ],
    ],
    ['node_modules only by name', '**/a.txt', [['desired/lists/a.txt', 46732001122]]],
    ['a missing file', 'lists/x.txt', 'is not a file of that commit'],
    ['a pattern without matches', 'x/*.txt', 'matches no file in that commit'],
    ['a folder', 'lists', 'is not a file of that commit'],
    ['a path that leads out', '../f.txt', `leads out of its folder; ${BELOW}`],
    ['a pointer of Git LFS', 'lists/h.txt', 'is kept in Git LFS, which --base does not read; keep it in Git'],
    ['a link', 'lists/g.txt', /^--base HEAD: desired\/lists\/g.txt is a symbolic link in that commit; /],
    ['a link in a pattern', 'lists/?.txt', /^--base HEAD: desired\/lists\/g.txt is a symbolic link in that commit; /],
  ])('%s', async (_, path, found) => {
    if (found instanceof RegExp) expect(await findAt(path)).toMatch(found);
    else expect(await findAt(path)).toEqual(found);
  });

  test('paths do not depend on the working directory', async () => {
    process.chdir(folder);
    expect(await findAt('lists/a.txt', '-')).toEqual([['lists/a.txt', 46732001122]]);
    expect(await findAt('**/a.txt', 'a.yaml')).toEqual([['lists/a.txt', 46732001122]]);
    expect(await findAt('lists/a.txt', at('a.yaml'))).toEqual([[at('lists/a.txt'), 46732001122]]);
    expect(await findAt('*/a.txt', at('a.yaml'))).toEqual([[at('lists/a.txt'), 46732001122]]);
  });
});
