import type { Fault } from '../model/fault.ts';
import type { Warning } from '../model/warnings.ts';
import { Invalid } from '../numbers/invalid.ts';
import { type Collector, type DeclaredNumbers, readNumbers } from './entries.ts';
import { expiredRules } from './expiry.ts';
import { type DeclaredRule, readRules } from './ignore.ts';
import { type Plusless, pluslessOf } from './plusless.ts';
import { checkPurpose, checkSchema } from './schema/check.ts';
import { checkRequired, requirementOf } from './schema/require.ts';
import { checkRange } from './schema/requires.ts';
import { type BotSettings, checkGuard, checkProvider, resolveSettings } from './schema/settings.ts';
import type { SourceFile } from './source/yaml-files.ts';
import { type ParsedFile, parseYaml } from './yaml/parse.ts';

/**
 * The declarations of one file, before they are joined with those of other files. Paths are paths in
 * `parsed`.
 */
export interface Declared {
  readonly file: string;
  readonly parsed: ParsedFile | null; // null if the file could not be read
  readonly encrypted: boolean;
  readonly lists: readonly DeclaredList[];
  readonly bots: readonly DeclaredBot[];
  /** The rules of the defaults. Each bot has them too, but the file may have no bot. */
  readonly ignore: readonly DeclaredRule[];
  /** The names of the token variables, even if the file has faults. */
  readonly tokenEnvs: readonly string[];
  /** Null if the file could not be read. */
  readonly plusless: Plusless | null;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
}

interface DeclaredList extends DeclaredNumbers {
  readonly name: string;
}

export interface DeclaredBot extends DeclaredNumbers {
  readonly id: string;
  readonly settings: BotSettings | null; // null if the file breaks the schema
  readonly ignore: readonly DeclaredRule[]; // the rules of the bot and of the defaults
}

/**
 * Reads one file. The result depends on nothing but the file and the day. A file that is not desired state
 * gets one fault only.
 *
 * @param today the day in UTC as YYYY-MM-DD; entries that expired before it are not in force.
 */
export function declare(source: SourceFile, today: string): Declared {
  const { name: file, encrypted = false } = source;
  const nothing = { file, encrypted, lists: [], bots: [], ignore: [], tokenEnvs: [], plusless: null, warnings: [] };
  const parsed = parseYaml(source);
  if (parsed instanceof Invalid) return { ...nothing, parsed: null, faults: parsed.why };
  const foreign = checkPurpose(parsed);
  if (foreign) return { ...nothing, parsed, faults: [foreign] };

  const formFaults = checkSchema(parsed);
  const collector: Collector = {
    parsed,
    today,
    faults: [...parsed.faults, ...formFaults, ...checkRange(parsed)],
    warnings: [],
  };
  const { faults, warnings } = collector;
  const { parts } = parsed;
  const defaults = parts.defaults.settings;
  faults.push(...checkGuard(defaults, ['defaults'], parsed));
  const lists = Array.from(parts.lists.values(), (part) => ({ name: part.name, ...readNumbers(part, collector) }));
  const ignore = readRules(parts.defaults, collector);
  const bots = Array.from(parts.bots.values(), (part): DeclaredBot => {
    const { name: id, path, settings: own } = part;
    const numbers = readNumbers(part, collector);
    const ownRules = readRules(part, collector);
    faults.push(...checkProvider(own, defaults, path, parsed), ...checkGuard(own, path, parsed));
    const settings = formFaults.length === 0 ? resolveSettings(own, defaults) : null;
    // Shared, as thousands of bots may have thousands of rules from the defaults.
    return { id, settings, ...numbers, ignore: ownRules.length === 0 ? ignore : [...ignore, ...ownRules] };
  });
  for (const part of [...parts.lists.values(), ...parts.bots.values()]) {
    // One by one, as a call takes fewer arguments than there can be faults.
    for (const fault of checkRequired(part, requirementOf(part, parts, parsed), parsed, today)) faults.push(fault);
  }
  warnings.push(...expiredRules(parsed, today));
  const names = Array.from(parts.bots.values(), ({ settings }) => settings.tokenEnv ?? defaults.tokenEnv);
  const tokenEnvs = names.filter((name) => typeof name === 'string');
  const plusless = pluslessOf(parsed);
  return { file, parsed, encrypted, lists, bots, ignore, tokenEnvs, plusless, faults, warnings };
}
