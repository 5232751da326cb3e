import type { SourceFile } from '../desired/files.ts';
import { plain } from '../desired/insert.ts';
import type { RawSettings } from '../desired/schema.ts';
import { InvalidError } from '../errors.ts';
import type { Bot, Fault } from '../model.ts';

/** What the command line says of bots that are to be imported. */
interface Wanted {
  /** Empty for all that the file defines. */
  readonly bots: readonly string[];
  readonly region?: string | undefined;
  readonly tokenEnv?: string | undefined;
}

/** A bot to import: where it lives, and what the file must say of it if it is new there. */
export interface ImportAddress {
  readonly id: string;
  readonly region: string;
  readonly tokenEnv: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** A file that defines no bot yet. What the command line says of its bots is said once, as the defaults. */
export function newFile(name: string, { region, tokenEnv }: Wanted): SourceFile {
  const said = Object.entries({ region, tokenEnv }).filter(([, value]) => value !== undefined);
  const defaults = said.map(([key, value]) => `  ${key}: ${plain(value!)}\n`).join('');
  const head = '# yaml-language-server: $schema=schemas/blacklist.schema.json\nversion: 1\n';
  return { name, text: `${head}${defaults && `defaults:\n${defaults}`}bots: {}\n` };
}

/** The bots to import, or InvalidError with all that is not known of them. */
export function makeAddresses(
  { name }: SourceFile,
  bots: readonly Bot[],
  defaults: RawSettings,
  { bots: wanted, ...given }: Wanted,
): readonly ImportAddress[] {
  const known = new Map(bots.map((bot) => [bot.id, bot]));
  const ids = wanted.length > 0 ? [...new Set(wanted)] : [...known.keys()];
  if (ids.length === 0) throw new InvalidError(`${name} defines no bot; name the bots to import with --bot ID`);
  // Not repeated: by mistake it may be a token. An option that the command line refuses is.
  if (given.tokenEnv !== undefined && !/^[A-Za-z_][A-Za-z0-9_]*$/.test(given.tokenEnv)) {
    throw new InvalidError('--token-env takes the NAME of an environment variable, never a token');
  }
  const faults: Fault[] = [];
  const addresses = ids.map((id) => {
    const bot = known.get(id);
    const region = bot?.region ?? given.region ?? defaults.region;
    const tokenEnv = bot?.tokenEnv ?? given.tokenEnv ?? defaults.tokenEnv;
    if (!/^(?!\.+$)[A-Za-z0-9._-]{1,64}$/.test(id)) {
      faults.push({ message: `--bot ${id}: a bot id has 1 to 64 of A-Z a-z 0-9 . _ - and is not dots alone` });
    } else {
      if (!region) faults.push(missing(id, name, 'region', '--region eu1 or --region us1'));
      if (!tokenEnv) faults.push(missing(id, name, 'tokenEnv', '--token-env with the NAME of the variable'));
    }
    for (const [option, key] of [['--region', 'region'] as const, ['--token-env', 'tokenEnv'] as const]) {
      if (!bot || given[key] === undefined || given[key] === bot[key]) continue;
      faults.push({
        message: `${option}: ${name} has "${key}: ${bot[key]}" for the bot "${id}"; leave the option away`,
      });
    }
    const own = Object.entries({ region, tokenEnv }).filter(
      ([key, value]) => value !== defaults[key as keyof RawSettings],
    );
    return {
      id,
      region: region!,
      tokenEnv: tokenEnv!,
      settings: bot ? {} : (Object.fromEntries(own) as Record<string, string>),
    };
  });
  if (faults.length > 0) throw new InvalidError(faults);
  return addresses;
}

function missing(id: string, name: string, key: string, way: string): Fault {
  return { message: `the bot "${id}" is new in ${name}, and no "${key}" is known for it; give ${way}` };
}
