// All APIs that the sandbox simulates, at one address. Their paths differ, and so do the names of their lists.
import { createSandbox, type Sandbox, type SandboxOptions } from './sinch.ts';
import { type CloudOptions, createCloudSandbox } from './whatsapp-cloud.ts';

export interface BothOptions extends SandboxOptions {
  /** Simulates only this one. If omitted, both. */
  provider?: 'sinch' | 'whatsapp-cloud';
  cloud?: CloudOptions;
}

/** The prefix of phone number IDs in names of lists. No bot id has a slash. */
export const CLOUD_LIST = 'whatsapp-cloud/';

export function createBoth(options: BothOptions = {}, now?: () => number): Sandbox {
  const { provider, bots, cloud: cloudOptions } = options;
  const sinch = createSandbox(options, now);
  const cloud = createCloudSandbox({ ...cloudOptions, ...(bots && { bots }) }, now);

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
    bots: () => [...sinch.bots(), ...cloud.bots().map((phone) => CLOUD_LIST + phone)],
  };
}
