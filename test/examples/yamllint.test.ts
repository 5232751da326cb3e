/** The YAML that this program writes passes yamllint, a linter that many repositories run. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatLines } from '../../src/desired/edit/format.ts';
import { joinLines } from '../../src/desired/edit/text.ts';
import { meaningOf, messyFiles } from '../desired/messy.ts';
import * as fc from '../fast-check.ts';
import { needs } from '../needs.ts';
import { makeFolder, root, run } from '../stories/harness.ts';
import { startProcess } from '../stories/process.ts';
import { runsOf } from '../strength.ts';

needs('yamllint');

interface Found {
  readonly file: string;
  readonly line: number;
  readonly level: string;
  readonly rule: string;
}

/** Returns what yamllint finds with the rules that it calls relaxed. */
function foundIn(cwd: string, ...paths: string[]): Found[] {
  const args = ['-d', 'relaxed', '-f', 'parsable', ...(paths.length > 0 ? paths : ['.'])];
  const { stdout, stderr } = spawnSync('yamllint', args, { cwd, encoding: 'utf8', maxBuffer: 100_000_000 });
  expect(stderr).toBe('');
  return [...stdout.matchAll(/^(.*?):(\d+):\d+: \[(\w+)\] .*?(?:\(([\w-]+)\))?$/gm)].map((found) => {
    const [, file = '', line, level = '', rule = 'syntax'] = found;
    return { file, line: Number(line), level, rule };
  });
}

test('fmt leaves no error for yamllint, except line ends and blanks that belong to the user', () => {
  const cwd = makeFolder();
  for (const [at, text] of fc.sample(messyFiles, runsOf(400)).entries()) {
    const file = { name: 'f', text };
    writeFileSync(join(cwd, `${at}.yaml`), joinLines(file, formatLines(file)));
  }
  const wrong = foundIn(cwd).filter(({ file, line, level, rule }) => {
    if (level !== 'error') return false; // about style, which fmt leaves to the user
    const text = readFileSync(join(cwd, file), 'utf8');
    if (rule === 'new-lines') return !text.includes('\r\n'); // fmt keeps the line ends of a file
    if (rule !== 'trailing-spaces') return true;
    // A blank at the end of a line of a multi-line text is a part of the text.
    const lines = text.split('\n');
    const stripped = lines.with(line - 1, lines[line - 1]!.trimEnd()).join('\n');
    return JSON.stringify(meaningOf(stripped)) === JSON.stringify(meaningOf(text));
  });
  expect(wrong).toEqual([]);
});

test('init and import leave no error and no warning, except long lines', async () => {
  const sandbox = startProcess(['sandbox', '--seed', '--port', '0']); // it ends with the tests of this file
  const [, url = ''] = await sandbox.said(/Listening on (\S+)\n/);
  const env = { BLACKLISTCTL_BASE_URL: url, A_KEY: 'Canary-7b3f9a', B_KEY: 'Canary-8c4e0b' };
  const cwd = makeFolder();
  const action = ['--action', `acme/blacklistctl@${'0123456789'.repeat(4)}`];
  for (const [at, given] of [['github'], ['github', ...action], ['gitlab'], ['none']].entries()) {
    const folder = join(cwd, `${at}`);
    mkdirSync(folder);
    const bots = ['--bot', '1e3', '--bot', 'shop', '--token-env', 'A_KEY', '--token-env', 'B_KEY'];
    const where = at === 0 ? ['--region', 'eu1'] : ['--phone-number-id', '1', '--phone-number-id', '2'];
    const { code, output } = await run(['init', ...bots, ...where, '--workflows', ...given], { cwd: folder, env });
    expect(code, output).toBe(0);
    expect((await run(['import', '--bot', 'shop'], { cwd: folder, env })).code).toBe(0);
    // The same into a new file.
    const others = ['--provider', '360dialog', '--token-env', 'B_KEY'];
    expect((await run(['import', 'new.yaml', '--bot', 'new', ...others], { cwd: folder, env })).code).toBe(0);
  }
  expect(foundIn(cwd).filter(({ rule }) => rule !== 'line-length')).toEqual([]);
  expect(foundIn(root, 'examples', '.github').filter(({ rule }) => rule !== 'line-length')).toEqual([]);
});

/** A list in each form that users write. */
const LISTS = `version: 1
lists:
  fraud:
    numbers: []
  flow: {numbers: ["+12015550100"]}
  lines:
    numbers: ["+12015550101",
              "+12015550102"]
defaults: {provider: whatsapp-cloud, tokenEnv: A_KEY}
bots:
  none:
    phoneNumberId: "1"
    numbers: []
  block:
    phoneNumberId: "2"
    numbers:
      - "+12015550110"
      # a note
      - number: "+12015550111"
        reason: Spam
  comment:
    phoneNumberId: "3"
    numbers: # none yet
      []
  missing:
    phoneNumberId: "4"
    lists: [fraud, flow, lines]
  mapping: {phoneNumberId: "5", numbers: []}
`;

test('add and remove leave no error and no warning, except long lines, in every form of a list', async () => {
  const cwd = makeFolder();
  const read = () => readFileSync(join(cwd, 'blacklist.yaml'), 'utf8');
  const call = async (...args: string[]) => {
    const { code, output } = await run(args, { cwd });
    expect(code, output).toBe(0);
  };
  writeFileSync(join(cwd, 'blacklist.yaml'), LISTS);
  const places = ['none', 'block', 'comment', 'missing', 'mapping'].map((bot) => `--bot=${bot}`);
  for (const [at, place] of [...places, '--list=fraud', '--list=flow', '--list=lines'].entries()) {
    await call('add', `+1202555010${at}`, place);
    await call('add', `+1202555012${at}`, place, '--reason=Threats: "x" # 1', '--owner=no', '--expires=2099-12-31');
    await call('add', `+1202555014${at}`, place, '--reason=- y', '--label=ticket=4711', '--label=note=~');
  }
  expect(foundIn(cwd).filter(({ rule }) => rule !== 'line-length')).toEqual([]);
  await call('validate');
  const full = read();
  for (const [at, place] of places.entries()) await call('remove', `+1202555010${at}`, place);
  expect(read()).not.toBe(full);
  expect(foundIn(cwd).filter(({ rule }) => rule !== 'line-length')).toEqual([]);
});
