import type { ErrorObject } from 'ajv';
import validate from '../generated/validate-blacklist.js';
import type { Fault } from '../model.ts';
import type { ParsedFile, Path } from './parse.ts';

/** A desired-state file that holds to `schemas/blacklist.schema.json`; numbers are still text. */
export interface RawFile {
  readonly defaults?: RawSettings;
  readonly bots: Readonly<Record<string, RawBot>>;
}

export interface RawSettings {
  readonly region?: string;
  readonly tokenEnv?: string;
  readonly policy?: 'sync' | 'add-only';
  readonly guard?: { readonly percent?: number; readonly floor?: number };
}

export interface RawBot extends RawSettings {
  readonly numbers: readonly (string | RawEntry)[];
}

export interface RawEntry {
  readonly number: string;
  readonly reason?: string;
  readonly expires?: string;
}

/** Checks a parsed file against the schema that editors use too, and says what is wrong in the words of its users. */
export function checkSchema(file: ParsedFile): readonly Fault[] {
  if (validate(file.value)) return [];
  return (validate.errors ?? []).flatMap((error) => {
    const path = pathOf(error);
    const said = say(error, path);
    return said ? [file.fault(said.path ?? path, said.message, said.atKey)] : [];
  });
}

function pathOf(error: ErrorObject): Path {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

interface Said {
  readonly message: string;
  readonly path?: Path;
  readonly atKey?: boolean;
}

/** @returns null for what another error of the same value says better. */
function say({ keyword, params, parentSchema, propertyName }: ErrorObject, path: Path): Said | null {
  const here = path.length === 0 ? 'the file' : `"${path.at(-1)}"`;
  switch (keyword) {
    case 'if':
    case 'propertyNames':
      return null;
    case 'pattern':
      if (propertyName !== undefined) {
        const rule = 'a bot id has 1 to 64 of A-Z a-z 0-9 . _ - and is not dots alone';
        return {
          message: `the bot id "${propertyName}" is not allowed; ${rule}`,
          path: [...path, propertyName],
          atKey: true,
        };
      }
      if (path.at(-1) === 'tokenEnv') {
        return { message: '"tokenEnv" takes the NAME of an environment variable, never a token' };
      }
      if (path.at(-1) === 'expires') return { message: '"expires" takes a day as YYYY-MM-DD' };
      return null; // a number: msisdn.ts says what is wrong with it
    case 'additionalProperties': {
      const key = params.additionalProperty as string;
      const known = Object.keys((parentSchema as { properties?: object } | undefined)?.properties ?? {});
      const allowed = known.length > 0 ? `; ${here} may have: ${known.join(', ')}` : '';
      return { message: `unknown key "${key}"${allowed}`, path: [...path, key], atKey: true };
    }
    case 'required': {
      const missing = params.missingProperty as string;
      const hint = missing === 'numbers' ? ' ("numbers: []" means: block nobody)' : '';
      return { message: `${here} needs "${missing}"${hint}`, atKey: true };
    }
    case 'enum':
      return { message: `${here} must be one of: ${(params.allowedValues as string[]).join(', ')}` };
    case 'const':
      return { message: `${here} must be ${params.allowedValue}` };
    case 'type':
      return typeError(here, String(params.type), path);
    case 'minimum':
    case 'maximum':
      return { message: `${here} must be ${params.comparison} ${params.limit}` };
    default:
      return { message: `${here} is not as the schema has it (${keyword})` };
  }
}

function typeError(here: string, type: string, path: Path): Said {
  const index = typeof path.at(-1) === 'string' && /^\d+$/.test(path.at(-1) as string) && path.at(-2) === 'numbers';
  if (index || path.at(-1) === 'number') return { message: 'a phone number such as "+447700900123" is expected here' };
  const kinds: Record<string, string> = { array: 'a list', object: 'a mapping of keys to values', string: 'text' };
  return { message: `${here} must be ${kinds[type] ?? `a ${type}`}` };
}
