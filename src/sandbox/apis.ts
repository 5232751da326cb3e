// Serves all APIs at one address. Their paths differ, and so do the names of their lists.
import { createDialog360, createGupshup, createKapso, listOfKey, type PartnerOptions } from './partners.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sinch.ts';
import { type CloudSandbox, createCloudSandbox } from './whatsapp-cloud.ts';

/** The list of `--seed`. The files of `examples/` declare some of its numbers. */
export const SEED = ['12015550123', '12015550145', '12065550150', '12065550177', '447700900123'];

export interface ApisOptions extends SandboxOptions {
  /** Serves only this API. If omitted, all. */
  provider?: Provider;
  cloud?: PartnerOptions;
}

/** All APIs, each with the paths that no other has. */
const PATHS = {
  sinch: /^\/whatsapp\//,
  gupshup: /^\/wa\//,
  kapso: /^\/meta\//,
  '360dialog': /^\/block_users\b/,
  'whatsapp-cloud': /^/,
} as const;
export type Provider = keyof typeof PATHS;
const PROVIDERS = Object.keys(PATHS) as readonly Provider[];

/** Precedes a phone number ID in the name of a list. No bot id contains a slash. */
export const CLOUD_LIST = 'whatsapp-cloud/';
const BLOCK_LIST = /^(whatsapp-cloud|360dialog|gupshup)\//;

/** Reports whether a list is one of the Cloud API, at Meta or at a partner. */
export const isBlockList = (name: string): boolean => BLOCK_LIST.test(name);

/** Returns the name of a list without that of its API. */
export const bareName = (name: string): string => name.replace(BLOCK_LIST, '');

export interface Apis extends Sandbox {
  /** Records messages of users to the business whose list is `name`. */
  wrote(name: string, numbers: Iterable<string>): void;
  /** Returns the name of the 360dialog list that a key selects; a name is returned as it is. */
  keyed(key: string): string;
  /** Returns the digits under which a list of the Cloud API contains the user of a number. */
  waId(number: string): string;
  /** Gives users a username: the list `name` then contains them without their number. */
  tookUsername(name: string, numbers: Iterable<string>): void;
}

export function createApis(options: ApisOptions = {}, now?: () => number): Apis {
  const { provider, bots, seed, onChange, cloud: cloudOptions } = options;
  const graph = { ...cloudOptions, ...(bots && { bots }), ...(seed && { seed }), ...(onChange && { onChange }) };
  const sinch = createSandbox(options, now);
  const cloud = createCloudSandbox(graph, now);
  const apis = {
    sinch,
    'whatsapp-cloud': cloud,
    '360dialog': createDialog360(graph, now),
    gupshup: createGupshup(graph, now),
    kapso: createKapso(graph, now, cloud), // has the lists of Meta
  };

  function find(name: string): readonly [Sandbox, string] {
    const [, kind] = BLOCK_LIST.exec(name) ?? [];
    return [kind === undefined ? sinch : apis[kind as Provider], bareName(name)];
  }

  return {
    handle(request) {
      const kind = provider ?? PROVIDERS.find((each) => PATHS[each].test(request.path))!;
      return apis[kind].handle(request);
    },
    list(name) {
      const [sandbox, list] = find(name);
      return sandbox.list(list);
    },
    set(name, numbers) {
      const [sandbox, list] = find(name);
      sandbox.set(list, numbers);
    },
    wrote(name, numbers) {
      const [sandbox, list] = find(name);
      (sandbox as CloudSandbox).wrote(list, numbers);
    },
    keyed: (key) => (bots || /^[0-9a-f]{16}$/.test(key) ? key : listOfKey(key)),
    waId: cloud.waId,
    tookUsername(name, numbers) {
      const [sandbox, list] = find(name);
      (sandbox as CloudSandbox).tookUsername(list, numbers);
    },
    bots() {
      const named = (['whatsapp-cloud', '360dialog', 'gupshup'] as const).flatMap((kind) =>
        apis[kind].bots().map((list) => `${kind}/${list}`),
      );
      return [...sinch.bots(), ...named];
    },
  };
}
