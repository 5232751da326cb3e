import { expect, test } from 'vitest';
import { readMarker, writeMarker } from '../../src/action/marker.ts';
import * as fc from '../fast-check.ts';

test('whatever is remembered is read again, and cannot end the comment that hides it', () => {
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
  ['further down', `text\n${writeMarker('plan', { a: 1 })}`],
  ['cut', writeMarker('plan', { a: 1 }).slice(0, -8)],
  ['no JSON', '<!-- blacklistctl-plan {oops} -->\n'],
  ['none', ''],
])('a marker %s is none', (_, text) => {
  expect(readMarker('plan', text)).toBeNull();
});
