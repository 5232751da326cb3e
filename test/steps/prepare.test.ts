import { createHmac } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/api/http.ts';
import { plan } from '../../src/commands/plan/plan.ts';
import { ApiError, InvalidError, MissingTokenError, StaleError } from '../../src/model/errors.ts';
import { keyOf } from '../../src/plan/fingerprint.ts';
import type { Context } from '../../src/steps/context.ts';
import type { ApplyOptions } from '../../src/steps/options.ts';
import { prepareSaved } from '../../src/steps/prepare.ts';
import { VirtualClock } from '../simulation/clock.ts';
import { CALM, TOKEN, World } from '../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
const [A, B, C, D] = ['12015550100', '12015550101', '12015550102', '12015550103'];
const YAML = `version: 1
defaults: { region: eu1, tokenEnv: TOKEN }
bots: { bot-a: { numbers: ["+${A}", "+${B}"] }, bot-b: { numbers: ["+${A}"] } }
`;

interface Change {
  readonly live?: readonly string[];
  /** The current files. */
  readonly yaml?: string;
  /** Time that passes, in milliseconds. */
  readonly passes?: number;
  /** The default file does not exist. */
  readonly absent?: boolean;
  readonly edit?: (text: string) => string;
  readonly options?: Partial<ApplyOptions>;
  readonly env?: Readonly<Record<string, string>>;
}

/** The world in which the plan is made. */
interface First {
  readonly clock?: Context['clock'];
  /** A bot whose list cannot be read. */
  readonly unread?: string;
  readonly yaml?: string;
  readonly addsOnly?: boolean;
}

/** Saves a plan that adds B and removes C for one bot, and adds A for another. Then prepares it with the changes. */
async function prepare(change: Change = {}, inWorld: Partial<Context> = {}, inFirst: First = {}) {
  const world = new World(CALM, ApiError);
  world.set('bot-a', [A, C]);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  let saved = '';
  const writePrivate = (_: string, pieces: Iterable<string>) => {
    saved = [...pieces].join('');
  };
  const contextOf = (run: number, yaml: string) => {
    const context = world.context(run, yaml, signal, () => 'go');
    const read = () => change.edit?.(saved) ?? saved;
    return { ...context, files: { ...context.files, writePrivate, read, exists: () => !change.absent } };
  };
  const { unread, yaml = YAML, addsOnly, ...rest } = inFirst;
  const first = { ...contextOf(0, yaml), ...rest };
  const openHttp: Context['openHttp'] = async (how) => {
    const http = await first.openHttp(how);
    const isLost = ({ url }: HttpRequest) => unread !== undefined && url.includes(unread);
    return { ...http, send: (sent) => (isLost(sent) ? Promise.reject(GONE) : http.send(sent)) };
  };
  await world.clock.run(plan([], { ...OPTIONS, addsOnly, out: 'plan.json' }, { ...first, openHttp }));
  if (change.live) world.set('bot-a', change.live);
  await world.clock.run(world.clock.sleep(change.passes ?? 0));
  const context = contextOf(1, change.yaml ?? YAML);
  const options = { ...OPTIONS, ...change.options };
  const now = { ...context, env: { ...context.env, ...change.env }, ...inWorld };
  const { bots, report } = await world.clock.run(prepareSaved('plan.json', [], options, now));
  return { outcome: report.outcome, report, changes: bots.map(({ id, add, remove }) => [id, [...add], [...remove]]) };
}

const HOUR = 3_600_000;
const file = (bots: string) => `version: 1\ndefaults: { region: eu1, tokenEnv: TOKEN }\nbots: { ${bots} }\n`;
const BOT_B = `bot-b: { numbers: ["+${A}"] }`;
const withBotA = (bot: string) => file(`bot-a: { ${bot} }, ${BOT_B}`);
const GONE = new ApiError('the API is gone', { hopeless: true });
const gone: Partial<Context> = { openHttp: async () => ({ send: () => Promise.reject(GONE), abort() {} }) };

const UNREAD = {
  id: 'bot-a',
  provider: 'sinch',
  policy: 'sync',
  baseUrl: 'https://eu1.whatsapp.api.sinch.com',
  tokenEnv: 'TOKEN',
  why: 'Approved: call +447700900123',
};

/** A plan file with other content, and the authentication code that these tokens give it. */
function forge(text: string, edit: (text: string) => string, token: string): string {
  const body = edit(text.slice(0, text.lastIndexOf('  "mac"')));
  const bots = [{ id: 'bot-a' }, { id: 'bot-b' }].filter(({ id }) => body.includes(`"id":"${id}"`));
  const key = keyOf(bots, new Map(bots.map(({ id }) => [id, token])));
  return `${body}  "mac": "${createHmac('sha256', key).update(body).digest('hex')}"\n}\n`;
}

describe('prepareSaved', () => {
  test('returns the whole plan if no list changed', async () => {
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
  ] as const)('omits changes that are done from a plan %s', async (_, live, id, add, remove) => {
    const { changes } = await prepare({ live });
    expect(changes).toContainEqual([id, add, remove]);
  });

  test.each([
    [
      'that was edited',
      { edit: (text: string) => text.replace(`+${B}`, `+${D}`) },
      { kind: 'forged', file: 'plan.json' },
    ],
    [
      'with its own token variable, and a code made with that token',
      {
        edit: (text: string) =>
          forge(text, (body) => body.replaceAll('"tokenEnv":"TOKEN"', '"tokenEnv":"HOME"'), '/home'),
        env: { HOME: '/home' },
      },
      { kind: 'redeclared', bots: ['bot-a', 'bot-b'] },
    ],
    [
      'without bots, with a code that anyone can make',
      {
        edit: (text: string) => forge(text, (body) => body.replace(/"bots": \[[\s\S]*\],\n$/, '"bots": [\n  ],\n'), ''),
      },
      { kind: 'no-bots', file: 'plan.json' },
    ],
    [
      'of only unread bots, with a code that anyone can make',
      {
        edit: (text: string) =>
          forge(
            text,
            (body) =>
              body
                .replace(/"bots": \[[\s\S]*\],\n$/, '"bots": [\n  ],\n')
                .replace('"unread": []', `"unread": ${JSON.stringify([UNREAD])}`),
            '',
          ),
      },
      { kind: 'forged', file: 'plan.json' },
    ],
    ['of a bot that the files do not declare', { yaml: file(BOT_B) }, { kind: 'undeclared', bots: ['bot-a'] }],
    [
      'of a bot with another token variable',
      { yaml: withBotA(`tokenEnv: OTHER, numbers: ["+${A}", "+${B}"]`), env: { OTHER: TOKEN } },
      { kind: 'redeclared', bots: ['bot-a'] },
    ],
    [
      'of a bot with another provider',
      { yaml: withBotA(`provider: whatsapp-cloud, phoneNumberId: "1065", apiVersion: v25.0, numbers: []`) },
      { kind: 'redeclared', bots: ['bot-a'] },
    ],
    [
      'that is older than a day',
      { passes: 25 * HOUR },
      { kind: 'too-old', made: '2026-06-15T00:00:00Z', age: 90_000, limit: 86_400 },
    ],
    [
      'that is older than --max-age',
      { passes: HOUR + 1000, options: { maxAge: HOUR } },
      { kind: 'too-old', age: 3601 },
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

  test.each<[string, Change, number]>([
    ['a number to remove is declared', { yaml: withBotA(`numbers: ["+${A}", "+${B}", "+${C}"]`) }, 1],
    ['a number to remove is ignored', { yaml: withBotA(`numbers: ["+${A}", "+${B}"], ignore: ["+${C}"]`) }, 1],
    [
      'a number to remove is protected by another bot',
      {
        yaml: file(
          `bot-a: { numbers: ["+${A}", "+${B}"] }, bot-b: { numbers: [{ number: "+${C}", protected: true }] }`,
        ),
      },
      2, // bot-b no longer declares A
    ],
    ['the policy no longer removes', { yaml: withBotA(`policy: add-only, numbers: ["+${A}", "+${B}"]`) }, 1],
    ['a number to add is not declared', { yaml: withBotA(`numbers: ["+${A}"]`) }, 1],
    [
      'a number to add has expired',
      { yaml: withBotA(`numbers: ["+${A}", { number: "+${B}", expires: 2026-06-14 }]`) },
      1,
    ],
    ['a number to add is ignored', { yaml: withBotA(`numbers: ["+${A}"], ignore: [{ prefix: "+${B}" }]`) }, 1],
    ['the policy no longer adds', { yaml: withBotA(`policy: remove-only, numbers: ["+${A}", "+${B}"]`) }, 1],
    ['both directions are reversed', { yaml: withBotA(`numbers: ["+${A}", "+${C}"]`) }, 2],
    ['the list has changed as well', { yaml: withBotA(`numbers: ["+${A}", "+${B}", "+${C}"]`), live: [A, C, D] }, 1],
  ])('refuses a plan that the files contradict: %s', async (_, change, count) => {
    const error = await prepare(change).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StaleError);
    const { reason } = error as StaleError & { reason: { kind: string; bots: { numbers: number }[] } };
    expect(reason.kind).toBe('outdated');
    expect(reason.bots.reduce((sum, { numbers }) => sum + numbers, 0)).toBe(count);
  });

  test.each<[string, Change]>([
    ['declare more', { yaml: withBotA(`numbers: ["+${A}", "+${B}", "+${D}"]`) }],
    ['protect a number that stays', { yaml: withBotA(`numbers: [{ number: "+${A}", protected: true }, "+${B}"]`) }],
    ['contradict changes that are done', { yaml: withBotA(`numbers: ["+${A}", "+${C}"]`), live: [A, B] }],
    ['are the same', { passes: 24 * HOUR }],
    ['are the same, and the plan may be older', { passes: 30 * HOUR, options: { maxAge: 31 * HOUR } }],
  ])('accepts a plan if the files %s', async (_, change) => {
    expect((await prepare(change)).report).toMatchObject({
      outcome: 'changes',
      saved: { made: '2026-06-15T00:00:00Z' },
    });
  });

  const STRICT = 'guard: { percent: 0, floor: 0 }';
  const strict = withBotA(`${STRICT}, numbers: ["+${A}", "+${B}"]`);
  const share = { tripped: 'share', removals: 1, live: 2, limits: { percent: 0, floor: 0 } };

  test.each<[string, Change, First, object]>([
    ['have a lower limit', { yaml: strict }, {}, { ...share, limit: 0, current: true }],
    [
      'have a lower limit, and the adds are done',
      { yaml: strict, live: [A, B, C] },
      {},
      { ...share, live: 3, limit: 0, current: true },
    ],
    [
      'declare no number that would be left',
      { yaml: withBotA('numbers: []'), live: [A, B, C] },
      {},
      { tripped: 'emptied', removals: 1, live: 3, current: true },
    ],
    ['have a higher limit than those of the plan', {}, { yaml: strict }, share],
    [
      'refuse less than those of the plan',
      { yaml: withBotA(`guard: { percent: 10, floor: 0 }, numbers: ["+${A}", "+${B}"]`) },
      { yaml: strict },
      share,
    ],
  ])('refuses the bot, but not the plan, if the files %s', async (_, change, first, guard) => {
    const { outcome, report } = await prepare(change, {}, first);
    expect(outcome).toBe('refused');
    const [{ guard: verdict }, other] = report.bots as [(typeof report.bots)[0], (typeof report.bots)[0]];
    expect(verdict).toMatchObject(guard);
    expect(verdict?.current).toBe((guard as { current?: true }).current);
    expect(other.guard?.tripped).toBe(false);
  });

  test.each<[string, Change, First]>([
    ['the removals are done', { yaml: strict, live: [A] }, {}],
    ['the plan was made with --adds-only', { yaml: strict }, { addsOnly: true }],
    [
      'its limit allows the rest of the plan',
      { yaml: withBotA(`guard: { percent: 50, floor: 0 }, numbers: ["+${A}", "+${B}"]`) },
      {},
    ],
  ])('lets the guard of the files refuse nothing if %s', async (_, change, first) => {
    expect((await prepare(change, {}, first)).outcome).toBe('changes');
  });

  test('accepts a plan from the future', async () => {
    const { report } = await prepare({}, {}, { clock: { ...new VirtualClock(), unix: () => 1_781_481_600 + 7200 } });
    expect(report).toMatchObject({ outcome: 'changes', saved: { made: '2026-06-15T02:00:00Z', age: 0 } });
  });

  test('reports the bots that the plan was made without as failed', async () => {
    const { report, changes, outcome } = await prepare({}, {}, { unread: 'bot-a' });
    expect({ changes, outcome }).toEqual({ changes: [['bot-b', [Number(A)], []]], outcome: 'failed' });
    expect(report.bots).toMatchObject([
      { id: 'bot-a', error: { kind: 'unread', why: 'the API is gone' } },
      { id: 'bot-b', error: null },
    ]);
  });

  test.each<[string, Change, object]>([
    ['left the files', { yaml: file(BOT_B) }, { kind: 'undeclared', bots: ['bot-a'] }],
    [
      'has another token variable',
      { yaml: withBotA('tokenEnv: OTHER, numbers: []'), env: { OTHER: TOKEN } },
      { kind: 'redeclared', bots: ['bot-a'] },
    ],
    ['has another token', { env: { TOKEN: 'another-token' } }, { kind: 'forged' }],
    ['had another reason', { edit: (text) => text.replace('the API is gone', 'all is well') }, { kind: 'forged' }],
  ])('refuses a plan as stale if a bot that it was made without %s', async (_, change, reason) => {
    const error = await prepare(change, {}, { unread: 'bot-a' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(StaleError);
    expect(error).toMatchObject({ reason });
  });

  test('refuses a plan without the token of a bot that it was made without', async () => {
    const error = await prepare({ env: { TOKEN: '' } }, {}, { unread: 'bot-a' }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MissingTokenError);
  });

  test('reports the missing file and the paths to pass if there are no files', async () => {
    const error = await prepare({ absent: true }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidError);
    expect((error as Error).message).toMatch(/^blacklist\.yaml: no such file, .*pass the same paths/);
  });

  test('reports bots whose lists cannot be read, and drops their changes', async () => {
    const { outcome, report, changes } = await prepare({}, gone);
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
