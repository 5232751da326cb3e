/** Sentences that more than one format says. Numbers in them are counts. */
import type { BotReport, Report } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { waitNote } from './contact.ts';
import { filesVerdict, isOfFiles } from './files.ts';
import { refusal } from './guard.ts';
import { answerVerdict } from './summary.ts';
import { address, plural } from './text.ts';

/** What it means, and what to do. */
export function verdict(report: Report): string {
  if (isOfFiles(report)) return filesVerdict(report);
  if (report.interrupted) return 'Interrupted: nothing new was sent. Run again to go on.';
  const answered = answerVerdict(report);
  if (answered) return answered;
  const waiting = waitNote(report);
  switch (report.outcome) {
    case 'in-sync':
      if (report.stage === 'desired') return noFaults(report);
      return waiting ? `No drift: ${waiting}.` : 'In sync: nothing to do.';
    case 'changes':
      return report.command === 'drift' ? 'Drift: the live lists differ from the files.' : 'Nothing was written yet.';
    case 'applied':
      return waiting ? `Done: ${waiting}.` : 'Done.';
    case 'partial': {
      const unseen = unseenNote(report);
      if (unseen) return unseen;
      return `Applied in part; run again to finish, after mending what is named here.${waiting ? ` ${waiting}.` : ''}`;
    }
    case 'refused':
      return refusal(report, 'here');
    case 'failed':
      return report.stage === 'result' ? 'Failed: nothing was applied.' : 'Failed: nothing was written yet.';
    case 'stale':
      return 'Stale: nothing was written.';
    case 'invalid':
      return 'Invalid: nothing was written.';
  }
}

export function isBad({ outcome, interrupted }: Report): boolean {
  return interrupted || !['in-sync', 'changes', 'applied'].includes(outcome);
}

/** What of a bot is neither a change nor equal on both sides, and why it is left so. */
export function leftWords({ policy, counts }: BotReport): readonly string[] {
  const { surplus, ignored, protected: kept, missing } = counts;
  const said: readonly [number, string][] = [
    [surplus, `more left by policy ${policy}`],
    [ignored, 'more left alone by ignore rules'],
    [kept, 'kept: protected'],
    [missing, `missing, left so by policy ${policy}`],
  ];
  return said.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
}

/** Of files that hold to their form. What was warned of is counted: it stands elsewhere. */
export function noFaults({ warnings }: Report): string {
  return warnings.length === 0 ? 'No faults.' : `No faults, ${plural(warnings.length, 'warning')}.`;
}

/** Said where all was written, and only the lists do not show it in the time that they were given; null elsewhere. */
export function unseenNote({ outcome, stage, bots }: Report): string | null {
  const whole = bots.every(({ error, results }) => {
    const { failed, unknown, skipped, pending, rejected } = results;
    return !error && failed + unknown + skipped + pending + rejected.length === 0;
  });
  return outcome === 'partial' && stage === 'result' && whole
    ? 'All was written, and the lists do not show all of it yet; look again later.'
    : null;
}

/**
 * Said of a run that did not go to the bots' own API: whoever forgot a variable that is set would take "Done." for a change of
 * a live list. `dress` is for foreign text.
 */
export function elsewhereNotes({ overrides = [] }: Report, voice: Sanitizer, dress = (text: string) => text): string[] {
  return overrides.map(({ origin, by }) => {
    if (by === '--sandbox') return 'Sandbox: no live list was read or written.';
    return `Not the bots' own API: their base URL is ${dress(address(origin, voice))}${by ? `, from ${by}` : ''}.`;
  });
}
