/** Runs the step in the process that the runner started. If it cannot run at all, prints the error without a stack. */
import { systemClock } from '../cli/clock.ts';

try {
  // GitHub's own package reads the event as it loads, and fails if that is no JSON.
  const { runAction } = await import('./run-action.ts');
  const { env, stdin, stdout, stderr } = process;
  const packageRoot = new URL('../..', import.meta.url); // this file is built into dist/action/
  process.exitCode = await runAction({ env, stdin, stdout, stderr, signals: process, clock: systemClock, packageRoot });
} catch (error) {
  const [line = ''] = String((error as Error).message).split('\n');
  const escaped = line.slice(0, 200).replaceAll('%', '%25').replaceAll('\r', '%0D');
  process.stdout.write(`::error title=blacklistctl::the action could not run: ${escaped}\n`);
  process.exitCode = 1;
}
