import type { Warning } from '../model/fault.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Path } from './yaml/places.ts';

/** Whether an entry or a rule is in force on a day, as YYYY-MM-DD in UTC. Without a last day it always is. */
export function isInForce(lastDay: string | null | undefined, today: string): boolean {
  return lastDay === undefined || lastDay === null || lastDay >= today;
}

/** Entries and rules that are warned of one by one, of each kind and file; one warning more counts the others. */
const SHOWN = 20;

const DAY = 24 * 3_600_000; // milliseconds

/** An entry or an ignore rule with a last day, as YYYY-MM-DD. */
interface Dated {
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
  const isPast = ({ last }: Dated) => !isInForce(last, today);
  const isSoon = ({ last }: Dated) => isInForce(last, today) && within !== null && daysTo(last, today) <= within;
  const expired = ({ last }: Dated) => `the entry has expired: its last day was ${last}`;
  const expiring = (what: string) => (each: Dated) =>
    `${what} expires: its last day is ${each.last}, ${inDays(each.last, today)}`;
  return [
    ...reported('W-EXPIRED', entries.filter(isPast), expired, 'entries of this file have expired', parsed),
    ...reported('W-EXPIRING', entries.filter(isSoon), expiring('the entry'), 'entries of this file expire', parsed),
    ...reported(
      'W-EXPIRING',
      datedRules(parsed).filter(isSoon),
      expiring('the ignore rule'),
      'ignore rules of this file expire',
      parsed,
    ),
  ];
}

/**
 * Warns of the ignore rules of a file that have expired. Not a matter of `validate` alone: an entry that has expired is told
 * as the cause of its removal, and what a rule no longer leaves alone looks like any other number.
 */
export function expiredRules(parsed: ParsedFile, today: string): Warning[] {
  const expired = ({ last }: Dated) =>
    `the ignore rule has expired: its last day was ${last}; it leaves nothing alone any more`;
  const rules = datedRules(parsed).filter(({ last }) => !isInForce(last, today));
  return reported('W-EXPIRED', rules, expired, 'ignore rules of this file have expired', parsed);
}

function reported(
  code: Warning['code'],
  dated: readonly Dated[],
  message: (one: Dated) => string,
  others: string,
  parsed: ParsedFile,
): Warning[] {
  const shown = dated.slice(0, SHOWN).map((one) => ({ code, ...parsed.fault(one.path, message(one)) }));
  const next = dated[SHOWN];
  if (!next) return shown;
  const rest = `from here on, ${dated.length - SHOWN} more of the ${others}`;
  return [...shown, { code, ...parsed.fault(next.path, rest) }];
}

function datedEntries(parsed: ParsedFile): Dated[] {
  return dated(parsed, 'numbers', 'expires').map(({ path, last }) => ({ path: [...path, 'number'], last }));
}

function datedRules(parsed: ParsedFile): Dated[] {
  return dated(parsed, 'ignore', 'until').map(({ path, last }) => ({ path: [...path, 'until'], last }));
}

/** Items with a day. */
function dated({ parts }: ParsedFile, list: 'numbers' | 'ignore', day: string): Dated[] {
  return parts.all.flatMap(({ [list]: { path, items } }) => {
    return items.flatMap(({ keys: { [day]: last } }, index) => {
      return typeof last === 'string' ? { path: [...path, index], last } : [];
    });
  });
}

function daysTo(day: string, today: string): number {
  return (Date.parse(day) - Date.parse(today)) / DAY;
}

function inDays(day: string, today: string): string {
  const days = daysTo(day, today);
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
}
