import type { Direction, Failure, Unapplied } from '../model/ledger.ts';
import type { Msisdn } from '../numbers/msisdn.ts';
import { NumberSet, NumberSetBuilder } from '../numbers/number-set.ts';
import type { Applied, Unsettled } from './ledger.ts';
import type { Seen } from './unseen.ts';
import type { Answer } from './writer.ts';

/** Reports whether an answer that gives `name` for a number is about a user whom no removal may affect. */
export type Stays = (number: Msisdn, name: Msisdn) => boolean;

/** Collects the results of numbers that are written in one direction, and the reason to send no more of them. */
export class Tally {
  readonly #direction: Direction;
  readonly #stays: Stays;
  readonly #endsWhenFull: boolean;
  readonly #done = new NumberSetBuilder();
  readonly #open: Unsettled[] = [];
  readonly #unseen: Unapplied[] = [];
  readonly #listed = new Map<Msisdn, ReadonlySet<Msisdn>>();
  #skipped = 0;
  #failure: Failure | null = null;
  #unread: Failure | undefined;
  #stopped = false;

  constructor(direction: Direction, stays: Stays, endsWhenFull: boolean) {
    this.#direction = direction;
    this.#stays = stays;
    this.#endsWhenFull = endsWhenFull;
  }

  /** No more numbers may be sent. */
  get stopped(): boolean {
    return this.#stopped;
  }

  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** The numbers for which only the list shows what the server did. */
  get unseen(): readonly Unapplied[] {
    return this.#unseen;
  }

  /**
   * Records the answer to a batch.
   *
   * @param lostBefore the answer to an earlier batch with these numbers was lost.
   * @returns the count of numbers that the server did not reject.
   */
  accept(batch: readonly Msisdn[], answer: Answer, lostBefore: boolean): number {
    const { undone, unseen = [], lost, failure } = answer;
    if (failure) this.note({ message: failure.message, detail: failure.detail });
    const unsure = (lost || lostBefore) && ({ state: 'unknown' } as const);
    for (const each of undone) this.#open.push({ ...each, direction: this.#direction, ...unsure });
    for (const each of unseen) this.#unseen.push({ ...each, ...unsure });
    const left = new Set([...undone, ...unseen].map(({ number }) => number));
    for (const number of batch) if (!left.has(number)) this.#done.add(number);
    for (const [number, names] of answer.listed) {
      this.#listed.set(number, names);
      const other = left.has(number) ? undefined : Array.from(names).find((name) => this.#stays(number, name));
      if (other !== undefined) this.stop({ kind: 'other-removed', number, stays: other });
    }
    const full = undone.find(({ state }) => state === 'full');
    if (full) this.noteFull(full.reason);
    return batch.length - undone.filter(({ state }) => state === 'rejected').length;
  }

  /** Records a batch that is not done. @returns 0, the count of numbers that got an answer other than a refusal. */
  leave(batch: readonly Msisdn[], state: Unsettled['state'], reason: string): 0 {
    for (const number of batch) this.#open.push({ number, direction: this.#direction, state, reason });
    return 0;
  }

  /** Records a batch that was not sent. @returns 0, as `leave` does. */
  skip(batch: readonly Msisdn[]): 0 {
    this.#skipped += batch.length;
    return 0;
  }

  noteFull(detail: string): void {
    this.note({ kind: 'full', detail });
    if (this.#endsWhenFull) this.stop();
  }

  /** Records a failure. Only the first one is reported. */
  note(failure: Failure): void {
    this.#failure ??= failure;
  }

  /** Ends the writes. The failure is reported, unless another one was noted before. */
  stop(failure?: Failure): void {
    if (failure) this.note(failure);
    this.#stopped = true;
  }

  /** Records the results that the list shows for the numbers of `unseen`. */
  settle({ done, undone, listed, unread }: Seen): void {
    for (const number of done) this.#done.add(number);
    for (const each of undone) {
      if (each.state === 'full') this.noteFull(each.reason);
      this.#open.push({ ...each, direction: this.#direction });
    }
    for (const [number, names] of listed) this.#listed.set(number, names);
    this.#unread = unread;
  }

  /** @param rest the count of numbers for which no batch was made. */
  result(rest: number): Applied {
    return {
      done: { add: NumberSet.empty, remove: NumberSet.empty, [this.#direction]: this.#done.build() },
      skipped: { add: 0, remove: 0, [this.#direction]: this.#skipped + rest },
      unsettled: this.#open,
      withheld: [],
      listed: this.#listed,
      failure: this.#failure,
      unread: this.#unread,
    };
  }
}
