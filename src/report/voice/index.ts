import { EXAMPLES } from '../../numbers/examples.ts';
import { dotNumerals, hasDigits, hidesDigits, isShortSetting, mayHaveNumber } from '../../numbers/hidden.ts';
import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import { ANYWHERE, digitsOf, IN_A_HOST, IN_A_NAME, mask, numberSpans, type Pattern } from './mask.ts';
import { type Items, inOrder } from './order.ts';
import { dotTokens, PART, type Span, spansOf, TokenParts, tokenSpans, withoutTokens } from './tokens.ts';

/** A number, or what a report says of one. */
type Numbered = Msisdn | string | { readonly number: Msisdn | string };

const numberOf = (item: Numbered) => (typeof item === 'object' ? item.number : item);

/**
 * Makes numbers and texts safe to print. Every reporter uses one, so none can forget to mask, redact or escape. Each
 * method is for texts of one origin: the less we know of a text, the less of it is printed.
 */
export interface Sanitizer {
  /** Numbers are masked. Text that only readers of full numbers may see is then omitted, too. */
  readonly masked: boolean;
  /** Formats a number, masked if so configured. Returns text unchanged: an earlier report masked it. */
  number(number: Msisdn | string): string;
  /** Returns items in the order in which to print them: masked ones by what is shown, not by the hidden number. */
  order<T extends Numbered>(items: Items<T>): Items<T>;
  /** Cleans a name that the files or the command line give: of a bot, a list, a key or a variable. Its digits stay. */
  name(name: string): string;
  /** Cleans our own message. It may quote a name, a file or the command line. */
  text(text: string): string;
  /** Cleans a text that the owner of a file wrote for people, such as a reason. */
  note(text: string): string;
  /** Cleans the words of a server or of another program. If numbers are masked, a text with any digit is withheld. */
  foreign(text: string): string;
  /** Cleans the name of a file. A date in it stays, so that editors and annotations find the file. */
  file(name: string): string;
  /** Cleans a URL, or its path and query. If numbers are masked, an encoded folder is hidden, as it may be one. */
  url(url: string): string;
  /** Cleans a line of a user's file and returns a part of it. A cut through a token would hide the token's parts. */
  source(line: string, from?: number, to?: number): string;
}

export interface SanitizerOptions {
  readonly masked: boolean;
  /** Tags each masked number, so that reviewers can tell two of them apart (BLACKLISTCTL_MASK_KEY). */
  readonly maskKey?: string | undefined;
  /** Makes the tags differ from those of other pull requests or runs. */
  readonly salt?: string;
  /** The arguments of the command line, which messages quote. */
  readonly args?: readonly string[];
  /** Tokens, which are never printed. They become known during the run, so they are read at each call. */
  readonly secrets: ReadonlySet<string>;
}

/** Replaces a text of which a number may be a part. */
export const WITHHELD = '[withheld: it may contain a number]';
/** Replaces a text of which parts of a token are spread over several words. */
const WITHHELD_TOKEN = '[withheld: it contains a token]';

/** Matches what `api/providers/graph` adds to a server's words: a short error code stays, as users look it up. */
const CODED = /^(.*) \(code (-?\d{1,6})(?:; fbtrace_id [\w-]+)?\)$/s;

/** Matches the names that files may give. Any other text in the place of a name is no name of ours. */
const NAME = /^[\w.-]{1,64}$/;

/** The most characters of foreign text that are looked at, and printed. */
const LONGEST = 2000;

export function makeSanitizer({ masked, maskKey, salt = '', args = [], secrets }: SanitizerOptions): Sanitizer {
  const tagging = maskKey ? { key: maskKey, salt } : undefined;
  const parts = new TokenParts(secrets);
  const number = (value: Msisdn | string) =>
    typeof value === 'string' ? value : masked ? mask(String(value), tagging) : formatMsisdn(value);
  const hidden = args.flatMap((arg) => {
    const quotable = partsOfArg(arg);
    if (tokenSpans(arg, secrets).length > 0) return quotable.filter(({ length }) => length >= PART);
    return masked ? quotable.filter(isOddArg) : [];
  });
  // A token and a number are found in the same text: to remove one first could cut the other in two.
  const cleaned = (text: string, where: Pattern, concealed: readonly Span[] = []) => {
    const found: Found[] = [
      ...concealed.map((span): Found => ({ span, as: ARG })),
      ...tokenSpans(text, secrets).map((span): Found => ({ span, as: TOKEN })),
      ...hidden.flatMap((arg) => spansOf(text, arg)).map((span): Found => ({ span, as: ARG })),
      ...(masked ? withoutExamples(numberSpans(text, where), text).map((span): Found => ({ span, as: NUMBER })) : []),
    ];
    return escapeControls(replaceSpans(text, found, (digits) => mask(digitsOf(digits), tagging)));
  };
  const withheldIf = (withheld: (text: string) => boolean) => (text: string) => {
    const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
    if (masked && withheld(shown) && shown !== WITHHELD) return WITHHELD;
    const left = withoutTokens(shown, parts);
    return left === null ? WITHHELD_TOKEN : escapeControls(left);
  };
  const foreign = withheldIf(hasDigits);
  return {
    masked,
    number: (value) => (secrets.has(number(value)) || secrets.has(String(value)) ? '[token]' : number(value)),
    order: (items) => {
      const isOrdered = !masked || items.length < 2 || typeof numberOf(items[0]!) === 'string'; // by an earlier report
      return isOrdered ? items : inOrder(items, (item) => number(numberOf(item)));
    },
    name: (name) => (secrets.has(name) ? '[token]' : NAME.test(name) ? name : cleaned(name, ANYWHERE)),
    text: (text) => cleaned(text, ANYWHERE),
    file: (name) => cleaned(name, IN_A_NAME),
    url: (url) => {
      const host = /^https?:\/\/[^/]*/.exec(url)?.[0] ?? '';
      const path = url.slice(host.length);
      return cleaned(host, IN_A_HOST) + cleaned(path, IN_A_NAME, masked ? encodedFolders(path) : []);
    },
    note: withheldIf(mayHaveNumber),
    foreign: (text) => {
      const [, words = text, code] = masked ? (CODED.exec(text) ?? []) : [];
      return foreign(words) + (code === undefined ? '' : ` (code ${code})`);
    },
    source: (line, from = 0, to = Math.min(line.length, from + LONGEST)) => {
      const start = Math.max(0, from - LONGEST);
      const dotted = dotTokens(line.slice(start, to + LONGEST), parts);
      const hides = masked && !isShortSetting(line);
      return escapeControls((hides ? dotNumerals(dotted) : dotted).slice(from - start, to - start));
    },
  };
}

/** Removes the spans within our own examples, which are no data. */
function withoutExamples(spans: readonly Span[], text: string): readonly Span[] {
  if (spans.length === 0) return spans;
  const examples = EXAMPLES.flatMap((example) => spansOf(text, example));
  return spans.filter(([from, to]) => !examples.some(([start, end]) => start <= from && to <= end));
}

/** Finds the folders of a path that are encoded, in any way: few names of folders have other characters than these. */
function encodedFolders(path: string): readonly Span[] {
  const folders = Array.from(path.replace(/\?.*/s, '').matchAll(/[^/]+/g));
  return folders.flatMap(({ 0: folder, index }) =>
    /[^\w.~+-]/.test(folder) || hidesDigits(folder) ? [[index, index + folder.length] as const] : [],
  );
}

/** Returns an argument, and the parts that messages quote: an option without its dashes or its value, and its value. */
function partsOfArg(arg: string): string[] {
  const [, option = '', value = ''] = /^-*([^=]*)=?(.*)$/s.exec(arg) ?? [];
  return [arg, option, value];
}

/** Reports whether an argument may have a number in a spelling that no pattern finds. Names and paths keep their digits. */
function isOddArg(arg: string): boolean {
  if (/^[\w./-]*$/.test(arg)) return hidesDigits(arg);
  const [span, ...more] = numberSpans(arg, ANYWHERE);
  const rest = span && more.length === 0 ? arg.slice(0, span[0]) + arg.slice(span[1]) : arg;
  return mayHaveNumber(rest);
}

/** What a span is. If spans overlap, the lowest counts. */
const TOKEN = 0;
const ARG = 1;
const NUMBER = 2;

type Found = { readonly span: Span; readonly as: typeof TOKEN | typeof ARG | typeof NUMBER };

/** Replaces spans of a text. Spans that overlap are one. */
function replaceSpans(text: string, found: Found[], maskNumber: (text: string) => string): string {
  if (found.length === 0) return text;
  const merged: { from: number; to: number; as: number }[] = [];
  for (const { span, as } of found.sort((a, b) => a.span[0] - b.span[0])) {
    const [from, to] = span;
    const last = merged.at(-1);
    if (last && from < last.to) Object.assign(last, { to: Math.max(to, last.to), as: Math.min(as, last.as) });
    else merged.push({ from, to, as });
  }
  let end = 0;
  const kept = merged.map(({ from, to, as }) => {
    const shown = as === TOKEN ? '[token]' : as === ARG ? '…' : maskNumber(text.slice(from, to));
    const piece = text.slice(end, from) + shown;
    end = to;
    return piece;
  });
  return kept.join('') + text.slice(end);
}

/** Escapes control characters, line and direction marks, and the marks of GitHub's runner commands. */
function escapeControls(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, (character) =>
      character === '\t' ? ' ' : `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
    )
    .replace(/^(\s*):(?=:)/, '$1\\u003a')
    .replaceAll('##[', '##\\u005b');
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
