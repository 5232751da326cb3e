import { createHmac } from 'node:crypto';
import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';

/**
 * How numbers and foreign text leave the tool. Every reporter speaks through one voice, so that masking, redaction and
 * escaping cannot be forgotten in one of them.
 */
export interface Voice {
  /** Numbers are hidden, and with them what only those may read who see them. */
  readonly masked: boolean;
  /** A number that is text is one that an earlier report has masked. */
  number(number: Msisdn | string): string;
  /** Text that a server, a file or an error said: no secret, no control character, no workflow command; masked if asked. */
  text(text: string): string;
  /** The name of a file: other text, but that a day in it stays, so that editors and annotations find the file. */
  file(name: string): string;
  /** A line of somebody's file, every character in its column. */
  source(line: string): string;
}

export interface VoiceOptions {
  readonly masked: boolean;
  /** Tags each masked number, so that reviewers can tell two of them apart (BLACKLISTCTL_MASK_KEY). */
  readonly maskKey?: string | undefined;
  /** Tokens, which never leave. Read at each call: they become known during the run. */
  readonly secrets: ReadonlySet<string>;
}

export function makeVoice({ masked, maskKey, secrets }: VoiceOptions): Voice {
  // Tokens go first: masked, one that holds a number would not be found any more.
  const clean = (text: string) => redact(text, secrets);
  return {
    masked,
    number: (number) => {
      if (typeof number === 'string') return number;
      return masked ? mask(String(number), maskKey) : formatMsisdn(number);
    },
    text: (text) => escapeControls(masked ? scrub(clean(text), ANYWHERE, isDay, maskKey) : clean(text)),
    file: (name) => escapeControls(masked ? scrub(clean(name), IN_A_NAME, isDayOfName, maskKey) : clean(name)),
    source: (line) => {
      const shown = dotTokens(clean(line));
      return escapeControls(masked ? shown.replace(/\p{Nd}/gu, '•') : shown);
    },
  };
}

/** `46732001122` → `+46•••••1122`: two digits and four at most, and never fewer than four hidden. */
export function mask(digits: string, key?: string): string {
  const tail = Math.min(4, digits.length - 6);
  const hidden = digits.slice(0, 2) + '•'.repeat(digits.length - 2 - tail) + digits.slice(digits.length - tail);
  const tag = key ? `~${createHmac('sha256', key).update(digits).digest('hex').slice(0, 6)}` : '';
  return `+${hidden}${tag}`;
}

function isDay(digits: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(digits);
}

/**
 * Or one as 20260131, which exports are called by. By itself it is nobody's number: that would be one of six digits in Egypt
 * (+20), or of seven in North America (+1), and neither has any as short. Behind a plus or the digits of a country, as in
 * 45_20260131, it may be the rest of one.
 */
function isDayOfName(digits: string, before: string): boolean {
  if (isDay(digits)) return true;
  const restOfNumber = before.includes('+') || /(?:^|[^\p{L}\p{Nd}])\p{Nd}{1,3}[_/]$/u.test(before);
  return !restOfNumber && /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/.test(digits);
}

/** What may stand between the digits of a number: blanks, dashes and other marks, also unseen ones. */
const MARKS = '\\p{Z}\\p{Pd}\\p{Cf}\\p{Mn}\\t.()[\\]';
const IN_A_NAME = numberWith(MARKS); // where folders end at a slash
const ANYWHERE = numberWith(`${MARKS}/\\\\_`);

/** What could be a number as people write it: 7 digits and more. */
function numberWith(marks: string): RegExp {
  return new RegExp(`\\+?\\p{Nd}(?:[${marks}]*\\p{Nd}){6,}`, 'gu');
}

/** Masks what could be a number. `spares` a day, by its digits and what stands before them. */
function scrub(
  text: string,
  pattern: RegExp,
  spares: (digits: string, before: string) => boolean,
  key?: string,
): string {
  return text.replace(pattern, (found, at: number) =>
    spares(found, text.slice(0, at)) ? found : mask(found.replace(/\P{Nd}/gu, ''), key),
  );
}

/**
 * Hides what may be a token in a line of somebody's file: put there by mistake, it is known to nobody as one. Values of keys
 * that speak of tokens, but for the name of a variable; and long words of letters and digits.
 */
function dotTokens(line: string): string {
  const dots = (text: string) => '•'.repeat(text.length);
  return line
    .replace(/AGE-[A-Z0-9-]*KEY-[A-Z0-9-]+/gi, dots)
    .replace(
      /((?:token|secret|passw|auth)\w*["']?\s*[:=]\s*["']?)([^\s"',}\]]+)/gi,
      (all, key: string, value: string) => (/^[A-Z_][A-Z0-9_]*$/.test(value) ? all : key + dots(value)),
    )
    .replace(/[A-Za-z0-9]{24,}/g, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? dots(word) : word))
    .replace(/[\w.~+/=-]{24,}/g, (word) =>
      /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) ? dots(word) : word,
    );
}

/** Replaces secrets in every form in which a server may echo them. */
export function redact(text: string, secrets: ReadonlySet<string>): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === '') continue;
    const base64 = Buffer.from(secret).toString('base64'); // without its padding it is a beginning of itself
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
    for (const form of new Set(forms)) clean = removeBeginnings(clean, form);
  }
  return clean;
}

/** Takes out a secret, and as much of its beginning as there is: a cut token still helps whoever guesses the rest. */
function removeBeginnings(text: string, secret: string): string {
  const start = secret.slice(0, 8);
  let clean = '';
  let from = 0;
  for (let at = text.indexOf(start); at >= 0; at = text.indexOf(start, from)) {
    let end = at + start.length;
    while (end < text.length && text[end] === secret[end - at]) end++;
    clean += `${text.slice(from, at)}[token]`;
    from = end;
  }
  return clean + text.slice(from);
}

/**
 * Makes text safe for terminals and logs: control characters, line separators and characters that turn the direction of
 * writing become visible escapes; so do the two marks that GitHub's runner takes for commands.
 */
function escapeControls(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) =>
      character === '\t' ? ' ' : `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
    )
    .replace(/^(\s*):(?=:)/, '$1\\u003a')
    .replaceAll('##[', '##\\u005b');
}
