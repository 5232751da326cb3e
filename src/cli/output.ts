import type { Writable } from 'node:stream';
import { Ansis } from 'ansis';
import type { Report } from '../model/report.ts';
import type { Env, Trace } from '../model/world.ts';
import { debugLine } from '../report/debug.ts';
import { reporters } from '../report/index.ts';
import { problemLines } from '../report/text.ts';
import { makeSanitizer, type Sanitizer } from '../report/voice/index.ts';
import { redact } from '../report/voice/redact.ts';

/** The output options that commands share. */
export interface OutputOptions {
  readonly format: string;
  readonly numbers?: 'full' | 'masked';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  /** Prints a line for each request. */
  readonly debug?: boolean;
}

/** A terminal, a pipe or a file. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The process that a run prints to. */
export interface OutputHost {
  readonly env: Env;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Redacted in all output. */
  readonly secrets: ReadonlySet<string>;
  /** The reader of stdout closed the pipe. */
  readonly stdoutClosed: boolean;
  /** Aborted by a signal. After it, no write waits for its reader. */
  readonly stop: AbortSignal;
}

/**
 * Writes, and waits for a slow reader, so that a long report does not fill the memory. After a signal it does
 * not wait: a reader that has stopped must not keep the run from ending.
 */
export async function write(host: OutputHost, stream: Output, text: string): Promise<void> {
  const { stop, stdout, stdoutClosed, secrets } = host;
  if (stream === stdout && stdoutClosed) return;
  if (stream.write(redactLong(text, secrets)) || stop.aborted) return;
  await new Promise<void>((resolve) => {
    const ends = ['drain', 'error', 'close'];
    const done = () => {
      for (const end of ends) stream.off(end, done); // or a long report leaks listeners
      stop.removeEventListener('abort', done);
      resolve();
    };
    for (const end of ends) stream.on(end, done);
    stop.addEventListener('abort', done);
  });
}

/** Waits until the output of a stream is read, or the stream failed. */
export async function flushed(stream: Output): Promise<void> {
  if (stream.writableLength > 0) await new Promise((resolve) => stream.write('', resolve)); // after all earlier writes
}

/**
 * Redacts the whole output. Short secrets are redacted in foreign text only, as they could match parts of our
 * own words.
 */
function redactLong(text: string, secrets: ReadonlySet<string>): string {
  return redact(text, new Set([...secrets].filter((secret) => secret.length >= 8)));
}

/** Breaks long lines between words if the stream is a terminal. A pipe gets each line whole. */
export function breakLines(text: string, { isTTY, columns }: Output): string {
  if (!isTTY || !columns) return text;
  return text
    .split('\n')
    .map((line) => (KEPT.test(line) ? line : breakLine(line, columns)))
    .join('\n');
}

function* breakAll(pieces: Iterable<string>, stream: Output): Generator<string> {
  for (const piece of pieces) yield breakLines(piece, stream);
}

/** Matches lines that must not be broken: a line of a file, the caret below it, and a command to paste. */
const KEPT = /^\s+(?:\d+ \||\^$)|blacklistctl [a-z]/;

function breakLine(line: string, columns: number): string {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = indent;
  for (const [at, word] of line.slice(indent.length).split(' ').entries()) {
    const longer = at === 0 ? current + word : `${current} ${word}`;
    if (at === 0 || width(longer) <= columns) current = longer;
    else {
      lines.push(current.trimEnd());
      current = `${indent}  ${word}`;
    }
  }
  return [...lines, current].join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colors have no width
const width = (text: string) => text.replace(/\u001b\[[\d;]*m/g, '').length;

async function writeAll(host: OutputHost, stream: Output, pieces: Iterable<string>): Promise<void> {
  let buffer = '';
  for (const piece of pieces) {
    buffer += piece;
    if (buffer.length < 65_536) continue;
    await write(host, stream, buffer);
    buffer = '';
  }
  if (buffer) await write(host, stream, buffer);
}

const MASKED = 'note: numbers are masked because CI is set; to print them in full, pass --numbers full';
/** Prints a line for each request to stderr. Numbers are always masked: people attach the lines to bug reports. */
export function makeTrace({ env, stderr, secrets }: Pick<OutputHost, 'env' | 'stderr' | 'secrets'>): Trace {
  const clean = makeSanitizer({ masked: true, maskKey: env.BLACKLISTCTL_MASK_KEY, secrets });
  const clear = stderr.isTTY ? '\r\u001b[K' : ''; // removes the line of progress, which is drawn again
  return (attempt) => void stderr.write(clear + redactLong(debugLine(attempt, clean), secrets));
}

/** Whether a variable switches something on: `1`, but not `0`. */
export const isOn = (variable = '') => !['', '0', 'false'].includes(variable.toLowerCase());

export function makeOutput(options: OutputOptions, host: OutputHost) {
  const { format, numbers, quiet = false, verbose = false, color } = options;
  const { env, stdout, stderr, secrets } = host;
  const masked = numbers ? numbers === 'masked' : Boolean(env.CI);
  const sanitizer = makeSanitizer({ masked, maskKey: env.BLACKLISTCTL_MASK_KEY, secrets });
  let hasMasked = false;
  const number: Sanitizer['number'] = (value) => {
    hasMasked ||= masked;
    return sanitizer.number(value);
  };
  const clean: Sanitizer = { ...sanitizer, number };
  const forced = isOn(env.FORCE_COLOR);
  const painting = (stream: Output) => {
    const wanted = color && !env.NO_COLOR && env.TERM !== 'dumb' && (stream.isTTY || forced);
    return { clean, color: new Ansis(wanted ? 1 : 0), verbose };
  };
  // JSON is for programs, and its fields keep their meaning.
  const heard = (report: Report, how: string): Report =>
    quiet && how !== 'json' ? { ...report, warnings: [] } : report;
  return {
    clean,
    /** Returns the report as one text. `limit` is in characters, for formats that can shorten a report. */
    text(report: Report, how: string, limit?: number): string {
      const options = { clean, color: new Ansis(0), verbose, ...(limit && { limit }) };
      return redactLong([...reporters[how]!(heard(report, how), options)].join(''), secrets);
    },
    async report(report: Report, stream: Output = stdout, how = format): Promise<void> {
      const pieces = reporters[how]!(heard(report, how), painting(stream));
      // A patch and commands to paste keep their lines.
      const isProse = how === 'text' && !['format', 'edit', 'init'].includes(report.kind);
      await writeAll(host, stream, isProse ? breakAll(pieces, stream) : pieces);
    },
    /** Notes on stderr, after a report with masked numbers, why they are masked if no option asked for it. */
    async maskNote(): Promise<void> {
      if (hasMasked && !numbers && !quiet) await writeAll(host, stderr, breakAll([`${MASKED}\n`], stderr));
    },
    async problems(report: Report): Promise<void> {
      const lines = problemLines(heard(report, 'text'), painting(stderr));
      const pieces = lines.map((line) => `${line}\n`);
      await writeAll(host, stderr, breakAll(pieces, stderr));
    },
  };
}
