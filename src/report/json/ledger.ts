/** Writes the results of a bot: sums, and counts for each direction. */
import type { Sides } from '../../model/compared.ts';
import { bothOf, type Ledger, type ListedAs, type Rejection, type Split, type Withheld } from '../../model/ledger.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long } from '../voice/json.ts';

export function writeLedger(ledger: Ledger, clean: Sanitizer) {
  const { applied, failed, unknown, skipped, pending, rejected, withheld } = ledger;
  return {
    applied: bothOf(applied),
    added: applied.add,
    removed: applied.remove,
    failed: bothOf(failed),
    failedAdds: failed.add,
    failedRemoves: failed.remove,
    unknown: bothOf(unknown),
    unknownAdds: unknown.add,
    unknownRemoves: unknown.remove,
    skipped: bothOf(skipped),
    skippedAdds: skipped.add,
    skippedRemoves: skipped.remove,
    pending,
    withheld: withheld.length,
    rejected: long(clean.order(rejected), ({ number, direction, reason }) => {
      return { number: clean.number(number), direction, reason: clean.foreign(reason) };
    }),
    withheldNumbers: writeWithheld(withheld, clean),
  };
}

export const writeWithheld = (all: readonly Withheld[], clean: Sanitizer) =>
  long(clean.order(all), ({ number, declared, because }) => {
    return { number: clean.number(number), declared: clean.number(declared), because };
  });

export const writeListed = (all: readonly ListedAs[], clean: Sanitizer) =>
  long(clean.order(all), ({ number, waId }) => ({ number: clean.number(number), waId: clean.number(waId) }));

type Sums = Readonly<Record<'applied' | 'failed' | 'unknown' | 'skipped' | 'pending', number>>;
type Counts = Readonly<
  Record<`${'failed' | 'unknown' | 'skipped'}${'Adds' | 'Removes'}` | 'added' | 'removed', number>
>;

/** A ledger in JSON. Fields that reports of older versions do not have are optional. */
export interface RawLedger extends Sums, Partial<Counts> {
  readonly rejected: readonly Rejection[];
  readonly withheldNumbers?: readonly Withheld[];
}

/** @param sides the bot's changes. */
export function readLedger(raw: RawLedger, sides: Sides): Ledger {
  const { pending, rejected, withheldNumbers: withheld = [] } = raw;
  return { ...(isSplit(raw) ? readSplits(raw) : splitSums(raw, sides)), pending, rejected, withheld };
}

type Splits = Pick<Ledger, 'applied' | 'failed' | 'unknown' | 'skipped'>;

const isSplit = (raw: RawLedger): raw is RawLedger & Counts => raw.added !== undefined;

function readSplits(raw: Counts): Splits {
  return {
    applied: { add: raw.added, remove: raw.removed },
    failed: { add: raw.failedAdds, remove: raw.failedRemoves },
    unknown: { add: raw.unknownAdds, remove: raw.unknownRemoves },
    skipped: { add: raw.skippedAdds, remove: raw.skippedRemoves },
  };
}

/**
 * Splits the sums of an older version. It sent no remove unless every add was applied, rejected or pending,
 * so all open numbers have one direction: adds if no remove was sent, otherwise removes.
 *
 * | add | remove | applied | failed | skipped | split                                  |
 * | --- | ------ | ------- | ------ | ------- | -------------------------------------- |
 * | 2   | 2      | 4       | 0      | 0       | 2 added, 2 removed                     |
 * | 2   | 2      | 3       | 1      | 0       | 2 added, 1 removed, 1 failed to remove |
 * | 2   | 2      | 1       | 1      | 2       | 1 added, 1 failed to add               |
 */
function splitSums(raw: RawLedger, { add, remove }: Sides): Splits {
  const { applied, failed, unknown, skipped, pending, rejected, withheldNumbers = [] } = raw;
  const rejectedAdds = rejected.filter(({ direction }) => direction === 'add').length;
  const adds = add.size - pending - rejectedAdds;
  const removes = remove.size - withheldNumbers.length - (rejected.length - rejectedAdds);
  const addsAreOpen = skipped >= removes;
  const all = (count: number): Split => (addsAreOpen ? { add: count, remove: 0 } : { add: 0, remove: count });
  const first = (count: number, most: number): Split => {
    const add = Math.max(0, Math.min(count, most));
    return { add, remove: count - add };
  };
  return {
    applied: first(applied, addsAreOpen ? applied : adds),
    failed: all(failed),
    unknown: all(unknown),
    skipped: first(skipped, skipped - removes),
  };
}
