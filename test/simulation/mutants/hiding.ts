import type { Mutant } from './mutant.ts';

/** Programs that misread users without a number. */
export const HIDING: readonly Mutant[] = [
  [
    'a number that is not visible counts as missing',
    'commands/drift/memory.ts',
    'hidden.has(known.ids[at]!)',
    'false',
    /promise 19 /,
    55,
  ],
  [
    'the ids of an earlier report are forgotten after one run',
    'commands/drift/memory.ts',
    'join(now.userIds, earlier.userIds, kept)',
    'join(now.userIds, NO_IDS, kept)',
    /promise 19 /,
    61,
  ],
  [
    'a number that left the files while it was not visible is forgotten',
    'commands/drift/memory.ts',
    'now.notVisible.or(respell(wasLive, withId, userOf).and(withId))',
    'respell(wasLive, withId, userOf).and(withId)',
    /promise 19 /,
    61,
  ],
  [
    'absent numbers are unblocked if the list has users without a number',
    'steps/plan-all.ts',
    'const change = changeOf(bot, live.numbers, userOf, addsOnly);',
    'const made = changeOf(bot, live.numbers, userOf, addsOnly); const change = live.foreign > 0 ? { ...made, remove: made.remove.or(made.add) } : made;',
    /promise 10 .* which is declared/,
  ],
  [
    'no number is added if the list has users without a number',
    'steps/plan-all.ts',
    'const change = changeOf(bot, live.numbers, userOf, addsOnly);',
    'const made = changeOf(bot, live.numbers, userOf, addsOnly); const change = live.foreign > 0 ? { ...made, add: made.add.minus(made.add) } : made;',
    /promise 1 .* missing/,
  ],
  [
    'an add that no list shows keeps --wait waiting, although the user has a username',
    'apply/verify.ts',
    'users.size > foreign ? adds.size - foreign : 0',
    'adds.size',
    /promise 9 /,
    69,
  ],
];
