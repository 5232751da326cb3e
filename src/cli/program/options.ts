import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';
import type { Report } from '../../model/report.ts';
import { WARNING_CODES, type WarningCode } from '../../model/warnings.ts';
import type { Context } from '../../steps/context.ts';
import type { WarningRules } from '../../steps/options.ts';
import type { OutputOptions } from '../output/index.ts';
import type { RecordOptions } from '../output/records.ts';

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
