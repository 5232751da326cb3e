/** What is shorter is no token, not even a made-up one: to hide it would only make holes in words that happen to hold it. */
const SHORTEST = 4;

/** Keeps a token out of all output. */
export function registerSecret(token: string, secrets: Set<string>): void {
  if (token.length >= SHORTEST) secrets.add(token);
}

/** A name that may be the token itself, put there by mistake, is not repeated. */
export function nameOf(tokenEnv: string): string {
  const mixed = /\d/.test(tokenEnv) && /[a-z]/.test(tokenEnv) && /[A-Z]/.test(tokenEnv);
  return mixed && tokenEnv.length >= 20 ? 'that "tokenEnv" names (it looks like a token itself)' : tokenEnv;
}

/**
 * Checked before the HTTP library sees it: the library's own error would quote the token.
 *
 * @param local it goes to this machine alone, where anything will do to try things out.
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
