import { expect, test } from 'vitest';
import { fmt } from '../../src/commands/fmt.ts';
import { StaleError } from '../../src/model/errors.ts';
import type { Context } from '../../src/steps/context.ts';

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots:\n';
const MESSY = (id: string) => `${HEAD}  ${id}:\n    numbers:\n      - 447700900001\n`;

/** Two files, of which the second is edited between the first reading and the next. */
function world(edited: string | null) {
  const content = new Map([
    ['a.yaml', MESSY('a')],
    ['b.yaml', MESSY('b')],
  ]);
  const written: string[] = [];
  let reads = 0;
  const files = {
    async readDesired(names: readonly string[]) {
      if (reads++ === 1 && edited !== null) content.set('b.yaml', edited);
      return { files: names.map((name) => ({ name, text: content.get(name)! })), faults: [] };
    },
    checkWritable() {},
    writeDesired(name: string) {
      if (name === 'b.yaml')
        throw Object.assign(new Error('b.yaml: cannot write: permission denied'), { code: 'EWRITE' });
      written.push(name);
    },
  };
  const context = { files, clock: { today: () => '2026-06-15' }, stop: new AbortController().signal };
  return { context: context as unknown as Context, written };
}

test('fmt writes no file if one was edited meanwhile', async () => {
  const { context, written } = world(`${MESSY('b')}      - 447700900002\n`);
  await expect(fmt(['a.yaml', 'b.yaml'], { check: false, pruneExpired: false }, context)).rejects.toThrow(StaleError);
  expect(written).toEqual([]);
});

test('fmt reports a file that it cannot write, and those that it wrote', async () => {
  const { context, written } = world(null);
  await expect(fmt(['a.yaml', 'b.yaml'], { check: false, pruneExpired: false }, context)).rejects.toThrow(
    'b.yaml: cannot write: permission denied; already formatted: a.yaml',
  );
  expect(written).toEqual(['a.yaml']);
});
