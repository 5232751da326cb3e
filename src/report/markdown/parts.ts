/** What a comment is made of, and what of it fits. */
import type { BotReport, Explained, NumberList } from '../../model/report.ts';
import { escapeHtml } from '../voice/escape.ts';
import type { Sanitizer } from '../voice/index.ts';
import { answerBlocks } from '../words/answers.ts';
import { declarationsByNumber, declarationWords } from '../words/provenance.ts';
import { count, plural, quote } from '../words/text.ts';

export const SLACK = 20; // the digits of a "showing 1,283 of" that was measured as "showing 0 of"

/** Something that shows as much as fits into the room that it is given. */
export interface Part {
  readonly wants: number;
  render(room: number): string;
}

/** What stands around its parts takes room, too. */
export interface Fold extends Part {
  readonly frame: number;
}

/** How many of the first parts fit. */
export function fitting(sizes: readonly number[], room: number): number {
  let end = 0;
  const past = sizes.findIndex((size) => {
    end += size;
    return end > room;
  });
  return past < 0 ? sizes.length : past;
}

/** The first lines that fit, and how many did not. */
export function cut(lines: readonly string[], room: number, more: (left: number) => string): string {
  const shown = fitting(lines.map(lengthOf), room);
  return lines.slice(0, shown).join('') + (shown < lines.length ? more(lines.length - shown) : '');
}

const lengthOf = ({ length }: string) => length;

/** Foreign text as a code span, in which nothing renders: its fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const longest = longestRun(text);
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : ''; // GitHub takes it off again
  return `${fence}${pad}${oneLine(text)}${pad}${fence}`;
}

export const longestRun = (text: string) => Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));

export const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim() || '(empty)';

export function folded(bot: BotReport, counts: string, body: string, clean: Sanitizer): string {
  const name = escapeHtml(oneLine(quote(bot.id, clean)));
  return `<details>\n<summary><code>${name}</code>: ${counts}</summary>\n\n${body}\n</details>\n\n`;
}

/** One bot's numbers, folded: the answer to list. */
export function foldList(bot: BotReport, limit: number, clean: Sanitizer): Fold {
  const { size } = bot.numbers!;
  const list = entriesOf('', bot.numbers!, declarationsByNumber(bot), limit, clean);
  const render = (room: number) => {
    const [shown, text] = list.render(room);
    const rest = shown < size ? `… and ${count(size - shown)} more\n` : '';
    const counts = `${count(size)} ${size === 1 ? 'number' : 'numbers'}`;
    return folded(bot, counts, `\`\`\`text\n${text}${rest}\`\`\`\n`, clean);
  };
  return { frame: render(0).length + SLACK, wants: list.wants, render };
}

/**
 * Numbers with their declarations below them. All lines begin with a sign or with blanks, so that no foreign text in them
 * ends the fence around them.
 *
 * @returns render: how many numbers fit, and their lines.
 */
export function entriesOf(
  sign: string,
  { size, values }: NumberList,
  declarations: ReturnType<typeof declarationsByNumber>,
  limit: number,
  clean: Sanitizer,
) {
  const one = (number: number | string) => {
    const below = declarations.get(number)?.map((each) => `      ${oneLine(declarationWords(each, clean))}\n`) ?? [];
    return `${sign}${clean.number(number)}\n${below.join('')}`;
  };
  const entries = Array.from(values.slice(0, limit / 8), one); // more never fit
  const width = one(values[size - 1]!).length;
  return {
    wants: entries.join('').length + (size - entries.length) * width,
    render(room: number): readonly [shown: number, text: string] {
      const shown = fitting(entries.map(lengthOf), room);
      return [shown, entries.slice(0, shown).join('')];
    },
  };
}

export function answer(explained: Explained, room: number, clean: Sanitizer): string {
  const blocks = answerBlocks(explained, clean).map(({ id, headline, lines }) => {
    return `- ${code(id)}: ${headline}\n${lines.map((line) => `  - ${code(line)}\n`).join('')}`;
  });
  const items = cut(blocks, room, (left) => `\n${plural(left, 'more bot')} left out.\n`);
  return `${code(clean.number(explained.number))}\n\n${items}\n`;
}
