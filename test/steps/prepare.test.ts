import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { plan } from '../../src/commands/plan/plan.ts';
import { ApiError, StaleError } from '../../src/model/errors.ts';
import type { Context } from '../../src/steps/context.ts';
import type { ApplyOptions } from '../../src/steps/options.ts';
import { prepareSaved } from '../../src/steps/prepare.ts';
import { CALM, World } from '../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
const [A, B, C, D] = ['12015550100', '12015550101', '12015550102', '12015550103'];
const YAML = `version: 1
defaults: { region: eu1, tokenEnv: TOKEN }
bots: { bot-a: { numbers: ["+${A}", "+${B}"] }, bot-b: { numbers: ["+${A}"] } }
`;

/** Saves a plan that adds B and removes C for one bot, and adds A for another; then prepares it in a changed world. */
async function prepare(
  change: { live?: readonly string[]; edit?: (text: string) => string; options?: Partial<ApplyOptions> } = {},
  inWorld: Partial<Context> = {},
) {
  const world = new World(CALM, ApiError);
  world.set('bot-a', [A, C]);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = world.context(0, YAML, signal, () => 'go');
  let saved = '';
  const writePrivate = (_: string, pieces: Iterable<string>) => {
    saved = [...pieces].join('');
  };
  const files = { ...context.files, writePrivate, read: () => change.edit?.(saved) ?? saved };
  await world.clock.run(plan([], { ...OPTIONS, out: 'plan.json' }, { ...context, files }));
  if (change.live) world.set('bot-a', change.live);
  const options = { ...OPTIONS, ...change.options };
  const { bots, report } = await world.clock.run(prepareSaved('plan.json', options, { ...context, files, ...inWorld }));
  return { outcome: report.outcome, report, changes: bots.map(({ id, add, remove }) => [id, [...add], [...remove]]) };
}

describe('prepareSaved', () => {
  test('takes the plan as it is if no list moved', async () => {
    const { outcome, changes } = await prepare();
    expect(outcome).toBe('changes');
    expect(changes.sort()).toEqual([
      ['bot-a', [Number(B)], [Number(C)]],
      ['bot-b', [Number(A)], []],
    ]);
  });

  test.each([
    ['of which some is done', [A, B, C], 'bot-a', [], [Number(C)]],
    ['of which nothing is left', [A, B], 'bot-a', [], []],
  ] as const)('leaves out changes that are done from a plan %s', async (_, live, id, add, remove) => {
    const { changes } = await prepare({ live });
    expect(changes).toContainEqual([id, add, remove]);
  });

  test.each([
    [
      'that was edited',
      { edit: (text: string) => text.replace(`+${B}`, `+${D}`) },
      { kind: 'forged', file: 'plan.json' },
    ],
    ['whose list gained a number', { live: [A, C, D] }, { kind: 'moved', bots: ['bot-a'] }],
    ['whose list lost a number', { live: [C] }, { kind: 'moved', bots: ['bot-a'] }],
    [
      'that was made for another base URL',
      { options: { baseUrl: 'http://127.0.0.1:8480' } },
      { kind: 'other-place', now: expect.stringContaining('http://127.0.0.1:8480') },
    ],
  ] as const)('refuses a plan %s as stale', async (_, change, reason) => {
    const error = await prepare(change).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StaleError);
    expect(error).toMatchObject({ reason });
  });

  test('reports the bots whose lists cannot be read, and keeps none of their changes', async () => {
    const send = () => Promise.reject(new ApiError('the API is gone', { hopeless: true }));
    const { outcome, report, changes } = await prepare({}, { openHttp: async () => ({ send, abort() {} }) });
    expect(changes).toEqual([]);
    expect(outcome).toBe('failed');
    expect(report.bots).toMatchObject([
      { id: 'bot-a', error: { message: 'the API is gone' } },
      { id: 'bot-b', error: { message: 'the API is gone' } },
    ]);
  });

  test('closes its connections if the plan is refused', async () => {
    let closed = 0;
    const send = () => Promise.reject(new Error('not reached'));
    const openHttp = async () => ({ send, abort: () => void closed++ });
    await expect(prepare({ edit: (text) => text.replace(`+${B}`, `+${D}`) }, { openHttp })).rejects.toThrow();
    expect(closed).toBe(1);
  });
});
