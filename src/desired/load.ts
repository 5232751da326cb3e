import type { Bot, Fault, GuardLimits } from '../model.ts';
import { type Msisdn, parseMsisdn } from '../msisdn.ts';
import { NumberSetBuilder } from '../number-set.ts';
import type { SourceFile } from './files.ts';
import { type ParsedFile, parseYaml } from './parse.ts';
import { checkSchema, type RawBot, type RawFile } from './schema.ts';

/** What Git says: the bots of all files as one desired state, sorted by id, or every fault of every file. */
export interface Desired {
  readonly bots: readonly Bot[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

const DEFAULT_GUARD: GuardLimits = { percent: 25, floor: 10 };

/**
 * Reads the files as one desired state. Pure: the same files on the same day make the same value.
 *
 * @param today the day in UTC as YYYY-MM-DD; entries that expired before it drop out.
 */
export function loadDesired(files: readonly SourceFile[], today: string): Desired {
  const state: State = { today, bots: new Map(), faults: [], warnings: [] };
  for (const file of files) loadFile(file, state);
  const bots = [...state.bots.values()].flatMap(({ bot }) => bot ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  return { bots, faults: state.faults, warnings: state.warnings };
}

interface State {
  readonly today: string;
  readonly bots: Map<string, { bot: Bot | null; definedAt: Fault }>;
  readonly faults: Fault[];
  readonly warnings: Fault[];
}

function loadFile(file: SourceFile, state: State): void {
  const parsed = parseYaml(file);
  if (!('value' in parsed)) {
    state.faults.push(...parsed);
    return;
  }
  const schemaFaults = checkSchema(parsed);
  state.faults.push(...schemaFaults);
  const raw = parsed.value;
  if (!isMapping(raw) || !isMapping(raw.bots)) return;
  // Own keys only, and a Map: a bot may be named __proto__.
  for (const [id, rawBot] of Object.entries(raw.bots)) {
    if (!isMapping(rawBot)) continue;
    const path = ['bots', id];
    const numbers = readNumbers(rawBot, path, parsed, state);
    const bot =
      schemaFaults.length === 0
        ? resolve(id, rawBot as unknown as RawBot, parsed.value as RawFile, numbers, parsed, state)
        : null;
    const definedAt = parsed.fault(path, '', true);
    const twin = state.bots.get(id);
    if (twin) {
      const at = twin.definedAt.place!;
      const message = `the bot "${id}" is defined twice; the other place is ${at.file}:${at.line}:${at.column}`;
      state.faults.push(parsed.fault(path, message, true));
    } else {
      // A bot with faults holds its id, so that a second definition is found in the same run.
      state.bots.set(id, { bot, definedAt });
    }
  }
}

function resolve(id: string, raw: RawBot, file: RawFile, numbers: Bot['numbers'], parsed: ParsedFile, state: State) {
  const defaults = file.defaults ?? {};
  const region = raw.region ?? defaults.region;
  const tokenEnv = raw.tokenEnv ?? defaults.tokenEnv;
  for (const [key, value] of Object.entries({ region, tokenEnv })) {
    if (value === undefined) {
      state.faults.push(
        parsed.fault(['bots', id], `the bot "${id}" has no "${key}", and "defaults" has none either`, true),
      );
    }
  }
  return {
    id,
    region: region!,
    tokenEnv: tokenEnv!,
    policy: raw.policy ?? defaults.policy ?? 'sync',
    guard: { ...DEFAULT_GUARD, ...defaults.guard, ...raw.guard },
    numbers,
  };
}

function readNumbers(raw: Mapping, path: readonly string[], parsed: ParsedFile, state: State): Bot['numbers'] {
  const builder = new NumberSetBuilder();
  const firstAt = new Map<Msisdn, number>();
  const items: unknown[] = Array.isArray(raw.numbers) ? raw.numbers : [];
  for (const [index, item] of items.entries()) {
    const text: unknown = isMapping(item) ? item.number : item;
    if (typeof text !== 'string') continue; // the schema has said so
    const at = [...path, 'numbers', index, ...(isMapping(item) ? ['number'] : [])];
    const number = parseMsisdn(text);
    if (typeof number === 'string') {
      state.faults.push(parsed.fault(at, `the number ${number}`));
      continue;
    }
    const first = firstAt.get(number);
    if (first === undefined) firstAt.set(number, index);
    else {
      const line = parsed.fault([...path, 'numbers', first], '').place!.line;
      state.warnings.push(
        parsed.fault(at, `the number stands twice for "${path[1]}", first in line ${line}; it counts once`),
      );
    }
    if (isMapping(item) && item.expires !== undefined) {
      const expires = String(item.expires);
      if (!/^\d{4}-\d\d-\d\d$/.test(expires)) continue; // the schema has said so
      if (!isDay(expires)) {
        state.faults.push(
          parsed.fault([...path, 'numbers', index, 'expires'], `"${expires}" is no day of the calendar`),
        );
        continue;
      }
      if (expires < state.today) continue;
    }
    builder.add(number);
  }
  return builder.build();
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
