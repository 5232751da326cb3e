/** `--adds-only` sends the adds of a plan and no removal, and every output reports the removals that wait. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ApiOptions, FORMATS, makeDesired, reportOf, run, startApi, uk, yamlOf } from './harness.ts';

const [ABUSER] = uk(1, 100) as [string];
/** The guard refuses this change: 11 of 14 numbers are removed. */
const [LIVE, KEPT] = [uk(14), uk(3)];
const ALL = [...LIVE, ABUSER];

/** A bot "a" with these numbers live and declared, and a function that runs the program on it. */
async function start(
  live: readonly string[] = LIVE,
  declared: readonly string[] = [...KEPT, ABUSER],
  policy = 'sync',
  options: ApiOptions = {},
) {
  const api = await startApi(options);
  api.sandbox.set('a', live);
  const cwd = makeDesired({ a: { numbers: declared, policy } });
  const env = { BLACKLISTCTL_BASE_URL: api.url, T_TOKEN: 'a-token-of-the-shop' };
  const blacklistctl = (...args: string[]) => run([...args, '--numbers', 'full'], { cwd, env });
  const declare = (numbers: readonly string[]) =>
    writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ a: { numbers, policy } }));
  const fingerprint = async (...args: string[]) =>
    String(reportOf(await blacklistctl('plan', '--format', 'json', ...args)).fingerprint);
  return { api, cwd, blacklistctl, declare, fingerprint };
}

/** Answers as a list of the Cloud API with two users that has no room for more. */
const fullList: ApiOptions['fault'] = ({ method }) => {
  const data = uk(2).map((number) => ({ messaging_product: 'whatsapp', wa_id: number, user_id: number }));
  if (method === 'GET') return { status: 200, body: JSON.stringify({ data }) };
  return { status: 400, body: JSON.stringify({ error: { message: 'full', code: 139_101 } }) };
};

const methods = (api: Awaited<ReturnType<typeof startApi>>) => api.writes().map(({ method }) => method);
const plainly = (output: string) => output.replaceAll(/<[^>]*>|`/g, '').replaceAll(/\s+/g, ' ');

describe('apply --adds-only', () => {
  test('adds although the guard refuses the removals, removes nothing, and exits with 4', async () => {
    const { api, blacklistctl } = await start();
    expect(await blacklistctl('apply', '--yes')).toMatchObject({ code: 3 });
    const { code, stdout } = await blacklistctl('apply', '--yes', '--adds-only');
    expect(code).toBe(4);
    expect(methods(api)).toEqual(['POST']);
    expect(api.list('a')).toEqual(ALL);
    expect(stdout).toContain('a  1 added, 0 removed, 11 removals wait\n');
    expect(stdout).toContain('Apply not finished: 1 added, 0 removed in 1 of 1 bot; 11 removals wait.');
    expect(stdout).toContain(
      '11 removals wait, because --adds-only sends none. Run plan without --adds-only to review them.',
    );
  });

  test('exits with 0 if no removal waits', async () => {
    const { api, blacklistctl } = await start(KEPT);
    const { code, stdout } = await blacklistctl('apply', '--yes', '--adds-only');
    expect({ code, list: api.list('a') }).toEqual({ code: 0, list: [...KEPT, ABUSER] });
    expect(stdout).toContain('Apply complete: 1 added, 0 removed in 1 of 1 bot; 0 removals wait.');
    const again = await blacklistctl('apply', '--yes', '--adds-only');
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('In sync: nothing to do.') });
  });

  test('exits with 4 if only removals are due, and sends nothing', async () => {
    const { api, blacklistctl } = await start(LIVE, KEPT);
    const { code, stdout } = await blacklistctl('apply', '--yes', '--adds-only');
    expect({ code, writes: api.writes() }).toEqual({ code: 4, writes: [] });
    expect(stdout).toContain('a  nothing to add, 3 unchanged, 11 removals wait');
    expect(stdout).toContain('Nothing to add. 11 removals wait');
  });

  test.each([
    ['sync', ['POST'], ALL, 11, 0],
    ['add-only', ['POST'], ALL, undefined, 0],
    ['remove-only', [], LIVE, 11, 1],
  ])('obeys the policy %s', async (policy, sent, list, postponed, missing) => {
    const { api, blacklistctl } = await start(LIVE, [...KEPT, ABUSER], policy);
    const finished = await blacklistctl('apply', '--yes', '--adds-only', '--format', 'json');
    expect(methods(api)).toEqual(sent);
    expect(api.list('a')).toEqual(list);
    const { bots, summary, addsOnly } = reportOf(finished);
    expect(finished.code).toBe(postponed === undefined ? 0 : 4);
    expect(addsOnly).toBe(true);
    expect(bots[0]).toMatchObject({ postponed: postponed ?? 0, missing });
    expect(summary).toMatchObject({ postponed: postponed ?? 0, remove: 0 });
  });

  test('sends no removal if an add fails, and exits with 1', async () => {
    const fault: ApiOptions['fault'] = ({ method }) => (method === 'GET' ? 'pass' : { status: 401 });
    const { api, blacklistctl } = await start(LIVE, [...KEPT, ABUSER], 'sync', { fault });
    const { code, stdout } = await blacklistctl('apply', '--yes', '--adds-only');
    expect({ code, sent: methods(api) }).toEqual({ code: 1, sent: ['POST'] });
    expect(stdout).toContain('11 removals wait, because --adds-only sends none.');
  });

  test('makes no room in a full list by removals', async () => {
    const { api, cwd, blacklistctl } = await start([], [], 'sync', { fault: fullList });
    const shop = `{ provider: whatsapp-cloud, phoneNumberId: 106540352242922, tokenEnv: T_TOKEN, numbers: ["+${ABUSER}"] }`;
    writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\nbots:\n  shop: ${shop}\n`);
    const { code, stdout } = await blacklistctl('apply', '--yes', '--adds-only');
    expect({ code, methods: api.seen.map(({ method }) => method) }).toEqual({
      code: 1,
      methods: ['GET', 'POST', 'GET'],
    });
    expect(stdout).toContain('2 removals wait, because --adds-only sends none.');
  });

  test('leaves the removals to a later apply', async () => {
    const { api, blacklistctl } = await start(uk(4), [...KEPT, ABUSER]);
    await blacklistctl('apply', '--yes', '--adds-only');
    expect(await blacklistctl('apply', '--yes')).toMatchObject({ code: 0 });
    expect(api.list('a')).toEqual([...KEPT, ABUSER]);
  });
});

describe('an approval', () => {
  test('of an adds-only plan approves no removal', async () => {
    const { api, blacklistctl, fingerprint } = await start();
    const approved = await fingerprint('--adds-only');
    expect(await blacklistctl('apply', '--approve', approved)).toMatchObject({ code: 5 });
    expect(api.writes()).toEqual([]);
  });

  test('of a whole plan approves no adds-only plan', async () => {
    const { api, blacklistctl, fingerprint } = await start();
    const stale = await blacklistctl('apply', '--adds-only', '--approve', await fingerprint());
    expect(stale.code).toBe(5);
    expect(stale.stdout).toContain(`--approve ${(await fingerprint('--adds-only')).slice(0, 8)} --adds-only`);
    expect(api.writes()).toEqual([]);
  });

  test('of adds alone differs from that of an adds-only plan with the same adds', async () => {
    const { api, blacklistctl, fingerprint } = await start(KEPT);
    const approved = await fingerprint('--adds-only');
    expect(approved).not.toBe(await fingerprint());
    // Now a plan with the same adds has a removal, too.
    api.sandbox.set('a', uk(4));
    expect(await blacklistctl('apply', '--approve', approved)).toMatchObject({ code: 5 });
    expect(await blacklistctl('apply', '--adds-only', '--approve', approved)).toMatchObject({ code: 4 });
    expect(methods(api)).toEqual(['POST']);
  });

  test('is printed by plan as a command that removes nothing', async () => {
    const { api, blacklistctl } = await start();
    const planned = await blacklistctl('plan', '--adds-only');
    expect(planned.code).toBe(0);
    expect(planned.stdout).toMatch(
      /^Plan [0-9a-f]{8}: 1 to add, 0 to remove, 11 removals wait, 3 unchanged in 1 bot$/m,
    );
    const [, line] = /To apply this plan: blacklistctl (apply --approve [0-9a-f]{8} --adds-only)$/m.exec(
      planned.stdout,
    )!;
    expect(await blacklistctl(...line!.split(' '))).toMatchObject({ code: 4 });
    expect(api.list('a')).toEqual(ALL);
  });
});

describe('plan --adds-only', () => {
  test('has changes while removals wait, and prints no command without adds', async () => {
    const { blacklistctl } = await start(LIVE, KEPT);
    const { code, stdout } = await blacklistctl('plan', '--adds-only', '--detailed-exitcode');
    expect(code).toBe(2);
    expect(stdout).toContain(
      '11 removals wait, because --adds-only sends none. There are no adds, so there is nothing to apply.',
    );
    expect(stdout).not.toContain('blacklistctl apply');
  });

  test.each(FORMATS)('reports in %s that removals wait, and never that the lists are in sync', async (format) => {
    for (const declared of [[...KEPT, ABUSER], KEPT]) {
      const { blacklistctl } = await start(LIVE, declared);
      for (const args of [['plan'], ['apply', '--yes']]) {
        const { stdout } = await blacklistctl(...args, '--adds-only', '--format', format);
        expect(plainly(stdout)).toMatch(format === 'json' ? /"postponed":11/ : /11 removals wait|wait 11/);
        expect(stdout).not.toMatch(/in sync|in-sync|Apply complete/i);
      }
    }
  });

  test('keeps the removals that wait if reports are joined', async () => {
    const { cwd, blacklistctl } = await start();
    await blacklistctl('apply', '--yes', '--adds-only', '--report', 'one.json');
    expect(readFileSync(join(cwd, 'one.json'), 'utf8')).toContain('"postponed":11');
    expect((await blacklistctl('show', 'one.json')).stdout).toContain('; 11 removals wait.');
  });
});

describe('a saved adds-only plan', () => {
  test('is shown and applied without removals', async () => {
    const { api, blacklistctl } = await start();
    expect(await blacklistctl('plan', '--adds-only', '--out', 'plan.json')).toMatchObject({ code: 0 });
    expect((await blacklistctl('show', 'plan.json')).stdout).toContain('1 to add, 0 to remove, 11 removals wait');
    for (const more of [[], ['--adds-only']]) {
      const { code, stdout } = await blacklistctl('apply', '--plan', 'plan.json', ...more);
      expect({ code, list: api.list('a') }).toEqual({ code: 4, list: ALL });
      expect(stdout).toContain('11 removals wait');
    }
    expect(methods(api)).toEqual(['POST']);
  });

  test('counts the removals that wait when it is applied', async () => {
    const { api, blacklistctl, declare } = await start();
    await blacklistctl('plan', '--adds-only', '--out', 'plan.json');
    declare(ALL);
    expect(await blacklistctl('apply', '--plan', 'plan.json')).toMatchObject({ code: 0 });
    expect(api.list('a')).toEqual(ALL);
  });

  test('is approved only by its own fingerprint', async () => {
    const { api, blacklistctl, fingerprint } = await start();
    const [whole, adds] = [await fingerprint(), await fingerprint('--adds-only')];
    await blacklistctl('plan', '--adds-only', '--out', 'plan.json');
    expect(await blacklistctl('apply', '--plan', 'plan.json', '--approve', whole)).toMatchObject({ code: 5 });
    expect(await blacklistctl('apply', '--plan', 'plan.json', '--approve', adds)).toMatchObject({ code: 4 });
    expect(methods(api)).toEqual(['POST']);
  });

  test('is required by apply --adds-only --plan', async () => {
    const { api, blacklistctl } = await start();
    await blacklistctl('plan', '--out', 'plan.json');
    const { code, stderr } = await blacklistctl('apply', '--adds-only', '--plan', 'plan.json');
    expect({ code, writes: api.writes() }).toEqual({ code: 6, writes: [] });
    expect(stderr).toContain('plan.json: was made without --adds-only; run plan --adds-only --out');
  });

  test('is refused if it is edited to have removals or to be a whole plan', async () => {
    const { cwd, api, blacklistctl } = await start();
    await blacklistctl('plan', '--adds-only', '--out', 'plan.json');
    const text = readFileSync(join(cwd, 'plan.json'), 'utf8');
    writeFileSync(join(cwd, 'plan.json'), text.replace('"remove": []', `"remove": ["+${LIVE[5]}"]`));
    expect(await blacklistctl('apply', '--plan', 'plan.json')).toMatchObject({ code: 6 });
    writeFileSync(join(cwd, 'plan.json'), text.replace('  "addsOnly": true,\n', ''));
    expect(await blacklistctl('apply', '--plan', 'plan.json')).toMatchObject({ code: 5 });
    expect(api.writes()).toEqual([]);
  });
});
