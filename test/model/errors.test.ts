import { expect, test } from 'vitest';
import { systemError } from '../../src/model/errors.ts';

const error = (code: string, errno = -1) => Object.assign(new Error(`${code}: some text, open 'x'`), { code, errno });

test.each([
  ['EACCES', 'permission denied'],
  ['EADDRINUSE', 'already in use'],
  ['EISDIR', 'this is a folder, not a file'],
  ['EMFILE', 'too many open files'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ENOENT', 'there is no such file or folder'],
  ['ENOSPC', 'no space left on the disk'],
  ['EROFS', 'the file system is read-only'],
  ['EWEIRD', 'the system reported EWEIRD'],
])('systemError puts %s into words', (code, words) => {
  expect(systemError(error(code))).toBe(words);
});

test('systemError returns null for an error of the program', () => {
  expect(systemError(new TypeError('a bug'))).toBeNull();
  expect(systemError(Object.assign(new Error('x: cannot write: y'), { code: 'EWRITE' }))).toBeNull();
});
