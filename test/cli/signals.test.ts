/** How a run handles signals, in process and on a clock that never waits. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HastyClock, StillClock } from '../stories/clock.ts';
import {
  type ApiOptions,
  makeDesired,
  type RunOptions,
  reportOf,
  start,
  startApi,
  uk,
  us,
} from '../stories/harness.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

// A run that is not ended hangs: a short time shows it soon.
const soon = { timeout: 20_000 };

const RECORDING = ['--report', 'report.json'];

type Fault = NonNullable<ApiOptions['fault']>;

/** Starts a run, and waits until some of its requests have arrived. `fault` answers them. */
async function startRun(args: readonly string[], arrived: number, fault: Fault, more: RunOptions = {}) {
  const api = await startApi({ fault });
  const { clock = new HastyClock() } = more;
  const cwd = makeDesired({ support: uk(400) });
  const options = { ...more, cwd, env: { BLACKLISTCTL_BASE_URL: api.url }, clock };
  const running = start([...args, '--rate', '0', '--format', 'json', '--timeout', '1h'], options);
  await api.arrival(() => api.seen.length === arrived);
  return { api, clock, cwd, running };
}

/** An apply of 400 adds to an API that never answers a write: the five reads of an empty list, and eight writes. */
const hangingApply = (more: RunOptions = {}) =>
  startRun(
    ['apply', '--yes', '--concurrency', '8', ...RECORDING],
    13,
    ({ method }) => (method === 'GET' ? 'pass' : 'hang-after'),
    more,
  );

/** The report in a file that only its owner may read. */
function recordedIn(folder: string): unknown {
  expect(statSync(join(folder, 'report.json')).mode & 0o777).toBe(0o600);
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
}

const IN_FLIGHT_UNKNOWN = { applied: 0, unknown: 160, skipped: 240 };

describe('a first signal', soon, () => {
  test.each(SIGNALS)('%s cuts requests in flight after three seconds', async (signal) => {
    const { api, clock, running } = await hangingApply();
    const at = clock.now();
    running.kill(signal);
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(clock.now() - at).toBeGreaterThan(3_000);
    expect(clock.now() - at).toBeLessThan(6_000);
    expect(reportOf(finished).bots[0]!.results).toMatchObject(IN_FLIGHT_UNKNOWN);
    expect(api.writes()).toHaveLength(8);
  });
});

describe('a second signal', soon, () => {
  const AT_ONCE = { clock: new StillClock() };

  test.each(SIGNALS)('%s reports at once, and counts requests in flight as unknown', async (signal) => {
    const { cwd, running } = await hangingApply(AT_ONCE);
    running.kill('SIGINT');
    running.kill(signal);
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(finished.stderr).toContain('Interrupted again: the results of open requests are unknown\n');
    const report = reportOf(finished);
    expect(report).toMatchObject({ interrupted: true, bots: [{ results: IN_FLIGHT_UNKNOWN }] });
    expect(recordedIn(cwd)).toEqual(report);
  });

  test.each([['apply', '--yes'], ['plan'], ['drift']])('ends %s while it reads', async (...args) => {
    const { running } = await startRun(args, 1, () => 'hang', AT_ONCE);
    running.kill('SIGINT');
    running.kill('SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(finished.stderr).toContain('Interrupted again: stopping at once; no live list was changed\n');
    expect(finished.stderr).not.toContain('unknown');
    expect(reportOf(finished)).toMatchObject({ interrupted: true, bots: [{ error: { message: 'interrupted' } }] });
  });

  test('ends --wait, and reports the known results of the writes', async () => {
    let written = 0;
    const answer: Fault = ({ method }) => {
      if (method !== 'GET') written++;
      return method === 'GET' && written > 0 ? 'hang' : 'pass';
    };
    const { running } = await startRun(['apply', '--yes', '--wait', '1h'], 5 + 20 + 1, answer, AT_ONCE);
    running.kill('SIGINT');
    running.kill('SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(reportOf(finished)).toMatchObject({ interrupted: true, bots: [{ results: { applied: 400 } }] });
  });
});

describe('output that is not read', soon, () => {
  const UNREAD = { stdout: { unread: 'stdout' }, stderr: { unread: 'stderr' } } as const;

  test.each([
    ['a first signal', 1, 3_000],
    ['a second signal', 2, 1_000],
  ])('is abandoned in time after %s', async (_, signals, patience) => {
    const { clock, running } = await startRun(['plan'], 5, () => 'pass', UNREAD.stdout);
    await running.said(/"command":"plan"/);
    const at = clock.now();
    for (let sent = 0; sent < signals; sent++) running.kill('SIGTERM');
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain('Stopped before all output was read\n');
    expect(clock.now() - at).toBeGreaterThanOrEqual(patience);
    expect(clock.now() - at).toBeLessThan(patience + 1_000);
  });

  test('ends the process at once after a third signal', async () => {
    const { clock, running } = await startRun(['plan'], 5, () => 'pass', UNREAD.stdout);
    await running.said(/"command":"plan"/);
    const at = clock.now();
    for (let sent = 0; sent < 3; sent++) running.kill('SIGTERM');
    expect((await running.done).code).toBe(130);
    expect(clock.now() - at).toBeLessThan(1_000);
  });

  test('does not stop apply from ending while it shows its plan', async () => {
    const cwd = makeDesired({ support: us(3_000) });
    const api = await startApi();
    const options = { cwd, env: { BLACKLISTCTL_BASE_URL: api.url }, ...UNREAD.stdout };
    const running = start(['apply', '--yes', '--verbose', '--report', 'report.json'], options);
    await running.said(/ add {5}\+1/); // the plan is longer than what a pipe holds
    running.kill('SIGTERM');
    expect((await running.done).code).toBe(130);
    expect(api.writes()).toHaveLength(0);
    expect(recordedIn(cwd)).toMatchObject({
      command: 'apply',
      interrupted: true,
      bots: [{ results: { skipped: 3_000 } }],
    });
  });

  test('on stderr does not hold back the report on stdout', async () => {
    const cwd = makeDesired({ support: [] });
    const numbers = Array.from({ length: 2_000 }, (_, index) => `      - "+46 ${index}"\n`);
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      `version: 1\nbots:\n  support:\n    region: eu1\n    tokenEnv: TOKEN\n    numbers:\n${numbers.join('')}`,
    );
    const running = start(['validate', '--format', 'json'], { cwd, ...UNREAD.stderr });
    await running.said(/blacklist\.yaml:7:/);
    running.kill('SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(reportOf(finished).errors.length).toBeGreaterThan(100);
  });
});
