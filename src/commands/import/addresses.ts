import { scalar } from '../../desired/edit/text.ts';
import {
  isRetired,
  listOf,
  missingKeys,
  PROVIDER_KINDS,
  providerKind,
  providersWith,
  type RawSettings,
  resolveSettings,
} from '../../desired/schema/settings.ts';
import type { SourceFile } from '../../desired/source/yaml-files.ts';
import type { Bot } from '../../model/bot.ts';
import { InvalidError } from '../../model/errors.ts';
import { flagOf, type NewBotOptions } from '../../steps/options.ts';
import { countFault, type Given, giveToBots, placeKeys, usageOf } from '../new-bots.ts';
import type { Target } from './target.ts';

/** A bot to import: the place of its list, and the settings that the file must get if the bot is new. */
export interface ImportAddress extends Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'> {
  readonly stated: Given;
}

/** Makes a file without bots. The options that hold for all new bots become its defaults. */
export function newFile(name: string, options: NewBotOptions): SourceFile {
  const given = options.bots.length > 0 ? defaultsFor(options) : {};
  const defaults = Object.entries(given).map(([key, value]) => `  ${key}: ${scalar(value)}\n`);
  const head = '# yaml-language-server: $schema=schemas/blacklist.schema.json\nversion: 1\n';
  return { name, text: `${head}${defaults.length > 0 ? `defaults:\n${defaults.join('')}` : ''}bots: {}\n` };
}

function defaultsFor(options: NewBotOptions): Given {
  const [provider, ...others] = likelyProviders(options, {});
  if (provider === undefined || others.length > 0) return {}; // an error, which makeAddresses reports with others
  const { shared } = giveToBots([...new Set(options.bots)], provider, options.settings);
  return { ...(options.provider !== undefined || !isImplied(provider, {}) ? { provider } : {}), ...shared };
}

/** Finds the address of each bot. @throws InvalidError with each setting that is missing or contradicts the file. */
export function makeAddresses(target: Target, options: NewBotOptions): readonly ImportAddress[] {
  const { own, isNew, file } = target;
  const ids = options.bots.length > 0 ? [...new Set(options.bots)] : [...own.keys()];
  if (ids.length === 0) {
    const lacks = isNew ? 'does not exist. To create it, pass' : 'declares no bot; pass';
    throw new InvalidError(`${file.name} ${lacks} --bot ID for each bot to import${isNew ? '.' : ''}`);
  }
  const faults = ids.flatMap((id, at) => {
    const bot = own.get(id);
    return bot ? contradictions(bot, at, ids.length, options, file.name) : elsewhere(id, target);
  });
  if (faults.length > 0) throw new InvalidError(faults);
  const known = ids.flatMap((id) => own.get(id) ?? []).map((bot): ImportAddress => ({ ...addressOf(bot), stated: {} }));
  const fresh = ids.filter((id) => !own.has(id));
  return fresh.length === 0 ? known : [...known, ...newAddresses(fresh, ids, target, options)];
}

const addressOf = ({ id, provider, settings, tokenEnv }: Bot) => ({ id, provider, settings, tokenEnv });

/** Lists the options that differ from the file, which is not changed for a known bot. */
function contradictions(
  { id, provider, settings, tokenEnv }: Bot,
  at: number,
  count: number,
  options: NewBotOptions,
  name: string,
): string[] {
  const has: Readonly<Record<string, string>> = { ...settings, tokenEnv, provider };
  const given = { ...options.settings, ...(options.provider !== undefined && { provider: [options.provider] }) };
  return Object.entries(given).flatMap(([key, values]) => {
    const wrong = countFault(key, values, count);
    if (wrong !== null) return at === 0 ? [wrong] : [];
    const value = values.length === 1 ? values[0] : values[at];
    if (value === has[key]) return [];
    const what = has[key] === undefined ? `no "${key}"` : `"${key}: ${has[key]}"`;
    return [`${flagOf(key)} contradicts ${name}, which has ${what} for the bot "${id}"; remove the option`];
  });
}

function elsewhere(id: string, { file: { name }, placeElsewhere }: Target): string[] {
  const place = placeElsewhere(id);
  return place === null
    ? []
    : [`--bot ${id}: the bot is declared at ${place}; import into that file instead of ${name}`];
}

/** @param ids all bots of the command line, as an option may have a value for each. */
function newAddresses(
  fresh: readonly string[],
  ids: readonly string[],
  { file: { name }, defaults, all }: Target,
  options: NewBotOptions,
): readonly ImportAddress[] {
  const [provider, ...others] = likelyProviders(options, defaults);
  if (provider === undefined || others.length > 0) {
    const kinds = (provider === undefined ? PROVIDER_KINDS : [provider, ...others]).filter((kind) => !isRetired(kind));
    throw new InvalidError(
      `cannot tell which API stores the lists of the new bots; pass --provider ${kinds.join('|')}`,
    );
  }
  const { shared, own } = giveToBots(ids, provider, options.settings);
  const named = isImplied(provider, defaults) ? {} : { provider };
  const owners = new Map(Array.from(all.values(), (bot) => [listOf(bot)?.list, bot.id]));
  const faults: string[] = [];
  const addresses = fresh.map((id): ImportAddress => {
    const given = { ...named, ...shared, ...own.get(id) };
    const missing = missingKeys(given, defaults);
    faults.push(...missing.map((key) => `${name} does not declare the bot "${id}" yet; pass ${usageOf(key)}`));
    const { settings, tokenEnv } = resolveSettings(given, defaults);
    const address = { id, provider, settings, tokenEnv };
    const list = missing.length > 0 ? null : listOf(address);
    const owner = list && owners.get(list.list);
    if (owner)
      faults.push(
        `--bot ${id}: the bot "${owner}" has the same "${list.key}", so both bots would have one list; pass another value`,
      );
    const stated = Object.fromEntries(Object.entries(given).filter(([key, value]) => value !== defaults[key]));
    return { ...address, stated };
  });
  if (faults.length > 0) throw new InvalidError(faults);
  return addresses;
}

/** Reports whether a bot of the file has the provider even if it does not name it. */
const isImplied = (provider: string, defaults: RawSettings) => providerKind({}, defaults) === provider;

/**
 * Lists the providers that new bots may have: that of the option or of the file's defaults, or those with the given
 * settings. Only one is an answer, as a wrong guess would send the token to another vendor.
 */
function likelyProviders({ provider, settings }: NewBotOptions, defaults: RawSettings): readonly string[] {
  const named = provider ?? defaults.provider;
  if (named !== undefined) return [named];
  const keys = placeKeys(settings);
  if (keys.length > 0) return providersWith(keys);
  // A file without a provider means the one of old files, if it has the settings of that one.
  return missingKeys({ tokenEnv: '' }, defaults).length === 0 ? [providerKind({}, defaults)] : PROVIDER_KINDS;
}
