import type { Plusless } from '../desired/plusless.ts';
import type { Located } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import { NumberSet } from '../numbers/number-set.ts';
import type { Context } from './context.ts';

/** Added to a number of ten digits, it prepends the calling code 1. */
const NORTH_AMERICA = 10_000_000_000;

/** Warns once for each file about numbers without a plus that may be national, but are read as international. */
export async function warnOfPlusless(
  files: readonly (Pick<Plusless, 'numbers'> & { locate(n: number): Partial<Located> })[],
  { doubtful, countryOf }: Pick<Context, 'doubtful' | 'countryOf'>,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const { numbers, locate } of files) {
    const groups = numbers.groups();
    const abroad = groups.flatMap(({ area, number }) => (area === null ? [] : NORTH_AMERICA + number));
    // If an area code is assigned, nearly all numbers with it are valid, so one number is enough.
    const doubted = new Set(abroad.length > 0 ? await doubtful(NumberSet.of(abroad), 'all') : []);
    const national = groups.filter(({ area, number }) => area === null || !doubted.has(NORTH_AMERICA + number));
    const [first] = national.toSorted((a, b) => a.first - b.first);
    if (!first) continue;
    const count = national.reduce((sum, group) => sum + group.count, 0);
    warnings.push({ code: 'W-NO-PLUS', ...locate(first.first), count, ...(await countryOf(first.number)) });
  }
  return warnings;
}
