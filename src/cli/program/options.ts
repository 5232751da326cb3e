import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';
import type { Report } from '../../model/report.ts';
import { WARNING_CODES, type WarningCode } from '../../model/warnings.ts';
import type { Env } from '../../model/world.ts';
import { FORMATS } from '../../report/formats.ts';
import type { Context } from '../../steps/context.ts';
import type { WarningRules } from '../../steps/options.ts';
import type { OutputOptions } from '../output/index.ts';
import type { RecordOptions } from '../output/records.ts';
import { positiveDuration, shard, whole } from './arguments.ts';

/** A command of the command line, ready to run in a context. */
export interface Invocation {
  readonly command: string;
  /** The files and folders of the command line, or the default path. */
  readonly paths: readonly string[];
  /** The options that are used outside the command. */
  readonly options: OutputOptions & WarningRules & RecordOptions & { readonly detailedExitcode?: boolean };
  run(context: Context): Promise<Report>;
}

/** The options of any command as they are on the command line. */
export type Flags = Invocation['options'] & { readonly bot?: readonly string[]; readonly baseUrl?: string };

export function choice(flags: string, description: string, choices: readonly string[], initial?: string): Option {
  const option = new Option(flags, description).choices(choices).default(initial);
  return option.argParser(oneOf(choices));
}

/** Makes a parser of one of these words. */
export function oneOf(choices: readonly string[]): (text: string) => string {
  return (text) => {
    if (choices.includes(text)) return text;
    throw new InvalidArgumentError(`one of ${choices.join(', ')}${didYouMean(text, choices)}`);
  };
}

function didYouMean(text: string, words: readonly string[], most?: number): string {
  const [begun, ...others] = text === '' ? [] : words.filter((word) => word.startsWith(text));
  const near = nearest(text, words, most) ?? (others.length === 0 ? begun : undefined) ?? null;
  return near === null ? '' : `; did you mean ${near}?`;
}

/** Makes an option that may be given many times. The help shows its default, which is empty, as `initial`. */
export function repeatable(flags: string, description: string, initial: string, add = addText): Option {
  return new Option(flags, description).argParser(add).default([], initial);
}

const addText = (text: string, before: readonly unknown[]): readonly unknown[] => [...before, text];

/** Adds the options that turn warnings into errors, or hide them, by their codes. */
export function withWarnings(command: Command): Command {
  return command
    .optionsGroup('Warnings:')
    .addOption(
      repeatable(
        '--error-on <code>',
        'Turn warnings with this code into errors (repeatable); docs/warnings.md in the package lists the codes',
        'none',
        addCode,
      ),
    )
    .addOption(repeatable('--ignore <code>', 'Hide warnings with this code (repeatable)', 'none', addCode))
    .hook('preAction', (_, chosen) => {
      const { errorOn, ignore } = chosen.opts<Record<'errorOn' | 'ignore', WarningCode[]>>();
      const both = errorOn.find((code) => ignore.includes(code));
      if (both) chosen.error(`both --error-on and --ignore name ${both}; remove one of them`);
    });
}

const MAX_SLIPS = 4; // codes are long

function addCode(text: string, before: readonly unknown[]): readonly unknown[] {
  const code = WARNING_CODES.find((known) => known === text);
  if (code) return [...before, code];
  const meant =
    didYouMean(text, WARNING_CODES, MAX_SLIPS) || '; docs/warnings.md in the package blacklistctl lists the codes';
  throw new InvalidArgumentError(`the code of a warning${meant}`);
}

/** Adds the option that postpones removals. `effect` describes it for the command. */
export function withAddsOnly(command: Command, effect: string): Command {
  return command.optionsGroup('Selection:').option('--adds-only', effect);
}

/** Adds the options that save the report, and metrics of the run, in files. */
export function withReport(command: Command): Command {
  return command
    .optionsGroup('Saving:')
    .option(
      '--report <file>',
      'Save the report as JSON with full numbers, even if the output is masked or in another format',
    )
    .option('--metrics <file>', 'Save metrics for the Prometheus node exporter');
}

/** Adds the options of the output, which all reports have. */
export const withOutput = (command: Command): Command =>
  command
    .optionsGroup('Output:')
    .addOption(choice('--format <format>', 'Choose the format of the report', FORMATS, 'text'))
    .addOption(
      choice('--numbers <how>', 'Show numbers in full or masked (default: full on a terminal outside CI)', [
        'full',
        'masked',
      ]),
    )
    .option('--quiet', 'Print no progress and no warnings; a JSON report still contains its warnings')
    .option('--verbose', 'Show every number, and where numbers are declared')
    .option('--no-color', 'Print no colors');
/** Adds the selection of bots. @param env contains the index of a shard. */
export const withBots = (command: Command, env: Env): Command =>
  command
    .optionsGroup('Selection:')
    .addOption(repeatable('--bot <id>', 'Select this bot (repeatable)', 'all bots'))
    .option(
      '--shard <i/n>',
      'Select part i of n parts of the bots, such as 1/3; without i, as in /3, i is the value of the variable JOB_COMPLETION_INDEX plus 1',
      shard(env),
    );
/** Adds the options of a command that reads live lists. */
export const withClient = (command: Command): Command =>
  withWarnings(withOutput(command))
    .optionsGroup('Connection:')
    .option('--base-url <url>', 'Replace the base URL of every bot (env: BLACKLISTCTL_BASE_URL)')
    .option('--sandbox [state-file]', 'Use a sandbox in this process; with --sandbox=FILE, keep its lists in FILE')
    .option('--concurrency <n>', 'Limit the number of requests in flight for each bot', whole(1, 100), 8)
    .option('--parallel <n>', 'Limit the number of bots that are processed at once', whole(1, 100), 4)
    .option('--rate <n>', 'Limit the requests per second for each bot; 0 means no limit', whole(0, 100_000), 20)
    .addOption(
      new Option('--timeout <duration>', 'Limit the duration of one request')
        .argParser(positiveDuration)
        .default(30_000, '30s'),
    )
    .option('--retries <n>', 'Limit the number of retries of one request', whole(0, 1000), 5)
    .option('--debug', 'Print a line on stderr for each request, with masked numbers (env: BLACKLISTCTL_DEBUG=1)');
