// Every API that the sandbox can play, at one address: their paths tell them apart, and so do the names of their lists.
import { createSandbox, type Sandbox, type SandboxOptions, type SandboxRequest } from './sinch.ts';
import { type CloudOptions, createCloudSandbox } from './whatsapp-cloud.ts';

export interface BothOptions extends SandboxOptions {
  /** Only this one; both if it is not given. */
  provider?: 'sinch' | 'whatsapp-cloud';
  cloud?: CloudOptions;
}

/** What stands before the phone number ID in the name of a list; no bot id has a slash. */
export const CLOUD_LIST = 'whatsapp-cloud/';

export function createBoth(options: BothOptions = {}, now?: () => number): Sandbox {
  const { provider, bots, cloud: cloudOptions } = options;
  const sinch = createSandbox(options, now);
  const cloud = createCloudSandbox({ ...cloudOptions, ...(bots && { bots }) }, now);

  function handle(request: SandboxRequest) {
    const owner = request.path.startsWith('/whatsapp/') ? 'sinch' : 'whatsapp-cloud';
    const played = provider ?? owner;
    return (played === 'sinch' ? sinch : cloud).handle(request);
  }

  function owner(name: string): readonly [Sandbox, string] {
    return name.startsWith(CLOUD_LIST) ? [cloud, name.slice(CLOUD_LIST.length)] : [sinch, name];
  }

  return {
    handle,
    list(name) {
      const [sandbox, list] = owner(name);
      return sandbox.list(list);
    },
    set(name, numbers) {
      const [sandbox, list] = owner(name);
      sandbox.set(list, numbers);
    },
    bots: () => [...sinch.bots(), ...cloud.bots().map((phone) => CLOUD_LIST + phone)],
  };
}
