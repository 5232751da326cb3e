import type { PartnerOptions } from '../../../src/sandbox/partners.ts';
import type { GraphApi } from './partners.ts';

/** All faults of a request. A schedule draws a random part of them, each with its own rate. */
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
  'odd',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export interface Schedule {
  readonly seed: number;
  /** The WhatsApp Cloud API and its behavior, instead of Sinch's API. */
  readonly cloud: PartnerOptions | null;
  /** The API that serves the lists, if `cloud` is played. */
  readonly api: GraphApi;
  readonly rates: ReadonlyMap<FaultKind, number>;
  /** The times in which all requests fail with 503. */
  readonly outages: readonly (readonly [number, number])[];
  /** Another writer changes the list at these request counts. */
  readonly intrusions: ReadonlySet<number>;
  readonly propagation: number;
  readonly strict: boolean;
  readonly pastEnd: 'empty' | '400';
  readonly listWithoutPlus: boolean;
  readonly pageSize: number;
  readonly rejected: ReadonlySet<string>;
  /** The requests a second that the server accepts before it answers 500. */
  readonly cap: number;
  /** At these request counts the order of a list changes. No number is added or removed. */
  readonly moves: ReadonlySet<number>;
  /** At these request counts some users write to the business. Second provider only. */
  readonly messages: ReadonlyMap<number, readonly string[]>;
  /** This page of each list is empty, although pages with numbers follow. Only the first provider counts pages. */
  readonly hole: number | null;
  /** Every request of this bot gets this status. */
  readonly broken: { readonly bot: string; readonly status: number } | null;
  /** A run cannot read a list after it has written to it. */
  readonly blind: boolean;
  /** Users who are listed under another number than that of their country's rule, by the number of the rule. */
  readonly others: ReadonlyMap<string, string>;
  /** The second provider does not return the listed number of a user whom it did not block. */
  readonly unnamed: boolean;
  /** The second provider does not block a blocked user again, unless the user wrote in the last 24 hours. */
  readonly blocksOnce: boolean;
  /** The first provider lists numbers as libphonenumber spells them. */
  readonly parses: boolean;
  /**
   * The largest age of further copies of a list, in milliseconds. Each page is from a random copy. First
   * provider only.
   */
  readonly copies: readonly number[];
  /** Every POST is refused. */
  readonly refusesAll: boolean;
}

/** A server without faults. */
export const CALM: Schedule = {
  seed: 1,
  cloud: null,
  api: 'whatsapp-cloud',
  rates: new Map(),
  outages: [],
  intrusions: new Set(),
  propagation: 0,
  strict: false,
  pastEnd: 'empty',
  listWithoutPlus: false,
  pageSize: 100,
  rejected: new Set(),
  cap: Number.POSITIVE_INFINITY,
  moves: new Set(),
  messages: new Map(),
  hole: null,
  broken: null,
  blind: false,
  others: new Map(),
  unnamed: false,
  blocksOnce: false,
  parses: false,
  copies: [],
  refusesAll: false,
};

/** The longest time until a write shows in every copy of a list, in milliseconds. */
export function slowest({ schedule: { propagation, copies } }: { readonly schedule: Schedule }): number {
  return Math.max(propagation, ...copies);
}
