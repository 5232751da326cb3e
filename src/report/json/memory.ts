/** Writes and reads the facts about users that the next run of drift needs. */
import type { Memory } from '../../model/compared.ts';
import type { UserIds } from '../../model/plan.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long } from '../voice/json.ts';
import { readList, readNumber, writeNumbers } from './numbers.ts';

export interface RawMemory extends Pick<Memory, 'foreign'> {
  readonly wasLive: readonly string[];
  /** Absent in reports of older versions. */
  readonly userIds?: readonly { readonly number: string; readonly userId: string }[];
}

/** Masked numbers cannot be found again, and an id identifies a person, so a masked report contains neither. */
export function writeMemory({ wasLive, foreign, userIds }: Memory, clean: Sanitizer) {
  if (clean.masked) return null;
  return { wasLive: writeNumbers(wasLive, clean), foreign, userIds: userIds && writeUserIds(userIds, clean) };
}

function writeUserIds({ numbers, ids }: UserIds, clean: Sanitizer) {
  const slice = (from: number, to: number) =>
    numbers.slice(from, to).map((number, at) => [number, ids[from + at]!] as const);
  return long({ length: ids.length, slice }, ([number, id]) => ({
    number: clean.number(number),
    userId: clean.text(id),
  }));
}

export function readMemory({ wasLive, foreign, userIds }: RawMemory): Memory {
  return { wasLive: readList(wasLive), foreign, ...(userIds && { userIds: readUserIds(userIds) }) };
}

/** The schema accepts no masked number here. */
function readUserIds(raw: NonNullable<RawMemory['userIds']>): UserIds {
  return {
    numbers: raw.map(({ number }) => readNumber(number) as Msisdn),
    ids: raw.map(({ userId }) => userId),
  };
}
