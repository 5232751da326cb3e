import { registerSecret } from '../api/token.ts';
import type { PlanReport, Report } from '../model/report.ts';
import { keyOf } from '../plan/fingerprint.ts';
import { readPlanFile } from '../plan/saved-plan.ts';
import { joinReports } from '../report/join.ts';
import { parseReport } from '../report/json/read.ts';
import { reportBot, reportFailure, reportPlan } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import { judge } from '../steps/judge.ts';
import type { WarningRules } from '../steps/options.ts';
import { overridesOf } from '../steps/override.ts';

/** Shows a saved plan, or JSON reports joined into one. Talks to nobody. */
export async function show(paths: readonly string[], rules: WarningRules, context: Context): Promise<Report> {
  const report = read(paths, context);
  const { warnings, errors } = judge(report.warnings, rules);
  // The outcome of what is shown is not that of showing it: an error of this run stands alone.
  return errors.length > 0 ? { ...reportFailure('show', 'invalid', errors), warnings } : { ...report, warnings };
}

function read(paths: readonly string[], context: Context): Report {
  const files = paths.map((name) => ({ name, text: context.files.read(name) }));
  const [file] = files;
  if (files.length === 1 && !/^\s*\{\s*"formatVersion"/.test(file!.text)) return showPlan(file!, context);
  return joinReports(files.map(({ name, text }) => ({ name, report: parseReport(name, text) })));
}

/** Where the tokens are at hand, the file is verified as well. */
function showPlan({ name, text }: { name: string; text: string }, context: Context): PlanReport {
  const saved = readPlanFile(name, text);
  const tokens = new Map(saved.plan.bots.map(({ id, tokenEnv }) => [id, context.env[tokenEnv] ?? '']));
  for (const token of tokens.values()) registerSecret(token, context.secrets);
  const held = [...tokens.values()].every((token) => token !== '');
  if (held) saved.verify(keyOf(saved.plan.bots, tokens));
  const bots = saved.plan.bots.map((bot) => reportBot(bot));
  return reportPlan(
    'show',
    saved.plan,
    bots,
    { read: 0, retries: 0 },
    {
      interrupted: false,
      overrides: overridesOf(saved.plan.bots),
      warnings: held ? [] : [{ code: 'W-NOT-VERIFIED' }],
    },
  );
}
