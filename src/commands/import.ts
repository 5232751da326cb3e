import { isDeepStrictEqual } from 'node:util';
import { MAX_BYTES, type SourceFile, STDIN } from '../desired/files.ts';
import { type Addition, insertNumbers } from '../desired/insert.ts';
import { loadDesired } from '../desired/load.ts';
import { type ParsedFile, parseYaml } from '../desired/parse.ts';
import type { RawSettings } from '../desired/schema.ts';
import { InvalidError, StaleError } from '../errors.ts';
import type { Bot, Failure, Policy, Snapshot, Warning } from '../model.ts';
import { NumberSet } from '../number-set.ts';
import type { BotReport, Report } from '../outcome.ts';
import { ignoredAmong } from '../ownership.ts';
import { providerOf } from '../providers/index.ts';
import { respell } from '../spelling.ts';
import { type ImportAddress, makeAddresses, newFile } from './addresses.ts';
import type { ApiOptions, Context } from './context.ts';
import { DEFAULT_PATH } from './desired.ts';
import { openForReading } from './fleet.ts';
import { sourceOf } from './import-source.ts';
import { eachBot, readLive } from './planning.ts';
import { emptyReport, reportFailed, reportList, requestsSent, sortBots } from './report.ts';
import { judge, ofBot } from './warnings.ts';

export interface ImportOptions extends ApiOptions {
  /** Of bots that the file does not define yet. */
  readonly region?: string | undefined;
  readonly tokenEnv?: string | undefined;
  /** A bot of the file, or a JSON report, whose numbers the bots get instead of their own live lists. */
  readonly from?: string | undefined;
  /** Tell every number that is imported. */
  readonly verbose?: boolean | undefined;
}

/** Writes the live lists into a file of desired state. Holds nothing that can write to the API. */
export async function importLists(name = DEFAULT_PATH, options: ImportOptions, context: Context): Promise<Report> {
  if (name === STDIN) throw new InvalidError('-: import writes into a file, and standard input is none; name a file');
  const today = context.clock.today();
  const isNew = !context.files.exists(name);
  const file = isNew ? newFile(name, options) : await readOne(name, context);
  const before = loadDesired([file], today);
  if (before.faults.length > 0) throw new InvalidError(before.faults);
  const { defaults = {} } = (parseYaml(file) as ParsedFile).value as { defaults?: RawSettings };
  const bots = makeAddresses(file, before.bots, defaults, options);
  const known = new Map(before.bots.map((bot) => [bot.id, bot]));
  const defined = withNew(file, bots, known, today);
  // What has expired stands in the file as well.
  const all = new Map(
    before.bots.map(({ id, numbers, expired }) => [id, NumberSet.of([...numbers, ...expired.keys()])]),
  );

  if (options.from !== undefined && options.bots.length === 0) {
    throw new InvalidError('--from needs --bot ID: the bots that get the numbers');
  }
  const source = options.from === undefined ? null : sourceOf(options.from, known, context);
  const reading: readonly Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'>[] =
    source === null ? bots : 'bot' in source ? [source.bot] : [];
  const fleet = await openForReading(reading, options, context);
  try {
    const live = new Map<string, Snapshot | Failure>();
    context.progress.begin(
      'Reading',
      reading.reduce((sum, { id }) => sum + (all.get(id)?.size ?? 0), 0),
    );
    await eachBot(reading, options, async ({ id }) => {
      live.set(id, await readLive(id, fleet.lines.get(id)!, all.get(id)?.size ?? 0, options, context));
    });
    context.progress.end();

    const found: Warning[] = [...before.warnings];
    const reports: BotReport[] = [];
    const additions: Addition[] = [];
    for (const { id, said, provider: kind } of bots) {
      const read =
        source && 'numbers' in source
          ? { ...source, foreign: 0, warnings: [] }
          : live.get(source ? source.bot.id : id)!;
      const line = fleet.lines.get(id) ?? { provider: providerOf(kind), endpoint: { baseUrl: '', token: '' } };
      const bot = known.get(id);
      const policy = defined.get(id)!.policy;
      if ('message' in read) {
        reports.push(reportFailed(id, line, policy, read));
        continue;
      }
      const { userOf } = line.provider;
      const owners = [defined.get(id)!, ...(source && 'bot' in source ? [source.bot] : [])];
      const ignored = owners.map((owner) => ignoredAmong(read.numbers, owner.ignored, userOf));
      const owned = ignored.reduce((left, some) => left.minus(some), read.numbers);
      const spelled = (numbers: NumberSet) => respell(numbers, owned, userOf);
      const there = spelled(all.get(id) ?? NumberSet.empty);
      const numbers = owned.minus(there);
      if (!bot || numbers.size > 0) additions.push({ id, numbers, settings: said });
      const told = bot && !source ? differences(spelled(bot.numbers), bot.policy, there, owned) : [];
      const left = leftOut(read.numbers.size - owned.size);
      found.push(...[...read.warnings, ...left, ...told].map((warning) => ofBot(id, warning)));
      const unchanged = owned.size - numbers.size;
      const results = {
        applied: context.stop.aborted ? 0 : numbers.size,
        failed: 0,
        unknown: 0,
        skipped: 0,
        pending: 0,
        rejected: [],
      };
      reports.push(reportList(id, line, policy, { unchanged, results, ...(options.verbose && { add: numbers }) }));
    }
    const { warnings, errors } = judge(found, options);
    if (errors.length > 0) {
      const report = { ...emptyReport('import', 'invalid', errors), warnings, requests: requestsSent(fleet) };
      return { ...report, interrupted: context.stop.aborted };
    }
    const changed = additions.length > 0 && !context.stop.aborted;
    if (changed) {
      const text = insertChecked(file, additions, before.bots, today);
      // To read a long list takes minutes, in which somebody may have edited the file.
      if (context.files.exists(name) === isNew || (!isNew && (await readOne(name, context)).text !== file.text)) {
        throw new StaleError(`${name}: was changed while the lists were read; nothing was written; run import again`);
      }
      context.files.writeDesired(name, text);
    }
    const failed = context.stop.aborted || reports.some(({ error }) => error);
    return {
      ...emptyReport('import', failed ? 'failed' : changed ? 'applied' : 'in-sync', []),
      interrupted: context.stop.aborted,
      bots: sortBots(reports),
      files: [{ name, changed, hunks: [] }],
      requests: requestsSent(fleet),
      warnings,
    };
  } finally {
    await fleet.close();
  }
}

async function readOne(name: string, context: Context): Promise<SourceFile> {
  const { files, faults } = await context.files.readDesired([name]);
  if (faults.length > 0) throw new InvalidError(faults);
  const [file] = files;
  if (files.length !== 1 || file!.name !== name) {
    throw new InvalidError(`${name}: is a folder; import writes into one file, so name the file`);
  }
  if (file!.encrypted) {
    throw new InvalidError(
      `${name}: is encrypted, and import writes plain text; import into another file, then encrypt that`,
    );
  }
  return file!;
}

/** The bots as the file defines them, and the new ones as its defaults will. */
function withNew(
  file: SourceFile,
  bots: readonly ImportAddress[],
  known: ReadonlyMap<string, Bot>,
  today: string,
): ReadonlyMap<string, Bot> {
  const fresh = bots.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return known;
  const additions = fresh.map(({ id, said }) => ({ id, numbers: NumberSet.empty, settings: said }));
  const text = insertNumbers(file, additions) as string; // only a list that gets numbers can refuse them
  return new Map(loadDesired([{ name: file.name, text }], today).bots.map((bot) => [bot.id, bot]));
}

/** A warning if ignored numbers are not imported. */
function leftOut(count: number): Warning[] {
  if (count === 0) return [];
  const message =
    count === 1 ? '1 live number is ignored, and not imported' : `${count} live numbers are ignored, and not imported`;
  return [{ code: 'W-IGNORED-IMPORT', message }];
}

/** What the next apply would do about what the file and the live list do not share. */
function differences(wanted: NumberSet, policy: Policy, there: NumberSet, live: NumberSet): Warning[] {
  const absent = wanted.minus(live).size;
  const expired = there.minus(wanted).and(live).size;
  const said: Warning[] = [];
  const say = (code: Warning['code'], message: string) => said.push({ code, message });
  if (absent > 0) {
    const which = absent === 1 ? '1 number of the file is not live' : `${absent} numbers of the file are not live`;
    const them = absent === 1 ? 'it' : 'them';
    const then = policy === 'remove-only' ? `the policy remove-only leaves ${them} so` : `the next apply adds ${them}`;
    say('W-NOT-LIVE', `${which}: ${then}`);
  }
  if (expired > 0) {
    const which = expired === 1 ? 'the number of 1 expired entry is' : `the numbers of ${expired} expired entries are`;
    const then = policy === 'add-only' ? '' : '; the next apply removes what has expired';
    say('W-EXPIRED-LIVE', `${which} still live, and not imported again${then}`);
  }
  return said;
}

/** The new text, which certainly holds what it held and what is added, and nothing else. */
function insertChecked(file: SourceFile, additions: readonly Addition[], bots: readonly Bot[], today: string): string {
  const text = insertNumbers(file, additions);
  if (typeof text !== 'string') throw new InvalidError(text);
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new InvalidError(`${file.name}: would be larger than 64 MiB; import the bots into several files`);
  }
  const added = new Map(additions.map((addition) => [addition.id, addition]));
  const after = loadDesired([{ name: file.name, text }], today);
  const old = new Map(bots.map((bot) => [bot.id, bot]));
  const fresh = additions.filter(({ id }) => !old.has(id)).length;
  const holds = ({ numbers, ...rest }: Bot) => {
    const { numbers: before, ...settings } = old.get(rest.id) ?? { ...rest, numbers: NumberSet.empty };
    const more = added.get(rest.id)?.numbers ?? NumberSet.empty;
    const whole =
      numbers.size === before.size + more.size && before.minus(numbers).size + more.minus(numbers).size === 0;
    return whole && isDeepStrictEqual(rest, settings);
  };
  if (after.faults.length > 0 || after.bots.length !== bots.length + fresh || !after.bots.every(holds)) {
    throw new Error('the file would not hold what it should; nothing was written');
  }
  return text;
}
