/** Opens a step: its event, its runner, its GitHub client, and the tokens that sign its plan. */
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { isOn, makeOutput, makeTrace, type OutputHost, type OutputOptions } from '../cli/output/index.ts';
import { makeProgress } from '../cli/output/progress.ts';
import { probableTokens } from '../cli/output/secrets.ts';
import { heedSignals, type SignalHost } from '../cli/signals.ts';
import { makeContext, type Surroundings } from '../cli/world.ts';
import type { Clock } from '../model/world.ts';
import type { Context } from '../steps/context.ts';
import { readEvent, type StepEvent } from './event.ts';
import { type GitHub, openGitHub, type Pull } from './github/client.ts';
import { quotable } from './inputs.ts';
import { makeRunner, type Runner } from './runner.ts';

/** The parts of the process that a step needs. */
export interface ActionHost
  extends Pick<Surroundings, 'stdin' | 'clock' | 'packageRoot'>,
    Pick<OutputHost, 'env'>,
    SignalHost {}

export interface Step {
  readonly host: ActionHost;
  readonly event: StepEvent;
  readonly output: ReturnType<typeof makeOutput>;
  readonly runner: Runner;
  /** By bot id, for each bot whose client was opened. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Aborted by the first signal. */
  readonly stop: AbortSignal;
  /** Waits until the log has been written, as long as signals allow. */
  finish(): Promise<void>;
  /** Opens the GitHub client. @throws InvalidError if the step has no token for GitHub. */
  github(): GitHub;
  /** The pull requests of the event's commit. */
  pulls(): Promise<readonly Pull[]>;
  /** Reports whether the event's commit was the head of its branch, or had no branch, at the first call. */
  wasNewest(): Promise<boolean>;
  /** `debug`: the log gets a line for each request, as it also does if the runner debugs its steps. */
  contextOf(rest?: Pick<Surroundings, 'decrypt'> & { readonly debug?: boolean | undefined }): Context;
}

// More people can read logs than may see the lists, so numbers are always masked.
export const OUTPUT: OutputOptions = { format: 'text', numbers: 'masked', color: false };

// The runner kills a step 10 s after its first signal (see `cli/signals`).
const PUBLISHED = 9_000; // ms after the first signal; then nothing more is published

/** @param over aborted when the step has ended. */
export function openStep(host: ActionHost, over: AbortSignal): Step {
  const { env, stdin, stdout, stderr, clock, packageRoot } = host;
  const runner = makeRunner(env, stdout);
  const event = readEvent(env, env.GITHUB_EVENT_PATH ? JSON.parse(readFileSync(env.GITHUB_EVENT_PATH, 'utf8')) : {});
  const secrets = new Secrets(runner.mask);
  for (const token of probableTokens(env)) secrets.add(token);
  const tokens = new Map<string, string>();
  const { stop, onHttp, onWrite, finish } = heedSignals(host);
  const late = lateAfter(stop, clock, over);
  const argv = quotable(runner.input);
  const verbose = argv.includes('--verbose');
  const output = makeOutput({ ...OUTPUT, verbose }, { argv, env, stdout, stderr, secrets, stop, stdoutClosed: false });
  const progress = makeProgress({
    terminal: false,
    columns: 80,
    clock,
    clean: output.cleanOnStderr,
    write: (text) => void stderr.write(text),
  });
  const github = once(() => {
    const token = runner.input('github-token');
    secrets.add(token);
    const baseUrl = env.GITHUB_API_URL || 'https://api.github.com';
    const { repository } = event;
    return openGitHub({ token, baseUrl, repository, patience: { clock, stop, late, say: runner.info } });
  });
  const surroundings = { env, stdin, clock, packageRoot, stop, secrets, tokens, progress, onHttp, onWrite };
  const unattended = { async present() {}, confirm: null, ask: null };
  return {
    host,
    event,
    output,
    runner,
    tokens,
    stop,
    finish,
    github,
    pulls: once(() => awaitPulls(event, github(), clock, stop)),
    wasNewest: once(async () => {
      const head = event.branch === null ? null : await github().headOf(event.branch);
      return head === null || head === event.sha;
    }),
    contextOf: ({ debug = false, ...rest } = {}) => {
      const isDebugging = debug || isOn(env.RUNNER_DEBUG) || isOn(env.BLACKLISTCTL_DEBUG);
      const trace = isDebugging ? makeTrace({ argv, env, stderr, secrets }) : undefined;
      return makeContext({ ...surroundings, ...unattended, ...rest, trace });
    },
  };
}

/** Also makes the runner redact each secret in all logs of the job. */
class Secrets extends Set<string> {
  readonly #mask: (secret: string) => void;

  constructor(mask: (secret: string) => void) {
    super();
    this.#mask = mask;
  }

  override add(secret: string): this {
    if (secret !== '' && !this.has(secret)) this.#mask(secret);
    return super.add(secret);
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Aborted nine seconds after the first signal. @param over aborted when the step has ended. */
function lateAfter(stop: AbortSignal, clock: Clock, over: AbortSignal): AbortSignal {
  const late = new AbortController();
  setMaxListeners(0, late.signal); // each waiting request adds a listener
  stop.addEventListener('abort', () => void clock.sleep(PUBLISHED, over).then(() => late.abort()));
  return late.signal;
}

const PAUSES = [0, 2, 4, 8, 16, 30]; // s; one minute in total

/** Finds the pull requests of a commit. After a push, GitHub may find the merged one only after some seconds. */
async function awaitPulls({ name, sha }: StepEvent, github: GitHub, clock: Clock, stop: AbortSignal) {
  let pulls = await github.pullsOf(sha);
  for (const pause of name === 'push' ? PAUSES : []) {
    if (pulls.some(({ merged }) => merged) || stop.aborted) break;
    await clock.sleep(pause * 1000, stop);
    pulls = await github.pullsOf(sha);
  }
  return pulls;
}
