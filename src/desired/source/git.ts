import { spawnSync } from 'node:child_process';
import { InvalidError } from '../../model/errors.ts';

/** A file as it was committed. */
export interface CommittedFile {
  /** Relative to the working directory. */
  readonly name: string;
  readonly bytes: Buffer;
}

const MAX_BYTES = 256 * 1024 * 1024; // of one answer of git

/**
 * Reads what stood at a path in a commit: a file, or the files below a folder. None if the commit does not have it.
 *
 * @param ref whatever names a commit: a branch, a tag, an id, `HEAD~1`.
 * @param wanted says which of the files are read, by their names.
 * @throws InvalidError if there is no git, no repository, or no such commit.
 */
export function readCommitted(ref: string, path: string, wanted: (name: string) => boolean): CommittedFile[] {
  const commit = git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`], ref)
    .toString()
    .trim();
  const entries = git(['ls-tree', '-r', '-z', commit, '--', path], ref).toString().split('\0');
  return entries.flatMap((entry) => {
    const [, mode, id = '', name = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
    if (mode === undefined || !wanted(name)) return [];
    if (mode === '120000') {
      throw new InvalidError(`--base ${ref}: ${name} is a symbolic link there, which is not followed; name the file`);
    }
    return [{ name, bytes: git(['cat-file', 'blob', id], ref) }];
  });
}

function git(args: readonly string[], ref: string): Buffer {
  const { error, status, stdout, stderr } = spawnSync('git', ['--literal-pathspecs', ...args], {
    maxBuffer: MAX_BYTES,
  });
  if (error) throw new InvalidError(`--base ${ref}: git could not be run (${(error as NodeJS.ErrnoException).code})`);
  if (status === 0) return stdout;
  const [said = ''] = stderr.toString().trim().split('\n');
  throw new InvalidError(
    said === ''
      ? `--base ${ref}: names no commit of this repository; a shallow checkout may lack it (fetch-depth: 0)`
      : `--base ${ref}: ${said.replace(/^fatal: /, '')}`,
  );
}
