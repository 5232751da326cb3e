/**
 * The block list of the WhatsApp Cloud API, at Meta or at a partner: its requests. Each business phone number has one
 * list. A difference between vendors in a request is data (`BlockUsersApi`).
 */
import type { Answer, Writer } from '../../apply/writer.ts';
import type { Caps } from '../../model/bot.ts';
import { ApiError, StoppedError } from '../../model/errors.ts';
import type { Direction } from '../../model/ledger.ts';
import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import { otherWhatsAppSpelling, whatsAppUserOf } from '../../numbers/same-user.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import { type Ends, joinNames, parseWrite, type Undone } from './block-users-answers.ts';
import { openReader, type PagesApi } from './block-users-pages.ts';
import { quotaUsed, requestIdOf } from './graph.ts';
import type { Learned, Provider } from './provider.ts';

/** What differs between the APIs that have such a list. Differences that every answer may have are no data. */
export interface BlockUsersApi
  extends Pick<Provider, 'kind' | 'locate' | 'tokenHeader' | 'tokenNamesList' | 'versionEnd'>,
    PagesApi {
  /** The largest count of users in one request. */
  readonly batchSize: number;
  /** The paths after the one from the settings. */
  readonly paths: PagesApi['paths'] & { readonly block: string; readonly unblock: string };
  /** The method of an unblock. */
  readonly unblock: 'DELETE' | 'POST';
}

const CAPS: Omit<Caps, 'batchSize'> = {
  settleTime: 0,
  capacity: 64_000,
  perNumber: true,
  addNeedsContact: true,
  mayRename: true,
};

/** Makes the provider of an API with a block list. */
export function blockUsersProvider(api: BlockUsersApi) {
  const { kind, locate, tokenHeader, tokenNamesList, versionEnd, batchSize, paths, unblock } = api;
  const writes = {
    add: { method: 'POST', path: paths.block },
    remove: { method: unblock, path: paths.unblock },
  } as const;
  return {
    kind,
    caps: { batchSize, ...CAPS },
    quotaUsed,
    requestIdOf,
    locate,
    ...(tokenHeader && { tokenHeader }),
    ...(tokenNamesList && { tokenNamesList }),
    ...(versionEnd && { versionEnd }),
    userOf: whatsAppUserOf,
    otherSpelling: otherWhatsAppSpelling,

    reader: (connection: ReadConnection, _: string, learned: Learned) => openReader(connection, api, learned),

    /** Blocks and unblocks users. Both requests are idempotent. */
    writer(connection: WriteConnection): Writer {
      const write = (direction: Direction) => (numbers: readonly Msisdn[]) => {
        const { method, path } = writes[direction];
        const send = (some: readonly Msisdn[]) => {
          const users = some.map((number) => ({ user: formatMsisdn(number) }));
          const body = { messaging_product: 'whatsapp', block_users: users };
          return connection.write(method, path, body, (response, lost): Ends & Answer => {
            return { ...parseWrite(response, direction, some, api), lost };
          });
        };
        return sendRepeatedly(send, numbers);
      };
      return { batchSize, add: write('add'), remove: write('remove') };
    },
  } satisfies Provider;
}

/** Sends numbers, and repeats single ones that may still succeed. The governor does not, as it got their answer. */
async function sendRepeatedly(
  send: (numbers: readonly Msisdn[]) => Promise<Ends & Answer>,
  numbers: readonly Msisdn[],
): Promise<Answer> {
  let answer = await send(numbers);
  for (let again = 0; ; again++) {
    const { undone, listed, lost } = answer;
    const mayPass = ({ state, repeats = 0 }: Undone) => state === 'failed' && again < repeats;
    const rest = undone.filter((each) => !mayPass(each));
    const failed = undone.filter(mayPass).map(({ number }) => number);
    if (failed.length === 0) return answer;
    try {
      const next = await send(failed);
      // A lost answer concerns only the numbers that were sent again.
      const left = next.undone.map((each) => (next.lost ? { ...each, state: 'unknown' as const } : each));
      answer = { ...next, undone: [...rest, ...left], listed: joinNames([...listed, ...next.listed]), lost };
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof StoppedError)) throw error;
      const { ambiguous } = error;
      const state = 'unknown';
      return {
        ...answer,
        undone: undone.map((each) => (ambiguous && mayPass(each) ? { ...each, state } : each)),
      };
    }
  }
}
