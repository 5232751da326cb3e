import { spawnSync } from 'node:child_process';
import { normalize, relative, resolve } from 'node:path';
import { InvalidError, systemError } from '../../model/errors.ts';
import { chunksOf, MAX_BYTES, type Search, TOO_LARGE, type Tree, type TreeFile } from './tree.ts';

const MAX_OUTPUT = 256 * 1024 * 1024; // bytes that one call of git may print

/**
 * Reads the files of a commit. Each method throws InvalidError if git, the repository or the commit is
 * missing, and for a wanted link, as its target may not be in the commit.
 *
 * @param ref a branch, a tag, an id, `HEAD~1`.
 */
export function commitTree(ref: string): Tree {
  const blobs = new Map<string, string>(); // the blob ids of the files listed so far, by full path
  let commit = '';

  function list(path: string, { wants }: Pick<Search, 'wants'>): string[] {
    const revision = ['--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
    commit ||= git(['rev-parse', ...revision], ref)
      .toString()
      .trim();
    const entries = git(['ls-tree', '-r', '-z', commit, '--', path], ref).toString().split('\0');
    return entries.flatMap((entry) => {
      const [, mode, id = '', name = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      if (mode === undefined || !wants(relative(path, name))) return [];
      if (mode === '120000') {
        throw new InvalidError(
          `--base ${ref}: ${name} is a symbolic link in that commit; pass the path of its target, as links are not followed`,
        );
      }
      blobs.set(resolve(name), id);
      return name;
    });
  }

  const has = (path: string) => list(path, { wants: (file) => file === '' }).length > 0;

  function open(path: string): TreeFile {
    const id = resolve(path);
    if (!blobs.has(id) && !has(path)) throw new Error('is not a file of that commit');
    const content = git(['cat-file', 'blob', blobs.get(id)!], ref);
    const bytes = () => {
      if (content.length > MAX_BYTES) throw new Error(TOO_LARGE);
      return content;
    };
    return { name: normalize(path), id, bytes, chunks: () => chunksOf(content) };
  }

  return { commit: ref, list, has, open };
}

function whyNotRun(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return '"git" is not on the PATH; install git';
  if (code === 'ENOBUFS') return 'git printed more than 256 MiB; select fewer or smaller files';
  return `git could not be started: ${systemError(error) ?? error.message}`;
}

function git(args: readonly string[], ref: string): Buffer {
  const options = { maxBuffer: MAX_OUTPUT };
  const { error, status, stdout, stderr } = spawnSync('git', ['--literal-pathspecs', ...args], options);
  if (error) throw new InvalidError(`--base ${ref}: ${whyNotRun(error)}`);
  if (status === 0) return stdout;
  const [message = ''] = stderr.toString().trim().split('\n');
  throw new InvalidError(
    message === ''
      ? `--base ${ref}: this repository has no such commit; if the checkout is shallow, fetch the commit (fetch-depth: 0)`
      : /^fatal: not a git repository/.test(message)
        ? `--base ${ref}: this folder is not in a Git repository; run in a clone, or remove --base`
        : `--base ${ref}: ${message.replace(/^fatal: /, '')}`,
  );
}
