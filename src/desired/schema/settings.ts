import schema from '../../../schemas/blacklist.schema.json' with { type: 'json' };
import type { Bot, GuardLimits, Policy, Settings } from '../../model/bot.ts';
import type { Fault } from '../../model/fault.ts';
import { quoted } from '../../numbers/quoted.ts';
import type { ParsedFile } from '../yaml/parse.ts';
import { isMapping } from '../yaml/parts.ts';
import type { Path } from '../yaml/places.ts';

interface Keyed {
  readonly provider?: string;
  /** A key of one of the providers. */
  readonly [key: string]: unknown;
}

/** The settings of a bot or of the defaults in a file that matches `schemas/blacklist.schema.json`. */
export interface RawSettings extends Keyed {
  readonly tokenEnv?: string;
  readonly policy?: Policy;
  readonly guard?: { readonly percent?: number; readonly floor?: number };
}

/** The keys of one provider, from the schema. */
interface Keys {
  /** The first sentence says what it is, the others where to find what a bot needs. */
  readonly description: string;
  /** The API was retired. */
  readonly deprecated?: boolean;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, Key>>;
  /** Examples of the settings of a bot. */
  readonly examples?: readonly { readonly tokenEnv: string }[];
}

interface Key {
  readonly description?: string;
  readonly default?: unknown;
  /** The values of a key with a choice. Any other key has a pattern. */
  readonly enum?: readonly string[];
  readonly pattern?: string;
}

const { definitions } = schema;
const DEFAULT_PROVIDER = definitions.provider.default;
const DEFAULT_POLICY = definitions.policy.default as Policy;
const PROVIDERS: ReadonlyMap<string, Keys> = new Map(
  definitions.provider.enum.map((kind) => {
    const keys = (definitions as unknown as Record<string, Keys>)[kind]!;
    const properties = Object.entries(keys.properties).map(([key, value]) => [key, definitionOf(value)] as const);
    return [kind, { ...keys, properties: Object.fromEntries(properties) }];
  }),
);

const NAME = new RegExp(definitions.botId.pattern);

/** Completes an error about a bot id or a list name. */
export const NAME_RULE = 'use 1 to 64 of the characters A-Z a-z 0-9 . _ -, of which at least one is not a dot';

/** Checks a bot id that is not from a file. @returns the error, or null if files may contain it. */
export const botIdError = (id: string) =>
  NAME.test(id) ? null : `the bot id ${quoted(id)} is not allowed; ${NAME_RULE}`;

/** Returns the definition of a key. Providers with the same key share it by a reference. */
function definitionOf(value: Keys['properties'][string] & { readonly $ref?: string }): Keys['properties'][string] {
  const [, owner, , key] = value.$ref?.split('/').slice(1) ?? [];
  return key === undefined ? value : (definitions as unknown as Record<string, Keys>)[owner!]!.properties[key]!;
}

/** All providers. */
export const PROVIDER_KINDS: readonly string[] = [...PROVIDERS.keys()];
/** The provider to suggest for a new bot. A file that names none means another one, as old files do. */
export const USUAL_PROVIDER: string = definitions.provider.examples[0]!;
/** The keys with which the providers find a bot's list, such as `region`. */
export const PLACE_KEYS: readonly string[] = [
  ...new Set([...PROVIDERS.values()].flatMap(({ properties }) => Object.keys(properties))),
].filter((key) => key !== 'guard');

/** All keys that the schema allows for a bot and for `defaults`. */
export const BOT_KEYS: readonly string[] = Object.keys(definitions.bot.properties);
export const DEFAULTS_KEYS: readonly string[] = Object.keys(schema.properties.defaults.properties);

const keyOf = (key: string): Key | undefined => ownersOf(key).map((kind) => PROVIDERS.get(kind)!.properties[key]!)[0];

/** Returns the description of a key that only some providers have; undefined for any other key. */
export const describeKey = (key: string): string | undefined => keyOf(key)?.description;

/** Returns the values of a key of a provider; undefined if it has no choice. */
export const choicesOf = (key: string): readonly string[] | undefined => keyOf(key)?.enum;

/** Returns the value of a key of a provider that no file sets; undefined if each bot needs a value. */
export const defaultOf = (key: string): string | undefined => keyOf(key)?.default as string | undefined;

/** Reports whether files may contain a value of a key of a provider. */
export function isAllowed(key: string, text: string): boolean {
  const { enum: choices, pattern = '' } = keyOf(key)!;
  return choices ? choices.includes(text) : new RegExp(pattern).test(text);
}

/** Returns the first sentence about a provider. */
export const describeProvider = (kind: string): string => sentencesAbout(kind)[0]!;

/** Returns where to find the key that identifies the live list of a bot; empty if no source says it. */
export const whereToFind = (kind: string): string => sentencesAbout(kind).slice(1).join(' ');

const sentencesAbout = (kind: string) => PROVIDERS.get(kind)!.description.split(/(?<=\.) /);

/** Reports whether the API of a provider was retired, so that only old bots have it. */
export const isRetired = (kind: string): boolean => PROVIDERS.get(kind)!.deprecated === true;

/** Lists the providers that have all of these keys. */
export function providersWith(keys: readonly string[]): readonly string[] {
  return PROVIDER_KINDS.filter((kind) => keys.every((key) => ownersOf(key).includes(kind)));
}

/**
 * Returns the key that identifies the live list of a bot; null if the bot id identifies it. If a provider has no keys, the
 * token identifies the list, and its variable is the key.
 */
export function listKeyOf(provider: string): string | null {
  const keys = Object.keys(PROVIDERS.get(provider)!.properties).filter((key) => key !== 'guard');
  if (keys.length === 0) return 'tokenEnv';
  // `defaults` cannot set a key that must differ from bot to bot.
  return keys.find((key) => !DEFAULTS_KEYS.includes(key)) ?? null;
}

/** Returns that key, and the live list of a bot. Providers with the same key reach the same lists. */
export function listOf({
  provider,
  settings,
  tokenEnv,
}: Pick<Bot, 'provider' | 'settings' | 'tokenEnv'>): { readonly key: string; readonly list: string } | null {
  const key = listKeyOf(provider);
  if (key === null) return null;
  return { key, list: key === 'tokenEnv' ? `${provider} ${tokenEnv}` : `${key} ${settings[key]}` };
}

/** Lists the keys that a bot needs and that neither the bot nor the defaults have. */
export function missingKeys(raw: Keyed, defaults: Keyed): readonly string[] {
  const { required = [] } = PROVIDERS.get(providerKind(raw, defaults)) ?? {};
  return [...required, 'tokenEnv'].filter((key) => raw[key] === undefined && defaults[key] === undefined);
}

/**
 * Checks the keys of a bot against its provider. The schema cannot, as the provider may come from `defaults`.
 */
export function checkProvider(raw: RawSettings, defaults: RawSettings, path: Path, parsed: ParsedFile): Fault[] {
  const kind = providerKind(raw, defaults);
  const keys = PROVIDERS.get(kind);
  if (!keys) return []; // the schema check reports it
  const id = String(path.at(-1));
  const missing = missingKeys(raw, defaults);
  const foreign = Object.keys(raw).filter((key) => ownersOf(key).length > 0 && !Object.hasOwn(keys.properties, key));
  const isDefault = raw.provider === undefined && defaults.provider === undefined;
  const lacked = missing.filter((key) => Object.hasOwn(keys.properties, key));
  if (isDefault && lacked.length + foreign.length > 0) {
    const message = `the bot "${id}" has no "provider", so it ${defaultWords(kind, lacked, foreign)}`;
    const others = missing.filter((key) => !lacked.includes(key)).map((key) => missingKey(key, id, kind));
    return [message, ...others].map((each) => parsed.fault(path, each, true));
  }
  return [
    ...missing.map((key) => parsed.fault(path, missingKey(key, id, kind), true)),
    ...foreign.map((key) => {
      const owners = ownersOf(key);
      const current = owners.filter((owner) => !isRetired(owner));
      const way = current.length > 0 ? `, or set "provider" to ${current.join(' or ')}` : '';
      const message = `"${key}" is a key of ${owners.join(' and ')}, but the provider of the bot "${id}" is ${kind}; remove it${way}`;
      return parsed.fault([...path, key], message, true);
    }),
  ];
}

function missingKey(key: string, id: string, kind: string): string {
  const isShared = DEFAULTS_KEYS.includes(key);
  return `the bot "${id}" has no "${key}"; ${isShared ? 'set it for the bot or in "defaults"' : `set it, because ${kind} needs it`}`;
}

/** Words why the provider that a file leaves to its default cannot be meant, and which one may be. */
function defaultWords(kind: string, lacked: readonly string[], foreign: readonly string[]): string {
  const quotedKeys = (keys: readonly string[]) => keys.map((key) => `"${key}"`).join(' and ');
  const why = foreign.length > 0 ? `does not know ${quotedKeys(foreign)}` : `needs ${quotedKeys(lacked)}`;
  const likely = providersWith(foreign).filter((each) => !isRetired(each));
  const usual = likely.length === 0 || likely.includes(USUAL_PROVIDER) ? USUAL_PROVIDER : likely[0]!;
  const retired = isRetired(kind) ? ', which is retired and' : ', which';
  return `uses ${kind}${retired} ${why}; set "provider", such as ${usual}`;
}

/** Refuses "Infinity" and "1e999", which pass the limits of the schema but would switch the guard off. */
export function checkGuard({ guard }: RawSettings, path: Path, parsed: ParsedFile): Fault[] {
  return Object.entries(isMapping(guard) ? guard : {}).flatMap(([key, value]) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return [];
    return parsed.fault([...path, 'guard', key], `"${key}" must be a finite number`);
  });
}

export type BotSettings = Pick<Bot, 'provider' | 'settings' | 'guard' | 'tokenEnv' | 'policy'>;

/**
 * Resolves the settings of a valid bot: its own, then the defaults of the file, then those of its provider.
 */
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

/** The settings of a bot that no file sets. `tokenEnv` is only a suggestion, as a file must set it. */
export interface Defaults extends Pick<Bot, 'guard' | 'policy'> {
  /** The usual name of the variable; null if the provider has none. */
  readonly tokenEnv: string | null;
}

export function defaultsOf(provider: string): Defaults {
  const { properties, examples = [] } = PROVIDERS.get(provider)!;
  const guard = properties.guard!.default as GuardLimits;
  return { guard, policy: DEFAULT_POLICY, tokenEnv: examples[0]?.tokenEnv ?? null };
}

/** Returns the provider of a bot, which the file may leave to its default. */
export function providerKind(raw: Keyed, defaults: Keyed): string {
  return raw.provider ?? defaults.provider ?? DEFAULT_PROVIDER;
}

/** Lists the providers that have a key, for keys that not every provider has. */
export function ownersOf(key: string): string[] {
  if (key === 'guard') return [];
  return [...PROVIDERS].filter(([, { properties }]) => Object.hasOwn(properties, key)).map(([kind]) => kind);
}
