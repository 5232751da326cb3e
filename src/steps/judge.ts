import type { Report } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import type { WarningRules } from './options.ts';

/**
 * Removes warnings that `--ignore` hides, and returns those of `--error-on` as errors. With an error the run
 * writes nothing.
 */
export function judge(warnings: readonly Warning[], { errorOn = [], ignore = [] }: WarningRules) {
  const kept = warnings.filter(({ code }) => !ignore.includes(code));
  const isError = ({ code }: Warning) => errorOn.includes(code);
  return { warnings: kept.filter((warning) => !isError(warning)), errors: kept.filter(isError) };
}

/** Judges a report's warnings. If one is an error, the outcome is `invalid`. */
export function judgeReport<Judgeable extends Report>(report: Judgeable, rules: WarningRules): Judgeable {
  const { warnings, errors } = judge(report.warnings, rules);
  if (errors.length === 0) return { ...report, warnings };
  return { ...report, outcome: 'invalid', warnings, errors: [...report.errors, ...errors] };
}
