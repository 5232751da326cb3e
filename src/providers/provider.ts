import type { Writer } from '../apply.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { Caps, Settings } from '../model.ts';
import type { PageReader } from '../snapshot.ts';

/** One kind of API, as a value. Whoever reads a list holds no writer, and whoever wants one must have a line that writes. */
export interface Provider {
  /** Its name in the desired state. */
  readonly kind: string;
  readonly caps: Caps;
  /** Where a list lives: the vendor's host, which --base-url replaces, and the path below it that the settings name. */
  locate(settings: Settings): { readonly host: string; readonly path: string };
  reader(connection: ReadConnection, bot: string): PageReader;
  writer(connection: WriteConnection, bot: string): Writer;
}
