import type { Addition } from '../../desired/edit/insert.ts';
import type { Bot } from '../../model/bot.ts';
import { InvalidError, StaleError } from '../../model/errors.ts';
import type { Failure } from '../../model/ledger.ts';
import type { Snapshot } from '../../model/plan.ts';
import type { ImportedBot, ImportReport } from '../../model/report.ts';
import { sampleOf, type Warning } from '../../model/warnings.ts';
import { Invalid } from '../../numbers/invalid.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { respell } from '../../numbers/same-user.ts';
import { ignoredAmong } from '../../plan/hands-off.ts';
import { POLICIES } from '../../plan/policy.ts';
import type { Context } from '../../steps/context.ts';
import { openForReading } from '../../steps/fleet.ts';
import { type ApiOptions, DEFAULT_PATH, type NewBotOptions } from '../../steps/options.ts';
import { judge } from '../../steps/outcome.ts';
import { usersBy } from '../../steps/users.ts';
import { checkNames } from '../new-bots.ts';
import { type ImportAddress, makeAddresses, newFile } from './addresses.ts';
import { newPairs, ownNumbers, placeNames } from './names.ts';
import { leftBehind, type Source, sourceOf } from './source.ts';
import { insertChecked, readTarget, type Target, withNew } from './target.ts';

export interface ImportOptions extends ApiOptions, NewBotOptions {
  /** Another bot of the files, whose live list is imported, or a JSON report with the numbers. */
  readonly from?: string | undefined;
}

/**
 * Writes live lists into a file of desired state. Opens no client that can write to the API.
 *
 * 1. Reads the file and the others (`target`), and finds the address of each bot (`addresses`).
 * 2. Reads the numbers: from each bot's live list, or from the source of `--from` (`source`).
 * 3. Omits the numbers that the files ignore or already declare (`importBot`).
 * 4. Adds the rest to the file, unless a warning is an error or the file changed meanwhile (`writeTarget`).
 *
 * @param others files or folders to read, which may declare lists that the file uses. They are not written.
 */
export async function importLists(
  name = DEFAULT_PATH,
  others: readonly string[],
  options: ImportOptions,
  context: Context,
): Promise<ImportReport> {
  const { files, stop } = context;
  checkNames(options);
  const target = await readTarget(name, others, () => newFile(name, options), context);
  const bots = makeAddresses(target, options);
  const all = withNew(target, bots);
  if (options.from !== undefined && options.bots.length === 0) {
    throw new InvalidError('--from needs --bot ID, the bot that gets the numbers');
  }
  const source = sourceOf(options, target.all, files);
  files.checkWritable(name, 'desired'); // before the lists are read, which may take minutes
  const reading = source.giver ? [source.giver] : source.reported ? [] : bots;
  const fleet = await openForReading(reading, target.usersOf, options, context);
  try {
    const live = new Map<string, Snapshot | Invalid<Failure>>();
    const hintOf = ({ id }: Pick<Bot, 'id'>) => declaredBy(target.all.get(id)).size;
    const failures = await fleet.readEach(reading, hintOf, ({ id }, read) => void live.set(id, read));
    for (const [id, failure] of failures) live.set(id, new Invalid(failure));
    let known = target; // with the pairs of the bots so far, as a pair applies to every bot
    const imports = bots.map((bot) => {
      const list = source.reported?.get(bot.id) ?? live.get(source.giver?.id ?? bot.id)!;
      const imported = importBot(bot, list, known, all.get(bot.id)!, source);
      const pairs = [...known.pairs, ...(imported.addition?.names ?? [])];
      if (pairs.length > known.pairs.length) known = { ...known, pairs, usersOf: usersBy(pairs) };
      return imported;
    });
    const found = imports.flatMap(({ id, warnings }) => warnings.map((warning) => ({ ...warning, bot: id })));
    const { warnings, errors } = judge([...target.warnings, ...found], options);
    const { overrides } = fleet;
    const facts = { kind: 'import', command: 'import', warnings, errors, overrides, requests: fleet.sent() } as const;
    const interrupted = stop.aborted;
    if (errors.length > 0) {
      return { ...facts, interrupted, outcome: 'invalid', files: [{ name, changed: false }], bots: [] };
    }
    const additions = imports.flatMap(({ addition }) => addition ?? []);
    const changed = additions.length > 0 && !interrupted;
    if (changed) await writeTarget(target, additions, files);
    const failed = stop.aborted || imports.some(({ error }) => error);
    const reported = imports.map(({ id, numbers, alreadyThere, waIds, error }): ImportedBot => {
      const imported = interrupted ? 0 : numbers.size;
      const more = waIds > 0 && !interrupted && { waIds };
      return { id, imported, alreadyThere, ...more, error, ...(options.verbose && !error && { numbers }) };
    });
    return {
      ...facts,
      interrupted: stop.aborted,
      outcome: failed ? 'failed' : changed ? 'written' : 'unchanged',
      files: [{ name, changed }],
      bots: reported.sort((a, b) => (a.id < b.id ? -1 : 1)),
    };
  } finally {
    await fleet.close();
  }
}

interface Import extends Pick<ImportedBot, 'id' | 'alreadyThere' | 'error'> {
  readonly numbers: NumberSet;
  /** The count of declared numbers that get a waId. */
  readonly waIds: number;
  /** Null if the file needs no change for the bot. */
  readonly addition: Addition | null;
  readonly warnings: readonly Warning[];
}

/** Decides which numbers of a list are added to the file. `defined`: the bot as declared after the import. */
function importBot(
  { id, provider, stated }: ImportAddress,
  list: Snapshot | Invalid<Failure>,
  target: Target,
  defined: Bot,
  { giver, reported }: Source,
): Import {
  if (list instanceof Invalid) {
    const error = { ...list.why, ...(giver && { giver: { id: giver.id, numbers: giver.numbers.size } }) };
    return { id, numbers: NumberSet.empty, alreadyThere: 0, waIds: 0, error, addition: null, warnings: [] };
  }
  const userOf = target.usersOf(provider);
  const ignoredBy = (owner: Bot) => ignoredAmong(list.numbers, owner.ignored, userOf);
  const ignored = ignoredBy(defined);
  const ignoredThere = giver ? ignoredBy(giver).minus(ignored) : NumberSet.empty;
  const owned = list.numbers.minus(ignored).minus(ignoredThere);
  const pairs = newPairs(list, target, userOf).filter(([, waId]) => owned.has(waId));
  const paired = pairs.length > 0 ? usersBy([...target.pairs, ...pairs])(provider) : userOf;
  const spelled = (some: NumberSet) => respell(some, owned, paired);
  const declared = spelled(declaredBy(target.all.get(id)));
  const numbers = owned.minus(declared);
  const bot = target.own.get(id);
  const warnings = [
    ...list.warnings,
    ...leftOut(ignored),
    ...leftOut(ignoredThere, giver?.id),
    ...(bot && !giver && !reported ? differences(bot, spelled(bot.numbers), declared, owned) : []),
    ...(giver ? leftBehind(giver, list.numbers, numbers, target) : []),
  ];
  const places = { declared: declaredBy(target.all.get(id)), own: ownNumbers(target, defined), userOf };
  const { toDeclared: waIds, names, ...added } = placeNames(numbers, pairs, places);
  const addition = { id, ...added, ...(names.size > 0 && { names }), settings: stated };
  const changes = !bot || numbers.size > 0 || names.size > 0;
  const alreadyThere = owned.size - numbers.size;
  return { id, numbers, alreadyThere, waIds, error: null, addition: changes ? addition : null, warnings };
}

/** The numbers that the files declare for a bot, expired ones included. */
function declaredBy(bot: Bot | undefined): NumberSet {
  return bot ? bot.numbers.or(NumberSet.of(bot.expired.keys())) : NumberSet.empty;
}

/** Warns of ignored numbers, which are not imported. */
function leftOut({ size, values }: NumberSet, rulesOf?: string): Warning[] {
  return size > 0 ? [{ code: 'W-IGNORED-IMPORT', ...sampleOf(values), ...(rulesOf !== undefined && { rulesOf }) }] : [];
}

/** Warns of numbers that the next apply would change: in force and not live, or live and expired. */
function differences({ policy }: Bot, inForce: NumberSet, declared: NumberSet, live: NumberSet): Warning[] {
  const { adds, removes } = POLICIES[policy];
  const absent = inForce.minus(live);
  const expired = declared.minus(inForce).and(live);
  const found: Warning[] = [];
  if (absent.size > 0) found.push({ code: 'W-NOT-LIVE', adds, ...sampleOf(absent.values) });
  if (expired.size > 0) found.push({ code: 'W-EXPIRED-LIVE', removes, ...sampleOf(expired.values) });
  return found;
}

/** Writes the file, unless it was edited while the lists were read, which may take minutes. */
async function writeTarget(target: Target, additions: readonly Addition[], files: Context['files']): Promise<void> {
  const { file, isNew } = target;
  const text = insertChecked(target, additions);
  const readAgain = async () => (await files.readDesired([file.name])).files[0]?.text;
  if (files.exists(file.name) === isNew || (!isNew && (await readAgain()) !== file.text)) {
    throw new StaleError(
      `${file.name}: the file changed while import read the lists, so nothing was written; run import again`,
    );
  }
  files.writeDesired(file.name, text);
}
