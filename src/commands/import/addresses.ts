import { plain } from '../../desired/edit/text.ts';
import { missingKeys, resolveSettings } from '../../desired/schema/settings.ts';
import type { SourceFile } from '../../desired/source/yaml-files.ts';
import type { Bot } from '../../model/bot.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { Target } from './target.ts';

/** The options about the bots to import. */
interface Wanted {
  /** Empty for all that the file defines. */
  readonly bots: readonly string[];
  readonly region?: string | undefined;
  readonly tokenEnv?: string | undefined;
}

/** A bot to import: where its list is, and the settings that the file must state if the bot is new there. */
export interface ImportAddress extends Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'> {
  readonly stated: Readonly<Record<string, string>>;
}

/** A file that defines no bot yet. Options about its bots become the defaults. */
export function newFile(name: string, { region, tokenEnv }: Wanted): SourceFile {
  const given = Object.entries({ region, tokenEnv }).filter(([, value]) => value !== undefined);
  const defaults = given.map(([key, value]) => `  ${key}: ${plain(value!)}\n`).join('');
  const head = '# yaml-language-server: $schema=schemas/blacklist.schema.json\nversion: 1\n';
  return { name, text: `${head}${defaults && `defaults:\n${defaults}`}bots: {}\n` };
}

/** @throws InvalidError with every setting of the bots that is missing or contradicts the file. */
export function makeAddresses(
  { file: { name }, own, defaults, placeElsewhere }: Target,
  { bots: wanted, region, tokenEnv }: Wanted,
): readonly ImportAddress[] {
  const given = { ...(region !== undefined && { region }), ...(tokenEnv !== undefined && { tokenEnv }) };
  const ids = wanted.length > 0 ? [...new Set(wanted)] : [...own.keys()];
  if (ids.length === 0) throw new InvalidError(`${name} defines no bot; name the bots to import with --bot ID`);
  // The message does not repeat the value: by mistake it may be a token.
  if (given.tokenEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(given.tokenEnv)) {
    throw new InvalidError('--token-env takes the NAME of an environment variable, never a token');
  }
  const faults: Fault[] = [];
  const addresses = ids.map((id): ImportAddress => {
    const bot = own.get(id);
    if (bot) {
      const { provider, settings, tokenEnv } = bot;
      for (const [option, key, has] of [
        ['--region', 'region', settings.region],
        ['--token-env', 'tokenEnv', tokenEnv],
      ] as const) {
        if (given[key] === undefined || given[key] === has) continue;
        const what = has === undefined ? `no "${key}"` : `"${key}: ${has}"`;
        faults.push({ message: `${option}: ${name} has ${what} for the bot "${id}"; leave the option away` });
      }
      return { id, provider, settings, tokenEnv, stated: {} };
    }
    const stated = Object.fromEntries(Object.entries(given).filter(([key, value]) => value !== defaults[key]));
    const place = placeElsewhere(id);
    if (place !== null) {
      const remedy = `import writes into ${name} alone; import into that file instead`;
      faults.push({ message: `--bot ${id}: ${place} defines this bot, and ${remedy}` });
    } else if (!/^(?!\.+$)[A-Za-z0-9._-]{1,64}$/.test(id)) {
      faults.push({ message: `--bot ${id}: a bot id has 1 to 64 of A-Z a-z 0-9 . _ - and is not dots alone` });
    } else faults.push(...missingKeys(given, defaults).map((key) => missing(id, name, key)));
    const { provider, settings } = resolveSettings(given, defaults);
    return { id, provider, settings, tokenEnv: (given.tokenEnv ?? defaults.tokenEnv)!, stated };
  });
  if (faults.length > 0) throw new InvalidError(faults);
  return addresses;
}

const REMEDIES: Readonly<Record<string, string>> = {
  region: 'give --region eu1 or --region us1',
  tokenEnv: 'give --token-env with the NAME of the variable',
};

function missing(id: string, name: string, key: string): Fault {
  const remedy = REMEDIES[key] ?? `write the bot into the file first, with "${key}" and "numbers: []"`;
  return { message: `the bot "${id}" is new in ${name}, and no "${key}" is known for it; ${remedy}` };
}
