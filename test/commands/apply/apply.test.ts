import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/api/http.ts';
import { apply } from '../../../src/commands/apply/apply.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { PlanReport } from '../../../src/model/report.ts';
import type { Context } from '../../../src/steps/context.ts';
import type { ApplyOptions } from '../../../src/steps/options.ts';
import { CALM, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: false };
const [A, B, C] = ['12015550100', '12015550101', '12015550102'];
const yamlOf = (numbers: string) => `version: 1
defaults: { region: eu1, tokenEnv: TOKEN }
bots: { bot-a: { numbers: [${numbers}] }, bot-b: { numbers: ["+${A}"] } }
`;
/** Adds B and removes C; bot-b has its one number. */
const CHANGES = yamlOf(`"+${A}", "+${B}"`);

/** Applies the files to a list of A and C. `answer` is the user's; null without a terminal. */
async function run(
  yaml: string,
  options: Partial<ApplyOptions>,
  answer: ((stop: () => void) => boolean) | null = null,
  world = new World(CALM, ApiError),
  isLost: (request: HttpRequest) => boolean = () => false,
) {
  world.set('bot-a', [A, C]);
  world.set('bot-b', [A]);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const context: Context = world.context(0, yaml, controller.signal, () => 'go');
  const confirm = answer && (async () => answer(() => controller.abort()));
  const presented: unknown[] = [];
  const present = async (report: unknown) => void presented.push(report);
  const openHttp: Context['openHttp'] = async (how) => {
    const http = await context.openHttp(how);
    const gone = new ApiError('the API is gone', { hopeless: true });
    return { ...http, send: (sent) => (isLost(sent) ? Promise.reject(gone) : http.send(sent)) };
  };
  const report = await world.clock.run(
    apply([], { ...OPTIONS, ...options }, { ...context, confirm, present, openHttp }),
  );
  const writes = world.sent.filter(({ method }) => method !== 'GET').length;
  return { report, writes, presented, live: world.list('bot-a').sort() };
}

describe('apply', () => {
  test.each([
    ['refused by the guard', yamlOf(''), { yes: true }, null, { kind: 'plan', outcome: 'refused' }],
    [
      'not the approved one',
      CHANGES,
      { approve: 'deadbeef' },
      null,
      { kind: 'plan', outcome: 'stale', errors: [{ kind: 'not-approved', file: null, refused: [], unread: [] }] },
    ],
    [
      'not the approved one, and refused by the guard',
      yamlOf(''),
      { approve: 'deadbeef' },
      null,
      {
        outcome: 'stale',
        errors: [{ refused: ['bot-a'] }],
        bots: [{ id: 'bot-a', guard: { tripped: 'emptied' } }, {}],
      },
    ],
    [
      'in sync, with any approval',
      yamlOf(`"+${A}", "+${C}"`),
      { approve: 'deadbeef' },
      null,
      { kind: 'plan', outcome: 'in-sync', errors: [] },
    ],
    [
      'not confirmed',
      CHANGES,
      {},
      () => false,
      {
        outcome: 'failed',
        errors: [{ message: 'not confirmed, so nothing was written; to apply, run again and answer "yes"' }],
      },
    ],
    [
      'confirmed and interrupted',
      CHANGES,
      {},
      (stop: () => void) => {
        stop();
        return true;
      },
      { kind: 'result', outcome: 'failed', interrupted: true },
    ],
    [
      'in sync',
      yamlOf(`"+${A}", "+${C}"`),
      { yes: true },
      null,
      { kind: 'plan', state: 'skipped', outcome: 'in-sync' },
    ],
  ] as const)('writes nothing if the plan is %s', async (_, yaml, options, answer, expected) => {
    const { report, writes, live } = await run(yaml, options, answer);
    expect(report).toMatchObject(expected);
    expect(report.requests).toMatchObject({ write: 0 });
    expect(writes).toBe(0);
    expect(live).toEqual([A, C]);
  });

  test.each([
    ['confirmed', {}, () => true, 'open'],
    ['agreed to by --yes', { yes: true }, null, 'applying'],
  ] as const)('writes a plan that is %s, after showing it', async (_, options, answer, state) => {
    const { report, presented, live } = await run(CHANGES, options, answer);
    expect(report).toMatchObject({ kind: 'result', outcome: 'applied', requests: { write: 2 } });
    expect(presented).toMatchObject([{ kind: 'plan', state }]);
    expect(live).toEqual([A, B]);
  });

  test('writes a refused plan that is approved by its fingerprint', async () => {
    const refused = await run(yamlOf(''), { yes: true });
    const approve = 'fingerprint' in refused.report ? refused.report.fingerprint!.slice(0, 8) : '';
    const { report, live } = await run(yamlOf(''), { approve });
    expect(report.outcome).toBe('applied');
    expect(live).toEqual([]);
  });

  test('is stale if one list is in sync and another one cannot be read', async () => {
    const options = { approve: 'deadbeef' };
    const isLost = ({ url }: HttpRequest) => url.includes('bot-b');
    const { report, writes } = await run(yamlOf(`"+${A}", "+${C}"`), options, null, undefined, isLost);
    expect(report).toMatchObject({ outcome: 'stale', errors: [{ kind: 'not-approved', unread: ['bot-b'] }] });
    expect(writes).toBe(0);
  });

  test('writes the other bots if one bot fails', async () => {
    const { report, live } = await run(CHANGES, { yes: true }, null, undefined, ({ url }) => url.includes('bot-b'));
    expect(report).toMatchObject({
      outcome: 'partial',
      bots: [
        { id: 'bot-a', results: { applied: { add: 1, remove: 1 } }, error: null },
        { id: 'bot-b', results: { applied: { add: 0, remove: 0 } }, error: { message: 'the API is gone' } },
      ],
    });
    expect(live).toEqual([A, B]);
  });

  test('writes the other bots of an approved saved plan if one bot fails', async () => {
    const world = new World(CALM, ApiError);
    world.set('bot-a', [A, C]);
    const context = world.context(0, CHANGES, new AbortController().signal, () => 'go');
    const planned = await world.clock.run(plan([], { ...OPTIONS, out: 'plan.json' }, context));
    expect(planned).toMatchObject({ bots: [{ add: { size: 1 } }, { id: 'bot-b', add: { size: 1 } }] });
    const approved = { plan: 'plan.json', approve: (planned as PlanReport).fingerprint! };
    const { report, live } = await run(CHANGES, approved, null, world, ({ url }) => url.includes('bot-b'));
    expect(report).toMatchObject({
      outcome: 'partial',
      bots: [{ error: null }, { error: { message: 'the API is gone' } }],
    });
    expect(live).toEqual([A, B]);
  });

  test('does not wait for the list of a bot that has failed', async () => {
    const world = new World(CALM, ApiError);
    const { report } = await run(CHANGES, { yes: true, wait: 300_000 }, null, world, ({ method }) => method !== 'GET');
    expect(report).toMatchObject({ outcome: 'failed', bots: [{ error: { message: 'the API is gone' } }, {}] });
    expect(world.clock.now()).toBeLessThan(1000);
  });

  test.each([
    ['a fingerprint that is too short', { approve: 'dead' }, '--approve takes the fingerprint'],
    ['a saved plan and a choice of bots', { plan: 'plan.json', bots: ['bot-a'] }, '--plan applies the saved plan'],
    ['no consent and no terminal', {}, 'cannot ask for confirmation without a terminal'],
  ] as const)('refuses %s before it sends anything', async (_, options, message) => {
    const world = new World(CALM, ApiError);
    await expect(run(CHANGES, options, null, world)).rejects.toThrow(message);
    expect(world.sent).toEqual([]);
  });
});

test('warns if the list shows a number afterwards that this run neither wrote nor knew', async () => {
  const world = new World(CALM, ApiError);
  const another = ({ method }: HttpRequest) => {
    if (method === 'DELETE') world.set('bot-a', [...world.list('bot-a'), '12015550199']);
    return false;
  };
  const { report } = await run(CHANGES, { yes: true }, null, world, another);
  expect(report).toMatchObject({
    outcome: 'applied',
    warnings: [{ code: 'W-OTHER-WRITER', bot: 'bot-a', count: 1, numbers: [12_015_550_199] }],
  });
});
