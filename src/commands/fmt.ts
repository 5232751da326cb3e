import { isDeepStrictEqual } from 'node:util';
import { type Declared, declare } from '../desired/declare.ts';
import { formatLines } from '../desired/edit/format.ts';
import { hunksOf } from '../desired/edit/hunks.ts';
import { pruneLines } from '../desired/edit/prune.ts';
import { joinLines } from '../desired/edit/text.ts';
import type { DeclaredNumbers } from '../desired/entries.ts';
import type { SourceFile } from '../desired/source/yaml-files.ts';
import { InvalidError } from '../model/errors.ts';
import type { Fault } from '../model/fault.ts';
import type { FailureReport, FileReport, FormatReport } from '../model/report.ts';
import type { Warning } from '../model/warnings.ts';
import { reportFailure } from '../steps/build-report.ts';
import type { Context } from '../steps/context.ts';
import { warnOfPlusless } from '../steps/no-plus.ts';
import { DEFAULT_PATH, type WarningRules } from '../steps/options.ts';
import { judge } from '../steps/outcome.ts';
import { unmetIn } from '../steps/read-desired.ts';
import { refuseStdin, writeFiles } from './write-files.ts';

export interface FmtOptions extends WarningRules {
  /** Writes nothing, and shows the changes. */
  readonly check: boolean;
  /** Removes expired entries. */
  readonly pruneExpired: boolean;
}

/** Formats the files. If one file has an error, none is written. */
export async function fmt(
  named: readonly string[],
  options: FmtOptions,
  context: Context,
): Promise<FormatReport | FailureReport> {
  const { check, pruneExpired } = options;
  const paths = named.length > 0 ? named : [DEFAULT_PATH];
  refuseStdin(paths, 'fmt');
  const { files, faults } = await context.files.readDesired(paths, { sealed: true });
  const today = context.clock.today();
  const sealed = files.filter((file) => file.encrypted);
  const plain = files.filter((file) => !file.encrypted);
  const declared = plain.map((file) => declare(file, today)); // its format does not depend on other files
  const unmet = unmetIn(declared, context);
  if (unmet.length > 0) throw new InvalidError(unmet);
  const refused = sealed.filter(({ name }) => paths.includes(name)).map(refuse);
  const all = [...faults, ...refused, ...declared.flatMap((file) => file.faults)];
  if (all.length > 0) throw new InvalidError(all);
  const skipped = sealed.map(({ name }): Warning => ({ code: 'W-ENCRYPTED-SKIPPED', file: name }));
  const plusless = declared.flatMap((file) => file.plusless ?? []);
  const found = [...declared.flatMap((file) => file.warnings), ...(await warnOfPlusless(plusless, context))];
  const { warnings, errors } = judge([...found, ...skipped], options);
  if (errors.length > 0) return { ...reportFailure('fmt', 'invalid', errors), warnings };
  const formatted = plain.map((file, at) => {
    const { lines, pruned } = pruneExpired ? pruneLines(file, today) : { lines: formatLines(file), pruned: 0 };
    const text = joinLines(file, lines);
    if (text !== file.text) checkSame(declared[at]!, declare({ ...file, text }, today), pruneExpired);
    return { file, lines, text, pruned };
  });
  const changing = formatted.filter(({ file, text }) => text !== file.text);
  const rewrites = changing.map(({ file: { name, text: before }, text }) => ({ name, before, text }));
  if (!check) await writeFiles(rewrites, { command: 'fmt', done: 'formatted' }, context);
  const reports = formatted.map(({ file, lines, text, pruned }): FileReport => {
    const changed = text !== file.text;
    const hunks = changed && check ? hunksOf(file, lines) : [];
    return { name: file.name, changed, ...(pruned > 0 && { pruned }), hunks };
  });
  const outcome = changing.length === 0 ? 'unchanged' : check ? 'changes' : 'formatted';
  const interrupted = context.stop.aborted;
  return { kind: 'format', command: 'fmt', outcome, interrupted, files: reports, warnings, errors };
}

function refuse({ name }: SourceFile): Fault {
  return {
    message: `${name}: this file is encrypted, and fmt would write plain text; format it before you encrypt it`,
  };
}

/** Throws unless the new text declares the same as the old text. `pruned`: expired entries may be gone. */
function checkSame(before: Declared, after: Declared, pruned: boolean): void {
  const open = <T extends DeclaredNumbers>(part: T) => ({
    ...part,
    entries: { ...part.entries, expired: pruned ? null : part.entries.expired },
    pairs: part.pairs.map(({ number, waId }) => [number, waId]), // places may change
  });
  const contents = ({ lists, bots }: Declared) => [lists.map(open), bots.map(open)];
  if (after.faults.length === 0 && isDeepStrictEqual(contents(after), contents(before))) return;
  throw new Error(`${before.file}: formatting would change what the file declares, so nothing was written`);
}
