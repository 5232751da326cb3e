import { randomUUID } from 'node:crypto';
import { Ansis } from 'ansis';
import type { Report } from '../../model/report.ts';
import type { Env, Trace } from '../../model/world.ts';
import { debugLine } from '../../report/debug.ts';
import { reporters } from '../../report/index.ts';
import { problemLines } from '../../report/text.ts';
import { makeSanitizer, type Sanitizer, WITHHELD } from '../../report/voice/index.ts';
import { MASK_KEY } from './secrets.ts';
import { breakLines, type Output, type StreamHost, write } from './streams.ts';

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

/** The process that a run prints to. */
export interface OutputHost extends StreamHost {
  /** The arguments, or the inputs of the action, which messages may quote. */
  readonly argv?: readonly string[];
  readonly env: Env;
  readonly stderr: Output;
  /** Redacted in all output. */
  readonly secrets: ReadonlySet<string>;
  /** Makes the tags of masked numbers differ from those of other runs; the default knows pull requests of GitHub. */
  readonly salt?: string;
}

function* breakAll(pieces: Iterable<string>, stream: Output): Generator<string> {
  for (const piece of pieces) yield breakLines(piece, stream);
}

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

/** Makes the sanitizer of a run's output. All its numbers have tags of one salt. */
function sanitizerOf({ argv = [], env, secrets, salt = saltOf(env) }: Cleaning, masked: boolean): Sanitizer {
  return makeSanitizer({ masked, maskKey: env[MASK_KEY], salt, args: argv, secrets });
}

type Cleaning = Pick<OutputHost, 'argv' | 'env' | 'secrets' | 'salt'>;

const OF_THIS_PROCESS = randomUUID();

/** Returns a text that the runs for one pull request share; in other runs, a random one. */
function saltOf({ GITHUB_REPOSITORY, GITHUB_REF = '' }: Env): string {
  const pull = /^refs\/pull\/\d+\//.exec(GITHUB_REF)?.[0];
  return GITHUB_REPOSITORY && pull ? `${GITHUB_REPOSITORY} ${pull}` : OF_THIS_PROCESS;
}

/** Prints a line for each request to stderr. Numbers are always masked: people attach the lines to bug reports. */
export function makeTrace(host: Cleaning & Pick<OutputHost, 'stderr'>): Trace {
  const { stderr } = host;
  const clean = sanitizerOf(host, true);
  const clear = stderr.isTTY ? '\r\u001b[K' : ''; // removes the line of progress, which is drawn again
  return (attempt) => void stderr.write(clear + debugLine(attempt, clean));
}

/** `why` is null if an option asked for masked numbers. */
function maskNote(why: string | null): string {
  const what = why === null ? 'texts that may contain numbers are withheld' : `numbers are masked because ${why}`;
  return `note: ${what}; to print them in full, pass --numbers full`;
}

/** Whether a variable switches something on: `1`, but not `0`. */
export const isOn = (variable = '') => !['', '0', 'false'].includes(variable.toLowerCase());

export function makeOutput(options: OutputOptions, host: OutputHost) {
  const { format, numbers, quiet = false, verbose = false, color } = options;
  const { env, stdout, stderr } = host;
  const used = new Set<Output>(); // the streams that got masked numbers or lack withheld texts
  const cleanFor = (stream: Output): Sanitizer => {
    const masked = numbers ? numbers === 'masked' : Boolean(env.CI) || !stream.isTTY;
    const clean = sanitizerOf(host, masked);
    if (!masked) return clean;
    const noted = (shown: string, isChanged: boolean) => {
      if (isChanged) used.add(stream);
      return shown;
    };
    const withheld = (shown: string) => noted(shown, shown.startsWith(WITHHELD));
    return {
      ...clean,
      number: (value) => noted(clean.number(value), numbers === undefined),
      note: (text) => withheld(clean.note(text)),
      foreign: (text) => withheld(clean.foreign(text)),
    };
  };
  const cleans = new Map([stdout, stderr].map((stream) => [stream, cleanFor(stream)]));
  const clean = cleans.get(stdout)!;
  const forced = isOn(env.FORCE_COLOR);
  const painting = (stream: Output, how = 'text') => {
    const wanted = how === 'text' && color && !env.NO_COLOR && env.TERM !== 'dumb' && (stream.isTTY || forced);
    return { clean: cleans.get(stream)!, color: new Ansis(wanted ? 1 : 0), verbose };
  };
  // JSON is for programs, and its fields keep their meaning.
  const heard = (report: Report, how: string): Report =>
    quiet && how !== 'json' ? { ...report, warnings: [] } : report;
  return {
    clean,
    cleanOnStderr: cleans.get(stderr)!,
    /** Returns the report as one text. `limit` is in characters, for formats that can shorten a report. */
    text(report: Report, how: string, limit?: number): string {
      const options = { clean, color: new Ansis(0), verbose, ...(limit && { limit }) };
      return [...reporters[how]!(heard(report, how), options)].join('');
    },
    async report(report: Report, stream: Output = stdout, how = format): Promise<void> {
      const pieces = reporters[how]!(heard(report, how), painting(stream, how));
      // A patch and commands to paste keep their lines.
      const isProse = how === 'text' && !['format', 'edit', 'init'].includes(report.kind);
      await writeAll(host, stream, isProse ? breakAll(pieces, stream) : pieces);
    },
    /** Notes on stderr why numbers are masked if no option asked for it, or that texts are withheld. */
    async maskNote(): Promise<void> {
      if (used.size === 0 || quiet) return;
      const names = Array.from(used, (stream) => (stream === stdout ? 'stdout' : 'stderr'))
        .sort()
        .reverse();
      const are = names.length === 1 ? 'is not a terminal' : 'are not terminals';
      const note = maskNote(numbers !== undefined ? null : env.CI ? 'CI is set' : `${names.join(' and ')} ${are}`);
      await writeAll(host, stderr, breakAll([`${note}\n`], stderr));
    },
    async problems(report: Report): Promise<void> {
      const lines = problemLines(heard(report, 'text'), painting(stderr));
      const pieces = lines.map((line) => `${line}\n`);
      await writeAll(host, stderr, breakAll(pieces, stderr));
    },
  };
}
