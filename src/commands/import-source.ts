import { InvalidError } from '../errors.ts';
import type { Bot } from '../model.ts';
import type { Msisdn } from '../msisdn.ts';
import { NumberSet } from '../number-set.ts';
import type { Context } from './context.ts';
import { parseReport } from './read-report.ts';

/** Where the numbers come from that are imported: the live list of another bot, or a report of it. */
export type Source = { readonly bot: Bot } | { readonly numbers: NumberSet };

/**
 * @param from the id of a bot that one of the files defines, or else a JSON report of one bot with numbers in full: what it adds and
 *   what it removes.
 */
export function sourceOf(from: string, bots: ReadonlyMap<string, Bot>, { files }: Context): Source {
  const bot = bots.get(from);
  if (bot) return { bot };
  if (!files.exists(from)) throw new InvalidError(`--from ${from}: is neither a bot of the files nor a JSON report`);
  const report = parseReport(from, files.read(from));
  const [only] = report.bots;
  if (report.bots.length !== 1) {
    throw new InvalidError(
      `--from ${from}: is a report of ${report.bots.length} bots; make one of one bot, with --bot ID`,
    );
  }
  const numbers = [...Array.from(only!.add.values), ...Array.from(only!.remove.values)];
  if (numbers.some((number) => typeof number === 'string')) {
    throw new InvalidError(`--from ${from}: its numbers are masked; make the report with --numbers full`);
  }
  return { numbers: NumberSet.of(numbers as Msisdn[]) };
}
