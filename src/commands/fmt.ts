import { isDeepStrictEqual } from 'node:util';
import { formatLines, joinLines } from '../desired/format.ts';
import { hunksOf } from '../desired/hunks.ts';
import { loadDesired } from '../desired/load.ts';
import { InvalidError } from '../errors.ts';
import type { FileReport, Report } from '../model.ts';
import type { Context } from './context.ts';
import { DEFAULT_PATH } from './desired.ts';
import { emptyReport } from './report.ts';

export interface FmtOptions {
  /** Write nothing, and show what would change. */
  readonly check: boolean;
}

/** Brings the files into their canonical form. A file with a fault keeps all of them from being written. */
export async function fmt(paths: readonly string[], { check }: FmtOptions, context: Context): Promise<Report> {
  const { files, faults } = context.files.readDesired(paths.length > 0 ? paths : [DEFAULT_PATH]);
  const today = context.clock.today();
  const before = loadDesired(files, today);
  const all = [...faults, ...before.faults];
  if (all.length > 0) throw new InvalidError(all);
  const formatted = files.map((file) => {
    const lines = formatLines(file);
    return { file, lines, text: joinLines(file, lines) };
  });
  const after = loadDesired(
    formatted.map(({ file: { name }, text }) => ({ name, text })),
    today,
  );
  if (after.faults.length > 0 || !isDeepStrictEqual(after.bots, before.bots)) {
    throw new Error('the formatted files would not say the same; nothing was written');
  }
  const reports = formatted.map(({ file, lines, text }): FileReport => {
    const changed = text !== file.text;
    if (changed && !check) context.files.writeDesired(file.name, text);
    return { name: file.name, changed, hunks: changed && check ? hunksOf(file, lines) : [] };
  });
  const changed = reports.some((file) => file.changed);
  return {
    ...emptyReport('fmt', changed ? (check ? 'changes' : 'applied') : 'in-sync', []),
    files: reports,
    interrupted: context.stop.aborted,
    warnings: before.warnings,
  };
}
