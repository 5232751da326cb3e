import { waId } from '../../../src/sandbox/cloud-users.ts';
import type { PartnerOptions } from '../../../src/sandbox/partners.ts';
import { createSandbox, type Sandbox, type SandboxRequest, type SandboxResponse } from '../../../src/sandbox/sinch.ts';
import { seededRandom } from '../clock.ts';
import { asCloud, GRAPH_APIS } from './partners.ts';
import type { Schedule } from './schedule.ts';

/** The lists of a server. They contain each user as one number, which may differ from the written one. */
export interface Lists extends Omit<Sandbox, 'bots'> {
  /** Users write to the business. */
  wrote(list: string, numbers: Iterable<string>): void;
  /** Users take a username: readers see them without their number. First provider: no effect. */
  tookUsername(list: string, numbers: Iterable<string>): void;
  /** Returns the copies of a list that readers see. They may lag. */
  shown(list: string): readonly (readonly string[])[];
  /** The users without a number, by the number that readers do not see. */
  hidden(list: string): ReadonlySet<string>;
  /** The number under which the server lists a user. */
  nameOf(number: string): string;
}

export function openLists(schedule: Schedule, now: () => number): Lists {
  const { cloud, others, parses, copies, seed, propagation, strict, pastEnd, listWithoutPlus, pageSize } = schedule;
  const byRule = cloud ? waId : parses ? withoutTrunkZero : String;
  const nameOf = (number: string) => others.get(byRule(number)) ?? byRule(number);
  const refused = new Set(Array.from(schedule.rejected, nameOf));
  if (cloud) return openCloud(schedule, cloud, nameOf, refused, now);
  const options = { strict, pastEnd, listWithoutPlus, pageSize, rejected: refused };
  const ages = [propagation, ...copies];
  const all = ages.map((age) => createSandbox({ ...options, propagation: age }, now)) as [Sandbox, ...Sandbox[]];
  const random = seededRandom(seed ^ 0x6a09e667);
  return {
    handle(request) {
      if (request.method === 'GET') return all[all.length > 1 ? Math.floor(random() * all.length) : 0]!.handle(request);
      const asked = parses ? { ...request, body: spelled(request.body!, nameOf) } : request;
      // All copies have the same content, so their answers are equal.
      return all.map((copy) => copy.handle(asked))[0]!;
    },
    list: all[0].list,
    set: (list, numbers) => {
      const listed = Array.from(numbers, nameOf);
      for (const copy of all) copy.set(list, listed);
    },
    wrote() {},
    tookUsername() {},
    hidden: () => new Set(),
    shown: (list) => all.map((copy) => readAll(copy, list)),
    nameOf,
  };
}

/**
 * Returns the number without a trunk zero, as libphonenumber does if its country has one that is not dialed
 * from abroad.
 */
export function withoutTrunkZero(number: string): string {
  return number.replace(/^(44|46|49)0/, '$1');
}

function spelled(body: string, nameOf: (number: string) => string): string {
  const { numbers } = JSON.parse(body) as { numbers: string[] };
  return JSON.stringify({ numbers: numbers.map(nameOf) });
}

interface Entry {
  input: string;
  wa_id?: string;
  errors?: readonly object[];
}

interface Ledger {
  added_users?: Entry[];
  removed_users?: Entry[];
  failed_users?: Entry[];
}

const WINDOW = 24 * 60 * 60_000;
const NOT_NOW = { code: 131_047, message: 'More than 24 hours have passed since the user last wrote' };

/** The second provider. Its answers contain the written number as `input`, and the listed number as `wa_id`. */
function openCloud(
  { api, unnamed, blocksOnce, pageSize }: Schedule,
  cloud: PartnerOptions,
  nameOf: (number: string) => string,
  refused: ReadonlySet<string>,
  now: () => number,
): Lists {
  const inner = GRAPH_APIS[api].create({ pageSize, ...cloud, own: refused }, now);
  const contacts = new Map<string, number>();
  const named = new Set<string>();

  function handle(request: SandboxRequest): SandboxResponse {
    if (request.body === undefined) return inner.handle(request);
    const asked = JSON.parse(request.body) as { block_users: { user: string }[] };
    const list = asCloud({ url: `http://x${request.path}`, method: 'POST' }).url.split('/')[4]!;
    const blocked = new Set(blocksOnce ? inner.list(list) : []);
    const inputs = new Map<string, string[]>(); // by name, in the order of the request
    const users = asked.block_users.map(({ user }) => {
      const name = `+${nameOf(user.replace('+', ''))}`;
      inputs.set(name, [...(inputs.get(name) ?? []), user]);
      return { user: name };
    });
    const response = inner.handle({ ...request, body: JSON.stringify({ ...asked, block_users: users }) });
    const answer = JSON.parse(response.body) as { block_users?: Ledger };
    if (!answer.block_users) return response;
    const ledger = answer.block_users;
    const isLate = (name: string) => blocked.has(name) && !(now() - contacts.get(`${list} ${name}`)! < WINDOW);
    const late = ledger.added_users?.filter(({ wa_id: name }) => isLate(name!)) ?? [];
    if (late.length > 0) {
      ledger.added_users = ledger.added_users!.filter((entry) => !late.includes(entry));
      ledger.failed_users = [...(ledger.failed_users ?? []), ...late.map((entry) => ({ ...entry, errors: [NOT_NOW] }))];
    }
    for (const [end, entries] of Object.entries(ledger) as [string, Entry[]][]) {
      for (const entry of entries) {
        const isPlain = !entry.input.startsWith('+');
        const input = inputs.get(isPlain ? `+${entry.input}` : entry.input)!.shift()!;
        entry.input = isPlain ? input.replace('+', '') : input;
        if (unnamed && end === 'failed_users') delete entry.wa_id;
      }
    }
    return { ...response, body: JSON.stringify(answer) };
  }

  return {
    handle,
    list: inner.list,
    set: (list, numbers) => inner.set(list, Array.from(numbers, nameOf)),
    wrote(list, numbers) {
      const names = Array.from(numbers, nameOf);
      for (const name of names) contacts.set(`${list} ${name}`, now());
      inner.wrote(list, names);
    },
    tookUsername(list, numbers) {
      const names = Array.from(numbers, nameOf);
      for (const name of names) named.add(`${list} ${name}`);
      inner.tookUsername(list, names);
    },
    hidden: (list) => new Set(inner.list(list).filter((name) => named.has(`${list} ${name}`))),
    shown: (list) => [inner.list(list)],
    nameOf,
  };
}

function readAll({ handle }: Pick<Sandbox, 'handle'>, bot: string): readonly string[] {
  const path = `/whatsapp/v1/${encodeURIComponent(bot)}/provision/blacklist?page=`;
  const all: string[] = [];
  for (let page = 0; ; page++) {
    const { body } = handle({ method: 'GET', path: path + page, authorization: 'Bearer x' });
    const { numbers = [] } = JSON.parse(body) as { numbers?: string[] };
    if (numbers.length === 0) return all;
    all.push(...numbers.map((number) => number.replace('+', '')));
  }
}
