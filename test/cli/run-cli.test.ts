/** What the command line does about signals, in process and on a clock that never waits. */
import { describe, expect, test } from 'vitest';
import { HastyClock } from '../stories/clock.ts';
import { makeDesired, reportOf, start, startApi, uk } from '../stories/harness.ts';

/** An apply of 400 adds to an API that never answers a write, once eight of them are on their way. */
async function hangingApply(args: readonly string[] = []) {
  const api = await startApi({ fault: ({ method }) => (method === 'GET' ? 'pass' : 'hang-after') });
  const clock = new HastyClock();
  const options = { cwd: makeDesired({ support: uk(400) }), env: { BLACKLISTCTL_BASE_URL: api.url }, clock };
  const common = ['apply', '--yes', '--rate', '0', '--format', 'json', '--timeout', '1h'];
  const running = start([...common, ...args], options);
  await api.arrival(() => api.writes().length === 8);
  return { api, clock, running };
}

// A run that is not cut hangs: a short time shows it soon.
const soon = { timeout: 20_000 };

describe('a first signal', soon, () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s cuts what is in flight after the time that it gets', async (signal) => {
    const { api, clock, running } = await hangingApply();
    const at = clock.now();
    running.kill(signal);
    const finished = await running.done;
    expect(finished.code).toBe(130);
    expect(clock.now() - at).toBeGreaterThan(10_000);
    expect(clock.now() - at).toBeLessThan(20_000);
    expect(reportOf(finished).bots[0]!.results).toMatchObject({ applied: 0, unknown: 160, skipped: 240 });
    expect(api.writes()).toHaveLength(8);
  });
});

describe('a second signal', soon, () => {
  test('ends the run at once', async () => {
    const { clock, running } = await hangingApply();
    const at = clock.now();
    running.kill('SIGTERM');
    running.kill('SIGTERM');
    const { code, stderr } = await running.done;
    expect(code).toBe(130);
    expect(stderr).toContain('Left at once');
    expect(clock.now() - at).toBeLessThan(10_000);
  });
});
