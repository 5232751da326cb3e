/** Cuts the pieces of a comment to their room. */
import type { Explained } from '../../model/answer.ts';
import type { Sanitizer } from '../voice/index.ts';
import { answerBlocks, answerSentence } from '../words/answers.ts';
import { plural } from '../words/text.ts';

/** Counts the first parts that fit. */
export function fitting(sizes: readonly number[], room: number): number {
  let end = 0;
  const past = sizes.findIndex((size) => {
    end += size;
    return end > room;
  });
  return past < 0 ? sizes.length : past;
}

/** Returns the first lines that fit, and a line about the number of the others. */
export function cut(lines: readonly string[], room: number, more: (left: number) => string): string {
  const shown = fitting(lines.map(lengthOf), room);
  return lines.slice(0, shown).join('') + (shown < lines.length ? more(lines.length - shown) : '');
}

export const lengthOf = ({ length }: string) => length;

/** Makes a code span of foreign text, which then renders as it is: the fence is longer than any run of backticks. */
export function code(text: string): string {
  const longest = longestRun(text);
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : ''; // GitHub strips it
  return `${fence}${pad}${oneLine(text)}${pad}${fence}`;
}

// One by one, as a call takes fewer arguments than a text can have runs.
export const longestRun = (text: string) =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);

export const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim() || '(empty)';

export function answer(explained: Explained, room: number, clean: Sanitizer): string {
  const blocks = answerBlocks(explained, clean).map(({ id, headline, lines }) => {
    return `- ${code(id)}: ${headline}\n${lines.map((line) => `  - ${code(line)}\n`).join('')}`;
  });
  const items = cut(blocks, room, (left) => `\n${plural(left, 'more bot')} omitted.\n`);
  return `${answerSentence(explained, clean, code)}\n\n${items}\n`;
}
