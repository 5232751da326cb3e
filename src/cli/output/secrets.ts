/** Finds what no output of a run may show, before any file is read. */
import { InvalidError } from '../../model/errors.ts';
import type { Env } from '../../model/world.ts';

/** The names that variables of tokens usually have, and the shortest token of a vendor's API. */
const NAME = /(?:TOKEN|SECRET|PASSWORD|API_?KEY)$/i;
const VALUE = /^\S{8,}$/;

/**
 * Finds the probable tokens of an environment. Output redacts them even if the file that names their variables cannot
 * be read, or the command reads no file.
 */
export function probableTokens(env: Env): string[] {
  const named = Object.entries(env).filter(([name]) => NAME.test(name));
  return named.map(([, value = '']) => value).filter((value) => VALUE.test(value));
}

export const MASK_KEY = 'BLACKLISTCTL_MASK_KEY';
const SHORTEST_KEY = 32;

/** Makes the mask key a secret. @throws InvalidError if it is so short that a guess of it would undo all tags. */
export function readMaskKey(env: Env, secrets: Set<string>): void {
  const key = env[MASK_KEY] ?? '';
  if (key !== '') secrets.add(key);
  if (key === '' || key.length >= SHORTEST_KEY) return;
  throw new InvalidError(
    `the environment variable BLACKLISTCTL_MASK_KEY has ${key.length} characters, and a mask key needs at least ${SHORTEST_KEY}; make one with: openssl rand -hex 32`,
  );
}
