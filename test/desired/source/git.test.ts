import { expect, test } from 'vitest';
import { commitTree } from '../../../src/desired/source/git.ts';

test('commitTree asks to install git if it is not on the PATH', () => {
  const { PATH } = process.env;
  process.env.PATH = '';
  try {
    expect(() => commitTree('main').has('a.yaml')).toThrow('--base main: "git" is not on the PATH; install git');
  } finally {
    process.env.PATH = PATH;
  }
});
