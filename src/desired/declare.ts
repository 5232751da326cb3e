import type { Bot } from '../model/bot.ts';
import type { Fault, Warning } from '../model/fault.ts';
import { Invalid } from '../numbers/invalid.ts';
import { type Msisdn, parseMsisdn } from '../numbers/msisdn.ts';
import { type Collector, type Entries, placeOf, readDay, readEntries, textOf } from './entries.ts';
import { expiredRules, isInForce } from './expiry.ts';
import { checkPurpose, checkSchema } from './schema/check.ts';
import type { RawBot, RawSettings } from './schema/raw.ts';
import { checkProvider, resolveSettings } from './schema/settings.ts';
import type { SourceFile } from './source/yaml-files.ts';
import { isMapping, itemsOf, type Mapping } from './yaml/mapping.ts';
import { type ParsedFile, parseYaml } from './yaml/parse.ts';
import { type Part, partsOf } from './yaml/parts.ts';
import type { Path } from './yaml/places.ts';

/** What one file declares, before it is put together with the others. Values, and the paths to their places in `parsed`. */
export interface Declared {
  readonly file: string;
  /** Null if the file could not be read. */
  readonly parsed: ParsedFile | null;
  readonly encrypted: boolean;
  readonly lists: readonly DeclaredList[];
  readonly bots: readonly DeclaredBot[];
  /** What the defaults ignore, as far as it holds today. Each bot has it, too, but there may be none yet. */
  readonly ignore: readonly IgnoreRule[];
  /** Variables that hold tokens, by what the file says, whatever is wrong with it. */
  readonly tokenEnvs: readonly string[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
}

/** Where a list or a bot takes its numbers from. */
export interface DeclaredNumbers {
  readonly path: Path;
  /** Those written out. */
  readonly entries: Entries;
  /** By path, from the folder of the file that says so. */
  readonly files: readonly NumberFileName[];
}

export interface DeclaredList extends DeclaredNumbers {
  readonly name: string;
}

export interface DeclaredBot extends DeclaredNumbers {
  readonly id: string;
  /** Null if the file has faults of form. */
  readonly settings: BotSettings | null;
  /** The names of the lists it takes, and where each stands. */
  readonly lists: readonly { readonly at: Path; readonly name: string }[];
  /** Its own and those of the defaults, as far as they hold today. */
  readonly ignore: readonly IgnoreRule[];
  /** Those whose last day is past. */
  readonly lapsed: readonly IgnoreRule[];
}

export type BotSettings = Pick<Bot, 'provider' | 'settings' | 'guard' | 'tokenEnv' | 'policy'>;

export interface NumberFileName {
  /** Where it stands. */
  readonly at: Path;
  /** A file, or a pattern. */
  readonly path: string;
  readonly column?: string;
}

/** One of number, prefix and file. */
export interface IgnoreRule {
  readonly at: Path;
  readonly reason?: string;
  /** The last day on which it holds. */
  readonly until?: string;
  readonly number?: Msisdn;
  /** The first digits, without the plus. */
  readonly prefix?: string;
  readonly file?: NumberFileName;
}

/**
 * Reads one file. Pure: the same file on the same day makes the same value.
 *
 * @param today the day in UTC as YYYY-MM-DD; entries that expired before it drop out.
 */
export function declare(source: SourceFile, today: string): Declared {
  const found: Collector = { today, faults: [], warnings: [] };
  const parsed = parseYaml(source);
  const { name: file, encrypted = false } = source;
  const nothing = { file, encrypted, lists: [], bots: [], ignore: [], tokenEnvs: [], warnings: [] };
  if (parsed instanceof Invalid) return { ...nothing, parsed: null, faults: parsed.why };
  const foreign = checkPurpose(parsed);
  if (foreign) return { ...nothing, parsed, faults: [foreign] };
  const formFaults = checkSchema(parsed);
  addAll(found.faults, parsed.faults);
  addAll(found.faults, formFaults);
  const parts = partsOf(parsed.value);
  const partsOfKind = (kind: Part['kind']) => parts.filter((part) => part.kind === kind);
  const [{ raw: defaults } = { raw: {} as Mapping }] = partsOfKind('defaults');
  checkGuard(defaults, ['defaults'], parsed, found);
  const lists = partsOfKind('lists').map(({ name, path, raw }) => ({ name, ...readSources(raw, path, parsed, found) }));
  const holds = ({ until }: IgnoreRule) => isInForce(until, today);
  const ignoreOfAll = readIgnore(defaults.ignore, ['defaults', 'ignore'], parsed, found);
  const bots = partsOfKind('bots').map(({ name: id, path, raw: bot }) => {
    const sources = readSources(bot, path, parsed, found);
    const rules = [...ignoreOfAll, ...readIgnore(bot.ignore, [...path, 'ignore'], parsed, found)];
    addAll(found.faults, checkProvider(bot, defaults, path, parsed));
    checkGuard(bot, path, parsed, found);
    const settings = formFaults.length === 0 ? settingsOf(bot as unknown as RawBot, defaults) : null;
    const [ignore, lapsed] = [rules.filter(holds), rules.filter((rule) => !holds(rule))];
    return { id, settings, ...sources, lists: namesIn(bot.lists, [...path, 'lists']), ignore, lapsed };
  });
  const tokenEnvs = parts.flatMap(({ raw }) => (typeof raw.tokenEnv === 'string' ? [raw.tokenEnv] : []));
  const { faults } = found;
  const warnings = [...found.warnings, ...expiredRules(parsed, today)];
  return { file, parsed, encrypted, lists, bots, ignore: ignoreOfAll.filter(holds), tokenEnvs, faults, warnings };
}

function readSources(raw: Mapping, path: Path, parsed: ParsedFile, found: Collector): DeclaredNumbers {
  return {
    path,
    entries: readEntries(raw.numbers, [...path, 'numbers'], parsed, found),
    files: itemsOf(raw.files).flatMap((item, index) => fileName(item, [...path, 'files', index], 'path')),
  };
}

function namesIn(value: unknown, path: Path): DeclaredBot['lists'] {
  return itemsOf(value).flatMap((name, index) => (typeof name === 'string' ? { name, at: [...path, index] } : []));
}

/** @returns none for what is no name of a file: the schema has said so. */
function fileName(item: unknown, path: Path, key: string): NumberFileName[] {
  const name = isMapping(item) ? item[key] : item;
  if (typeof name !== 'string' || name === '') return [];
  const column = isMapping(item) && typeof item.column === 'string' ? { column: item.column } : {};
  return [{ at: isMapping(item) ? [...path, key] : path, path: name, ...column }];
}

function readIgnore(value: unknown, path: Path, parsed: ParsedFile, found: Collector): IgnoreRule[] {
  return itemsOf(value).flatMap((item, index): IgnoreRule[] => {
    const rule = [...path, index];
    const until = isMapping(item) ? readDay(item.until, [...rule, 'until'], parsed, found) : null;
    const said = {
      ...(isMapping(item) && typeof item.reason === 'string' && { reason: item.reason }),
      ...(until !== null && { until }),
    };
    const text = textOf(item);
    if (text !== null) {
      const at = placeOf(item, rule);
      const number = parseMsisdn(text);
      if (!(number instanceof Invalid)) return [{ at, number, ...said }];
      found.faults.push(parsed.fault(at, `the number ${number.why}`));
      return [];
    }
    if (!isMapping(item)) return [];
    const [file] = fileName(item.file === undefined ? null : item, rule, 'file');
    if (file) return [{ at: file.at, file, ...said }];
    if (typeof item.prefix !== 'string') return [];
    return [{ at: [...rule, 'prefix'], prefix: item.prefix.replace('+', ''), ...said }];
  });
}

/** Not `push(...faults)`: as many arguments as a file can have faults overflow the stack. */
function addAll(to: Fault[], faults: readonly Fault[]): void {
  for (const fault of faults) to.push(fault);
}

/** The schema's limits let "Infinity" and "1e999" pass, and a guard with them guards nothing. */
function checkGuard({ guard }: Mapping, path: Path, parsed: ParsedFile, found: Collector): void {
  for (const [key, value] of isMapping(guard) ? Object.entries(guard) : []) {
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    found.faults.push(parsed.fault([...path, 'guard', key], `"${key}" must be a finite number`));
  }
}

function settingsOf(raw: RawBot, defaults: RawSettings): BotSettings {
  return {
    ...resolveSettings(raw, defaults),
    tokenEnv: (raw.tokenEnv ?? defaults.tokenEnv)!,
    policy: raw.policy ?? defaults.policy ?? 'sync',
  };
}
