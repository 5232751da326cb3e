/**
 * The block list of the WhatsApp Cloud API, at Meta or at a partner: its requests. Each business phone number has one
 * list. A difference between vendors in a request is data (`BlockUsersApi`).
 */
import type { Answer, Writer } from '../../apply/writer.ts';
import type { Caps } from '../../model/bot.ts';
import { ApiError, StoppedError } from '../../model/errors.ts';
import type { Direction, Unapplied } from '../../model/ledger.ts';
import { formatMsisdn, type Msisdn } from '../../numbers/msisdn.ts';
import { otherWhatsAppSpelling, whatsAppUserOf } from '../../numbers/same-user.ts';
import type { ReadConnection, WriteConnection } from '../connection.ts';
import type { HttpResponse } from '../http.ts';
import { joinNames, parseWrite, type Undone } from './block-users-answers.ts';
import { openReader, type PagesApi } from './block-users-pages.ts';
import { quotaUsed, requestIdOf, usersFailure } from './graph.ts';
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
        return sendRepeatedly(numbers, direction, api, (bodyOf, parse) =>
          connection.write(method, path, bodyOf, parse),
        );
      };
      return { batchSize, add: write('add'), remove: write('remove') };
    },
  } satisfies Provider;
}

/**
 * Sends numbers. A repeat of the request contains only those that may still succeed; the answer to the others stays.
 *
 * @param send sends the request, and repeats it while `parse` throws an error that allows that.
 */
async function sendRepeatedly(
  numbers: readonly Msisdn[],
  direction: Direction,
  api: BlockUsersApi,
  send: (bodyOf: () => unknown, parse: (response: HttpResponse, lost: boolean) => Answer) => Promise<Answer>,
): Promise<Answer> {
  const ended: Undone[] = [];
  const listed: (readonly [Msisdn, Iterable<Msisdn>])[] = [];
  let rest: readonly Undone[] = []; // may still succeed
  let sent = numbers;
  let answers = 0;
  const failures = new Map<Msisdn, number>(); // without throttles
  const mayPass = ({ number, repeats = 0, throttled }: Undone) => {
    const before = failures.get(number) ?? 0;
    if (!throttled) failures.set(number, before + 1);
    return before < repeats;
  };
  // The results are already unknown if an earlier answer was lost.
  const answer = (): Answer => ({ undone: [...ended, ...rest], listed: joinNames(listed), lost: false });
  const bodyOf = () => ({
    messaging_product: 'whatsapp',
    block_users: sent.map((number) => ({ user: formatMsisdn(number) })),
  });
  const parse = (response: HttpResponse, lost: boolean) => {
    const { undone, unseen, listed: names } = parseWrite(response, direction, sent, api);
    answers++;
    rest = undone.filter(mayPass);
    const left = new Set(rest);
    const final = undone.filter((each) => !left.has(each));
    ended.push(...unlessLost(lost, final));
    listed.push(...names);
    if (rest.length === 0) return { ...answer(), ...(unseen && { unseen: unlessLost(lost, unseen) }) };
    const throttled = rest.filter((each) => each.throttled);
    // Users who stay throttled after the server answered for others are no sign of an outage.
    const partial = throttled.length < numbers.length;
    const facts = { throttled: throttled.length > 0, partial, stuck: throttled.length === sent.length };
    sent = rest.map(({ number }) => number);
    throw usersFailure(response, { ...facts, detail: (throttled[0] ?? rest[0]!).reason });
  };
  try {
    return await send(bodyOf, parse);
  } catch (error) {
    if (answers === 0 || !(error instanceof ApiError || error instanceof StoppedError)) throw error;
    if (error instanceof ApiError && (error.refused || error.full)) {
      rest = [];
      return { ...answer(), refused: { numbers: sent, error } };
    }
    rest = unlessLost(error.ambiguous, rest);
    return { ...answer(), failure: error instanceof ApiError ? error : (error.failure ?? undefined) };
  }
}

/** Makes results unknown if an answer for their numbers was lost: that attempt may have taken effect. */
function unlessLost(lost: boolean, results: readonly Unapplied[]): readonly Unapplied[] {
  return lost ? results.map((each) => ({ ...each, state: 'unknown' })) : results;
}
