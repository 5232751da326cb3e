import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';
import type { Report } from '../../model/report.ts';
import { WARNING_CODES, type WarningCode } from '../../model/warnings.ts';
import type { Context } from '../../steps/context.ts';
import type { ApiOptions, WarningRules } from '../../steps/options.ts';
import type { OutputOptions } from '../output.ts';
import type { RecordOptions } from '../records.ts';

/** What a chosen command comes to: run it in a context, then give its exit code. */
export interface Invocation {
  readonly command: string;
  readonly output: OutputOptions;
  readonly records: RecordOptions | null;
  readonly rules: WarningRules;
  run(context: Context): Promise<Report>;
  exitCode(report: Report): number | null;
}

export type ApiFlags = Omit<ApiOptions, 'bots'> & { readonly bot: readonly string[] };

/** Lets the user of a command say which warnings are errors to him, and of which he has heard enough. */
export function withWarnings(command: Command): Command {
  const codes = (flags: string, says: string) => new Option(flags, says).argParser(addCode).default([], 'none');
  return command
    .addOption(codes('--error-on <code>', 'make warnings of this code errors (repeatable); see docs/warnings.md'))
    .addOption(codes('--ignore <code>', 'say nothing of warnings of this code (repeatable)'))
    .hook('preAction', (_, chosen) => {
      const { errorOn, ignore } = chosen.opts<Record<'errorOn' | 'ignore', WarningCode[]>>();
      const both = errorOn.find((code) => ignore.includes(code));
      if (both) chosen.error(`error: ${both} stands behind --error-on and behind --ignore; leave one of them away`);
    });
}

/** Codes are long. */
const MAX_SLIPS = 4;

function addCode(text: string, before: readonly WarningCode[]): readonly WarningCode[] {
  const code = WARNING_CODES.find((known) => known === text);
  if (code) return [...before, code];
  const near = nearest(text, WARNING_CODES, MAX_SLIPS);
  const meant = near === null ? '' : ` is ${near} meant?`;
  throw new InvalidArgumentError(`No warning has this code;${meant} docs/warnings.md has all of them.`);
}
