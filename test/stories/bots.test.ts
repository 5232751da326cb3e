/** Several bots in one run: a failure of one does not stop the others, and no accident empties a list. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type ApiOptions,
  accounted,
  type BotDocument,
  type BotFile,
  type Fault,
  type Finished,
  makeDesired,
  makeGate,
  reportOf,
  results,
  run,
  startApi,
  uk,
} from './harness.ts';

const TOKENS = { A_TOKEN: 'token-of-a-canary', B_TOKEN: 'token-of-b-canary', C_TOKEN: 'token-of-c-canary' };

async function makeWorld(
  live: Readonly<Record<string, readonly string[]>>,
  desired: Readonly<Record<string, readonly string[] | BotFile>>,
  options: ApiOptions = {},
) {
  const api = await startApi(options);
  for (const [bot, numbers] of Object.entries(live)) api.sandbox.set(bot, numbers);
  const cwd = makeDesired(desired);
  const blacklistctl = (args: readonly string[], env: Record<string, string> = {}) =>
    run([...args, '--rate', '0', '--format', 'json'], {
      cwd,
      env: { BLACKLISTCTL_BASE_URL: api.url, ...TOKENS, ...env },
    });
  return { api, cwd, blacklistctl };
}

function botOf(finished: Finished, id: string): BotDocument {
  return reportOf(finished).bots.find((bot) => bot.id === id)!;
}

describe('one bot that fails', () => {
  const desired = {
    a: { numbers: uk(25), tokenEnv: 'A_TOKEN' },
    b: { numbers: uk(25), tokenEnv: 'B_TOKEN' },
    c: { numbers: uk(25), tokenEnv: 'C_TOKEN' },
  };
  const bots = new Map([
    ['a', TOKENS.A_TOKEN],
    ['b', TOKENS.B_TOKEN],
    ['c', TOKENS.C_TOKEN],
  ]);

  test('for a wrong token leaves the others applied', async () => {
    const { api, blacklistctl } = await makeWorld({ b: uk(3, 500) }, desired, { bots });
    const applied = await blacklistctl(['apply', '--yes'], { B_TOKEN: 'not-its-token' });
    expect({ code: applied.code, outcome: reportOf(applied).outcome }).toEqual({ code: 4, outcome: 'partial' });
    expect(botOf(applied, 'b')).toMatchObject({
      add: [],
      error: { message: expect.stringMatching(/token is wrong, or.*region/) },
    });
    for (const id of ['a', 'c']) {
      expect(botOf(applied, id)).toMatchObject({ error: null, results: { applied: 25 } });
      expect(api.list(id)).toEqual(uk(25));
    }
    expect(api.list('b')).toEqual(uk(3, 500));
    expect(api.writes('b')).toHaveLength(0);
    const { headers } = api.reads('c')[0]!;
    expect(headers.authorization).toBe(`Bearer ${TOKENS.C_TOKEN}`);
  });

  test('for a wrong token makes plan exit with 1', async () => {
    const { blacklistctl } = await makeWorld({}, desired, { bots });
    const planned = await blacklistctl(['plan'], { B_TOKEN: 'not-its-token' });
    expect({ code: planned.code, summary: reportOf(planned).summary }).toMatchObject({ code: 1, summary: { add: 50 } });
  });

  test('in the middle of its writes leaves the others applied', async () => {
    const { api, blacklistctl } = await makeWorld({}, desired, {
      bots,
      fault: ({ bot, method }) => (bot === 'b' && method !== 'GET' ? 'reset' : 'pass'),
    });
    const applied = await blacklistctl(['apply', '--yes', '--retries', '1', '--concurrency', '1']);
    expect(applied.code).toBe(4);
    expect(accounted(botOf(applied, 'b'))).toBe(25);
    expect(botOf(applied, 'b').results.applied).toBe(0);
    expect([api.list('a'), api.list('c')]).toEqual([uk(25), uk(25)]);
  });

  test('is not read with --bot, and neither is a bot that no file declares', async () => {
    const { api, blacklistctl } = await makeWorld({ stranger: uk(3) }, desired, { bots });
    const applied = await blacklistctl(['apply', '--yes', '--bot', 'a', '--bot', 'c'], { B_TOKEN: '' });
    expect(applied.code).toBe(0);
    expect(new Set(api.seen.map(({ bot }) => bot))).toEqual(new Set(['a', 'c']));
  });
});

describe('bots', () => {
  const four = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, [] as string[]]));

  test('are processed at the same time, at most as many as --parallel allows', async () => {
    // No bot gets an answer until three wait for one. The fourth then runs alone.
    const waiting = new Set<string>();
    const gate = makeGate();
    const { api, blacklistctl } = await makeWorld({}, four, {
      fault: ({ bot }) => {
        waiting.add(bot);
        if (waiting.size === 3) gate.open();
        return gate.opened.then(() => 'pass' as const);
      },
    });
    expect((await blacklistctl(['plan', '--parallel', '3'])).code).toBe(0);
    expect(api.seen).toHaveLength(4);
  });

  test('are processed one after the other with --parallel 1', async () => {
    let asked = 0;
    const { api, blacklistctl } = await makeWorld({}, four, {
      fault: async (_, index): Promise<Fault> => {
        if (index > 0) return 'pass';
        for (let turn = 0; turn < 1000; turn++) await new Promise(setImmediate); // enough for another request
        asked = api.seen.length;
        return 'pass';
      },
    });
    expect((await blacklistctl(['plan', '--parallel', '1'])).code).toBe(0);
    expect({ asked, requests: api.seen.length }).toEqual({ asked: 1, requests: 4 });
  });

  test('can have names with a special meaning in JavaScript, shells and paths', async () => {
    const names = ['__proto__', 'constructor', 'toString', '-rf', '--yes', '..a', 'a..b', 'A'.repeat(64)];
    const live = names.map((name) => [name, uk(3)] as const);
    // These are written as text, because an object literal would lose __proto__.
    const { api, cwd, blacklistctl } = await makeWorld({}, {});
    for (const [name, numbers] of live) api.sandbox.set(name, numbers);
    const bots = names.map((name) => `  "${name}": { numbers: ["+${uk(1, 1)[0]}", "+${uk(1, 9)[0]}"] }`);
    const head = 'version: 1\ndefaults: { region: us1, tokenEnv: SINCH_WHATSAPP_TOKEN }\nbots:\n';
    writeFileSync(join(cwd, 'blacklist.yaml'), `${head}${bots.join('\n')}\n`);
    const applied = await blacklistctl(['apply', '--yes']);
    expect(applied.code).toBe(0);
    expect(reportOf(applied).bots.map(({ id }) => id)).toEqual(names.toSorted());
    for (const name of names) expect(api.list(name)).toEqual([uk(1, 1)[0], uk(1, 9)[0]]);
    expect((await blacklistctl(['plan', '--detailed-exitcode', '--bot=--yes', '--bot=-rf'])).code).toBe(0);
  });

  test('lose a number the day after it expires', async () => {
    const { api, cwd, blacklistctl } = await makeWorld({ a: uk(2) }, {});
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      `version: 1
bots:
  a:
    region: eu1
    tokenEnv: A_TOKEN
    numbers:
      - { number: "+${uk(1)[0]}", expires: 2001-12-31 }
      - { number: "+${uk(1, 1)[0]}", expires: 2999-12-31 }
`,
    );
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
    expect(api.list('a')).toEqual(uk(1, 1));
  });
});

describe('a poisoned number', () => {
  const poison = uk(1, 33)[0]!;

  test('of 45 leaves 44 applied, and is reported with the message of the server', async () => {
    const { api, blacklistctl } = await makeWorld({}, { a: uk(45) }, { rejected: new Set([poison]) });
    const applied = await blacklistctl(['apply', '--yes']);
    expect({ code: applied.code, outcome: reportOf(applied).outcome }).toEqual({ code: 4, outcome: 'partial' });
    const { rejected, ...counts } = botOf(applied, 'a').results;
    expect({ ...counts, rejected: [] }).toEqual(results({ applied: 44, added: 44 }));
    expect(rejected).toEqual([
      {
        number: `+${poison}`,
        direction: 'add',
        reason: expect.stringContaining('has an invalid number: 447700900033'),
      },
    ]);
    expect(api.list('a')).toEqual(uk(45).filter((number) => number !== poison));
    // 3 batches. Halving a batch of 20 until one number is left takes 2 more writes a level.
    expect(api.writes().length).toBeLessThanOrEqual(3 + 10);
    expect((await blacklistctl(['plan', '--detailed-exitcode'])).code).toBe(2);
  });

  test('among the adds does not stop the removes', async () => {
    const { api, blacklistctl } = await makeWorld({ a: uk(5, 500) }, { a: uk(45) }, { rejected: new Set([poison]) });
    const applied = await blacklistctl(['apply', '--yes']);
    expect(botOf(applied, 'a').results).toMatchObject({ applied: 49, skipped: 0, rejected: [{ direction: 'add' }] });
    expect(applied.code).toBe(4);
    expect(api.writes().at(-1)).toMatchObject({ method: 'DELETE' });
  });

  test('in every position ends the writes after three batches', async () => {
    const { api, blacklistctl } = await makeWorld({}, { a: uk(200) }, { rejected: new Set(uk(200)) });
    const applied = await blacklistctl(['apply', '--yes', '--concurrency', '1']);
    expect(applied.code).toBe(1);
    const bot = botOf(applied, 'a');
    expect({ rejected: bot.results.rejected.length, skipped: bot.results.skipped }).toEqual({
      rejected: 60,
      skipped: 140,
    });
    expect(bot.error!.message).toContain('3 batches in a row');
    expect(api.writes()).toHaveLength(3 * 39);
  });

  test('that the API refuses to remove is reported as well', async () => {
    const body = JSON.stringify({ message: 'Validation error', reason: 'This one stays' });
    const { blacklistctl } = await makeWorld(
      { a: uk(45) },
      { a: uk(35) },
      {
        fault: ({ method, numbers }) =>
          method === 'DELETE' && numbers.includes(uk(1, 40)[0]!) ? { status: 400, body } : 'pass',
      },
    );
    const applied = await blacklistctl(['apply', '--yes']);
    expect(applied.code).toBe(4);
    expect(botOf(applied, 'a').results).toMatchObject({
      applied: 9,
      rejected: [{ number: `+${uk(1, 40)[0]}`, direction: 'remove', reason: 'Validation error: This one stays' }],
    });
  });
});

describe('the guard', () => {
  test('refuses to remove 40 of 100, and adds as well, and does not stop the other bot', async () => {
    const { api, blacklistctl } = await makeWorld({ a: uk(100), b: [] }, { a: [...uk(60), ...uk(5, 500)], b: uk(3) });
    const applied = await blacklistctl(['apply', '--yes']);
    expect({ code: applied.code, outcome: reportOf(applied).outcome }).toEqual({ code: 3, outcome: 'refused' });
    expect(botOf(applied, 'a')).toMatchObject({
      guard: { tripped: true, reason: expect.stringMatching(/40 of 100 numbers \(40 %\).*limit of 25/) },
      results: { applied: 0, skipped: 45 },
    });
    expect(api.writes('a')).toHaveLength(0);
    expect(api.list('b')).toEqual(uk(3));
  });

  test('reports the command that approves the plan, which then works', async () => {
    const { api, cwd } = await makeWorld({ a: uk(100) }, { a: uk(60) });
    const env = { BLACKLISTCTL_BASE_URL: api.url };
    const refused = await run(['apply', '--yes'], { cwd, env });
    expect(refused.code).toBe(3);
    const [, approve] = /approve exactly this plan with (--approve [0-9a-f]{8})\./.exec(refused.stdout)!;
    expect((await run(['apply', ...approve!.split(' ')], { cwd, env })).code).toBe(0);
    expect(api.list('a')).toEqual(uk(60));
  });

  test('reports that a new plan is needed if this run wrote another bot', async () => {
    const { api, cwd } = await makeWorld({ a: uk(100), b: [] }, { a: uk(60), b: uk(3) });
    const env = { BLACKLISTCTL_BASE_URL: api.url, ...TOKENS };
    const refused = await run(['apply', '--yes'], { cwd, env });
    expect(refused).toMatchObject({
      code: 3,
      stdout: expect.stringContaining('run plan again and approve its new fingerprint'),
    });
    expect(refused.stdout).not.toMatch(/--approve [0-9a-f]{8}/);
    expect(refused.stdout).toContain('\nApplying, but not to a: the guard refuses it.\n');
    const again = await run(['plan'], { cwd, env });
    const [, approve] = /run: blacklistctl apply (--approve [0-9a-f]{8})$/m.exec(again.stdout)!;
    expect((await run(['apply', ...approve!.split(' ')], { cwd, env })).code).toBe(0);
    expect(api.list('a')).toEqual(uk(60));
  });

  test.each([
    [100, 75, 0],
    [100, 74, 3],
    [20, 10, 0],
    [20, 9, 3],
    [3, 0, 3],
    [1, 0, 3],
    [0, 0, 0],
  ])('%i live, %i of them desired: exits with %i', async (live, desired, code) => {
    const { api, blacklistctl } = await makeWorld({ a: uk(live) }, { a: uk(desired) });
    expect((await blacklistctl(['plan'])).code).toBe(code);
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(code);
    expect(api.list('a')).toEqual(uk(code === 0 ? desired : live));
  });

  test('takes its limits from the file', async () => {
    const { blacklistctl } = await makeWorld({ a: uk(100) }, { a: { numbers: uk(60), guard: '{ percent: 40 }' } });
    expect((await blacklistctl(['apply', '--yes'])).code).toBe(0);
  });

  test('does not refuse a bot with policy add-only, which removes nothing', async () => {
    const { api, blacklistctl } = await makeWorld(
      { a: uk(50), b: uk(50) },
      { a: { numbers: uk(5, 48), policy: 'add-only' }, b: { numbers: [], policy: 'add-only' } },
    );
    const applied = await blacklistctl(['apply', '--yes']);
    expect(applied.code).toBe(0);
    expect(botOf(applied, 'a')).toMatchObject({ remove: [], surplus: 48, results: { applied: 3 } });
    expect([api.list('a'), api.list('b')]).toEqual([uk(53), uk(50)]);
    expect(api.writes()).toHaveLength(1);
    expect((await blacklistctl(['plan', '--detailed-exitcode'])).code).toBe(0);
  });
});

describe('drift', () => {
  const drift = ['drift', '--settle', '0'];

  test('exits with 0 after one read if the lists are in sync', async () => {
    const { api, blacklistctl } = await makeWorld({ a: uk(5) }, { a: uk(5) });
    const found = await blacklistctl(drift);
    expect({ code: found.code, outcome: reportOf(found).outcome }).toEqual({ code: 0, outcome: 'in-sync' });
    expect(api.reads()).toHaveLength(2);
  });

  test('exits with 2 and the differences if the second read confirms them, and no guard refuses it', async () => {
    const { api, blacklistctl } = await makeWorld(
      { a: uk(100), b: uk(2) },
      { a: [...uk(10), ...uk(1, 500)], b: uk(2) },
    );
    const found = await blacklistctl(drift);
    expect({ code: found.code, outcome: reportOf(found).outcome }).toEqual({ code: 2, outcome: 'changes' });
    const { add, remove } = botOf(found, 'a');
    expect({ add, remove: remove.length }).toEqual({ add: [`+${uk(1, 500)[0]}`], remove: 90 });
    expect(api.reads('a').length).toBe(2 * api.reads('a').filter(({ page }) => page === 0).length);
    expect(api.reads('b')).toHaveLength(2);
    expect(api.writes()).toHaveLength(0);
  });

  test('reports only differences that both reads show', async () => {
    let looks = 0;
    const { api, blacklistctl } = await makeWorld(
      { a: uk(5) },
      { a: uk(9) },
      {
        fault: ({ page }) => {
          // Three of the four missing numbers were added, and an undeclared one.
          if (page === 0 && ++looks === 2) api.sandbox.set('a', [...uk(8), ...uk(1, 700)]);
          return 'pass';
        },
      },
    );
    const found = await blacklistctl(drift);
    expect(botOf(found, 'a')).toMatchObject({ add: [`+${uk(1, 8)[0]}`], remove: [] });
    expect(found.code).toBe(2);
  });

  test('exits with 0 if the second read shows no difference', async () => {
    let looks = 0;
    const { api, blacklistctl } = await makeWorld(
      { a: uk(5) },
      { a: uk(9) },
      {
        fault: ({ page }) => {
          if (page === 0 && ++looks === 2) api.sandbox.set('a', uk(9));
          return 'pass';
        },
      },
    );
    expect((await blacklistctl(drift)).code).toBe(0);
  });

  test('exits with 1 if a list could not be read', async () => {
    const { blacklistctl } = await makeWorld(
      { a: uk(5) },
      { a: uk(5), b: uk(5) },
      {
        fault: ({ bot }) => (bot === 'b' ? { status: 403 } : 'pass'),
      },
    );
    expect((await blacklistctl(drift)).code).toBe(1);
  });
});

describe('apply on a list that lags', () => {
  test('reports the changes that do not show yet, and sends nothing again', async () => {
    const { api, blacklistctl } = await makeWorld({}, { a: uk(45) }, { propagation: 300_000, now: () => 0 });
    const applied = await blacklistctl(['apply', '--yes']);
    expect(applied.code).toBe(0);
    expect(botOf(applied, 'a')).toMatchObject({ results: { applied: 45 }, notVisible: 45 });
    expect(api.writes()).toHaveLength(3);
  });

  test('waits for the changes with --wait', async () => {
    let now = 0;
    const { api, blacklistctl } = await makeWorld(
      {},
      { a: uk(45) },
      {
        propagation: 300_000,
        now: () => now,
        fault: ({ page }) => {
          // The second read after the writes.
          if (page === 0 && api.writes().length > 0 && api.reads().length > 4) now = 300_000;
          return 'pass';
        },
      },
    );
    const applied = await blacklistctl(['apply', '--yes', '--wait', '1500ms']);
    expect(applied.code).toBe(0);
    expect(botOf(applied, 'a')).toMatchObject({ results: { applied: 45 }, notVisible: 0 });
    expect(api.writes()).toHaveLength(3);
  });

  test('waits at most for the time of --wait, then exits with 4', async () => {
    const { api, blacklistctl } = await makeWorld({}, { a: uk(45) }, { propagation: 300_000, now: () => 0 });
    const applied = await blacklistctl(['apply', '--yes', '--wait', '50ms']);
    expect({ code: applied.code, outcome: reportOf(applied).outcome }).toEqual({ code: 4, outcome: 'partial' });
    expect(botOf(applied, 'a').notVisible).toBe(45);
    expect(api.writes()).toHaveLength(3);
  });
});
