import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';
import { seededRandom, type VirtualClock } from '../clock.ts';
import { type Lists, openLists } from './lists.ts';
import type { FaultKind, Schedule } from './schedule.ts';
import { type Answer, answer, type Sent, WRONG_JSON, withFailed } from './wire.ts';

/** An error with a status of success. */
const TOO_FAST = '{"meta":{"httpCode":400,"developerMessage":"You have exceeded the rate limit","success":false}}';
const ODD = '{"message":"500","reason":"Request could not be processed"}';

/** Plays the server of a schedule: its lists, its faults, and the changes by other writers. */
export class Server {
  readonly lists: Lists;
  readonly #schedule: Schedule;
  readonly #clock: VirtualClock;
  readonly #sent: readonly Sent[];
  readonly #cut: () => Error;
  readonly #random: () => number;
  readonly #written = new Set<string>(); // runs and bots
  readonly #hanging = new Set<number>(); // runs
  /** From now on there are no faults. */
  healed = false;
  /** Another writer changed a list, or a write took effect late. */
  disturbed = false;

  /** @param cut makes the error of a connection that is cut. */
  constructor(schedule: Schedule, clock: VirtualClock, sent: readonly Sent[], cut: () => Error) {
    this.#schedule = schedule;
    this.#clock = clock;
    this.#sent = sent;
    this.#cut = cut;
    this.#random = seededRandom(schedule.seed ^ 0x5bd1e995);
    this.lists = openLists(schedule, clock.now);
  }

  /** From now on no request of a run gets an answer, although some take effect. */
  hang(run: number): void {
    this.#hanging.add(run);
  }

  /** Another writer changes a list, as far as it has room. Readers see it at once, unless copies of the list lag. */
  intrude(list: string): void {
    const random = this.#random;
    const live = this.lists.list(list);
    const some = 1 + Math.floor(random() * 5);
    const { capacity = Number.POSITIVE_INFINITY, strangers = 0 } = this.#schedule.cloud ?? {};
    const room = Math.min(some, Math.max(0, capacity - strangers - live.length));
    const numbers = Array.from({ length: some }, () => String(19_995_550_100 + Math.floor(random() * 100)));
    const others = numbers.slice(0, room);
    const from = Math.floor(random() * live.length);
    const adds = random() < 0.5;
    const changed = adds ? others : live.slice(from, from + some);
    if (this.#schedule.copies.length > 0) {
      const path = `/whatsapp/v1/${encodeURIComponent(list)}/provision/blacklist`;
      const request = { method: adds ? 'POST' : 'DELETE', path, authorization: 'Bearer another' };
      this.lists.handle({ ...request, body: JSON.stringify({ numbers: changed }) });
    } else this.lists.set(list, adds ? [...changed, ...live] : live.filter((number) => !changed.includes(number)));
  }

  /** Answers a request. Changes by other writers at this request count happen first. */
  answer(request: HttpRequest, sent: Sent, list: string): Promise<Answer> {
    const { intrusions, moves, messages } = this.#schedule;
    if (!this.healed && intrusions.has(this.#sent.length)) {
      this.disturbed = true;
      this.intrude(list);
    }
    if (!this.healed && moves.has(this.#sent.length)) this.#move(list);
    this.lists.wrote(list, messages.get(this.#sent.length) ?? []);
    if (sent.method !== 'GET') this.#written.add(`${sent.run} ${sent.bot}`);
    return this.#play(request, sent);
  }

  async #play(request: HttpRequest, sent: Sent): Promise<Answer> {
    const random = this.#random;
    await this.#clock.sleep(5 + random() * 100);
    const now = this.#clock.now();
    if (this.#hanging.has(sent.run)) {
      if (random() < 0.5) this.#handle(request);
      await this.#clock.sleep(60_000);
      throw this.#cut();
    }
    const isCalm = this.healed || this.#mustShow(sent);
    if (!isCalm) {
      const { outages, cap, broken, blind, hole } = this.#schedule;
      if (outages.some(([from, to]) => now >= from && now < to)) return answer(503, '{"message":"down"}');
      if (broken?.bot === sent.bot) return answer(broken.status, '');
      if (blind && sent.method === 'GET' && this.#written.has(`${sent.run} ${sent.bot}`)) return answer(500, '');
      if (hole === sent.page && sent.method === 'GET' && !this.#schedule.cloud)
        return { ...answer(200, '{"numbers":[]}'), whole: true };
      const earlier = this.#sent[this.#sent.indexOf(sent) - cap];
      if (earlier && earlier.at > sent.at - 1000) return answer(500, '{"message":"Request could not be processed"}');
    }
    if (!isCalm && this.#schedule.refusesAll && sent.method === 'POST') return this.#refuse();
    const fault = isCalm ? null : this.#draw(request);
    switch (fault) {
      case '503':
      case '500':
      case '502':
      case '429':
        if (this.#schedule.cloud && fault === '500')
          return answer(500, '{"error":{"code":139103,"message":"internal"}}');
        if (this.#schedule.cloud && this.#schedule.api === '360dialog' && fault === '429') return answer(400, TOO_FAST);
        if (this.#schedule.cloud && fault === '429')
          return answer(400, '{"error":{"code":130429,"message":"too fast"}}');
        return answer(Number(fault), '{"message":"not now","reason":"busy"}');
      case 'odd':
        return answer(200, this.#schedule.cloud ? '{"error":{"code":139103,"message":"internal"}}' : ODD);
      case '429-retry-after':
        return answer(429, '', String(Math.ceil(random() * 5)));
      case 'reset':
        throw this.#cut();
      case 'hang':
        await this.#clock.sleep(30_000);
        throw this.#cut();
      case 'zombie': {
        // The client receives a failure now, and the write takes effect later.
        const delay = random() * 60_000;
        this.disturbed = true;
        void this.#clock.sleep(delay).then(() => this.#handle(request));
        throw this.#cut();
      }
      case 'partial': {
        const half = sent.numbers.slice(0, Math.floor(sent.numbers.length / 2));
        const users = half.map((number) => ({ user: `+${number}` }));
        const body = this.#schedule.cloud ? { messaging_product: 'whatsapp', block_users: users } : { numbers: half };
        const done = half.length > 0 ? this.#handle({ ...request, body: JSON.stringify(body) }).body : '';
        // The rest failed in the server. The second API may report it for each number, or omit it.
        const dice = this.#schedule.cloud ? random() : 1;
        const code = dice < 0.25 ? 130_429 : 139_103;
        const retryAfter = dice < 0.125 ? String(Math.ceil(dice * 40)) : null;
        if (dice < 0.5) return answer(200, withFailed(done, sent.numbers.slice(half.length), code), retryAfter);
        if (dice < 0.75 && half.length > 0) return answer(200, done);
        return answer(500, '');
      }
      default:
    }
    const response = this.#handle(request);
    await this.#clock.sleep(5 + random() * 100);
    switch (fault) {
      case '503-after':
      case '500-after':
      case '504-after':
        return answer(Number(fault.slice(0, 3)), '<html>gateway</html>');
      case 'reset-after':
        throw this.#cut();
      case 'hang-after':
        await this.#clock.sleep(30_000);
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

  #handle({ method, url, token, tokenHeader, body }: HttpRequest): HttpResponse {
    const { pathname, search } = new URL(url);
    const headers = { [tokenHeader.name]: tokenHeader.prefix + token };
    const request = { method, path: pathname + search, headers, authorization: headers.authorization };
    const asked = body === undefined ? request : { ...request, body };
    const { status, body: said, headers: usage = {} } = this.lists.handle(asked);
    const { response } = answer(status, said);
    return { ...response, headers: { ...response.headers, usage: Object.values(usage) } };
  }

  #draw({ method }: HttpRequest): FaultKind | null {
    const dice = this.#random();
    let below = 0;
    for (const [kind, rate] of this.#schedule.rates) {
      below += rate;
      if (dice >= below) continue;
      if (kind === 'odd' && method === 'GET') return null;
      if ((kind === 'partial' || kind === 'zombie') && method === 'GET') return null;
      // An empty body of a write cannot be cut or changed, but a login page can replace it.
      if (!this.#schedule.cloud && (kind === 'truncated' || kind === 'wrong-json') && method !== 'GET') return null;
      return kind;
    }
    return null;
  }

  /**
   * Reports whether only this read shows the results of a write. It has no faults: the promises could not know which of
   * several reads the program used.
   */
  #mustShow({ method, run, bot }: Sent): boolean {
    const { api, cloud } = this.#schedule;
    const isSilent = cloud !== null && api === 'kapso' && cloud.writeAnswer === 'success';
    return isSilent && method === 'GET' && this.#written.has(`${run} ${bot}`);
  }

  /** Refuses a whole request, whatever it contains. */
  #refuse(): Answer {
    if (this.#schedule.cloud) return answer(400, '{"error":{"code":100,"message":"(#100) Invalid parameter"}}');
    return answer(400, '{"message":"Validation error","reason":"Field [numbers] has an invalid number."}');
  }

  #move(list: string): void {
    const live = this.lists.list(list);
    const from = Math.floor(this.#random() * live.length);
    this.lists.set(list, [...live.slice(from), ...live.slice(0, from)]);
  }
}
