/**
 * Characters that end a line in some editors but not in this program, so that a comment could hide a line.
 */
const HIDDEN_ENDS = ['\u0085', '\u2028', '\u2029'] as const;

/** Matches such a character, or a carriage return without a line feed. */
export const STRANGE_END = /\r(?!\n)|[\u0085\u2028\u2029]/;

/** The same characters as UTF-8. */
export const HIDDEN_END_BYTES = HIDDEN_ENDS.map((character) => Buffer.from(character));

/** Words the fault for a character that `STRANGE_END` finds. */
export function whyStrange(character: string): string {
  if (character === '\r')
    return 'this carriage return has no line feed after it; save the file with LF or CRLF line ends';
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `the character U+${code} ends a line in some editors only; replace it with a line feed, or remove it`;
}

const LF = 10;
const CR = 13;

/** Finds a carriage return without a line feed. @returns its index, or -1. */
export function loneReturn(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(CR); at >= 0; ) {
    if (bytes[at + 1] !== LF) return at;
    // In a CRLF file the next carriage return is near, and this loop is faster than indexOf.
    at += 2;
    while (at < bytes.length && bytes[at] !== CR) at++;
    if (at >= bytes.length) return -1;
  }
  return -1;
}
