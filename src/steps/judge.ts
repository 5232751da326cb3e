import type { Fault, Warning } from '../model/model.ts';
import type { Report } from '../model/report.ts';
import type { WarningCode } from '../model/warnings.ts';

/** What a run makes of warnings, by their codes. No code stands in both. */
export interface WarningRules {
  /** These are errors. */
  readonly errorOn?: readonly WarningCode[] | undefined;
  /** Of these nothing is said. */
  readonly ignore?: readonly WarningCode[] | undefined;
}

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
export function judgeReport(report: Report, rules: WarningRules): Report {
  const { warnings, errors } = judge(report.warnings, rules);
  if (errors.length === 0) return { ...report, warnings };
  return { ...report, outcome: 'invalid', warnings, errors: [...report.errors, ...errors] };
}

/** The same warning, and which bot it is about. */
export function ofBot(id: string, warning: Warning): Warning {
  return { ...warning, message: `${id}: ${warning.message}` };
}

/** What was said twice, word for word, once. */
export function onceEach<T extends Fault>(faults: readonly T[]): readonly T[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
