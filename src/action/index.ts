/** Runs the step in the process that the runner started. If the step cannot start, prints the error without a stack. */
import { systemClock } from '../cli/clock.ts';

try {
  // GitHub's package reads the event when it is loaded, and throws if the event is not JSON.
  const { runAction } = await import('./run-action.ts');
  const { env, stdin, stdout, stderr, exit } = process;
  const packageRoot = new URL('../..', import.meta.url); // this file is built into dist/action/
  const host = { env, stdin, stdout, stderr, exit, signals: process, clock: systemClock, packageRoot };
  process.exitCode = await runAction(host);
} catch (error) {
  const [line = ''] = String((error as Error).message).split('\n');
  const escaped = line.slice(0, 200).replaceAll('%', '%25').replaceAll('\r', '%0D');
  process.stdout.write(`::error title=blacklistctl::the action could not run: ${escaped}\n`);
  process.exitCode = 1;
}
