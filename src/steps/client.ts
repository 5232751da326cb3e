import { open, openReadOnly, type ReadConnection } from '../api/connection.ts';
import type { Governor } from '../api/governor.ts';
import type { Send } from '../api/http.ts';
import type { Learned, Provider } from '../api/providers/provider.ts';
import type { ApplyOptions } from '../apply/batches.ts';
import { applyChange } from '../apply/change.ts';
import type { Applied } from '../apply/ledger.ts';
import { seeResults } from '../apply/unseen.ts';
import type { Users, Writable } from '../apply/withhold.ts';
import { readLive } from '../live/read.ts';
import type { Endpoint } from '../model/bot.ts';
import type { Failure, Requests } from '../model/ledger.ts';
import type { Names, Snapshot } from '../model/plan.ts';
import { Invalid } from '../numbers/invalid.ts';
import { respell, type UserOf } from '../numbers/same-user.ts';
import type { Context } from './context.ts';

/** Reads the list of one bot. A `hint` is the expected count of numbers in the list. */
export interface ReadClient {
  readonly provider: Provider;
  /** Finds the numbers of one user; undefined if each number is a user of its own. */
  readonly userOf: UserOf | undefined;
  readonly baseUrl: string;
  readonly sent: Requests;
  /**
   * Reads the live list to its end and shows its progress. Its warnings name the bot.
   *
   * @returns the reason if it cannot be read.
   */
  read(hint: number): Promise<Snapshot | Invalid<Failure>>;
}

/** Reads and writes the list of one bot. */
export interface WriteClient extends ReadClient {
  /** Writes a change and shows its progress. Throws nothing: failures are in the result. */
  write(change: Writable, alike: Users['alike']): Promise<Applied>;
  /** Reads the list again after a change was written, without progress, and finds what its absences prove. */
  look(change: Pick<Writable, 'add' | 'keep'>): Promise<Snapshot | Invalid<Failure>>;
  /** Aborted when no more requests are sent: the bot has failed, or the run was interrupted. */
  readonly over: AbortSignal;
}

/** The parts from which the client of a bot is made. */
export interface Parts extends Pick<Context, 'clock' | 'trace' | 'progress'> {
  readonly id: string;
  readonly provider: Provider;
  readonly userOf: UserOf | undefined;
  readonly endpoint: Endpoint;
  readonly governor: Governor;
  readonly send: Send;
  readonly learned: Learned;
  readonly concurrency: number;
}

/** Makes a client that cannot write. */
export const readClient = (parts: Parts): ReadClient => reading(parts, openReadOnly(...addressOf(parts))).client;

/** Makes a client that can write. */
export function writeClient(parts: Parts): WriteClient {
  const { id, provider, userOf, progress, concurrency } = parts;
  const connection = open(...addressOf(parts));
  const writer = provider.writer(connection, id);
  const { client, readAgain, planned } = reading(parts, connection);
  const look: WriteClient['look'] = async ({ add, keep }) => {
    const live = await readAgain(keep.size + add.size);
    if (live instanceof Invalid) return live;
    const gone = keep.minus(live.numbers);
    const lacksKept = gone.minus(respell(live.numbers, gone, userOf)).size > 0;
    const { hidden: before, foreign = 0 } = planned();
    const hasNewId = [...(live.users?.hidden ?? [])].some((id) => !before?.has(id));
    return { ...live, mayGoOn: live.mayGoOn || lacksKept, hidesMore: hasNewId || live.foreign > foreign };
  };
  return {
    ...client,
    look,
    over: connection.over,
    write(change, alike) {
      const { mayRename, capacity } = provider.caps;
      const see: ApplyOptions['see'] = async (direction, unseen) =>
        seeResults(await look(change), direction, unseen, userOf, capacity);
      const onProgress = (numbers: number) => progress.advance(numbers);
      const users = { userOf, mayRename, alike, names: planned().names };
      return applyChange(change, writer, { concurrency, onProgress, see }, users);
    },
  };
}

function addressOf({ id, endpoint, governor, send, provider, clock, trace }: Parts): Parameters<typeof open> {
  const { quotaUsed, requestIdOf } = provider;
  return [endpoint, governor, send, quotaUsed, trace && { bot: id, clock, trace, requestIdOf }];
}

/** The facts of the list of the plan that its writes need. */
interface PlannedList {
  readonly names?: Names | undefined;
  /** The ids of users without a number. */
  readonly hidden?: ReadonlySet<string> | undefined;
  readonly foreign?: number;
}

function reading(parts: Parts, connection: ReadConnection) {
  const { id, provider, userOf, endpoint, learned, concurrency, progress } = parts;
  const reader = provider.reader(connection, id, learned);
  let planned: PlannedList = {};
  async function read(hint: number) {
    let count = 0;
    const onPage = (now: number) => {
      progress.advance(now - count);
      count = now;
    };
    const live = await readLive(reader, { hint, concurrency, onPage });
    progress.note(id, live instanceof Invalid ? 'could not be read' : readWords(live.numbers));
    if (live instanceof Invalid) return live;
    planned = { names: live.names, hidden: live.users?.hidden, foreign: live.foreign };
    return { ...live, warnings: live.warnings.map((warning) => ({ ...warning, bot: id })) };
  }
  const client: ReadClient = { provider, userOf, baseUrl: endpoint.baseUrl, sent: connection.sent, read };
  const readAgain = (hint: number) => readLive(reader, { hint, concurrency });
  return { client, readAgain, planned: () => planned };
}

const readWords = ({ size }: Snapshot['numbers']) => (size === 1 ? '1 number read' : `${size} numbers read`);
