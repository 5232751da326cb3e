import { isInForce } from '../desired/expiry.ts';
import type { Report } from '../model/report.ts';
import { emptyReport, reportDesired } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import { judgeReport } from '../steps/judge.ts';
import type { Selection, WarningRules } from '../steps/options.ts';
import { readDesired } from '../steps/read-desired.ts';

export interface ListOptions extends Selection, WarningRules {
  /** Tell by which ways each number comes. */
  readonly verbose?: boolean | undefined;
}

/** The numbers in force, bot by bot. Talks to nobody. */
export async function list(paths: readonly string[], options: ListOptions, context: Context): Promise<Report> {
  const { bots, warnings, declarations } = await readDesired(paths, options, context);
  const today = context.clock.today();
  const listed = bots.map((bot) => {
    const { id, numbers } = bot;
    const told = options.verbose && {
      declarations: declarations(id, numbers).filter(({ entry }) => isInForce(entry.expires, today)),
    };
    return reportDesired(bot, { numbers, ...told });
  });
  return judgeReport({ ...emptyReport('list', 'in-sync', []), bots: listed, warnings }, options);
}
