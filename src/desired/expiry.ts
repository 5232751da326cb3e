import type { Located } from '../model/fault.ts';
import type { Dated, Warning } from '../model/warnings.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Path } from './yaml/places.ts';

/** Whether an entry or a rule is in force on a day, as YYYY-MM-DD in UTC. Without a last day it always is. */
export function isInForce(lastDay: string | null | undefined, today: string): boolean {
  return lastDay === undefined || lastDay === null || lastDay >= today;
}

/** Entries and rules that are warned of one by one, of each kind and file; one warning more counts the others. */
const SHOWN = 20;

const DAY = 24 * 3_600_000; // milliseconds

/** An item with a last day, as YYYY-MM-DD. */
interface Item {
  /** Where it is told: an entry at its number, a rule at its day. */
  readonly path: Path;
  readonly last: string;
}

/**
 * Warns of the entries of a file that have expired, and of entries and ignore rules that soon will.
 *
 * @param today the day in UTC as YYYY-MM-DD.
 * @param within one expires soon if its last day is today or one of so many days after it; null: none does.
 */
export function expiryWarnings(parsed: ParsedFile, today: string, within: number | null): Warning[] {
  const entries = datedEntries(parsed);
  const isPast = ({ last }: Item) => !isInForce(last, today);
  const isSoon = ({ last }: Item) => isInForce(last, today) && within !== null && daysTo(last, today) <= within;
  return [
    ...reported('entry', entries.filter(isPast), today, parsed).map(expired),
    ...reported('entry', entries.filter(isSoon), today, parsed).map(expiring),
    ...reported('ignore rule', datedRules(parsed).filter(isSoon), today, parsed).map(expiring),
  ];
}

/**
 * Warns of the ignore rules of a file that have expired. Not a matter of `validate` alone: an entry that has expired is told
 * as the cause of its removal, and what a rule no longer leaves alone looks like any other number.
 */
export function expiredRules(parsed: ParsedFile, today: string): Warning[] {
  const rules = datedRules(parsed).filter(({ last }) => !isInForce(last, today));
  return reported('ignore rule', rules, today, parsed).map(expired);
}

const expired = (each: Located & Dated): Warning => ({ code: 'W-EXPIRED', ...each });
const expiring = (each: Located & Dated): Warning => ({ code: 'W-EXPIRING', ...each });

function reported(what: Dated['what'], items: readonly Item[], today: string, parsed: ParsedFile) {
  const shown = items.slice(0, SHOWN).map(({ path, last }): Located & Dated => {
    return { ...parsed.locate(path), what, last, days: daysTo(last, today) };
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

/** Items with a day. */
function dated({ parts }: ParsedFile, list: 'numbers' | 'ignore', day: string): Item[] {
  return parts.all.flatMap(({ [list]: { path, items } }) => {
    return items.flatMap(({ keys: { [day]: last } }, index) => {
      return typeof last === 'string' ? { path: [...path, index], last } : [];
    });
  });
}

function daysTo(day: string, today: string): number {
  return (Date.parse(day) - Date.parse(today)) / DAY;
}
