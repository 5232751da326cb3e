import type { ErrorObject } from 'ajv';
import validate from '../../generated/validate-blacklist.js';
import { nearest, suggestAnd } from '../../model/did-you-mean.ts';
import type { Fault } from '../../model/fault.ts';
import { A_NUMBER } from '../../numbers/examples.ts';
import { quoted } from '../../numbers/quoted.ts';
import type { ParsedFile } from '../yaml/parse.ts';
import { isMapping } from '../yaml/parts.ts';
import type { Path } from '../yaml/places.ts';
import { brief, isNamed, keysAt, nameOf, placeKind } from './kinds.ts';
import { describeKey, NAME_RULE } from './settings.ts';
import { NAME, tokenEnvError } from './token-env.ts';

/** Checks a file against the schema that editors also use, and words its errors for users. */
export function checkSchema(file: ParsedFile): readonly Fault[] {
  if (validate(file.value)) return [];
  return (validate.errors ?? []).flatMap((error) => {
    const path = pathOf(error);
    const worded = error.keyword === 'not' ? wrongVariable(file, path) : wordsFor(error, path);
    if (!worded) return [];
    const at = worded.path ?? path;
    const fault = file.fault(at, worded.message, worded.atKey);
    return mayHoldToken(at) ? withoutLine(fault) : fault;
  });
}

/**
 * Finds the fault of a file that is not desired state, such as a workflow in the same folder: one fault
 * instead of one for each key. A file with a known key, or with a typo such as `bost`, counts as desired
 * state.
 */
export function checkPurpose(file: ParsedFile): Fault | null {
  const { value } = file;
  if (!isMapping(value)) return null;
  const ours = keysAt([]);
  const isForeign = (key: string) => (key === 'version' ? value.version !== '1' : nearest(key, ours) === null);
  const keys = Object.keys(value);
  if (keys.every((key) => key === 'version') || !keys.every(isForeign)) return null;
  return withoutLine(file.fault([], FOREIGN)); // its lines may contain secrets
}

const FOREIGN =
  'this file has neither "bots" nor "lists", so it is not desired state; move it elsewhere, or pass only the paths of desired state';

function pathOf(error: ErrorObject): Path {
  const [, ...steps] = error.instancePath.split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withoutLine({ source: _, ...fault }: Fault): Fault {
  return fault;
}

/** Detects keys whose value may be a token by mistake. Their line is not shown, as output ends up in logs. */
function mayHoldToken(path: Path): boolean {
  return !isNamed(path) && isTokenKey(String(path.at(-1)));
}

const isTokenKey = (key: string) => /token|secret|password|auth/i.test(key);

interface Worded {
  readonly message: string;
  readonly path?: Path;
  readonly atKey?: boolean;
}

/** @returns null if another error reports the same value better. */
function wordsFor({ keyword, params, propertyName, schemaPath }: ErrorObject, path: Path): Worded | null {
  const here = nameOf(path);
  switch (keyword) {
    case 'if':
    case 'false schema': // a key of another provider: settings.ts checks it with the defaults
    case 'propertyNames':
      return null;
    case 'pattern':
      return propertyName === undefined ? wrongText(path) : wrongName(propertyName, path);
    case 'additionalProperties': {
      const key = params.additionalProperty as string;
      return {
        message: `unknown key ${quoted(brief(key))}; ${wayOut(key, here, path)}`,
        path: [...path, key],
        atKey: true,
      };
    }
    case 'required': {
      const missing = params.missingProperty as string;
      if (/(any|one)Of\/\d+\/required$/.test(schemaPath)) return null; // `anyOf` lists all alternatives
      if (describeKey(missing) !== undefined) return null; // settings.ts checks it with the defaults
      return { message: `${here} needs "${missing === 'version' ? 'version: 1' : missing}"`, atKey: true };
    }
    case 'anyOf':
      return { message: `${here} needs ${NEEDED[placeKind(path)]}`, atKey: true };
    case 'oneOf':
      return params.passingSchemas
        ? {
            message: `${here} has more than one of ${ONE_OF.replace(' or ', ' and ')}; write one rule for each`,
            atKey: true,
          }
        : { message: `${here} needs ${ONE_OF}`, atKey: true };
    case 'dependencies':
      return {
        message: `"${params.property}" is allowed only with "${params.missingProperty}"; remove it`,
        atKey: true,
      };
    case 'minItems':
    case 'minLength':
      return { message: `${here} is empty; ${WANTED[placeKind(path)]}` };
    case 'enum': {
      const rule = placeKind(path) === 'required key' ? '"require" can list only' : `${here} must be one of`;
      return { message: `${rule}: ${(params.allowedValues as string[]).join(', ')}` };
    }
    case 'const':
      return { message: `${here} must be ${params.allowedValue}` };
    case 'type':
      return typeError(here, String(params.type), path);
    case 'minimum':
    case 'maximum':
      return { message: `${here} must be at ${keyword === 'minimum' ? 'least' : 'most'} ${params.limit}` };
    default:
      return { message: `${here} does not match the schema (${keyword}: ${path.at(-1)})` };
  }
}

/** Words the remedy for a key that is not allowed. */
function wayOut(key: string, here: string, path: Path): string {
  const keys = keysAt(path);
  const [name = ''] = key.split(':', 1);
  if (name !== key && keys.includes(name)) return `write "${name}: " with a space after the colon`;
  if (keys.includes('tokenEnv') && nearest(key, keys) === null && isTokenKey(key)) {
    return 'remove the token, and write "tokenEnv" with the NAME of its environment variable';
  }
  return suggestAnd(`${here} can have: ${keys.join(', ')}`, key, keys);
}

const BLOCK_NONE = '"numbers: []" blocks no number';
const ONE_OF = '"number", "prefix" or "file"';

/** The keys of which at least one is needed. */
const NEEDED: Readonly<Record<string, string>> = {
  file: '"bots" or "lists"',
  bot: `"numbers", "files" or "lists" (${BLOCK_NONE})`,
  list: '"numbers" or "files"',
};

/** How to fix a value that is empty or of the wrong type. */
const WANTED: Readonly<Record<string, string>> = {
  lists: 'name a list, or remove the key',
  files: 'name a file, or remove the key',
  path: 'write the path of a number file, such as lists/fraud.txt',
  column: 'write the name of a column',
};

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping of keys to values, each written as "key: value"',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  'string,number,boolean': 'text',
};

function wrongName(name: string, path: Path): Worded {
  const what = path[0] === 'bots' ? 'bot id' : 'list name';
  return {
    message: `the ${what} ${quoted(brief(name))} is not allowed; ${NAME_RULE}`,
    path: [...path, name],
    atKey: true,
  };
}

function wrongText(path: Path): Worded | null {
  const last = String(path.at(-1));
  switch (placeKind(path)) {
    case 'item': // a number: `numbers/written` words its errors
    case 'rule':
    case 'number':
      return null;
    case 'prefix':
      return { message: '"prefix" must be the first digits of numbers, such as "+1202"' };
    case 'within':
      return { message: '"within" must be days or weeks, such as 365d or 52w' };
    case 'day':
      return { message: `"${last}" must be a date as YYYY-MM-DD, such as 2026-12-31` };
  }
  if (last === 'tokenEnv') return { message: tokenEnvError('', '"tokenEnv"')! };
  return { message: `"${last}" must be ${describeKey(last)}` };
}

/** Words the error of a name that `tokenEnv` cannot have. @returns null if `pattern` reports it as well. */
function wrongVariable({ value }: ParsedFile, path: Path): Worded | null {
  const name = String(path.reduce((part, step) => (part as Record<string, unknown>)[step], value));
  return new RegExp(NAME).test(name) ? { message: tokenEnvError(name, '"tokenEnv"')! } : null;
}

function typeError(here: string, type: string, path: Path): Worded | null {
  switch (placeKind(path)) {
    case 'rule':
      return { message: `expected ${A_NUMBER}, or a rule with ${ONE_OF}` };
    case 'item':
    case 'number':
      return { message: `expected ${A_NUMBER}` };
    case 'path':
      return { message: 'expected the path of a number file, such as lists/fraud.txt' };
    case 'list reference':
      return { message: 'expected the name of a list' };
    case 'version':
      return null; // `const` reports that it must be 1
  }
  const hint = path.at(-1) === 'numbers' && type === 'array' ? `, with a space after each dash (${BLOCK_NONE})` : '';
  return { message: `${here} must be ${KINDS[type] ?? type}${hint}` };
}
