/** `requires`: the versions of the program that may use the files. In these tests, the version is 0.0.0. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Api, makeFolder, reportOf, run, startApi, uk, yamlOf } from './harness.ts';

const UNMET =
  'this file requires version >=0.2 <1 of blacklistctl, but this is version 0.0.0; use a version in that range';
const text = (range: string, more = '') => yamlOf({ a: uk(1) }).replace('\n', `\nrequires: "${range}"\n${more}`);

let api: Api;
let cwd: string;
const write = (name: string, content: string) => writeFileSync(join(cwd, name), content);
const blacklistctl = (...args: string[]) => run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } });

beforeEach(async () => {
  api = await startApi();
  cwd = makeFolder();
});

describe('a range without the version of the program', () => {
  test.each([
    [['validate']],
    [['plan']],
    [['apply', '--yes']],
    [['drift']],
    [['list']],
    [['list', '--live']],
    [['explain', `+${uk(1)[0]}`]],
    [['import']],
    [['add', `+${uk(2)[1]}`, '--bot', 'a']],
    [['remove', `+${uk(1)[0]}`, '--bot', 'a']],
    [['fmt']],
    [['fmt', '--check']],
  ])('makes %j exit with 6 and send nothing', async (args) => {
    write('blacklist.yaml', text('>=0.2 <1'));
    const { code, stderr, stdout } = await blacklistctl(...args);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toBe(`error: blacklist.yaml:2:11: ${UNMET}
  2 | requires: ">=0.2 <1"
                ^
1 error in 1 file
`);
    expect(api.seen).toEqual([]);
    expect(readFileSync(join(cwd, 'blacklist.yaml'), 'utf8')).toBe(text('>=0.2 <1'));
  });

  test('is the only error, although another file cannot be read and both have unknown keys', async () => {
    mkdirSync(join(cwd, 'lists'));
    write('lists/a.yaml', text('>=0.2 <1', 'later: [1]\n'));
    write('lists/b.yaml', yamlOf({ b: ['1'] }).replace('bots', 'also: {}\nbots'));
    for (const command of ['validate', 'plan', 'fmt', 'import']) {
      const paths = command === 'import' ? ['lists/a.yaml', 'lists', 'missing.yaml'] : ['lists', 'missing.yaml'];
      const { errors } = reportOf(await blacklistctl(command, ...paths, '--format', 'json'));
      expect([command, errors]).toEqual([command, [{ message: UNMET, file: 'lists/a.yaml', line: 2, column: 11 }]]);
    }
  });
});

test('a range with the version of the program changes nothing', async () => {
  write('blacklist.yaml', text('<1'));
  expect((await blacklistctl('validate')).code).toBe(0);
  expect((await blacklistctl('apply', '--yes')).code).toBe(0);
  expect((await blacklistctl('fmt', '--check')).code).toBe(0);
});

test('a range without quotes is an error that asks for quotes', async () => {
  write('blacklist.yaml', text('').replace('""', '>=0.2 <1'));
  const { code, stderr } = await blacklistctl('validate');
  expect(code).toBe(6);
  expect(stderr).toContain(
    'error: blacklist.yaml:2:12: text that begins with > or | is a block in YAML, so put it in quotes',
  );
});
