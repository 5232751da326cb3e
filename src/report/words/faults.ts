/** Failures of stages in words, and the lines of whatever a run reports as wrong. */
import type { FailureKind, FailureOf, Problem, StageFailure } from '../../model/failure.ts';
import type { Failure } from '../../model/ledger.ts';
import type { Sanitizer } from '../voice/index.ts';
import { address, joined, lasting, placeWords, plural } from './text.ts';
import { warningWords } from './warnings.ts';

const WORDS: { readonly [Kind in FailureKind]: (failure: FailureOf<Kind>, clean: Sanitizer) => string } = {
  interrupted: () => 'interrupted',
  'page-repeats': () => `the server sends the same page under several page numbers, ${NO_END}`,
  'cursor-repeats': () => `the server sends the same page or cursor again, ${NO_END}`,
  unsteady: ({ reads }) => `the list kept changing while it was read (read ${reads} times); ${QUIET}`,
  hole: ({ reads }) => `the list has an empty page with numbers behind it (read ${reads} times); ${QUIET}`,
  endless: ({ pages }) => `the list has more than ${pages} pages; it does not seem to end, and nothing was planned`,
  'adds-open': () => 'not every add was known to be done, so no remove was sent; a later run sends them',
  'other-removed': ({ number, stays }, clean) =>
    `the server removed ${clean.number(stays)}, which was to stay, when it was asked to remove ${clean.number(number)}; the rest was not sent; check the list with plan`,
  full: () => 'the list is full; nothing more was added',
  'refused-requests': ({ count }) => `the server refused ${count} requests in a row; the rest was not sent`,
  'refused-batches': ({ count }) =>
    `the server refused every number of ${count} batches in a row; the rest was not sent`,
  unread: ({ why }, clean) => `the plan was made without this bot: ${clean.text(why)}`,
  'not-approved': ({ file, refused, unread }, clean) => {
    const causes =
      'the files or a live list moved since the review, or a run of the approved plan ended early; nothing was written';
    return joined('; ', [
      file === null
        ? `this plan is not the approved one: ${causes}`
        : `${clean.file(file)}: this saved plan is not the approved one; nothing was written`,
      refused.length > 0 ? `the guard refuses it for ${named(refused, clean)}` : 'the guard does not refuse it',
      unread.length > 0 && `it is without ${named(unread, clean)}, which could not be read`,
    ]);
  },
  'no-bots': ({ file }, clean) =>
    `${clean.file(file)}: this plan has no bot, so no token vouches for it; nothing was sent; make the plan again`,
  undeclared: ({ file, bots }, clean) =>
    `${clean.file(file)}: the files do not declare ${named(bots, clean)} of this plan; nothing was sent; give the paths that plan was given, or make the plan again`,
  redeclared: ({ file, bots }, clean) =>
    `${clean.file(file)}: the files give another provider or token variable than this plan to ${named(bots, clean)}; nothing was sent; make the plan again`,
  forged: ({ file }, clean) =>
    `${clean.file(file)}: this plan cannot be trusted: it was changed after it was made, or made with other tokens; nothing was sent; make the plan again`,
  'too-old': ({ file, made, age, limit }, clean) =>
    `${clean.file(file)}: this plan was made ${lasting(age)} ago (${made}), and --max-age allows ${lasting(limit)}; nothing was sent; make the plan again`,
  'other-place': ({ file, bot, planned, now }, clean) =>
    `${clean.file(file)}: the plan for the bot "${clean.text(bot)}" was made for ${address(planned, clean)}, and this run goes to ${address(now, clean)}; nothing was sent`,
  outdated: ({ file, bots }, clean) => {
    const counts = bots.map(({ id, numbers }) => `${plural(numbers, 'number')} of ${clean.text(id)}`);
    return `${clean.file(file)}: the files have changed since the plan was made, or entries have expired: the plan goes against them with ${counts.join(', ')}; nothing was written; make the plan again`;
  },
  moved: ({ file, bots }, clean) =>
    `${clean.file(file)}: the live list of ${named(bots, clean)} moved since this plan was made; nothing was written; make the plan again`,
};

const named = (bots: readonly string[], clean: Sanitizer) => bots.map(clean.text).join(', ');

const NO_END = 'so the list cannot be read to its end';
const QUIET = 'nothing was planned; wait until it is quiet';

const stageWords = (failure: StageFailure, clean: Sanitizer) =>
  (WORDS[failure.kind] as (failure: StageFailure, clean: Sanitizer) => string)(failure, clean); // each by its own kind

/** Why a bot failed, and the way out. The server's own words are printed apart. */
export function failureWords({ holds, giver, ...failure }: Failure, clean: Sanitizer): string {
  const words = 'message' in failure ? clean.text(failure.message) : stageWords(failure, clean);
  const way = holds?.removes
    ? 'removes wait for adds: commit the removals alone, apply them, then add again'
    : 'take numbers out of the files';
  const id = giver && clean.text(giver.id);
  const list = `blacklistctl list --bot ${id} --format json --numbers full > list.json`;
  return joined('; ', [
    giver ? `${id}: ${words}` : words,
    holds && `it holds ${holds.entries} of ${holds.capacity}; ${way}`,
    giver && `its ${giver.numbers} numbers of the files come by: ${list}, then --from list.json`, // an API may be gone
  ]);
}

/** A problem in words that are safe to print, and where it is. The code is that of a warning. */
export function worded(problem: Problem, clean: Sanitizer) {
  const { place, source, row } = problem;
  const message = 'kind' in problem ? stageWords(problem, clean) : warningWords(problem, clean);
  return { message, code: 'code' in problem ? problem.code : undefined, place, source, row };
}

/**
 * `error: file:line:column: message [code]`, so that editors and terminals can jump to the place. The next lines are
 * the line of the file, if it may be shown, and a caret. `cut` may shorten the message.
 */
export function faultLines(problem: Problem, clean: Sanitizer, label = '', cut = (text: string) => text): string[] {
  const { code, message, place, source, row } = worded(problem, clean);
  const text = cut(message) + (code ? ` [${code}]` : '');
  if (!place) return [label + text];
  const head = `${label}${placeWords(place, clean)}: ${text}`;
  if (source === undefined || (row && clean.masked)) return [head]; // no mask knows a name
  // A long line is cut around the fault; the caret keeps its column in what is left.
  const from = place.column > 100 ? place.column - 60 : 0;
  const before = clean.source(source.slice(from, place.column - 1));
  const after = clean.source(source.slice(place.column - 1, from + 120));
  const gutter = `${place.line} | `;
  return [head, `  ${gutter}${before}${after}`, `  ${' '.repeat(gutter.length + before.length)}^`];
}
