import type { Report } from '../model/report.ts';
import { emptyReport, reportDesired } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import { judgeReport, type WarningRules } from '../steps/judge.ts';
import { isInForce, readDesired, type Selection } from '../steps/read-desired.ts';

export interface ListOptions extends Selection, WarningRules {
  /** Tell by which ways each number comes. */
  readonly verbose?: boolean | undefined;
}

/** The numbers in force, bot by bot. Talks to nobody. */
export async function list(paths: readonly string[], options: ListOptions, context: Context): Promise<Report> {
  const { bots, warnings, ways } = await readDesired(paths, options, context);
  const today = context.clock.today();
  const listed = bots.map((bot) => {
    const { id, numbers } = bot;
    const told = options.verbose && { ways: ways(id, numbers).filter((way) => isInForce(way, today)) };
    return reportDesired(bot, { numbers, ...told });
  });
  return judgeReport({ ...emptyReport('list', 'in-sync', []), bots: listed, warnings }, options);
}
