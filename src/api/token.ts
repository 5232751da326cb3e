import type { Env } from '../model/world.ts';

/** The shortest text that is redacted. Redacting a shorter one would also redact parts of other words. */
const SHORTEST_SECRET = 4;

/** The shortest token of a vendor's API. A shorter text is probably a part of one, or another setting. */
const SHORTEST_TOKEN = 8;

/** Registers a token, so that all output redacts it. */
export function registerSecret(token: string, secrets: Set<string>): void {
  if (token.length >= SHORTEST_SECRET) secrets.add(token);
}

/** The environment, and the files that its variables name. */
export interface TokenSources {
  readonly env: Env;
  readonly files: {
    /** Reads a token file. @throws Error whose message follows the name of the file. */
    readToken(path: string): string;
  };
}

export interface FoundToken {
  /** Empty if it is not set or cannot be read. */
  readonly token: string;
  readonly from: 'variable' | 'file';
  /** Why the token cannot be used, to follow the name of the variable or file. */
  readonly wrong?: string;
}

/**
 * Finds the token of a variable, or else of the file at the path in the variable with `_FILE` after its name: Docker,
 * Kubernetes and Vault agents write secrets to files. A final line break of a file is no part of the token. No message
 * contains the path, which may be a token by mistake. An empty variable counts as not set.
 */
export function findToken(name: string, { env, files }: TokenSources): FoundToken {
  const [token, path] = [env[name], env[`${name}_FILE`]];
  const variable = { token: token ?? '', from: 'variable' } as const;
  if (!path) return variable;
  if (token) return { ...variable, wrong: `is set, and ${name}_FILE as well; unset one of the two` };
  try {
    const text = files.readToken(path).replace(/\r?\n$/, '');
    return { token: text, from: 'file', ...(text === '' && { wrong: 'is empty; write the token into it' }) };
  } catch (error) {
    return { token: '', from: 'file', wrong: (error as Error).message };
  }
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
