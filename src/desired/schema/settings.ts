import schema from '../../../schemas/blacklist.schema.json' with { type: 'json' };
import type { Bot, GuardLimits, Policy, Settings } from '../../model/bot.ts';
import type { Fault } from '../../model/fault.ts';
import type { ParsedFile } from '../yaml/parse.ts';
import { isMapping } from '../yaml/parts.ts';
import type { Path } from '../yaml/places.ts';

/** What a file that holds to `schemas/blacklist.schema.json` may say of a bot or of all. */
export interface RawSettings {
  readonly provider?: string;
  /** Of one provider or another. */
  readonly [key: string]: unknown;
  readonly tokenEnv?: string;
  readonly policy?: Policy;
  readonly guard?: { readonly percent?: number; readonly floor?: number };
}

/** The keys of one provider, as the schema has them. */
interface Keys {
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>;
  /** Settings of a bot as users write them. */
  readonly examples?: readonly { readonly tokenEnv: string }[];
}

const { definitions } = schema;
const DEFAULT_PROVIDER = definitions.provider.default;
const DEFAULT_POLICY = definitions.policy.default as Policy;
const PROVIDERS: ReadonlyMap<string, Keys> = new Map(
  definitions.provider.enum.map((kind) => [kind, (definitions as unknown as Record<string, Keys>)[kind]!]),
);

/** Every key that a bot may have, and every key that `defaults` may have. */
export const BOT_KEYS: readonly string[] = Object.keys(definitions.bot.properties);
export const DEFAULTS_KEYS: readonly string[] = Object.keys(schema.properties.defaults.properties);

/** The description of a key that only some providers have; undefined for any other key. */
export function describeKey(key: string): string | undefined {
  return ownersOf(key).map((kind) => PROVIDERS.get(kind)!.properties[key]!.description)[0];
}

/** The key of a bot that names its list, and that list; null if the bot id names it. */
export function listOf({ provider, settings }: Bot): { readonly key: string; readonly list: string } | null {
  const key = Object.keys(settings).find((each) => !DEFAULTS_KEYS.includes(each)); // what no two bots can share
  return key === undefined ? null : { key, list: `${provider} ${settings[key]}` };
}

/** The keys that a bot needs and does not have, defaults included. */
export function missingKeys(raw: RawSettings, defaults: RawSettings): readonly string[] {
  const { required = [] } = PROVIDERS.get(providerKind(raw, defaults)) ?? {};
  return [...required, 'tokenEnv'].filter((key) => raw[key] === undefined && defaults[key] === undefined);
}

/** Checks the keys of a bot against its provider. The schema cannot, as the provider may come from `defaults`. */
export function checkProvider(raw: RawSettings, defaults: RawSettings, path: Path, parsed: ParsedFile): Fault[] {
  const kind = providerKind(raw, defaults);
  const keys = PROVIDERS.get(kind);
  if (!keys) return []; // the schema has said so
  const id = path.at(-1);
  const faults: Fault[] = [];
  for (const key of missingKeys(raw, defaults)) {
    const where = DEFAULTS_KEYS.includes(key) ? ', and "defaults" has none either' : `, which ${kind} needs`;
    faults.push(parsed.fault(path, `the bot "${id}" has no "${key}"${where}`, true));
  }
  for (const key of Object.keys(raw)) {
    const [owner, ...others] = ownersOf(key);
    if (owner === undefined || Object.hasOwn(keys.properties, key)) continue;
    const which = [owner, ...others].join(' and ');
    const message = `"${key}" is a key of the provider ${which}, and that of the bot "${id}" is ${kind}; remove it, or write "provider: ${owner}"`;
    faults.push(parsed.fault([...path, key], message, true));
  }
  return faults;
}

/** Refuses "Infinity" and "1e999", which pass the limits of the schema and make a guard that guards nothing. */
export function checkGuard({ guard }: RawSettings, path: Path, parsed: ParsedFile): Fault[] {
  return Object.entries(isMapping(guard) ? guard : {}).flatMap(([key, value]) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return [];
    return parsed.fault([...path, 'guard', key], `"${key}" must be a finite number`);
  });
}

export type BotSettings = Pick<Bot, 'provider' | 'settings' | 'guard' | 'tokenEnv' | 'policy'>;

/** Settings of a bot without faults: its own, then the defaults of the file, then those of its provider. */
export function resolveSettings(raw: RawSettings, defaults: RawSettings): BotSettings {
  const provider = providerKind(raw, defaults);
  const { guard: _, ...keys } = PROVIDERS.get(provider)!.properties;
  const initial = defaultsOf(provider);
  const settingOf = (key: string) => String(raw[key] ?? defaults[key] ?? keys[key]!.default);
  const settings: Settings = Object.fromEntries(Object.keys(keys).map((key) => [key, settingOf(key)]));
  const limits: GuardLimits = { ...initial.guard, ...defaults.guard, ...raw.guard };
  const tokenEnv = (raw.tokenEnv ?? defaults.tokenEnv)!;
  return { provider, settings, guard: limits, tokenEnv, policy: raw.policy ?? defaults.policy ?? initial.policy };
}

/** The settings of a bot if no file sets them. A file must name the token's variable: the default is the usual name. */
export interface Defaults extends Pick<Bot, 'guard' | 'policy'> {
  /** Null if the provider has no usual name. */
  readonly tokenEnv: string | null;
}

export function defaultsOf(provider: string): Defaults {
  const { properties, examples = [] } = PROVIDERS.get(provider)!;
  const guard = properties.guard!.default as GuardLimits;
  return { guard, policy: DEFAULT_POLICY, tokenEnv: examples[0]?.tokenEnv ?? null };
}

function providerKind(raw: RawSettings, defaults: RawSettings): string {
  return raw.provider ?? defaults.provider ?? DEFAULT_PROVIDER;
}

/** The providers that have a key which not all of them have. */
function ownersOf(key: string): string[] {
  if (key === 'guard') return [];
  return [...PROVIDERS].filter(([, { properties }]) => Object.hasOwn(properties, key)).map(([kind]) => kind);
}
