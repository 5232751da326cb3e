import type { Bot } from '../model.ts';
import { NumberSet } from '../number-set.ts';
import type { Report } from '../outcome.ts';
import type { Context } from './context.ts';
import { readDesired, type Selection } from './desired.ts';
import { doubts } from './planning.ts';
import { emptyReport } from './report.ts';

/** Checks the files, offline. */
export async function validate(paths: readonly string[], selection: Selection, context: Context): Promise<Report> {
  const { bots, warnings } = await readDesired(paths, selection, context);
  const doubted = await Promise.all(
    bots.map(async ({ id, numbers }) => (await doubts(numbers, 'length', context)).map((text) => `${id}: ${text}`)),
  );
  const all = [...warnings, ...doubted.flat().map((message) => ({ message }))];
  return { ...emptyReport('validate', 'in-sync', []), bots: bots.map(describe), warnings: all };
}

function describe({ id, policy, numbers }: Bot): Report['bots'][number] {
  const none = {
    add: NumberSet.empty,
    remove: NumberSet.empty,
    causes: [],
    surplus: 0,
    addNeedsContact: false,
    guard: null,
    error: null,
    notVisible: null,
    since: null,
  };
  const results = { applied: 0, failed: 0, unknown: 0, skipped: 0, pending: 0, rejected: [] };
  return { id, baseUrl: '', policy, unchanged: numbers.size, ...none, results };
}
