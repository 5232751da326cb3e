/** What signals do to a run, in process and on a clock that never waits. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HastyClock } from '../stories/clock.ts';
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

/** A run whose requests are answered as `fault` says, once so many of them have arrived. */
async function startRun(args: readonly string[], arrived: number, fault: ApiOptions['fault'], more: RunOptions = {}) {
  const api = await startApi({ fault: fault! });
  const clock = new HastyClock();
  const env = { BLACKLISTCTL_BASE_URL: api.url };
  const options = { cwd: makeDesired({ support: uk(400) }), env, clock, ...more };
  const running = start([...args, '--rate', '0', '--format', 'json', '--timeout', '1h'], options);
  await api.arrival(() => api.seen.length === arrived);
  return { api, clock, running };
}

/** An apply of 400 adds to an API that never answers a write: the five reads of an empty list, and eight writes. */
const hangingApply = (...args: string[]) =>
  startRun(['apply', '--yes', '--concurrency', '8', ...args], 13, ({ method }) =>
    method === 'GET' ? 'pass' : 'hang-after',
  );

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
  test.each(SIGNALS)('%s reports at once, and counts requests in flight as unknown', async (signal) => {
    const { clock, running } = await hangingApply();
    const at = clock.now();
    running.kill('SIGINT');
    running.kill(signal);
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(finished.stderr).toContain('Interrupted again: what is in flight counts as unknown.\n');
    expect(clock.now() - at).toBeLessThan(3_000);
    expect(reportOf(finished)).toMatchObject({ interrupted: true, bots: [{ results: IN_FLIGHT_UNKNOWN }] });
  });

  test.each([['apply', '--yes'], ['plan'], ['drift']])('ends %s while it reads', async (...args) => {
    const { clock, running } = await startRun(args, 1, () => 'hang');
    const at = clock.now();
    running.kill('SIGINT');
    running.kill('SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(clock.now() - at).toBeLessThan(3_000);
    expect(reportOf(finished)).toMatchObject({ interrupted: true, bots: [{ error: { message: 'interrupted' } }] });
  });

  test('ends --wait, and keeps what is known of the writes', async () => {
    let written = 0;
    const answer: ApiOptions['fault'] = ({ method }) => {
      if (method !== 'GET') written++;
      return method === 'GET' && written > 0 ? 'hang' : 'pass';
    };
    const { clock, running } = await startRun(['apply', '--yes', '--wait', '1h'], 5 + 20 + 1, answer);
    const at = clock.now();
    running.kill('SIGINT');
    running.kill('SIGTERM');
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(clock.now() - at).toBeLessThan(3_000);
    expect(reportOf(finished)).toMatchObject({ interrupted: true, bots: [{ results: { applied: 400 } }] });
  });
});

describe('output that nobody reads', soon, () => {
  const UNREAD = { stdout: { unread: 'stdout' }, stderr: { unread: 'stderr' } } as const;

  test.each([
    [1, 3_000],
    [2, 1_000],
  ])('is given up in time after %i signals', async (signals, patience) => {
    const { clock, running } = await startRun(['plan'], 5, () => 'pass', UNREAD.stdout);
    await running.said(/"command":"plan"/);
    const at = clock.now();
    for (let sent = 0; sent < signals; sent++) running.kill('SIGTERM');
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain('Left before all output was read.\n');
    expect(clock.now() - at).toBeGreaterThanOrEqual(patience);
    expect(clock.now() - at).toBeLessThan(patience + 1_000);
  });

  test('is not waited for after a third signal', async () => {
    const { clock, running } = await startRun(['plan'], 5, () => 'pass', UNREAD.stdout);
    await running.said(/"command":"plan"/);
    const at = clock.now();
    for (let sent = 0; sent < 3; sent++) running.kill('SIGTERM');
    expect((await running.done).code).toBe(130);
    expect(clock.now() - at).toBeLessThan(1_000);
  });

  test('does not keep apply from its end while it shows its plan', async () => {
    const cwd = makeDesired({ support: us(3_000) });
    const api = await startApi();
    const options = { cwd, env: { BLACKLISTCTL_BASE_URL: api.url }, ...UNREAD.stdout };
    const running = start(['apply', '--yes', '--verbose'], options);
    await running.said(/Applying|\+ \+1/); // the plan is shown before it is applied, and fills the pipe
    running.kill('SIGTERM');
    const { code, stdout } = await running.done;
    expect(code).toBe(130);
    expect(stdout.length).toBeLessThan(100_000);
    expect(api.writes()).toHaveLength(0);
  });

  test('on stderr does not keep the report from stdout', async () => {
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
