import { expiryWarnings } from '../desired/expiry.ts';
import type { CheckReport } from '../model/report.ts';
import { oneOfEach } from '../numbers/same-user.ts';
import type { Context } from '../steps/context.ts';
import type { Selection, WarningRules } from '../steps/options.ts';
import { judgeReport } from '../steps/outcome.ts';
import { doubts } from '../steps/plan-all.ts';
import { readDesired } from '../steps/read-desired.ts';

export interface ValidateOptions extends Selection, WarningRules {
  /** Warns of entries and ignore rules that expire today or within this number of days. */
  readonly expiring?: number | undefined;
}

/** Checks the files. Reads no live list. */
export async function validate(paths: readonly string[], options: ValidateOptions, context: Context) {
  const { bots, warnings, declared, usersOf } = await readDesired(paths, options, context);
  const today = context.clock.today();
  const days = options.expiring ?? null;
  const expiring = declared.flatMap(({ parsed }) => (parsed ? expiryWarnings(parsed, today, days) : []));
  const doubted = await Promise.all(bots.map((bot) => doubts(bot, bot.numbers, 'length', context.doubtful)));
  const checked = bots.map(({ id, provider, numbers }) => ({ id, count: oneOfEach(numbers, usersOf(provider)).size }));
  const facts = { kind: 'check', command: 'validate', outcome: 'valid', interrupted: false, errors: [] } as const;
  const all = [...warnings, ...expiring, ...doubted.flat()];
  return judgeReport<CheckReport>({ ...facts, bots: checked, warnings: all }, options);
}
