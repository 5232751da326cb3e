import type { Msisdn } from '../numbers/msisdn.ts';

/** The last days, as YYYY-MM-DD, of what is in force for a bot in one desired state. */
export interface Ends {
  /** By number, for those of which every entry has a last day: the latest. */
  readonly numbers: ReadonlyMap<Msisdn, string>;
  /** By what each ignore rule covers; null for a rule without a last day. */
  readonly rules: ReadonlyMap<string, string | null>;
}
