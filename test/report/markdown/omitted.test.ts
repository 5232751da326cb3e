import { expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { omittedWords } from '../../../src/report/markdown/omitted.ts';
import { adds, bot, drift, imported, ledger, numbers, report, result } from '../fixtures.ts';

const some = { add: numbers(3), remove: numbers(1) };
const [applied, failed] = [{ add: 2, remove: 1 }, adds(1)];

test.each<[what: string, report: Report, words: string]>([
  ['a plan', report({ bots: [bot('a', some), bot('b', some), bot('c', some)] }), '2 to remove, 6 to add'],
  ['a drift', drift({ bots: [bot('a', some), bot('b')] }), '1 added outside Git, 3 removed outside Git'],
  [
    'an apply',
    result({ bots: [bot('a', { ...some, results: ledger({ applied, failed }) }), bot('b')] }),
    '2 added, 1 removed, 1 failed to add',
  ],
  ['an import', imported([{ id: 'a', imported: 3, alreadyThere: 9, error: null }]), '3 imported'],
])('omittedWords names the changes of %s by its kind', (_, said, words) => {
  expect(omittedWords(said, [{ id: 'a' }, { id: 'b' }])).toBe(` In them: ${words}.`);
});

test('omittedWords counts the bots that changed in the files', () => {
  const bots = [{ id: 'a', reviewed: true }, { id: 'b' }];
  expect(omittedWords(report({ bots: [bot('a'), bot('b')] }), bots)).toBe(
    ' 1 of them has changed settings, or is new in or removed from the files.',
  );
});
