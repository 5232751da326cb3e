/** Decides how long the action waits for GitHub and which calls it repeats. */
import type { Clock } from '../../model/world.ts';

const LIMIT = 30_000; // ms for one call, from its start to the end of its answer
const BUDGET = 120_000; // ms that all calls of a step together wait for GitHub's rate limits
const REPEATS = 3;
const MOST_LIMITS = 10; // waits of one call, as a server may request waits of zero seconds

type Headers = Readonly<Record<string, string | number | undefined>>;

/** An error of GitHub or of the connection. Octokit gives a failed connection the status 500. */
export interface Trouble extends Error {
  readonly status?: number;
  readonly response?: { readonly headers: Headers };
}

export interface Wait {
  readonly ms: number;
  readonly why: 'rate limit' | 'failure';
}

/**
 * Returns the wait before a failed call is repeated, or null if it is not repeated. Source: "Best practices
 * for using the REST API" in GitHub's documentation.
 *
 * | status | headers | wait |
 * | --- | --- | --- |
 * | 403, 429 | retry-after | its value |
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

/** Reports whether a failed write may have taken effect, so that its post must be looked for before a repeat. */
export const isAmbiguous = (error: unknown) => ((error as Trouble).status ?? 0) >= 500;

export interface Patience {
  readonly clock: Pick<Clock, 'sleep' | 'unix'>;
  /** When aborted, no call waits or is repeated. */
  readonly stop: AbortSignal;
  /** When aborted, calls in flight end. */
  readonly late: AbortSignal;
  say(message: string): void;
}

/** Makes the function that sends each call with a time limit, and repeats it if `waitAfter` returns a wait. */
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
          say(`GitHub's rate limit is reached; waiting ${seconds} s as requested`);
        } else {
          say(`GitHub failed or could not be reached; retrying in ${seconds} s`);
        }
        await clock.sleep(due.ms, stop);
      }
    }
  };
}

const tooLong = (seconds: number) =>
  `GitHub's rate limit requires a wait of ${seconds} s, and a step waits at most ${BUDGET / 1000} s`;

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
  timer.catch(() => {}); // the call may have ended earlier
  try {
    return await Promise.race([send(call.signal), timer]);
  } finally {
    done.abort();
  }
}
