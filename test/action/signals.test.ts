import { expect, test } from 'vitest';
import { makeDesired, startApi, uk } from '../stories/harness.ts';
import { startGitHub } from './github.ts';
import { startBuilt } from './runner.ts';

test('a cancelled workflow has the report in its log and outputs if the API never answers', async () => {
  const api = await startApi({ fault: ({ method }) => (method === 'GET' ? 'pass' : 'hang-after') });
  const github = await startGitHub();
  const running = startBuilt({
    cwd: makeDesired({ 'support-bot': uk(400) }),
    api,
    github,
    event: { name: 'workflow_dispatch' },
    inputs: { command: 'apply', arguments: '--yes\n--rate=0\n--timeout=1h' },
  });
  await api.arrival(() => api.writes().length === 8);
  running.kill('SIGINT');
  await running.said(/Interrupted: stopping/);
  running.kill('SIGTERM');
  const { code, log, outputs } = await running.done;
  expect(code).toBe(130);
  expect(log).toContain('160 adds unknown');
  expect(log).toContain('240 adds not sent');
  expect(outputs).toMatchObject({ 'exit-code': '130' });
});
