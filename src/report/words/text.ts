import type { Place } from '../../model/fault.ts';
import type { Sanitizer } from '../voice/index.ts';

const QUOTED = 500; // characters of a name or of foreign text at most, so that it cannot flood a report

/** Formats a count, such as 1,000,000. The first use of `Intl` in a process would take 15 ms. */
export const count = (number: number) => String(number).replace(/\B(?=(?:\d{3})+$)/g, ',');

/** Cleans and cuts a name, which formats must escape. */
export const quote = (name: string, clean: Sanitizer) => clip(clean.name(name));

/** Cleans and cuts the words of a server, which formats must escape. */
export const said = (words: string, clean: Sanitizer) => clip(clean.foreign(words));

export function clip(text: string): string {
  if (text.length <= QUOTED) return text;
  const start = text.slice(0, QUOTED).replace(/[\ud800-\udbff]$/, ''); // no half of a surrogate pair
  return `${start}… [cut: ${count(text.length)} characters]`;
}

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `25 h 4 min`: a time in its two largest units; in days from the second day on. */
export function lasting(seconds: number): string {
  let left = seconds;
  const parts = UNITS.flatMap(([unit, size]) => {
    const whole = unit === 'd' && seconds < 2 * size ? 0 : Math.floor(left / size);
    left -= whole * size;
    return whole > 0 ? [`${whole} ${unit}`] : [];
  });
  return parts.slice(0, 2).join(' ') || `${seconds} s`;
}

export const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
export const sum = <T>(items: readonly T[], of: (item: T) => number) =>
  items.reduce((total, item) => total + of(item), 0);

/** Joins the parts that are not empty. */
export const joined = (separator: string, parts: readonly (string | false | null | undefined)[]) =>
  parts.filter(Boolean).join(separator);

export const placeWords = ({ file, line, column }: Place, clean: Sanitizer) => `${clean.file(file)}:${line}:${column}`;

/** A command to be pasted into a shell. A fingerprint is not masked as the number that it may look like. */
export function commandLine(args: readonly string[], clean: Sanitizer): string {
  const words = args.map((arg, at) => {
    if (args[at - 1] === '--approve') return arg;
    return shellWord(/^https?:/.test(arg) ? clean.url(arg) : clean.file(arg));
  });
  return ['blacklistctl', ...words].join(' ');
}

/** Quotes a word for a shell, if needed. */
export const shellWord = (text: string) =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
