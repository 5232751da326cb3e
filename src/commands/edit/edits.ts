/** Collects the edits of files, checks each result, and writes all of them, or none. */
import { declare } from '../../desired/declare.ts';
import { type Change, changesOnly } from '../../desired/edit/contents.ts';
import { hunksBetween } from '../../desired/edit/hunks.ts';
import { readNumberColumn } from '../../desired/number-files/csv.ts';
import { readNumberLines } from '../../desired/number-files/lines.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import type { SourceFile } from '../../desired/source/yaml-files.ts';
import { InvalidError } from '../../model/errors.ts';
import type { EditedEntry, EditReport, FailureReport, FileReport } from '../../model/report.ts';
import type { Warning } from '../../model/warnings.ts';
import { reportFailure } from '../../steps/build-report.ts';
import type { Context } from '../../steps/context.ts';
import { warnOfPlusless } from '../../steps/no-plus.ts';
import { judge } from '../../steps/outcome.ts';
import { type Desired, joinFiles } from '../../steps/read-desired.ts';
import { type Rewrite, writeFiles } from '../write-files.ts';
import type { EditOptions } from './options.ts';
import { groupsOf, type NumberColumn } from './places.ts';

const BYTE_ORDER_MARK = '\ufeff';

export class Edits {
  readonly #desired: Desired;
  readonly #context: Context;
  readonly #yaml = new Map<string, SourceFile>();
  readonly #numbers = new Map<string, { before: string; text: string }>();
  readonly #read = new Map<NumberFile, NumberFile>(); // each column of the edited files, before and after

  constructor(desired: Desired, context: Context) {
    this.#desired = desired;
    this.#context = context;
  }

  /**
   * Takes the first of several forms of a YAML file that declares what it should.
   *
   * @throws InvalidError if none does: the file is written in a way that an edit would have to change as a whole.
   */
  yaml(file: SourceFile, forms: Iterable<SourceFile>, change: Change): void {
    for (const form of forms) {
      if (changesOnly(file, form, change)) return void this.#yaml.set(file.name, form);
    }
    throw new InvalidError(`${file.name}: the entry cannot be edited as it is written; run fmt, or edit it by hand`);
  }

  /**
   * Edits a number file.
   *
   * @param columns all columns that are read.
   * @param expected returns the numbers of a column that the new text must declare, and no others.
   * @param edit returns the new text.
   */
  numberFile(
    name: string,
    columns: readonly NumberColumn[],
    expected: (before: NumberFile) => readonly number[],
    edit: (text: string) => string,
  ): void {
    const before = this.#context.files.read(name);
    const mark = before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''; // kept by the disk
    const text = edit(before.slice(mark.length));
    const chunks = [Buffer.from(text)];
    for (const { file, column } of columns) {
      const read = column === null ? readNumberLines(name, chunks) : readNumberColumn(name, chunks, column);
      const isRight = read.faults.length === 0 && Buffer.compare(bytes(read.file.numbers), bytes(expected(file))) === 0;
      if (!isRight || text.includes('\ufffd')) {
        throw new InvalidError(`${name}: the line cannot be edited as it is written; edit it by hand`);
      }
      this.#read.set(file, read.file);
    }
    this.#numbers.set(name, { before, text });
  }

  /**
   * Returns the warnings about the new files.
   *
   * @throws InvalidError with the errors that the new files would have, such as a number that a rule ignores.
   */
  async check(): Promise<readonly Warning[]> {
    const { files, declared, numberFiles } = this.#desired;
    const today = this.#context.clock.today();
    const after = files.map((file, at) => {
      const edited = this.#yaml.get(file.name);
      return edited ? declare(edited, today) : declared[at]!;
    });
    const { faults, warnings, plusless } = joinFiles(
      after,
      (wanted) => {
        const result = numberFiles(wanted);
        return { ...result, files: result.files.map((file) => this.#read.get(file) ?? file) };
      },
      today,
    );
    if (faults.length > 0) throw new InvalidError(faults);
    return [...warnings, ...(await warnOfPlusless(plusless, this.#context))];
  }

  /** Returns warnings about the new files, with the places that they have in the files as they are now. */
  unwritten(warnings: readonly Warning[]): readonly Warning[] {
    const before = groupsOf(this.#desired.warnings.toReversed(), withoutPlace);
    return warnings.map((warning) => before.get(withoutPlace(warning))?.pop() ?? warning);
  }

  /** Returns the edited files, with their changes. */
  files(): FileReport[] {
    return this.#rewrites().map(({ name, before, text }) => {
      return {
        name,
        changed: true,
        hunks: hunksBetween(before, before.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK + text : text),
      };
    });
  }

  #rewrites(): Rewrite[] {
    const yaml = this.#desired.files.flatMap(({ name, text: before }) => {
      const { text = before } = this.#yaml.get(name) ?? {};
      return text === before ? [] : { name, before, text };
    });
    const numbers = Array.from(this.#numbers, ([name, { before, text }]) => ({
      name,
      before,
      text,
      isNumberFile: true,
    }));
    return [...yaml, ...numbers];
  }

  /** Throws the error that `write` would throw, if it is known before the question. */
  checkWritable(): void {
    for (const { name } of this.#rewrites()) this.#context.files.checkWritable(name, 'desired');
  }

  write(command: string): Promise<void> {
    return writeFiles(this.#rewrites(), { command, done: 'edited' }, this.#context);
  }
}

/** The keys with a place. An edit moves what follows it, and nothing else. */
const PLACED = ['line', 'column', 'first', 'opens', 'source'];
const withoutPlace = (warning: Warning) =>
  JSON.stringify(warning, (key, value) => (PLACED.includes(key) ? undefined : value));

const bytes = (numbers: ArrayLike<number>) => Buffer.from(Float64Array.from(numbers).buffer);

/**
 * Checks the edits, asks if `ask` has a question, and writes the files.
 *
 * @param found the warnings about the numbers of the command line.
 * @param ask the question; null if the command line is clear.
 */
export async function finish(
  command: string,
  edits: Edits,
  entries: readonly EditedEntry[],
  found: readonly Warning[],
  ask: string | null,
  options: EditOptions,
  context: Context,
): Promise<EditReport | FailureReport> {
  const { warnings, errors } = judge([...(await edits.check()), ...found], options);
  const unwritten = edits.unwritten(warnings);
  if (errors.length > 0) {
    return { ...reportFailure(command, 'invalid', edits.unwritten(errors)), warnings: unwritten };
  }
  const files = edits.files();
  const facts = { kind: 'edit', command, files, entries, errors } as const;
  const report = (outcome: EditReport['outcome'], state?: EditReport['state']): EditReport => {
    const shown = outcome === 'written' ? warnings : unwritten;
    return { ...facts, outcome, warnings: shown, interrupted: context.stop.aborted, ...(state && { state }) };
  };
  if (files.length === 0) return report('unchanged');
  if (options.dryRun) return report('changes');
  if (ask !== null) {
    edits.checkWritable();
    await context.present(report('changes', 'asking'));
    if (!(await context.confirm!(ask))) return report('changes', 'answered');
  }
  await edits.write(command);
  return report('written', ask === null ? undefined : 'answered');
}
