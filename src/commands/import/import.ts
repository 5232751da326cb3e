import { providerOf } from '../../api/providers/index.ts';
import type { Addition } from '../../desired/edit/insert.ts';
import type { Bot } from '../../model/bot.ts';
import { InvalidError, StaleError } from '../../model/errors.ts';
import type { Failure } from '../../model/ledger.ts';
import type { Snapshot } from '../../model/plan.ts';
import type { ImportedBot, ImportReport } from '../../model/report.ts';
import { sampleOf, type Warning } from '../../model/warnings.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell } from '../../numbers/same-user.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import { type Allowed, POLICIES } from '../../plan/policy.ts';
import type { Context } from '../../steps/context.ts';
import { openForReading } from '../../steps/fleet.ts';
import { judge } from '../../steps/judge.ts';
import { type ApiOptions, DEFAULT_PATH } from '../../steps/options.ts';
import { makeAddresses, newFile } from './addresses.ts';
import { leftBehind, sourceOf } from './source.ts';
import { insertChecked, readTarget, withNew } from './target.ts';

export interface ImportOptions extends ApiOptions {
  /** Of bots that the file does not define yet. */
  readonly region?: string | undefined;
  readonly tokenEnv?: string | undefined;
  /** A bot of the files whose live list the bots get instead of their own, or a JSON report with the numbers. */
  readonly from?: string | undefined;
  /** Tell every number that is imported. */
  readonly verbose?: boolean | undefined;
}

/**
 * Writes the live lists into a file of desired state. Holds nothing that can write to the API.
 *
 * @param others files or folders that are read besides, and not written: the lists of the file's bots may stand there.
 */
export async function importLists(
  name = DEFAULT_PATH,
  others: readonly string[],
  options: ImportOptions,
  context: Context,
): Promise<ImportReport> {
  const target = await readTarget(name, others, newFile(name, options), context);
  const { file, isNew } = target;
  const bots = makeAddresses(target, options);
  const defined = withNew(
    target,
    bots.filter(({ id }) => !target.own.has(id)).map(({ id, said }) => ({ id, settings: said })),
  );
  // What has expired stands in the files as well.
  const declaredFor = (id: string) => {
    const { numbers, expired } = target.all.get(id) ?? { numbers: NumberSet.empty, expired: new Map<Msisdn, string>() };
    return numbers.or(NumberSet.of(expired.keys()));
  };

  if (options.from !== undefined && options.bots.length === 0) {
    throw new InvalidError('--from needs --bot ID: the bots that get the numbers');
  }
  const source = options.from === undefined ? null : sourceOf(options.from, target.all, context);
  const reading: readonly Pick<Bot, 'id' | 'provider' | 'settings' | 'tokenEnv'>[] =
    source === null ? bots : 'bot' in source ? [source.bot] : [];
  const fleet = await openForReading(reading, options, context);
  try {
    const live = new Map<string, Snapshot | Failure>();
    const hintOf = ({ id }: (typeof reading)[number]) => declaredFor(id).size;
    const failures = await fleet.readEach(reading, hintOf, ({ id }, read) => void live.set(id, read));
    for (const [id, failure] of failures) live.set(id, failure);

    const found: Warning[] = [...target.warnings];
    const reports: ImportedBot[] = [];
    const additions: Addition[] = [];
    for (const { id, said, provider: kind } of bots) {
      const read =
        source && 'numbers' in source
          ? { ...source, foreign: 0, warnings: [] }
          : live.get(source ? source.bot.id : id)!;
      const bot = target.own.get(id);
      const giver = source && 'bot' in source ? source.bot : null;
      if (!('numbers' in read)) {
        const from = giver && { giver: { id: giver.id, numbers: giver.numbers.size } };
        reports.push({ id, imported: 0, alreadyThere: 0, error: { ...read, ...from } });
        continue;
      }
      const { userOf } = providerOf(kind);
      const ignoredBy = (owner: Bot) => ignoredAmong(read.numbers, owner.ignored, userOf);
      const ignored = ignoredBy(defined.get(id)!);
      const ignoredThere = giver ? ignoredBy(giver).minus(ignored) : NumberSet.empty;
      const owned = read.numbers.minus(ignored).minus(ignoredThere);
      const spelled = (numbers: NumberSet) => respell(numbers, owned, userOf);
      const there = spelled(declaredFor(id));
      const numbers = owned.minus(there);
      if (!bot || numbers.size > 0) additions.push({ id, numbers, settings: said });
      const told = bot && !source ? differences(spelled(bot.numbers), POLICIES[bot.policy], there, owned) : [];
      const left = [...leftOut(ignored), ...leftOut(ignoredThere, giver?.id)];
      const behind = giver
        ? leftBehind(
            giver,
            { live: read.numbers, imported: numbers },
            fleet.clients.get(giver.id)!.provider.userOf,
            (some) => target.declarations(giver.id, some),
          )
        : [];
      found.push(...[...read.warnings, ...left, ...told, ...behind].map((warning) => ({ ...warning, bot: id })));
      reports.push({
        id,
        imported: context.stop.aborted ? 0 : numbers.size,
        alreadyThere: owned.size - numbers.size,
        error: null,
        ...(options.verbose && { numbers }),
      });
    }
    const { warnings, errors } = judge(found, options);
    const told = { warnings, errors, overrides: fleet.overrides, requests: fleet.sent() };
    const facts = { kind: 'import', command: 'import', ...told, interrupted: context.stop.aborted } as const;
    if (errors.length > 0) return { ...facts, outcome: 'invalid', files: [{ name, changed: false }], bots: [] };
    const changed = additions.length > 0 && !context.stop.aborted;
    if (changed) {
      const text = insertChecked(target, additions);
      // To read a long list takes minutes, in which somebody may have edited the file.
      if (context.files.exists(name) === isNew || (!isNew && (await textNow(name, context)) !== file.text)) {
        throw new StaleError(`${name}: was changed while the lists were read; nothing was written; run import again`);
      }
      context.files.writeDesired(name, text);
    }
    const failed = context.stop.aborted || reports.some(({ error }) => error);
    return {
      ...facts,
      outcome: failed ? 'failed' : changed ? 'written' : 'unchanged',
      interrupted: context.stop.aborted,
      files: [{ name, changed }],
      bots: reports.sort((a, b) => (a.id < b.id ? -1 : 1)),
    };
  } finally {
    await fleet.close();
  }
}

/** Undefined if it cannot be read. */
async function textNow(name: string, context: Context): Promise<string | undefined> {
  const { files } = await context.files.readDesired([name]);
  return files[0]?.text;
}

/** A warning if ignored numbers are not imported. */
function leftOut({ size, values }: NumberSet, rulesOf?: string): Warning[] {
  return size > 0 ? [{ code: 'W-IGNORED-IMPORT', ...sampleOf(values), ...(rulesOf !== undefined && { rulesOf }) }] : [];
}

/** What the next apply would do about what the files and the live list do not share. */
function differences(wanted: NumberSet, { adds, removes }: Allowed, there: NumberSet, live: NumberSet): Warning[] {
  const absent = wanted.minus(live);
  const expired = there.minus(wanted).and(live);
  const found: Warning[] = [];
  if (absent.size > 0) found.push({ code: 'W-NOT-LIVE', adds, ...sampleOf(absent.values) });
  if (expired.size > 0) found.push({ code: 'W-EXPIRED-LIVE', removes, ...sampleOf(expired.values) });
  return found;
}
