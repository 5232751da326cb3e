/**
 * Words notes on users who must write before they can be blocked, and on users who may be listed under
 * another number.
 */

import {
  type AppliedBot,
  blockedIn,
  type ComparedBot,
  type DriftedBot,
  type PlannedBot,
  sizeOf,
  unblockedIn,
  waitingIn,
} from '../../model/compared.ts';
import type { ListedAs, Withheld } from '../../model/ledger.ts';
import { type DriftReport, isComparison, type Report, type ResultReport } from '../../model/report.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { Sanitizer } from '../voice/index.ts';
import { driftCounts, REMOVED_OUTSIDE } from './causes.ts';
import { joined, plural, sum } from './text.ts';

/** Returns the notes on an applied plan, if the users of its list must write first. */
export function pendingNotes({ addNeedsContact, results: { pending } }: AppliedBot): string[] {
  if (!addNeedsContact || pending === 0) return [];
  return [
    `${plural(pending, 'number')} pending: a later run blocks ${pending === 1 ? 'it' : 'each'} after its user writes`,
  ];
}

/** Returns the notes on the adds and removals that are due, if the users of the list must write first. */
export function contactNotes(bot: PlannedBot & Pick<DriftedBot, 'hidden'>, kind: Report['kind']): string[] {
  const { addNeedsContact, add, remove, contact, guard, causes, hidden } = bot;
  if (!addNeedsContact) return [];
  const adds = [contact ? splitWords(contact) : UNSPLIT, ...(guard?.tripped === 'emptied' ? [UNCOUNTED] : [])];
  return [
    ...(unblockedIn({ causes }) > 0 ? [BLOCKED_BEFORE] : []),
    ...(hidden ? [NOT_VISIBLE] : []),
    ...(add.size > 0 ? adds : []),
    ...(remove.size > blockedIn(bot) && kind !== 'drift' ? [FINAL] : []), // drift shows no removals
  ];
}

const BLOCKED_BEFORE = `${REMOVED_OUTSIDE}: an earlier report shows that the user was blocked; run apply to block the user again, or remove the number from the files`;
const NOT_VISIBLE =
  'not visible: the list contains this user without the number, which is known from an earlier report; the user is still blocked';
const UNSPLIT =
  'only users who wrote in the last 24 hours can be blocked now, and the others stay pending; to count both, use plan --contacts';
const UNCOUNTED =
  'the guard checks the list as it would be without the adds of this bot, because each may stay pending';
const FINAL = 'a removed user can be blocked again only after writing to the business; check the removals';

/** Counts the adds of all bots with `--contacts` that can be blocked now; empty if there is no such bot. */
export function contactTotal(report: Report): string[] {
  const known = report.kind === 'plan' ? report.bots.flatMap(({ contact }) => contact ?? []) : [];
  const [now, waiting] = [sum(known, (split) => split.now), sum(known, (split) => split.waiting)];
  return known.length > 0 ? [`${splitWords({ now, waiting })}.`] : [];
}

function splitWords({ now, waiting }: NonNullable<PlannedBot['contact']>): string {
  const [wait, message] = waiting === 1 ? ['waits', "its user's next message"] : ['wait', "their users' next message"];
  return `${now} of the numbers to add can be blocked now; ${waiting} ${wait} for ${message}`;
}

/**
 * Words why declared numbers may be missing from lists whose users must write first.
 *
 * | earlier report                             | the users may also have been unblocked |
 * | ------------------------------------------ | -------------------------------------- |
 * | not asked for                              | at any time                            |
 * | absent, as on the first run                | at any time                            |
 * | never showed the numbers                   | before a report showed them            |
 * | showed them, and a user without a number   | at any time                            |
 */
function whyWaiting({ bots, firstRun }: DriftReport, them: 'it' | 'them'): string {
  const waiting = bots.filter((bot) => waitingIn(bot) > 0);
  if (waiting.some(({ since }) => since === null)) return `${MAYBE_UNBLOCKED}. ${WATCH}`;
  if (firstRun) return `${MAYBE_UNBLOCKED} (no earlier report exists).`;
  const isNamed = waiting.every(({ foreign = 0 }) => foreign === 0);
  return isNamed ? `${MAYBE_UNBLOCKED} before a report showed ${them} live.` : `${MAYBE_UNBLOCKED}.`;
}

const MAYBE_UNBLOCKED = 'pending, not applied yet, or unblocked outside Git';
const WATCH = 'To find numbers that are unblocked from now on, pass --report FILE --since FILE to each drift.';

/** Counts the numbers that are pending, or with drift may be, in sentences; null if there are none. */
export function waitNote(report: DriftReport | ResultReport): string | null {
  const waiting =
    report.kind === 'result'
      ? sum(report.bots, ({ results }) => results.pending)
      : sum<ComparedBot>(report.bots, waitingIn);
  if (waiting === 0) return null;
  const [are, wait, they, them, whose] =
    waiting === 1
      ? (['is', 'waits', 'It', 'it', "its user's"] as const)
      : (['are', 'wait', 'They', 'them', "their users'"] as const);
  if (report.kind === 'drift') {
    return `${plural(waiting, 'declared number')} ${are} not live. ${they} may be ${whyWaiting(report, them)}`;
  }
  const then = report.once ? `a new plan adds ${them} after that` : 'run again after that';
  return `${plural(waiting, 'number')} ${wait} for ${whose} next message; ${then}.`;
}

/**
 * `WhatsApp knows +447700900123 as +447700900999; add waId: "+447700900999" to the entry of +447700900123`. The list need
 * not contain either number: the add may be pending.
 */
export function listedWords({ number, waId }: ListedAs, clean: Sanitizer): string {
  const [own, other] = [clean.number(number), clean.number(waId)];
  if (isAlike(number, waId, clean)) return `WhatsApp knows ${own} as ${ALIKE}`;
  return `WhatsApp knows ${own} as ${other}; add waId: "${other}" to the entry of ${own}`;
}

/** Counts the users whom the API knows under another number than the declared one. */
export function listedNotes({ listedAs = [] }: Pick<AppliedBot, 'listedAs'>): string[] {
  if (listedAs.length === 0) return [];
  const others = listedAs.length === 1 ? 'another number' : 'other numbers';
  const knows = `WhatsApp knows ${plural(listedAs.length, 'number')} as ${others}`;
  return [`${knows}; to declare both, pass the JSON report to import --from`];
}

/** Words why a removal is withheld, and the remedy. `dress` marks numbers and text for the files. */
export function withheldWords(
  { number, declared, because, before }: Withheld & { readonly before?: boolean },
  clean: Sanitizer,
  dress = (text: string) => text,
): string {
  const [listed, own] = [dress(clean.number(number)), dress(clean.number(declared))];
  const declare = `add ${dress(`waId: "${clean.number(number)}"`)} to the entry of ${own}`;
  const words: Readonly<Record<Withheld['because'], string>> = {
    answer: `${own} is listed as ${listed}; ${declare}`,
    digits: `WhatsApp may list ${own} as ${listed}, because the last seven digits are equal; if both are one person, ${declare}`,
    spelling: `${own} is listed as ${listed}, another spelling; write the number as it is listed`,
    edit: `${own} was refused, and the listed ${listed} differs from it by one edit; check ${own}, which may be misspelled`,
  };
  const is = because === 'answer' || because === 'spelling' ? 'is' : 'may be';
  const why = isAlike(number, declared, clean) ? `${own} ${is} listed as ${ALIKE}` : words[because];
  return before ? `apply may withhold the removal of ${listed}: ${why}` : why;
}

/** Reports whether two numbers look the same when masked, so that a message cannot name both. */
const isAlike = (one: Msisdn | string, other: Msisdn | string, clean: Sanitizer) =>
  clean.masked && one !== other && clean.number(one) === clean.number(other);

const ALIKE =
  'another number, which looks the same when masked; to see both numbers and what to do, pass --numbers full';

/** Counts the withheld removals of these bots; null if there are none. */
export function withheldNote(bots: readonly Pick<AppliedBot, 'results'>[]): string | null {
  const withheld = bots.flatMap(({ results }) => results.withheld);
  if (withheld.length === 0) return null;
  const [was, number] = withheld.length === 1 ? ['was', 'its number'] : ['were', 'each number'];
  const edited = withheld.filter(({ because }) => because === 'edit').length;
  const named = edited < withheld.length && 'a second number of a declared user';
  const may = joined(', or ', [named, edited > 0 && 'a declared number that is misspelled']);
  return `${plural(withheld.length, 'removal')} ${was} withheld, because ${number} may be ${may}`;
}

/**
 * Lists the withheld removals of a run, each with its bot; before apply, the removals that it may withhold.
 */
export function withheldOf(
  report: Report,
): readonly (Withheld & { readonly bot: string; readonly before?: boolean })[] {
  if (report.kind === 'result') {
    return report.bots.flatMap(({ id, results }) => results.withheld.map((each) => ({ ...each, bot: id })));
  }
  const bots: readonly ComparedBot[] = isComparison(report) ? report.bots : [];
  return bots.flatMap(({ id, mayWithhold = [] }) => mayWithhold.map((each) => ({ ...each, bot: id, before: true })));
}

/** `2 users without a number`, if the live list has some. */
export const foreignNotes = (foreign: number) => (foreign > 0 ? [`${plural(foreign, 'user')} without a number`] : []);

/**
 * Notes on users whom the lists contain without a number: declared numbers that are absent may be theirs, and no apply can
 * remove them.
 */
export function namelessNotes(report: Report): string[] {
  if (!isComparison(report) || report.kind === 'result') return [];
  const bots: readonly ComparedBot[] = report.bots;
  const blocked = sum(bots, blockedIn);
  const absentIn = ({ add, counts }: ComparedBot) => add.size + counts.missing;
  const some = bots.filter((bot) => (bot.foreign ?? 0) > 0 && absentIn(bot) > 0);
  const where = some.length === 1 ? 'A live list contains' : 'Live lists contain';
  const foreign = sum(some, (bot) => bot.foreign ?? 0);
  const whose = foreign === 1 ? 'this user' : 'these users';
  const may =
    sum(some, absentIn) === 1
      ? `The declared number that is missing may belong to ${foreign === 1 ? whose : 'one of these users'}`
      : `Declared numbers that are missing may belong to ${whose}`;
  const then = report.kind === 'plan' ? '; apply still sends each number to add' : '';
  return [
    ...(blocked > 0 ? [stillBlocked(blocked)] : []),
    ...(some.length > 0 ? [`${where} ${plural(foreign, 'user')} without a number. ${may}${then}.`] : []),
  ];
}

function stillBlocked(count: number): string {
  const [are, whose, them] = count === 1 ? ['is', 'its user', 'it'] : ['are', 'their users', 'them'];
  const why = `the list contains ${whose} without the number, so no apply can remove ${them}`;
  return `${plural(count, 'number')} ${are} still blocked and not declared: ${why}. Unblock ${them} with the vendor's own tool or API.`;
}

/** Words how to restore the lists of a drift. */
export function driftRemedy(bots: readonly ComparedBot[]): string {
  const blocked = sum(bots, blockedIn);
  const found = sum(bots, (bot) => sizeOf(bot) - waitingIn(bot));
  if (found === 0 && sum(bots, waitingIn) > 0) return ONLY_PENDING;
  const { added, removed } = driftCounts(bots);
  if (found > 0 && added + removed + blocked === 0) return ONLY_UNAPPLIED;
  return blocked > 0 && blocked === found ? UNBLOCK : RESTORE;
}

/** With --fail-on-pending. */
const ONLY_PENDING = 'Declared numbers are not live. To add them, run plan, then apply.';

const ONLY_UNAPPLIED =
  'The files changed or entries expired, and no apply has changed the lists yet. To change them, run plan, then apply.';

const RESTORE =
  'The live lists differ from the files. To restore the lists, run plan, then apply. To keep a change, make it in the files.';
const UNBLOCK = 'The live lists differ from the files, and no apply can restore them.';
