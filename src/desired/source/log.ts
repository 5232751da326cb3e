/** Reads the commits of a branch, and the files that each of them changed. */
import { InvalidError } from '../../model/errors.ts';
import { type GitUse, idOf, lacksFiles, runGit } from './git.ts';
import { MAX_BYTES } from './tree.ts';

/** A file as a commit has it. Paths are relative to the root of the repository. */
export interface FileVersion {
  readonly path: string;
  /** The id of its content. */
  readonly blob: string;
}

/** A file that a commit created, changed, renamed or deleted. Null where the file does not exist. */
export interface FileChange {
  readonly before: FileVersion | null;
  readonly after: FileVersion | null;
}

export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  /** When it was committed, in seconds since 1970. */
  readonly time: number;
  /** Compared with the first parent. Links and submodules are omitted. */
  readonly changes: readonly FileChange[];
}

/**
 * Lists the commits from a tip along first parents, newest first: these are the states that the branch had. A merge has
 * the changes of the whole merged branch.
 *
 * @param without a commit that, with its ancestors, is not listed.
 */
export function readLog(use: GitUse, tip: string, without?: string): readonly Commit[] {
  const form = ['--format=%x01%H %ct %P', '--raw', '-z', '--no-abbrev', '--find-renames'];
  const range = [tip, ...(without === undefined ? [] : [`^${without}`])];
  const settings = ['-c', 'log.showRoot=true', '-c', 'log.showSignature=false', '-c', 'diff.renameLimit=1000'];
  const text = runGit([...settings, 'log', '--first-parent', '-m', ...form, '--end-of-options', ...range], use);
  return parseLog(text.toString());
}

/** Returns when a commit was made, in seconds since 1970. @param ref a branch, a tag or an id. */
export function timeOfCommit(ref: string, use: GitUse): number {
  const id = idOf(ref, use);
  return Number(runGit(['log', '-1', '--format=%ct', id], use).toString());
}

function parseLog(text: string): Commit[] {
  const commits: (Commit & { changes: FileChange[] })[] = [];
  const parts = text.split('\0');
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at]!;
    const begin = part.indexOf('\u0001');
    if (begin >= 0) {
      const [id = '', time, ...parents] = part
        .slice(begin + 1)
        .trim()
        .split(' ');
      commits.push({ id, parents: parents.filter((parent) => parent !== ''), time: Number(time), changes: [] });
      continue;
    }
    const [, oldMode, newMode, oldBlob, newBlob, status] =
      /^\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) ([A-Z])/.exec(part) ?? [];
    if (status === undefined) continue;
    const from = parts[++at]!;
    const to = status === 'R' || status === 'C' ? parts[++at]! : from;
    const before = versionOf(oldMode!, from, oldBlob!);
    const after = versionOf(newMode!, to, newBlob!);
    if (before || after) commits.at(-1)!.changes.push({ before: status === 'C' ? null : before, after });
  }
  return commits;
}

/** Returns null for a mode that is not of a regular file: nothing, a link or a submodule. */
function versionOf(mode: string, path: string, blob: string): FileVersion | null {
  return mode.startsWith('100') ? { path, blob } : null;
}

/** Lists the files of a commit. */
export function readFilesOf(use: GitUse, commit: string): Map<string, string> {
  const entries = runGit(['ls-tree', '-r', '-z', '--full-tree', commit], use).toString().split('\0');
  return new Map(
    entries.flatMap((entry) => {
      const [, blob, path] = /^100\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      return blob === undefined ? [] : [[path!, blob] as const];
    }),
  );
}

/** The most bytes of files that git prints at once. */
const BATCH = 64 * 1024 * 1024;

/**
 * Reads files by the ids of their contents, in calls of `git cat-file --batch` with many files each.
 *
 * @param take receives each content once, or null for a file that is larger than `MAX_BYTES`.
 */
export function readBlobs(use: GitUse, blobs: readonly string[], take: (blob: string, bytes: Buffer | null) => void) {
  if (blobs.length === 0) return;
  const sizes = runGit(['cat-file', '--batch-check=%(objectname) %(objectsize)'], use, `${blobs.join('\n')}\n`);
  let batch: string[] = [];
  let bytes = 0;
  const flush = () => {
    if (batch.length > 0) takeBatch(use, batch, take);
    batch = [];
    bytes = 0;
  };
  for (const line of sizes.toString().trimEnd().split('\n')) {
    const [blob = '', size = ''] = line.split(' ');
    if (size === 'missing') throw new InvalidError(`${use.option}: ${lacksFiles('HEAD')}`);
    if (Number(size) > MAX_BYTES) {
      take(blob, null);
      continue;
    }
    if (bytes + Number(size) > BATCH) flush();
    batch.push(blob);
    bytes += Number(size);
  }
  flush();
}

function takeBatch(use: GitUse, blobs: readonly string[], take: Parameters<typeof readBlobs>[2]): void {
  const output = runGit(['cat-file', '--batch'], use, `${blobs.join('\n')}\n`);
  let at = 0;
  for (const blob of blobs) {
    const end = output.indexOf('\n', at);
    const size = Number(output.toString('latin1', at, end).split(' ')[2]);
    if (Number.isNaN(size)) throw new InvalidError(`${use.option}: ${lacksFiles('HEAD')}`);
    take(blob, output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
}

/** The words of a commit. */
export interface CommitWords {
  readonly author: string;
  readonly subject: string;
  /** `#12`, `!34` or a URL, if the subject or a trailer names a pull request; null otherwise. */
  readonly pull: string | null;
}

/** Reads the words of commits, by id. */
export function readWords(use: GitUse, ids: readonly string[]): ReadonlyMap<string, CommitWords> {
  if (ids.length === 0) return new Map();
  const form = ['--no-walk=unsorted', '--stdin', '-z', '--encoding=UTF-8', '--format=%H%x01%an%x01%s%x01%b'];
  const text = runGit(['-c', 'log.showSignature=false', 'log', ...form], use, `${ids.join('\n')}\n`).toString();
  return new Map(
    text.split('\0').flatMap((part) => {
      const [id = '', author = '', subject = '', body = ''] = part.trimStart().split('\u0001');
      return id === '' ? [] : [[id, { author, subject, pull: pullOf(subject, body) }] as const];
    }),
  );
}

/** How GitHub, Bitbucket and Azure DevOps name a pull request in a subject, and GitLab and Gerrit in a body. */
const PULLS: readonly RegExp[] = [/\((?:pull request )?([#!]\d+)\)/, /^Merge(?:d)? (?:pull request|PR) (#?\d+)/];
const TRAILERS: readonly RegExp[] = [
  /^See merge request ([\w./-]*!\d+)\s*$/m,
  /^(?:pull[- ]?request|pr|merge[- ]?request|mr|reviewed-on):[ \t]*((?:[\w./-]*[#!])?\d+|https?:\/\/\S+)[ \t]*$/im,
];

function pullOf(subject: string, body: string): string | null {
  const find = (patterns: readonly RegExp[], text: string) =>
    patterns.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  const pull = find(PULLS, subject) ?? find(TRAILERS, body);
  if (pull === undefined) return null;
  return /^\d+$/.test(pull) ? `#${pull}` : pull;
}
