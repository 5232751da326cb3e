/** Runs the command line in the process that Node started it in. */
import { systemClock } from './clock.ts';
import { runCli } from './run-cli.ts';

process.exitCode = await runCli({
  argv: process.argv.slice(2),
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  clock: systemClock,
  packageRoot: new URL('..', import.meta.url), // this file is built into dist/
  exit: process.exit,
});
