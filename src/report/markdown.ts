import type { BotReport, Fault, NumberList, Report } from '../model.ts';
import { escapeHtml } from './html-parts.ts';
import { byUrgency, clip, count, type Entry, isBad, isRead, quote, sentence, title, verdict } from './notes.ts';
import type { Voice } from './voice.ts';
import { faultLines, plural } from './words.ts';

/**
 * The whole, in UTF-16 units: GitHub takes comments of 65,536 characters and 262,144 bytes, and the caller has a marker to
 * add. A unit is at most 3 bytes of UTF-8, so the bytes fit as well.
 */
const LIMIT = 60_000;
const TROUBLES = 10_000;
const WARNINGS = 4_000;
const TABLE = 25_000;
const TAIL = 200;
const SLACK = 20; // the digits of a "showing 1,283 of" that was measured as "showing 0 of"
const FEW = 200; // a bot's details are not worth their frame with less than this

/** A comment for a pull request: what needs a decision first, then a table, then the numbers folded away. */
export function* markdown(report: Report, { voice }: { readonly voice: Voice }): Generator<string> {
  const entries = byUrgency(report, voice);
  const short = report.fingerprint?.slice(0, 8);
  const own = (text: string) => (short ? text.replace(short, code(short)) : text); // or it may become a link to a commit
  const top = [`### ${own(title(report))}\n\n`, troubles(report, entries, own(verdict(report)), voice)];
  const warnings = report.warnings.map((warning) => `> - ${faultCode(warning, voice)}\n`);
  if (warnings.length > 0)
    top.push(`> [!WARNING]\n${cut(warnings, WARNINGS, (left) => `> - and ${count(left)} more\n`)}\n`);
  if (entries.length > 0) top.push(table(report, entries, voice));
  if (report.files)
    top.push(`${report.files.map(({ name, state }) => `- ${state} ${code(quote(name, voice))}\n`).join('')}\n`);
  if (report.next)
    top.push(`Next:\n\n\`\`\`sh\n${report.next.map((line) => `${voice.text(line)}\n`).join('')}\`\`\`\n`);
  yield* top;
  const room = LIMIT - top.reduce((sum, { length }) => sum + length, 0);
  const changing = entries.filter(({ bot }) => bot.add.size + bot.remove.size > 0);
  yield* details(
    changing.map(({ bot }) => fold(bot, voice)),
    room - TAIL,
  );
}

function troubles(report: Report, entries: readonly Entry[], said: string, voice: Voice): string {
  const faults = report.errors.map((error) => `> - ${faultCode(error, voice)}\n`);
  const bots = entries.flatMap(({ bot, notes }) => {
    const urgent = notes.filter((note) => note.urgent);
    return urgent.length > 0
      ? [`> - ${code(quote(bot.id, voice))}: ${urgent.map((note) => sentence(note, code)).join('; ')}\n`]
      : [];
  });
  const all = [...faults, ...bots];
  if (all.length === 0 && !isBad(report)) return `${said}\n\n`;
  return `> [!CAUTION]\n> ${said}\n${cut(all, TROUBLES, (left) => `> - and ${count(left)} more\n`)}\n`;
}

function faultCode(fault: Fault, voice: Voice): string {
  return code(clip(faultLines(fault, voice)[0]!));
}

/** A row a bot. What a server said stands above, where there is room for it. */
function table(report: Report, entries: readonly Entry[], voice: Voice): string {
  const columns: [string, (bot: BotReport) => number][] =
    report.stage === 'desired'
      ? [['Numbers', (bot) => bot.unchanged]]
      : [
          ['Add', (bot) => bot.add.size],
          ['Remove', (bot) => bot.remove.size],
          ['Unchanged', (bot) => bot.unchanged],
        ];
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const head =
    row(['Bot', ...columns.map(([name]) => name), 'Note']) + row(['---', ...columns.map(() => '--:'), '---']);
  const rows = entries.map(({ bot, notes }) => {
    // A pipe ends a cell even in a code span, unless a backslash stands before it that no other backslash takes away.
    const id = code(quote(bot.id, voice)).replace(/(\\*)\|/g, '$1$1\\|');
    const counts = columns.map(([, of]) => (isRead(bot, report) ? count(of(bot)) : '–'));
    return row([id, ...counts, notes.map(({ words }) => words).join('; ')]);
  });
  return `${head}${cut(rows, TABLE, (left) => `\n${plural(left, 'more bot')} left out of this table.\n`)}\n`;
}

/** Something that shows as much as fits into the room that it is given. */
interface Part {
  readonly wants: number;
  render(room: number): string;
}

/** What stands around its parts takes room, too. */
interface Fold extends Part {
  readonly frame: number;
}

/** The room is shared fairly between bots. Where there are too many to show anything of each, the last are left out. */
function* details(folds: readonly Fold[], room: number): Generator<string> {
  let least = 0;
  const past = folds.findIndex(({ frame, wants }) => {
    least += frame + Math.min(wants, FEW);
    return least > room;
  });
  const shown = past < 0 ? folds : folds.slice(0, past);
  const given = share(shown, room - shown.reduce((sum, { frame }) => sum + frame, 0));
  for (const [index, part] of shown.entries()) yield part.render(given[index]!);
  const left = folds.length - shown.length;
  if (left > 0) yield `The details of ${plural(left, 'more bot')} are left out. `;
  if (left > 0 || shown.some(({ wants }, index) => wants > given[index]!)) {
    yield 'Cut to fit a comment; the fingerprint is over the whole plan.\n';
  }
}

/** One bot's numbers, folded: what the server refused, then removals, then additions. */
function fold(bot: BotReport, voice: Voice): Fold {
  const { rejected } = bot.results;
  const refusals = rejected
    .slice(0, LIMIT / 20) // more never fit
    .map(
      ({ number, direction, reason }) => `- ${code(`${direction} ${voice.number(number)}: ${quote(reason, voice)}`)}\n`,
    );
  const missing = rejected.length - refusals.length;
  const lists: Part[] = [
    {
      wants: refusals.reduce((sum, { length }) => sum + length, 0),
      render: (room) => cut(refusals, room, (left) => `- and ${count(left + missing)} more rejected\n`),
    },
    side('-', 'remove', bot.remove, voice),
    side('+', 'add', bot.add, voice),
  ];
  const name = escapeHtml(oneLine(quote(bot.id, voice)));
  const head = `<details>\n<summary><code>${name}</code>: ${count(bot.remove.size)} to remove, ${count(bot.add.size)} to add</summary>\n\n`;
  const render = (room: number) => {
    const given = share(lists, room);
    const [refused, remove, add] = lists.map((list, index) => list.render(given[index]!));
    return `${head}${refused && `${refused}\n`}\`\`\`diff\n${remove}${add}\`\`\`\n\n</details>\n\n`;
  };
  const wants = lists.reduce((sum, list) => sum + list.wants, 0);
  return { frame: render(0).length + lists.length * SLACK, wants, render };
}

function side(sign: '-' | '+', word: string, { size, values }: NumberList, voice: Voice): Part {
  if (size === 0) return { wants: 0, render: () => '' };
  const line = (number: number | string) => `${sign} ${voice.number(number)}\n`;
  const width = line(values[size - 1]!).length; // the largest is the longest
  return {
    wants: size * width,
    render(room) {
      const shown = Math.min(size, Math.floor(room / width));
      const head = `@@ ${word}: ${shown < size ? `showing ${count(shown)} of ` : ''}${count(size)} @@\n`;
      return head + Array.from(values.slice(0, shown), line).join('');
    },
  };
}

/** Nobody gets more than he wants, and what one leaves is shared by the others. */
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

/** The first lines that fit, and how many did not. */
function cut(lines: readonly string[], room: number, more: (left: number) => string): string {
  let end = 0;
  const past = lines.findIndex((line) => {
    end += line.length;
    return end > room;
  });
  return past < 0 ? lines.join('') : lines.slice(0, past).join('') + more(lines.length - past);
}

/** Foreign text as a code span, in which nothing renders: its fence is longer than any run of backticks inside. */
function code(text: string): string {
  const longest = Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 ? ' ' : ''; // GitHub takes it off again
  return `${fence}${pad}${oneLine(text)}${pad}${fence}`;
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim() || '(empty)';
