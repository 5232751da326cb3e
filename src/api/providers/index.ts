import { InvalidError } from '../../model/errors.ts';
import { dialog360, gupshup, kapso, whatsappCloud } from './meta.ts';
import type { Provider } from './provider.ts';
import { sinch } from './sinch.ts';

/** All providers. A new one takes a value, a place in this list, and its keys in `schemas/blacklist.schema.json`. */
const providers: readonly Provider[] = [whatsappCloud, dialog360, gupshup, kapso, sinch];

export function providerOf(kind: string): Provider {
  const found = providers.find((provider) => provider.kind === kind);
  const kinds = providers.map((provider) => provider.kind).join(', ');
  if (!found) throw new InvalidError(`unknown provider "${kind}"; use one of ${kinds}`);
  return found;
}
