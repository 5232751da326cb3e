/** Writes and reads lists of numbers. */
import type { NumberList } from '../../model/compared.ts';
import { parseMsisdn } from '../../numbers/msisdn.ts';
import type { Sanitizer } from '../voice/index.ts';
import { long } from '../voice/json.ts';

export const writeNumbers = ({ values }: NumberList, clean: Sanitizer) => long(clean.order(values), clean.number);

export const readList = (texts: readonly string[]): NumberList => ({
  size: texts.length,
  values: texts.map(readNumber),
});

/** Returns a masked number as text. */
export function readNumber(text: string): number | string {
  const number = parseMsisdn(text);
  return typeof number === 'number' ? number : text;
}
