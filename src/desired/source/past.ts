/** Follows files through the commits of a branch, also under the names that they had before. */
import { dirname, posix } from 'node:path';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { isEncrypted } from './decrypt.ts';
import { type Digest, makeDigests } from './digest.ts';
import { findRepository, type GitUse, idOf, runGit } from './git.ts';
import {
  type Commit,
  type CommitWords,
  type FileChange,
  type FileVersion,
  readBlobs,
  readFilesOf,
  readLog,
  readWords,
} from './log.ts';
import { type Blobs, makeBlobs, shown, treeOf } from './past-tree.ts';
import type { Tree } from './tree.ts';
import { isDesired } from './yaml-files.ts';

/** The history of desired state, up to the commit that is checked out. */
export interface Past {
  /** The count of commits that were read. */
  readonly commits: number;
  /** The clone lacks the commits before the first one. */
  readonly isShallow: boolean;
  /** Walks through the commits that changed the files, oldest first. */
  steps(): Iterable<Step>;
  /** Walks through the commits that a merge added to the branch, after the state before them. */
  merged(merge: Commit): Iterable<Step>;
  /** Reads the words of commits, by id. */
  words(ids: readonly string[]): ReadonlyMap<string, CommitWords>;
}

/** The files after one commit. Valid until the next step. */
export interface Step {
  /** Null for the state before the first commit of a merged branch. */
  readonly commit: Commit | null;
  /** False if the files declare the same about the user as before the commit. */
  readonly mayDiffer: boolean;
  readonly tree: Tree;
  /** The paths of the files in that commit. */
  readonly paths: readonly string[];
}

/**
 * Reads the history of the files at the paths. Number files may be anywhere below the folders of the YAML files.
 *
 * @param numbers of the user whose history is wanted, in all spellings.
 * @throws InvalidError if git or the repository cannot be read.
 */
export function readPast(paths: readonly string[], numbers: readonly Msisdn[], use: GitUse): Past {
  const roots = makeRoots(paths, use);
  const isShallow = runGit(['rev-parse', '--is-shallow-repository'], use).toString().trim() === 'true';
  const blobs = makeBlobs(use);
  const digests = makeDigests(numbers);
  const log = readLog(use, idOf('HEAD', use));
  const walk = (commits: readonly Commit[], files: Map<string, string>, from: Roots) =>
    walkThrough(followed(commits, from), files, from.prefix, digests, blobs, use);
  return {
    commits: log.length,
    isShallow,
    steps: () => walk(log, new Map(), roots),
    *merged({ id, parents }) {
      const [base = '', tip = ''] = parents;
      const commits = readLog(use, tip, base);
      const start = commits.at(-1)?.parents[0];
      // The names at the merge are those of its newest state.
      const at = roots.with(followed(readLog(use, 'HEAD', id), roots).at(-1)?.extra ?? []);
      const files = start === undefined ? new Map<string, string>() : readFilesOf(use, start);
      yield* walk(commits, files, at);
    },
    words: (ids) => readWords(use, ids),
  };
}

/** Returns the paths of files now, and the names that renamed ones had at a commit before. */
export function pathsAt(ref: string, paths: readonly string[], use: GitUse): readonly string[] {
  const roots = makeRoots(paths, use);
  const [last] = followed(readLog(use, 'HEAD', idOf(ref, use)), roots).toReversed();
  return [...paths, ...(last?.extra ?? []).map((path) => shown(path, roots.prefix))];
}

/** The passed files and folders, relative to the root of the repository. */
interface Roots {
  /** The folder of this process. */
  readonly prefix: string;
  selects(path: string, extra: readonly string[]): boolean;
  /** Checks if a path is below the folder of a root, so that it may be a number file. */
  isNear(path: string, extra: readonly string[]): boolean;
  readonly paths: readonly string[];
  with(more: readonly string[]): Roots;
}

function makeRoots(paths: readonly string[], use: GitUse): Roots {
  const { prefix, fromRoot } = findRepository(use);
  const isBelow = (folder: string, path: string) => folder === '' || folder === '.' || path.startsWith(`${folder}/`);
  const rootsOf = (all: readonly string[]): Roots => ({
    prefix,
    paths: all,
    selects: (path, extra) =>
      [...all, ...extra].some(
        (root) => path === root || (isBelow(root, path) && isDesired(posix.relative(root, path))),
      ),
    isNear: (path, extra) => [...all, ...extra].some((root) => isBelow(root, path) || isBelow(dirname(root), path)),
    with: (more) => rootsOf([...new Set([...all, ...more])]),
  });
  return rootsOf(paths.map(fromRoot));
}

/** A commit, with the earlier names of files that the roots do not select by these names. */
interface Followed {
  readonly commit: Commit;
  /** The names after the commit. */
  readonly names: readonly string[];
  /** The names before the commit. */
  readonly extra: readonly string[];
  readonly paths: readonly string[];
  readonly changes: readonly (FileChange & { readonly isYaml: boolean })[];
}

/** Follows renames, from the newest commit to the oldest. */
function followed(commits: readonly Commit[], roots: Roots): Followed[] {
  let names: readonly string[] = [];
  return commits.map((commit) => {
    const after = names;
    const selected = (version: FileVersion | null, of: readonly string[]) =>
      version !== null && roots.selects(version.path, of);
    for (const { before, after: now } of commit.changes) {
      if (before && selected(now, after) && !selected(before, names)) names = [...names, before.path];
    }
    const changes = commit.changes.flatMap((change) => {
      const isYaml = selected(change.before, names) || selected(change.after, after);
      const isNear = [change.before, change.after].some((version) => version && roots.isNear(version.path, names));
      return isYaml || isNear ? { ...change, isYaml } : [];
    });
    return { commit, names: after, extra: names, paths: [...roots.paths, ...after], changes };
  });
}

/** Walks from the oldest commit to the newest. @param files the ids of the contents before it, by path. */
function* walkThrough(
  log: readonly Followed[],
  files: Map<string, string>,
  prefix: string,
  digests: ReturnType<typeof makeDigests>,
  blobs: Blobs,
  use: GitUse,
): Generator<Step> {
  const digestOf = digest(log, digests, use);
  const stepAt = (commit: Commit | null, mayDiffer: boolean, paths: readonly string[]): Step => {
    return {
      commit,
      mayDiffer,
      tree: treeOf(files, prefix, commit?.id ?? '', blobs),
      paths: paths.map((path) => shown(path, prefix)),
    };
  };
  const oldest = log.at(-1);
  if (oldest && files.size > 0) yield stepAt(null, true, [...oldest.paths, ...oldest.extra]);
  for (const { commit, changes, paths } of log.toReversed()) {
    for (const { before } of commit.changes) if (before) files.delete(before.path);
    for (const { after } of commit.changes) if (after) files.set(after.path, after.blob);
    const relevant = changes.filter(
      (change) => change.isYaml || digestOf(change, 'before') + digestOf(change, 'after'),
    );
    if (relevant.length === 0) continue;
    const mayDiffer = relevant.some((change) => {
      const isRenamed = change.before?.path !== change.after?.path;
      return isRenamed || digestOf(change, 'before') !== digestOf(change, 'after');
    });
    yield stepAt(commit, mayDiffer, paths);
  }
}

type SidedDigest = (change: Followed['changes'][number], side: 'before' | 'after') => string;

/** Reads each content once, and keeps its digest. */
function digest(
  log: readonly Followed[],
  { ofYaml, ofNumbers }: ReturnType<typeof makeDigests>,
  use: GitUse,
): SidedDigest {
  const wanted = { yaml: new Map<string, string>(), numbers: new Map<string, string>() };
  for (const { before, after, isYaml } of log.flatMap(({ changes }) => changes)) {
    for (const version of [before, after]) {
      if (version) wanted[isYaml ? 'yaml' : 'numbers'].set(version.blob, version.path);
    }
  }
  const read = (names: ReadonlyMap<string, string>, of: Digest) => {
    const digests = new Map<string, string>();
    readBlobs(use, [...names.keys()], (blob, bytes) => digests.set(blob, bytes ? of(names.get(blob)!, bytes) : blob));
    return digests;
  };
  let hasFiles = false;
  const yaml = read(wanted.yaml, (name, bytes) => {
    hasFiles ||= /files?["']? *:/.test(bytes.toString('latin1')) || isEncrypted(name, bytes);
    return ofYaml(name, bytes);
  });
  // Without number files, the other files of the repository are not read.
  const numbers = hasFiles ? read(wanted.numbers, ofNumbers) : new Map<string, string>();
  return (change, side) => (change.isYaml ? yaml : numbers).get(change[side]?.blob ?? '') ?? '';
}
