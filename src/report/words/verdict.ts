/** Sentences that more than one format says. Numbers in them are counts. */

import type { Direction, Fault, Verdict } from '../../model/model.ts';
import type { BotReport, Cause, FileReport, Report, Sides, Since } from '../../model/report.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { Voice } from '../voice/index.ts';

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A bot's changes by their cause, removals first; one group a direction where nothing is known of causes. */
export function groupsOf(bot: BotReport): readonly Cause[] {
  return bot.causes.length > 0 ? bot.causes : sidesOf(bot);
}

/** One group a direction, removals first, of which no cause is known. */
export function sidesOf({ remove, add }: Sides): readonly Cause[] {
  const unknown = { origin: null, reason: null, expires: null };
  const sides = [
    { direction: 'remove', ...unknown, numbers: remove } as const,
    { direction: 'add', ...unknown, numbers: add } as const,
  ];
  return sides.filter(({ numbers }) => numbers.size > 0);
}

/** A part of a bot's changes by their cause, removals first; those without a known cause come last on their side. */
export function sidesByCause(sides: Sides, causes: readonly Cause[]): readonly Cause[] {
  return sidesOf(sides).flatMap((side) => {
    const known = new Map<Msisdn | string, Cause>();
    for (const cause of causes.filter(({ direction }) => direction === side.direction)) {
      // Masked, two numbers may look alike: where their causes differ, neither is told.
      for (const number of Array.from(cause.numbers.values)) known.set(number, known.has(number) ? side : cause);
    }
    const groups = new Map<Cause, (Msisdn | string)[]>([...causes, side].map((cause) => [cause, []]));
    for (const number of Array.from(side.numbers.values)) groups.get(known.get(number) ?? side)!.push(number);
    return [...groups].flatMap(([cause, values]) =>
      values.length > 0 ? { ...cause, numbers: { size: values.length, values } } : [],
    );
  });
}

/** `drift: never declared`, `expired 2026-12-31`; empty where nothing is known. */
export function causeWords({ origin, reason, expires }: Cause): string {
  const words = { removed: 'removed from the file', expired: `expired ${expires}`, undeclared: 'never declared' };
  return [origin, reason && words[reason]].filter(Boolean).join(': ');
}

/** ` (2 config, 1 drift)`, or nothing where that is not known. */
export function originCounts({ causes }: BotReport, direction: Direction): string {
  const known = causes.filter((cause) => cause.direction === direction && cause.origin !== null);
  const drift = total(known.filter(({ origin }) => origin === 'drift'));
  return known.length > 0 ? ` (${total(known) - drift} config, ${drift} drift)` : '';
}

/** How many changes of all bots were due before; null where that is not known. */
export function byDrift({ bots }: Report): number | null {
  const known = bots.flatMap(({ causes }) => causes).filter(({ origin }) => origin !== null);
  return known.length > 0 ? total(known.filter(({ origin }) => origin === 'drift')) : null;
}

const total = (causes: readonly Cause[]) => causes.reduce((sum, { numbers }) => sum + numbers.size, 0);

export const PARTS = ['new', 'still', 'resolved', 'unknown'] as const satisfies readonly (keyof Since)[];

export const sizeOf = ({ add, remove }: Sides): number => add.size + remove.size;

/** How many differences of these bots are new, still there, resolved and not known; null where nothing was compared. */
export function countSince(bots: readonly BotReport[]): Readonly<Record<keyof Since, number>> | null {
  const compared = bots.flatMap(({ since }) => since ?? []);
  if (compared.length === 0) return null;
  const sum = (part: keyof Since) => compared.reduce((total, since) => total + sizeOf(since[part]), 0);
  return { new: sum('new'), still: sum('still'), resolved: sum('resolved'), unknown: sum('unknown') };
}

/** `1 new, 2 still there, 3 resolved since the earlier report`; null where there is nothing to say. */
export function sinceWords(bots: readonly BotReport[]): string | null {
  const counts = countSince(bots);
  if (!counts) return null;
  const names = { new: 'new', still: 'still there', resolved: 'resolved', unknown: 'not known' };
  const said = PARTS.filter((part) => counts[part] > 0).map((part) => `${counts[part]} ${names[part]}`);
  return said.length > 0 ? `${said.join(', ')} since the earlier report` : null;
}

/** What of a bot is neither a change nor equal on both sides, and why it is left so. */
export function leftWords({ policy, surplus, ignored, protected: kept, missing }: BotReport): readonly string[] {
  const said: readonly [number, string][] = [
    [surplus, `more left by policy ${policy}`],
    [ignored, 'more left alone by ignore rules'],
    [kept, 'kept: protected'],
    [missing, `missing, left so by policy ${policy}`],
  ];
  return said.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
}

/** Why the guard refused, with the share, the limit and the way out; null if it did not. */
export function guardReason({ tripped, removals, live, limit, limits, overflow }: Verdict): string | null {
  if (!tripped) return null;
  if (overflow) return `would end with ${overflow.end} entries, and the list holds ${overflow.capacity} at most`;
  const share = live === 0 ? 0 : Math.round((removals / live) * 1000) / 10;
  if (tripped === 'emptied')
    return `would empty the list of all that this bot asks for: ${removals} of ${live} removed`;
  const rule = `the limit is ${limit}: the larger of ${limits.percent} % of the live list and ${limits.floor}`;
  return `would remove ${removals} of ${live} (${share} %); ${rule}`;
}

/** What was refused, and what to do about it. */
export function refusal({ fingerprint, stage, bots }: Report, where: string): string {
  const reasons = new Set(bots.flatMap(({ guard }) => guard?.tripped || []));
  const [removals, capacity] = [reasons.has('share') || reasons.has('emptied'), reasons.has('capacity')];
  const what = removals ? (capacity ? 'too many removals, or numbers' : 'too many removals') : 'too many numbers';
  const refused = `Refused: ${what}, so nothing is written to the bots named ${where}.`;
  if (!removals) return `${refused} Take numbers out of the files; no --approve makes a list longer.`;
  // What was written is in the plan, too: once it is live, that plan never comes again.
  if (stage === 'result' && bots.some(({ results }) => results.applied + results.unknown > 0)) {
    return `${refused} Other bots were written, so the fingerprint has changed: if this is meant, plan again and give --approve the new one; otherwise check the desired state.`;
  }
  const short = fingerprint?.slice(0, 8);
  return `${refused} If this is meant, apply exactly this plan with --approve ${short}; otherwise check the desired state.`;
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
export function elsewhereNotes({ elsewhere = [] }: Report, voice: Voice, dress = (text: string) => text): string[] {
  return elsewhere.map(({ origin, by }) => {
    if (by === '--sandbox') return 'Sandbox: no live list was read or written.';
    return `Not the bots' own API: their base URL is ${dress(address(origin, voice))}${by ? `, from ${by}` : ''}.`;
  });
}

/** A URL. An address of digits and dots stays; the ID of a phone number is as long as one, and nobody can tell them apart. */
export function address(url: string, voice: Voice): string {
  return url.replace(/\d{7,}|[^\d.]+/g, (part) => voice.text(part));
}

/** A report of a run that writes files of desired state, or would. */
type FilesReport = Report & { readonly files: readonly FileReport[] };

export function isOfFiles(report: Report): report is FilesReport {
  return report.files !== undefined;
}

/** What became of a file; null where it is as it was, or where its changes are shown, or its bots tell of it. */
export function fileWords({ command }: Report, { changed, hunks }: FileReport): string | null {
  const words: Readonly<Record<string, string>> = { fmt: 'formatted', init: 'written' };
  return changed && hunks.length === 0 ? (words[command] ?? null) : null;
}

export function filesSummary({ command, outcome, bots, files }: FilesReport): string {
  if (command === 'import') {
    const imported = bots.reduce((sum, { results }) => sum + results.applied, 0);
    const unread = bots.filter(({ error }) => error).length;
    const rest = unread > 0 ? `; ${plural(unread, 'bot')} could not be read` : '';
    return `Imported: ${plural(imported, 'number')} of ${plural(bots.length - unread, 'bot')}${rest}`;
  }
  if (command === 'init') return `Written: ${plural(files.length, 'file')}`;
  const changed = files.filter((file) => file.changed).length;
  const all = plural(files.length, 'file');
  if (changed === 0) return `Formatted: ${all}, nothing to change`;
  return outcome === 'changes' ? `Not formatted: ${changed} of ${all}` : `Formatted: ${changed} of ${all} rewritten`;
}

/** What such a run means, and what to do. */
export function filesVerdict({ command, outcome, interrupted }: FilesReport): string {
  if (interrupted) return command === 'import' ? 'Interrupted: nothing was written; run again.' : 'Interrupted.';
  if (outcome === 'changes') return 'Nothing was written; the same command without --check writes it.';
  if (outcome === 'failed') return 'For the bots that could not be read the file stays as it was; run again.';
  return outcome === 'applied' ? 'Done.' : 'Nothing to do.';
}

/** `file:line:column: message [code]`, and the line with a caret below it, where it may be seen. `label` stands before the message, which `cut` may shorten. */
export function faultLines(
  { code, message, place, source, row }: Fault,
  voice: Voice,
  label = '',
  cut = (said: string) => said,
): string[] {
  const said = label + cut(voice.text(message)) + (code ? ` [${code}]` : '');
  if (!place) return [said];
  const head = `${voice.file(place.file)}:${place.line}:${place.column}: ${said}`;
  if (source === undefined || (row && voice.masked)) return [head]; // no mask knows a name
  // A long line is cut around the fault; the caret keeps its column in what is left.
  const from = place.column > 100 ? place.column - 60 : 0;
  const before = voice.source(source.slice(from, place.column - 1));
  const after = voice.source(source.slice(place.column - 1, from + 120));
  const gutter = `${place.line} | `;
  return [head, `  ${gutter}${before}${after}`, `  ${' '.repeat(gutter.length + before.length)}^`];
}
