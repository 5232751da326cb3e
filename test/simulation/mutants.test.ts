import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import type { Client } from './promises/promise.ts';
import { playSchedule } from './story.ts';

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

/** `schedule` is the first one that notices the mutant, if it is none of the first few. */
type Mutant = readonly [name: string, file: string, from: string, to: string, broken: RegExp, schedule?: number];

const MUTANTS: readonly Mutant[] = [
  ['batches of 21', 'api/providers/sinch.ts', 'batchSize: 20', 'batchSize: 21', /promise 2/],
  ['no retry', 'api/governor.ts', 'if (counted > retries ||', 'if (true ||', /promise 1 .* a storm ends/, 7],
  ['removes do not wait for adds', 'apply/batches.ts', 'const adds =', REMOVES_TOO, /promise 4/],
  ['removes although an add is open', 'apply/batches.ts', 'if (undone) {', 'if (false) {', /promise [48]/, 11],
  [
    'a lost page is taken for the end',
    'live/pages.ts',
    'failures.push(error);',
    'end = Math.min(end, index);',
    /promise [39]/,
    5,
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
  [
    'adds that wait hide an emptied file',
    'plan/guard.ts',
    'room.addNeedsContact ? 0 : change',
    'change',
    /promise 3/,
    8,
  ],
  [
    'an emptied file passes behind protection',
    'plan/guard.ts',
    'kept === counts.protected',
    'kept === 0',
    /promise 3/,
    12,
  ],
  ['twice the rate', 'api/governor.ts', 'const WINDOW = 1050', 'const WINDOW = 500', /promise 2/, 11],
  ['sent although interrupted', 'api/governor.ts', 'if (stop.aborted || this.#dead)', 'if (this.#dead)', /promise/, 5],
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
    10,
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
  [
    'a list that cannot be read counts as shown',
    'steps/outcome.ts',
    'bot.notVisible !== 0;',
    'Boolean(bot.notVisible);',
    /promise 9/,
    5,
  ],
  [
    'what does not show yet counts as shown',
    'steps/outcome.ts',
    'bot.notVisible !== 0;',
    'bot.notVisible === null;',
    /promise 9/,
    1257,
  ],
  [
    'a failed look says that all shows',
    'apply/verify.ts',
    'live && invisible(bot, results, live)',
    'live ? invisible(bot, results, live) : 0',
    /promise 9/,
  ],
  [
    'drift waits a minute whatever the provider says',
    'commands/drift/drift.ts',
    'Math.max(...counting.map((bot) => capsOf(bot).settleTime))',
    '60_000',
    /promise 12/,
    227,
  ],
  [
    'drift believes its first look',
    'commands/drift/drift.ts',
    'remove: bot.remove.and(before.remove)',
    'remove: before.remove',
    /promise 12/,
    5,
  ],
  [
    'drift believes its second look',
    'commands/drift/drift.ts',
    'remove: bot.remove.and(before.remove)',
    'remove: bot.remove',
    /promise 12/,
    55,
  ],
  [
    'drift waits on after Ctrl-C',
    'commands/drift/drift.ts',
    'sleep(settle, context.stop)',
    'sleep(settle)',
    /promise 8/,
    25,
  ],
  [
    'a request waits on after Ctrl-C',
    'api/governor.ts',
    'BASE_DELAY[retry] * 2 ** (tries - 1)), stop)',
    'BASE_DELAY[retry] * 2 ** (tries - 1)))',
    /promise 8/,
    165,
  ],
  [
    'what Ctrl-C cut counts as never sent',
    'apply/batches.ts',
    "if (error.ambiguous) return leave(batch, 'unknown', 'interrupted before the answer came');",
    '',
    /promise 8/,
    95,
  ],
  [
    'Retry-After is not heeded',
    'api/governor.ts',
    'if (error.retryAfter === undefined) return',
    'return',
    /promise 2/,
    40,
  ],
  [
    'a failed bot is forgotten',
    'steps/outcome.ts',
    "if (bots.some(({ error }) => error)) return 'failed';\n  return bots.some((bot) => sizeOf",
    'return bots.some((bot) => sizeOf',
    /promise [58]/,
    6,
  ],
  [
    'a failed bot is forgotten by drift',
    'steps/outcome.ts',
    "if (bots.some(({ error }) => error)) return 'failed';\n  return bots.some((bot) => differs",
    'return bots.some((bot) => differs',
    /promise 5/,
    43,
  ],
  [
    'a failed bot is forgotten among others',
    'steps/outcome.ts',
    'return !bot.error && failed',
    'return failed',
    /promise 8/,
    31,
  ],
  [
    'a failed bot stops the others',
    'commands/apply/apply.ts',
    'if (bots.length === 0) return',
    "if (bots.length === 0 || report.outcome === 'failed') return",
    /promise 5/,
    31,
  ],
  [
    'what is unknown counts as done',
    'steps/outcome.ts',
    'failed + unknown + skipped +',
    'failed + skipped +',
    /promise [18]/,
  ],
  [
    'a hole that stays is taken for the end',
    'live/pages.ts',
    '!now.looping && !now.hole && ',
    '!now.looping && ',
    /promise 3/,
    62,
  ],
  ['a hole is taken for the end', 'live/pages.ts', '=== 0 && !hole && !looping', '=== 0 && !looping', /promise 3/, 62],
  [
    'a number on two pages is no sign',
    'live/pages.ts',
    'steady: acrossPages === 0 &&',
    'steady: ',
    /promise [123]/,
    288,
  ],
  [
    'a list that moved is taken for its end',
    'api/providers/whatsapp-cloud.ts',
    "LIST_MOVED) return 'moved'",
    'LIST_MOVED) return { numbers: [], foreign: 0, cursor: null, more: false }',
    /promise [123]/,
    17,
  ],
  [
    'the guard leaves out what is protected',
    'plan/guard.ts',
    'removals + kept;',
    'removals + kept - counts.protected;',
    /promise 3/,
  ],
  ['the guard takes the lower limit', 'plan/guard.ts', 'Math.max(limits.floor', 'Math.min(limits.floor', /promise 3/],
  ['the guard refuses what is allowed', 'plan/guard.ts', 'removals > limit', 'removals >= limit', /promise 3/, 226],
];

describe('the simulation notices a mutant of the program', () => {
  for (const [name, file, from, to, broken, schedule = 0] of MUTANTS) {
    test(name, { timeout: 0 }, async () => {
      expect(await firstBreak(await mutant(file, from, to), schedule)).toMatch(broken);
    });
  }
});
