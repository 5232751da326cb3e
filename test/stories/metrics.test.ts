/** Every command that compares lists writes metrics, so that each schedule can raise an alarm. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseOpenMetrics } from '../report/open-metrics.ts';
import { type ApiOptions, makeDesired, run, startApi, uk } from './harness.ts';

async function start(options: ApiOptions = {}) {
  const api = await startApi(options);
  api.sandbox.set('a', uk(2));
  const cwd = makeDesired({ a: uk(2, 1) });
  const env = { BLACKLISTCTL_BASE_URL: api.url };
  const blacklistctl = (...args: string[]) => run(args, { cwd, env });
  /** `name{labels}` → value, without the names of labels. */
  const metrics = (name: string) =>
    Object.fromEntries(
      Array.from(parseOpenMetrics(readFileSync(join(cwd, name), 'utf8'))).flatMap(([family, { samples }]) =>
        samples.map(({ labels, value }) => [[family.slice(13), ...Object.values(labels)].join(' '), value]),
      ),
    );
  return { api, blacklistctl, metrics };
}

describe('--metrics', () => {
  test.each([
    ['plan', 0, { 'drift_numbers plan a add': 1, 'drift_numbers plan a remove': 1, 'requests plan': 2 }],
    ['drift', 2, { 'drift_numbers drift a add': 1, 'drift_numbers drift a remove': 1 }],
    [
      'apply',
      0,
      {
        'drift_numbers apply a add': 0,
        'drift_numbers apply a remove': 0,
        'applied_numbers apply a add': 1,
        'applied_numbers apply a remove': 1,
      },
    ],
  ])('of %s has the label of its command', async (command, code, expected) => {
    const { blacklistctl, metrics } = await start();
    const consent = command === 'apply' ? ['--yes'] : [];
    expect(await blacklistctl(command, ...consent, '--metrics', 'a.prom')).toMatchObject({ code });
    const facts = { [`up ${command}`]: 1, [`bot_up ${command} a`]: 1, ...expected };
    expect(metrics('a.prom')).toMatchObject(facts);
    expect(metrics('a.prom')[`last_success_timestamp_seconds ${command} a`]).toBeGreaterThan(1e9);
  });

  test('of an apply that fails reports what is left, and keeps the time of the last success', async () => {
    let broken = false;
    const { api, blacklistctl, metrics } = await start({ fault: () => (broken ? { status: 401 } : 'pass') });
    await blacklistctl('apply', '--yes', '--metrics', 'a.prom');
    const before = metrics('a.prom')['last_success_timestamp_seconds apply a'];
    [broken] = [true, api.forget()];
    expect(await blacklistctl('apply', '--yes', '--metrics', 'a.prom')).toMatchObject({ code: 1 });
    expect(metrics('a.prom')).toMatchObject({
      'up apply': 0,
      'bot_up apply a': 0,
      'last_success_timestamp_seconds apply a': before,
    });
  });

  test('of apply --adds-only reports the removals that wait', async () => {
    const { blacklistctl, metrics } = await start();
    await blacklistctl('apply', '--yes', '--adds-only', '--metrics', 'a.prom');
    expect(metrics('a.prom')).toMatchObject({
      'up apply': 0,
      'bot_up apply a': 1,
      'applied_numbers apply a add': 1,
      'drift_numbers apply a remove': 1,
    });
  });

  test('is written for files that are invalid', async () => {
    const { blacklistctl, metrics } = await start();
    expect(await blacklistctl('apply', '--yes', '--metrics', 'a.prom', 'missing.yaml')).toMatchObject({ code: 6 });
    expect(metrics('a.prom')).toMatchObject({ 'up apply': 0, 'bots apply': 0 });
  });

  test('that cannot be written stops an apply before it reads a list', async () => {
    const { api, blacklistctl } = await start();
    expect(await blacklistctl('apply', '--yes', '--metrics', 'missing/a.prom')).toMatchObject({ code: 1 });
    expect(api.seen).toEqual([]);
  });
});
