import type { Outcome, Report } from '../model/report.ts';
import type { Invocation } from './program/options.ts';

export function exitCode(report: Report, { command, options }: Pick<Invocation, 'command' | 'options'>): number {
  // `show` succeeds if it could show a report, whatever the outcome in that report.
  if (command === 'show' && (report.command !== 'show' || report.kind === 'plan')) return 0;
  return codeOf(report, ['drift', 'fmt'].includes(command) || options.detailedExitcode === true);
}

/** 0 done · 1 failed · 2 changes, or not formatted · 3 refused · 4 in part · 5 stale · 6 invalid · 130 interrupted. */
export function codeOf({ outcome, interrupted }: Report, changesCount: boolean): number {
  if (interrupted) return 130;
  const codes: Partial<Record<Outcome, number>> = { failed: 1, refused: 3, partial: 4, stale: 5, invalid: 6 };
  return outcome === 'changes' && changesCount ? 2 : (codes[outcome] ?? 0);
}
