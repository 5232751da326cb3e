/** Runs the command line in the process that Node started. */
import { systemClock } from './clock.ts';
import { runCli } from './run-cli.ts';

const { argv, env, stdin, stdout, stderr, exit } = process;
const packageRoot = new URL('..', import.meta.url); // this file is built into dist/
const host = { env, stdin, stdout, stderr, exit, signals: process, clock: systemClock, packageRoot };
process.exitCode = await runCli({ ...host, argv: argv.slice(2) });
