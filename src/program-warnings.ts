import { type Command, InvalidArgumentError, Option } from 'commander';
import { WARNING_CODES, type WarningCode } from './warnings.ts';

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

function addCode(text: string, before: readonly WarningCode[]): readonly WarningCode[] {
  const code = WARNING_CODES.find((known) => known === text);
  if (code) return [...before, code];
  const near = nearest(text);
  const meant = near === null ? '' : ` is ${near} meant?`;
  throw new InvalidArgumentError(`No warning has this code;${meant} docs/warnings.md has all of them.`);
}

/** What is further off is no slip. */
const MAX_SLIPS = 4;

/** The code with the fewest letters to change, add or leave out; null if those are many. */
function nearest(text: string): WarningCode | null {
  const distances = new Map(WARNING_CODES.map((code) => [code, distance(text.toUpperCase(), code)]));
  const best = WARNING_CODES.reduce((best, code) => (distances.get(code)! < distances.get(best)! ? code : best));
  return distances.get(best)! <= MAX_SLIPS ? best : null;
}

/** Levenshtein's: row by row over the letters of the one, with a cell for each beginning of the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const change = row[at - 1]! + (letter === to[at - 1] ? 0 : 1);
      next.push(Math.min(change, row[at]! + 1, next[at - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
