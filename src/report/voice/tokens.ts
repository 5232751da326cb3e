/** Finds tokens in text: whole ones in our own messages, and parts in any encoding in foreign text. */
import { decodings, reverse } from '../../numbers/decode.ts';

/** A part of a text: from the first position, to before the second. */
export type Span = readonly [from: number, to: number];

/** Finds every whole token in a message, also as JSON, a URL or base64 writes it. */
export function tokenSpans(text: string, secrets: ReadonlySet<string>): readonly Span[] {
  return [...secrets].flatMap((secret) => {
    const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
    const written = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
    return [...new Set(written)].flatMap((form) => spansOf(text, form));
  });
}

/** Finds each place of a part in a text. */
export function spansOf(text: string, part: string): readonly Span[] {
  const spans: Span[] = [];
  if (part === '') return spans;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
    spans.push([at, at + part.length]);
  }
  return spans;
}

/** Replaces each word of foreign text that has a part of a token. Returns null if a part remains between the words. */
export function withoutTokens(text: string, parts: TokenParts): string | null {
  if (!parts.isIn(text)) return text;
  const left = text.replace(/[^\s"'`<>,;=&?]+/g, (word) => (parts.isIn(word) ? '[token]' : word));
  return parts.isIn(left.replaceAll('[token]', ' ')) ? null : left;
}

/** Characters in a row of a token that are a part of it, and how many each encoding needs for them. */
export const PART = 8;
const PART_BASE64 = 10;
const PART_HEX = 16;

const plain = (text: string) => text.toLowerCase();
const bare = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The parts of all tokens, to look up. Tokens become known during the run, so new ones are added at each look. */
export class TokenParts {
  readonly #secrets: ReadonlySet<string>;
  readonly #known = new Set<string>();
  readonly #parts = new Set<string>();
  readonly #lengths = new Set<number>();

  constructor(secrets: ReadonlySet<string>) {
    this.#secrets = secrets;
  }

  /** Reports whether a text has a part of a token, in any case, direction or usual encoding. */
  isIn(text: string): boolean {
    this.#learn();
    if (this.#parts.size === 0) return false;
    return [...decodings(text)].some((form) => {
      const [asWritten, letters] = [plain(form), bare(form)];
      return [asWritten, reverse(asWritten), letters, reverse(letters)].some((each) => this.#has(each));
    });
  }

  #has(text: string): boolean {
    for (const length of this.#lengths) {
      for (let at = 0; at + length <= text.length; at++) if (this.#parts.has(text.slice(at, at + length))) return true;
    }
    return false;
  }

  #learn(): void {
    if (this.#known.size === this.#secrets.size) return;
    for (const secret of this.#secrets) {
      if (this.#known.has(secret)) continue;
      this.#known.add(secret);
      if (secret === '') continue;
      this.#add(plain(secret), Math.min(PART, secret.length));
      if (bare(secret).length >= PART) this.#add(bare(secret), PART);
      const bytes = Buffer.from(secret);
      if (bytes.length < PART) continue;
      this.#add(bytes.toString('hex'), PART_HEX);
      // In base64, a token begins at one of three places within a group, and the first group has other bits as well.
      for (const before of [0, 1, 2]) {
        const base64 = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
        const own = base64.replace(/=+$/, '').slice(before === 0 ? 0 : before + 1);
        this.#add(plain(own), PART_BASE64);
        this.#add(bare(own), PART_BASE64);
      }
    }
  }

  #add(form: string, length: number): void {
    this.#lengths.add(length);
    for (let at = 0; at + length <= form.length; at++) this.#parts.add(form.slice(at, at + length));
  }
}

const dots = (text: string) => '•'.repeat(text.length);

/**
 * Replaces possible tokens in a line of a user's file with dots, as the list of secrets lacks a token that is
 * in a file by mistake. Possible tokens are the values of keys whose name suggests a token, unless they name
 * a variable, and long words of letters and digits.
 */
export function dotTokens(line: string, parts: TokenParts): string {
  const shown = line
    .replace(/\S+/g, (word) => (parts.isIn(word) ? dots(word) : word))
    .replace(/AGE-[A-Z0-9-]{0,64}?KEY-[A-Z0-9-]+/gi, dots)
    .replace(
      /((?:token|secret|passw|auth)\w{0,64}["']?\s{0,64}[:=]\s{0,64}["']?)([^\s"',}\]]+)/gi,
      (all, key: string, value: string) => (/^[A-Z_][A-Z0-9_]*$/.test(value) ? all : key + dots(value)),
    )
    .replace(/[A-Za-z0-9]{24,}/g, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? dots(word) : word))
    .replace(/[\w.~+/=-]{24,}/g, (word) =>
      /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) ? dots(word) : word,
    );
  return parts.isIn(shown) ? shown.replace(/\S/g, '•') : shown;
}
