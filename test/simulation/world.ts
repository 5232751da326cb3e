import type { HttpRequest, HttpResponse } from '../../src/api/http.ts';
import type { ApiError } from '../../src/model/errors.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sinch.ts';
import { type CloudSandbox, createCloudSandbox } from '../../src/sandbox/whatsapp-cloud.ts';
import type { Context } from '../../src/steps/context.ts';
import { seededRandom, VirtualClock } from './clock.ts';
import { CALM, type FaultKind, type Schedule } from './server/schedule.ts';
import {
  type Answer,
  answer,
  countIn,
  hasLedger,
  numbersIn,
  type Sent,
  WRONG_JSON,
  withFailed,
} from './server/wire.ts';

export { CALM, type Schedule };

/** A server's wish that no request of a bot starts for a while. */
interface Pause {
  readonly run: number;
  readonly bot: string;
  readonly from: number;
  readonly until: number;
}

export const TOKEN = 'canary-7f3a9b-token';

/** A server with faults, and everything that was asked of it. */
export class World {
  readonly clock = new VirtualClock();
  readonly sandbox: Sandbox;
  readonly #cloud: CloudSandbox | null;
  readonly sent: Sent[] = [];
  readonly schedule: Schedule;
  readonly #random: () => number;
  readonly #together = new Map<string, number>();
  readonly #written = new Set<string>(); // runs and bots
  readonly #hanging = new Set<number>(); // runs
  readonly #cuts = new Map<number, () => void>(); // by run
  healed = false;
  /** Something other than this tool changed a list, or a write came into effect late. */
  disturbed = false;
  inFlight = 0;
  /** The most requests in flight at once, by run and bot. */
  readonly peaks = new Map<string, number>();
  readonly pauses: Pause[] = [];
  /** How each run ended. */
  readonly ends: string[] = [];

  readonly #ApiError: typeof ApiError;

  constructor(schedule: Schedule, error: typeof ApiError) {
    this.schedule = schedule;
    this.#ApiError = error;
    this.#random = seededRandom(schedule.seed ^ 0x5bd1e995);
    const { propagation, strict, pastEnd, listWithoutPlus, pageSize, rejected } = schedule;
    const { now } = this.clock;
    this.#cloud = schedule.cloud && createCloudSandbox({ ...schedule.cloud, pageSize, own: rejected }, now);
    const sinch = { propagation, strict, pastEnd, listWithoutPlus, pageSize, rejected };
    this.sandbox = this.#cloud ?? createSandbox(sinch, now);
  }

  /** Users write to the business of a bot. */
  wrote(bot: string, numbers: Iterable<string>): void {
    this.#cloud?.wrote(this.nameOf(bot), numbers);
  }

  /** What the server calls a bot's list. */
  nameOf(bot: string): string {
    return this.#cloud ? PHONES[bot]! : bot;
  }

  list(bot: string): string[] {
    return this.sandbox.list(this.nameOf(bot));
  }

  set(bot: string, numbers: Iterable<string>): void {
    this.sandbox.set(this.nameOf(bot), numbers);
  }

  /** The lists of all bots. */
  lists(): ReadonlyMap<string, readonly string[]> {
    return new Map(Object.keys(PHONES).map((bot) => [bot, this.list(bot)] as const));
  }

  /** Nothing but the next run will change a list. What a killed run had on its way may still come into effect. */
  isUndisturbed(): boolean {
    const { intrusions, hole } = this.schedule;
    return !this.disturbed && this.inFlight === 0 && intrusions.size === 0 && hole === null;
  }

  /** What a reader sees of a bot's list, which may lag. */
  shown(bot: string): string[] {
    if (this.#cloud) return this.list(bot);
    const path = `/whatsapp/v1/${encodeURIComponent(bot)}/provision/blacklist?page=`;
    const all: string[] = [];
    for (let page = 0; ; page++) {
      const { body } = this.sandbox.handle({ method: 'GET', path: path + page, authorization: 'Bearer x' });
      const { numbers = [] } = JSON.parse(body) as { numbers?: string[] };
      if (numbers.length === 0) return all;
      all.push(...numbers.map((number) => number.replace('+', '')));
    }
  }

  /** From now on no request of a run is answered, though some take effect. */
  hang(run: number): void {
    this.#hanging.add(run);
  }

  /** Ends all requests of a run that are in flight. */
  cut(run: number): void {
    this.#cuts.get(run)?.();
  }

  /** Another writer changes a list. */
  intrude(bot: string): void {
    const list = this.list(bot);
    const random = this.#random;
    if (random() < 0.5) list.splice(Math.floor(random() * list.length), 1 + Math.floor(random() * 5));
    else
      list.unshift(
        ...Array.from({ length: 1 + Math.floor(random() * 5) }, () =>
          String(19_995_550_100 + Math.floor(random() * 100)),
        ),
      );
    this.set(bot, list);
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
        readDesired: async () => ({ files: [{ name: 'blacklist.yaml', text: yaml }], faults: [] }),
        readDesiredAt: async () => ({ files: [], faults: [], absent: [] }),
        readNumbers: async () => () => ({ files: [], faults: [] }),
        read: () => '',
        readIfThere: () => null,
        exists: () => true,
        writePrivate() {},
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
            const sent = this.#record(request, run);
            const answer = this.#answer(request, sent);
            if (onSend(++count) === 'die') alive = false;
            const heard = Promise.race([answer, cut]).then((response) => this.#hear(response, sent));
            return live(heard);
          },
        };
      },
      doubtful: async () => [],
      startSandbox: () => Promise.reject(new Error('not in the simulation')),
      present: async () => {},
      confirm: null,
      ask: null,
    };
  }

  #record(request: HttpRequest, run: number): Sent {
    const url = new URL(request.url);
    const steps = url.pathname.split('/');
    const sent: Sent = {
      at: this.clock.now(),
      run,
      method: request.method,
      bot: this.#cloud ? botOf(steps[2]!) : decodeURIComponent(steps[3]!),
      page: Number(url.searchParams.get('page')),
      numbers: numbersIn(request.body),
      ok: false,
      lost: true,
      got: null,
    };
    this.sent.push(sent);
    if (sent.method !== 'GET') this.#written.add(`${run} ${sent.bot}`);
    return sent;
  }

  /** Notes what the client learns of an answer. */
  #hear({ response, whole }: Answer, sent: Sent): HttpResponse {
    const { status, body, headers } = response;
    sent.ok = this.#cloud ? hasLedger(body) : whole && status === 200;
    sent.lost = !sent.ok && (status < 400 || status >= 500);
    if (whole && sent.method === 'GET') sent.got = countIn(body);
    if (sent.got === null && whole && !this.#cloud && status === 400) sent.got = 0; // the other answer past the end
    const from = this.clock.now();
    const until = from + Number(headers.retryAfter ?? 0) * 1000;
    if (until > from) this.pauses.push({ run: sent.run, bot: sent.bot, from, until });
    return response;
  }

  async #answer(request: HttpRequest, sent: Sent): Promise<Answer> {
    const { intrusions, moves } = this.schedule;
    if (!this.healed && intrusions.has(this.sent.length)) {
      this.disturbed = true;
      this.intrude(sent.bot);
    }
    if (!this.healed && moves.has(this.sent.length)) this.#move(sent.bot);
    this.inFlight++;
    const key = `${sent.run} ${sent.bot}`;
    const together = (this.#together.get(key) ?? 0) + 1;
    this.#together.set(key, together);
    this.peaks.set(key, Math.max(this.peaks.get(key) ?? 0, together));
    try {
      return await this.#play(request, sent);
    } finally {
      this.#together.set(key, this.#together.get(key)! - 1);
      this.inFlight--;
    }
  }

  async #play(request: HttpRequest, sent: Sent): Promise<Answer> {
    const random = this.#random;
    await this.clock.sleep(5 + random() * 100);
    const now = this.clock.now();
    if (this.#hanging.has(sent.run)) {
      if (random() < 0.5) this.#handle(request);
      await this.clock.sleep(60_000);
      throw this.#cut();
    }
    if (!this.healed) {
      const { outages, cap, broken, blind, hole } = this.schedule;
      if (outages.some(([from, to]) => now >= from && now < to)) return answer(503, '{"message":"down"}');
      if (broken?.bot === sent.bot) return answer(broken.status, '');
      if (blind && sent.method === 'GET' && this.#written.has(`${sent.run} ${sent.bot}`)) return answer(500, '');
      if (hole === sent.page && sent.method === 'GET' && !this.#cloud)
        return { ...answer(200, '{"numbers":[]}'), whole: true };
      const earlier = this.sent[this.sent.indexOf(sent) - cap];
      if (earlier && earlier.at > sent.at - 1000) return answer(500, '{"message":"Request could not be processed"}');
    }
    const fault = this.healed ? null : this.#draw(request);
    switch (fault) {
      case '503':
      case '500':
      case '502':
      case '429':
        if (this.#cloud && fault === '500') return answer(500, '{"error":{"code":139103,"message":"internal"}}');
        if (this.#cloud && fault === '429') return answer(400, '{"error":{"code":130429,"message":"too fast"}}');
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
        const users = half.map((number) => ({ user: `+${number}` }));
        const body = this.#cloud ? { messaging_product: 'whatsapp', block_users: users } : { numbers: half };
        const done = half.length > 0 ? this.#handle({ ...request, body: JSON.stringify(body) }).body : '';
        // The rest failed within the server, which the second API can report number by number, or leave out.
        const dice = this.#cloud ? random() : 1;
        if (dice < 0.5) return answer(200, withFailed(done, sent.numbers.slice(half.length)));
        if (dice < 0.75 && half.length > 0) return answer(200, done);
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
        return answer(200, WRONG_JSON[Math.floor(random() * WRONG_JSON.length)]!);
      case 'html':
        return answer(200, '<html><body>sign in to this network</body></html>');
      default:
        return { response, whole: true };
    }
  }

  #handle({ method, url, token, body }: HttpRequest): HttpResponse {
    const { pathname, search } = new URL(url);
    const request = { method, path: pathname + search, authorization: `Bearer ${token}` };
    const asked = body === undefined ? request : { ...request, body };
    const { status, body: said, headers = {} } = this.sandbox.handle(asked);
    const { response } = answer(status, said);
    return { ...response, headers: { ...response.headers, usage: Object.values(headers) } };
  }

  #draw({ method }: HttpRequest): FaultKind | null {
    const dice = this.#random();
    let below = 0;
    for (const [kind, rate] of this.schedule.rates) {
      below += rate;
      if (dice >= below) continue;
      if ((kind === 'partial' || kind === 'zombie') && method === 'GET') return null;
      // Where a write is answered with an empty body there is nothing to cut or to garble, but a portal's page is possible.
      if (!this.#cloud && (kind === 'truncated' || kind === 'wrong-json') && method !== 'GET') return null;
      return kind;
    }
    return null;
  }

  #cut(): ApiError {
    return new this.#ApiError('the connection was cut', { retry: 'transient', ambiguous: true });
  }

  #move(bot: string): void {
    const list = this.list(bot);
    const from = Math.floor(this.#random() * list.length);
    this.set(bot, [...list.slice(from), ...list.slice(0, from)]);
  }
}

/** The phone number ID of each bot. */
export const PHONES: Readonly<Record<string, string>> = Object.fromEntries([
  ['bot-a', '1065'],
  ['__proto__', '1066'],
]);

function botOf(phone: string): string {
  return Object.keys(PHONES).find((bot) => PHONES[bot] === phone)!;
}
