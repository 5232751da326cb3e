import type { Policy } from '../../model/bot.ts';
import type { Entry } from '../../model/declaration.ts';

/** What a file that holds to `schemas/blacklist.schema.json` may say of a bot. */
export interface RawSettings {
  readonly provider?: string;
  /** Of one provider or another. */
  readonly [key: string]: unknown;
  readonly tokenEnv?: string;
  readonly policy?: Policy;
  readonly guard?: { readonly percent?: number; readonly floor?: number };
}

export interface RawBot extends RawSettings {
  readonly numbers?: readonly (string | RawEntry)[];
}

export interface RawEntry extends Entry {
  readonly number: string;
}
