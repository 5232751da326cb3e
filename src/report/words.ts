/** Sentences that more than one format says. Numbers in them are counts. */
import type { BotReport, Fault, Report, Verdict } from '../model.ts';
import type { Voice } from './voice.ts';

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Why the guard refused, with the share, the limit and the way out; null if it did not. */
export function guardReason({ tripped, removals, live, limit, limits, overflow }: Verdict): string | null {
  if (!tripped) return null;
  if (overflow) return `would end with ${overflow.end} entries, and the list holds ${overflow.capacity} at most`;
  const share = live === 0 ? 0 : Math.round((removals / live) * 1000) / 10;
  if (tripped === 'emptied') return `would empty the list: ${removals} of ${live} removed, and none is left`;
  const rule = `the limit is ${limit}: the larger of ${limits.percent} % of the live list and ${limits.floor}`;
  return `would remove ${removals} of ${live} (${share} %); ${rule}`;
}

/** What was refused, and what to do about it. */
export function refusal({ fingerprint, bots }: Report, where: string): string {
  const reasons = new Set(bots.flatMap(({ guard }) => guard?.tripped || []));
  const [removals, capacity] = [reasons.has('share') || reasons.has('emptied'), reasons.has('capacity')];
  const what = removals ? (capacity ? 'too many removals, or numbers' : 'too many removals') : 'too many numbers';
  const refused = `Refused: ${what}, so nothing is written to the bots named ${where}.`;
  if (!removals) return `${refused} Take numbers out of the files; no --approve makes a list longer.`;
  const short = fingerprint?.slice(0, 8);
  return `${refused} If this is meant, apply exactly this plan with --approve ${short}; otherwise check the desired state.`;
}

/** What only a list has to say whose users must write before they can be blocked: of its adds, its removals, its end. */
export function contactNotes(bot: BotReport, { stage }: Report): string[] {
  if (!bot.addNeedsContact) return [];
  const { pending } = bot.results;
  if (stage === 'result') {
    return pending > 0
      ? [`${plural(pending, 'number')} pending: blocked by a later run, once the user has written`]
      : [];
  }
  const notes: string[] = [];
  if (bot.add.size > 0) notes.push('adds are blocked now where the user wrote recently; the others wait for a message');
  if (bot.remove.size > 0) {
    notes.push('a wrong removal may be impossible to undo, as the user must write first: the guard is stricter here');
  }
  return notes;
}

/** How many numbers wait for their users, or may do so; null where none does. */
export function waitNote({ bots, stage }: Report): string | null {
  const waiting = bots.reduce((sum, { add, addNeedsContact, results }) => {
    if (stage === 'result') return sum + results.pending;
    return sum + (addNeedsContact ? add.size : 0);
  }, 0);
  if (waiting === 0) return null;
  const verb = waiting === 1 ? 'waits' : 'wait';
  const message = `the next message of ${waiting === 1 ? 'its user' : 'their users'}`;
  return stage === 'result'
    ? `${plural(waiting, 'number')} ${verb} for ${message}; run again then`
    : `${plural(waiting, 'number')} ${verb} for ${message}, or ${waiting === 1 ? 'is' : 'are'} not applied yet`;
}

/** `Plan 7d1f0c22: 3 to add, 1 to remove, 214 unchanged in 2 bots`, and what became of it. */
export function summary(report: Report): string {
  const { bots } = report;
  const sum = (of: (bot: BotReport) => number) => bots.reduce((total, bot) => total + of(bot), 0);
  const unread = bots.filter((bot) => report.stage !== 'desired' && !bot.guard).length;
  const scope = `in ${plural(bots.length - unread, 'bot')}${unread > 0 ? `; ${plural(unread, 'bot')} could not be read` : ''}`;
  const name = report.fingerprint === null ? '' : ` ${report.fingerprint.slice(0, 8)}`;
  if (report.stage === 'desired')
    return `Valid: ${plural(
      sum((bot) => bot.unchanged),
      'number',
    )} ${scope}`;
  if (report.stage === 'plan') {
    const add = sum((bot) => bot.add.size);
    const remove = sum((bot) => bot.remove.size);
    return `Plan${name}: ${add} to add, ${remove} to remove, ${sum((bot) => bot.unchanged)} unchanged ${scope}`;
  }
  const counts = {
    applied: sum((bot) => bot.results.applied),
    rejected: sum((bot) => bot.results.rejected.length),
    failed: sum((bot) => bot.results.failed),
    unknown: sum((bot) => bot.results.unknown),
    skipped: sum((bot) => bot.results.skipped),
    pending: sum((bot) => bot.results.pending),
  };
  const said = Object.entries(counts).filter(([state, count]) => state === 'applied' || count > 0);
  return `Applied${name}: ${said.map(([state, count]) => `${count} ${state}`).join(', ')} ${scope}`;
}

/** `file:line:column: message`, and the line with a caret below it. */
export function faultLines({ message, place, source }: Fault, voice: Voice): string[] {
  const said = voice.text(message);
  if (!place) return [said];
  const head = `${voice.text(place.file)}:${place.line}:${place.column}: ${said}`;
  if (source === undefined) return [head];
  // A long line is cut around the fault; the caret keeps its column in what is left.
  const from = place.column > 100 ? place.column - 60 : 0;
  const before = voice.source(source.slice(from, place.column - 1));
  const after = voice.source(source.slice(place.column - 1, from + 120));
  const gutter = `${place.line} | `;
  return [head, `  ${gutter}${before}${after}`, `  ${' '.repeat(gutter.length + before.length)}^`];
}
