import { createHash } from 'node:crypto';
import { InvalidError } from '../model/errors.ts';
import { DEFAULT_PATH } from '../steps/options.ts';

/** The inputs of the workflow. */
export type Inputs = ReturnType<typeof readInputs>;

/** The inputs that identify a comment or an issue: jobs that differ in one of them have one each. */
export interface Scope {
  readonly environment: string;
  /** Sorted. */
  readonly paths: readonly string[];
  /** Sorted; empty for all. */
  readonly bots: readonly string[];
  readonly shard: string;
}

const COMMANDS = ['validate', 'plan', 'apply', 'drift'];

/**
 * Reads and checks the inputs.
 *
 * @param input returns an input by its name, trimmed; empty if it is not set.
 * @param folder the folder for the plan file.
 * @throws InvalidError with the name of the wrong input.
 */
export function readInputs(input: (name: string) => string, folder: string) {
  const command = input('command');
  if (!COMMANDS.includes(command)) throw new InvalidError(`command: must be one of ${COMMANDS.join(', ')}`);
  const lines = (name: string) => linesOf(input(name));
  const given = (name: string, of: string): string[] => {
    const value = input(name);
    if (value !== '' && command !== of) throw new InvalidError(`${name}: is only for command ${of}; remove it`);
    return value === '' ? [] : [`--${name}=${value}`];
  };
  const shard = input('shard');
  const environment = input('environment') || (shard ? `shard-${shard.replace('/', '-of-')}` : 'default');
  if (!/^[\w.-]{1,64}$/.test(environment))
    throw new InvalidError('environment: must be 1 to 64 characters of A-Z a-z 0-9 . _ -');
  const bots = lines('bots');
  const paths = lines('paths');
  const scope = { environment, paths: sorted(paths.length > 0 ? paths : [DEFAULT_PATH]), bots: sorted(bots), shard };
  const planFile = command === 'plan' ? `${folder}/blacklistctl-${environment}-${keyOf(scope)}.plan.json` : null;
  const reviewed = input('approve') === 'reviewed';
  const further = lines('arguments');
  checkFurther(further);
  const approve = given('approve', 'apply');
  const selection = [...bots.map((id) => `--bot=${id}`), ...(shard ? [`--shard=${shard}`] : [])];
  const options = [
    ...selection,
    ...given('base', 'plan'),
    ...(reviewed ? [] : approve),
    ...(planFile === null ? [] : [`--out=${planFile}`]),
    ...further,
  ];
  return {
    command,
    args: [...options, '--', ...paths],
    /** The command line that checks the same files without tokens. */
    offline: ['validate', ...selection, '--', ...paths],
    scope,
    comment: oneOf(input, 'comment', ['true', 'false', 'changes-only']),
    issue: oneOf(input, 'issue', FLAG) === 'true' && command === 'drift',
    failOnDrift: oneOf(input, 'fail-on-drift', FLAG) === 'true',
    /** Apply the plan in the comment of the merged pull request. */
    reviewed,
    planFile,
  };
}

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Options that the action does not pass on: it saves the plan itself, and its log and comments have their own form. */
const USELESS = /^(?:--(?:out|help|version|format|numbers|quiet|no-color)|-h|-v)\b/;

/** Checks the further options. Bots and the shard have inputs of their own, which identify the comment. */
function checkFurther(further: readonly string[]): void {
  for (const line of further) {
    const [option = ''] = line.split(/[= ]/);
    if (USELESS.test(line)) throw new InvalidError(`arguments: ${option} has no use in a workflow; remove it`);
    const own = { '--bot': 'bots', '--shard': 'shard' }[option];
    if (own) throw new InvalidError(`arguments: remove ${option}, and set the input ${own}`);
  }
}

/** The lines of the inputs that messages may quote. */
export const quotable = (input: (name: string) => string): readonly string[] =>
  ['paths', 'bots', 'base', 'approve', 'arguments'].flatMap((name) => linesOf(input(name)));

/** Identifies a scope in a marker. */
export function keyOf({ environment, paths, bots, shard }: Scope): string {
  const text = JSON.stringify([environment, paths, bots, shard]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const SHOWN = 3;

/** Returns `default`, or `production: a.yaml, b.yaml`: paths, bots and the shard appear unless they are the default. */
export function nameOf({ environment, paths, bots, shard }: Scope, dress: (text: string) => string): string {
  const own = paths.length === 1 && paths[0] === DEFAULT_PATH ? [] : paths;
  const parts = [...own, ...bots, ...(shard && !environment.startsWith('shard-') ? [shard] : [])];
  const more = parts.length > SHOWN ? `, and ${parts.length - SHOWN} more` : '';
  const shown = parts.slice(0, SHOWN).map(dress).join(', ');
  return `${dress(environment)}${shown && `: ${shown}${more}`}`;
}

const sorted = (lines: readonly string[]) => [...new Set(lines)].sort();

const FLAG = ['true', 'false'];

function oneOf(input: (name: string) => string, name: string, values: readonly string[]): string {
  const value = input(name).toLowerCase();
  const last = values.at(-1)!;
  if (!values.includes(value)) throw new InvalidError(`${name}: must be ${values.slice(0, -1).join(', ')} or ${last}`);
  return value;
}
