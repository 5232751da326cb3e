import type { Fault } from '../model/fault.ts';
import type { Env } from '../model/world.ts';

/** Whether a URL's host is this machine, so that requests cannot be read on a network. See RFC 6761 for .localhost. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

export const TLS_OFF =
  'NODE_TLS_REJECT_UNAUTHORIZED=0 would send tokens to anyone who answers; unset it, and name your authority in NODE_EXTRA_CA_CERTS';

export function parseBaseUrl(text: string, env: Env, faults: Fault[]): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const addFault = (why: string) => faults.push({ message: `the base URL ${why}` });
  const bare = /^(\[::1\]|[a-z0-9.-]+):\d+(?:\/|$)/i.exec(text)?.[1]; // URL would parse this host as a scheme
  if (bare) addFault(`has no scheme; put ${isLoopback(bare.toLowerCase()) ? 'http' : 'https'}:// in front`);
  else if (!url)
    addFault('is no URL; give it as https://host'); // not quoted, since it may contain a password
  else if (url.username || url.password)
    addFault('holds a user name or password; the token comes from the environment alone');
  else if (url.search || url.hash) addFault('ends in a query or a fragment; remove it');
  else if (url.protocol !== 'https:' && url.protocol !== 'http:')
    addFault(`has the scheme ${url.protocol} and must be https:`);
  else if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    const remedy = 'use https (plain http only to this machine)';
    addFault(`${url.origin} is plain http, on which everyone can read the token; ${remedy}`);
  } else if (url.protocol === 'https:' && env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && !isLoopback(url.hostname)) {
    faults.push({ message: TLS_OFF });
  }
  return url ? url.href.replace(/\/+$/, '') : text;
}

/** The address of the sandbox in this process. */
export const SANDBOX_URL = 'http://sandbox.localhost';

export const originOf = (url: string) => new URL(url).origin;
