/** Removals that were not sent, as each number may be a declared user under another name. */
import type { Withheld } from '../../model/ledger.ts';
import type { AppliedBot, Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { plural, sum } from './text.ts';

/** What the two numbers have in common, and how the user settles it. `dress` marks numbers and what the user writes. */
export function withheldWords(
  { number, declared, because }: Withheld,
  clean: Sanitizer,
  dress = (text: string) => text,
): string {
  const [listed, own] = [dress(clean.number(number)), dress(clean.number(declared))];
  const declare = `add ${dress(`waId: "${clean.number(number)}"`)} to its entry`;
  const words: Readonly<Record<Withheld['because'], string>> = {
    answer: `${own} is listed as ${listed}; ${declare}`,
    digits: `${own} may be listed as ${listed}, as the last seven digits are equal; if it is, ${declare}`,
    spelling: `${own} is listed as ${listed}, another spelling; write the number as it is listed`,
    edit: `${own} was refused, and ${listed} is listed and differs by one edit; check ${own}, which may be misspelled`,
  };
  return words[because];
}

/** How many removals of these bots were withheld; null if none was. */
export function withheldNote(bots: readonly Pick<AppliedBot, 'results'>[]): string | null {
  const count = sum(bots, ({ results }) => results.withheld.length);
  if (count === 0) return null;
  const [was, number] = count === 1 ? ['was', 'its number'] : ['were', 'each number'];
  return `${plural(count, 'removal')} ${was} withheld, as ${number} may be a declared user under another name`;
}

/** All withheld removals of a run, each with its bot. */
export function withheldOf(report: Report): readonly (Withheld & { readonly bot: string })[] {
  if (report.kind !== 'result') return [];
  return report.bots.flatMap(({ id, results }) => results.withheld.map((each) => ({ ...each, bot: id })));
}
