/** Writes to the streams of a process. It loads nothing else, as the help needs no more. */
import type { Writable } from 'node:stream';

/** A terminal, a pipe or a file. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The process whose streams are written. */
export interface StreamHost {
  readonly stdout: Output;
  /** The reader of stdout closed the pipe. */
  readonly stdoutClosed: boolean;
  /** Aborted by a signal. After it, no write waits for its reader. */
  readonly stop: AbortSignal;
}

/**
 * Writes, and waits for a slow reader, so that a long report does not fill the memory. After a signal it does
 * not wait: a reader that has stopped must not keep the run from ending.
 */
export async function write(host: StreamHost, stream: Output, text: string): Promise<void> {
  const { stop, stdout, stdoutClosed } = host;
  if (stream === stdout && stdoutClosed) return;
  if (stream.write(text) || stop.aborted) return;
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

/** Breaks long lines between words if the stream is a terminal. A pipe gets each line whole. */
export function breakLines(text: string, { isTTY, columns }: Output): string {
  if (!isTTY || !columns) return text;
  return text
    .split('\n')
    .map((line) => (KEPT.test(line) ? line : breakLine(line, columns)))
    .join('\n');
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
