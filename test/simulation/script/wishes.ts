import type { GuardLimits, Policy } from '../../../src/model/bot.ts';
import { waId } from '../../../src/sandbox/cloud-users.ts';
import { seededRandom } from '../clock.ts';

/** The content of the files of a schedule besides the numbers to block. */
export interface Rules {
  readonly policies: ReadonlyMap<string, Policy>;
  readonly ignored: readonly string[];
  readonly prefixes: readonly string[];
  readonly protected: readonly string[];
}

/** A list as readers see it: its numbers, and the count of its users without a number. */
export interface Shown {
  readonly numbers: readonly string[];
  readonly foreign: number;
}

interface Sizes {
  readonly add: { readonly size: number };
  readonly remove: { readonly size: number };
}

interface Played {
  readonly cloud: boolean;
  readonly storm: boolean;
}

/** Draws rules for about half of the schedules. Drawn apart, so that the others do not change. */
export function drawRules(
  seed: number,
  pool: readonly string[],
  bots: readonly string[],
  { cloud, storm }: Played,
): Rules {
  const random = seededRandom(seed ^ 0x3c6ef372);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const some = (most: number) => Array.from({ length: Math.floor(random() * (most + 1)) }, () => pick(pool));
  // Some have the spelling of the server, which differs from that of the numbers to block.
  const spelled = (numbers: readonly string[]) => (cloud && random() < 0.5 ? numbers.map(waId) : numbers);
  if (random() < 0.5) return { policies: new Map(), ignored: [], prefixes: [], protected: [] };
  // If nothing is added, the guard always refuses to empty a list, and then a storm would not end.
  const policies: readonly Policy[] = storm ? ['sync', 'add-only'] : ['sync', 'sync', 'add-only', 'remove-only'];
  const otherSystem = random() < 0.3 ? ['1999555'] : [];
  return {
    policies: new Map(bots.map((bot) => [bot, pick(policies)])),
    ignored: spelled(some(5)),
    prefixes: [...some(2).map((number) => number.slice(0, pick([-1, -2]))), ...otherSystem],
    protected: spelled(some(20)),
  };
}

/** Compares one bot's numbers and rules with single numbers: by texts and without an order, unlike the program. */
export class Wishes {
  readonly policy: Policy;
  /** The users to block, as the server knows them. */
  readonly wanted: ReadonlySet<string>;
  readonly #rules: Rules;
  readonly #cloud: boolean;
  readonly #ignored = new Map<string, boolean>();
  readonly #protected: ReadonlySet<string>;
  /** Returns a number as the server lists it. */
  readonly user: (number: string) => string;

  constructor(bot: string, numbers: readonly string[], rules: Rules, cloud: boolean) {
    this.#rules = rules;
    this.#cloud = cloud;
    this.user = cloud ? waId : String;
    this.#protected = new Set(rules.protected.map(this.user));
    this.policy = rules.policies.get(bot) ?? 'sync';
    this.wanted = new Set(numbers.filter((number) => !this.ignores(number)).map(this.user));
  }

  wants(number: string): boolean {
    return this.wanted.has(this.user(number));
  }

  ignores(number: string): boolean {
    if (this.#rules.ignored.length + this.#rules.prefixes.length === 0) return false;
    const known = this.#ignored.get(number);
    if (known !== undefined) return known;
    const ignored = this.#spellings(number).some((one) => isNamed(one, this.#rules));
    this.#ignored.set(number, ignored);
    return ignored;
  }

  protects(number: string): boolean {
    return this.#protected.has(this.user(number));
  }

  /** If it is not live. */
  adds(number: string): boolean {
    return this.policy !== 'remove-only' && this.wants(number);
  }

  /** If it is live. */
  removes(number: string): boolean {
    const stays = this.wants(number) || this.ignores(number) || this.protects(number);
    return this.policy !== 'add-only' && !stays;
  }

  /** Returns the change that makes this list right. */
  due(live: readonly string[]): { readonly add: ReadonlySet<string>; readonly remove: ReadonlySet<string> } {
    const there = new Set(live);
    return {
      add: new Set([...this.wanted].filter((number) => !there.has(number) && this.adds(number))),
      remove: new Set(live.filter((number) => this.removes(number))),
    };
  }

  /** Returns the right verdict of the guard for a list and a change of it, with these limits. */
  verdict({ numbers: live, foreign }: Shown, { percent, floor }: GuardLimits, change: Sizes = this.due(live)) {
    const removals = change.remove.size;
    const owned = live.filter((number) => !this.ignores(number)).length;
    const limit = Math.max(floor, (owned * percent) / 100);
    const tripped = this.empties({ numbers: live, foreign }, change) ? 'emptied' : removals > limit && 'share';
    return { removals, live: owned, limit: Math.floor(limit), tripped };
  }

  /**
   * Reports whether the guard must refuse an emptied list: some numbers are removed, and no desired number
   * stays or is surely added. A desired number may be one of the list's users without a number.
   */
  empties({ numbers: live, foreign }: Shown, { add, remove }: Sizes = this.due(live)): boolean {
    const goes = remove.size > 0;
    const stays = live.some((number) => this.wants(number));
    const comes = (!this.#cloud || foreign > 0) && add.size > 0;
    return goes && !stays && !comes;
  }

  #spellings(number: string): string[] {
    const country = number.slice(0, 2);
    const [rest, area] = [number.slice(2), number.slice(0, 4)];
    const longer = [`${country}1${rest}`, `${country}9${rest}`, `${area}9${number.slice(4)}`];
    const shorter = [country + rest.slice(1), area + number.slice(5)];
    return [number, ...[...longer, ...shorter].filter((one) => this.user(one) === this.user(number))];
  }
}

/** Reports whether a number is ignored in this spelling, so that the files cannot declare it. */
export function isNamed(number: string, { ignored, prefixes }: Rules): boolean {
  return ignored.includes(number) || prefixes.some((prefix) => number.startsWith(prefix));
}
