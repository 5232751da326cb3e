import type { Warning } from '../model.ts';
import type { ParsedFile } from './parse.ts';
import type { Path } from './places.ts';

/** Entries that are warned of one by one, of each kind and file; one warning more counts the others. */
const SHOWN = 20;

const DAY = 24 * 3_600_000; // milliseconds

/** An entry with a last day, as YYYY-MM-DD. */
interface Dated {
  readonly path: Path;
  readonly expires: string;
}

/**
 * Warns of the entries of a file that have expired, and of those that soon will.
 *
 * @param today the day in UTC as YYYY-MM-DD.
 * @param within an entry expires soon if its last day is today or one of so many days after it; null: none does.
 */
export function expiryWarnings(parsed: ParsedFile, today: string, within: number | null): Warning[] {
  const entries = datedEntries(parsed.value);
  const past = entries.filter(({ expires }) => expires < today);
  const soon = entries.filter(({ expires }) => expires >= today && within !== null && daysTo(expires, today) <= within);
  const expired = ({ expires }: Dated) => `the entry has expired: its last day was ${expires}`;
  const expiring = ({ expires }: Dated) => `the entry expires: its last day is ${expires}, ${inDays(expires, today)}`;
  return [
    ...firstOf(past, expired, 'have expired', parsed).map((fault) => ({ code: 'W-EXPIRED' as const, ...fault })),
    ...firstOf(soon, expiring, 'expire', parsed).map((fault) => ({ code: 'W-EXPIRING' as const, ...fault })),
  ];
}

function firstOf(entries: readonly Dated[], say: (entry: Dated) => string, what: string, parsed: ParsedFile) {
  const said = entries.slice(0, SHOWN).map((entry) => parsed.fault([...entry.path, 'number'], say(entry)));
  const next = entries[SHOWN];
  if (!next) return said;
  const message = `from here on, ${entries.length - SHOWN} more of the entries of this file ${what}`;
  return [...said, parsed.fault([...next.path, 'number'], message)];
}

/** Of the lists and of the bots, each once: by an alias, an entry or a whole list may stand in several places. */
function datedEntries(value: unknown): Dated[] {
  const found = new Map<unknown, Dated>();
  for (const part of ['lists', 'bots']) {
    for (const [name, owner] of Object.entries(mapping(mapping(value)[part]))) {
      const { numbers } = mapping(owner);
      for (const [index, entry] of Array.isArray(numbers) ? numbers.entries() : []) {
        const { expires } = mapping(entry);
        if (typeof expires === 'string') found.set(entry, { path: [part, name, 'numbers', index], expires });
      }
    }
  }
  return [...found.values()];
}

function daysTo(day: string, today: string): number {
  return (Date.parse(day) - Date.parse(today)) / DAY;
}

function inDays(day: string, today: string): string {
  const days = daysTo(day, today);
  return days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
}

/** What is none has no keys: the schema has said so. */
function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
