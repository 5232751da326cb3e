import type { Problem } from '../../model/failure.ts';
import { isComparison, isListing, type Report } from '../../model/report.ts';
import { TONES, verdict } from '../verdict/index.ts';
import type { Sanitizer } from '../voice/index.ts';
import { changesOf } from '../words/changes.ts';
import { faultLines } from '../words/faults.ts';
import { filePatch, shownFiles, writtenFiles } from '../words/files.ts';
import { overrideNotes, savedNotes } from '../words/notes.ts';
import { runNotes } from '../words/provenance.ts';
import { byUrgency, columnsOf, quietBots, type Row, troubled } from '../words/rows.ts';
import { title } from '../words/summary.ts';
import { clip, count, plural, quote } from '../words/text.ts';
import { withheldOf, withheldWords } from '../words/users.ts';
import { details, foldChanges, foldList } from './folds.ts';
import { omittedWords } from './omitted.ts';
import { answer, code, cut, longestRun } from './parts.ts';

/**
 * The length of a comment, in UTF-16 units. GitHub accepts 65,536 characters and 262,144 bytes, and the caller adds a
 * marker. A unit takes at most 3 bytes of UTF-8, so the bytes fit as well.
 */
const COMMENT = 60_000;
/** The largest share of each part. */
const TROUBLES = 1 / 6;
const WARNINGS = 1 / 15;
const TABLE = 5 / 12;
const PATCHES = 1 / 3;
const TAIL = 200;

/** Writes a comment for a pull request: first what needs a decision, then a table of bots, then their numbers, folded. */
export function* markdown(
  report: Report,
  { clean, limit = COMMENT }: { readonly clean: Sanitizer; readonly limit?: number },
): Generator<string> {
  const rows = byUrgency(report, clean, cell);
  const short = isComparison(report) ? report.fingerprint?.slice(0, 8) : undefined;
  const own = (text: string) => (short ? text.replace(short, code(short)) : text); // GitHub would link it to a commit
  const { tone, text } = verdict(report, clean, code);
  const faultCode = (fault: Problem) => code(faultLines(fault, clean, '', clip)[0]!);
  const inTrouble = troubled(rows, code).map(({ id, text }) => `${code(quote(id, clean))}: ${text}`);
  const troubles = [...report.errors.map(faultCode), ...inTrouble];
  const top = [`### ${own(title(report))}\n\n`];
  if (troubles.length === 0 && TONES[tone].kind !== 'bad') top.push(text && `${text}\n\n`);
  else top.push(`> [!CAUTION]\n> ${text}\n${quotedList(troubles, limit * TROUBLES)}\n`);
  for (const note of savedNotes(report)) top.push(`${note}\n\n`);
  for (const note of overrideNotes(report, clean, code)) top.push(`> [!IMPORTANT]\n> ${note}\n\n`);
  const withheld = withheldOf(report).map(
    (each) => `${code(quote(each.bot, clean))}: ${withheldWords(each, clean, code)}`,
  );
  const warnings = [...withheld, ...report.warnings.map(faultCode)];
  if (warnings.length > 0) top.push(`> [!WARNING]\n${quotedList(warnings, limit * WARNINGS)}\n`);
  if (rows.length > 0) top.push(table(report, rows, limit, clean));
  top.push(patches(report, limit, clean), written(report, clean));
  if (report.kind === 'answer') top.push(answer(report.explained, limit * TABLE, clean));
  yield* top;
  const origin = runNotes(report, clean, code).join(' · ');
  const end = origin && `\n${origin}\n`;
  const room = limit - top.join('').length - end.length;
  const comment = { limit, clean };
  const places = new Map(rows.map(({ id }, place) => [id, place]));
  const changing = [...changesOf(report)].sort((a, b) => places.get(a.id)! - places.get(b.id)!);
  const listed = isListing(report) ? report.bots.filter(({ numbers }) => numbers.size > 0) : [];
  const folds = [...changing.map((bot) => foldChanges(bot, comment)), ...listed.map((bot) => foldList(bot, comment))];
  const isCut = short ? 'Cut to fit; the fingerprint is over the whole plan.\n' : 'Cut to fit.\n';
  yield* details(report, folds, room - TAIL, isCut);
  yield end;
}

function quotedList(items: readonly string[], room: number): string {
  const lines = items.map((item) => `> - ${item}\n`);
  return cut(lines, room, (left) => `> - and ${count(left)} more\n`);
}

function written(report: Report, clean: Sanitizer): string {
  const next = report.kind === 'init' ? report.next : [];
  const items = writtenFiles(report).map(({ name, words }) => `- ${words} ${code(clip(clean.file(name)))}\n`);
  const steps =
    next.length > 0 ? `Next:\n\n\`\`\`sh\n${next.map((line) => `${clean.text(line)}\n`).join('')}\`\`\`\n` : '';
  return items.length > 0 ? `${items.join('')}\n${steps}` : '';
}

/** Writes the patches of edited or unformatted files, in fences that no line of a file can end. */
function patches(report: Report, limit: number, clean: Sanitizer): string {
  const blocks = shownFiles(report).map((file) => {
    const patch = filePatch(file, clean);
    const fence = '`'.repeat(Math.max(3, longestRun(patch) + 1));
    return `${fence}diff\n${patch}${fence}\n\n`;
  });
  const more = (left: number) =>
    `The changes of ${plural(left, 'more file')} are omitted, because they are too long.\n`;
  return cut(blocks, limit * PATCHES, more);
}

/** Writes a row for each bot. The server's words are in the list above the table, which has room for them. */
function table(report: Report, bots: readonly Row[], limit: number, clean: Sanitizer): string {
  const columns = columnsOf(report);
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  const head = row(['Bot', ...columns.map(({ name }) => name), 'Note']);
  const rule = row(['---', ...columns.map(() => '--:'), '---']);
  const quiet = isComparison(report) ? quietBots(report, clean, cell) : [];
  const folded = new Set(quiet.flatMap(({ ids }) => [...ids]));
  const rest = bots.filter(({ id }) => !folded.has(id));
  const rows = rest.map(({ id: name, counts, notes }) => {
    const cells = columns.map((_, at) => (counts ? count(counts[at]!) : '–'));
    return row([cell(quote(name, clean)), ...cells, notes.map(({ words }) => words).join('; ')]);
  });
  const last = quiet.map(({ words, unchanged, settings }) => {
    const none = columns.slice(1).map(() => '0');
    return row([words, ...none, count(unchanged), settings ?? '']);
  });
  const more = (left: number) => {
    const cutRows = left > last.length ? rest.slice(last.length - left) : [];
    return `\n${plural(cutRows.length + folded.size, 'more bot')} omitted from this table.${omittedWords(report, cutRows)}\n`;
  };
  return `${head}${rule}${cut([...rows, ...last], limit * TABLE, more)}\n`;
}

/**
 * Makes a code span for a cell. A pipe ends the cell even in code, unless an odd number of backslashes
 * precedes it.
 */
const cell = (text: string) => code(text).replace(/(\\*)\|/g, '$1$1\\|');
