/** Tests that import skips numbers that a bot already gets from an entry, a list or a file. */
import { setMaxListeners } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { importLists } from '../../../src/commands/import/import.ts';
import { insertChecked, readTarget } from '../../../src/commands/import/target.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { readNumberFiles } from '../../../src/desired/number-files/read.ts';
import { disk } from '../../../src/desired/source/tree.ts';
import { readFiles } from '../../../src/desired/source/yaml-files.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import type { Context } from '../../../src/steps/context.ts';
import { commentsOf } from '../../desired/messy.ts';
import * as fc from '../../fast-check.ts';
import { CALM, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], settings: {}, concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5 };
const NONE = () => Promise.reject(new Error('there is none'));

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Files on the disk, live lists, and functions that run commands on them. */
function start(files: Readonly<Record<string, string>>, live: ReadonlyMap<string, readonly number[]>) {
  const folder = mkdtempSync(join(tmpdir(), 'blacklistctl-'));
  folders.push(folder);
  mkdirSync(join(folder, 'lists'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const world = new World(CALM, ApiError);
  for (const [id, numbers] of live) world.set(id, numbers.map(String));
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const { files: others, ...rest } = world.context(0, '', signal, () => 'go');
  let written = 0;
  const context: Context = {
    ...rest,
    env: { T: 'canary-token' },
    files: {
      ...others,
      readDesired: (paths) => readFiles(paths, { tree: disk, decrypt: NONE, stdin: NONE }),
      readNumbers: (wanted) => readNumberFiles(wanted, { tree: disk, decrypt: NONE }),
      exists: existsSync,
      writeDesired(name, text) {
        written++;
        writeFileSync(name, text);
      },
    },
  };
  const file = join(folder, 'main.yaml');
  return {
    target: () => readTarget(file, [], () => ({ name: file, text: '' }), context),
    import: (more: string) => world.clock.run(importLists(file, [join(folder, more)], OPTIONS, context)),
    plan: () => world.clock.run(plan([folder], OPTIONS, context)),
    read: (name = 'main.yaml') => readFileSync(join(folder, name), 'utf8'),
    writes: () => written,
  };
}

/** Numbers that are declared, and some expired ones. Ignored ones are others. */
const number = fc.integer({ min: 447_700_900_000, max: 447_700_900_025 });
const item = fc.oneof(
  number.map((each) => `"+${each}" # c${each}`),
  fc
    .tuple(number, fc.constantFrom('2001-01-01', '9999-12-31'))
    .map(([each, day]) => `{ number: ${each}, expires: ${day} } # ${day}`),
);
const items = fc.uniqueArray(item, { maxLength: 6 });
const ignored = fc.subarray([
  '"+447700910001"',
  '{ number: 447700910002, until: 9999-12-31 }',
  '{ prefix: "+1202" }',
  '{ file: lists/ours.txt }',
]);
const bot = fc.record({
  numbers: fc.option(items),
  lists: fc.subarray(['near', 'far', 'export']),
  files: fc.subarray(['lists/own.txt']),
  ignore: ignored,
  inBraces: fc.boolean(),
});
type RandomBot = typeof bot extends fc.Arbitrary<infer T> ? T : never;
const live = fc.uniqueArray(
  fc.oneof(number, fc.constantFrom(447700910001, 447700910002, 447700910003, 12025550100, 12025550101)),
);

function write(key: string, list: readonly string[], indent: string): string {
  return list.length === 0 ? '' : `${indent}${key}:\n${list.map((each) => `${indent}  - ${each}\n`).join('')}`;
}

function botLines(id: string, { numbers, lists, files, ignore, inBraces }: RandomBot): string {
  const none = numbers === null && lists.length + files.length === 0;
  const own = none ? [] : numbers;
  if (inBraces) {
    const bare = (all: readonly string[]) => all.map((each) => each.replace(/ #.*/, '')).join(', ');
    const keys = Object.entries({ lists, files, ignore }).filter(([, all]) => all.length > 0);
    if (own) keys.unshift(['numbers', own]);
    return `  ${id}: { ${keys.map(([key, all]) => `${key}: [${bare(all)}]`).join(', ')} } # in braces\n`;
  }
  const empty = own?.length === 0 ? '    numbers: []\n' : '';
  const rest = write('lists', lists, '    ') + write('files', files, '    ') + write('ignore', ignore, '    ');
  return `  ${id}: # the bot ${id}\n${empty}${write('numbers', own ?? [], '    ')}${rest}    # below ${id}\n`;
}

const story = fc
  .record({
    a: bot,
    b: bot,
    near: items,
    far: items,
    ignore: ignored,
    own: fc.array(number),
    live: fc.tuple(live, live),
  })
  .map(({ a, b, near, far, ignore, own, live: [liveOfA, liveOfB] }) => ({
    files: {
      'main.yaml':
        `version: 1\ndefaults:\n  region: eu1\n  tokenEnv: T\n${write('ignore', ignore, '  ')}` +
        `lists:\n  near:\n${write('numbers', near, '    ') || '    numbers: []\n'}bots:\n${botLines('a', a)}${botLines('b', b)}`,
      'lists/far.yaml':
        `version: 1\nlists:\n  far:\n${write('numbers', far, '    ') || '    numbers: []\n'}` +
        '  export: { files: [{ path: export.csv, column: phone }] }\n',
      'lists/export.csv': 'phone,name\n+447700900003,x\n+447700900004,y\n+447700900027,z\n',
      'lists/own.txt': own.map((each) => `+${each}\n`).join(''),
      'lists/ours.txt': '+447700910003\n',
    },
    live: new Map([
      ['a', liveOfA],
      ['b', liveOfB],
    ]),
  }));

test('a plan after import adds declared numbers that were not live, and removes only expired ones', async () => {
  await fc.assert(
    fc.asyncProperty(story, fc.constantFrom('.', 'lists', 'lists/far.yaml'), async ({ files, live }, more) => {
      const run = start(files, live);
      const before = await run.plan();
      const imported = await run.import(more);
      const text = run.read();
      const after = await run.plan();
      for (const [at, { id, add, remove, counts }] of after.bots.entries()) {
        const old = before.bots[at]!;
        const applied = imported.bots[at]!.imported;
        expect(Array.from(add.values), text).toEqual(Array.from(old.add.values));
        expect({ id, ...counts }, text).toMatchObject({
          id,
          ignored: old.counts.ignored,
          unchanged: old.counts.unchanged + applied,
        });
        expect(old.remove.size - remove.size, text).toBe(applied);
        for (const gone of Array.from(remove.values)) {
          expect(files['main.yaml'] + files['lists/far.yaml']).toContain(`number: ${gone}, expires: 2001-01-01`);
        }
      }
      expect(commentsOf(text)).toEqual(commentsOf(files['main.yaml']));
      for (const [name, old] of Object.entries(files)) if (name !== 'main.yaml') expect(run.read(name)).toBe(old);

      const writes = run.writes();
      expect((await run.import(more)).outcome).toBe('unchanged');
      expect(run.writes()).toBe(writes);
    }),
    { numRuns: 150 },
  );
});

describe('import refuses to write a text that', () => {
  const text = `version: 1
defaults: { region: eu1, tokenEnv: T, ignore: [+447700910001] }
lists:
  near: { numbers: [+447700900001], files: [lists/own.txt] }
bots:
  a: { lists: [near], numbers: [+447700900002] }
  b: { numbers: [+447700900003, { number: +447700900004, expires: 2001-01-01 }] }
`;
  const additions = [
    { id: 'a', numbers: NumberSet.of([447700900005]), settings: {} },
    { id: 'c', numbers: NumberSet.of([447700900006]), settings: {} },
  ];

  test.each<[string, string | RegExp, string]>([
    ['loses a number', '+447700900002, ', ''],
    ['loses an added number', ', "+447700900005"', ''],
    ['gives an added number to another bot', '+447700900003,', '+447700900003, +447700900005,'],
    ['gives an added number to a list', '[+447700900001]', '[+447700900001, +447700900005]'],
    ['removes a file from a list', ', files: [lists/own.txt]', ''],
    ['changes the last day of an entry', '2001-01-01', '9999-12-31'],
    ['removes a list from a bot', 'lists: [near], ', ''],
    ['changes a setting', 'b: {', 'b: { policy: add-only,'],
    ['removes a rule', '+447700910001', ''],
    ['removes a bot', / {2}b: .*\n/, ''],
    ['lacks the new bot', / {2}c:\n.*\n.*\n/, ''],
    ['has an extra bot', 'bots:\n', 'bots:\n  d: { numbers: [] }\n'],
    ['is not valid', 'region: eu1', 'region: eu3'],
  ])('%s', async (_, part, instead) => {
    const target = await start({ 'main.yaml': text, 'lists/own.txt': '' }, new Map()).target();
    expect(insertChecked(target, additions)).toContain(', "+447700900005"]');
    const change = (whole: string) => {
      expect(whole).toMatch(part);
      return whole.replace(part, instead);
    };
    const broken = { ...target, withText: (whole: string) => target.withText(change(whole)) };
    expect(() => insertChecked(broken, additions)).toThrow('import would change other declarations of the file');
  });

  test('contains an ignored number', async () => {
    const target = await start({ 'main.yaml': text, 'lists/own.txt': '' }, new Map()).target();
    const ignored = [{ id: 'a', numbers: NumberSet.of([447700910001]), settings: {} }];
    expect(() => insertChecked(target, ignored)).toThrow('import would change other declarations of the file');
  });
});
