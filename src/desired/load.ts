import type { Bot, Fault, Warning } from '../model.ts';
import { type Msisdn, parseMsisdn } from '../msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../number-set.ts';
import type { SourceFile } from './files.ts';
import { type ParsedFile, parseYaml } from './parse.ts';
import type { Path } from './places.ts';
import { checkSchema, type RawBot, type RawSettings } from './schema.ts';
import { checkProvider, listOf, resolveSettings } from './settings.ts';

/** What Git says: the bots of all files as one desired state, sorted by id, or every fault of every file. */
export interface Desired {
  readonly bots: readonly Bot[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads the files as one desired state. Pure: the same files on the same day make the same value.
 *
 * @param today the day in UTC as YYYY-MM-DD; entries that expired before it drop out.
 * @param folding see `fold.ts`; off only to prove that it changes nothing but the time.
 * @param look what else to warn of in a file, once it is parsed.
 */
export function loadDesired(
  files: readonly SourceFile[],
  today: string,
  folding = true,
  look: (parsed: ParsedFile) => readonly Warning[] = () => [],
): Desired {
  const bots: Bots = new Map();
  const lists: Bots = new Map();
  const loaded = files.map((file) => {
    const found: Found = { today, faults: [], warnings: [] };
    const parsed = parseYaml(file, folding);
    loadFile(parsed, bots, lists, found);
    if ('value' in parsed) addAll(found.warnings, look(parsed));
    return found;
  });
  return {
    bots: [...bots.values()].flatMap(({ bot }) => bot ?? []).sort((a, b) => (a.id < b.id ? -1 : 1)),
    faults: loaded.flatMap(({ faults }) => inOrder(faults)),
    warnings: loaded.flatMap(({ warnings }) => inOrder(warnings)),
  };
}

type Bots = Map<string, { bot: Bot | null; definedAt: Fault }>;

/** What is found in one file. */
interface Found {
  readonly today: string;
  readonly faults: Fault[];
  readonly warnings: Warning[];
}

/** As a reader comes upon them, and each once: two bots may share a list by an alias, and the faults in it. */
function inOrder<T extends Fault>(faults: readonly T[]): T[] {
  const once = new Map(faults.map((fault) => [`${fault.place!.line}:${fault.place!.column}:${fault.message}`, fault]));
  return [...once.values()].sort(({ place: a }, { place: b }) => a!.line - b!.line || a!.column - b!.column);
}

function loadFile(parsed: ReturnType<typeof parseYaml>, bots: Bots, lists: Bots, found: Found): void {
  if (!('value' in parsed)) {
    addAll(found.faults, parsed);
    return;
  }
  const schemaFaults = checkSchema(parsed);
  addAll(found.faults, parsed.faults);
  addAll(found.faults, schemaFaults);
  const raw = parsed.value;
  if (!isMapping(raw) || !isMapping(raw.bots)) return;
  const defaults = isMapping(raw.defaults) ? raw.defaults : {};
  checkGuard(defaults, ['defaults'], parsed, found);
  // Own keys only, and a Map: a bot may be named __proto__.
  for (const [id, rawBot] of Object.entries(raw.bots)) {
    if (!isMapping(rawBot)) continue;
    const path = ['bots', id];
    const numbers = readNumbers(rawBot, path, parsed, found);
    addAll(found.faults, checkProvider(rawBot, defaults, path, parsed));
    checkGuard(rawBot, path, parsed, found);
    const bot = schemaFaults.length === 0 ? resolve(id, rawBot as unknown as RawBot, defaults, numbers) : null;
    const definedAt = parsed.fault(path, '', true);
    const twin = bots.get(id);
    if (twin) {
      const at = twin.definedAt.place!;
      const message = `the bot "${id}" is defined twice; the other place is ${at.file}:${at.line}:${at.column}`;
      found.faults.push(parsed.fault(path, message, true));
    } else {
      // A bot with faults holds its id, so that a second definition is found in the same run.
      bots.set(id, { bot, definedAt });
      if (bot) checkOwner(bot, definedAt, lists, parsed, found);
    }
  }
}

/** Two bots with one list would undo each other's changes, run after run. */
function checkOwner(bot: Bot, definedAt: Fault, lists: Bots, parsed: ParsedFile, found: Found): void {
  const own = listOf(bot);
  if (!own) return;
  const owner = lists.get(own.list);
  if (!owner) {
    lists.set(own.list, { bot, definedAt });
    return;
  }
  const { file, line, column } = owner.definedAt.place!;
  const message = `"${own.key}" is that of the bot "${owner.bot!.id}" (${file}:${line}:${column}), too; a list has one bot`;
  found.faults.push(parsed.fault(['bots', bot.id, own.key], message));
}

/** Not `push(...faults)`: as many arguments as a file can have faults overflow the stack. */
function addAll<T extends Fault>(to: T[], faults: readonly T[]): void {
  for (const fault of faults) to.push(fault);
}

/** The schema's limits let "Infinity" and "1e999" pass, and a guard with them guards nothing. */
function checkGuard({ guard }: Mapping, path: Path, parsed: ParsedFile, found: Found): void {
  for (const [key, value] of isMapping(guard) ? Object.entries(guard) : []) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    found.faults.push(parsed.fault([...path, 'guard', key], `"${key}" must be a finite number`));
  }
}

function resolve(id: string, raw: RawBot, defaults: RawSettings, numbers: Declared): Bot {
  return {
    id,
    ...resolveSettings(raw, defaults),
    tokenEnv: (raw.tokenEnv ?? defaults.tokenEnv)!,
    policy: raw.policy ?? defaults.policy ?? 'sync',
    ...numbers,
  };
}

type Declared = Pick<Bot, 'numbers' | 'expired'>;

function readNumbers(raw: Mapping, path: Path, parsed: ParsedFile, found: Found): Declared {
  const active = new NumberSetBuilder();
  const expired: [Msisdn, string][] = [];
  const list: unknown[] = Array.isArray(raw.numbers) ? raw.numbers : [];
  const runs = parsed.runsIn(list);
  for (const [index, item] of list.entries()) {
    const run = runs?.get(index);
    if (run) {
      active.addAll(run.numbers);
      continue;
    }
    const entry = [...path, 'numbers', index];
    const expires = isMapping(item) ? readDay(item.expires, [...entry, 'expires'], parsed, found) : null;
    const text = textOf(item);
    if (text === null) continue; // the schema has said so
    const number = parseMsisdn(text);
    if (typeof number === 'string') found.faults.push(parsed.fault(placeOf(item, entry), `the number ${number}`));
    else if (expires === null || expires >= found.today) active.add(number);
    else expired.push([number, expires]);
  }
  const numbers = active.build();
  const different =
    expired.length === 0 ? numbers.size : NumberSet.of([...numbers, ...expired.map(([number]) => number)]).size;
  if (active.count + expired.length > different) warnOfRepeats(list, path, parsed, found);
  // The last day counts, and none for a number that another entry still blocks.
  const days = expired.filter(([number]) => !numbers.has(number)).sort(([, a], [, b]) => (a < b ? -1 : 1));
  return { numbers, expired: new Map(days) };
}

/** Only where there are repeats is it worth to look for their places: to hold a million takes long. */
function warnOfRepeats(list: readonly unknown[], path: Path, parsed: ParsedFile, found: Found): void {
  const sorted = Float64Array.from(placedNumbers(list, path, parsed), ({ number }) => number).sort();
  const repeated = new Set(sorted.filter((number, index) => number === sorted[index - 1]));
  const first = new Map<Msisdn, number>();
  for (const { number, fault } of placedNumbers(list, path, parsed)) {
    if (!repeated.has(number)) continue;
    const line = first.get(number);
    if (line === undefined) first.set(number, fault('').place!.line);
    else {
      const message = `the number stands twice for "${path[1]}", first in line ${line}; it counts once`;
      found.warnings.push({ code: 'W-DUPLICATE', ...fault(message) });
    }
  }
}

/** Every number of a list in its order, and a way to say something of it in its place. */
function* placedNumbers(list: readonly unknown[], path: Path, parsed: ParsedFile) {
  const runs = parsed.runsIn(list);
  for (const [index, item] of list.entries()) {
    const run = runs?.get(index);
    for (const [n, number] of run?.numbers.entries() ?? []) {
      yield { number, fault: (message: string) => parsed.faultInRun(run!, n, message) };
    }
    const number = run ? '' : parseMsisdn(textOf(item) ?? '');
    if (typeof number === 'string') continue;
    yield { number, fault: (message: string) => parsed.fault(placeOf(item, [...path, 'numbers', index]), message) };
  }
}

/** The text of a number, in the short form or in the long one; null if there is none. */
function textOf(item: unknown): string | null {
  const text = isMapping(item) ? item.number : item;
  return typeof text === 'string' ? text : null;
}

function placeOf(item: unknown, entry: Path): Path {
  return isMapping(item) ? [...entry, 'number'] : entry;
}

/** A day as YYYY-MM-DD, which sorts as it reads; null for none, and for what is none. */
function readDay(value: unknown, path: Path, parsed: ParsedFile, found: Found): string | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return null; // the schema has said so
  const time = Date.parse(`${value}T00:00:00Z`);
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(value)) return value;
  found.faults.push(parsed.fault(path, `"${value}" is no day of the calendar`));
  return null;
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
