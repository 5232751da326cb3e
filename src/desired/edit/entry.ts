import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import { blanks } from './insert.ts';
import { quotedText, scalar } from './text.ts';

/** The facts that an edit writes for an entry, besides its number. */
export interface Details {
  readonly reason?: string;
  readonly owner?: string;
  /** A day as YYYY-MM-DD. */
  readonly expires?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface NewEntry {
  readonly number: Msisdn;
  readonly details: Details;
}

/** The bot or the shared list that declares numbers, by its name. */
export interface Holder {
  readonly kind: 'bots' | 'lists';
  readonly name: string;
}

/** Writes the keys and values of details. `flow`: within brackets, where more characters end a text. */
export function detailPairs(details: Details, { flow, json }: { flow: boolean; json: boolean }): [string, string][] {
  const text = (value: string) => (flow ? quotedText(value) : written(value));
  const day = (value: string) => (json ? `"${value}"` : value);
  const { reason, owner, expires, labels = {} } = details;
  const inner = Object.entries(labels).map(
    ([key, value]) => `${json ? quotedText(key) : scalar(key)}: ${quotedText(value)}`,
  );
  const pairs: [string, string | null][] = [
    ['reason', reason === undefined ? null : text(reason)],
    ['owner', owner === undefined ? null : text(owner)],
    ['expires', expires === undefined ? null : day(expires)],
    ['labels', inner.length === 0 ? null : `{ ${inner.join(', ')} }`],
  ];
  const keyOf = (key: string) => (json ? `"${key}"` : key);
  return pairs.flatMap(([key, value]) => (value === null ? [] : [[keyOf(key), value]]));
}

/** Writes an entry of a block list, whose dash is in a column. */
export function entryLines({ number, details }: NewEntry, column: number): string[] {
  const pairs = detailPairs(details, { flow: false, json: false });
  if (pairs.length === 0) return [`${blanks(column)}- "${formatMsisdn(number)}"`];
  const rest = pairs.map(([key, value]) => `${blanks(column + 2)}${key}: ${value}`);
  return [`${blanks(column)}- number: "${formatMsisdn(number)}"`, ...rest];
}

export function entryInFlow({ number, details }: NewEntry, json: boolean): string {
  const pairs = detailPairs(details, { flow: true, json });
  const text = `"${formatMsisdn(number)}"`;
  if (pairs.length === 0) return text;
  return `{ ${json ? '"number"' : 'number'}: ${text}, ${pairs.map(([key, value]) => `${key}: ${value}`).join(', ')} }`;
}

/** Writes a text without quotes if every YAML parser reads it as this text. */
function written(text: string): string {
  if (!text.includes(' ')) return scalar(text);
  return /^[A-Za-z][\w ,./()&+'-]*$/.test(text) && !text.endsWith(' ') ? text : quotedText(text);
}
