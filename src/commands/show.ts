import type { Report } from '../model.ts';
import { keyOf } from '../plan.ts';
import { readPlanFile } from '../plan-file.ts';
import type { Context } from './context.ts';
import { emptyReport, planOutcome, reportBot, writesNeeded } from './report.ts';

/** Shows a saved plan. Talks to nobody; where the tokens are at hand, the file is verified as well. */
export async function show(path: string, context: Context): Promise<Report> {
  const saved = readPlanFile(path, context.files.read(path));
  const tokens = new Map(saved.plan.bots.map(({ id, tokenEnv }) => [id, context.env[tokenEnv] ?? '']));
  for (const token of tokens.values()) context.secrets.add(token);
  const held = [...tokens.values()].every((token) => token !== '');
  if (held) saved.verify(keyOf(saved.plan.bots, tokens));
  const bots = saved.plan.bots.map((bot) => reportBot(bot));
  const outcome = planOutcome(bots);
  return {
    ...emptyReport('show', outcome, []),
    stage: 'plan',
    fingerprint: saved.plan.fingerprint,
    bots,
    requests: { read: 0, write: writesNeeded(bots) },
    warnings: held ? [] : [{ message: 'not verified: the tokens of its bots are not in the environment' }],
  };
}
