/** Words the outcomes of runs that compare lists, and adds what every such run may leave to do. */
import { type ComparedBot, postponedIn } from '../../model/compared.ts';
import type { Comparison, DriftReport } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import type { Dress } from '../words/guard.ts';
import { postponedWords } from '../words/summary.ts';
import { joined, plural, sum } from '../words/text.ts';
import { driftRemedy, waitNote, withheldNote } from '../words/users.ts';
import { planned } from './plan.ts';
import { FAILED, FIX_AND_RUN, INVALID, unreadWords } from './reading.ts';
import { written } from './result.ts';
import { bad, differs, empty, good, type RunVerdict, unfinished } from './tones.ts';

export function compared(report: Comparison, clean: Sanitizer, dress: Dress): RunVerdict {
  const ended = withLag(report, endOf(report, clean, dress));
  return withWithheld(report, withMore(report, withPostponed(report, ended)));
}

function endOf(report: Comparison, clean: Sanitizer, dress: Dress): RunVerdict {
  if (report.outcome === 'nothing-selected' && !report.interrupted) {
    return empty('Nothing selected: no live list was read.');
  }
  if (report.kind === 'drift') return drifted(report);
  return report.kind === 'plan' ? planned(report, clean, dress) : written(report, clean, dress);
}

function drifted(report: DriftReport): RunVerdict {
  if (report.interrupted) return unfinished('Interrupted: the differences are not confirmed. Run again.');
  const waiting = waitNote(report);
  switch (report.outcome) {
    case 'in-sync':
      return good(waiting ? `Not counted as drift: ${waiting}` : 'In sync: nothing to do.');
    case 'changes':
      return differs(joined(' ', [driftRemedy(report.bots), waiting]));
    case 'invalid':
      return INVALID;
    default: {
      const lists = unreadWords(report.bots);
      return lists ? bad(`Failed: ${lists}. ${FIX_AND_RUN}`) : FAILED;
    }
  }
}

/** Adds how long a plan may still show applied changes, if lists lag. */
function withLag(report: Comparison, { tone, text }: RunVerdict): RunVerdict {
  const lags = report.kind === 'result' ? report.bots.map(({ settleSeconds = 0 }) => settleSeconds) : [];
  const longest = Math.max(0, ...lags);
  const minutes = plural(Math.ceil(longest / 60), 'minute');
  return {
    tone,
    text: joined(' ', [text, longest > 0 && `A plan may still show these changes for up to ${minutes}.`]),
  };
}

/** Adds that `--adds-only` leaves removals. It comes first if a command to paste may end the text. */
function withPostponed({ bots, outcome }: Comparison, { tone, text }: RunVerdict): RunVerdict {
  if (sum<ComparedBot>(bots, postponedIn) === 0) return { tone, text };
  const waiting = `${postponedWords(bots)}, because --adds-only sends none.`;
  if (outcome === 'changes') return { tone, text: joined(' ', [waiting, text]) };
  const review = outcome === 'partial' && 'Run plan without --adds-only to review them.';
  return { tone, text: joined(' ', [text, waiting, review]) };
}

/** Adds that the files require more than the applied saved plan. */
function withMore({ saved, outcome }: Comparison, { tone, text }: RunVerdict): RunVerdict {
  if (!saved?.more || outcome !== 'applied') return { tone, text };
  return {
    tone: tone === 'good' ? 'differs' : tone,
    text: joined(' ', [text, 'The files require more changes: run plan.']),
  };
}

/** Adds that removals are withheld. They are no failure, but need a decision. */
function withWithheld(report: Comparison, { tone, text }: RunVerdict): RunVerdict {
  const withheld = report.kind === 'result' ? withheldNote(report.bots) : null;
  if (!withheld) return { tone, text };
  return { tone: tone === 'good' ? 'differs' : tone, text: joined(' ', [text, `${withheld}.`]) };
}
