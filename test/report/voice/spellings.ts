/** Spells numbers and tokens as servers, spreadsheets and people do, and finds them again in any output. */

const grouped = (digits: string, by: string) => digits.match(/\d{1,3}/g)!.join(by);
const each = (digits: string, map: (digit: number) => string, by = '') =>
  [...digits].map((digit) => map(Number(digit))).join(by);
const from = (digits: string, zero: number) => each(digits, (digit) => String.fromCodePoint(zero + digit));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32(text: string): string {
  const bits = [...Buffer.from(text)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits
    .match(/.{1,5}/g)!
    .map((five) => BASE32[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

function ofBase32(text: string): string {
  const bits = [...text].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return String.fromCharCode(...(bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

const reversed = (text: string) => [...text].reverse().join('');

/** Spellings of a number, from its digits. */
export const NUMBERS: Readonly<Record<string, (digits: string) => string>> = {
  digits: (digits) => digits,
  'a plus': (digits) => `+${digits}`,
  'two zeros': (digits) => `00${digits}`,
  blanks: (digits) => `+${grouped(digits, ' ')}`,
  dashes: (digits) => grouped(digits, '-'),
  dots: (digits) => grouped(digits, '.'),
  commas: (digits) => grouped(digits, ','),
  'commas and blanks': (digits) => grouped(digits, ', '),
  'Swiss marks': (digits) => grouped(digits, '’'),
  'minus signs': (digits) => grouped(digits, '\u2212'),
  'middle dots': (digits) => grouped(digits, '·'),
  colons: (digits) => grouped(digits, ':'),
  pluses: (digits) => `+${grouped(digits, '+')}`,
  slashes: (digits) => grouped(digits, '/'),
  underscores: (digits) => grouped(digits, '_'),
  'thin blanks': (digits) => grouped(digits, '\u202f'),
  'invisible marks': (digits) => grouped(digits, '\u200b'),
  'a line break': (digits) => grouped(digits, '\n'),
  brackets: (digits) => `+${digits.slice(0, 2)} (${digits.slice(2, 5)}) ${digits.slice(5)}`,
  'Japanese brackets': (digits) => `${digits.slice(0, 2)}（${digits.slice(2, 5)}）${digits.slice(5)}`,
  'words between': (digits) => `${digits.slice(0, 6)} ext ${digits.slice(6)}`,
  'letters between': (digits) => grouped(digits, 'x'),
  'full width': (digits) => from(digits, 0xff10),
  Arabic: (digits) => from(digits, 0x660),
  Devanagari: (digits) => from(digits, 0x966),
  mathematical: (digits) => from(digits, 0x1d7ce),
  superscript: (digits) => each(digits, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[digit]!),
  circled: (digits) => each(digits, (digit) => '⓪①②③④⑤⑥⑦⑧⑨'[digit]!),
  Chinese: (digits) => each(digits, (digit) => '〇一二三四五六七八九'[digit]!),
  'percent blanks': (digits) => `%2B${grouped(digits, '%20')}`,
  'percent digits': (digits) => each(digits, (digit) => `%3${digit}`),
  'HTML blanks': (digits) => grouped(digits, '&nbsp;'),
  'HTML digits': (digits) => each(digits, (digit) => `&#${48 + digit};`),
  'HTML digits in hex': (digits) => each(digits, (digit) => `&#x3${digit};`),
  markup: (digits) => `<b>${grouped(digits, '</b> <b>')}</b>`,
  'JSON escapes': (digits) => each(digits, (digit) => `\\u003${digit}`),
  'a JSON array': (digits) => JSON.stringify(digits.match(/\d{1,6}/g)),
  base64: (digits) => base64(`+${digits}`),
  'base64 without padding': (digits) => base64(digits).replace(/=+$/, ''),
  'base64 after a letter': (digits) => base64(`x${digits}`),
  'base64 of blanks': (digits) => base64(grouped(digits, ' ')),
  'base64 reversed': (digits) => reversed(base64(digits)),
  'base64 twice': (digits) => base64(base64(digits)),
  base32: (digits) => base32(digits),
  hex: (digits) => Buffer.from(digits).toString('hex'),
  'C escapes': (digits) => each(digits, (digit) => `\\x3${digit}`),
  'quoted-printable': (digits) => each(digits, (digit) => `=3${digit}`),
  'an exponent': (digits) => `${digits[0]}.${digits.slice(1)}e${digits.length - 1}`,
  'a JSON number': (digits) => JSON.stringify({ msisdn: Number(digits) }),
  reversed,
};

/** Forms of a token. */
export const TOKENS: Readonly<Record<string, (token: string) => string>> = {
  'as it is': (token) => token,
  'lower case': (token) => token.toLowerCase(),
  'upper case': (token) => token.toUpperCase(),
  reversed,
  beginning: (token) => token.slice(0, 12),
  middle: (token) => token.slice(5, 17),
  end: (token) => token.slice(-12),
  base64,
  'base64 after one letter': (token) => base64(`x${token}`),
  'base64 of a header': (token) => base64(`Bearer ${token}`),
  'URL-safe base64': (token) => Buffer.from(token).toString('base64url'),
  'base64 in lower case': (token) => base64(token).toLowerCase(),
  hex: (token) => Buffer.from(token).toString('hex'),
  percent: encodeURIComponent,
  'percent letters': (token) => [...token].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''),
  'HTML letters': (token) => [...token].map((letter) => `&#${letter.charCodeAt(0)};`).join(''),
  'JSON escapes': (token) =>
    [...token].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  blanks: (token) => [...token].join(' '),
  'wrapped lines': (token) => token.replace(/.{6}/g, '$&\n'),
  'quoted parts': (token) => token.match(/.{1,6}/g)!.join('" "'),
};

/** Decodes an output in each way that a reader may try, without the code that is tested. */
function readings(output: string): string[] {
  const plain = output
    .replace(/\\u\{?([0-9a-f]{4})\}?/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, decimal) => String.fromCodePoint(Number(decimal)))
    .replace(/&(?:nbsp|amp|quot|lt|gt);/g, ' ')
    .replace(/(?:%|=|\\x)([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const words = (text: string) => text.match(/[\w+/-]{8,}/g) ?? [];
  const decoded = (text: string) =>
    [text, reversed(text)]
      .flatMap(words)
      .flatMap((word) => [0, 1, 2, 3].map((skipped) => Buffer.from(word.slice(skipped), 'base64').toString('latin1')));
  const once = decoded(plain);
  const hex = words(plain).map((word) => Buffer.from(word, 'hex').toString('latin1'));
  const of32 = (plain.match(/[A-Z2-7]{12,}/g) ?? []).map(ofBase32);
  return [output, plain, ...hex, ...of32, ...once, ...once.flatMap(decoded)];
}

const LATIN = new Map<string, string>();
for (const zero of [0x660, 0x966]) for (let at = 0; at < 10; at++) LATIN.set(String.fromCodePoint(zero + at), `${at}`);
for (const [at, letter] of [...'〇一二三四五六七八九'].entries()) LATIN.set(letter, `${at}`);

const inLatin = (text: string) => [...text.normalize('NFKC')].map((one) => LATIN.get(one) ?? one).join('');
const digitsIn = (text: string) => inLatin(text).replace(/\D/g, '');

/** Reports whether a reader can find the number in an output. */
export function showsNumber(output: string, digits: string): boolean {
  return readings(output).some((text) => {
    const found = digitsIn(text);
    return found.includes(digits) || reversed(found).includes(digits);
  });
}

/**
 * Returns how many digits in a row of a number a reader can find in an output. A few marks may be between two digits, and
 * for a whole number anything else.
 */
export function shownDigits(output: string, digits: string): number {
  const texts = readings(output).map(inLatin);
  const joined = texts.map((text) => text.replace(/\D/g, ''));
  if (joined.some((text) => text.includes(digits) || text.includes(reversed(digits)))) return digits.length;
  const runs = texts.flatMap((text) => text.replace(/(?<=\d)[^\p{L}\d•]{1,6}(?=\d)/gu, '').match(/\d{4,}/g) ?? []);
  return longest([digits, reversed(digits)], runs);
}

/** Returns the length of the longest part of any of the wanted texts that is in any of the others. */
function longest(wanted: readonly string[], texts: readonly string[]): number {
  let most = 0;
  for (const text of wanted) {
    for (let at = 0; at < text.length; at++) {
      while (at + most < text.length && texts.some((each) => each.includes(text.slice(at, at + most + 1)))) most++;
    }
  }
  return most;
}

/** Returns how many characters in a row of a token a reader can find in an output. */
export function shownOfToken(output: string, token: string): number {
  const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const texts = readings(output).flatMap((text) => [bare(text), reversed(bare(text))]);
  return longest([bare(token)], texts);
}
