/**
 * Searches the masked output of whole command lines for numbers and tokens: every command, every format, every place of
 * foreign text, every spelling. `npm run soak:masks` does it for about an hour.
 */
import { describe, expect, test } from 'vitest';
import * as fc from '../../fast-check.ts';
import { FORMATS } from '../harness.ts';
import { PLACES } from './places.ts';
import { cases, leakOf } from './search.ts';
import { failingProgram, folder, makeWorld, outputOf, serve, startServer, writeWorld } from './world.ts';

await startServer();

describe.each([
  ['sops', ['validate']],
  ['git', ['list', '--at', 'main']],
])('the words of %s', (name, command) => {
  const words = 'no key for 4 4 7/7 0 0/9 0 0';

  async function said(...args: string[]): Promise<string> {
    const world = makeWorld(folder(), '447700900123', 'a-token-of-no-bot');
    if (name === 'sops') world.edit = (text) => `${text}sops: { mac: x }\n`;
    world.env.PATH = `${failingProgram(`${world.cwd}-bin`, name, words)}:${process.env.PATH}`;
    writeWorld(world);
    return outputOf(world, [...command, ...args]);
  }

  test.each(FORMATS)('are withheld from masked output if they have digits: %s', async (format) => {
    const output = await said('--format', format);
    expect(output).toContain('[withheld: it may contain a number]');
    expect(output).not.toContain('4 4 7/7');
  });

  test('are printed if numbers are', async () => {
    expect(await said('--numbers', 'full')).toContain(`(${name}: ${words})`);
    const [line = ''] = (await said('--numbers', 'full', '--format', 'json')).split('\n');
    expect(JSON.parse(line)).toMatchObject({ errors: [{ detail: `${name}: ${words}` }] });
  });
});

test.each(PLACES['no place']!.commands.map((command, at) => [at, command] as const))(
  'the world of the cases has no error: command %i',
  async (_, command) => {
    const number = '447700900123';
    const world = makeWorld(folder(), number, 'Tok/en-Qw8zX7plm');
    serve(world, number);
    writeWorld(world);
    for (const step of command(number, world, { text: '', number, at: 0 })) {
      if (typeof step === 'function') step();
      else expect(await outputOf(world, step)).not.toMatch(/^error|could not be read/m);
    }
  },
);

describe('the masked output of a command line', () => {
  test('law: shows no number and no token', { timeout: 24 * 3_600_000 }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
    const runs = { count: 0 };
    await fc.assert(
      fc.asyncProperty(cases, async (each) => {
        runs.count++;
        expect(await leakOf(each)).toBe(null);
      }),
      { numRuns: 300, seed },
    );
    if (process.env.STRENGTH) console.log(`command lines: ${runs.count} random cases, SEED=${seed}`);
  });
});
