/** Parses a command line, for the terminal and for the action. */
import type { Command } from 'commander';
import { DEFAULT_PATH } from '../../steps/options.ts';
import type { HelpfulCommand } from './command.ts';

/** @throws CommanderError for a wrong command line, after its message was printed. */
export async function parseArguments(program: HelpfulCommand, given: readonly string[]): Promise<void> {
  const args = settleHelp(given);
  checkCommand(program, args);
  checkValues(program, args);
  await program.parseAsync(settleOptionalValues(args), { from: 'user' });
}

/** Turns `help sandbox block` into `sandbox block --help`, as the help of commander knows no command of a command. */
function settleHelp(args: readonly string[]): readonly string[] {
  const [first, ...words] = args;
  if (first !== 'help' || words.some((word) => word.startsWith('-'))) return args;
  return [...words.filter((word) => word !== 'help'), '--help'];
}

/** Refuses an unknown command, also one of `sandbox`, for which commander would report too many arguments. */
function checkCommand(program: HelpfulCommand, args: readonly string[]): void {
  const named = (command: Command, word: string) => command.commands.find((one) => one.name() === word);
  const words = args.filter((arg) => !arg.startsWith('-'));
  const word = words[0] === 'help' ? words[1] : words[0];
  if (word === undefined) return;
  const command = named(program, word);
  if (!command) program.unknownWord(word);
  const next = args[args.indexOf(word) + 1];
  if (command.commands.length === 0 || next === undefined || next.startsWith('-')) return;
  if (!named(command, next)) (command as HelpfulCommand).unknownWord(next);
}

/**
 * Refuses an option without a value, which an empty variable of a script leaves: commander would take the
 * next option for the value, or an empty text. Also refuses `--version` after a command, as commander would
 * print the version.
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
  if (!command) return;
  for (const [at, arg] of args.slice(0, end < 0 ? undefined : end).entries()) {
    const [, flag = arg, assigned] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
    if (['-v', '--version'].includes(flag)) command.error(`'${flag}'`, { code: 'commander.unknownOption' });
    const option = command.options.find(({ long, short }) => long === flag || short === flag);
    if (!option || !(option.required || option.optional)) continue;
    const name = option.flags;
    const value = assigned ?? args[at + 1];
    if (value === '') {
      command.error(`${name} has an empty value; is a variable empty? Pass a value, or remove the option`);
    }
    if (!option.required || assigned !== undefined || !value || !/^-\D/.test(value)) continue;
    const [next] = value.split('=');
    const dash = `Write a value that begins with a dash as ${option.long}=…`;
    command.error(`${name} has no value, because ${next} follows it; is a variable empty? ${dash}`);
  }
}

/** Refuses an empty path: an empty variable in quotes leaves one, and it would mean the working directory. */
export function checkPaths(command: Command): void {
  if (pathsOf(command).includes('')) command.error('a path is empty; is a variable empty? Pass a path, or omit it');
}

/** Returns the files and folders of the command line, or the default of the command if it has one. */
export function pathsOf(command: Command): readonly string[] {
  const { registeredArguments, processedArgs } = command;
  const { path } = command.opts<{ path?: readonly string[] }>();
  if (path) return path.length > 0 ? path : [DEFAULT_PATH]; // of a command whose arguments are numbers
  const isPath = registeredArguments.map((argument) => /^(?:file|path)s?$/.test(argument.name()));
  const given = processedArgs.filter((_, at) => isPath[at]).flatMap((paths) => paths ?? []);
  return isPath.includes(true) && given.length === 0 ? [DEFAULT_PATH] : given;
}

/** Gives `--sandbox` and `--wait` a value if a path may follow: in `plan --sandbox examples`, examples is a folder. */
function settleOptionalValues(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    if (arg === '--sandbox') return '--sandbox=';
    if (arg === '--wait' && !/^\d/.test(args[index + 1] ?? '')) return '--wait=5m';
    return arg;
  });
}
