/** Defines the errors: one class for each kind, with a message in words or as data. */
import type { StageFailure } from './failure.ts';
import type { Fault } from './fault.ts';

/** An error in the command line, the environment or the desired state. Nothing was sent. Exit code 6. */
export class InvalidError extends Error {
  override readonly name = 'InvalidError';
  readonly faults: readonly Fault[];

  constructor(faults: string | readonly (string | Fault)[]) {
    const all = typeof faults === 'string' ? [faults] : faults;
    const list = all.map((fault) => (typeof fault === 'string' ? { message: fault } : fault));
    super(list.map((fault) => fault.message).join('\n'));
    this.faults = list;
  }
}

/** Another program failed. The message is our own. */
export class ProgramError extends Error {
  /** The program's name and its own words: untrusted text. Undefined if it printed none. */
  readonly detail: string | undefined;

  constructor(message: string, program: string, words: string) {
    super(message);
    this.detail = words === '' ? undefined : `${program}: ${words}`;
  }
}

/** Tokens are missing in the environment, and there is no other error. */
export class MissingTokenError extends InvalidError {}

/** A stage cannot continue, although no request failed. */
export class StageError extends Error {
  readonly reason: StageFailure | Fault;

  constructor(reason: StageFailure | string) {
    super(typeof reason === 'string' ? reason : reason.kind);
    this.reason = typeof reason === 'string' ? { message: reason } : reason;
  }
}

/**
 * The plan is not the approved one, or the files or a live list changed after it was made. Nothing was
 * written. Exit code 5.
 */
export class StaleError extends StageError {}

/**
 * How a failed attempt may be repeated. `transient`: it may succeed soon. `throttle`: slowly, as the server
 * is throttling. `protocol`: a few times, as a repeat seldom gets a better answer than a malformed one.
 */
export type Retry = 'no' | 'transient' | 'throttle' | 'protocol';

/** A request that failed. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly retry: Retry = 'no';
  /** The write may have taken effect although the request failed. */
  readonly ambiguous: boolean = false;
  /** The server refused the content of this request (400). Smaller batches may succeed. */
  readonly refused: boolean = false;
  /** The list has no room for all numbers of this write. Smaller batches may fit. */
  readonly full: boolean = false;
  /** The server counts the users of a write, so that a smaller one may succeed after the retries of this one. */
  readonly tooLarge: boolean = false;
  /** The server answered for a part of the write, and only the rest is repeated. */
  readonly partial: boolean = false;
  /** The server answered a repeat for the rest of a partial write, and throttled all of that rest. */
  readonly stuck: boolean = false;
  /** No connection to the API was made, so nothing was sent. */
  readonly unconnected: boolean = false;
  /** Further requests of this bot cannot succeed (401, 404, TLS, outage). */
  readonly hopeless: boolean = false;
  /** The server's own words: untrusted text. */
  readonly detail: string | undefined;
  /** The wait that the server requested, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { cause, ...facts }: Partial<Omit<ApiError, keyof Error>> & ErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, facts);
  }
}

/** A request that was not sent, repeated or waited for, because the run was interrupted or the bot has failed. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  /** An attempt of this write was sent and may have taken effect. */
  readonly ambiguous: boolean;
  /** Why the bot has failed; null if the run was interrupted. */
  readonly failure: ApiError | null;

  constructor(ambiguous = false, failure: ApiError | null = null) {
    super('interrupted');
    this.ambiguous = ambiguous;
    this.failure = failure;
  }
}

/** The words for errors of the operating system, by error code. They follow a path and a colon. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EADDRINUSE: 'already in use',
  EADDRNOTAVAIL: 'this machine does not have the address',
  EBUSY: 'in use by another program',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'already exists',
  EFBIG: 'larger than the file size limit of this user or disk',
  EIO: 'the disk reported a read or write error',
  EISDIR: 'this is a folder, not a file',
  ELOOP: 'the symbolic links form a loop',
  EMFILE: 'too many open files',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many open files',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'no space left on the disk',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ETXTBSY: 'in use by another program',
};

/** Words an error of the operating system. Returns null for any other error. */
export function systemError(error: unknown): string | null {
  const { code, errno } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined) return null;
  return SYSTEM_ERRORS[code] ?? `the system reported ${code}`;
}
