/** A shorter text is no token, not even a made-up one. Redacting it would only remove parts of other words. */
const SHORTEST = 4;

/** Has a token redacted in all output. */
export function registerSecret(token: string, secrets: Set<string>): void {
  if (token.length >= SHORTEST) secrets.add(token);
}

/** Returns the name of the variable, unless it may be the token itself, put there by mistake. */
export function nameOf(tokenEnv: string): string {
  const mixed = /\d/.test(tokenEnv) && /[a-z]/.test(tokenEnv) && /[A-Z]/.test(tokenEnv);
  return mixed && tokenEnv.length >= 20 ? 'that "tokenEnv" names (it looks like a token itself)' : tokenEnv;
}

/**
 * Checks a token before the HTTP library does, whose own error would quote the token.
 *
 * @param local the token is sent only to this machine, where any token is good enough for a trial.
 */
export function whatIsWrongWith(token: string, local: boolean): string | null {
  if (token === '') return 'is not set; export it, or check "tokenEnv" in the file';
  if (/^Bearer\s/i.test(token)) return 'begins with "Bearer"; leave that word out: it is put before each token';
  if (!/^[\x21-\x7e]+$/.test(token)) return 'holds a space, a line break or another character that no token has';
  if (token.length < SHORTEST && !local) {
    return `has only ${token.length} ${token.length === 1 ? 'character' : 'characters'}, and no token is so short; nothing was sent`;
  }
  return null;
}
