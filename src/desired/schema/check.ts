import type { ErrorObject } from 'ajv';
import validate from '../../generated/validate-blacklist.js';
import { didYouMean, nearest } from '../../model/did-you-mean.ts';
import type { Fault } from '../../model/fault.ts';
import type { ParsedFile } from '../yaml/parse.ts';
import { isMapping } from '../yaml/parts.ts';
import type { Path } from '../yaml/places.ts';
import { isNamed, keysAt, nameOf, placeKind } from './kinds.ts';
import { describeKey } from './settings.ts';

/** Checks a file against the schema that editors use too. Words its errors for users. */
export function checkSchema(file: ParsedFile): readonly Fault[] {
  if (validate(file.value)) return [];
  return (validate.errors ?? []).flatMap((error) => {
    const path = pathOf(error);
    const worded = wordsFor(error, path);
    if (!worded) return [];
    const at = worded.path ?? path;
    const fault = file.fault(at, worded.message, worded.atKey);
    return mayHoldToken(at) ? withoutLine(fault) : fault;
  });
}

/**
 * Gives a file of something else, such as a workflow beside the desired state, one fault instead of one for each key.
 * A file with a key of ours, or a slip such as `bost`, is not of something else.
 */
export function checkPurpose(file: ParsedFile): Fault | null {
  const { value } = file;
  if (!isMapping(value)) return null;
  const ours = keysAt([]);
  const isForeign = (key: string) => (key === 'version' ? value.version !== '1' : nearest(key, ours) === null);
  const keys = Object.keys(value);
  if (keys.every((key) => key === 'version') || !keys.every(isForeign)) return null;
  return withoutLine(file.fault([], FOREIGN)); // nobody knows what stands there
}

const FOREIGN =
  'this does not look like desired state, as it has neither "bots" nor "lists"; move it away, or name the paths that are meant';

function pathOf(error: ErrorObject): Path {
  const [, ...steps] = error.instancePath.split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withoutLine({ source: _, ...fault }: Fault): Fault {
  return fault;
}

/** The line of a token that was written into the file by mistake is not shown: output ends in logs. */
function mayHoldToken(path: Path): boolean {
  return !isNamed(path) && /token|secret|password|auth/i.test(String(path.at(-1)));
}

interface Worded {
  readonly message: string;
  readonly path?: Path;
  readonly atKey?: boolean;
}

/** @returns null for what another error of the same value says better. */
function wordsFor({ keyword, params, propertyName, schemaPath }: ErrorObject, path: Path): Worded | null {
  const here = nameOf(path);
  switch (keyword) {
    case 'if':
    case 'false schema': // a key of another provider: settings.ts sees the defaults, too
    case 'propertyNames':
      return null;
    case 'pattern':
      return propertyName === undefined ? wrongText(path) : wrongName(propertyName, path);
    case 'additionalProperties': {
      const key = params.additionalProperty as string;
      return { message: `unknown key "${key}"; ${wayOut(key, here, path)}`, path: [...path, key], atKey: true };
    }
    case 'required': {
      const missing = params.missingProperty as string;
      if (/(any|one)Of\/\d+\/required$/.test(schemaPath)) return null; // said once, of all that would do
      if (describeKey(missing) !== undefined) return null; // as above
      return { message: `${here} needs "${missing}"`, atKey: true };
    }
    case 'anyOf':
      return { message: `${here} needs ${NEEDED[placeKind(path)]}`, atKey: true };
    case 'oneOf':
      return params.passingSchemas
        ? { message: `${here} has more than one of ${ONE_OF}; write a rule for each`, atKey: true }
        : { message: `${here} needs ${ONE_OF}`, atKey: true };
    case 'dependencies':
      return { message: `"${params.property}" goes with "${params.missingProperty}" alone`, atKey: true };
    case 'minItems':
    case 'minLength':
      return { message: `${here} is empty; ${WANTED[placeKind(path)]}` };
    case 'enum':
      return { message: `${here} must be one of: ${(params.allowedValues as string[]).join(', ')}` };
    case 'const':
      return { message: `${here} must be ${params.allowedValue}` };
    case 'type':
      return typeError(here, String(params.type), path);
    case 'minimum':
    case 'maximum':
      return { message: `${here} must be ${params.limit} or ${keyword === 'minimum' ? 'more' : 'less'}` };
    default:
      return { message: `${here} is not as the schema has it (${keyword}: ${path.at(-1)})` };
  }
}

/** What to do about a key that is not allowed. */
function wayOut(key: string, here: string, path: Path): string {
  const keys = keysAt(path);
  const [name = ''] = key.split(':', 1);
  if (name !== key && keys.includes(name)) return `write "${name}: " with a blank behind the colon`;
  return `${didYouMean(key, keys)}${here} may have: ${keys.join(', ')}`;
}

const BLOCK_NOBODY = '"numbers: []" means: block nobody';
const ONE_OF = '"number", "prefix" or "file"';

/** The keys of which one is needed. */
const NEEDED: Readonly<Record<string, string>> = {
  file: '"bots" or "lists"',
  bot: `"numbers", "files" or "lists" (${BLOCK_NOBODY})`,
  list: '"numbers" or "files"',
};

/** How to fix a value that is empty or of the wrong type. */
const WANTED: Readonly<Record<string, string>> = {
  lists: 'name a list, or remove it',
  files: 'name a file, or remove it',
  path: 'the path of a number file is expected, such as lists/fraud.txt',
  column: 'the name of a column is expected',
};

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'a mapping of keys to values',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  'string,number,boolean': 'text',
};

const PHONE_NUMBER = 'a phone number such as "+447700900123"';

function wrongName(name: string, path: Path): Worded {
  const [what, subject] = path[0] === 'bots' ? ['bot id', 'a bot id'] : ['list name', 'the name of a list'];
  const rule = `${subject} has 1 to 64 of A-Z a-z 0-9 . _ - and is not dots alone`;
  return { message: `the ${what} "${name}" is not allowed; ${rule}`, path: [...path, name], atKey: true };
}

function wrongText(path: Path): Worded | null {
  const last = String(path.at(-1));
  switch (placeKind(path)) {
    case 'item': // a number: written.ts says what is wrong with it
    case 'rule':
    case 'number':
      return null;
    case 'prefix':
      return { message: '"prefix" takes the first digits of numbers, such as "+1202"' };
    case 'day':
      return { message: `"${last}" takes a day as YYYY-MM-DD` };
  }
  if (last === 'tokenEnv') return { message: '"tokenEnv" takes the NAME of an environment variable, never a token' };
  return { message: `"${last}" is not as it must be: ${describeKey(last)}` };
}

function typeError(here: string, type: string, path: Path): Worded | null {
  switch (placeKind(path)) {
    case 'rule':
      return { message: `${PHONE_NUMBER}, or a rule with ${ONE_OF}, is expected here` };
    case 'item':
    case 'number':
      return { message: `${PHONE_NUMBER} is expected here` };
    case 'path':
      return { message: WANTED.path! };
    case 'list reference':
      return { message: 'the name of a list is expected here' };
    case 'version':
      return null; // that it must be 1 says it all
  }
  const hint = path.at(-1) === 'numbers' && type === 'array' ? `, with a blank behind each dash (${BLOCK_NOBODY})` : '';
  return { message: `${here} must be ${KINDS[type] ?? type}${hint}` };
}
