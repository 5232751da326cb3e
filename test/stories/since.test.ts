import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDesired, reportOf, run, startApi, TOKEN, uk, yamlOf } from './harness.ts';

type Sides = { readonly add: readonly string[]; readonly remove: readonly string[] };
type Since = Readonly<Record<'new' | 'still' | 'resolved' | 'unknown', Sides>>;

async function makeWorld(numbers: readonly string[]) {
  let broken = false;
  const api = await startApi({ fault: ({ bot }) => (broken && bot === 'bot' ? { status: 401 } : 'pass') });
  const cwd = makeDesired({ bot: numbers, other: [] });
  const env = { BLACKLISTCTL_BASE_URL: api.url, SINCH_WHATSAPP_TOKEN: TOKEN };
  const records = ['--report', 'state.json', '--since', 'state.json', '--metrics', 'drift.prom'];
  const drift = (...args: string[]) => run(['drift', '--settle', '0', ...records, ...args], { cwd, env });
  const since = (finished: Awaited<ReturnType<typeof drift>>) =>
    (reportOf(finished).bots[0] as unknown as { since: Since }).since;
  return {
    api,
    cwd,
    drift,
    since,
    setBroken(value: boolean) {
      broken = value;
    },
    state: () => readFileSync(join(cwd, 'state.json'), 'utf8'),
    metrics: () => readFileSync(join(cwd, 'drift.prom'), 'utf8'),
  };
}

const [one, two] = uk(2);
const plus = (numbers: readonly (string | undefined)[]) => numbers.map((number) => `+${number}`);

const asPlan = (text: string) => {
  const { firstRun, unsettled, ...plan } = JSON.parse(text);
  return JSON.stringify({ ...plan, command: 'plan' });
};

describe('drift with --since', () => {
  test('reports in three runs with one file new, then known, then resolved differences', async () => {
    const { api, cwd, drift } = await makeWorld([one!, two!]);
    const first = await drift();
    expect(first.code).toBe(2);
    expect(first.stderr).toContain('state.json: no earlier report exists, so this first run cannot mark what is new');
    expect(first.stdout).toContain(`  removed outside Git  +${one}\n`);
    expect(first.stdout).not.toContain('the earlier report');
    expect(statSync(join(cwd, 'state.json')).mode & 0o777).toBe(0o600);
    const second = await drift();
    expect(second.code).toBe(2);
    expect(second.stdout).toContain(`  removed outside Git  +${one}\n`);
    expect(second.stdout).toContain('; differences since the earlier report: 2 still there\n');
    expect(second.stderr).not.toContain('first run');
    api.sandbox.set('bot', [one!, two!]);
    const third = await drift();
    expect(third.code).toBe(0);
    expect(third.stdout).toContain(`  resolved  +${two}  before: declared, not live\n`);
    expect(third.stdout).toContain('; differences since the earlier report: 2 resolved\n');
    expect((await drift()).stdout).not.toContain('since the earlier report');
  });

  test('writes them to JSON, and numbers in full to the file although the output is masked', async () => {
    const { drift, since, state } = await makeWorld([one!, two!]);
    await drift('--format', 'json', '--numbers', 'masked');
    expect(state()).toContain(`+${one}`);
    const again = await drift('--format', 'json', '--numbers', 'full');
    expect(since(again)).toEqual({
      new: { add: [], remove: [] },
      still: { add: plus([one, two]), remove: [] },
      resolved: { add: [], remove: [] },
      unknown: { add: [], remove: [] },
    });
    expect(reportOf(again).summary).toMatchObject({ since: { new: 0, still: 2, resolved: 0, unknown: 0 } });
  });

  test('remembers the differences of a bot that cannot be read until it can be', async () => {
    const { drift, since, setBroken } = await makeWorld([one!, two!]);
    await drift();
    setBroken(true);
    for (const _ of [1, 2]) {
      const broken = await drift();
      expect(broken.code).toBe(1);
      expect(broken.stdout).toContain('differences since the earlier report: 2 not known');
    }
    setBroken(false);
    expect(since(await drift('--format', 'json')).still.add).toEqual(plus([one, two]));
  });

  test('annotates only the new differences of a bot on GitHub', async () => {
    const { drift } = await makeWorld([one!, two!]);
    expect((await drift('--format', 'github')).stdout).toContain(
      '::error title=blacklistctl drift%3A bot::2 removed outside Git',
    );
    expect((await drift('--format', 'github')).stdout).not.toContain('::error');
  });

  test.each([
    ['a damaged file', (text: string) => text.slice(0, -20), 'is not a complete JSON document'],
    ['a report of another command', asPlan, 'is a report of plan'],
    ['a masked report', (text: string) => text.replaceAll('+4477009', '+44•••••'), 'has masked numbers'],
  ])('refuses %s before any request, and does not change the file', async (_, damage, message) => {
    const { api, cwd, drift, state } = await makeWorld([one!, two!]);
    await drift();
    const damaged = damage(state());
    writeFileSync(join(cwd, 'state.json'), damaged);
    api.forget();
    const { code, stderr } = await drift();
    expect(code).toBe(6);
    expect(stderr).toContain(`state.json: ${message}`);
    expect(api.seen).toHaveLength(0);
    expect(state()).toBe(damaged);
  });

  test.each([
    ['of a sandbox', (text: string) => text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'http://sandbox.localhost')],
    [
      'of the API',
      (text: string) =>
        text
          .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://eu1.whatsapp.api.sinch.com')
          .replace(/"elsewhere": \[[^\]]*\],/, ''),
    ],
  ])('refuses a report of another base URL before any request, and does not change the file: %s', async (_, move) => {
    const { api, cwd, drift, state } = await makeWorld([one!, two!]);
    await drift();
    const moved = move(state());
    expect(moved).not.toContain(api.url);
    writeFileSync(join(cwd, 'state.json'), moved);
    api.forget();
    const { code, stderr } = await drift();
    expect(code).toBe(6);
    expect(stderr).toMatch(/state\.json: compares http.* with http:.* \(BLACKLISTCTL_BASE_URL\), which are not/);
    expect(api.seen).toHaveLength(0);
    expect(state()).toBe(moved);
  });

  test('exits with 1 if the report cannot be written, with or without drift', async () => {
    const { cwd, drift } = await makeWorld([one!]);
    mkdirSync(join(cwd, 'folder'));
    const { code, stderr } = await drift('--report', 'folder');
    expect(code).toBe(1);
    expect(stderr).toContain('folder: cannot write: this is a folder');
  });
});

describe('the metrics of drift', () => {
  test('of a successful run can be read by all users, and have its counts and time', async () => {
    const { cwd, drift, metrics } = await makeWorld([one!, two!]);
    expect((await drift()).code).toBe(2);
    expect(statSync(join(cwd, 'drift.prom')).mode & 0o777).toBe(0o644);
    expect(metrics()).toContain('blacklistctl_up{command="drift"} 1\n');
    expect(metrics()).toContain('blacklistctl_drift_numbers{command="drift",bot="bot",direction="add"} 2\n');
    expect(metrics()).not.toMatch(/\d{12}|447700/);
  });

  test('of a failed run have no new time of success', async () => {
    const { cwd, drift, metrics, setBroken } = await makeWorld([one!]);
    const success = () => /last_success_timestamp_seconds\{command="drift",bot="bot"\} ([\d.]+)/.exec(metrics())?.[1];
    await drift();
    const at = success();
    setBroken(true);
    expect((await drift()).code).toBe(1);
    expect(metrics()).toContain('blacklistctl_up{command="drift"} 0\n');
    expect(metrics()).toContain('blacklistctl_bot_up{command="drift",bot="bot"} 0\n');
    expect(metrics()).toContain('blacklistctl_bot_up{command="drift",bot="other"} 1\n');
    expect(metrics()).not.toContain('blacklistctl_drift_numbers{command="drift",bot="bot"');
    expect(success()).toBe(at);
    writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ bot: ['1'] }));
    expect((await drift()).code).toBe(6);
    expect(metrics()).toContain('blacklistctl_up{command="drift"} 0\n');
    expect(success()).toBe(at);
  });

  test('count the repeated requests', async () => {
    let failures = 1;
    const api = await startApi({ fault: () => (failures-- > 0 ? { status: 503 } : 'pass') });
    const cwd = makeDesired({ bot: [] });
    const finished = await run(
      ['drift', '--settle', '0', '--format', 'json', '--metrics', 'drift.prom', '--base-url', api.url],
      { cwd },
    );
    expect(reportOf(finished).summary.requests).toMatchObject({ retries: 1 });
    expect(readFileSync(join(cwd, 'drift.prom'), 'utf8')).toContain('blacklistctl_retries{command="drift"} 1\n');
  });
});
