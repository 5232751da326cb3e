/** Decodes text in the ways in which servers and people encode other text. */

/** How often an encoding may be applied to its own result. */
const ROUNDS = 3;
/** The shortest run of base64 characters that is decoded: it has four characters of the text. */
const SHORTEST = 6;

export const reverse = (text: string) => [...text].reverse().join('');

/** Returns the text, and what it means if its escapes and its base64 are decoded. */
export function decodings(text: string): ReadonlySet<string> {
  const [plain, joined] = [text.normalize('NFKC'), text.replace(/\s/g, '')];
  return closure(new Set([text, plain, joined]), (form) => [unescaped(form), ...base64In(form)]);
}

/** Returns what the base64 in a text means. */
export function hidden(text: string): ReadonlySet<string> {
  const found = closure(new Set([text]), base64In);
  return new Set([...found].filter((form) => form !== text));
}

function closure(found: Set<string>, decode: (form: string) => readonly string[]): Set<string> {
  let last = [...found];
  for (let round = 0; round < ROUNDS; round++) {
    last = [...new Set(last.flatMap(decode))].filter((form) => form !== '' && !found.has(form));
    for (const form of last) found.add(form);
  }
  return found;
}

const charOf = (code: number) => (code <= 0x10ffff ? String.fromCodePoint(code) : '');

/** Decodes `%41`, `=41`, `&#65;`, `&#x41;`, `\x41`, `\u0041` and `\u{41}`. */
function unescaped(text: string): string {
  return text.replace(
    /(?:%|=|\\x)([0-9a-f]{2})|&#x0*([0-9a-f]{1,6});?|&#0*(\d{1,7});?|\\u\{?0*([0-9a-f]{1,6})\}?/gi,
    (_, byte, hex, decimal, unit) => charOf(decimal ? Number(decimal) : Number.parseInt(byte ?? hex ?? unit, 16)),
  );
}

/** Decodes all runs of base64, and the text as one run: forwards and backwards, and from each place in a group. */
function base64In(text: string): string[] {
  const runs = text.match(/[\w+/-]+/g) ?? [];
  const all = [...new Set([...runs, runs.join('')])].filter(({ length }) => length >= SHORTEST);
  return [all, all.map(reverse)].flatMap((some) =>
    [0, 1, 2, 3].map((from) => some.flatMap((run) => printable(Buffer.from(run.slice(from), 'base64'))).join('\n')),
  );
}

/** Returns the runs of bytes that are long enough to be text: other bytes have short ones. */
const printable = (bytes: Buffer): readonly string[] => bytes.toString('latin1').match(/[\x20-\x7e]{4,}/g) ?? [];
