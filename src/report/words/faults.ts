/** Words the failures of stages, and lays out errors and warnings as lines. */
import type { FailureKind, FailureOf, Problem, StageFailure } from '../../model/failure.ts';
import { byPlace, type Fault, type Place } from '../../model/fault.ts';
import type { Failure } from '../../model/ledger.ts';
import type { Sanitizer } from '../voice/index.ts';
import { count, joined, lasting, placeWords, plural, sum } from './text.ts';
import { warningWords } from './warnings.ts';

const WORDS: { readonly [Kind in FailureKind]: (failure: FailureOf<Kind>, clean: Sanitizer) => string } = {
  interrupted: () => 'interrupted',
  'page-repeats': () => `the server returned the same page under several page numbers, ${NO_END}`,
  'cursor-repeats': () => `the server returned the same page or cursor again, ${NO_END}`,
  unsteady: ({ reads }) => `the list changed during each of ${reads} reads; ${QUIET}`,
  hole: ({ reads }) =>
    `the list has an empty page before other numbers, so its end is unknown (read ${reads} times); ${QUIET}`,
  endless: (facts) => {
    const most = 'pages' in facts ? `${count(facts.pages)} pages` : `${count(facts.entries)} entries`;
    return `the list has more than ${most} and seems to have no end; ${CHECK_SERVER}`;
  },
  'adds-open': () => 'some adds failed or have an unknown result, so no removals were sent; run again to send them',
  'changes-open': () => 'some changes failed or have an unknown result; run again to finish them',
  'other-removed': ({ number, stays }, clean) =>
    `the server removed ${clean.number(stays)}, although the request was to remove ${clean.number(number)}, and ${clean.number(stays)} must stay; no more removals were sent. If both are one user, add waId: "${clean.number(number)}" to the entry of ${clean.number(stays)}, then run plan.`,
  full: () => 'the list is full, so no more numbers were added',
  'refused-requests': ({ count }) => `the server refused ${count} requests in a row, ${NOT_SENT}`,
  'refused-batches': ({ count }) => `the server refused every number of ${count} batches in a row, ${NOT_SENT}`,
  unread: ({ why }, clean) => `the plan was made without this bot: ${clean.text(why)}`,
  'not-approved': ({ file, refused, unread }, clean) =>
    joined(' ', [
      file === null
        ? 'this plan is not the approved one, so nothing was written. The fingerprint is wrong, the files or a live list changed after the review, or a run of the approved plan ended early.'
        : `${clean.file(file)}: this saved plan is not the approved one, so nothing was written. Check the fingerprint and the file.`,
      refused.length > 0 && `The guard refuses this plan for ${named(refused, clean)}.`,
      // The report of a fresh plan shows it.
      refused.length === 0 && file !== null && 'The guard does not refuse this plan.',
      unread.length > 0 && `The plan does not include ${named(unread, clean)}, which could not be read.`,
    ]),
  'no-bots': ({ file }, clean) => `${clean.file(file)}: the plan has no bot, so no token can verify it. ${PLAN_AGAIN}`,
  undeclared: ({ file, bots }, clean) =>
    `${clean.file(file)}: the plan contains ${named(bots, clean)}, but the files do not declare ${bots.length === 1 ? 'this bot' : 'these bots'}. Nothing was sent; pass the same paths as to plan, or run plan --out again.`,
  redeclared: ({ file, bots }, clean) =>
    `${clean.file(file)}: the files declare another provider or token variable than the plan for ${named(bots, clean)}. ${PLAN_AGAIN}`,
  forged: ({ file }, clean) =>
    `${clean.file(file)}: the plan cannot be trusted, because it was changed after it was made, or was made with other tokens. ${PLAN_AGAIN}`,
  'too-old': ({ file, made, age, limit }, clean) =>
    `${clean.file(file)}: the plan was made ${lasting(age)} ago (${made}), and --max-age allows at most ${lasting(limit)}. ${PLAN_AGAIN}`,
  'other-place': ({ file, bot, planned, now }, clean) =>
    `${clean.file(file)}: the plan for the bot "${clean.name(bot)}" was made for ${clean.url(planned)}, but this run uses ${clean.url(now)}. Nothing was sent; run plan and apply with the same --base-url and files.`,
  outdated: ({ file, bots }, clean) => {
    const counts = bots.map(({ id, numbers }) => `${plural(numbers, 'change')} to the bot "${clean.name(id)}"`);
    const are = bots.length === 1 && bots[0]!.numbers === 1 ? 'is' : 'are';
    return `${clean.file(file)}: the files changed after the plan was made, or entries expired, so ${counts.join(', ')} ${are} no longer needed. Nothing was written; run plan --out again.`;
  },
  moved: ({ file, bots }, clean) =>
    `${clean.file(file)}: the live list of ${named(bots, clean)} changed after the plan was made. Nothing was written; run plan --out again.`,
};

const named = (bots: readonly string[], clean: Sanitizer) => bots.map(clean.name).join(', ');

const CHECK_SERVER = 'check the base URL, or report it to the vendor';
const NO_END = `so the end of the list is unknown; ${CHECK_SERVER}`;
const QUIET = 'run again when nothing else writes to it';
const NOT_SENT = 'so the rest were not sent; check the token and the bot';
const PLAN_AGAIN = 'Nothing was sent; run plan --out again.';

const stageWords = (failure: StageFailure, clean: Sanitizer) =>
  (WORDS[failure.kind] as (failure: StageFailure, clean: Sanitizer) => string)(failure, clean); // TypeScript does not relate kind and function

/** Words why a bot failed and what to do. The server's own words are printed apart. */
export function failureWords({ holds, giver, ...failure }: Failure, clean: Sanitizer): string {
  const words = 'message' in failure ? clean.text(failure.message) : stageWords(failure, clean);
  const way = holds?.removes
    ? 'run again, because the removals that are left make room'
    : holds?.waiting
      ? 'apply without --adds-only, because the removals that wait make room'
      : 'remove numbers from the files';
  const id = giver && clean.name(giver.id);
  const list = `blacklistctl list --bot ${id} --format json --numbers full > list.json`;
  return joined('. ', [
    `${giver ? `${id}: ` : ''}${holds || giver ? words.replace(/\.$/, '') : words}`,
    holds &&
      `The list has ${plural(holds.entries, 'user')}, and the documented limit is ${count(holds.capacity)}; ${way}.`,
    // If the API is gone, only the files have its numbers.
    giver &&
      `To copy the ${plural(giver.numbers, 'number')} that the files declare, pass --from list.json after this command: ${list}`,
  ]);
}

/** The most errors, and the most warnings, of a file that reports for people list. */
const SHOWN = 100;

/** Returns the first problems of each file, each followed by a count of the others. Problems without a file all stay. */
export function firstOfEach<T extends Problem>(
  problems: readonly T[],
  noun: 'error' | 'warning',
): readonly (T | Fault)[] {
  const seen = new Map<string, number>();
  const rest = new Map<string, { readonly place: Place; readonly left: T[] }>();
  const shown = problems.filter((problem) => {
    const { place } = problem;
    if (!place) return true;
    const nth = (seen.get(place.file) ?? 0) + 1;
    seen.set(place.file, nth);
    if (nth <= SHOWN) return true;
    const { left } = rest.get(place.file) ?? rest.set(place.file, { place, left: [] }).get(place.file)!;
    left.push(problem);
    return false;
  });
  const counts = Array.from(rest.values(), ({ place, left }): Fault => {
    const more = countOf(left);
    const message = `${count(more)} more ${noun}${more === 1 ? '' : 's'} in this file; --format json lists all`;
    return { place, message };
  });
  return counts.length > 0 ? [...shown, ...counts].sort(byPlace) : shown;
}

/** Counts problems, with those that one of them only counts. */
export const countOf = (problems: readonly Problem[]) =>
  sum(problems, (problem) => ('counts' in problem && problem.counts) || 1);

/**
 * Words a problem so that it is safe to print, and returns its place. Only a warning has a code. The message is our own words, followed by
 * those of another program.
 */
export function worded(problem: Problem, clean: Sanitizer) {
  const { place, source, row } = problem;
  const own = 'kind' in problem ? stageWords(problem, clean) : warningWords(problem, clean);
  const detail = 'detail' in problem && problem.detail ? clean.foreign(problem.detail) : undefined;
  const message = detail === undefined ? own : `${own} (${detail})`;
  return { message, own, detail, code: 'code' in problem ? problem.code : undefined, place, source, row };
}

/**
 * Lays out a problem as `error: file:line:column: message [code]`, which editors and terminals can jump to. The line of the
 * file and a caret follow if they may be seen. `cut` may shorten the message.
 */
export function faultLines(problem: Problem, clean: Sanitizer, label = '', cut = (text: string) => text): string[] {
  const { code, message, place, source, row } = worded(problem, clean);
  const text = cut(message) + (code ? ` [${code}]` : '');
  if (!place) return [label + text];
  const head = `${label}${placeWords(place, clean)}: ${text}`;
  if (source === undefined || (row && clean.masked)) return [head]; // masking does not find names of people
  // A long line is cut around the column; the caret stays below the same character.
  const from = place.column > 100 ? place.column - 60 : 0;
  const before = clean.source(source, from, place.column - 1);
  const after = clean.source(source, place.column - 1, from + 120);
  const gutter = `${place.line} | `;
  return [head, `  ${gutter}${before}${after}`, `  ${' '.repeat(gutter.length + before.length)}^`];
}
