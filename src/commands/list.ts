import { isInForce } from '../desired/expiry.ts';
import type { ListReport } from '../model/report.ts';
import type { Context } from '../steps/context.ts';
import { judgeReport } from '../steps/judge.ts';
import type { Selection, WarningRules } from '../steps/options.ts';
import { readDesired } from '../steps/read-desired.ts';

export interface ListOptions extends Selection, WarningRules {
  /** Tell by which ways each number comes. */
  readonly verbose?: boolean | undefined;
}

/** The numbers in force, bot by bot. Talks to nobody. */
export async function list(paths: readonly string[], options: ListOptions, context: Context): Promise<ListReport> {
  const { bots, warnings, declarations } = await readDesired(paths, options, context);
  const today = context.clock.today();
  const listed = bots.map(({ id, numbers }) => ({
    id,
    numbers,
    ...(options.verbose && {
      declarations: declarations(id, numbers).filter(({ entry }) => isInForce(entry.expires, today)),
    }),
  }));
  const facts = { kind: 'list', command: 'list', outcome: 'listed', interrupted: false, errors: [] } as const;
  return judgeReport({ ...facts, bots: listed, warnings }, options);
}
