/** Runs random cases: what is planted, where, and the command that reads it. */
import { script } from '../../../src/report/html/script.ts';
import { style } from '../../../src/report/html/style.ts';
import * as fc from '../../fast-check.ts';
import { NUMBERS, shownDigits, shownOfToken, TOKENS } from '../../report/voice/spellings.ts';
import { FORMATS } from '../harness.ts';
import { PLACES, type Step } from './places.ts';
import { folder, makeWorld, outputOf, serve, writeWorld } from './world.ts';

const cwd = folder();

/** The digits in a row of a number that no masked output shows, and the characters of a token that no output shows. */
const DIGITS = 7;
const CHARACTERS = 8;

export interface Case {
  readonly number: string;
  readonly token: string;
  readonly before: string;
  readonly after: string;
  /** A spelling of the number, or null to plant only the token. */
  readonly spelling: string | null;
  /** A form of the token, or null to plant only the number. */
  readonly form: string | null;
  readonly place: string;
  readonly at: number;
  readonly command: number;
  readonly format: string;
  readonly flags: readonly string[];
  readonly ci: boolean;
}

const NO_FORMAT = ['sandbox', 'completion', 'complete'];

export async function outputs(each: Case): Promise<readonly string[]> {
  const { number, token, before, after, spelling, form, place, at, command, format, flags, ci } = each;
  const world = makeWorld(cwd, number, token);
  if (ci) world.env.CI = 'true';
  const formed = form && TOKENS[FOREIGN.includes(place) ? form : WHOLE[at % WHOLE.length]!]!(token);
  const planted = [spelling && NUMBERS[spelling]!(number), formed].filter((text) => text);
  const plant = { text: `${before}${planted.join(' ')}${after}`, number, at };
  const { plant: put, commands } = PLACES[place]!;
  put(world, plant);
  writeWorld(world);
  serve(world, number);
  const printed: string[] = [];
  for (const step of commands[command % commands.length]!(number, world, plant)) {
    if (isChange(step)) step();
    else printed.push(await outputOf(world, lineOf(step, format, isFull(each) ? ['--numbers=full'] : flags)));
  }
  return printed.map((text) => text.replace(script, '').replace(style, ''));
}

/** Masked output withholds most tokens for their digits, so tokens of servers are looked for in full output as well. */
const isFull = ({ place, spelling, at }: Case) => spelling === null && FOREIGN.includes(place) && at % 2 === 0;
const FOREIGN = [
  'an answer',
  'an error',
  'the results of a write',
  'a page',
  'a header',
  'the words of sops',
  'the words of git',
];
/** People put a token into a file or an argument as it is: only the words of others have a part of it, or another form. */
const WHOLE = ['as it is', 'percent', 'base64'];

const isChange = (step: Step): step is () => void => typeof step === 'function';

/** The options of output go before others, which may be wrong. */
function lineOf([command = '', ...args]: readonly string[], format: string, flags: readonly string[]): string[] {
  const isOnline = ['plan', 'apply', 'drift', 'list', 'explain', 'import'].includes(command);
  const own = NO_FORMAT.includes(command) ? [] : ['--format', format, ...flags];
  return [command, ...(isOnline ? own : own.filter((flag) => flag !== '--debug')), ...args];
}

/** Returns what an output shows of the number or the token, and the output; null if it shows too little. */
async function leak(each: Case): Promise<string | null> {
  const { number, token, form, spelling } = each;
  for (const output of await outputs(each)) {
    const digits = isFull(each) ? 0 : shownDigits(output, number);
    if (digits >= DIGITS) return `${digits} digits of ${number} (${spelling}):\n${output}`;
    if (form === null) continue;
    const characters = shownOfToken(output, token);
    if (characters >= CHARACTERS) return `${characters} characters of ${token} (${form}):\n${output}`;
  }
  return null;
}

/** Finds a leak. The same case with another number and token must leak as well, or the characters were there by chance. */
export async function leakOf(each: Case): Promise<string | null> {
  const found = await leak(each);
  if (found === null) return null;
  const other = [...each.number].map((digit, at) => ((Number(digit) + 3 + (at % 5)) % 9) + 1).join('');
  const token = each.token.replace(/[a-y]/gi, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1));
  const again = await leak({ ...each, number: other, token });
  return again === null ? null : found;
}

const numbers = fc
  .integer({ min: 10_000_000_000, max: 999_999_999_999_999 })
  .filter((number) => new Set(`${number}`).size > 5)
  .map(String);
// A token without digits is not hidden by what hides numbers.
const tokens = fc
  .oneof(fc.stringMatching(/^[A-Za-z0-9+/=_.~-]{16,64}$/), fc.stringMatching(/^[A-Za-z+/=_.~-]{16,64}$/))
  .filter((text) => new Set(text.replace(/[^a-z0-9]/gi, '').toLowerCase()).size > 8)
  .filter((text) => !/\d\/\d|\/\./.test(text)); // a URL would change them
const words = fc.constantFrom(
  '',
  '',
  'not valid: ',
  'user ',
  'Bearer ',
  '{"error":"',
  'der Nutzer ',
  '用户 ',
  '<p>',
  '"',
);
const keysOf = (table: object) => fc.constantFrom(...Object.keys(table));

export const cases: fc.Arbitrary<Case> = fc.record({
  number: numbers,
  token: tokens,
  before: words,
  after: words,
  spelling: fc.option(keysOf(NUMBERS), { freq: 3 }),
  form: fc.option(keysOf(TOKENS), { freq: 2 }),
  place: keysOf(PLACES),
  at: fc.nat({ max: 100_000 }),
  command: fc.nat({ max: 1000 }),
  format: fc.constantFrom(...FORMATS),
  flags: fc.subarray(['--verbose', '--quiet', '--debug', '--numbers=masked']),
  ci: fc.boolean(),
});
