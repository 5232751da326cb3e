import type { AppliedBot } from '../../../src/model/compared.ts';
import { waId } from '../../../src/sandbox/cloud-users.ts';
import type { End, Sent } from '../server/wire.ts';

/** Returns a test for the numbers that a bot's plan removes. */
export function removesOf({ remove }: Pick<AppliedBot, 'remove'>): Removes {
  const all = new Set(Array.from(remove.values, String));
  return (number) => all.has(number);
}

/** One write of a number, with the answer that the client received. */
export interface Attempt {
  readonly end: End;
  /** The answer is about this number and no other. */
  readonly alone: boolean;
  /** The number under which the user is listed, if the answer contains it. */
  readonly name: string | undefined;
  readonly write: Sent;
}

export type Attempts = ReadonlyMap<string, readonly Attempt[]>;

/** Reports whether a plan removes a number. */
type Removes = (number: string) => boolean;

/** Collects the writes of one bot in one direction by number, in the order of their requests. */
export function attemptsIn(sent: readonly Sent[], method: 'POST' | 'DELETE', removes: Removes): Attempts {
  const found = new Map<string, Attempt[]>();
  for (const write of sent) {
    if (write.method !== method) continue;
    // What the list shows depends on the requests that are passed: they may end before it was read.
    const pass = write.end === 'unseen' ? nextPass(write, sent) : null;
    const shown = pass && {
      listed: listedIn(pass),
      hidesMore: hidesMore(pass, sent),
      lacksKept: lacksKept(pass, sent, removes, waId),
    };
    for (const number of write.numbers) {
      const own = write.ends.get(number) ?? shownEnd(number, write, shown);
      const alone = own !== undefined || write.numbers.length === 1;
      const attempt = { end: own ?? write.end, alone, name: write.named.get(number), write };
      const earlier = found.get(number);
      if (earlier) earlier.push(attempt);
      else found.set(number, [attempt]);
    }
  }
  return found;
}

interface Shown {
  readonly listed: ReadonlySet<string>;
  readonly hidesMore: boolean;
  readonly lacksKept: boolean;
}

/**
 * Returns the end that the next list shows, if the answer was success alone. It is lost if no list was read to its end, if
 * the user of a removed number may be an entry without a number, or if the list lacks the number and one that was kept.
 */
function shownEnd(number: string, write: Sent, shown: Shown | null): End | undefined {
  if (write.end !== 'unseen') return undefined;
  if (shown === null) return 'lost';
  const { listed, hidesMore, lacksKept } = shown;
  const users = new Set(write.method === 'POST' ? Array.from(listed, waId) : listed);
  if (write.method === 'POST') return users.has(waId(number)) ? 'done' : lacksKept ? 'lost' : 'pending';
  return users.has(number) ? 'failed' : hidesMore || lacksKept ? 'lost' : 'done';
}

/** Reports whether a read lacks numbers that were in the list before the first write and that the plan keeps. */
export function lacksKept(
  pass: readonly Sent[],
  sent: readonly Sent[],
  removes: Removes,
  userOf: (number: string) => string,
): boolean {
  const first = sent.findIndex(({ method }) => method !== 'GET');
  const shown = new Set(Array.from(listedIn(pass), userOf));
  return [...listedIn(lastWhole(sent.slice(0, first)))].some((one) => !removes(one) && !shown.has(userOf(one)));
}

/** Reports whether reads show users without a number who were not in the list before the first write. */
export function hidesMore(reads: readonly Sent[], sent: readonly Sent[]): boolean {
  const first = sent.findIndex(({ method }) => method !== 'GET');
  const known = new Set(sent.slice(0, first).flatMap(({ hidden }) => hidden));
  return reads.some(({ hidden }) => hidden.some((id) => !known.has(id)));
}

/** Returns the pages of the next list that was read after all writes in the same direction; null if none was. */
function nextPass(write: Sent, sent: readonly Sent[]): readonly Sent[] | null {
  const later = sent.slice(sent.indexOf(write));
  const from = later.findIndex(({ method }) => method === 'GET');
  const reads = from < 0 ? [] : later.slice(from);
  const end = reads.findIndex(({ method }) => method !== 'GET');
  const passes: Sent[][] = [];
  for (const read of reads.slice(0, end < 0 ? reads.length : end)) {
    if (read.page === 0 && passes.at(-1)?.length !== 0) passes.push([]);
    if (read.got !== null) passes.at(-1)?.push(read);
  }
  const whole = passes.filter((pass) => pass.at(-1)?.got === 0);
  // A list with repeats is read again.
  const pass =
    whole.find((each) => listedIn(each).size === each.flatMap(({ listed }) => listed).length) ?? whole.at(-1);
  // After this many reads during which the list changed, the client gives up. A later read has another purpose.
  return pass && passes.indexOf(pass) < MOST_READS ? pass : null;
}

const MOST_READS = 4;

export function isDone(attempts: readonly Attempt[]): boolean {
  return attempts.some(({ end }) => end === 'done');
}

export function isPending(attempts: readonly Attempt[]): boolean {
  return attempts.at(-1)!.end === 'pending';
}

/** Reports whether the answer to one of the writes was lost. */
export function isLost(attempts: readonly Attempt[]): boolean {
  return attempts.some(({ end }) => end === 'lost');
}

/** Reports whether the server refused the number and no earlier write of it can have taken effect. */
export function isRefused(attempts: readonly Attempt[]): boolean {
  const { end, alone } = attempts.at(-1)!;
  return end === 'refused' && alone && !isLost(attempts) && !attempts.some((attempt) => attempt.end === 'odd');
}

/** Reports whether the list had no room for the number when it was last sent, and no answer was lost. */
export function isWithoutRoom(attempts: readonly Attempt[]): boolean {
  return attempts.at(-1)!.end === 'full' && !isLost(attempts) && !attempts.some(({ end }) => end === 'odd');
}

/** Returns the number under which the user is listed; undefined if no answer contains it. */
export function nameIn(attempts: readonly Attempt[]): string | undefined {
  return attempts.findLast(({ name }) => name !== undefined)?.name;
}

/** Writes in one direction that follow one another. */
interface Turn {
  /** The place of the first one among all requests. */
  readonly from: number;
  readonly method: 'POST' | 'DELETE';
  readonly writes: Sent[];
}

/** Returns the turns of one bot's writes. Adds have a second turn if the list was full. */
export function turnsIn(mine: readonly Sent[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const [from, write] of mine.entries()) {
    if (write.method === 'GET') continue;
    const last = turns.at(-1);
    if (last?.method === write.method) last.writes.push(write);
    else turns.push({ from, method: write.method, writes: [write] });
  }
  return turns;
}

/** Returns the requests of the last read that began with the first page. */
export const lastPass = (mine: readonly Sent[]): readonly Sent[] => passesIn(mine).at(-1)!;

/**
 * Returns the requests of the last read that reached the end of the list; of the last one if none did. If a number is on
 * two pages, the list may have changed, so only the second of two equal reads counts.
 */
export function lastWhole(mine: readonly Sent[]): readonly Sent[] {
  const passes = passesIn(mine);
  const isWhole = (pass: readonly Sent[], at: number) => {
    if (!pass.some(({ got }) => got === 0) || hasHole(pass)) return false;
    const isSteady = listedIn(pass).size === pass.flatMap(({ listed }) => listed).length;
    return isSteady || (at > 0 && contentOf(pass) === contentOf(passes[at - 1]!));
  };
  return passes.findLast(isWhole) ?? passes.at(-1)!;
}

/** Returns a text that is equal for reads with equal pages. */
function contentOf(pass: readonly Sent[]): string {
  const pages = pass.filter(({ got }) => got !== null && got > 0);
  return JSON.stringify(pages.sort((a, b) => a.page - b.page).map(({ listed }) => listed.toSorted()));
}

function passesIn(mine: readonly Sent[]): readonly (readonly Sent[])[] {
  const passes: Sent[][] = [[]];
  let begun = false;
  for (const read of mine.filter(({ method }) => method === 'GET')) {
    if (read.page === 0) {
      if (begun) passes.push([]);
      begun = read.got !== null;
    }
    passes.at(-1)!.push(read);
  }
  return passes;
}

export function hasHole(pass: readonly Sent[]): boolean {
  const empty = pass.filter(({ got }) => got === 0).map(({ page }) => page);
  return pass.some(({ got, page }) => got !== null && got > 0 && page > Math.min(...empty));
}

/** Returns the numbers of one read. */
export function listedIn(pass: readonly Sent[]): ReadonlySet<string> {
  return new Set(pass.flatMap(({ listed }) => listed));
}
