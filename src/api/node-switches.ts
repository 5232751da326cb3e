import { InvalidError } from '../model/errors.ts';
import type { Env } from '../model/world.ts';

/**
 * Options of Node that put tokens into its output or into files, or let other programs read its memory:
 * https://nodejs.org/api/cli.html. A diagnostic report contains the whole environment.
 */
const EXPOSING =
  /^--(?:inspect(?:-.+)?|trace-tls|tls-keylog|report-(?:on-fatalerror|on-signal|uncaught-exception)|heapsnapshot-.+)$/;

/**
 * Refuses variables with which Node would expose tokens. No command runs with them: Node would print the environment of
 * the programs that it starts, too.
 *
 * @throws InvalidError with all of them.
 */
export function refuseExposingSwitches(env: Env): void {
  const debug = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE'].filter((name) => env[name]);
  const options = (env.NODE_OPTIONS ?? '')
    .replaceAll('"', '')
    .split(/\s+/)
    .map((option) => option.split('=')[0]!.replaceAll('_', '-')) // Node accepts --trace_tls as well
    .filter((option) => EXPOSING.test(option));
  const faults = [
    ...debug.map((name) => `${name} makes Node print requests with their tokens; unset it, and use --debug instead`),
    ...options.map((option) => `NODE_OPTIONS contains ${option}, which exposes tokens; remove it from NODE_OPTIONS`),
  ];
  if (faults.length > 0) throw new InvalidError(faults);
}
