import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, normalize, relative, resolve, sep } from 'node:path';
import { InvalidError, systemError } from '../../model/errors.ts';
import type { Env } from '../../model/world.ts';
import { isLfsPointer } from './other-formats.ts';
import { chunksOf, MAX_BYTES, type Search, TOO_LARGE, type Tree, type TreeFile } from './tree.ts';

const MAX_OUTPUT = 256 * 1024 * 1024; // bytes that one call of git may print

/** A use of git: the environment, with PATH and perhaps GIT_DIR, and the option, with its value, for which git runs. */
export interface GitUse {
  readonly env: Env;
  /** Begins each error: `--base main`. */
  readonly option: string;
}

/**
 * Reads the files of a commit. Each method throws InvalidError if git, the repository or the commit is
 * missing, and for a wanted link, as its target may not be in the commit.
 *
 * @param ref a branch, a tag, an id, `HEAD~1`.
 * @param option the option that names the commit.
 */
export function commitTree(ref: string, env: Env, option = '--base'): Tree {
  const blobs = new Map<string, string>(); // the blob ids of the files listed so far, by full path
  let commit = '';
  let repository: Repository | null = null;
  const use = { env, option: `${option} ${ref}` };
  const git = (args: readonly string[]) => runGit(args, use);

  function list(passed: string, { wants }: Pick<Search, 'wants'>): string[] {
    commit ||= idOf(ref, use);
    repository ??= findRepository(use);
    const path = relative(join('/', repository.prefix), join('/', repository.fromRoot(passed))) || '.';
    const entries = git(['ls-tree', '-r', '-z', commit, '--', path]).toString().split('\0');
    return entries.flatMap((entry) => {
      const [, mode, id = '', name = ''] = /^(\d+) blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      if (mode === undefined || !wants(relative(path, name))) return [];
      if (mode === '120000') {
        throw new InvalidError(
          `${use.option}: ${name} is a symbolic link in that commit; pass the path of its target, because links are not followed`,
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
    const content = git(['cat-file', 'blob', blobs.get(id)!]);
    if (isLfsPointer(content)) throw new Error(`is kept in Git LFS, which ${option} does not read; keep it in Git`);
    const bytes = () => {
      if (content.length > MAX_BYTES) throw new Error(TOO_LARGE);
      return content;
    };
    return { name: normalize(path), id, bytes, chunks: () => chunksOf(content) };
  }

  return { commit: ref, list, has, open };
}

/** The repository of the folder of this process. */
export interface Repository {
  /** The folder of this process, from the root of the repository: `team/`, or nothing at the root. */
  readonly prefix: string;
  /**
   * Returns a path from the root of the repository. A path may lead to the repository through a link, as a home folder or
   * a temporary folder often does. Links within the repository are not followed.
   *
   * @throws InvalidError for a path outside of the repository.
   */
  fromRoot(path: string): string;
}

/** @throws InvalidError without a repository. */
export function findRepository(use: GitUse): Repository {
  const prefix = runGit(['rev-parse', '--show-prefix'], use).toString().replace(/\n$/, '');
  const root = resolve(...prefix.split('/').map((name) => (name === '' ? '.' : '..')));
  return {
    prefix,
    fromRoot(path) {
      const found = below(resolve(path), root);
      if (found !== null) return found;
      throw new InvalidError(`${use.option}: ${path} is not in this repository; run in the repository of the file`);
    },
  };
}

/** Returns the part of a path below a root; null if the path is outside. The outermost folder in the root counts. */
function below(path: string, root: string): string | null {
  let found: string | null = null;
  let rest = '';
  for (let folder = path; ; folder = dirname(folder)) {
    const inside = relative(root, realPathOf(folder));
    if (inside !== '..' && !inside.startsWith(`..${sep}`)) found = inside === '' ? rest : join(inside, rest);
    if (folder === dirname(folder)) return found;
    rest = rest === '' ? basename(folder) : join(basename(folder), rest);
  }
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // it may be in the commit only
  }
}

const ONE_COMMIT = 'this is not one commit; pass a branch, a tag or the id of a commit';

/** Finds the id of a commit. @throws InvalidError if there is no such commit. */
export function idOf(ref: string, use: GitUse): string {
  const revision = ['--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const id = runGit(['rev-parse', ...revision], use)
    .toString()
    .trim();
  if (id.startsWith('^')) throw new InvalidError(`${use.option}: ${ONE_COMMIT}`);
  return id;
}

function whyNotRun(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return '"git" is not on the PATH; install git';
  if (code === 'ENOBUFS') return 'git printed more than 256 MiB; select fewer or smaller files';
  return `git could not be started: ${systemError(error) ?? error.message}`;
}

/**
 * Settings that the repository cannot override. A pull request can contain a folder that looks like a bare repository,
 * and a setting in its `config` can name a program to run.
 */
const SETTINGS = ['safe.bareRepository=explicit', 'core.fsmonitor=false', 'core.hooksPath=/dev/null'];

/** Without protocols, git neither fetches a missing file nor starts a program for it, in any version. */
const VARIABLES = { GIT_ALLOW_PROTOCOL: '', GIT_NO_LAZY_FETCH: '1', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Runs git. @param input for its standard input. @throws InvalidError in words. */
export function runGit(args: readonly string[], { env, option }: GitUse, input = ''): Buffer {
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const options = { maxBuffer: MAX_OUTPUT, env: { ...env, ...VARIABLES }, input };
  const { error, status, stdout, stderr } = spawnSync('git', [...settings, '--literal-pathspecs', ...args], options);
  if (error) throw new InvalidError(`${option}: ${whyNotRun(error)}`);
  if (status === 0) return stdout;
  const words = stderr.toString();
  const message = /^fatal: (.*)/m.exec(words)?.[1] ?? words.trim();
  const known = whyRefused(message, option);
  if (known !== null) throw new InvalidError(`${option}: ${known}`);
  const failed = `${option}: git could not read the repository; see its own message`;
  throw new InvalidError([{ message: failed, detail: `git: ${message}` }]);
}

/** Words the errors of git, in English, that have a remedy. Returns null for any other error. */
function whyRefused(message: string, option: string): string | null {
  const [flag = ''] = option.split(' ', 1);
  const ref = option.slice(flag.length + 1) || 'HEAD';
  if (message.includes('expected commit type') || (message === '' && ref.includes('..'))) return ONE_COMMIT;
  if (message === '' && ref === 'HEAD') return 'this repository has no commit yet; commit the files first';
  if (message === '') {
    return 'this repository has no such commit; if the checkout is shallow, fetch the commit (fetch-depth: 0)';
  }
  if (message.startsWith('not a git repository')) {
    return `this folder is not in a Git repository; run in a clone, or remove ${flag}`;
  }
  // The second form is of git 2.35.
  const [, owned] = /^(?:detected dubious ownership in repository at|unsafe repository) \(?'(.*)'/.exec(message) ?? [];
  if (owned !== undefined) {
    return `another user owns the repository ${owned}, so git does not read it; run as that user, or run first: git config --global --add safe.directory ${owned}`;
  }
  const [, bare] = /^cannot use bare repository '(.*)' \(safe/.exec(message) ?? [];
  if (bare !== undefined) {
    return `the folder ${bare} looks like a bare Git repository, whose settings can run programs; run from the root of your clone, or set GIT_DIR`;
  }
  if (/promisor remote|bad file|transport '.*' not allowed/.test(message)) return lacksFiles(ref);
  return null;
}

/** Words the error of a partial clone. */
export function lacksFiles(ref: string): string {
  return `this clone lacks files of that commit, which are not fetched here; clone without --filter, or run first: git archive ${ref} > /dev/null`;
}
