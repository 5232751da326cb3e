import type { Bot, Ignored } from '../model/bot.ts';
import type { IgnoreRule } from '../model/declaration.ts';
import { Invalid } from '../numbers/invalid.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { respell, type UserOf, withNames } from '../numbers/same-user.ts';
import { parseWritten } from '../numbers/written.ts';
import { type Collector, type NumberFileName, pathOf, readDay, readFileName, textOf } from './entries.ts';
import { isInForce } from './expiry.ts';
import { lastUpTo } from './yaml/fold.ts';
import type { ParsedFile } from './yaml/parse.ts';
import type { Part } from './yaml/parts.ts';
import type { Path } from './yaml/places.ts';

/** A declared rule: a number, a prefix, or a file whose numbers are read later. */
export interface DeclaredRule extends Omit<IgnoreRule, 'place' | 'encrypted'> {
  readonly at: Path;
  readonly file?: NumberFileName;
}

export function readRules({ ignore }: Part, collector: Collector): DeclaredRule[] {
  const { parsed, today, faults } = collector;
  return ignore.items.flatMap((item, index): DeclaredRule[] => {
    const path = [...ignore.path, index];
    const { reason, prefix } = item.keys;
    const until = readDay(item, 'until', path, collector);
    const rest = {
      numbers: NumberSet.empty,
      past: !isInForce(until, today),
      ...(typeof reason === 'string' && { reason }),
      ...(until !== null && { until }),
    };
    const text = textOf(item, 'number');
    if (text !== null) {
      const at = pathOf(item, 'number', path);
      const number = parseWritten(text);
      if (!(number instanceof Invalid)) return [{ ...rest, at, numbers: NumberSet.of([number]) }];
      faults.push(parsed.fault(at, `the number ${number.why}`));
      return [];
    }
    const [file] = readFileName(item, 'file', path);
    if (file) return [{ ...rest, at: file.at, file }];
    if (typeof prefix !== 'string') return [];
    return [{ ...rest, at: [...path, 'prefix'], prefix: prefix.replace('+', '') }];
  });
}

/** Rules with the numbers of their files, and all that they ignore. */
interface Rules {
  readonly rules: readonly DeclaredRule[];
  readonly ignored: Ignored;
}

/** Makes a function that reads declared rules. It reads those of the defaults once, as all bots of a file share them. */
export function ruleReader(numbersOf: (name: NumberFileName) => NumberSet) {
  const known = new Map<readonly DeclaredRule[], Rules>();
  return (declared: readonly DeclaredRule[]): Rules => {
    const before = known.get(declared);
    if (before) return before;
    const rules = declared.map((rule) => {
      return rule.file && !rule.past ? { ...rule, numbers: numbersOf(rule.file) } : rule;
    });
    const read = { rules, ignored: ignoredBy(rules) };
    known.set(declared, read);
    return read;
  };
}

/** Joins the rules that are in force. */
function ignoredBy(rules: readonly DeclaredRule[]): Ignored {
  const inForce = rules.filter(({ past }) => !past);
  const prefixes = new Set(inForce.flatMap(({ prefix }) => prefix ?? []));
  return { numbers: NumberSet.union(inForce.map(({ numbers }) => numbers)), prefixes: [...prefixes].sort() };
}

/**
 * Maps the number, prefix or file of each rule in force to the last day of the rule, or to null for none. Of
 * several rules for one of them, the longest counts.
 */
export function rulesInForce(rules: readonly DeclaredRule[]): ReadonlyMap<string, string | null> {
  const inForce = rules.filter(({ past }) => !past).sort((a, b) => ((a.until ?? '~') < (b.until ?? '~') ? -1 : 1));
  return new Map(inForce.map((rule) => [coveredBy(rule), rule.until ?? null]));
}

function coveredBy({ prefix, file, numbers }: DeclaredRule): string {
  if (file) return `file ${file.path} ${file.column ?? ''}`;
  return prefix === undefined ? `number ${numbers.values[0]}` : `prefix ${prefix}`;
}

/**
 * Finds users whom a rule ignores and a bot declares, by any of their numbers. Either the rule or the
 * declaration is a mistake.
 *
 * @param placesOf maps numbers to the places that declare them, as `file:line:column`.
 * @param userOf finds the user of a number by the pairs that files declare; undefined if there are none.
 */
export function conflicts(
  { id, numbers: declared, ignored }: Pick<Bot, 'id' | 'numbers' | 'ignored'>,
  rules: readonly DeclaredRule[],
  placesOf: (numbers: NumberSet) => ReadonlyMap<Msisdn, string>,
  userOf: UserOf | undefined,
): { readonly at: Path; readonly number: Msisdn; readonly message: string }[] {
  const names = withNames(declared, userOf);
  // Nearly always empty, which spares the search of each rule.
  const named = names.and(ignored.numbers);
  if (named.size === 0 && !beginsWithAny(names, ignored.prefixes)) return [];
  const found = rules.flatMap(({ at, prefix, numbers, past }) => {
    if (past) return [];
    const both = prefix === undefined ? named.and(numbers) : names.startingWith(prefix);
    const [number] = [...both.and(declared), ...both];
    if (number === undefined) return [];
    const users = respell(both, declared, userOf).and(declared);
    const own = declared.has(number) ? number : respell(NumberSet.of([number]), declared, userOf).values[0]!;
    return [{ at, number, own, more: users.size - 1 }];
  });
  if (found.length === 0) return [];
  const places = placesOf(NumberSet.of(found.map(({ own }) => own)));
  return found.map(({ at, number, own, more }) => {
    const which = more === 0 ? 'is' : `and ${more} more number${more === 1 ? '' : 's'} are`;
    const name = own === number ? '' : ' under another number of the same user';
    const where = `ignored by this rule, but declared for the bot "${id}"${name} at ${places.get(own)}`;
    return { at, number, message: `${which} ${where}; declare or ignore a number, not both` };
  });
}

/**
 * Reports whether a number begins with a prefix. Searches for the fewer of the two: numbers, or prefixes.
 *
 * @param prefixes sorted as text.
 */
function beginsWithAny(numbers: NumberSet, prefixes: readonly string[]): boolean {
  if (prefixes.length < numbers.size) return prefixes.some((prefix) => numbers.startingWith(prefix).size > 0);
  return numbers.values.some((number) => {
    const digits = String(number);
    return Array.from(digits, (_, at) => digits.slice(0, at + 1)).some((start) => {
      return prefixes[lastUpTo(start, prefixes.length, (at) => prefixes[at]!)] === start;
    });
  });
}

/**
 * Adds places to rules. Rules in force come first; expired rules by file are omitted, as their files are not
 * read.
 */
export function placedRules(
  { parsed, encrypted }: { readonly parsed: ParsedFile | null; readonly encrypted: boolean },
  rules: readonly DeclaredRule[],
): IgnoreRule[] {
  const known = rules.filter(({ past, file }) => !past || file === undefined);
  const ordered = [...known.filter(({ past }) => !past), ...known.filter(({ past }) => past)];
  return ordered.map(({ at, file: _, ...rule }) => ({ ...rule, place: parsed!.locate(at).place, encrypted }));
}
