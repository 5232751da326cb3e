import { findToken, registerSecret } from '../api/token.ts';
import { InvalidError } from '../model/errors.ts';
import type { PlanReport, Report } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import { ageOf, readPlanFile } from '../plan/saved-plan.ts';
import { joinReports } from '../report/json/join.ts';
import { parseReport } from '../report/json/read.ts';
import { reportBot, reportFailure, reportPlan, reportUnread } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import type { WarningRules } from '../steps/options.ts';
import { judge } from '../steps/outcome.ts';
import { overridesOf } from '../steps/override.ts';

/** Shows a saved plan, or JSON reports joined into one. Sends nothing. */
export async function show(paths: readonly string[], rules: WarningRules, context: Context): Promise<Report> {
  const report = read(paths, context);
  const { warnings, errors } = judge(report.warnings, rules);
  // The report keeps its own outcome, so an error of this run must replace the whole report.
  return errors.length > 0 ? { ...reportFailure('show', 'invalid', errors), warnings } : { ...report, warnings };
}

function read(paths: readonly string[], context: Context): Report {
  const files = paths.map((name) => ({ name, text: context.files.read(name) }));
  const [file] = files;
  if (files.length === 1 && !/^\s*\{\s*"formatVersion"/.test(file!.text)) {
    if (!mayBePlan(file!.text)) throw new InvalidError(neither(file!.name));
    return showPlan(file!, context);
  }
  return joinReports(files.map(({ name, text }) => ({ name, report: parseReport(name, text) })));
}

const neither = (name: string) =>
  `${name}: is neither a saved plan nor a JSON report; pass a file of plan --out or of --report`;

/** Reports whether a text is a document of this program, which may be cut off or of another version. */
const mayBePlan = (text: string) => /^\s*\{/.test(text) && /"(?:kind|formatVersion)"/.test(text);

/** Shows a saved plan, and verifies it if the environment has all tokens. */
function showPlan({ name, text }: { name: string; text: string }, context: Context): PlanReport {
  const saved = readPlanFile(name, text);
  const { made, unread } = saved;
  const signers = [...saved.plan.bots, ...unread];
  const tokens = new Map(signers.map(({ id, tokenEnv }) => [id, findToken(tokenEnv, context).token]));
  for (const token of tokens.values()) registerSecret(token, context.secrets);
  // A plan without bots is signed with no token.
  const held = tokens.size > 0 && [...tokens.values()].every((token) => token !== '');
  if (held) saved.verify(tokens);
  const bots = [...saved.plan.bots.map((bot) => reportBot(bot)), ...reportUnread(unread)];
  const warnings: Warning[] = held ? [] : [{ code: 'W-NOT-VERIFIED' }];
  const age = ageOf(saved, context.clock.unix());
  const facts = {
    interrupted: false,
    overrides: overridesOf(saved.plan.bots),
    warnings,
    saved: { made, age, ...(held && { verified: true as const }) },
  };
  return reportPlan('show', saved.plan, bots, { read: 0, retries: 0 }, facts);
}
