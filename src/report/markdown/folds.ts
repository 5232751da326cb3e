/** Writes the numbers of bots into a comment, folded, as far as they fit. */
import type { Cause, NumberList } from '../../model/compared.ts';
import type { ListedBot, Report } from '../../model/report.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import { causeWords, type Details, detailsOf, driftWords, groupsOf, originCounts, termOf } from '../words/causes.ts';
import type { Changes } from '../words/changes.ts';
import { declarationsByNumber, declarationWords } from '../words/provenance.ts';
import { count, plural, quote, said, sum } from '../words/text.ts';
import { omittedWords } from './omitted.ts';
import { code, cut, fitting, lengthOf, oneLine } from './parts.ts';

const SLACK = 20; // the digits of a "showing 1,283 of" that was measured as "showing 0 of"
const FEW = 200; // characters; with less room, the details of a bot are omitted

/** The longest comment, in characters, and the sanitizer of its texts. */
type Comment = { readonly limit: number; readonly clean: Sanitizer };

/** A part of a comment. It shows as much as fits into the room. */
interface Part {
  /** The length of the whole part, in characters. */
  readonly wants: number;
  render(room: number): string;
}

/** The part of one bot, with a frame that takes room as well. */
type Fold = Part & { readonly id: string; readonly frame: number };

/** Shares the room among bots. If there is not enough for each, the last bots are omitted. */
export function* details(report: Report, folds: readonly Fold[], room: number, isCut: string): Generator<string> {
  const least = folds.map(({ frame, wants }) => frame + Math.min(wants, FEW));
  const shown = folds.slice(0, fitting(least, room));
  const given = share(shown, room - sum(shown, ({ frame }) => frame));
  for (const [index, part] of shown.entries()) yield part.render(given[index]!);
  const left = folds.slice(shown.length);
  if (left.length > 0)
    yield `The details of ${plural(left.length, 'more bot')} are omitted.${omittedWords(report, left)} `;
  if (left.length > 0 || shown.some(({ wants }, index) => wants > given[index]!)) yield isCut;
}

/** Folds the changes of a bot: rejected ones, then drift, then removals, then adds. */
export function foldChanges(bot: Changes, comment: Comment): Fold {
  const { limit, clean } = comment;
  const possible = Array.from(clean.order(bot.rejected).slice(0, limit / 20)); // more never fit
  const refusals = possible.map(({ number, direction, reason }) => {
    return `- ${code(`${direction} ${clean.number(number)}: ${said(reason, clean)}`)}\n`;
  });
  const missing = bot.rejected.length - refusals.length;
  const refused: Part = {
    wants: refusals.join('').length,
    render: (room) => cut(refusals, room, (left) => `- and ${count(left + missing)} more rejected\n`),
  };
  const groups = groupsOf(bot).map((group) => ({ group, term: termOf(group, bot, bot.kind) }));
  const width = groups.reduce((widest, { term }) => Math.max(widest, term.length), 'remove'.length);
  const details = detailsOf(bot, clean);
  const sides = groups.map(({ group, term }) => sidePart(group, term.padEnd(width), bot, details, comment));
  return fold(bot.id, changeCounts(bot).join(', '), [refused, ...sides], clean, ([refusals, ...changes]) => {
    return `${refusals && `${refusals}\n`}\`\`\`diff\n${changes.join('')}\`\`\`\n`;
  });
}

function changeCounts(bot: Changes): readonly string[] {
  const { kind, add, remove } = bot;
  if (kind === 'drift') return driftWords([bot]);
  if (kind === 'import') return [`${count(add.size)} imported`];
  if (kind === 'result') return [plural(remove.size, 'removal'), plural(add.size, 'add')]; // the table has their ends
  const [removals, adds] = [originCounts(bot, 'remove'), originCounts(bot, 'add')];
  return [`${count(remove.size)} to remove${removals}`, `${count(add.size)} to add${adds}`];
}

/** `term` names the change. The sign before it gives the line its color. */
function sidePart(group: Cause, term: string, bot: Changes, details: Details, comment: Comment): Part {
  const { direction, numbers } = group;
  const why = causeWords(group);
  const [sign, declarations] = direction === 'add' ? ['+', declarationsByNumber(bot)] : ['-', new Map()];
  return numbersPart(numbers, { before: `${sign} ${term}  `, details }, declarations, comment, (shown, lines) => {
    const part = shown < numbers.size ? `showing ${count(shown)} of ` : '';
    return `@@ ${term.trimEnd()}${why && `, ${why}`}: ${part}${count(numbers.size)} @@\n${lines}`;
  });
}

/** Folds the numbers of a bot of list. */
export function foldList(bot: ListedBot, comment: Comment): Fold {
  const { size } = bot.numbers;
  const part = numbersPart(
    bot.numbers,
    { before: '', details: new Map() },
    declarationsByNumber(bot),
    comment,
    (shown, lines) => {
      return `\`\`\`text\n${lines}${shown < size ? `… and ${count(size - shown)} more\n` : ''}\`\`\`\n`;
    },
  );
  return fold(bot.id, `${count(size)} ${size === 1 ? 'number' : 'numbers'}`, [part], comment.clean, ([text]) => text!);
}

/** Folds the parts of one bot, which share its room. */
function fold(id: string, counts: string, parts: readonly Part[], clean: Sanitizer, body: Body): Fold {
  const name = escapeHtml(oneLine(quote(id, clean)));
  const render = (room: number) => {
    const given = share(parts, room);
    const text = body(parts.map((part, index) => part.render(given[index]!)));
    return `<details>\n<summary><code>${name}</code>: ${counts}</summary>\n\n${text}\n</details>\n\n`;
  };
  return {
    id,
    frame: render(0).length + parts.length * SLACK,
    wants: sum(parts, ({ wants }) => wants),
    render,
  };
}

type Body = (texts: readonly string[]) => string;

/**
 * Numbers with their details, and with their declarations below them. All lines begin with a sign, a plus or blanks, so
 * that no foreign text in them ends the fence around them. `frame` puts its text around the lines that fit.
 */
function numbersPart(
  { size, values: all }: NumberList,
  { before, details }: { readonly before: string; readonly details: Details },
  declarations: ReturnType<typeof declarationsByNumber>,
  { limit, clean }: Comment,
  frame: (shown: number, lines: string) => string,
): Part {
  const one = (number: number | string) => {
    const below = declarations.get(number)?.map((each) => `      ${oneLine(declarationWords(each, clean))}\n`) ?? [];
    const detail = details.get(number);
    return `${before}${clean.number(number)}${detail ? `  ${oneLine(detail)}` : ''}\n${below.join('')}`;
  };
  const values = clean.order(all);
  const entries = Array.from(values.slice(0, limit / 8), one); // more never fit
  const width = one(values[size - 1]!).length;
  return {
    wants: entries.join('').length + (size - entries.length) * width,
    render(room) {
      const shown = fitting(entries.map(lengthOf), room);
      return frame(shown, entries.slice(0, shown).join(''));
    },
  };
}

/** Shares the room: no part gets more than it wants, and spare room is shared by the rest. */
function share(parts: readonly Part[], room: number): number[] {
  const given = parts.map(() => 0);
  let left = room;
  const modest = [...parts.entries()].sort(([, a], [, b]) => a.wants - b.wants);
  for (const [rank, [index, { wants }]] of modest.entries()) {
    given[index] = Math.min(wants, Math.floor(left / (parts.length - rank)));
    left -= given[index];
  }
  return given;
}
