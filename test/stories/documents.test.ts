import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isReport, makeFolder, reportOf, run } from './harness.ts';

const YAML = `version: 1
defaults: { region: eu1, tokenEnv: ACME_TOKEN }
bots:
    support: { numbers: ["+447700900001"] }
`;
const ENV = { ACME_TOKEN: 'Acme-token-1234' };

/** Runs of each command: one that finds something, and one that ends before it reads anything. */
const RUNS = {
  validate: ['validate'],
  list: ['list', '--verbose'],
  explain: ['explain', '+447700900001', '--live', '--sandbox'],
  fmt: ['fmt', '--check'],
  add: ['add', '+447700900002', '--bot', 'support', '--dry-run'],
  remove: ['remove', '+447700900001', '--bot', 'support'],
  init: ['init', '--bot', 'a', '--region', 'eu1', '--token-env', 'A', '--workflows', 'none'],
  import: ['import', '--sandbox', '--verbose'],
  plan: ['plan', '--sandbox', '--verbose'],
  apply: ['apply', '--sandbox', '--yes'],
  drift: ['drift', '--sandbox', '--settle', '0s'],
  show: ['show', 'plan.json'],
} as const;

const OUTCOMES: Readonly<Record<keyof typeof RUNS, string>> = {
  validate: 'valid',
  list: 'listed',
  explain: 'answered',
  fmt: 'changes',
  add: 'changes',
  remove: 'written',
  init: 'written',
  import: 'unchanged',
  plan: 'changes',
  apply: 'applied',
  drift: 'changes',
  show: 'changes',
};

async function documentOf(command: keyof typeof RUNS, whole: boolean): Promise<Record<string, unknown>> {
  const cwd = makeFolder();
  if (command !== 'init') writeFileSync(join(cwd, 'blacklist.yaml'), whole ? YAML : 'version: 2\n');
  if (command === 'show' && whole) await run(['plan', '--sandbox', '--out', 'plan.json'], { cwd, env: ENV });
  const args = command === 'init' && !whole ? ['init'] : RUNS[command];
  return { ...reportOf(await run([...args, '--format', 'json'], { cwd, env: ENV })) };
}

/** Fields that a document has only in some runs. */
const OPTIONAL = ['elsewhere', 'savedPlan', 'unsettled'];

const commands = Object.keys(RUNS) as (keyof typeof RUNS)[];

test.each(commands)('the JSON document of %s matches its schema, even if the command fails', async (command) => {
  const [found, failed] = [await documentOf(command, true), await documentOf(command, false)];
  expect([found.outcome, failed.outcome]).toEqual([OUTCOMES[command], 'invalid']);
  expect(Object.keys(found).filter((key) => !OPTIONAL.includes(key))).toEqual(Object.keys(failed));
});

test('the schema refuses a field and an outcome of another command', async () => {
  const documents = new Map<string, Record<string, unknown>>();
  for (const command of commands) documents.set(command, await documentOf(command, true));
  for (const [command, document] of documents) {
    for (const [other, foreign] of documents) {
      for (const [key, value] of Object.entries(foreign)) {
        if (key in document || (key === 'savedPlan' && command === 'apply')) continue; // apply --plan
        expect(isReport({ ...document, [key]: value }), `${command} with ${key} of ${other}`).toBe(false);
      }
    }
    for (const [key] of Object.entries(document)) {
      if (key === 'run' || OPTIONAL.includes(key)) continue; // a wrong command line starts no run
      const { [key]: _, ...rest } = document;
      expect(isReport(rest), `${command} without ${key}`).toBe(false);
    }
    const outcome = command === 'list' ? 'valid' : 'listed';
    expect(isReport({ ...document, outcome }), `${command} that ends ${outcome}`).toBe(false);
  }
});
