import { expect, test } from 'vitest';
import { shardOf } from '../../../src/steps/read-desired.ts';
import * as fc from '../../fast-check.ts';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

test('every bot belongs to one shard, which does not depend on the other bots', () => {
  fc.assert(
    fc.property(id, fc.integer({ min: 1, max: 100 }), (bot, count) => {
      const parts = Array.from({ length: count }, (_, index) => index + 1).filter(
        (part) => shardOf(bot, count) === part,
      );
      expect(parts).toHaveLength(1);
    }),
  );
});

test('the shard of a bot is the same in every version', () => {
  expect(['support-bot', 'sales-bot', 'night-bot', '__proto__'].map((bot) => shardOf(bot, 4))).toEqual([2, 2, 1, 1]);
});

test('10,000 bots are spread evenly over 8 shards', () => {
  const sizes = new Map<number, number>();
  for (let bot = 0; bot < 10_000; bot++)
    sizes.set(shardOf(`bot-${bot}`, 8), (sizes.get(shardOf(`bot-${bot}`, 8)) ?? 0) + 1);
  for (const size of sizes.values()) expect(Math.abs(size - 1250)).toBeLessThan(150);
});
