/** The shortest token. Redacting a shorter text would also redact parts of other words. */
const SHORTEST = 4;

/** Registers a token, so that all output redacts it. */
export function registerSecret(token: string, secrets: Set<string>): void {
  if (token.length >= SHORTEST) secrets.add(token);
}

/** Returns the name of the variable, or words for it if the file may have the token instead of the name. */
export function nameOf(tokenEnv: string): string {
  const mixed = /\d/.test(tokenEnv) && /[a-z]/.test(tokenEnv) && /[A-Z]/.test(tokenEnv);
  return mixed && tokenEnv.length >= 20 ? 'that "tokenEnv" names (not shown, as it looks like a token)' : tokenEnv;
}

/**
 * Checks a token before the HTTP library does: the library's error would quote it.
 *
 * @param local the token is sent only to this machine, which accepts a short one.
 */
export function whatIsWrongWith(token: string, local: boolean): string | null {
  if (token === '') return 'is not set; export it, or check "tokenEnv" in the file';
  if (/^Bearer\s/i.test(token)) return 'begins with "Bearer"; remove that word, which is not part of the token';
  if (!/^[\x21-\x7e]+$/.test(token))
    return 'contains a space, a line break or another character that no token has; set the token alone';
  if (token.length < SHORTEST && !local) {
    const characters = token.length === 1 ? 'character' : 'characters';
    return `has only ${token.length} ${characters}, too few for a token, so nothing was sent; set the whole token`;
  }
  return null;
}
