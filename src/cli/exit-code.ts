import type { Outcome, Report } from '../model/report.ts';

export function exitCode(report: Report, command: string, changesCount: boolean): number | null {
  // What was shown is shown, whatever it says.
  const shown = command === 'show' && (report.command !== 'show' || report.kind === 'plan');
  return shown ? 0 : codeOf(report, changesCount);
}

/** 0 done · 1 failed · 2 changes, or not formatted · 3 refused · 4 in part · 5 stale · 6 invalid · 130 interrupted. */
export function codeOf({ outcome, interrupted }: Report, changesCount: boolean): number {
  if (interrupted) return 130;
  const codes: Partial<Record<Outcome, number>> = { failed: 1, refused: 3, partial: 4, stale: 5, invalid: 6 };
  return outcome === 'changes' && changesCount ? 2 : (codes[outcome] ?? 0);
}
