import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CLAIMING } from './mutants/claiming.ts';
import { bundle } from './mutants/mutant.ts';
import { READING } from './mutants/reading.ts';
import { REFUSING } from './mutants/refusing.ts';
import { WRITING } from './mutants/writing.ts';
import type { Client } from './promises/promise.ts';
import { playSchedule } from './story.ts';

// Below node_modules, so that a mutant finds its packages, which are not bundled again for each.
const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.mutants-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** @returns the first broken promise: of the schedule that is known to notice, or else of those from 0 to 1,999. */
async function firstBreak(client: Client, known: number): Promise<string> {
  for (const seed of [known, ...Array(2000).keys()]) {
    try {
      await playSchedule(seed, client);
    } catch (error) {
      return `schedule ${seed}: ${(error as Error).message}`;
    }
  }
  return 'nothing broke';
}

describe('the simulation notices a mutant of the program', () => {
  for (const [index, mutant] of [...READING, ...WRITING, ...REFUSING, ...CLAIMING].entries()) {
    const [name, , , , broken, schedule = 0] = mutant;
    test(name, { timeout: 0 }, async () => {
      expect(await firstBreak(await bundle(mutant, join(folder, `${index}.mjs`)), schedule)).toMatch(broken);
    });
  }
});
