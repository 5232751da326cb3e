// Serves both APIs at one address. Their paths differ, and so do the names of their lists.
import { createSandbox, type Sandbox, type SandboxOptions } from './sinch.ts';
import { type CloudOptions, createCloudSandbox } from './whatsapp-cloud.ts';

/** The list of `--seed`. The files of `examples/` declare some of its numbers. */
export const SEED = ['12015550123', '12015550145', '12065550150', '12065550177', '447700900123'];

export interface BothOptions extends SandboxOptions {
  /** Serves only this API. If omitted, both. */
  provider?: 'sinch' | 'whatsapp-cloud';
  cloud?: CloudOptions;
}

/** Precedes a phone number ID in the name of a list. No bot id contains a slash. */
export const CLOUD_LIST = 'whatsapp-cloud/';

export interface BothApis extends Sandbox {
  /** Records messages of users to a business phone number, whose list is `name`. */
  wrote(name: string, numbers: Iterable<string>): void;
}

export function createBoth(options: BothOptions = {}, now?: () => number): BothApis {
  const { provider, bots, seed, onChange, cloud: cloudOptions } = options;
  const shared = { ...(bots && { bots }), ...(seed && { seed }), ...(onChange && { onChange }) };
  const sinch = createSandbox(options, now);
  const cloud = createCloudSandbox({ ...cloudOptions, ...shared }, now);

  function find(name: string): readonly [Sandbox, string] {
    return name.startsWith(CLOUD_LIST) ? [cloud, name.slice(CLOUD_LIST.length)] : [sinch, name];
  }

  return {
    handle(request) {
      const kind = provider ?? (request.path.startsWith('/whatsapp/') ? 'sinch' : 'whatsapp-cloud');
      return (kind === 'sinch' ? sinch : cloud).handle(request);
    },
    list(name) {
      const [sandbox, list] = find(name);
      return sandbox.list(list);
    },
    set(name, numbers) {
      const [sandbox, list] = find(name);
      sandbox.set(list, numbers);
    },
    wrote: (name, numbers) => cloud.wrote(name.slice(CLOUD_LIST.length), numbers),
    bots: () => [...sinch.bots(), ...cloud.bots().map((phone) => CLOUD_LIST + phone)],
  };
}
