/** The shortest text that is redacted. Redacting a shorter one would also redact parts of other words. */
const SHORTEST_SECRET = 4;

/** The shortest token of a vendor's API. A shorter text is probably a part of one, or another setting. */
const SHORTEST_TOKEN = 8;

/** Registers a token, so that all output redacts it. */
export function registerSecret(token: string, secrets: Set<string>): void {
  if (token.length >= SHORTEST_SECRET) secrets.add(token);
}

/**
 * Checks a token before the HTTP library does: the library's error would quote it.
 *
 * @param local the token is sent only to this machine, where it may have any length.
 */
export function whatIsWrongWith(token: string, local: boolean): string | null {
  if (token === '') return 'is not set; export it, or check "tokenEnv" in the file';
  if (/^Bearer\s/i.test(token)) return 'begins with "Bearer"; remove that word, which is not part of the token';
  if (/^["'`]|["'`]$/.test(token))
    return 'begins or ends with a quote, which is not part of a token; remove the quotes (docker --env-file keeps them)';
  if (!/^[\x21-\x7e]+$/.test(token))
    return 'contains a space, a line break or another character that no token has; set only the token';
  if (token.length < SHORTEST_TOKEN && !local) {
    const characters = token.length === 1 ? 'character' : 'characters';
    return `has only ${token.length} ${characters}, too few for a token, so nothing was sent; set the whole token`;
  }
  return null;
}
