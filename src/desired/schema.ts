import type { ErrorObject } from 'ajv';
import validate from '../generated/validate-blacklist.js';
import type { Fault, Policy } from '../model.ts';
import type { ParsedFile } from './parse.ts';
import type { Path } from './places.ts';
import { BOT_KEYS, DEFAULTS_KEYS, describeKey } from './settings.ts';

/** What a file that holds to `schemas/blacklist.schema.json` may say of a bot. */
export interface RawSettings {
  readonly provider?: string;
  /** Of one provider or another. */
  readonly [key: string]: unknown;
  readonly tokenEnv?: string;
  readonly policy?: Policy;
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
    if (!said) return [];
    const at = said.path ?? path;
    const fault = file.fault(at, said.message, said.atKey);
    return mayHoldToken(at) ? { message: fault.message, place: fault.place! } : fault;
  });
}

function pathOf(error: ErrorObject): Path {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The line of a token that was written into the file by mistake is not shown: output ends in logs. */
function mayHoldToken(path: Path): boolean {
  const isBot = path.length === 2 && path[0] === 'bots';
  return !isBot && /token|secret|password|auth/i.test(String(path.at(-1)));
}

interface Said {
  readonly message: string;
  readonly path?: Path;
  readonly atKey?: boolean;
}

/** @returns null for what another error of the same value says better. */
function say({ keyword, params, propertyName }: ErrorObject, path: Path): Said | null {
  const here = nameOf(path);
  const last = path.at(-1);
  switch (keyword) {
    case 'if':
    case 'false schema': // a key of another provider: settings.ts sees the defaults, too
    case 'propertyNames':
      return null;
    case 'pattern': {
      if (propertyName !== undefined) {
        const rule = 'a bot id has 1 to 64 of A-Z a-z 0-9 . _ - and is not dots alone';
        return {
          message: `the bot id "${propertyName}" is not allowed; ${rule}`,
          path: [...path, propertyName],
          atKey: true,
        };
      }
      if (last === 'tokenEnv') {
        return { message: '"tokenEnv" takes the NAME of an environment variable, never a token' };
      }
      if (last === 'expires') return { message: '"expires" takes a day as YYYY-MM-DD' };
      const meaning = describeKey(String(last));
      if (meaning !== undefined && !isEntry(path)) return { message: `"${last}" is not as it must be: ${meaning}` };
      return null; // a number: msisdn.ts says what is wrong with it
    }
    case 'additionalProperties': {
      const key = params.additionalProperty as string;
      const way = key === '<<' ? 'merge keys are not read' : `${here} may have: ${keysAt(path)}`;
      return { message: `unknown key "${key}"; ${way}`, path: [...path, key], atKey: true };
    }
    case 'required': {
      const missing = params.missingProperty as string;
      if (describeKey(missing) !== undefined) return null; // as above
      const hint = missing === 'numbers' ? ` (${BLOCK_NOBODY})` : '';
      return { message: `${here} needs "${missing}"${hint}`, atKey: true };
    }
    case 'enum':
      return { message: `${here} must be one of: ${(params.allowedValues as string[]).join(', ')}` };
    case 'const':
      return { message: `${here} must be ${params.allowedValue}` };
    case 'type':
      return typeError(here, String(params.type), path);
    case 'minimum':
      return { message: `${here} must be ${params.limit} or more` };
    case 'maximum':
      return { message: `${here} must be ${params.limit} or less` };
    default:
      return { message: `${here} is not as the schema has it (${keyword})` };
  }
}

const BLOCK_NOBODY = '"numbers: []" means: block nobody';

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping of keys to values',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
};

function typeError(here: string, type: string, path: Path): Said | null {
  if (isEntry(path) || (isEntry(path.slice(0, -1)) && path.at(-1) === 'number')) {
    return { message: 'a phone number such as "+447700900123" is expected here' };
  }
  if (here === '"version"') return null; // that it must be 1 says it all
  return { message: `${here} must be ${KINDS[type] ?? type}${type === 'array' ? ` (${BLOCK_NOBODY})` : ''}` };
}

// Where a value stands tells what it is, and not its name alone: a bot may be called "number", or "0".
function isEntry(path: Path): boolean {
  return path.length === 4 && path[2] === 'numbers';
}

function nameOf(path: Path): string {
  if (path.length === 0) return 'the file';
  if (isEntry(path)) return 'the entry';
  return path.length === 2 && path[0] === 'bots' ? `the bot "${path[1]}"` : `"${path.at(-1)}"`;
}

/** The keys that the schema allows there. */
function keysAt(path: Path): string {
  if (path.length === 0) return 'version, defaults, bots';
  if (isEntry(path)) return 'number, reason, expires';
  if (path.at(-1) === 'guard' && path.length === (path[0] === 'defaults' ? 2 : 3)) return 'percent, floor';
  return (path[0] === 'bots' ? BOT_KEYS : DEFAULTS_KEYS).join(', ');
}
