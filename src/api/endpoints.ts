import type { Bot, Endpoint, TokenHeader } from '../model/bot.ts';
import { InvalidError, MissingTokenError } from '../model/errors.ts';
import type { Fault } from '../model/fault.ts';
import { isLoopback, parseBaseUrl, SANDBOX_URL, sourceOf, TLS_OFF } from './base-url.ts';
import { providerOf } from './providers/index.ts';
import { findToken, registerSecret, type TokenSources, whatIsWrongWith } from './token.ts';

/** The token of a bot in a sandbox run whose token variable is not set, or its beginning. */
export const PLACEHOLDER = 'sandbox';

/** The usual header. */
export const BEARER: TokenHeader = { name: 'authorization', prefix: 'Bearer ' };

export type Address = Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'>;

/**
 * Finds the base URL and token of each bot.
 *
 * @throws InvalidError with all errors, or MissingTokenError if each of them is a token that is not set.
 */
export function resolveEndpoints(
  bots: readonly Address[],
  options: { readonly baseUrl?: string | undefined; readonly sandbox?: string | undefined },
  { env, files, secrets }: TokenSources & { readonly secrets: Set<string> },
): Map<string, Endpoint> {
  const faults: Fault[] = [];
  const endpoints = new Map<string, Endpoint>();
  const owners = new Map<string, Address>();
  let missing = 0;
  const isSandbox = options.sandbox !== undefined;
  // A workflow passes a variable that is not set as an empty text.
  const given = isSandbox ? SANDBOX_URL : options.baseUrl || undefined;
  const override = given === undefined ? undefined : parseBaseUrl(given, env, faults);
  const setBy = override === undefined || isSandbox ? undefined : sourceOf(options.baseUrl, env);
  const local = override !== undefined && URL.canParse(override) && isLoopback(new URL(override).hostname);
  for (const bot of bots) {
    const { id, provider, settings, tokenEnv } = bot;
    const { locate, tokenHeader = BEARER, tokenNamesList } = providerOf(provider);
    const placeholder = tokenNamesList ? `${PLACEHOLDER}-${tokenEnv}` : PLACEHOLDER;
    const found = findToken(tokenEnv, { env, files });
    registerSecret(found.token, secrets);
    const isSet = found.token !== '' || found.wrong !== undefined;
    const token = isSet || !isSandbox ? found.token : placeholder;
    const wrong = found.wrong ?? whatIsWrongWith(token, local);
    if (token === '' && !isSet) missing++;
    if (wrong && found.from === 'file') {
      faults.push({ message: `the file of ${tokenEnv}_FILE (token of the bot "${id}") ${wrong}` });
    } else if (wrong)
      faults.push({ message: `the environment variable ${tokenEnv} (token of the bot "${id}") ${wrong}` });
    if (tokenNamesList && token !== '') {
      const owner = owners.get(`${provider} ${token}`);
      if (owner) faults.push({ message: sameToken(owner, bot) });
      else owners.set(`${provider} ${token}`, bot);
    }
    const { host, path } = locate(settings);
    endpoints.set(id, { token, tokenHeader, baseUrl: (override ?? host) + path, setBy });
  }
  if (override === undefined && env.NODE_TLS_REJECT_UNAUTHORIZED === '0') faults.push({ message: TLS_OFF });
  if (faults.length > 0) throw new (faults.length === missing ? MissingTokenError : InvalidError)(faults);
  return endpoints;
}

/** Each run would undo the changes of the other bot. */
function sameToken(owner: Address, { id, provider, tokenEnv }: Address): string {
  const which = owner.tokenEnv === tokenEnv ? tokenEnv : `${owner.tokenEnv} and ${tokenEnv}`;
  return `the bots "${owner.id}" and "${id}" of ${provider} have the same token (${which}), so they have the same list; give each its own token`;
}
