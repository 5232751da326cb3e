import type { BaseUrlSource } from '../model/bot.ts';
import type { Fault } from '../model/fault.ts';
import type { Env } from '../model/world.ts';

/** Reports whether a host is this machine, so that no network can read requests to it. RFC 6761 defines .localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

const HIGHEST_PORT = 65_535;

export const TLS_OFF =
  'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off certificate checks, so any server could get the tokens; unset it, or set NODE_EXTRA_CA_CERTS to the certificate file of your authority';

/** Reports whether a base URL comes from the option or from the environment. */
export const sourceOf = (baseUrl: string | undefined, { BLACKLISTCTL_BASE_URL }: Env): BaseUrlSource =>
  baseUrl === BLACKLISTCTL_BASE_URL ? 'BLACKLISTCTL_BASE_URL' : '--base-url';

/** Checks a base URL, and adds what is wrong with it to `faults`. @returns the URL without slashes at its end. */
export function parseBaseUrl(text: string, env: Env, faults: Fault[]): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const addFault = (why: string) => faults.push({ message: `${sourceOf(text, env)} ${why}` });
  const port = /^https?:\/\/[^/@]*:(\d+)(?:\/[^@]*)?$/i.exec(text)?.[1]; // without an @, no password is before it
  const bare = /^(\[::1\]|[a-z0-9.-]+):\d+(?:\/|$)/i.exec(text)?.[1]; // URL parses such a host as a scheme
  if (bare) addFault(`has no scheme; add ${isLoopback(bare.toLowerCase()) ? 'http' : 'https'}:// before it`);
  else if (!url && Number(port) > HIGHEST_PORT)
    addFault(`has the port ${port}, and the highest port is ${HIGHEST_PORT}; correct it`);
  else if (!url)
    addFault('is not a URL; write it as https://HOST'); // not quoted, as it may contain a password
  else if (url.username || url.password)
    addFault('contains a user name or a password; remove it, because only the token of tokenEnv is sent');
  else if (/[?#]/.test(url.href)) addFault('ends with a query or a fragment; remove it');
  else if (url.protocol !== 'https:' && url.protocol !== 'http:')
    addFault(`has the scheme ${url.protocol.slice(0, -1)}; use https`);
  else if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const remedy = 'use https (http is allowed only to this machine)';
    addFault(`${url.origin} uses plain http, which sends the token unencrypted; ${remedy}`);
  } else if (url.protocol === 'https:' && env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && !isLoopback(url.hostname)) {
    faults.push({ message: TLS_OFF });
  }
  return url ? url.href.replace(/\/+$/, '') : text;
}

/** The base URL of the sandbox in this process. */
export const SANDBOX_URL = 'http://sandbox.localhost';

/** Returns the scheme, host and port of a URL, or a text that is no URL, which a forged plan may have, as it is. */
export const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : url);

/**
 * Replaces the option in the remedy of an error by what set the base URL. If nothing did, there is only the way to the
 * vendor's host to check.
 */
export function nameSource(message: string, setBy: BaseUrlSource | undefined): string {
  if (setBy !== undefined) return message.replace('--base-url', setBy);
  return message.replace('--base-url and ', '').replace('--base-url', 'the network and the proxy');
}
