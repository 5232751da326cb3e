import type { DeclaredBot } from '../../desired/declare.ts';
import { readNumberLines } from '../../desired/number-files/lines.ts';
import { warningsOf } from '../../desired/number-files/number-file.ts';
import { pluslessIn } from '../../desired/plusless.ts';
import { STDIN, STDIN_NAME } from '../../desired/source/yaml-files.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault, Located } from '../../model/fault.ts';
import { sampleOf, type Warning } from '../../model/warnings.ts';
import { Invalid } from '../../numbers/invalid.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { PluslessNumbers } from '../../numbers/plusless.ts';
import { parseWritten } from '../../numbers/written.ts';
import type { Context } from '../../steps/context.ts';
import { warnOfPlusless } from '../../steps/no-plus.ts';
import { doubted } from '../../steps/plan-all.ts';

/** The numbers of a command line, each once, in their order. */
export interface Asked {
  readonly numbers: readonly Msisdn[];
  readonly warnings: readonly Warning[];
}

/**
 * Reads numbers in any form that a YAML file may contain. `-` stands for the lines of standard input, read as a number
 * file.
 *
 * @throws InvalidError with every wrong number.
 */
export async function readAsked(texts: readonly string[], context: Context): Promise<Asked> {
  const faults: Fault[] = [];
  const numbers = new Set<Msisdn>();
  const warnings: Warning[] = [];
  const plusless: { numbers: PluslessNumbers; locate(n: number): Partial<Located> }[] = [];
  const typed = { numbers: new PluslessNumbers(), locate: () => ({}) };
  const written = texts.filter((text) => text !== STDIN);
  for (const [at, text] of written.entries()) {
    const number = parseWritten(text.trim());
    const which = written.length === 1 ? 'the number' : `number ${at + 1} of ${written.length}:`;
    if (number instanceof Invalid) faults.push({ message: `${which} ${number.why}` });
    else {
      if (!text.trim().startsWith('+')) typed.numbers.addText(text.trim(), number, at);
      numbers.add(number);
    }
  }
  plusless.push(typed);
  if (texts.includes(STDIN)) {
    const { file, faults: wrong } = readNumberLines(STDIN_NAME, [await context.files.readStdin()]);
    faults.push(...wrong);
    for (const number of file.numbers) numbers.add(number);
    warnings.push(...warningsOf(file));
    plusless.push(pluslessIn(file));
  }
  if (faults.length === 0 && numbers.size === 0)
    faults.push({ message: `${STDIN_NAME}: contains no number; write one per line` });
  if (faults.length > 0) throw new InvalidError(faults);
  warnings.push(...(await warnOfPlusless(plusless, context)));
  return { numbers: [...numbers], warnings };
}

/** Warns of numbers with a length that does not exist, as `validate` does for the bots that block them. */
export async function warnOfLengths(
  numbers: readonly Msisdn[],
  bots: readonly DeclaredBot[],
  { doubtful }: Context,
): Promise<Warning[]> {
  const providers = new Set(bots.map(({ settings }) => settings!.provider)); // set in files without faults
  const found = await doubted(NumberSet.of(numbers), 'length', [...providers], doubtful);
  return found.length > 0 ? [{ code: 'W-IMPOSSIBLE-NUMBER', ...sampleOf(found) }] : [];
}
