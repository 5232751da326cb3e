/**
 * Finds the word that differs from the typed one by the fewest changed, swapped, added or omitted letters,
 * ignoring case. Returns null if these are more than `most`, or at least half of the typed letters.
 */
export function nearest<Word extends string>(typed: string, words: Iterable<Word>, most = 2): Word | null {
  let best: Word | null = null;
  let fewest = Math.min(most, Math.ceil(typed.length / 2) - 1) + 1;
  for (const word of words) {
    if (Math.abs(word.length - typed.length) >= fewest) continue; // fast, as there may be many long words
    const slips = distance(typed.toLowerCase(), word.toLowerCase(), fewest);
    if (slips < fewest) [best, fewest] = [word, slips];
  }
  return best;
}

/** Returns `did you mean "numbers"? ` to begin a message with, or an empty text. */
export function didYouMean(typed: string, words: Iterable<string>): string {
  const near = nearest(typed, words);
  return near === null ? '' : `did you mean "${near}"? `;
}

/** Returns a remedy after the suggestion, if there is one: `did you mean "numbers"? Set …`, otherwise `set …`. */
export function suggestAnd(remedy: string, typed: string, words: Iterable<string>): string {
  const meant = didYouMean(typed, words);
  return meant === '' ? remedy : meant + remedy.charAt(0).toUpperCase() + remedy.slice(1);
}

/** The most names that a message lists. */
const MAX_NAMED = 20;

/** Lists names, at most 20: `fraud, spam and 5 more`. */
export function listNames(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return names.slice(0, MAX_NAMED).join(', ') + more;
}

/**
 * Computes the Damerau–Levenshtein distance, at most `enough`: a row for each letter of one word, a cell for
 * each prefix of the other. There may be thousands of names, so it fills only cells below `enough`, and stops
 * when there are none.
 */
function distance(from: string, to: string, enough: number): number {
  const newRow = () => new Uint8Array(to.length + 1).fill(enough);
  let [before, row, next] = [newRow(), newRow(), newRow()];
  for (let at = 0; at <= Math.min(to.length, enough); at++) row[at] = at;
  for (let index = 0; index < from.length; index++) {
    const first = Math.max(0, index - enough);
    next[first] = first === 0 ? Math.min(index + 1, enough) : enough;
    let least = next[first]!;
    for (let at = first; at < Math.min(to.length, index + enough + 1); at++) {
      const change = row[at]! + (from[index] === to[at] ? 0 : 1);
      const swapped = index > 0 && at > 0 && from[index] === to[at - 1] && from[index - 1] === to[at];
      const swap = swapped ? before[at - 1]! + 1 : change;
      const slips = Math.min(change, swap, row[at + 1]! + 1, next[at]! + 1, enough);
      next[at + 1] = slips;
      least = Math.min(least, slips);
    }
    if (least >= enough) return enough;
    [before, row, next] = [row, next, before];
  }
  return row.at(-1)!;
}
