/** What somebody who mistyped a word may have meant. */

/** What is further off is no slip. */
const MAX_SLIPS = 2;

/**
 * The word with the fewest letters to change, swap, add or leave out, in whatever case; null if those are more than `most`, or
 * half of what was typed.
 */
export function nearest<Word extends string>(typed: string, words: Iterable<Word>, most = MAX_SLIPS): Word | null {
  let best: Word | null = null;
  let fewest = Math.min(most, Math.ceil(typed.length / 2) - 1) + 1;
  for (const word of words) {
    if (Math.abs(word.length - typed.length) >= fewest) continue; // there may be many, and long ones
    const slips = distance(typed.toLowerCase(), word.toLowerCase());
    if (slips < fewest) [best, fewest] = [word, slips];
  }
  return best;
}

/** `is "numbers" meant? ` before what else is to be said, or nothing. */
export function meant(typed: string, words: Iterable<string>): string {
  const near = nearest(typed, words);
  return near === null ? '' : `is "${near}" meant? `;
}

/** Damerau's and Levenshtein's: row by row over the letters of the one, with a cell for each beginning of the other. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let index = 0; index < from.length; index++) {
    const next = [index + 1];
    for (let at = 1; at <= to.length; at++) {
      const change = row[at - 1]! + (from[index] === to[at - 1] ? 0 : 1);
      const swapped = index > 0 && from[index] === to[at - 2] && from[index - 1] === to[at - 1];
      const swap = swapped ? before[at - 2]! + 1 : change;
      next.push(Math.min(change, swap, row[at]! + 1, next[at - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row.at(-1)!;
}
