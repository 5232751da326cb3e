import type { Writer } from '../../apply/writer.ts';
import type { CursorReader } from '../../live/cursors.ts';
import type { PageReader } from '../../live/pages.ts';
import type { Caps, Settings, TokenHeader } from '../../model/bot.ts';
import type { VersionEnd } from '../../model/warnings.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import type { UserOf } from '../../numbers/same-user.ts';
import type { QuotaUsed, ReadConnection, RequestIdOf, WriteConnection } from '../connection.ts';

/** What the clients of one API learn about it in a run. */
export interface Learned {
  /** The count of failures in a row of requests for larger pages than the API documents. */
  failures: number;
}

/** One kind of API, as a value. */
export interface Provider {
  /** The name in the desired state. */
  readonly kind: string;
  readonly caps: Caps;
  /** Returns the vendor's host, which --base-url replaces, and the path to the list, made from the settings. */
  locate(settings: Settings): { readonly host: string; readonly path: string };
  /** @param learned is shared by all bots of the API. */
  reader(connection: ReadConnection, bot: string, learned: Learned): PageReader | CursorReader;
  writer(connection: WriteConnection, bot: string): Writer;
  /** Finds out if the version in the settings has ended on a day, as YYYY-MM-DD, or ends soon. Set if they have one. */
  versionEnd?(settings: Settings, today: string): VersionEnd | null;
  /** Set if the vendor's answers contain how much of the quota has been used. */
  readonly quotaUsed?: QuotaUsed;
  /** The header with the token. Set if it is not `Authorization: Bearer TOKEN`. */
  readonly tokenHeader?: TokenHeader;
  /** Set if the token selects the list, so that bots with one token have one list. */
  readonly tokenNamesList?: true;
  /** Set if the vendor's answers contain an id by which its support finds a request. */
  readonly requestIdOf?: RequestIdOf;
  /**
   * Finds numbers of one user. Set if the vendor can list a user under another number than the one that was
   * written.
   */
  readonly userOf?: UserOf;
  /** Returns the other spelling of a number, or null if there is none. Set if `userOf` knows several. */
  otherSpelling?(number: Msisdn): Msisdn | null;
}
