import { InvalidError } from '../model/errors.ts';

/** The inputs of the workflow. */
export type Inputs = ReturnType<typeof readInputs>;

const COMMANDS = ['validate', 'plan', 'apply', 'drift'];

/**
 * @param input returns an input by its name, trimmed; empty if it is not given.
 * @param folder for the plan file.
 * @throws InvalidError with the name of the wrong input.
 */
export function readInputs(input: (name: string) => string, folder: string) {
  const command = input('command');
  if (!COMMANDS.includes(command)) throw new InvalidError(`command: must be one of ${COMMANDS.join(', ')}`);
  const lines = (name: string) =>
    input(name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const given = (name: string, of: string): string[] => {
    const value = input(name);
    if (value !== '' && command !== of) throw new InvalidError(`${name}: goes with command ${of} only`);
    return value === '' ? [] : [`--${name}=${value}`];
  };
  const shard = input('shard');
  const environment = input('environment') || (shard ? `shard-${shard.replace('/', '-of-')}` : 'default');
  if (!/^[\w.-]{1,64}$/.test(environment)) throw new InvalidError('environment: takes 1 to 64 of A-Z a-z 0-9 . _ -');
  const planFile = command === 'plan' ? `${folder}/blacklistctl-${environment}.plan.json` : null;
  const reviewed = input('approve') === 'reviewed';
  const further = lines('arguments');
  const useless = further.find((line) => /^(--out|--help|-h|--version)\b/.test(line));
  if (useless !== undefined) throw new InvalidError(`arguments: ${useless.split('=')[0]} makes no sense in a workflow`);
  const approve = given('approve', 'apply');
  const selection = [...lines('bots').map((id) => `--bot=${id}`), ...(shard ? [`--shard=${shard}`] : [])];
  const paths = ['--', ...lines('paths')];
  const options = [
    ...selection,
    ...given('base', 'plan'),
    ...(reviewed ? [] : approve),
    ...(planFile === null ? [] : [`--out=${planFile}`]),
    ...further,
  ];
  return {
    command,
    args: [...options, ...paths],
    /** The command line that checks the same files without tokens. */
    offline: ['validate', ...selection, ...paths],
    environment,
    comment: flag(input, 'comment'),
    issue: flag(input, 'issue') && command === 'drift',
    failOnDrift: flag(input, 'fail-on-drift'),
    /** The fingerprint to approve is the one in the merged pull request. */
    reviewed,
    planFile,
  };
}

function flag(input: (name: string) => string, name: string): boolean {
  const value = input(name).toLowerCase();
  if (value !== 'true' && value !== 'false') throw new InvalidError(`${name}: takes true or false`);
  return value === 'true';
}
