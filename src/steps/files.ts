import type { NumberFiles, Wanted } from '../desired/number-files/read.ts';
import type { Past } from '../desired/source/past.ts';
import type { Tree } from '../desired/source/tree.ts';
import type { SourceFile } from '../desired/source/yaml-files.ts';
import type { Fault } from '../model/fault.ts';
import type { Msisdn } from '../numbers/msisdn.ts';

/** The kinds of files that a run writes: a saved plan, a JSON report, metrics, or desired state. */
export type FileKind = 'plan' | 'report' | 'metrics' | 'desired';

/** A commit, and the option that names it. */
export interface CommitName {
  readonly ref: string;
  readonly option: '--base' | '--at';
}

export interface Files {
  /** Reads files of desired state. `sealed`: encrypted files are not decrypted, and have no text. */
  readDesired(paths: readonly string[], options?: { readonly sealed: boolean }): Promise<FilesRead>;
  /** Reads the files as they were in a commit. @throws InvalidError if the commit cannot be read. */
  readDesiredAt(at: CommitName | Tree, paths: readonly string[]): Promise<FilesRead & { absent: string[] }>;
  /** Reads the number files of desired state, as they are or as they were in a commit. */
  readNumbers(wanted: readonly Wanted[], at?: CommitName | Tree): Promise<NumberFiles>;
  /**
   * Reads the history of the files at the paths.
   *
   * @param numbers of the user whose history is wanted, in all spellings.
   * @throws InvalidError if git or the repository cannot be read.
   */
  readPast(paths: readonly string[], numbers: readonly Msisdn[]): Past;
  /** Returns the day on which a commit was made, as YYYY-MM-DD in UTC. @throws InvalidError */
  dayOf(at: CommitName): string;
  /** Returns the paths, and the names that renamed files had at a commit before HEAD. */
  pathsAt(at: CommitName, paths: readonly string[]): readonly string[];
  /** Reads standard input to its end. */
  readStdin(): Promise<Buffer>;
  read(path: string): string;
  /** Reads a token file, of at most 64 KiB. @throws Error in words that omit the path. */
  readToken(path: string): string;
  /** Returns null if the file does not exist. */
  readIfThere(path: string): string | null;
  exists(path: string): boolean;
  /**
   * Writes a file that only its owner can read, in one step: readers see the old file or the new one. Does not
   * replace a file of another kind. The default kind is `plan`.
   */
  writePrivate(path: string, pieces: Iterable<string>, kind?: 'plan' | 'report'): void;
  /** Throws the error that writing the file would throw, if it is known before there is anything to write. */
  checkWritable(path: string, kind: FileKind): void;
  /** Writes a file that all users can read, in one step. */
  writePublic(path: string, pieces: Iterable<string>): void;
  /** Writes a file of desired state in one step; an existing file keeps its mode. */
  writeDesired(path: string, text: string): void;
  /** Reads a file of the package, by its path from the root of the package. */
  readPackaged(path: string): string;
  /** Creates files and their folders: all, or none. Overwrites no file. */
  createAll(files: readonly NewFile[]): void;
}

interface FilesRead {
  files: SourceFile[];
  faults: Fault[];
}

export interface NewFile {
  readonly name: string;
  readonly text: string;
}
