/** Groups a bot's changes by their cause, and names changes and causes. */
import type { Cause, ComparedBot, NumberList, Sides } from '../../model/compared.ts';
import type { Report } from '../../model/report.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { Sanitizer } from '../voice/index.ts';
import { isHidden } from './provenance.ts';
import { clip, count, joined, sum } from './text.ts';

/**
 * Returns a bot's changes by their cause, drift and removals first; one group for each direction if no cause
 * is known.
 */
export const groupsOf = (bot: Sides & Pick<ComparedBot, 'causes'>) =>
  bot.causes.length > 0 ? bot.causes : sidesOf(bot);

/** Returns one group for each direction, removals first, without a cause. */
function sidesOf({ remove, add }: Sides): readonly Cause[] {
  const side = (direction: Cause['direction'], numbers: NumberList): Cause[] =>
    numbers.size > 0 ? [{ direction, origin: null, reason: null, expires: null, numbers }] : [];
  return [...side('remove', remove), ...side('add', add)];
}

/**
 * Groups a part of a bot's changes by their cause, removals first. Changes without a known cause come last in
 * their direction.
 */
export function sidesByCause(sides: Sides, causes: readonly Cause[]): readonly Cause[] {
  return sidesOf(sides).flatMap((side) => {
    const known = new Map<Msisdn | string, Cause>();
    for (const cause of causes.filter(({ direction }) => direction === side.direction)) {
      // Two masked numbers may look alike: if their causes differ, neither cause is shown.
      for (const number of Array.from(cause.numbers.values)) known.set(number, known.has(number) ? side : cause);
    }
    const groups = new Map<Cause, (Msisdn | string)[]>([...causes, side].map((cause) => [cause, []]));
    for (const number of Array.from(side.numbers.values)) groups.get(known.get(number) ?? side)!.push(number);
    return [...groups].flatMap(([cause, values]) =>
      values.length > 0 ? { ...cause, numbers: { size: values.length, values } } : [],
    );
  });
}

/** `removed from the file`, `expired 2026-12-31`, `drift: also declared in the base commit`; empty if nothing is known. */
export function causeWords({ direction, origin, reason, expires }: Cause): string {
  const words = {
    removed: 'removed from the file',
    added: 'added to the file',
    expired: `expired ${expires}`,
    undeclared: 'not declared',
    unblocked: '',
    blocked: 'not declared, not visible',
  };
  if (origin === 'drift' && reason === 'undeclared') return 'drift: not declared in the base commit either';
  if (origin === 'drift' && direction === 'add' && !(reason && words[reason])) {
    return 'drift: also declared in the base commit';
  }
  const why = (reason && words[reason]) || (origin && 'settings changed');
  return joined(' ', [why, origin === 'drift' && '(drift)']);
}

type Noted = Sides & Pick<ComparedBot, 'reasons' | 'mayWithhold'>;

/**
 * Collects the details of single numbers: the reason of an entry, and that apply may withhold its removal.
 * Formats must escape them. If numbers are masked, omits the reasons of encrypted files, and the details of
 * numbers that look alike.
 */
export function detailsOf({ reasons = [], mayWithhold = [], ...sides }: Noted, clean: Sanitizer): Details {
  const found = new Map<Msisdn | string, string[]>();
  const add = (number: Msisdn | string, text: string) => found.set(number, [...(found.get(number) ?? []), text]);
  for (const each of reasons) if (!isHidden(each, clean)) add(each.number, clean.note(each.reason));
  for (const { number } of mayWithhold) add(number, 'apply may withhold its removal');
  const seen = new Set<string>();
  for (const { values } of [...found.keys()].some((key) => typeof key === 'string') ? [sides.add, sides.remove] : []) {
    for (const number of Array.from(values)) {
      if (typeof number === 'string' && seen.has(number)) found.delete(number);
      seen.add(String(number));
    }
  }
  return new Map(Array.from(found, ([number, texts]) => [number, clip(texts.join('; '))]));
}

export type Details = ReadonlyMap<Msisdn | string, string>;

/** `expired 2026-12-31: Spam`: why a number changes, and its details. */
export const whyWords = (cause: Cause, detail: string | undefined) => joined(': ', [causeWords(cause), detail]);

/** Changes by their cause and their details, for formats that print both once a group. */
export function groupsByWhy(groups: readonly Cause[], details: Details) {
  return groups.flatMap((group) => {
    const parts = new Map<string | undefined, (Msisdn | string)[]>();
    for (const number of Array.from(group.numbers.values)) {
      const detail = details.get(number);
      const others = parts.get(detail);
      if (others) others.push(number);
      else parts.set(detail, [number]);
    }
    return Array.from(parts, ([detail, values]) => {
      return { ...group, numbers: { size: values.length, values }, why: whyWords(group, detail) };
    });
  });
}

export const ADDED_OUTSIDE = 'added outside Git';
export const REMOVED_OUTSIDE = 'removed outside Git';
const STILL_BLOCKED = 'still blocked';
const NOT_LIVE = 'not live';
const NOT_APPLIED = 'not applied yet';

type Drifted = Pick<ComparedBot, 'addNeedsContact'>;

/**
 * Names a change: `add` or `remove` in a plan. A drift has the name of the change that happened:
 *
 * | live | declared | known of the files                         | is called               |
 * | ---- | -------- | ------------------------------------------ | ----------------------- |
 * | yes  | no       |                                            | added outside Git       |
 * | yes  | no       | the entry expired or was removed           | not applied yet: remove |
 * | yes  | no       | the list does not contain the number       | still blocked           |
 * | no   | yes      |                                            | removed outside Git     |
 * | no   | yes      | the entry is new                           | not applied yet: add    |
 * | no   | yes      | the user may have to write first           | not live                |
 */
export function termOf(cause: Cause, bot: Drifted, kind: Report['kind']): string {
  const { direction } = cause;
  if (kind !== 'drift') return direction;
  if (cause.reason === 'blocked') return STILL_BLOCKED;
  if (isUnapplied(cause)) return `${NOT_APPLIED}: ${direction}`;
  if (direction === 'remove') return ADDED_OUTSIDE;
  return isWaiting(cause, bot) ? NOT_LIVE : REMOVED_OUTSIDE;
}

function isUnapplied({ direction, reason }: Cause): boolean {
  return direction === 'remove' ? reason === 'expired' || reason === 'removed' : reason === 'added';
}

const isWaiting = ({ direction, reason }: Cause, { addNeedsContact }: Drifted) =>
  direction === 'add' && addNeedsContact && reason !== 'added' && reason !== 'unblocked';

/** Counts the numbers in which the lists of bots differ from the files. */
export function driftCounts(bots: readonly (Drifted & Sides & Pick<ComparedBot, 'causes'>)[]) {
  const counts = { added: 0, removed: 0, waiting: 0, toAdd: 0, toRemove: 0, blocked: 0 };
  for (const bot of bots) for (const cause of groupsOf(bot)) counts[countOf(cause, bot)] += cause.numbers.size;
  return counts;
}

function countOf(cause: Cause, bot: Drifted) {
  const isAdd = cause.direction === 'add';
  if (cause.reason === 'blocked') return 'blocked';
  if (isUnapplied(cause)) return isAdd ? 'toAdd' : 'toRemove';
  if (isWaiting(cause, bot)) return 'waiting';
  return isAdd ? 'removed' : 'added';
}

/** `2 added outside Git`, `1 still blocked`, `1 not live`, `3 not applied yet (2 to add, 1 to remove)`: no zeros. */
export function driftWords(bots: Parameters<typeof driftCounts>[0]): string[] {
  const { added, removed, waiting, toAdd, toRemove, blocked } = driftCounts(bots);
  const open = joined(', ', [toAdd > 0 && `${count(toAdd)} to add`, toRemove > 0 && `${count(toRemove)} to remove`]);
  return [
    ...(added > 0 ? [`${count(added)} ${ADDED_OUTSIDE}`] : []),
    ...(removed > 0 ? [`${count(removed)} ${REMOVED_OUTSIDE}`] : []),
    ...(blocked > 0 ? [`${count(blocked)} ${STILL_BLOCKED}`] : []),
    ...(waiting > 0 ? [`${count(waiting)} ${NOT_LIVE}`] : []),
    ...(open ? [`${count(toAdd + toRemove)} ${NOT_APPLIED} (${open})`] : []),
  ];
}

/** ` (2 config, 1 drift)`; empty if it is unknown. */
export function originCounts({ causes }: Pick<ComparedBot, 'causes'>, direction: Cause['direction']): string {
  const known = causes.filter((cause) => cause.direction === direction && cause.origin !== null);
  const drift = total(known.filter(({ origin }) => origin === 'drift'));
  return known.length > 0 ? ` (${total(known) - drift} config, ${drift} drift)` : '';
}

/** Counts the changes of all bots that were due before; null if that is unknown. */
export function byDrift(bots: readonly ComparedBot[]): number | null {
  const known = bots.flatMap(({ causes }) => causes).filter(({ origin }) => origin !== null);
  return known.length > 0 ? total(known.filter(({ origin }) => origin === 'drift')) : null;
}

const total = (causes: readonly Cause[]) => sum(causes, ({ numbers }) => numbers.size);
