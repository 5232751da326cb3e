import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CLAIMING } from './mutants/claiming.ts';
import { EXCHANGING } from './mutants/exchanging.ts';
import { HIDING } from './mutants/hiding.ts';
import { bundle } from './mutants/mutant.ts';
import { READING } from './mutants/reading.ts';
import { REFUSING } from './mutants/refusing.ts';
import { WRITING } from './mutants/writing.ts';
import type { Client } from './promises/promise.ts';
import { playSchedule } from './story.ts';

// In node_modules, so that mutants find their packages, which are not bundled.
const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.mutants-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Finds the first broken promise: with the known schedule, or otherwise with the schedules 0 to 1,999. */
async function firstBreak(client: Client, known: number): Promise<string> {
  for (const seed of [known, ...Array(2000).keys()]) {
    try {
      await playSchedule(seed, client);
    } catch (error) {
      return `schedule ${seed}: ${(error as Error).message}`;
    }
  }
  return 'no promise is broken';
}

describe('the simulation finds a mutant of the program:', () => {
  const all = [...READING, ...WRITING, ...REFUSING, ...EXCHANGING, ...CLAIMING, ...HIDING];
  for (const [index, mutant] of all.entries()) {
    const [name, , , , broken, schedule = 0] = mutant;
    test(name, { timeout: 0 }, async () => {
      expect(await firstBreak(await bundle(mutant, join(folder, `${index}.mjs`)), schedule)).toMatch(broken);
    });
  }
});
