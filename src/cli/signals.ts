/**
 * Handles signals. The first signal stops new requests and gives requests in flight a few seconds. The second signal
 * cuts them, so that the report follows at once. The third signal ends the process.
 *
 * A GitHub runner sends SIGINT, SIGTERM 7.5 s later, and SIGKILL 2.5 s after that.
 */
import { once, setMaxListeners } from 'node:events';
import type { Clock } from '../model/world.ts';
import { flushed, type Output } from './output/streams.ts';

const GRACE = 3_000; // ms for requests in flight after the first signal
const PATIENCE = 3_000; // ms for readers of the output after the first signal, once the report is written
const LAST_PATIENCE = 1_000; // ms for readers of the output after the second signal

export interface SignalHost {
  readonly signals: { on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown };
  readonly clock: Clock;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** What the first and the second signal print. */
export interface Notices {
  readonly first: string;
  readonly second: string;
}

const ONCE_MORE = 'Interrupted again: press Ctrl-C once more to end at once';
const OF_REQUESTS = 'Interrupted: stopping after the open requests, if any; press Ctrl-C again to stop at once';

/** The notices by what the run has done so far. A run that asks reports what it leaves undone after its question. */
const NOTICES = {
  offline: { first: 'Interrupted: stopping', second: ONCE_MORE },
  asking: { first: 'Interrupted', second: ONCE_MORE },
  reading: { first: OF_REQUESTS, second: 'Interrupted again: stopping at once; no live list was changed' },
  writing: { first: OF_REQUESTS, second: 'Interrupted again: the results of open requests are unknown' },
} satisfies Readonly<Record<string, Notices>>;

export interface Interruption {
  /** Aborted by the first signal: nothing new is sent. */
  readonly stop: AbortSignal;
  /** Acts like a signal. */
  interrupt(): void;
  /** Takes the function that cuts all requests in flight. */
  onHttp(cut: () => void): void;
  /** Called before each request that may change a live list. */
  onWrite(): void;
  /** Waits for the answer to a question. */
  asking<T>(answer: Promise<T>): Promise<T>;
  /** Replaces what signals print, for a command without a report. */
  announce(notices: Notices): void;
  /** Waits until the output of the run is read. After a signal, ends the process if that takes too long. */
  finish(): Promise<void>;
}

export function heedSignals({ signals, clock, stdout, stderr, exit }: SignalHost): Interruption {
  const [first, second, over] = [new AbortController(), new AbortController(), new AbortController()];
  setMaxListeners(0, first.signal); // each waiting request listens
  let cut = () => {};
  let notices: Notices = NOTICES.offline;

  function interrupt(): void {
    if (!first.signal.aborted) {
      first.abort();
      stderr.write(`\n${notices.first}\n`);
      void clock.sleep(GRACE, over.signal).then(() => cut());
    } else if (!second.signal.aborted) {
      second.abort();
      stderr.write(`${notices.second}\n`);
      cut();
    } else {
      exit(130);
    }
  }

  /** Ends the process some time after a signal, even if output is unread. */
  async function leave(): Promise<void> {
    if (!first.signal.aborted) await once(first.signal, 'abort');
    await clock.sleep(PATIENCE, AbortSignal.any([second.signal, over.signal]));
    if (second.signal.aborted) await clock.sleep(LAST_PATIENCE, over.signal);
    if (over.signal.aborted) return;
    stderr.write('Stopped before all output was read\n');
    exit(130);
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) signals.on(signal, interrupt);
  return {
    stop: first.signal,
    interrupt,
    onHttp(how) {
      cut = how;
      notices = NOTICES.reading;
    },
    onWrite() {
      notices = NOTICES.writing;
    },
    async asking(answer) {
      const before = notices;
      notices = NOTICES.asking;
      return answer.finally(() => {
        notices = before;
      });
    },
    announce(others) {
      notices = others;
    },
    async finish() {
      await Promise.race([Promise.all([flushed(stdout), flushed(stderr)]), leave()]);
      over.abort();
    },
  };
}
