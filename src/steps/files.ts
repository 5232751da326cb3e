import type { NumberFiles, Wanted } from '../desired/number-files/read.ts';
import type { SourceFile } from '../desired/source/yaml-files.ts';
import type { Fault } from '../model/fault.ts';

/** What a run writes: a saved plan, a JSON report, metrics, or desired state. */
export type FileKind = 'plan' | 'report' | 'metrics' | 'desired';

export interface Files {
  /** `sealed`: encrypted files are not opened, so they have no text. */
  readDesired(paths: readonly string[], options?: { readonly sealed: boolean }): Promise<FilesRead>;
  /** The same files as they were in a commit; InvalidError if it cannot be read. */
  readDesiredAt(ref: string, paths: readonly string[]): Promise<FilesRead & { absent: string[] }>;
  /** The number files that files of desired state name: as they are, or as they were in a commit. */
  readNumbers(wanted: readonly Wanted[], ref?: string): Promise<NumberFiles>;
  read(path: string): string;
  /** Null if there is no such file. */
  readIfThere(path: string): string | null;
  exists(path: string): boolean;
  /**
   * Writes a file that only its owner may read, in one step: readers see the old file or the new one. Replaces none of
   * another kind. `plan` is the default.
   */
  writePrivate(path: string, pieces: Iterable<string>, kind?: 'plan' | 'report'): void;
  /** Throws the error that writing the file would throw, if it is known before there is anything to write. */
  checkWritable(path: string, kind: FileKind): void;
  /** Writes a file that everybody may read, in one step. */
  writePublic(path: string, pieces: Iterable<string>): void;
  /** Writes a file of desired state in one step; an existing file keeps its mode. */
  writeDesired(path: string, text: string): void;
  /** A file of the package itself, by its path from the package's root. */
  readPackaged(path: string): string;
  /** Creates files and the folders above them: all, or none. Overwrites nothing. */
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
