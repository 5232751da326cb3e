import { InvalidError, StaleError } from '../model/errors.ts';
import type { Context } from '../steps/context.ts';

/** A file with its new text. */
export interface Rewrite {
  readonly name: string;
  /** The text that was read. */
  readonly before: string;
  readonly text: string;
  /** It is a number file, and not a YAML file. */
  readonly isNumberFile?: boolean;
}

/**
 * Writes edited files. Writes nothing if one of them is a link or not writable, or was edited meanwhile.
 *
 * @param command the command that ran, and what it did to the files that are already written if a write fails.
 */
export async function writeFiles(
  rewrites: readonly Rewrite[],
  { command, done: words }: { readonly command: string; readonly done: string },
  { files }: Pick<Context, 'files'>,
): Promise<void> {
  for (const { name, before, isNumberFile } of rewrites) {
    files.checkWritable(name, 'desired');
    const now = isNumberFile ? files.readIfThere(name) : (await files.readDesired([name])).files[0]?.text;
    if (now === before) continue;
    throw new StaleError(
      `${name}: the file changed while ${command} ran, so nothing was written; run ${command} again`,
    );
  }
  const done: string[] = [];
  for (const { name, text } of rewrites) {
    try {
      files.writeDesired(name, text);
      done.push(name);
    } catch (error) {
      if (done.length > 0) (error as Error).message += `; already ${words}: ${done.join(', ')}`;
      throw error;
    }
  }
}

/** @throws InvalidError if a path is standard input, which cannot be written. */
export function refuseStdin(paths: readonly string[], command: string): void {
  if (paths.includes('-')) throw new InvalidError(`${command} cannot write to standard input; pass a file`);
}
