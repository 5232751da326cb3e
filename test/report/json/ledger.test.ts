import { expect, test } from 'vitest';
import type { Ledger } from '../../../src/model/ledger.ts';
import { readLedger, writeLedger } from '../../../src/report/json/ledger.ts';
import { pieces } from '../../../src/report/voice/json.ts';
import * as fc from '../../fast-check.ts';
import { full, ledger, numbers } from '../fixtures.ts';

const documentOf = (written: Ledger) => JSON.parse([...pieces(writeLedger(written, full))].join(''));
const count = fc.nat({ max: 5 });
const rejections = (count: number, direction: 'add' | 'remove') =>
  Array.from({ length: count }, (_, at) => ({ number: `+44770090000${at}`, direction, reason: 'no' }));

/** Ledgers as `apply` makes them: no remove was sent if an add failed, is unknown or was not sent. */
const someLedger = fc
  .record({
    added: count,
    rejectedAdds: count,
    pending: count,
    openAdds: fc.oneof(fc.constant(null), fc.record({ failed: count, unknown: count, skipped: count })),
    removes: fc.record({ applied: count, failed: count, unknown: count, skipped: count, rejected: count }),
    withheld: count,
  })
  .map(({ added, rejectedAdds, pending, openAdds, removes, withheld }) => {
    const { failed = 0, unknown = 0, skipped = 0 } = openAdds ?? {};
    const all = removes.applied + removes.failed + removes.unknown + removes.skipped + removes.rejected;
    const sent = openAdds ? { applied: 0, failed: 0, unknown: 0, skipped: all, rejected: 0 } : removes;
    const held = Array.from({ length: openAdds ? 0 : withheld }, (_, at) => {
      return { number: `+44770090010${at}`, declared: '+447700900200', because: 'edit' as const };
    });
    const made = ledger({
      applied: { add: added, remove: sent.applied },
      failed: { add: failed, remove: sent.failed },
      unknown: { add: unknown, remove: sent.unknown },
      skipped: { add: skipped, remove: sent.skipped },
      pending,
      rejected: [...rejections(rejectedAdds, 'add'), ...rejections(sent.rejected, 'remove')],
      withheld: held,
    });
    const adds = numbers(added + failed + unknown + skipped + pending + rejectedAdds);
    return { made, sides: { add: adds, remove: numbers(all + held.length) } };
  });

test('a ledger is read as it was written', () => {
  fc.assert(
    fc.property(someLedger, ({ made, sides }) => {
      expect(readLedger(documentOf(made), sides)).toEqual(made);
    }),
  );
});

test('a ledger of an older version, which has only sums, is split as it was made', () => {
  fc.assert(
    fc.property(someLedger, ({ made, sides }) => {
      const { applied, failed, unknown, skipped, pending, rejected, withheldNumbers } = documentOf(made);
      expect(readLedger({ applied, failed, unknown, skipped, pending, rejected, withheldNumbers }, sides)).toEqual(
        made,
      );
    }),
  );
});

test('the results of a drift of an older version, which are all 0, stay 0', () => {
  const none = { applied: 0, failed: 0, unknown: 0, skipped: 0, pending: 0, rejected: [] };
  expect(readLedger(none, { add: numbers(2), remove: numbers(3) })).toEqual(ledger());
});
