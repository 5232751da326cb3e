import type { Located } from '../model/fault.ts';
import type { Dated, Warning } from '../model/warnings.ts';
import { daysFrom } from '../model/world.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Path } from './yaml/places.ts';

/**
 * Checks if an entry or a rule is in force on a day, as YYYY-MM-DD in UTC. Without a last day it always is.
 */
export function isInForce(lastDay: string | null | undefined, today: string): boolean {
  return lastDay === undefined || lastDay === null || lastDay >= today;
}

/**
 * The most entries, and the most rules, of a file that get a warning each. One more warning counts the
 * others.
 */
const SHOWN = 20;

/** An item with a last day, as YYYY-MM-DD. */
interface Item {
  /** The path that a warning shows: the number of an entry, the day of a rule. */
  readonly path: Path;
  readonly last: string;
}

/**
 * Warns of the expired entries of a file, and of entries and ignore rules that expire soon.
 *
 * @param today the day in UTC as YYYY-MM-DD.
 * @param within the number of days after today that count as soon, 0 for today only; null for no such
 * warnings.
 */
export function expiryWarnings(parsed: ParsedFile, today: string, within: number | null): Warning[] {
  const entries = datedEntries(parsed);
  const isPast = ({ last }: Item) => !isInForce(last, today);
  const isSoon = ({ last }: Item) => isInForce(last, today) && within !== null && daysFrom(today, last) <= within;
  return [
    ...reported('entry', entries.filter(isPast), today, parsed).map(expired),
    ...reported('entry', entries.filter(isSoon), today, parsed).map(expiring),
    ...reported('ignore rule', datedRules(parsed).filter(isSoon), today, parsed).map(expiring),
  ];
}

/**
 * Warns of the expired ignore rules of a file, in every command. A plan reports an expired entry as the cause
 * of a removal, but a number that a rule no longer ignores looks like any other number.
 */
export function expiredRules(parsed: ParsedFile, today: string): Warning[] {
  const rules = datedRules(parsed).filter(({ last }) => !isInForce(last, today));
  return reported('ignore rule', rules, today, parsed).map(expired);
}

const expired = (each: Located & Dated): Warning => ({ code: 'W-EXPIRED', ...each });
const expiring = (each: Located & Dated): Warning => ({ code: 'W-EXPIRING', ...each });

function reported(what: Dated['what'], items: readonly Item[], today: string, parsed: ParsedFile) {
  const shown = items.slice(0, SHOWN).map(({ path, last }): Located & Dated => {
    return { ...parsed.locate(path), what, last, days: daysFrom(today, last) };
  });
  const next = items[SHOWN];
  return next ? [...shown, { ...parsed.locate(next.path), what, more: items.length - SHOWN }] : shown;
}

function datedEntries(parsed: ParsedFile): Item[] {
  return dated(parsed, 'numbers', 'expires').map(({ path, last }) => ({ path: [...path, 'number'], last }));
}

function datedRules(parsed: ParsedFile): Item[] {
  return dated(parsed, 'ignore', 'until').map(({ path, last }) => ({ path: [...path, 'until'], last }));
}

/** Lists the items that have a day under a key. */
function dated({ parts }: ParsedFile, list: 'numbers' | 'ignore', day: string): Item[] {
  return parts.all.flatMap(({ [list]: { path, items } }) => {
    return items.flatMap(({ keys: { [day]: last } }, index) => {
      return typeof last === 'string' ? { path: [...path, index], last } : [];
    });
  });
}
