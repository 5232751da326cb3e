import type { HttpRequest } from '../../../src/api/http.ts';
import { createDialog360, createGupshup, createKapso, type PartnerOptions } from '../../../src/sandbox/partners.ts';
import { type CloudSandbox, createCloudSandbox } from '../../../src/sandbox/whatsapp-cloud.ts';

/** An API with the block list of the Cloud API. */
export type GraphApi = 'whatsapp-cloud' | '360dialog' | 'gupshup' | 'kapso';

export const TOKEN = 'canary-7f3a9b-token';

/** The phone number ID of each bot, which is also its app ID. */
export const PHONES: Readonly<Record<string, string>> = Object.fromEntries([
  ['bot-a', '1065'],
  ['__proto__', '1066'],
]);

interface Played {
  create(options: PartnerOptions, now: () => number): CloudSandbox;
  /** The setting that places a bot's list, in YAML. */
  place(phone: string): string;
}

export const GRAPH_APIS: Readonly<Record<GraphApi, Played>> = {
  'whatsapp-cloud': { create: createCloudSandbox, place: (phone) => `phoneNumberId: ${phone}` },
  kapso: { create: createKapso, place: (phone) => `phoneNumberId: ${phone}` },
  gupshup: { create: createGupshup, place: (phone) => `appId: ${phone}` },
  // The key selects the list, and all bots have the same key here, so only one bot is played.
  '360dialog': {
    create: (options, now) => createDialog360({ ...options, bots: new Map([[PHONES['bot-a']!, TOKEN]]) }, now),
    place: () => 'provider: 360dialog',
  },
};

/** Returns the same request to the Cloud API. Other requests are unchanged. */
export function asCloud<T extends Pick<HttpRequest, 'url' | 'method'>>(request: T): T {
  const { pathname, search, origin } = new URL(request.url);
  const [, app, verb] = /^\/wa\/app\/(\w+)\/user\/(\w+)$/.exec(pathname) ?? [];
  const at = (path: string) => ({ ...request, url: origin + path + search });
  if (pathname === '/block_users') return at(`/v1.0/${PHONES['bot-a']}/block_users`);
  if (app === undefined) return at(pathname.replace(/^\/meta\/whatsapp\//, '/'));
  return { ...at(`/v1.0/${app}/block_users`), ...(verb === 'unblock' && { method: 'DELETE' }) };
}
