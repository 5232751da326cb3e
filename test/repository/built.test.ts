/**
 * Loads every file of the built program. The tests run the source, so only this test sees what the bundler breaks in a
 * file that few commands load.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../stories/harness.ts';
import { CLI } from '../stories/process.ts';

// Two files act when they are loaded: cli.js and the one that it loads first. Both obey the arguments.
const LOAD_ALL = `
  import { pathToFileURL } from 'node:url';
  const files = process.argv.splice(2, Infinity, '--help');
  for (const file of files) {
    await import(pathToFileURL(file)).catch((error) => console.error(file.split(/[\\\\/]/).at(-1) + ': ' + error));
  }
`;

/** Imports the program files of a folder one by one, in one process. @returns an error for each file that fails. */
function loadAll(folder: string) {
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const script = join(makeFolder(), 'load.mjs');
  writeFileSync(script, LOAD_ALL);
  const argv = [script, ...files.map((name) => join(folder, name))];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return { files, status, stdout, errors: stderr.split('\n').filter(Boolean) };
}

test('each file of the built program loads without an error', () => {
  const { files, status, stdout, errors } = loadAll(dirname(CLI));
  expect(errors).toEqual([]);
  expect(status).toBe(0);
  expect(files.length).toBeGreaterThan(10); // the commands, and the parts that they share
  expect(stdout).toContain('Usage: blacklistctl');
});

test.each([
  ['declares a name twice', 'const twice = 1; const twice = 2;', "Identifier 'twice' has already been declared"],
  ['imports what no file exports', "import { gone } from './cli.js';", "does not provide an export named 'gone'"],
  ['throws when it is loaded', 'missing();', 'missing is not defined'],
])('a file that only one command loads is found if it %s', (_, broken, error) => {
  const folder = makeFolder();
  cpSync(dirname(CLI), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const [lazy = ''] = readdirSync(folder).filter((name) => name.startsWith('by-hand-'));
  writeFileSync(join(folder, lazy), `${broken}\n${readFileSync(join(folder, lazy), 'utf8')}`);
  expect(loadAll(folder).errors).toEqual([expect.stringMatching(new RegExp(`^${lazy}: .*${error}`))]);
});
