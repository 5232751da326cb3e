/** Runs the script of each job in docs/ci.md as CI systems do: in a shell that stops at the first error. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { readXml } from '../report/xml.ts';
import { type Api, makeDesired, makeFolder, root, startApi, uk, yamlOf } from '../stories/harness.ts';
import { CLI, runProcess } from '../stories/process.ts';

needs('bash');

const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');
const scripts = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text!);
const [check, plan, save, applySaved, applyAlone, drift] = scripts as [string, string, string, string, string, string];

let api: Api;
let cwd: string;
let bin: string;
beforeEach(async () => {
  api = await startApi();
  cwd = makeDesired({ a: uk(2), b: uk(3) });
  bin = join(makeFolder(), 'bin');
  mkdirSync(bin);
  symlinkSync(CLI, join(bin, 'blacklistctl'));
});

async function runScript(script: string, file?: string) {
  const env = { PATH: `${bin}:${process.env.PATH}`, CI: 'true', BLACKLISTCTL_BASE_URL: api.url };
  const { code, output } = await runProcess([script], { cwd, env, through: ['sh', '-e', '-c'], input: '' });
  const [suite] = file ? readXml(readFileSync(join(cwd, file), 'utf8')).children : [];
  return { code, output, failures: suite?.attributes.failures };
}

test('the page has exactly the scripts tested here', () => {
  expect(scripts).toHaveLength(6);
});

/** What the table of the page says of each job, by its exit code: "green", "red", or nothing if the job never has it. */
const colors = new Map(
  [...page.matchAll(/^\| (\d+) \|(.*)\|$/gm)].map(([, code, cells]) => [
    Number(code),
    cells!.split('|').map((cell) => /^(?:green|red)|$/.exec(cell.trim())![0]),
  ]),
);

const SHELLS = [['sh'], ['sh', '-e'], ['bash'], ['bash', '-e', '-o', 'pipefail']];
const JOBS: readonly (readonly [job: string, column: number, script: string])[] = [
  ['check', 0, check],
  ['plan', 1, plan],
  ['apply of a saved plan', 2, applySaved],
  ['apply without a review', 2, applyAlone],
  ['drift', 3, drift],
];

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('in the shell "%s"', (_, [shell, ...flags]) => {
  test.each(JOBS)('the script of %s ends in the color of the table for every exit code', (_, column, script) => {
    const folder = makeFolder();
    // The first command ends with the code, and those after it with 0.
    const fake = '#!/bin/sh\ncase $1 in show | fmt) exit 0 ;; *) exit "$CODE" ;; esac\n';
    writeFileSync(join(folder, 'blacklistctl'), fake, { mode: 0o755 });
    const codes = [...colors.keys()];
    expect(codes).toEqual([0, 1, 2, 3, 4, 5, 6, 130]);
    for (const code of codes) {
      const env = { PATH: `${folder}:${process.env.PATH}`, CODE: String(code) };
      const { status, stderr } = spawnSync(shell!, [...flags, '-c', script], {
        cwd: folder,
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'], // bash reads its startup files if its input is a socket
      });
      const color = colors.get(code)![column] || 'red';
      expect([code, status, stderr]).toEqual([code, color === 'green' ? 0 : code, '']);
    }
  });
});

test('a check passes, and fails at files that are not formatted or invalid', async () => {
  expect((await runScript(check)).code).toBe(0);
  writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ a: uk(2) }).replace('"+447700900000"', '447700900000'));
  expect((await runScript(check)).code).toBe(2);
  writeFileSync(join(cwd, 'blacklist.yaml'), 'version: 2\n');
  expect((await runScript(check)).code).toBe(6);
});

describe('a plan', () => {
  test.each<[string, () => void, number, string]>([
    ['with changes is green', () => {}, 0, '0'],
    [
      'without changes is green',
      () => {
        api.sandbox.set('a', uk(2));
        api.sandbox.set('b', uk(3));
      },
      0,
      '0',
    ],
    ['that the guard refuses is red', () => api.sandbox.set('a', uk(100)), 3, '1'],
    ['of invalid files is red', () => writeFileSync(join(cwd, 'blacklist.yaml'), 'version: 2\n'), 6, '1'],
  ])('%s', async (_, happens, code, failures) => {
    happens();
    expect(await runScript(plan, 'plan.xml')).toMatchObject({ code, failures });
    expect(api.writes()).toEqual([]);
  });
});

test('a saved plan is applied once, and refused after the lists changed', async () => {
  expect((await runScript(save)).code).toBe(0);
  expect(await runScript(applySaved, 'apply.xml')).toMatchObject({ code: 0, failures: '0' });
  expect([api.list('a'), api.list('b')]).toEqual([uk(2), uk(3)]);
  api.sandbox.set('a', []);
  await runScript(save);
  api.sandbox.set('b', uk(1, 700));
  expect(await runScript(applySaved, 'apply.xml')).toMatchObject({ code: 5, failures: '1' });
});

test('an apply without a review applies all but what the guard refuses, and fails', async () => {
  api.sandbox.set('a', uk(100));
  expect(await runScript(applyAlone, 'apply.xml')).toMatchObject({ code: 3, failures: '1' });
  expect([api.list('a').length, api.list('b')]).toEqual([100, uk(3)]);
});

test('drift is green if the lists are equal, and red if not', async () => {
  api.sandbox.set('a', uk(2));
  api.sandbox.set('b', uk(3));
  expect(await runScript(drift, 'drift.xml')).toMatchObject({ code: 0, failures: '0' });
  api.sandbox.set('b', uk(4));
  const hasty = drift.replace('drift --report', 'drift --settle 0s --report'); // two reads five minutes apart otherwise
  expect(await runScript(hasty, 'drift.xml')).toMatchObject({ code: 2, failures: '1' });
});
