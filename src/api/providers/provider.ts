import type { Writer } from '../../apply/batches.ts';
import type { CursorReader } from '../../live/cursors.ts';
import type { PageReader } from '../../live/pages.ts';
import type { Caps, Settings } from '../../model/bot.ts';
import type { UserOf } from '../../numbers/same-user.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';

/** One kind of API, as a value. A reader needs a connection that reads, a writer one that writes. */
export interface Provider {
  /** Its name in the desired state. */
  readonly kind: string;
  readonly caps: Caps;
  /** Where a list lives: the vendor's host, which --base-url replaces, and the path below it that the settings name. */
  locate(settings: Settings): { readonly host: string; readonly path: string };
  /** Pages by their number, or along cursors. */
  reader(connection: ReadConnection, bot: string): PageReader | CursorReader;
  writer(connection: WriteConnection, bot: string): Writer;
  /** How much of the vendor's quota is used, in percent, if its answers tell. */
  quotaUsed?(response: HttpResponse): number;
  /** Which numbers are one user, if a user can be listed under another number than the one that was written. */
  readonly userOf?: UserOf;
}
