import { describe, expect, test } from 'vitest';
import { isSealedBy, readMarker, sealKey, sealWith, writeMarker } from '../../../src/action/github/marker.ts';
import * as fc from '../../fast-check.ts';

test('a marker is read as it was written, and cannot end the HTML comment around it', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 5 }),
      fc.string(),
      (value, text) => {
        const marker = writeMarker('plan', { text, value: { ...value } });
        expect(marker.indexOf('-->')).toBe(marker.length - 4);
        expect(marker.indexOf('\n')).toBe(marker.length - 1);
        expect(readMarker('plan', `${marker}${text}`)).toEqual({ text, value: { ...value } });
      },
    ),
  );
});

test.each([
  ['of another kind', writeMarker('drift', { a: 1 })],
  ['after other text', `text\n${writeMarker('plan', { a: 1 })}`],
  ['cut', writeMarker('plan', { a: 1 }).slice(0, -8)],
  ['not JSON', '<!-- blacklistctl-plan {oops} -->\n'],
  ['missing', ''],
])('a marker is ignored if it is %s', (_, text) => {
  expect(readMarker('plan', text)).toBeNull();
});

describe('a seal', () => {
  const tokens = new Map([
    ['a', 'token-a'],
    ['b', 'token-b'],
    ['c', 'token-c'],
  ]);
  const facts = fc.array(fc.oneof(fc.string(), fc.nat()), { minLength: 1, maxLength: 6 });

  test('matches its facts and no others', () => {
    fc.assert(
      fc.property(facts, facts, (sealed, others) => {
        const key = sealKey(tokens, ['a', 'b'])!;
        const seal = sealWith(key, sealed);
        expect(isSealedBy(key, sealed, seal)).toBe(true);
        expect(isSealedBy(key, others, seal)).toBe(JSON.stringify(others) === JSON.stringify(sealed));
        expect(isSealedBy(key, sealed, seal.slice(1))).toBe(false);
      }),
    );
  });

  test('depends on the tokens of the bots that change, and not on their order', () => {
    const key = sealKey(tokens, ['b', 'a'])!;
    expect(sealKey(tokens, ['a', 'b'])).toEqual(key);
    expect(sealKey(new Map([...tokens, ['c', 'renewed']]), ['a', 'b'])).toEqual(key);
    expect(sealKey(new Map([...tokens, ['b', 'renewed']]), ['a', 'b'])).not.toEqual(key);
    expect(sealKey(tokens, ['a', 'c'])).not.toEqual(key);
  });

  test('is null if nothing changes', () => {
    expect(sealKey(tokens, [])).toBeNull();
  });
});
