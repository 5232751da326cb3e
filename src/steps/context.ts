import type { Send } from '../api/http.ts';
import type { NumberFiles, Wanted } from '../desired/number-files/read.ts';
import type { SourceFile } from '../desired/source/yaml-files.ts';
import type { Fault } from '../model/model.ts';
import type { Report } from '../model/report.ts';
import type { Clock } from '../model/world.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import type { NumberSet } from '../numbers/number-set.ts';
import type { WarningRules } from './judge.ts';
import type { Selection } from './read-desired.ts';

/** The world as commands see it. `cli.ts` makes the real one; tests and the simulation make theirs. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** Aborted by Ctrl-C: nothing new is sent, what is in flight finishes. */
  readonly stop: AbortSignal;
  /** Whatever is added here appears in no output. */
  readonly secrets: Set<string>;
  readonly progress: Progress;
  readonly files: Files;
  openHttp(options: { timeout: number; sandboxPort?: number }): Promise<{ send: Send; abort(): void }>;
  startSandbox(stateFile: string | undefined): Promise<{ port: number; close(): Promise<void> }>;
  /** The numbers that libphonenumber doubts: by all it knows of them, or by their length alone. */
  doubtful(numbers: NumberSet, by: 'all' | 'length'): Promise<readonly Msisdn[]>;
  /** Shows a plan before it is applied. */
  present(report: Report): Promise<void>;
  /** Asks the person at the terminal; null where there is none. */
  readonly confirm: ((question: string) => Promise<boolean>) | null;
  /** Asks for a line of text, trimmed; it is null if the question was interrupted. Null itself where there is no terminal. */
  readonly ask: ((question: string) => Promise<string | null>) | null;
}

export interface Files {
  /** @param options sealed: encrypted files are not opened, and so have no text. */
  readDesired(
    paths: readonly string[],
    options?: { readonly sealed: boolean },
  ): Promise<{ files: SourceFile[]; faults: Fault[] }>;
  /** The same files as they stood in a commit; InvalidError if it cannot be read. */
  readDesiredAt(
    ref: string,
    paths: readonly string[],
  ): Promise<{ files: SourceFile[]; faults: Fault[]; absent: string[] }>;
  /** The number files that files of desired state name: as they are, or as they stood in a commit. */
  readNumbers(wanted: readonly Wanted[], ref?: string): Promise<NumberFiles>;
  read(path: string): string;
  /** Null if there is no such file. */
  readIfThere(path: string): string | null;
  exists(path: string): boolean;
  /** Writes a file that only its owner may read, in one step: the old file or the whole new one. */
  writePrivate(path: string, pieces: Iterable<string>): void;
  /** Writes a file that everybody may read, in one step as well. */
  writePublic(path: string, pieces: Iterable<string>): void;
  /** Writes a file of desired state in one step; one that is there keeps its mode. */
  writeDesired(path: string, text: string): void;
  /** A file of the package itself, by its path from the package's root. */
  readPackaged(path: string): string;
  /** Creates files and the folders above them: all, or none. Overwrites nothing. */
  createAll(files: readonly NewFile[]): void;
}

export interface NewFile {
  readonly name: string;
  readonly text: string;
}

/** What people see of a run that takes its time. */
export interface Progress {
  begin(activity: 'Reading' | 'Writing' | 'Waiting', total: number): void;
  advance(numbers: number): void;
  note(bot: string, text: string): void;
  end(): void;
}

/** What the commands that talk to the API share. */
export interface ApiOptions extends Selection, WarningRules {
  readonly baseUrl?: string | undefined;
  /** Requests in flight per bot. */
  readonly concurrency: number;
  /** Bots worked on at once. */
  readonly parallel: number;
  /** Requests a second per bot; 0 is unlimited. */
  readonly rate: number;
  /** One request, in milliseconds. */
  readonly timeout: number;
  readonly retries: number;
  /** Tell by which ways each number comes that is added. */
  readonly verbose?: boolean | undefined;
  /** Run against a sandbox in this process; its state file, or '' for none. */
  readonly sandbox?: string | undefined;
}
