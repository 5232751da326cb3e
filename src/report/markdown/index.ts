import type { Fault } from '../../model/fault.ts';
import { type BotReport, type Cause, type Report, sizeOf } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { causeWords, groupsOf, originCounts } from '../words/causes.ts';
import { faultLines } from '../words/faults.ts';
import { shownFiles, writtenFiles } from '../words/files.ts';
import { byUrgency, columnsOf, type Entry, isRead, overrideNotes, title, troubled } from '../words/notes.ts';
import { filePatch } from '../words/patch.ts';
import { declarationsByNumber } from '../words/provenance.ts';
import { clip, count, plural, quote } from '../words/text.ts';
import { TONES, verdict } from '../words/verdict.ts';
import {
  answer,
  code,
  cut,
  entriesOf,
  type Fold,
  fitting,
  folded,
  foldList,
  longestRun,
  type Part,
  SLACK,
} from './parts.ts';

/**
 * The whole, in UTF-16 units: GitHub takes comments of 65,536 characters and 262,144 bytes, and the caller has a marker to
 * add. A unit is at most 3 bytes of UTF-8, so the bytes fit as well.
 */
const COMMENT = 60_000;
/** Shares of the whole. */
const TROUBLES = 1 / 6;
const WARNINGS = 1 / 15;
const TABLE = 5 / 12;
const PATCHES = 1 / 3;
const TAIL = 200;
const FEW = 200; // a bot's details are not worth their frame with less than this

/** A comment for a pull request: what needs a decision first, then a table, then the numbers folded away. */
export function* markdown(
  report: Report,
  { voice: clean, limit = COMMENT }: { readonly voice: Sanitizer; readonly limit?: number },
): Generator<string> {
  const entries = byUrgency(report, clean);
  const short = report.fingerprint?.slice(0, 8);
  const own = (text: string) => (short ? text.replace(short, code(short)) : text); // or it may become a link to a commit
  const { tone, text } = verdict(report, 'document');
  const inTrouble = troubled(entries, code).map(({ bot, text }) => `${code(quote(bot.id, clean))}: ${text}`);
  const troubles = [...report.errors.map((error) => faultCode(error, clean)), ...inTrouble];
  const top = [`### ${own(title(report))}\n\n`];
  if (troubles.length === 0 && TONES[tone].kind !== 'bad') top.push(`${own(text)}\n\n`);
  else top.push(`> [!CAUTION]\n> ${own(text)}\n${quotedList(troubles, limit * TROUBLES)}\n`);
  for (const note of overrideNotes(report, clean, code)) top.push(`> [!IMPORTANT]\n> ${note}\n\n`);
  const warnings = report.warnings.map((warning) => faultCode(warning, clean));
  if (warnings.length > 0) top.push(`> [!WARNING]\n${quotedList(warnings, limit * WARNINGS)}\n`);
  if (entries.length > 0) top.push(table(report, entries, limit, clean));
  if (report.files) top.push(patches(report, limit, clean), written(report, clean));
  if (report.explained) top.push(answer(report.explained, limit * TABLE, clean));
  yield* top;
  const room = limit - top.join('').length;
  const changing = entries.filter(({ bot }) => sizeOf(bot) > 0);
  const listed = report.bots.filter(({ numbers }) => numbers && numbers.size > 0);
  yield* details(
    [...changing.map(({ bot }) => fold(bot, limit, clean)), ...listed.map((bot) => foldList(bot, limit, clean))],
    room - TAIL,
    report.fingerprint === null ? 'Cut to fit.\n' : 'Cut to fit; the fingerprint is over the whole plan.\n',
  );
}

function quotedList(items: readonly string[], room: number): string {
  const lines = items.map((item) => `> - ${item}\n`);
  return cut(lines, room, (left) => `> - and ${count(left)} more\n`);
}

function faultCode(fault: Fault, clean: Sanitizer): string {
  return code(faultLines(fault, clean, '', clip)[0]!);
}

/** The files that were written, and what to type next. */
function written(report: Report, clean: Sanitizer): string {
  const { next = [] } = report;
  const items = writtenFiles(report).map(({ name, words }) => `- ${words} ${code(clip(clean.file(name)))}\n`);
  const steps =
    next.length > 0 ? `Next:\n\n\`\`\`sh\n${next.map((line) => `${clean.text(line)}\n`).join('')}\`\`\`\n` : '';
  return items.length > 0 ? `${items.join('')}\n${steps}` : '';
}

/** What fmt would change, in fences that no line of a file can end. */
function patches(report: Report, limit: number, clean: Sanitizer): string {
  const blocks = shownFiles(report).map((file) => {
    const patch = filePatch(file, clean);
    const fence = '`'.repeat(Math.max(3, longestRun(patch) + 1));
    return `${fence}diff\n${patch}${fence}\n\n`;
  });
  return cut(
    blocks,
    limit * PATCHES,
    (left) => `The changes of ${plural(left, 'more file')} are too long to be shown here.\n`,
  );
}

/** A row a bot. A server's words are above the table, where there is room for them. */
function table(report: Report, entries: readonly Entry[], limit: number, clean: Sanitizer): string {
  const columns = columnsOf(report);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const head =
    row(['Bot', ...columns.map(({ name }) => name), 'Note']) + row(['---', ...columns.map(() => '--:'), '---']);
  const rows = entries.map(({ bot, notes }) => {
    // A pipe ends a cell even in a code span, unless a backslash stands before it that no other backslash takes away.
    const id = code(quote(bot.id, clean)).replace(/(\\*)\|/g, '$1$1\\|');
    const counts = columns.map(({ of }) => (isRead(bot, report) ? count(of(bot)) : '–'));
    return row([id, ...counts, notes.map(({ words }) => words).join('; ')]);
  });
  return `${head}${cut(rows, limit * TABLE, (left) => `\n${plural(left, 'more bot')} left out of this table.\n`)}\n`;
}

/** The room is shared fairly between bots. If there are too many to show anything of each, the last are left out. */
function* details(folds: readonly Fold[], room: number, isCut: string): Generator<string> {
  const least = folds.map(({ frame, wants }) => frame + Math.min(wants, FEW));
  const shown = folds.slice(0, fitting(least, room));
  const given = share(shown, room - shown.reduce((sum, { frame }) => sum + frame, 0));
  for (const [index, part] of shown.entries()) yield part.render(given[index]!);
  const left = folds.length - shown.length;
  if (left > 0) yield `The details of ${plural(left, 'more bot')} are left out. `;
  if (left > 0 || shown.some(({ wants }, index) => wants > given[index]!)) yield isCut;
}

/** One bot's numbers, folded: what the server refused, then removals, then additions. */
function fold(bot: BotReport, limit: number, clean: Sanitizer): Fold {
  const { rejected } = bot.results;
  const refusals = rejected
    .slice(0, limit / 20) // more never fit
    .map(
      ({ number, direction, reason }) => `- ${code(`${direction} ${clean.number(number)}: ${quote(reason, clean)}`)}\n`,
    );
  const missing = rejected.length - refusals.length;
  const lists: Part[] = [
    {
      wants: refusals.join('').length,
      render: (room) => cut(refusals, room, (left) => `- and ${count(left + missing)} more rejected\n`),
    },
    ...groupsOf(bot).map((group) => side(group, bot, limit, clean)),
  ];
  const remove = `${count(bot.remove.size)} to remove${originCounts(bot, 'remove')}`;
  const add = `${count(bot.add.size)} to add${originCounts(bot, 'add')}`;
  const render = (room: number) => {
    const given = share(lists, room);
    const [refused, ...sides] = lists.map((list, index) => list.render(given[index]!));
    const body = `${refused && `${refused}\n`}\`\`\`diff\n${sides.join('')}\`\`\`\n`;
    return folded(bot, `${remove}, ${add}`, body, clean);
  };
  const wants = lists.reduce((sum, list) => sum + list.wants, 0);
  return { frame: render(0).length + lists.length * SLACK, wants, render };
}

function side(group: Cause, bot: BotReport, limit: number, clean: Sanitizer): Part {
  const { direction, numbers } = group;
  const why = causeWords(group);
  const [sign, declarations] = direction === 'add' ? ['+ ', declarationsByNumber(bot)] : ['- ', new Map()];
  const list = entriesOf(sign, numbers, declarations, limit, clean);
  return {
    wants: list.wants,
    render(room) {
      const [shown, text] = list.render(room);
      const part = shown < numbers.size ? `showing ${count(shown)} of ` : '';
      return `@@ ${direction}${why && `, ${why}`}: ${part}${count(numbers.size)} @@\n${text}`;
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
