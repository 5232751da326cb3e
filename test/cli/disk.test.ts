import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkWritable,
  createAll,
  exists,
  read,
  readIfThere,
  readToken,
  writeDesired,
  writePrivate,
  writePublic,
} from '../../src/cli/disk.ts';
import { InvalidError } from '../../src/model/errors.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const writeReport = (path: string, pieces: Iterable<string>) => writePrivate(path, pieces, 'report');
const checkReport = (path: string) => checkWritable(path, 'report');

describe('reading', () => {
  test('returns a file byte for byte', () => {
    writeFileSync(at('plan'), '\ufeff{"reason":"é"}\r\n');
    expect(read(at('plan'))).toBe('\ufeff{"reason":"é"}\r\n');
  });

  test.each([
    ['a missing file', 'missing', /missing: there is no such file or folder$/],
    ['a folder', '.', /: this is a folder, not a file$/],
    ['a file below a file', 'plan/x', /plan\/x: a part of the path is a file, not a folder$/],
    ['a name that is too long', 'x'.repeat(300), /x: the name is too long$/],
  ])('throws an error with the path for %s', (_, name, message) => {
    writeFileSync(at('plan'), '{}');
    expect(() => read(at(name))).toThrow(InvalidError);
    expect(() => read(at(name))).toThrow(message);
  });
});

describe('readToken', () => {
  test('follows links, and accepts any mode', () => {
    writeFileSync(at('token'), 'Canary-7b3f9a\n', { mode: 0o666 });
    symlinkSync(at('token'), at('data'));
    symlinkSync(at('data'), at('link'));
    expect(readToken(at('link'))).toBe('Canary-7b3f9a\n');
  });

  test.each([
    ['a missing file', 'missing', 'there is no such file or folder'],
    ['a folder', '.', 'this is a folder, not a file'],
    ['a pipe', 'pipe', 'this is a pipe or a device, not a file'],
    ['a device', '/dev/zero', 'this is a pipe or a device, not a file'],
    ['a long file', 'long', 'it is larger than 64 KiB, so it is no token'],
  ])('refuses %s, without its path', (_, name, why) => {
    writeFileSync(at('long'), 'x'.repeat(64 * 1024 + 1));
    execFileSync('mkfifo', [at('pipe')]);
    const path = name.startsWith('/') ? name : at(name);
    const remedy = 'set the variable to the path of a file with the token';
    expect(() => readToken(path)).toThrow(new Error(`cannot be read: ${why}; ${remedy}`));
  });
});

test('readIfThere returns null for a missing file, and throws for a folder and for a bad path', () => {
  writeFileSync(at('plan'), '{}');
  expect(readIfThere(at('plan'))).toBe('{}');
  expect(readIfThere(at('missing'))).toBeNull();
  expect(() => readIfThere(folder)).toThrow(/: this is a folder, not a file$/);
  expect(() => readIfThere(at('x'.repeat(300)))).toThrow(/x: the name is too long$/);
});

describe('writing', () => {
  test('makes a public file readable by all users, with any umask', () => {
    const umask = process.umask(0o077);
    try {
      writePublic(at('metrics'), ['x 1\n']);
    } finally {
      process.umask(umask);
    }
    expect(statSync(at('metrics')).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['metrics']);
  });

  test('makes a private file that only its owner can read, and leaves no other file', () => {
    writePrivate(at('plan'), ['one', '', 'two é\n']);
    expect(readFileSync(at('plan'), 'utf8')).toBe('onetwo é\n');
    expect(statSync(at('plan')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['plan']);
  });

  test('replaces an older file and its permissions', () => {
    writeFileSync(at('plan'), '{ "kind": "a much longer text than the new one" }');
    chmodSync(at('plan'), 0o644);
    writePrivate(at('plan'), ['new']);
    expect(readFileSync(at('plan'), 'utf8')).toBe('new');
    expect(statSync(at('plan')).mode & 0o777).toBe(0o600);
  });

  test('writes large pieces whole', () => {
    const piece = '0123456789'.repeat(300_000);
    writePrivate(at('plan'), [piece, piece]);
    expect(readFileSync(at('plan'), 'utf8')).toBe(piece + piece);
  });

  test('takes a relative path', () => {
    writePrivate(relative('.', at('plan')), ['here']);
    expect(read(at('plan'))).toBe('here');
  });

  test('follows a link and does not replace it', () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/plan'), '{"kind":"old"}');
    symlinkSync(at('real/plan'), at('link'));
    writePrivate(at('link'), ['new']);
    expect(readFileSync(at('real/plan'), 'utf8')).toBe('new');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
  });

  test.each([
    ['a folder', () => mkdirSync(at('plan')), /plan: cannot write: this is a folder, not a file$/],
    // As root, renaming over it would replace /dev/null itself.
    [
      'a pipe',
      () => execFileSync('mkfifo', [at('plan')]),
      /plan: cannot write: this is a pipe or a device, not a file$/,
    ],
  ])('refuses %s and does not change it', (_, make, message) => {
    make();
    const { mode } = statSync(at('plan'));
    expect(() => writePrivate(at('plan'), ['x'])).toThrow(
      expect.objectContaining({ code: 'EWRITE', message: expect.stringMatching(message) }),
    );
    expect(statSync(at('plan')).mode).toBe(mode);
    expect(readdirSync(folder)).toEqual(['plan']);
  });

  test.each([
    ['desired state with a plan', writePrivate, '# yaml-language-server: $schema=x\nversion: 1\n', 'saved plan'],
    ['desired state with metrics', writePublic, '# yaml-language-server: $schema=x\nversion: 1\n', 'metrics file'],
    ['desired state in JSON with a plan', writePrivate, '{ "version": 1 }', 'saved plan'],
    ['metrics with a plan', writePrivate, '# TYPE a gauge\n', 'saved plan'],
    ['a plan with metrics', writePublic, '{"kind":"blacklistctl-plan"}', 'metrics file'],
    ['a report with a plan', writePrivate, '{ "formatVersion": 1 }', 'saved plan'],
    ['a plan with a report', writeReport, '{\n  "kind": "blacklistctl-plan" }', 'JSON report'],
    ['a plan with a report, with the error of the earlier check', checkReport, '{\n  "kind": "x" }', 'JSON report'],
  ])('does not overwrite %s', (_, write, text, name) => {
    writeFileSync(at('file'), text);
    expect(() => write(at('file'), ['x'])).toThrow(
      `file: cannot write: a file of this name exists and is not a ${name}; choose another name`,
    );
    expect(readFileSync(at('file'), 'utf8')).toBe(text);
  });

  test('changes nothing when it only checks', () => {
    checkReport(at('new'));
    writeReport(at('old'), ['{ "formatVersion": 1 }']);
    checkReport(at('old'));
    expect(readFileSync(at('old'), 'utf8')).toBe('{ "formatVersion": 1 }');
    expect(readdirSync(folder)).toEqual(['old']);
  });

  test.each([
    ['writing a plan', writePrivate],
    ['checking for a report', checkReport],
    ['checking for metrics', (path: string) => checkWritable(path, 'metrics')],
    ['checking for desired state', (path: string) => checkWritable(path, 'desired')],
    ['writing metrics', writePublic],
    ['writing desired state', (path: string) => writeDesired(path, 'x')],
  ])('reports the missing folder when %s', (_, write) => {
    expect(() => write(at('missing/plan'), ['x'])).toThrow(
      expect.objectContaining({
        code: 'EWRITE',
        message: `${at('missing/plan')}: cannot write: the folder ${at('missing')} does not exist; create it first`,
      }),
    );
  });

  test.each([
    ['below a file', 'file/plan', 'a part of the path is a file, not a folder'],
    ['with a name that is too long', 'x'.repeat(300), 'the name is too long'],
  ])('reports an error of the system in words for a path %s', (_, name, why) => {
    writeFileSync(at('file'), '{"kind":"old"}');
    for (const write of [writePrivate, checkReport]) {
      expect(() => write(at(name), ['x'])).toThrow(
        expect.objectContaining({ code: 'EWRITE', message: `${at(name)}: cannot write: ${why}` }),
      );
    }
  });

  test('keeps the old file and passes on the error if the pieces throw', () => {
    writeFileSync(at('plan'), '{"kind":"old"}');
    function* pieces() {
      yield 'new';
      throw new TypeError('a bug');
    }
    expect(() => writePrivate(at('plan'), pieces())).toThrow(new TypeError('a bug'));
    expect(readFileSync(at('plan'), 'utf8')).toBe('{"kind":"old"}');
    expect(readdirSync(folder)).toEqual(['plan']);
    expect(existsSync(at('plan'))).toBe(true);
  });
});

describe('creating', () => {
  test('creates the folders as well, and files that all users can read', () => {
    createAll([
      { name: at('a.yaml'), text: 'a' },
      { name: at('deep/er/b.yaml'), text: 'b' },
    ]);
    expect(readFileSync(at('a.yaml'), 'utf8') + readFileSync(at('deep/er/b.yaml'), 'utf8')).toBe('ab');
    expect(statSync(at('a.yaml')).mode & 0o444).toBe(0o444);
  });

  test.each([
    ['a file', () => writeFileSync(at('b.yaml'), 'mine')],
    ['a folder', () => mkdirSync(at('b.yaml'))],
    ['a link that leads nowhere', () => symlinkSync(at('elsewhere'), at('b.yaml'))],
  ])('keeps %s that exists, and removes the files that it created before', (_, make) => {
    make();
    expect(exists(at('b.yaml'))).toBe(true);
    const files = ['a.yaml', 'b.yaml', 'c.yaml'].map((name) => ({ name: at(name), text: 'new' }));
    expect(() => createAll(files)).toThrow('b.yaml: cannot write: already exists');
    expect(readdirSync(folder)).toEqual(['b.yaml']);
    expect(existsSync(at('elsewhere'))).toBe(false);
  });

  test('finds and creates nothing below a file', () => {
    writeFileSync(at('file'), 'mine');
    expect(exists(at('file/a.yaml'))).toBe(false);
    expect(() => createAll([{ name: at('file/a.yaml'), text: '' }])).toThrow(
      /a\.yaml: cannot write: (a part of the path is a file|already exists)/,
    );
    expect(readFileSync(at('file'), 'utf8')).toBe('mine');
  });
});

describe('writing desired state', () => {
  test('creates a file with the permissions of the umask', () => {
    writeDesired(at('new.yaml'), 'é\n');
    expect(readFileSync(at('new.yaml'), 'utf8')).toBe('é\n');
    expect(statSync(at('new.yaml')).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test('keeps the mode of a file', () => {
    writeFileSync(at('real.yaml'), 'old');
    chmodSync(at('real.yaml'), 0o604);
    writeDesired(at('real.yaml'), 'new');
    expect(readFileSync(at('real.yaml'), 'utf8')).toBe('new');
    expect(statSync(at('real.yaml')).mode & 0o777).toBe(0o604);
    expect(readdirSync(folder)).toEqual(['real.yaml']);
  });

  test.each([
    ['a file', 'real.yaml'],
    ['nothing', 'nowhere.yaml'],
  ])('refuses a link to %s, before there is anything to write and later', (_, target) => {
    writeFileSync(at('real.yaml'), 'old');
    symlinkSync(target, at('link.yaml'));
    const refused = /link\.yaml: cannot write: this is a symbolic link; name its target instead$/;
    expect(() => checkWritable(at('link.yaml'), 'desired')).toThrow(refused);
    expect(() => writeDesired(at('link.yaml'), 'new')).toThrow(refused);
    expect(readFileSync(at('real.yaml'), 'utf8')).toBe('old');
    expect(lstatSync(at('link.yaml')).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'real.yaml']);
  });

  test('keeps a byte order mark, and adds none', () => {
    writeFileSync(at('a.yaml'), '\ufeffold');
    writeDesired(at('a.yaml'), 'new');
    writeDesired(at('a.yaml'), 'newer');
    expect(readFileSync(at('a.yaml'), 'utf8')).toBe('\ufeffnewer');
  });

  test('refuses a folder, and leaves no other file', () => {
    mkdirSync(at('sub'));
    expect(() => writeDesired(at('sub'), 'x')).toThrow(/sub: cannot write: this is a folder, not a file/);
    expect(readdirSync(folder)).toEqual(['sub']);
  });
});

test('a file that is being written is in a folder that Git ignores, with a name of its own', () => {
  execFileSync('git', ['init', '-q'], { cwd: folder });
  const seen: string[] = [];
  function* pieces() {
    yield '{"kind"';
    seen.push(...readdirSync(folder).filter((name) => name !== '.git'));
    seen.push(execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' }));
  }
  writePrivate(join(folder, 'plan.json'), pieces());
  expect(seen).toEqual([expect.stringMatching(/^\.blacklistctl-[0-9a-f-]{36}\.tmp$/), '']);
  expect(readdirSync(folder).filter((name) => name !== '.git')).toEqual(['plan.json']);
});
