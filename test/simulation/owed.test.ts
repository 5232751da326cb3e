import { describe, expect, test } from 'vitest';
import { apply } from '../../src/commands/apply/apply.ts';
import { drift } from '../../src/commands/drift/drift.ts';
import { plan } from '../../src/commands/plan/plan.ts';
import { ApiError, InvalidError, StaleError } from '../../src/model/errors.ts';
import { OWED, type Owed, type Part } from './owed.ts';
import { playSchedule } from './story.ts';

const client = { apply, plan, drift, ApiError, InvalidError, StaleError };

/** @returns what the known schedule breaks if it also plays the part, or else the first of others that breaks it so. */
async function breakOf({ part, broken, seed: known }: Owed): Promise<string> {
  const asks = (each: Part) => each === part || !OWED.some((owed) => owed.part === each);
  for (const seed of [known, ...Array(300).keys()]) {
    const said = await playSchedule(seed, client, asks).then(
      () => '',
      ({ message }: Error) => message,
    );
    if (broken.test(said)) return said;
  }
  return `nothing breaks so any more: if the program keeps "${part}", remove it from OWED`;
}

describe('the program does not keep a part of a promise yet', () => {
  test.each(OWED)('$part, $broken', { timeout: 0 }, async (owed) => {
    expect(await breakOf(owed)).toMatch(owed.broken);
  });
});
