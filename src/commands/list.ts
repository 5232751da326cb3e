import { isInForce } from '../desired/expiry.ts';
import type { ListReport } from '../model/report.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import { oneOfEach } from '../numbers/same-user.ts';
import type { Context } from '../steps/context.ts';
import { judgeReport } from '../steps/judge.ts';
import type { Selection, WarningRules } from '../steps/options.ts';
import { readDesired } from '../steps/read-desired.ts';
import { declaredAs } from '../steps/users.ts';

export interface ListOptions extends Selection, WarningRules {
  /** Reports where each number is declared. */
  readonly verbose?: boolean | undefined;
}

/** Lists the numbers in force, bot by bot. Sends nothing. */
export async function list(paths: readonly string[], options: ListOptions, context: Context): Promise<ListReport> {
  const { bots, warnings, declarations, usersOf } = await readDesired(paths, options, context);
  const today = context.clock.today();
  const inForce = (id: string, numbers: NumberSet) =>
    declarations(id, numbers).filter(({ entry }) => isInForce(entry.expires, today));
  const listed = bots.map(({ id, provider, numbers: all }) => {
    const userOf = usersOf(provider);
    const numbers = oneOfEach(all, userOf);
    return { id, numbers, ...(options.verbose && { declarations: declaredAs(numbers, inForce(id, all), userOf) }) };
  });
  const facts = { kind: 'list', command: 'list', outcome: 'listed', interrupted: false, errors: [] } as const;
  return judgeReport({ ...facts, bots: listed, warnings }, options);
}
