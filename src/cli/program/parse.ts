/** Parses a command line, for the terminal and for the action. */
import type { Command } from 'commander';

/** @throws CommanderError for a wrong command line, after its message was printed. */
export async function parseArguments(program: Command, args: readonly string[]): Promise<void> {
  checkValues(program, args);
  await program.parseAsync(settleOptionalValues(args), { from: 'user' });
}

/**
 * Refuses an option without a value. A variable of a script that is empty leaves one: commander takes `--quiet` of
 * `--out --quiet` for the file, and `''` for a file without a name.
 *
 * | written           | option that needs a value | option that may have one        |
 * | ----------------- | ------------------------- | ------------------------------- |
 * | `--out --quiet`   | refused                   | it has none                     |
 * | `--out=--quiet`   | the value is `--quiet`    | the value is `--quiet`          |
 * | `--out ''`        | refused                   | refused                         |
 * | `--out=`          | refused                   | refused                         |
 * | `--out -5`        | the value is `-5`         | the value is `-5`               |
 */
function checkValues(program: Command, args: readonly string[]): void {
  const command = program.commands.find((one) => one.name() === args.find((arg) => !arg.startsWith('-')));
  const end = args.indexOf('--');
  for (const [at, arg] of args.slice(0, end < 0 ? undefined : end).entries()) {
    const [, flag = arg, assigned] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
    const option = command?.options.find(({ long, short }) => long === flag || short === flag);
    if (!command || !option || !(option.required || option.optional)) continue;
    const name = `error: option '${option.flags}'`;
    const value = assigned ?? args[at + 1];
    if (value === '') {
      command.error(`${name} has an empty value; is a variable empty? Give it a value, or remove it`);
    }
    if (!option.required || assigned !== undefined || !value || !/^-\D/.test(value)) continue;
    const [next] = value.split('=');
    const dash = `A value that begins with a dash is written ${option.long}=…`;
    command.error(`${name} has no value, as ${next} follows it; is a variable empty? ${dash}`);
  }
}

/** Refuses an empty path: an empty variable in quotes leaves one, and it would mean the working directory. */
export function checkPaths(command: Command): void {
  const given = command.registeredArguments.flatMap((argument, at) =>
    /^(?:file|path)s?$/.test(argument.name()) ? command.processedArgs[at] : [],
  );
  if (given.includes('')) command.error('error: an empty path; is a variable empty?');
}

/** Gives `--sandbox` and `--wait` a value if what follows may be a path: `plan --sandbox examples` means the folder. */
function settleOptionalValues(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    if (arg === '--sandbox') return '--sandbox=';
    if (arg === '--wait' && !/^\d/.test(args[index + 1] ?? '')) return '--wait=5m';
    return arg;
  });
}
