/** The settings that options give to new bots, for `init` and `import`. */
import { botIdError, choicesOf, DEFAULTS_KEYS, listKeyOf, ownersOf } from '../desired/schema/settings.ts';
import { tokenEnvError } from '../desired/schema/token-env.ts';
import { InvalidError } from '../model/errors.ts';
import { flagOf, type NewBotOptions, valueNameOf } from '../steps/options.ts';

/** Settings by key. */
export type Given = Readonly<Record<string, string>>;

export interface GivenToBots {
  /** The settings for `defaults`: those that it may have, if all bots have the same. */
  readonly shared: Given;
  /** The other settings of each bot. */
  readonly own: ReadonlyMap<string, Given>;
}

/** Checks the names among the options. @throws InvalidError with each bot id and variable that files cannot have. */
export function checkNames({ bots, settings }: NewBotOptions): void {
  const variables = (settings.tokenEnv ?? []).map((name) => tokenEnvError(name, flagOf('tokenEnv')));
  const faults = [...bots.map(botIdError), ...variables].filter((fault) => fault !== null);
  if (faults.length > 0) throw new InvalidError(faults);
}

/** Lists the given keys with which providers find a bot's list. */
export const placeKeys = (settings: NewBotOptions['settings']) =>
  Object.keys(settings).filter((key) => key !== 'tokenEnv');

/** `--region eu1|us1`, `--phone-number-id ID`. */
export const usageOf = (key: string) => `${flagOf(key)} ${choicesOf(key)?.join('|') ?? valueNameOf(key).toUpperCase()}`;

/**
 * Gives the values of the options to bots of one provider.
 *
 * | option, for the bots a and b              | `defaults` | a   | b   |
 * | ----------------------------------------- | ---------- | --- | --- |
 * | `--region eu1`                            | eu1        |     |     |
 * | `--token-env A --token-env B`             |            | A   | B   |
 * | `--phone-number-id 1 --phone-number-id 2` |            | 1   | 2   |
 * | `--phone-number-id 1`                     | refused    |     |     |
 *
 * @throws InvalidError with each option that the provider does not have, or that has too few or too many values.
 */
export function giveToBots(ids: readonly string[], provider: string, settings: NewBotOptions['settings']): GivenToBots {
  const faults: string[] = [];
  const shared: Record<string, string> = {};
  const own = new Map(ids.map((id): [string, Record<string, string>] => [id, {}]));
  for (const [key, values] of Object.entries(settings)) {
    const wrong = foreignFault(key, provider) ?? countFault(key, values, ids.length, key === listKeyOf(provider));
    if (wrong !== null) faults.push(wrong);
    else if (values.length === 1 && DEFAULTS_KEYS.includes(key)) shared[key] = values[0]!;
    else for (const [at, id] of ids.entries()) own.get(id)![key] = values[at]!;
  }
  if (faults.length > 0) throw new InvalidError(faults);
  return { shared, own };
}

function foreignFault(key: string, provider: string): string | null {
  const owners = ownersOf(key);
  if (key === 'tokenEnv' || owners.includes(provider)) return null;
  return `${flagOf(key)} is an option for ${owners.join(' and ')}, but the provider is ${provider}; remove it`;
}

/** @param isOwn the key must differ from bot to bot, as it identifies the live list. */
export function countFault(key: string, values: readonly string[], bots: number, isOwn = false): string | null {
  const flag = flagOf(key);
  if (values.length !== bots && (isOwn || values.length !== 1)) {
    const counts = `${counted(values.length, 'value')} for ${counted(bots, 'bot')}`;
    return `${flag} has ${counts}; pass it once for each --bot, in the same order`;
  }
  if (!isOwn || new Set(values).size === values.length) return null;
  return `${flag} has the same value twice, so two bots would have one list; give each --bot its own value`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
