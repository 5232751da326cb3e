import type { Writable } from 'node:stream';
import { Ansis } from 'ansis';
import type { Report } from '../model/report.ts';
import { reporters } from '../report/index.ts';
import { makeSanitizer } from '../report/voice/index.ts';
import { redact } from '../report/voice/redact.ts';

/** How the user wants to be spoken to. */
export interface OutputOptions {
  readonly format: string;
  readonly numbers?: 'full' | 'masked';
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
}

/** A terminal, a pipe or a file. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Where a run speaks to, and what it must never say. */
export interface Streams {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly secrets: ReadonlySet<string>;
  /** The reader of stdout has left. */
  readonly stdoutClosed: boolean;
}

/** Waits while the reader of a pipe is slow, so that a long report is never held in memory. */
export async function write(speaker: Streams, stream: Output, text: string): Promise<void> {
  if (stream === speaker.stdout && speaker.stdoutClosed) return;
  if (stream.write(redact(text, longSecrets(speaker.secrets)))) return;
  await new Promise<void>((resolve) => {
    const ends = ['drain', 'error', 'close'];
    const done = () => {
      for (const end of ends) stream.off(end, done); // a long report waits often
      resolve();
    };
    for (const end of ends) stream.on(end, done);
  });
}

/** For the last door: short secrets were taken out where they came in, and here could hit our own words. */
function longSecrets(secrets: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...secrets].filter((secret) => secret.length >= 8));
}

async function writeAll(speaker: Streams, stream: Output, pieces: Iterable<string>): Promise<void> {
  let buffer = '';
  for (const piece of pieces) {
    buffer += piece;
    if (buffer.length < 65_536) continue;
    await write(speaker, stream, buffer);
    buffer = '';
  }
  if (buffer) await write(speaker, stream, buffer);
}

/** How this run speaks, from its options and from where it speaks to. */
export function makeOutput(options: OutputOptions, speaker: Streams) {
  const { format, numbers, quiet = false, verbose = false, color } = options;
  const { env, stdout, stderr, secrets } = speaker;
  const masked = numbers ? numbers === 'masked' : Boolean(env.CI);
  const clean = makeSanitizer({ masked, maskKey: env.BLACKLISTCTL_MASK_KEY, secrets });
  const forced = Boolean(env.FORCE_COLOR) && env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  const painting = (stream: Output) => {
    const wanted = color && !env.NO_COLOR && env.TERM !== 'dumb' && (stream.isTTY || forced);
    return { clean, color: new Ansis(wanted ? 1 : 0), verbose };
  };
  return {
    quiet,
    clean,
    format,
    /** The report as one text, for somewhere else than a stream. `limit` is in characters; see the format. */
    async text(report: Report, how: string, limit?: number): Promise<string> {
      const reporter = await reporters[how]!();
      const text = [...reporter(report, { clean, color: new Ansis(0), verbose, ...(limit && { limit }) })].join('');
      return redact(text, longSecrets(secrets));
    },
    async report(report: Report, stream: Output = stdout, how = format): Promise<void> {
      const reporter = await reporters[how]!();
      await writeAll(speaker, stream, reporter(report, painting(stream)));
    },
    async problems(report: Report): Promise<void> {
      const told = quiet ? { ...report, warnings: [] } : report;
      const { problemLines } = await import('../report/text.ts');
      const lines = problemLines(told, painting(stderr));
      await writeAll(
        speaker,
        stderr,
        lines.map((line) => `${line}\n`),
      );
    },
  };
}
