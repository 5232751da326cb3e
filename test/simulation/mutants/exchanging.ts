import type { Mutant } from './mutant.ts';

/** Programs that exchange removals for adds in a full list wrongly. */
export const EXCHANGING: readonly Mutant[] = [
  [
    'no removal makes room in a full list',
    'apply/change.ts',
    'if (full.size === 0 || ',
    'if (true || ',
    /promise 4 .* but none of \d+ removes makes some/,
    30,
  ],
  [
    'more removals make room than adds need',
    'apply/change.ts',
    'roomFor(due, ',
    'roomFor(due + 1, ',
    /promise 4 .* removes make room for/,
    10107,
  ],
  [
    'a removal of a declared user makes room',
    'apply/change.ts',
    'const free = change.remove.minus(numbersOf(withhold(change, adds, users)));',
    'const free = change.remove;',
    /promise 10 .* a DELETE of/,
    8,
  ],
  [
    'adds without room are not sent again',
    'apply/change.ts',
    'if (spent(removed) > 0) adds =',
    'if (false) adds =',
    /promise 4 .* is sent again/,
    30,
  ],
  [
    'adds that had room are sent again',
    'apply/change.ts',
    "applyDirection('add', full, writer",
    "applyDirection('add', change.add, writer",
    /promise 4 .* but had room/,
    8,
  ],
  [
    'removals make room although another add is open',
    'apply/change.ts',
    "isOpen(adds, 'full') || isCutShort(removes)) break",
    'isCutShort(removes)) break',
    /promise 4 .* adds are not done/,
    114,
  ],
  [
    'the other removals are sent although an add has no room',
    'apply/change.ts',
    'const ends = isOpen(adds) ||',
    "const ends = isOpen(adds, 'full') ||",
    /promise 4 .* removes make room for/,
    10107,
  ],
  [
    'adds of a whole batch without room are not split',
    'apply/batches.ts',
    'if (batch.length > 1 && !tally.stopped)',
    'if (false)',
    /promise 1 .* more fit/,
    8,
  ],
];
