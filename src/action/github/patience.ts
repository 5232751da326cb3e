/** How long the action waits for GitHub, and what it repeats. */
import type { Clock } from '../../model/world.ts';

const LIMIT = 30_000; // ms for one call, from its start to the end of its answer
const BUDGET = 120_000; // ms that one step waits for GitHub's rate limits, all calls together
const REPEATS = 3;
const MOST_LIMITS = 10; // of one call, for a server that asks for no time at all

type Headers = Readonly<Record<string, string | number | undefined>>;

/** GitHub's answer, or why there was none. Octokit gives a failed connection the status 500. */
export interface Trouble extends Error {
  readonly status?: number;
  readonly response?: { readonly headers: Headers };
}

export interface Wait {
  readonly ms: number;
  readonly why: 'rate limit' | 'failure';
}

/**
 * Returns how long to wait before a failed call is repeated, by "Best practices for using the REST API" of GitHub's
 * documentation; null if it is not repeated.
 *
 * | status | headers | wait |
 * | --- | --- | --- |
 * | 403, 429 | retry-after | as long as it says |
 * | 403, 429 | x-ratelimit-remaining: 0 | until x-ratelimit-reset |
 * | 429, or 403 with "rate limit" | none | a minute |
 * | 403 | none | not repeated: a permission is missing |
 * | 5xx, no connection | | 1, 4 and 9 s, if the call is safe to repeat |
 * | none in time | | not repeated |
 *
 * @param now in seconds since 1970.
 */
export function waitAfter({ status = 0, message, response }: Trouble, attempt: number, safe: boolean, now: number) {
  const headers = response?.headers ?? {};
  if (status === 403 || status === 429) {
    const seconds = secondsOf(status, message, headers, now);
    return seconds === null || attempt > MOST_LIMITS ? null : wait('rate limit', Math.max(0, seconds));
  }
  return status >= 500 && safe && attempt <= REPEATS ? wait('failure', attempt ** 2) : null;
}

const wait = (why: Wait['why'], seconds: number): Wait => ({ ms: seconds * 1000, why });

function secondsOf(status: number, message: string, headers: Headers, now: number): number | null {
  const [after, reset] = [Number(headers['retry-after']), Number(headers['x-ratelimit-reset'])];
  if (Number.isFinite(after)) return after;
  if (String(headers['x-ratelimit-remaining']) === '0' && Number.isFinite(reset)) return reset - now;
  return status === 429 || /rate limit/i.test(message) ? 60 : null;
}

/** Whether a failed write may have been done all the same: it is looked for before it is repeated. */
export const isAmbiguous = (error: unknown) => ((error as Trouble).status ?? 0) >= 500;

export interface Patience {
  readonly clock: Pick<Clock, 'sleep' | 'unix'>;
  /** Once it is aborted, nothing is waited for or repeated. */
  readonly stop: AbortSignal;
  /** Once it is aborted, calls in flight end. */
  readonly late: AbortSignal;
  say(message: string): void;
}

/** Makes the function that sends each call, with a time limit, and again if GitHub asks for patience. */
export function makePatient({ clock, stop, late, say }: Patience) {
  let budget = BUDGET;
  return async <T>(send: (signal: AbortSignal) => Promise<T>, safe: boolean): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await within(LIMIT, send, clock, late);
      } catch (error) {
        const due = stop.aborted ? null : waitAfter(error as Trouble, attempt, safe, clock.unix());
        if (!due) throw error;
        const seconds = Math.ceil(due.ms / 1000);
        if (due.why === 'rate limit') {
          if (due.ms > budget) throw new Error(tooLong(seconds), { cause: error });
          budget -= due.ms;
          say(`GitHub's rate limit is reached; waiting ${seconds} s, as it asks`);
        } else {
          say(`GitHub failed or could not be reached; asking again in ${seconds} s`);
        }
        await clock.sleep(due.ms, stop);
      }
    }
  };
}

const tooLong = (seconds: number) =>
  `GitHub's rate limit is reached; it asks for ${seconds} s, and a step waits at most ${BUDGET / 1000} s`;

async function within<T>(
  limit: number,
  send: (signal: AbortSignal) => Promise<T>,
  clock: Pick<Clock, 'sleep'>,
  late: AbortSignal,
): Promise<T> {
  const [call, done] = [new AbortController(), new AbortController()];
  const timer = clock.sleep(limit, AbortSignal.any([done.signal, late])).then((): never => {
    call.abort();
    throw new Error(late.aborted ? 'the step was ended' : `no answer within ${limit / 1000} s`);
  });
  timer.catch(() => {}); // the call may have ended before
  try {
    return await Promise.race([send(call.signal), timer]);
  } finally {
    done.abort();
  }
}
