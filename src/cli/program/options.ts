import { type Command, InvalidArgumentError, Option } from 'commander';
import { nearest } from '../../model/did-you-mean.ts';
import { WARNING_CODES, type WarningCode } from '../../model/warnings.ts';

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
