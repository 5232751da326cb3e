/** Writes the answer about one number, and the parts that it shares with other reports. */
import type { Explained, History, ReportedDeclaration, ReportedRule } from '../../model/answer.ts';
import type { Problem } from '../../model/failure.ts';
import type { Failure } from '../../model/ledger.ts';
import type { Verdict } from '../../model/plan.ts';
import type { Sanitizer } from '../voice/index.ts';
import { failureWords, worded } from '../words/faults.ts';
import { guardReason } from '../words/guard.ts';
import { isHidden, reportedEntry } from '../words/provenance.ts';
import { writePlace } from './files.ts';
import { writeWithheld } from './ledger.ts';

export function writeGuard(guard: Verdict | null, reason: string | null) {
  return { tripped: Boolean(guard?.tripped), reason, verdict: guard };
}

export const writeFailure = (error: Failure | null, clean: Sanitizer) =>
  error && { message: failureWords(error, clean), detail: error.detail ? clean.foreign(error.detail) : null };

export function writeProblem(problem: Problem, clean: Sanitizer) {
  const { code, own, detail, place } = worded(problem, clean);
  return { code, message: own, detail, ...(place && writePlace(place, clean)) };
}

export const named = <T extends { readonly id: string }>(bot: T, clean: Sanitizer): T => ({
  ...bot,
  id: clean.name(bot.id),
});

export function writeExplained({ number, bots, history }: Explained, clean: Sanitizer) {
  return {
    number: clean.number(number),
    history: history && writeHistory(history, clean),
    bots: bots.map(({ declarations, rules, protection, live, mayWithhold, guard, error, ...facts }) => ({
      ...named(facts, clean),
      ways: declarations.map((each) => writeDeclaration(each, clean)),
      rules: rules.map((rule) => writeRule(rule, clean)),
      protection: protection.map((each) => writeDeclaration(each, clean)),
      live: live && Array.from(clean.order(live), clean.number),
      mayWithhold: mayWithhold && writeWithheld(mayWithhold, clean),
      guard: writeGuard(guard, guard && guardReason(guard)),
      error: writeFailure(error, clean),
    })),
  };
}

function writeHistory({ bots, commits, isShallow, uncommitted, unread }: History, clean: Sanitizer) {
  const events = (each: History['bots'][number]['events']) =>
    each.map(({ kind, day, commit, declarations }) => ({
      kind,
      day,
      commit: commit && {
        ...commit,
        author: clean.note(commit.author),
        subject: clean.note(commit.subject),
        pull: commit.pull && clean.note(commit.pull),
      },
      ways: Array.from(clean.order(declarations), (each) => writeDeclaration(each, clean)),
    }));
  return {
    bots: bots.map((bot) => ({ id: clean.name(bot.id), events: events(bot.events) })),
    commits,
    shallow: isShallow,
    uncommitted: uncommitted.map(clean.name),
    unread: unread && { ...unread, why: writeProblem(unread.why, clean) },
  };
}

export function writeDeclaration(declaration: ReportedDeclaration, clean: Sanitizer) {
  const { number, list, listOwner, place, encrypted } = declaration;
  return {
    number: clean.number(number),
    list: list && clean.name(list),
    listOwner: listOwner === undefined || isHidden(declaration, clean) ? undefined : clean.note(listOwner),
    place: writePlace(place, clean),
    entry: reportedEntry(declaration, clean),
    encrypted,
  };
}

function writeRule(rule: ReportedRule, clean: Sanitizer) {
  const { place, prefix, reason, until, past, encrypted } = rule;
  return {
    place: writePlace(place, clean),
    prefix: prefix === undefined ? undefined : clean.name(`+${prefix}`),
    reason: reason === undefined || isHidden(rule, clean) ? undefined : clean.note(reason),
    until,
    past,
    encrypted,
  };
}
