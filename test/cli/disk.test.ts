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
  checkPrivate,
  createAll,
  exists,
  read,
  readIfThere,
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
const checkReport = (path: string) => checkPrivate(path, 'report');

describe('reading', () => {
  test('a file, byte for byte', () => {
    writeFileSync(at('plan'), '\ufeff{"reason":"é"}\r\n');
    expect(read(at('plan'))).toBe('\ufeff{"reason":"é"}\r\n');
  });

  test.each([
    ['a missing file', 'missing', /missing: cannot be read \(ENOENT\)$/],
    ['a folder', '.', /cannot be read \(EISDIR\)$/],
    ['a file below a file', 'plan/x', /plan\/x: cannot be read \(ENOTDIR\)$/],
  ])('%s is an error that names it', (_, name, message) => {
    writeFileSync(at('plan'), '{}');
    expect(() => read(at(name))).toThrow(InvalidError);
    expect(() => read(at(name))).toThrow(message);
  });
});

test('a file that may be missing is null, and one that may not be read is an error all the same', () => {
  writeFileSync(at('plan'), '{}');
  expect(readIfThere(at('plan'))).toBe('{}');
  expect(readIfThere(at('missing'))).toBeNull();
  expect(() => readIfThere(folder)).toThrow(/: is not a regular file$/);
});

describe('writing', () => {
  test('a public file may be read by everybody, whatever the umask', () => {
    const umask = process.umask(0o077);
    try {
      writePublic(at('metrics'), ['x 1\n']);
    } finally {
      process.umask(umask);
    }
    expect(statSync(at('metrics')).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['metrics']);
  });

  test('only its owner may read it, and nothing else is left', () => {
    writePrivate(at('plan'), ['one', '', 'two é\n']);
    expect(readFileSync(at('plan'), 'utf8')).toBe('onetwo é\n');
    expect(statSync(at('plan')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['plan']);
  });

  test('an older file is replaced, and with it who may read it', () => {
    writeFileSync(at('plan'), '{ "kind": "a much longer text than the new one" }');
    chmodSync(at('plan'), 0o644);
    writePrivate(at('plan'), ['new']);
    expect(readFileSync(at('plan'), 'utf8')).toBe('new');
    expect(statSync(at('plan')).mode & 0o777).toBe(0o600);
  });

  test('large pieces are written whole', () => {
    const piece = '0123456789'.repeat(300_000);
    writePrivate(at('plan'), [piece, piece]);
    expect(readFileSync(at('plan'), 'utf8')).toBe(piece + piece);
  });

  test('a relative path', () => {
    writePrivate(relative('.', at('plan')), ['here']);
    expect(read(at('plan'))).toBe('here');
  });

  test('a link is followed, not replaced', () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/plan'), '{"kind":"old"}');
    symlinkSync(at('real/plan'), at('link'));
    writePrivate(at('link'), ['new']);
    expect(readFileSync(at('real/plan'), 'utf8')).toBe('new');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
  });

  test.each([
    ['a folder', () => mkdirSync(at('plan')), /plan: cannot be written \(it is not a regular file\)$/],
    // As root, renaming over it would replace /dev/null itself.
    ['a pipe', () => execFileSync('mkfifo', [at('plan')]), /plan: cannot be written \(it is not a regular file\)$/],
  ])('%s is refused and stays as it is', (_, make, message) => {
    make();
    const { mode } = statSync(at('plan'));
    expect(() => writePrivate(at('plan'), ['x'])).toThrow(
      expect.objectContaining({ code: 'EWRITE', message: expect.stringMatching(message) }),
    );
    expect(statSync(at('plan')).mode).toBe(mode);
    expect(readdirSync(folder)).toEqual(['plan']);
  });

  test.each([
    ['desired state under a plan', writePrivate, '# yaml-language-server: $schema=x\nversion: 1\n'],
    ['desired state under metrics', writePublic, '# yaml-language-server: $schema=x\nversion: 1\n'],
    ['desired state as JSON', writePrivate, '{ "version": 1 }'],
    ['metrics under a plan', writePrivate, '# TYPE a gauge\n'],
    ['a plan under metrics', writePublic, '{"kind":"blacklistctl-plan"}'],
    ['a report under a plan', writePrivate, '{ "formatVersion": 1 }'],
    ['a plan under a report', writeReport, '{\n  "kind": "blacklistctl-plan" }'],
    ['a plan under a report that is checked for', checkReport, '{\n  "kind": "blacklistctl-plan" }'],
  ])('%s: what is of another kind is not overwritten', (_, write, text) => {
    writeFileSync(at('file'), text);
    expect(() => write(at('file'), ['x'])).toThrow('file: cannot be written (a file of another kind is there');
    expect(readFileSync(at('file'), 'utf8')).toBe(text);
  });

  test('checking for a file leaves everything as it is', () => {
    checkReport(at('new'));
    writeReport(at('old'), ['{ "formatVersion": 1 }']);
    checkReport(at('old'));
    expect(readFileSync(at('old'), 'utf8')).toBe('{ "formatVersion": 1 }');
    expect(readdirSync(folder)).toEqual(['old']);
  });

  test.each([
    ['writing a plan', writePrivate],
    ['checking for a report', checkReport],
  ])('a folder that is not there is an error that names the file: %s', (_, write) => {
    expect(() => write(at('missing/plan'), ['x'])).toThrow(
      expect.objectContaining({
        code: 'EWRITE',
        message: expect.stringMatching(/missing\/plan: cannot be written \(ENOENT\)$/),
      }),
    );
  });

  test('a fault while the pieces are made leaves the old file, no other, and shows', () => {
    writeFileSync(at('plan'), '{"kind":"old"}');
    function* pieces() {
      yield 'new';
      throw new TypeError('a fault in the program');
    }
    expect(() => writePrivate(at('plan'), pieces())).toThrow(new TypeError('a fault in the program'));
    expect(readFileSync(at('plan'), 'utf8')).toBe('{"kind":"old"}');
    expect(readdirSync(folder)).toEqual(['plan']);
    expect(existsSync(at('plan'))).toBe(true);
  });
});

describe('creating', () => {
  test('makes the folders as well, for everybody to read', () => {
    createAll([
      { name: at('a.yaml'), text: 'a' },
      { name: at('deep/er/b.yaml'), text: 'b' },
    ]);
    expect(readFileSync(at('a.yaml'), 'utf8') + readFileSync(at('deep/er/b.yaml'), 'utf8')).toBe('ab');
    expect(statSync(at('a.yaml')).mode & 0o444).toBe(0o444);
  });

  test.each([
    ['a file', () => writeFileSync(at('b.yaml'), 'mine'), 'EEXIST'],
    ['a folder', () => mkdirSync(at('b.yaml')), 'EEXIST'],
    ['a link that leads nowhere', () => symlinkSync(at('elsewhere'), at('b.yaml')), 'EEXIST'],
  ])('%s that is there by now stays, and what was made before it goes', (_, make, code) => {
    make();
    expect(exists(at('b.yaml'))).toBe(true);
    const files = ['a.yaml', 'b.yaml', 'c.yaml'].map((name) => ({ name: at(name), text: 'new' }));
    expect(() => createAll(files)).toThrow(`b.yaml: cannot be written (${code})`);
    expect(readdirSync(folder)).toEqual(['b.yaml']);
    expect(existsSync(at('elsewhere'))).toBe(false);
  });

  test('below a file nothing exists, and nothing can be made', () => {
    writeFileSync(at('file'), 'mine');
    expect(exists(at('file/a.yaml'))).toBe(false);
    expect(() => createAll([{ name: at('file/a.yaml'), text: '' }])).toThrow('cannot be written');
    expect(readFileSync(at('file'), 'utf8')).toBe('mine');
  });
});

describe('writing desired state', () => {
  test('a new file is for everybody, as the umask has it', () => {
    writeDesired(at('new.yaml'), 'é\n');
    expect(readFileSync(at('new.yaml'), 'utf8')).toBe('é\n');
    expect(statSync(at('new.yaml')).mode & 0o777).toBe(0o666 & ~process.umask());
  });

  test('one that is there keeps its mode, and the link that leads to it', () => {
    writeFileSync(at('real.yaml'), 'old');
    chmodSync(at('real.yaml'), 0o604);
    symlinkSync('real.yaml', at('link.yaml'));
    writeDesired(at('link.yaml'), 'new');
    expect(readFileSync(at('real.yaml'), 'utf8')).toBe('new');
    expect(statSync(at('real.yaml')).mode & 0o777).toBe(0o604);
    expect(lstatSync(at('link.yaml')).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['link.yaml', 'real.yaml']);
  });

  test('a byte order mark stays, and none is made', () => {
    writeFileSync(at('a.yaml'), '\ufeffold');
    writeDesired(at('a.yaml'), 'new');
    writeDesired(at('a.yaml'), 'newer');
    expect(readFileSync(at('a.yaml'), 'utf8')).toBe('\ufeffnewer');
  });

  test('a folder and a folder that does not exist are said, and nothing is left', () => {
    mkdirSync(at('sub'));
    expect(() => writeDesired(at('sub'), 'x')).toThrow(/sub: cannot be written \(it is not a regular file\)/);
    expect(() => writeDesired(at('none/a.yaml'), 'x')).toThrow(/cannot be written \(ENOENT\)/);
    expect(readdirSync(folder)).toEqual(['sub']);
  });
});
