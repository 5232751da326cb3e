import type { Context } from '../../src/commands/context.ts';
import type { ApiError } from '../../src/errors.ts';
import type { HttpRequest, HttpResponse } from '../../src/http.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/handler.ts';
import { seededRandom, VirtualClock } from './clock.ts';

/** Every way in which a request can go wrong. A schedule draws a random part of them, each with a rate of its own. */
export const FAULTS = [
  '503',
  '503-after',
  '500',
  '500-after',
  '502',
  '504-after',
  '429',
  '429-retry-after',
  'reset',
  'reset-after',
  'hang',
  'hang-after',
  'truncated',
  'wrong-json',
  'html',
  'partial',
  'zombie',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Schedule {
  readonly seed: number;
  readonly rates: ReadonlyMap<FaultKind, number>;
  /** No request is answered in these spans of time (503). */
  readonly outages: readonly (readonly [number, number])[];
  /** Another writer changes the list at these request counts. */
  readonly intrusions: ReadonlySet<number>;
  readonly propagation: number;
  readonly strict: boolean;
  readonly pastEnd: 'empty' | '400';
  readonly listWithoutPlus: boolean;
  readonly pageSize: number;
  readonly rejected: ReadonlySet<string>;
  /** Requests a second that the server takes, before it answers 500. */
  readonly cap: number;
}

export interface Sent {
  readonly at: number;
  readonly run: number;
  readonly method: HttpRequest['method'];
  readonly bot: string;
  readonly page: number;
  readonly numbers: readonly string[];
  /** The client knows that it took effect. */
  ok: boolean;
}

export const TOKEN = 'canary-7f3a9b-token';

/** A server with faults, and everything that was asked of it. */
export class World {
  readonly clock = new VirtualClock();
  readonly sandbox: Sandbox;
  readonly sent: Sent[] = [];
  readonly schedule: Schedule;
  readonly #random: () => number;
  readonly #together = new Map<string, number>();
  healed = false;
  /** Something other than this tool changed a list, or a write came into effect late. */
  disturbed = false;
  inFlight = 0;
  /** The most requests in flight at once, by run and bot. */
  readonly peaks = new Map<string, number>();

  readonly #ApiError: typeof ApiError;

  constructor(schedule: Schedule, error: typeof ApiError) {
    this.schedule = schedule;
    this.#ApiError = error;
    this.#random = seededRandom(schedule.seed ^ 0x5bd1e995);
    const { propagation, strict, pastEnd, listWithoutPlus, pageSize, rejected } = schedule;
    this.sandbox = createSandbox({ propagation, strict, pastEnd, listWithoutPlus, pageSize, rejected }, this.clock.now);
  }

  /** The world as one run of the program sees it. After `kill` nothing of the run goes on, nor does anything reach it. */
  context(run: number, yaml: string, stop: AbortSignal, onSend: (count: number) => 'go' | 'die'): Context {
    let alive = true;
    let count = 0;
    const never = new Promise<never>(() => {});
    const live = <T>(promise: Promise<T>): Promise<T> =>
      promise.then(
        (value) => (alive ? value : never),
        (error) => (alive ? Promise.reject(error) : never),
      );
    return {
      env: { TOKEN },
      clock: {
        ...this.clock,
        now: this.clock.now,
        today: this.clock.today,
        unix: this.clock.unix,
        sleep: (ms, signal) => live(this.clock.sleep(ms, signal)),
      },
      random: seededRandom(this.schedule.seed + run),
      stop,
      secrets: new Set(),
      progress: { begin() {}, advance() {}, note() {}, end() {} },
      files: {
        readDesired: () => ({ files: [{ name: 'blacklist.yaml', text: yaml }], faults: [] }),
        readDesiredAt: () => ({ files: [], faults: [] }),
        read: () => '',
        readIfThere: () => null,
        exists: () => true,
        writePrivate() {},
        writePublic() {},
        writeDesired() {},
        readPackaged: () => '',
        createAll() {},
      },
      openHttp: async () => ({
        abort() {},
        send: (request) => {
          if (!alive) return never;
          const answer = this.#answer(request, run);
          if (onSend(++count) === 'die') alive = false;
          return live(answer);
        },
      }),
      doubtful: async () => [],
      startSandbox: () => Promise.reject(new Error('not in the simulation')),
      present: async () => {},
      confirm: null,
      ask: null,
    };
  }

  async #answer(request: HttpRequest, run: number): Promise<HttpResponse> {
    const url = new URL(request.url);
    const sent: Sent = {
      at: this.clock.now(),
      run,
      method: request.method,
      bot: decodeURIComponent(url.pathname.split('/')[3]!),
      page: Number(url.searchParams.get('page')),
      numbers: request.body ? (JSON.parse(request.body).numbers as string[]) : [],
      ok: false,
    };
    this.sent.push(sent);
    if (!this.healed && this.schedule.intrusions.has(this.sent.length)) this.#intrude(sent.bot);
    this.inFlight++;
    const key = `${run} ${sent.bot}`;
    const together = (this.#together.get(key) ?? 0) + 1;
    this.#together.set(key, together);
    this.peaks.set(key, Math.max(this.peaks.get(key) ?? 0, together));
    try {
      const response = await this.#play(request, sent);
      sent.ok = response.status === 200;
      return response;
    } finally {
      this.#together.set(key, this.#together.get(key)! - 1);
      this.inFlight--;
    }
  }

  async #play(request: HttpRequest, sent: Sent): Promise<HttpResponse> {
    const random = this.#random;
    await this.clock.sleep(5 + random() * 100);
    const now = this.clock.now();
    if (!this.healed) {
      if (this.schedule.outages.some(([from, to]) => now >= from && now < to)) return answer(503, '{"message":"down"}');
      const { cap } = this.schedule;
      const earlier = this.sent[this.sent.indexOf(sent) - cap];
      if (earlier && earlier.at > sent.at - 1000) return answer(500, '{"message":"Request could not be processed"}');
    }
    const fault = this.healed ? null : this.#draw(request);
    switch (fault) {
      case '503':
      case '500':
      case '502':
      case '429':
        return answer(Number(fault), '{"message":"not now","reason":"busy"}');
      case '429-retry-after':
        return answer(429, '', String(Math.ceil(random() * 5)));
      case 'reset':
        throw this.#cut();
      case 'hang':
        await this.clock.sleep(30_000);
        throw this.#cut();
      case 'zombie': {
        // The client hears of a failure now, and the write takes effect later.
        const delay = random() * 60_000;
        this.disturbed = true;
        void this.clock.sleep(delay).then(() => this.#handle(request));
        throw this.#cut();
      }
      case 'partial': {
        const half = sent.numbers.slice(0, Math.floor(sent.numbers.length / 2));
        if (half.length > 0) this.#handle({ ...request, body: JSON.stringify({ numbers: half }) });
        return answer(500, '');
      }
      default:
    }
    const response = this.#handle(request);
    await this.clock.sleep(5 + random() * 100);
    switch (fault) {
      case '503-after':
      case '500-after':
      case '504-after':
        return answer(Number(fault.slice(0, 3)), '<html>gateway</html>');
      case 'reset-after':
        throw this.#cut();
      case 'hang-after':
        await this.clock.sleep(30_000);
        throw this.#cut();
      case 'truncated':
        return answer(200, response.body.slice(0, Math.floor(random() * response.body.length)));
      case 'wrong-json':
        return answer(
          200,
          ['[]', '{"numbers":null}', '{"numbers":["x"]}', '{"numbers":[[]]}', '7'][Math.floor(random() * 5)]!,
        );
      case 'html':
        return answer(200, '<html><body>sign in to this network</body></html>');
      default:
        return response;
    }
  }

  #handle({ method, url, token, body }: HttpRequest): HttpResponse {
    const { pathname, search } = new URL(url);
    const request = { method, path: pathname + search, authorization: `Bearer ${token}` };
    const { status, body: said } = this.sandbox.handle(body === undefined ? request : { ...request, body });
    return answer(status, said);
  }

  #draw({ method }: HttpRequest): FaultKind | null {
    const dice = this.#random();
    let below = 0;
    for (const [kind, rate] of this.schedule.rates) {
      below += rate;
      if (dice >= below) continue;
      if ((kind === 'partial' || kind === 'zombie') && method === 'GET') return null;
      // A write is answered with an empty body: there is nothing to cut or to garble, but a portal's page is possible.
      if ((kind === 'truncated' || kind === 'wrong-json') && method !== 'GET') return null;
      return kind;
    }
    return null;
  }

  #cut(): ApiError {
    return new this.#ApiError('the connection was cut', { retry: 'transient', ambiguous: true });
  }

  #intrude(bot: string): void {
    this.disturbed = true;
    const list = this.sandbox.list(bot);
    const random = this.#random;
    if (random() < 0.5) list.splice(Math.floor(random() * list.length), 1 + Math.floor(random() * 5));
    else
      list.unshift(
        ...Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
          String(19_995_550_100 + Math.floor(random() * 100)),
        ),
      );
    this.sandbox.set(bot, list);
  }
}

function answer(status: number, body: string, retryAfter: string | null = null): HttpResponse {
  return { status, body, headers: { retryAfter, location: null, date: null } };
}
