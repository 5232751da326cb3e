import { isDeepStrictEqual } from 'node:util';
import type { SourceFile } from '../desired/files.ts';
import { formatLines, joinLines, type NewLines } from '../desired/format.ts';
import { hunksOf } from '../desired/hunks.ts';
import { type Desired, loadDesired } from '../desired/load.ts';
import { entriesKept, pruneLines } from '../desired/prune.ts';
import { InvalidError, StaleError } from '../errors.ts';
import type { FileReport, Report } from '../outcome.ts';
import type { Context } from './context.ts';
import { DEFAULT_PATH } from './desired.ts';
import { emptyReport } from './report.ts';

export interface FmtOptions {
  /** Write nothing, and show what would change. */
  readonly check: boolean;
  /** Take out the entries whose last day is past. */
  readonly pruneExpired: boolean;
}

interface Formatted {
  readonly file: SourceFile;
  readonly lines: NewLines;
  readonly text: string;
}

/** Brings the files into their canonical form. A file with a fault keeps all of them from being written. */
export async function fmt(
  paths: readonly string[],
  { check, pruneExpired }: FmtOptions,
  context: Context,
): Promise<Report> {
  const { files, faults } = context.files.readDesired(paths.length > 0 ? paths : [DEFAULT_PATH]);
  const today = context.clock.today();
  const before = loadDesired(files, today);
  const all = [...faults, ...before.faults];
  if (all.length > 0) throw new InvalidError(all);
  const formatted = files.map((file): Formatted => {
    const lines = pruneExpired ? pruneLines(file, today) : formatLines(file);
    return { file, lines, text: joinLines(file, lines) };
  });
  if (formatted.some(({ file, text }) => text !== file.text)) checkSame(formatted, before, today, pruneExpired);
  const changing = formatted.filter(({ file, text }) => text !== file.text);
  if (!check) writeFiles(changing, context);
  const reports = formatted.map(({ file, lines, text }): FileReport => {
    const changed = text !== file.text;
    return { name: file.name, changed, hunks: changed && check ? hunksOf(file, lines) : [] };
  });
  const changed = reports.some((file) => file.changed);
  return {
    ...emptyReport('fmt', changed ? (check ? 'changes' : 'applied') : 'in-sync', []),
    files: reports,
    interrupted: context.stop.aborted,
    warnings: [...before.warnings, ...(pruneExpired ? files.flatMap((file) => entriesKept(file, today)) : [])],
  };
}

/** A large file takes seconds, in which somebody may have edited one: what was not read is not overwritten. */
function writeFiles(formatted: readonly Formatted[], { files }: Context): void {
  for (const { file } of formatted) {
    const [now] = files.readDesired([file.name]).files;
    if (now?.text === file.text) continue;
    throw new StaleError(
      `${file.name}: was changed while the files were formatted; nothing was written; run fmt again`,
    );
  }
  const done: string[] = [];
  for (const { file, text } of formatted) {
    try {
      files.writeDesired(file.name, text);
      done.push(file.name);
    } catch (error) {
      if (done.length > 0) (error as Error).message += `; formatted before it: ${done.join(', ')}`;
      throw error;
    }
  }
}

/** What is about to be written must say what was read, or nothing is. */
function checkSame(formatted: readonly Formatted[], before: Desired, today: string, pruned: boolean): void {
  const files = formatted.map(({ file: { name }, text }) => ({ name, text }));
  const after = loadDesired(files, today);
  const said = ({ bots }: Desired) => (pruned ? bots.map((bot) => ({ ...bot, expired: null })) : bots);
  if (after.faults.length === 0 && isDeepStrictEqual(said(after), said(before))) return;
  throw new Error('the formatted files would not say the same; nothing was written');
}
