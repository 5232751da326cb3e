/** `npm run demo`, the first command of the README. It checks the exit codes of its commands itself. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './harness.ts';
import { runProcess } from './process.ts';

test('the demo shows a plan, an apply, drift and a refusal in under 60 lines', async () => {
  const { code, stdout, output } = await runProcess([], {
    through: [process.execPath, join(root, 'scripts/demo.mjs')],
  });
  expect(code, output).toBe(0);
  const commands = [...stdout.matchAll(/^\$ blacklistctl (\w+)/gm)].map(([, command]) => command);
  expect(commands).toEqual(['plan', 'apply', 'plan', 'sandbox', 'drift', 'apply']);
  expect(output.split('\n').length).toBeLessThan(60);
  expect(stdout).toContain('  add     +12015550199  Threats, ticket 4711\n'); // in full, as in the file above it
  expect(stdout).toContain('+12065550188 is now blocked on');
  expect(output).not.toContain('•');
  expect(stdout.split('\n').slice(-3, -1)).toEqual([
    expect.stringMatching(/^# What to try next: .* README\.md:$/),
    '  npm install --global . && blacklistctl sandbox --seed --log',
  ]);
});
