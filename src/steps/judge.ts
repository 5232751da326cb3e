import type { Report } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import type { WarningRules } from './options.ts';

/** The warnings that are told, and those that keep the run from writing, in their order. */
export interface Judged {
  readonly warnings: readonly Warning[];
  readonly errors: readonly Warning[];
}

export function judge(warnings: readonly Warning[], { errorOn = [], ignore = [] }: WarningRules): Judged {
  const told = warnings.filter(({ code }) => !ignore.includes(code));
  return {
    warnings: told.filter(({ code }) => !errorOn.includes(code)),
    errors: told.filter(({ code }) => errorOn.includes(code)),
  };
}

/** A report with its warnings judged, and invalid if one of them is an error: whoever would write after it must not. */
export function judgeReport<Judgeable extends Report>(report: Judgeable, rules: WarningRules): Judgeable {
  const { warnings, errors } = judge(report.warnings, rules);
  if (errors.length === 0) return { ...report, warnings };
  return { ...report, outcome: 'invalid', warnings, errors: [...report.errors, ...errors] };
}
