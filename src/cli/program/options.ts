import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';
import type { Report } from '../../model/report.ts';
import { WARNING_CODES, type WarningCode } from '../../model/warnings.ts';
import type { Context } from '../../steps/context.ts';
import type { WarningRules } from '../../steps/options.ts';
import type { OutputOptions } from '../output.ts';
import type { RecordOptions } from '../records.ts';

/** A command that was chosen on the command line, ready to run in a context. */
export interface Invocation {
  readonly command: string;
  /** The options that matter outside the command. */
  readonly options: OutputOptions & WarningRules & RecordOptions & { readonly detailedExitcode?: boolean };
  run(context: Context): Promise<Report>;
}

/** The options of any command as they are on the command line. */
export type Flags = Invocation['options'] & { readonly bot?: readonly string[]; readonly baseUrl?: string };

export function choice(flags: string, description: string, choices: readonly string[], initial?: string): Option {
  return new Option(flags, description).choices(choices).default(initial);
}

/** Makes an option that may be given many times. The help text shows its default, which is empty, as `initial`. */
export function repeatable(flags: string, description: string, initial: string, add = addText): Option {
  return new Option(flags, description).argParser(add).default([], initial);
}

const addText = (text: string, before: readonly unknown[]): readonly unknown[] => [...before, text];

/** Lets users turn warnings into errors, or silence them, by their codes. */
export function withWarnings(command: Command): Command {
  return command
    .addOption(
      repeatable(
        '--error-on <code>',
        'make warnings of this code errors (repeatable); see docs/warnings.md',
        'none',
        addCode,
      ),
    )
    .addOption(repeatable('--ignore <code>', 'say nothing of warnings of this code (repeatable)', 'none', addCode))
    .hook('preAction', (_, chosen) => {
      const { errorOn, ignore } = chosen.opts<Record<'errorOn' | 'ignore', WarningCode[]>>();
      const both = errorOn.find((code) => ignore.includes(code));
      if (both) chosen.error(`error: ${both} stands behind --error-on and behind --ignore; leave one of them away`);
    });
}

const MAX_SLIPS = 4; // codes are long

function addCode(text: string, before: readonly unknown[]): readonly unknown[] {
  const code = WARNING_CODES.find((known) => known === text);
  if (code) return [...before, code];
  const near = nearest(text, WARNING_CODES, MAX_SLIPS);
  const meant = near === null ? '' : ` is ${near} meant?`;
  throw new InvalidArgumentError(`No warning has this code;${meant} docs/warnings.md has all of them.`);
}
