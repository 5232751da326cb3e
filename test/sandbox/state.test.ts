import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { createSaver, type Disk, type Lists, loadState, openState } from '../../src/sandbox/state.ts';
import * as fc from '../fast-check.ts';

const root = await mkdtemp(join(tmpdir(), 'sandbox-state-'));
let count = 0;
let folder: string;
let file: string;
async function freshFolder(): Promise<void> {
  folder = join(root, String(count++));
  file = join(folder, 'state.json');
  await mkdir(folder);
}
beforeEach(freshFolder);
afterAll(() => rm(root, { recursive: true }));

/** The mode of a file that only its owner can read. Windows has no such permissions. */
const PRIVATE = process.platform === 'win32' ? 0o666 : 0o600;

const KEY = '0123456789abcdef'.repeat(4);
const number = (index: number): string => String(447700900000 + index);
const lists = (...indexes: number[]): Lists => new Map([['bot', indexes.map(number)]]);
const never = new Promise<never>(() => {});
const real: Disk = { writeFile, rename, rm };

/** Makes a disk on which each rename waits until the test lets it through. */
function gatedDisk() {
  const waiting: (() => void)[] = [];
  const arrivals: (() => void)[] = [];
  const disk: Disk = {
    ...real,
    rename: async (from, to) => {
      await new Promise<void>((open) => {
        waiting.push(open);
        arrivals.shift()?.();
      });
      await rename(from, to);
    },
  };
  const arrived = () =>
    waiting.length > 0 ? Promise.resolve() : new Promise<void>((resolve) => arrivals.push(resolve));
  return { disk, arrived, letOneThrough: () => waiting.shift()!(), waiting };
}

it('reads the state file that docs/operations.md shows', async () => {
  const operations = await readFile(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const [, shown] = /^```json\n([\s\S]*?)```$/m.exec(operations)!;
  await writeFile(file, shown!);
  const names = ['support-bot', 'whatsapp-cloud/106540352242922'];
  expect([...(await loadState(file)).lists.keys()]).toEqual(names);
  const { sandbox, close } = await startSandbox({ stateFile: file });
  expect(sandbox.bots()).toEqual(names);
  expect(sandbox.list('support-bot')).toHaveLength(2);
  await close();
});

describe('load', () => {
  it('returns no lists without a file, and makes no file', async () => {
    expect(await loadState(file)).toEqual({ key: null, lists: new Map() });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['an empty file', '', 'it is not JSON'],
    ['half a file', '{"version": 1, "bots": {"bot": ["447700900000"', 'it is not JSON'],
    ['null', 'null', '"version" is not 1'],
    ['another version', '{"version": 2, "bots": {}}', '"version" is not 1'],
    ['text that is not a key', '{"version": 1, "key": "me", "bots": {}}', '"key" is not 64 characters of 0-9 a-f'],
    ['no bots', '{"version": 1}', '"bots" is not an object'],
    ['bots as a list', '{"version": 1, "bots": []}', '"bots" is not an object'],
    ['a bot id of dots', '{"version": 1, "bots": {"..": []}}', '".." is not a bot id'],
    ['a bot without a list', '{"version": 1, "bots": {"bot": {}}}', 'bot bot has no list of numbers'],
    ['a bad entry', '{"version": 1, "bots": {"bot": ["447700900000", "no"]}}', 'entry 2 of bot bot is not a number'],
  ])('reports %s as damage, and keeps the file', async (_name, text, what) => {
    await writeFile(file, text);
    const error = await loadState(file).catch((thrown: Error) => thrown);
    expect((error as Error).message).toBe(
      `the sandbox state file ${file} is damaged: ${what}; fix it, or move it to start with empty lists`,
    );
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('reports a folder with the path of the file', async () => {
    await expect(loadState(folder)).rejects.toThrow(
      `cannot read the sandbox state file ${folder}: illegal operation on a directory`,
    );
  });

  it('reports a missing folder at the start, not at the first write', async () => {
    const missing = join(folder, 'missing', 'state.json');
    await expect(loadState(missing)).rejects.toThrow(
      `the folder of the sandbox state file ${missing} does not exist; create it`,
    );
  });
});

describe('the key', () => {
  it('is made once, and keeps the lists of the file', async () => {
    await writeFile(file, '{"version": 1, "bots": {"bot": ["447700900000"]}}');
    const { key, lists: held } = await openState(file);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(held).toEqual(lists(0));
    expect(await openState(file)).toEqual({ key, lists: held });
    const save = createSaver(file, key, () => lists(0, 1));
    await save();
    expect(await loadState(file)).toEqual({ key, lists: held });
  });

  it('is made without a file, and differs between files', async () => {
    const other = join(folder, 'other.json');
    const keys = [await openState(file), await openState(other)].map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
    expect((await stat(file)).mode & 0o777).toBe(PRIVATE);
    expect((await readdir(folder)).sort()).toEqual(['other.json', 'state.json']);
  });

  it('is reported with the path of the file if it cannot be written', async () => {
    const rename = () => Promise.reject(new Error('EROFS: read-only file system'));
    await expect(openState(file, { ...real, rename })).rejects.toThrow(
      `cannot save the sandbox state file ${file}: read-only file system`,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('is known to a running sandbox with a state file, and null without one', async () => {
    const kept = await startSandbox({ stateFile: file });
    const forgetful = await startSandbox({});
    expect([kept.key, forgetful.key]).toEqual([(await loadState(file)).key, null]);
    await Promise.all([kept.close(), forgetful.close()]);
  });
});

describe('save', () => {
  it('writes indented JSON that only the owner can read, and leaves no temporary file', async () => {
    let current: Lists = new Map();
    const save = createSaver(file, KEY, () => current);
    current = lists(0, 1);
    await save();
    expect(await readFile(file, 'utf8')).toBe(
      `{\n  "version": 1,\n  "key": "${KEY}",\n  "bots": {\n    "bot": [\n      "447700900000",\n      "447700900001"\n    ]\n  }\n}\n`,
    );
    expect((await stat(file)).mode & 0o777).toBe(PRIVATE);
    expect(await readdir(folder)).toEqual(['state.json']);
  });

  it('flushes a new file to the disk before it is renamed', async () => {
    const calls: unknown[] = [];
    const disk: Disk = {
      ...real,
      writeFile: (...args) => {
        calls.push(args[2]);
        return writeFile(...args);
      },
    };
    let current = lists();
    const save = createSaver(file, KEY, () => current, disk);
    current = lists(0);
    await save();
    expect(calls).toEqual([{ flag: 'wx', mode: 0o600, flush: true }]);
  });

  it('writes nothing when nothing changed', async () => {
    await createSaver(file, KEY, () => lists(1))();
    expect(await readdir(folder)).toEqual([]);
  });

  it('saves a list that has returned to its first value', async () => {
    let current = lists(1);
    const save = createSaver(file, KEY, () => current);
    for (const each of [lists(2), lists(1)]) {
      current = each;
      await save();
    }
    expect(await loadState(file)).toEqual({ key: KEY, lists: lists(1) });
  });

  it('loads any lists as they were saved, also of bots named __proto__ and 7', async () => {
    const bot = fc.constantFrom('bot', '__proto__', 'constructor', '7', 'a.b');
    const content = fc.uniqueArray(fc.nat(999).map(number), { maxLength: 30 });
    await fc.assert(
      fc
        .asyncProperty(fc.array(fc.tuple(bot, content)), async (entries) => {
          let current: Lists = new Map();
          const save = createSaver(file, KEY, () => current);
          current = new Map(entries);
          await save();
          expect((await loadState(file)).lists).toEqual(current);
        })
        .beforeEach(freshFolder),
      { numRuns: 50 },
    );
  });

  it('reports a failed save and leaves no file; the next save tries again', async () => {
    let full = true;
    const disk: Disk = {
      ...real,
      rename: async (from, to) => {
        if (full) throw new Error('ENOSPC: no space left');
        await rename(from, to);
      },
    };
    let current = lists();
    const save = createSaver(file, KEY, () => current, disk);
    current = lists(1);
    await expect(save()).rejects.toThrow(`cannot save the sandbox state file ${file}: no space left`);
    expect(await readdir(folder)).toEqual([]);
    full = false;
    await save();
    expect(await loadState(file)).toEqual({ key: KEY, lists: lists(1) });
  });
});

describe('group commit', () => {
  it('saves all changes during a save with the one after it', async () => {
    const { disk, arrived, letOneThrough, waiting } = gatedDisk();
    let current = lists();
    const save = createSaver(file, KEY, () => current, disk);
    const done: number[] = [];
    const write = (index: number) => {
      current = lists(...Array.from({ length: index + 1 }, (_, each) => each));
      return save().then(() => done.push(index));
    };

    const first = write(0);
    await arrived();
    const later = [write(1), write(2), write(3)];
    expect(waiting.length).toBe(1);

    letOneThrough();
    await first;
    await arrived();
    expect(done).toEqual([0]);
    expect(await loadState(file)).toEqual({ key: KEY, lists: lists(0) });

    letOneThrough();
    await Promise.all(later);
    expect(waiting.length).toBe(0);
    expect(await loadState(file)).toEqual({ key: KEY, lists: lists(0, 1, 2, 3) });
  });

  it('reports a failed save only to its own callers', async () => {
    let renames = 0;
    const disk: Disk = {
      ...real,
      rename: async (from, to) => {
        if (renames++ === 0) throw new Error('once');
        await rename(from, to);
      },
    };
    let current = lists();
    const save = createSaver(file, KEY, () => current, disk);
    current = lists(1);
    const first = save();
    const begun = Promise.resolve(); // the first save begins in the next microtask
    await begun;
    current = lists(1, 2);
    const second = save();
    await expect(first).rejects.toThrow('once');
    await second;
    expect(await loadState(file)).toEqual({ key: KEY, lists: lists(1, 2) });
  });
});

it('keeps the last renamed version after a kill at any point, with every answered write', async () => {
  const kill = fc.constantFrom<'half written' | 'written' | 'renamed'>('half written', 'written', 'renamed');
  await fc.assert(
    fc
      .asyncProperty(fc.integer({ min: 1, max: 4 }), kill, async (fatal, point) => {
        let saves = 0;
        let killed = () => {};
        const dead = new Promise<void>((resolve) => {
          killed = resolve;
        });
        const die = () => {
          killed();
          return never;
        };
        const disk: Disk = {
          rm: () => expect.fail('a killed process removes no file'),
          writeFile: async (path, text, options) => {
            const half = ++saves === fatal && point === 'half written';
            await writeFile(path, half ? String(text).slice(0, 20) : text, options);
            if (half) await die();
          },
          rename: async (from, to) => {
            if (saves === fatal && point === 'written') await die();
            await rename(from, to);
            if (saves === fatal) await die();
          },
        };
        let current = lists();
        const save = createSaver(file, KEY, () => current, disk);
        let answered = current;
        const run = async () => {
          for (let written = 1; ; written++) {
            current = lists(...Array.from({ length: written }, (_, each) => each));
            await save();
            answered = current;
          }
        };
        await Promise.race([run(), dead]);
        const found = (await loadState(file)).lists.get('bot') ?? [];
        expect(found).toEqual(point === 'renamed' ? current.get('bot') : answered.get('bot'));
      })
      .beforeEach(freshFolder),
    { numRuns: 30 },
  );
});
