import { plain } from '../../desired/edit/text.ts';
import { botIdError, missingKeys, resolveSettings, tokenEnvError } from '../../desired/schema/settings.ts';
import type { SourceFile } from '../../desired/source/yaml-files.ts';
import type { Bot } from '../../model/bot.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { Target } from './target.ts';

/** The options about the bots to import. */
interface Wanted {
  /** Empty for all bots of the file. */
  readonly bots: readonly string[];
  readonly region?: string | undefined;
  readonly tokenEnv?: string | undefined;
}

/** A bot to import: the place of its list, and the settings that the file must get if the bot is new. */
export interface ImportAddress extends Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'> {
  readonly stated: Readonly<Record<string, string>>;
}

/** Makes a file without bots. The options for new bots become its defaults. */
export function newFile(name: string, { region, tokenEnv }: Wanted): SourceFile {
  const given = Object.entries({ region, tokenEnv }).filter(([, value]) => value !== undefined);
  const defaults = given.map(([key, value]) => `  ${key}: ${plain(value!)}\n`).join('');
  const head = '# yaml-language-server: $schema=schemas/blacklist.schema.json\nversion: 1\n';
  return { name, text: `${head}${defaults && `defaults:\n${defaults}`}bots: {}\n` };
}

/** Finds the address of each bot. @throws InvalidError with each setting that is missing or contradicts the file. */
export function makeAddresses(
  { file: { name }, isNew, own, defaults, placeElsewhere }: Target,
  { bots: wanted, region, tokenEnv }: Wanted,
): readonly ImportAddress[] {
  const given = { ...(region !== undefined && { region }), ...(tokenEnv !== undefined && { tokenEnv }) };
  const ids = wanted.length > 0 ? [...new Set(wanted)] : [...own.keys()];
  if (ids.length === 0) {
    const lacks = isNew ? 'does not exist' : 'declares no bot';
    throw new InvalidError(`${name} ${lacks}; pass --bot ID for each bot to import`);
  }
  const wrong = given.tokenEnv === undefined ? null : tokenEnvError(given.tokenEnv);
  if (wrong !== null) throw new InvalidError(wrong);
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
        faults.push({
          message: `${option} contradicts ${name}, which has ${what} for the bot "${id}"; remove the option`,
        });
      }
      return { id, provider, settings, tokenEnv, stated: {} };
    }
    const stated = Object.fromEntries(Object.entries(given).filter(([key, value]) => value !== defaults[key]));
    const place = placeElsewhere(id);
    if (place !== null) {
      faults.push({
        message: `--bot ${id}: the bot is declared at ${place}; import into that file instead of ${name}`,
      });
    } else {
      const message = botIdError(id);
      faults.push(
        ...(message === null ? missingKeys(given, defaults).map((key) => missing(id, name, key)) : [{ message }]),
      );
    }
    const { provider, settings } = resolveSettings(given, defaults);
    return { id, provider, settings, tokenEnv: (given.tokenEnv ?? defaults.tokenEnv)!, stated };
  });
  if (faults.length > 0) throw new InvalidError(faults);
  return addresses;
}

const REMEDIES: Readonly<Record<string, string>> = {
  region: 'pass --region eu1 or --region us1, or declare a bot of the Cloud API in the file first',
  tokenEnv: 'pass --token-env with the NAME of the variable',
};

function missing(id: string, name: string, key: string): Fault {
  const remedy = REMEDIES[key] ?? `declare the bot in the file first, with "${key}" and "numbers: []"`;
  return { message: `the bot "${id}" is new in ${name} and has no "${key}"; ${remedy}` };
}
