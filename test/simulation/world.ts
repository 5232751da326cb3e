import type { HttpRequest, HttpResponse } from '../../src/api/http.ts';
import type { ApiError } from '../../src/model/errors.ts';
import { spelledAlike } from '../../src/numbers/plausible.ts';
import type { Context } from '../../src/steps/context.ts';
import { seededRandom, VirtualClock } from './clock.ts';
import type { Shown } from './script/wishes.ts';
import type { Lists } from './server/lists.ts';
import { asCloud, PHONES, TOKEN } from './server/partners.ts';
import { CALM, type Schedule } from './server/schedule.ts';
import { Server } from './server/server.ts';
import { type Answer, hear, numbersIn, type Sent } from './server/wire.ts';

export { CALM, type Schedule };

/** A time in which the server asks a bot to send no request. */
interface Pause {
  readonly run: number;
  readonly bot: string;
  readonly from: number;
  readonly until: number;
}

export { PHONES, TOKEN };

/** A server with faults, and all requests to it. */
export class World {
  readonly clock = new VirtualClock();
  readonly schedule: Schedule;
  readonly server: Server;
  readonly sandbox: Lists;
  readonly sent: Sent[] = [];
  readonly #together = new Map<string, number>();
  readonly #cuts = new Map<number, () => void>(); // by run
  inFlight = 0;
  /** The largest number of requests in flight, by run and bot. */
  readonly peaks = new Map<string, number>();
  readonly pauses: Pause[] = [];
  /** How each run ended. */
  readonly ends: string[] = [];
  /** The plan file that runs read and write. */
  planFile = '';
  readonly #ApiError: typeof ApiError;

  constructor(schedule: Schedule, error: typeof ApiError) {
    this.schedule = schedule;
    this.#ApiError = error;
    this.server = new Server(schedule, this.clock, this.sent, () => this.#cut());
    this.sandbox = this.server.lists;
  }

  /** Users write to the business of a bot. */
  wrote(bot: string, numbers: Iterable<string>): void {
    this.sandbox.wrote(this.nameOf(bot), numbers);
  }

  /** The name of a bot's list on the server. */
  nameOf(bot: string): string {
    return this.schedule.cloud ? PHONES[bot]! : bot;
  }

  list(bot: string): string[] {
    return this.sandbox.list(this.nameOf(bot));
  }

  set(bot: string, numbers: Iterable<string>): void {
    this.sandbox.set(this.nameOf(bot), numbers);
  }

  /** Users take a username, so that readers of a bot's list see them without their number. */
  tookUsername(bot: string, numbers: Iterable<string>): void {
    this.sandbox.tookUsername(this.nameOf(bot), numbers);
  }

  hidden(bot: string): ReadonlySet<string> {
    return this.sandbox.hidden(this.nameOf(bot));
  }

  /** Returns a bot's list as readers see it. */
  look(bot: string): Shown {
    const hidden = this.hidden(bot);
    const numbers = this.list(bot).filter((number) => !hidden.has(number));
    return { numbers, foreign: hidden.size + (this.schedule.cloud?.strangers ?? 0) };
  }

  /** The lists of all bots. */
  lists(): ReadonlyMap<string, Shown> {
    return new Map(Object.keys(PHONES).map((bot) => [bot, this.look(bot)] as const));
  }

  /** Returns the copies of a bot's list that readers see. They may lag. */
  shown(bot: string): readonly (readonly string[])[] {
    return this.sandbox.shown(this.nameOf(bot));
  }

  /** Only the next run will change a list, except that requests of a killed run may still take effect. */
  isUndisturbed(): boolean {
    const { intrusions, hole } = this.schedule;
    return !this.server.disturbed && this.inFlight === 0 && intrusions.size === 0 && hole === null;
  }

  /** From now on no request of a run gets an answer, although some take effect. */
  hang(run: number): void {
    this.server.hang(run);
  }

  /** Ends all requests of a run that are in flight. */
  cut(run: number): void {
    this.#cuts.get(run)?.();
  }

  /** Another writer changes a list. */
  intrude(bot: string): void {
    this.server.intrude(this.nameOf(bot));
  }

  /** The world as one run of the program sees it. After `kill` the run does nothing and receives nothing. */
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
      version: '0.1.0',
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
      progress: { begin() {}, wait() {}, advance() {}, note() {}, end() {} },
      files: {
        readDesired: async () => ({ files: [{ name: 'blacklist.yaml', text: yaml }], faults: [] }),
        readDesiredAt: async () => ({ files: [], faults: [], absent: [] }),
        readStdin: async () => Buffer.alloc(0),
        readNumbers: async () => () => ({ files: [], faults: [] }),
        read: () => this.planFile,
        readIfThere: () => null,
        readToken: () => '',
        readPast() {
          throw new Error('there is no history here');
        },
        pathsAt: (_, paths) => paths,
        dayOf: () => '2026-06-15',
        exists: () => true,
        writePrivate: (_, pieces) => {
          this.planFile = [...pieces].join('');
        },
        checkWritable() {},
        writePublic() {},
        writeDesired() {},
        readPackaged: () => '',
        createAll() {},
      },
      openHttp: async () => {
        const cut = new Promise<never>((_, reject) => this.#cuts.set(run, () => reject(this.#cut())));
        cut.catch(() => {});
        return {
          abort: () => this.cut(run),
          send: (request) => {
            if (!alive) return never;
            const sent = this.#record(asCloud(request), run);
            const answer = this.#answer(request, sent);
            if (onSend(++count) === 'die') alive = false;
            const ended = Promise.race([answer, cut]).finally(() => {
              sent.endedAt = this.clock.now();
            });
            return live(ended.then((heard) => this.#hear(heard, sent)));
          },
        };
      },
      doubtful: async () => [],
      spelledAlike: async (declared, others) => spelledAlike(declared, others),
      countryOf: async () => ({ callingCode: null, country: null }),
      startSandbox: () => Promise.reject(new Error('not in the simulation')),
      present: async () => {},
      confirm: null,
      ask: null,
    };
  }

  #record(request: HttpRequest, run: number): Sent {
    const { pathname, searchParams } = new URL(request.url);
    const steps = pathname.split('/');
    const cloud = this.schedule.cloud !== null;
    const sent: Sent = {
      at: this.clock.now(),
      run,
      method: request.method,
      bot: cloud ? botOf(steps[2]!) : decodeURIComponent(steps[3]!),
      page: cloud ? Number(searchParams.get('after')?.split('-')[1] ?? 0) : Number(searchParams.get('page')),
      large: Number(searchParams.get('limit')) > 100,
      numbers: numbersIn(request.body),
      endedAt: Number.POSITIVE_INFINITY,
      status: null,
      ends: new Map(),
      end: 'lost',
      named: new Map(),
      got: null,
      listed: [],
      hidden: [],
    };
    this.sent.push(sent);
    return sent;
  }

  /** Records what the client receives of an answer. */
  #hear(answer: Answer, sent: Sent): HttpResponse {
    hear(sent, answer, this.schedule.cloud !== null);
    const from = this.clock.now();
    const until = from + Number(answer.response.headers.retryAfter ?? 0) * 1000;
    if (until > from) this.pauses.push({ run: sent.run, bot: sent.bot, from, until });
    return answer.response;
  }

  async #answer(request: HttpRequest, sent: Sent): Promise<Answer> {
    this.inFlight++;
    const key = `${sent.run} ${sent.bot}`;
    const together = (this.#together.get(key) ?? 0) + 1;
    this.#together.set(key, together);
    this.peaks.set(key, Math.max(this.peaks.get(key) ?? 0, together));
    try {
      return await this.server.answer(request, sent, this.nameOf(sent.bot));
    } finally {
      this.#together.set(key, this.#together.get(key)! - 1);
      this.inFlight--;
    }
  }

  #cut(): ApiError {
    return new this.#ApiError('the connection was cut', { retry: 'transient', ambiguous: true });
  }
}

function botOf(phone: string): string {
  return Object.keys(PHONES).find((bot) => PHONES[bot] === phone)!;
}
