import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { type Client, playSchedule } from './story.ts';

const root = join(import.meta.dirname, '../..');
// Below node_modules, so that a mutant finds its packages, which are not bundled again for each.
const folder = mkdtempSync(join(root, 'node_modules/.mutants-'));
afterAll(() => rmSync(folder, { recursive: true }));
let mutants = 0;

/** The program with one line changed: the source is edited as it is bundled. */
async function mutant(file: string, from: string, to: string): Promise<Client> {
  const outfile = join(folder, `${mutants++}.mjs`);
  await build({
    stdin: {
      contents: ['commands/apply/apply', 'commands/plan/plan', 'commands/drift/drift', 'model/errors']
        .map((name) => `export * from './src/${name}.ts';`)
        .join(''),
      resolveDir: root,
    },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'error',
    plugins: [
      {
        name: 'mutate',
        setup({ onLoad }) {
          onLoad({ filter: new RegExp(`src/${file.replace('.', '\\.')}$`) }, ({ path }) => {
            const source = readFileSync(path, 'utf8');
            if (!source.includes(from)) throw new Error(`${file} has no longer the line: ${from}`);
            return { contents: source.replace(from, to), loader: 'ts' };
          });
        },
      },
    ],
  });
  return import(pathToFileURL(outfile).href);
}

/** @returns the first broken promise: of the schedule that is known to notice, or else of those from 0 to 1,999. */
async function firstBreak(client: Client, known: number): Promise<string> {
  for (const seed of [known, ...Array(2000).keys()]) {
    try {
      await playSchedule(seed, client);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return 'nothing broke';
}

const REMOVES_TOO = "void applyDirection('remove', change.remove, writer, options); const adds =";

/** `schedule` is the first one that notices the mutant, if finding it takes seconds. */
type Mutant = readonly [name: string, file: string, from: string, to: string, broken: RegExp, schedule?: number];

const MUTANTS: readonly Mutant[] = [
  ['batches of 21', 'api/providers/sinch.ts', 'batchSize: 20', 'batchSize: 21', /promise 2/],
  ['no retry', 'api/governor.ts', 'if (counted > retries ||', 'if (true ||', /promise 1 .* a storm ends/],
  ['removes do not wait for adds', 'apply/batches.ts', 'const adds =', REMOVES_TOO, /promise 4/],
  ['removes although an add is open', 'apply/batches.ts', 'if (undone) {', 'if (false) {', /promise [48]/],
  [
    'a lost page is taken for the end',
    'live/pages.ts',
    'failures.push(error);',
    'end = Math.min(end, index);',
    /promise 3/,
    64,
  ],
  [
    'a garbled page is taken for the end',
    'api/providers/sinch.ts',
    'if (!Array.isArray(numbers)) throw',
    'if (!Array.isArray(numbers)) return []; throw',
    /promise [13]/,
  ],
  [
    'a short page is taken for the end',
    'live/pages.ts',
    'if (page.length === 0)',
    'if (page.length < 100)',
    /promise [13]/,
  ],
  [
    'a lost answer counts as applied',
    'apply/batches.ts',
    "return leave(batch, error.ambiguous ? 'unknown' : 'failed', error.message);",
    'applied += batch.length;\n    return batch.length;',
    /promise [148]/,
    212,
  ],
  ['a number is forgotten', 'apply/batches.ts', 'next += batch.length;', 'next += batch.length + 1;', /promise [128]/],
  ['the guard is not asked', 'commands/apply/apply.ts', '&& lifted(bot.guard)', '', /promise 3/],
  ['adds that wait hide an emptied file', 'plan/guard.ts', 'room.addNeedsContact ? 0 : change', 'change', /promise 3/],
  ['an emptied file passes behind protection', 'plan/guard.ts', 'kept === counts.protected', 'kept === 0', /promise 3/],
  ['twice the rate', 'api/governor.ts', 'const WINDOW = 1050', 'const WINDOW = 500', /promise 2/],
  ['sent although interrupted', 'api/governor.ts', 'if (stop.aborted || this.#dead)', 'if (this.#dead)', /promise/],
  ['batches of 1,001', 'api/providers/whatsapp-cloud.ts', 'batchSize: 1000', 'batchSize: 1001', /promise 2/],
  [
    'spellings of one user are told apart',
    'numbers/same-user.ts',
    'if (digits.length !== 13)',
    'if (true)',
    /promise [12]/,
  ],
  [
    'a page that names no next one is taken for the end',
    'live/cursors.ts',
    '(empty && !page.more)',
    '!page.more',
    /promise [13]/,
  ],
  [
    'whoever waits counts as done',
    'api/providers/whatsapp-cloud.ts',
    'if (entry !== undefined) return',
    'if (entry !== undefined) return []; if (entry !== undefined) return',
    /promise [14]/,
  ],
  [
    'removals are filtered, and ignored numbers are added',
    'plan/hands-off.ts',
    'wanted.minus(ignoredAmong(wanted, bot.ignored, userOf))',
    'wanted',
    /promise 10/,
    50,
  ],
  [
    'ignored numbers are removed',
    'plan/hands-off.ts',
    'numbers.or(ignored).or(others)',
    'numbers.or(others)',
    /promise 10/,
  ],
  [
    'protected numbers are removed',
    'plan/hands-off.ts',
    'numbers.or(ignored).or(others)',
    'numbers.or(ignored)',
    /promise 11/,
  ],
  [
    'a policy that never adds adds',
    'plan/policy.ts',
    "'remove-only': { adds: false,",
    "'remove-only': { adds: true,",
    /promise 2/,
  ],
  ['removes wait for ever', 'apply/batches.ts', "state !== 'pending') ||", "state !== 'x') ||", /promise 8/],
];

describe('the simulation notices a mutant of the program', () => {
  for (const [name, file, from, to, broken, schedule = 0] of MUTANTS) {
    test(name, { timeout: 0 }, async () => {
      expect(await firstBreak(await mutant(file, from, to), schedule)).toMatch(broken);
    });
  }
});
