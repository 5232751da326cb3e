/** Characters at which some editors begin a line and this program does not, so that a line would hide in a comment. */
const HIDDEN_ENDS = ['\u0085', '\u2028', '\u2029'] as const;

/** Finds such a character, or a carriage return that no line feed follows. */
export const STRANGE_END = /\r(?!\n)|[\u0085\u2028\u2029]/;

/** Each of them as UTF-8. */
export const HIDDEN_END_BYTES = HIDDEN_ENDS.map((character) => Buffer.from(character));

/** Words the fault for a character that `STRANGE_END` finds. */
export function whyStrange(character: string): string {
  if (character === '\r') return 'a carriage return stands alone; save with LF or CRLF line ends';
  const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  return `the character U+${code} ends a line for some editors alone; put a line feed in its place, or remove it`;
}
