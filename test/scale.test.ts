/** Limits for long lists that do not depend on the speed of the machine: counts, never times. */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { applyChange } from '../src/apply/change.ts';
import { declare } from '../src/desired/declare.ts';
import { resolve } from '../src/desired/resolve.ts';
import { codesOf, fold } from '../src/desired/yaml/fold.ts';
import { readCursors } from '../src/live/cursors.ts';
import { readSnapshot } from '../src/live/pages.ts';
import { NumberSet } from '../src/numbers/number-set.ts';
import { diff } from '../src/plan/diff.ts';
import { json } from '../src/report/json/write.ts';
import { bot, full, report } from './report/fixtures.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const CONCURRENCY = 8;
const FIRST = 12_015_550_000;

/** Counts the objects that are still referenced. */
function makeCensus() {
  const made: WeakRef<object>[] = [];
  let most = 0;
  return {
    most: () => most,
    add<T extends object>(object: T): T {
      made.push(new WeakRef(object));
      return object;
    },
    async count() {
      await new Promise(setImmediate); // objects that only this turn of the loop references are released
      collectGarbage();
      most = Math.max(most, made.filter((ref) => ref.deref() !== undefined).length);
    },
  };
}

describe('memory does not grow with the list', () => {
  test.each([100, 1000])('for %i pages that are read', async (pages) => {
    const census = makeCensus();
    const page = async (index: number): Promise<readonly number[]> => {
      if (index % (pages / 20) === 0) await census.count();
      if (index >= pages) return [];
      return census.add(Array.from({ length: 100 }, (_, item) => FIRST + index * 100 + item));
    };
    const live = await readSnapshot(
      { kind: 'pages', pageSize: 100, page },
      { hint: pages * 100, concurrency: CONCURRENCY },
    );
    expect(live.numbers.size).toBe(pages * 100);
    expect(census.most()).toBeLessThanOrEqual(2 * CONCURRENCY);
  });

  test.each([100, 640])('for %i pages with user ids that are read', async (pages) => {
    const census = makeCensus();
    const after = async (cursor: string | null) => {
      const index = Number(cursor);
      if (index % (pages / 20) === 0) await census.count();
      const numbers = Array.from({ length: index < pages ? 100 : 0 }, (_, item) => FIRST + index * 100 + item);
      const ids = census.add(numbers.map((number) => census.add([number, `US.${number}`] as const)));
      return { numbers, ids, foreign: 0, cursor: String(index + 1), more: false };
    };
    const { users } = await readCursors({ kind: 'cursors', after }, {});
    expect(users!.known.ids).toHaveLength(pages * 100);
    expect(census.most()).toBeLessThanOrEqual(2 * 101);
  });

  test.each([100, 1000])('for %i batches that are written', async (batches) => {
    const census = makeCensus();
    let sent = 0;
    const write = async (batch: readonly number[]) => {
      census.add(batch);
      if (sent++ % (batches / 20) === 0) await census.count();
      return { undone: [], listed: new Map(), lost: false };
    };
    const add = NumberSet.of(Array.from({ length: batches * 20 }, (_, index) => FIRST + index));
    await applyChange(
      { add, remove: NumberSet.empty, keep: NumberSet.empty, missing: NumberSet.empty },
      { batchSize: 20, add: write, remove: write },
      { concurrency: CONCURRENCY, see: () => Promise.reject(new Error('the list is not needed')) },
      { userOf: undefined, mayRename: false, alike: new Map(), names: undefined },
    );
    expect(sent).toBe(batches);
    expect(census.most()).toBeLessThanOrEqual(2 * CONCURRENCY);
  });

  test('for the longest piece of a report', () => {
    const longest = [1_000, 100_000].map((size) => {
      const add = NumberSet.of(Array.from({ length: size }, (_, index) => FIRST + index));
      return Math.max(
        ...Array.from(json(report({ bots: [bot('b', { add })] }), { clean: full }), (piece) => piece.length),
      );
    });
    expect(longest[1]).toBeLessThanOrEqual(longest[0]! + 1); // a comma
  });
});

/** The slope of log(count) over log(size), by least squares: 1 is linear. */
function exponent(points: readonly (readonly [number, number])[]): number {
  const logs = points.map(([size, count]) => [Math.log(size), Math.log(count)] as const);
  const mean = (of: (point: readonly [number, number]) => number) =>
    logs.reduce((sum, point) => sum + of(point), 0) / logs.length;
  const x = mean(([size]) => size);
  const y = mean(([, count]) => count);
  return mean(([size, count]) => (size - x) * (count - y)) / mean(([size]) => (size - x) ** 2);
}

describe('work grows at most linearly with the list', () => {
  const sizes = [1_000, 10_000, 100_000];

  test('in requests', async () => {
    const points = [];
    for (const size of sizes) {
      let requests = 0;
      const page = async (index: number) => {
        requests++;
        const from = index * 100;
        return Array.from({ length: Math.max(0, Math.min(100, size - from)) }, (_, item) => FIRST + from + item);
      };
      await readSnapshot({ kind: 'pages', pageSize: 100, page }, { hint: size, concurrency: CONCURRENCY });
      points.push([size, requests] as const);
    }
    expect(exponent(points)).toBeLessThan(1.001);
  });

  test('in steps of a comparison, which reads each number once', () => {
    const points = sizes.map((size) => {
      let steps = 0;
      const counted = (from: number) => {
        const values = Float64Array.from({ length: size }, (_, index) => FIRST + from + index * 2);
        const look = {
          get: (target: Float64Array, key: string) => {
            if (/^\d+$/.test(key)) steps++;
            const value = Reflect.get(target, key) as unknown;
            return typeof value === 'function' ? value.bind(target) : value;
          },
        };
        return { values: new Proxy(values, look as ProxyHandler<Float64Array>) } as NumberSet;
      };
      diff(counted(0), counted(1));
      return [size, steps] as const;
    });
    expect(points[0]![1]).toBeLessThanOrEqual(2 * 2 * sizes[0]!);
    expect(exponent(points)).toBeLessThan(1.001);
  });

  test('in errors of a file, which the schema check appends and never copies', () => {
    const validator = readFileSync(new URL('../src/generated/validate-blacklist.js', import.meta.url), 'utf8');
    expect(validator).toContain('vErrors.push(');
    expect(validator).not.toContain('.concat(');
  });

  test('in numbers in memory, if bots extend one list', () => {
    const sizes = [100, 200, 400].map((bots) => {
      const list = Array.from({ length: bots * 10 }, (_, at) => `"+${FIRST + at}"`).join(', ');
      const uses = Array.from(
        { length: bots },
        (_, at) => `  b${at}: { lists: [l], numbers: ["+${FIRST - at - 1}"] }\n`,
      );
      const text = `version: 1\ndefaults: { region: eu1, tokenEnv: T }\nlists: { l: { numbers: [${list}] } }\nbots:\n${uses.join('')}`;
      const desired = resolve(
        [declare({ name: 'f.yaml', text }, '2026-06-15')],
        () => ({ files: [], faults: [] }),
        '2026-06-15',
      );
      expect(desired.bots.map(({ numbers }) => numbers.size)).toEqual(Array(bots).fill(bots * 10 + 1));
      const arrays = new Set(desired.bots.flatMap(({ numbers: { sorted, others } }) => [sorted, others!]));
      return [bots, [...arrays].reduce((sum, { length }) => sum + length, 0)] as const;
    });
    expect(sizes.map(([bots, held]) => held / bots)).toEqual([11, 11, 11]);
  });

  test('in text for the YAML parser, which is constant for a plain list', () => {
    const left = sizes.map((size) => {
      const items = Array.from({ length: size }, (_, index) => `      - "+${FIRST + index}"\n`);
      const file = { name: 'f.yaml', text: `bots:\n  a:\n    numbers:\n${items.join('')}` };
      return fold(codesOf(file)).text.length;
    });
    expect(new Set(left).size).toBe(1);
  });
});
