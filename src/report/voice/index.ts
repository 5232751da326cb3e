import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import { ANYWHERE, IN_A_NAME, mask, scrub } from './mask.ts';
import { dotTokens, redact } from './redact.ts';

/** Makes numbers and foreign text safe to print. Every reporter uses one, so none can forget to mask, redact or escape. */
export interface Sanitizer {
  /** Numbers are masked. Text that only readers of full numbers may see is then omitted, too. */
  readonly masked: boolean;
  /** Formats a number, masked if so configured. Returns text unchanged: an earlier report masked it. */
  number(number: Msisdn | string): string;
  /**
   * Cleans text of a server, a file or an error: redacts secrets, escapes control characters and workflow
   * commands, and masks numbers if so configured.
   */
  text(text: string): string;
  /** Cleans the name of a file. A date in it stays, so that editors and annotations find the file. */
  file(name: string): string;
  /** Cleans a line of a user's file. Every character keeps its column. */
  source(line: string): string;
}

export interface SanitizerOptions {
  readonly masked: boolean;
  /** Tags each masked number, so that reviewers can tell two of them apart (BLACKLISTCTL_MASK_KEY). */
  readonly maskKey?: string | undefined;
  /** Tokens, which are never printed. They become known during the run, so they are read at each call. */
  readonly secrets: ReadonlySet<string>;
}

export function makeSanitizer({ masked, maskKey, secrets }: SanitizerOptions): Sanitizer {
  // Redacts tokens before it masks: a masked token that contains a number would not be found.
  const redacted = (text: string) => redact(text, secrets);
  return {
    masked,
    number: (number) =>
      typeof number === 'string' ? number : masked ? mask(String(number), maskKey) : formatMsisdn(number),
    text: (text) => escapeControls(masked ? scrub(redacted(text), ANYWHERE, maskKey) : redacted(text)),
    file: (name) => escapeControls(masked ? scrub(redacted(name), IN_A_NAME, maskKey) : redacted(name)),
    source: (line) => {
      const shown = dotTokens(redacted(line));
      return escapeControls(masked ? shown.replace(/\p{Nd}/gu, '•') : shown);
    },
  };
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
