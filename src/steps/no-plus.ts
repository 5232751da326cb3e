import type { Plusless } from '../desired/plusless.ts';
import type { Located } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Context } from './context.ts';

/** Of a number without its calling code, 1. */
const NORTH_AMERICA = 10_000_000_000;

/** Warns, once a file, of numbers without a plus that may be national: they are read as numbers of another country. */
export async function warnOfPlusless(
  files: readonly (Pick<Plusless, 'numbers'> & { locate(n: number): Partial<Located> })[],
  { doubtful, countryOf }: Pick<Context, 'doubtful' | 'countryOf'>,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const { numbers, locate } of files) {
    const groups = numbers.groups();
    const abroad = groups.flatMap(({ area, number }) => (area === null ? [] : NORTH_AMERICA + number));
    // An area code that is assigned makes all of its numbers valid, about.
    const doubted = new Set(abroad.length > 0 ? await doubtful(NumberSet.of(abroad), 'all') : []);
    const national = groups.filter(({ area, number }) => area === null || !doubted.has(NORTH_AMERICA + number));
    const [first] = national.toSorted((a, b) => a.first - b.first);
    if (!first) continue;
    const count = national.reduce((sum, group) => sum + group.count, 0);
    warnings.push({ code: 'W-NO-PLUS', ...locate(first.first), count, ...(await countryOf(first.number)) });
  }
  return warnings;
}
