import { type Declared, declare } from '../../desired/declare.ts';
import { isInForce } from '../../desired/expiry.ts';
import { wantedBy } from '../../desired/gather.ts';
import { resolve } from '../../desired/resolve.ts';
import type { Commit, CommitWords } from '../../desired/source/log.ts';
import type { Past, Step } from '../../desired/source/past.ts';
import type { SourceFile } from '../../desired/source/yaml-files.ts';
import type { BotHistory, CommitFacts, History, HistoryEvent } from '../../model/answer.ts';
import type { Declaration } from '../../model/declaration.ts';
import type { Fault } from '../../model/fault.ts';
import { dayAfter, timeOf } from '../../model/world.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import { otherWhatsAppSpelling, spellingsOf } from '../../numbers/same-user.ts';
import type { Context } from '../../steps/context.ts';
import { DEFAULT_PATH, type Selection } from '../../steps/options.ts';
import { type Desired, isSelected } from '../../steps/read-desired.ts';
import { usersBy } from '../../steps/users.ts';

/** What each bot declares of the user, by bot id. Bots that declare nothing of them are omitted. */
type State = ReadonlyMap<string, readonly Declaration[]>;

/** A change of what a bot declares. `commit` made it. The last of `merges` brought it to the branch, others before. */
interface Change {
  readonly kind: Exclude<HistoryEvent['kind'], 'expired'>;
  readonly commit: Commit;
  readonly merges: readonly Commit[];
  readonly declarations: readonly Declaration[];
}

/**
 * Finds the commits that changed what bots declare of a number. Only commits that may have changed it are parsed. An
 * expiry between two commits is an event of its own.
 *
 * @throws InvalidError if git or the repository cannot be read.
 */
export async function historyOf(
  number: Msisdn,
  paths: readonly string[],
  desired: Desired,
  selection: Selection,
  context: Context,
): Promise<History> {
  const names = new Set([number, ...desired.pairs.filter((pair) => pair.includes(number)).flat()]);
  const spellings = [...names].flatMap((name) => [name, otherWhatsAppSpelling(name) ?? name]);
  const past = context.files.readPast(paths.length > 0 ? paths : [DEFAULT_PATH], spellings);
  const reader = makeReader(number, context);
  const { changes, last: committed } = await changesIn(past.steps(), past, reader);
  const commits = [...changes.values()].flat().flatMap(({ commit, merges }) => [commit, ...merges]);
  const words = past.words([...new Set(commits.map(({ id }) => id))]);
  const today = context.clock.today();
  const bots = Array.from(changes, ([id, some]): BotHistory => ({ id, events: eventsOf(some, words, today) }));
  const [last] = reader.unread.toReversed();
  return {
    bots: bots.filter(isSelected(selection)).sort((a, b) => (a.id < b.id ? -1 : 1)),
    commits: past.commits,
    isShallow: past.isShallow,
    uncommitted: committed
      ? differing(committed, stateOf(number, desired)).filter((id) => isSelected(selection)({ id }))
      : [],
    unread: last ? { commits: reader.unread.length, last: last.commit.id, why: last.why } : null,
  };
}

type Reader = ReturnType<typeof makeReader>;

/** Reads the state of steps. Parses the text of each file once. */
function makeReader(number: Msisdn, { files, clock }: Context) {
  const today = clock.today();
  const parsed = new Map<string, Map<string, Declared>>(); // by name, then by text
  const unread: { readonly commit: Commit; readonly why: Fault }[] = [];

  function parse(file: SourceFile): Declared {
    const known = parsed.get(file.name) ?? new Map<string, Declared>();
    parsed.set(file.name, known);
    const declared = known.get(file.text) ?? declare(file, today);
    known.clear(); // later commits seldom have the text of earlier ones
    known.set(file.text, declared);
    return declared;
  }

  /** Returns null if the files have errors. */
  async function read({ tree, paths, commit }: Step): Promise<State | null> {
    const { files: sources, faults } = await files.readDesiredAt(tree, paths);
    const declared = sources.map(parse);
    const numberFiles = await files.readNumbers(wantedBy(declared), tree);
    const desired = resolve(declared, numberFiles, today, faults.length === 0);
    const [why] = [...faults, ...desired.faults];
    if (why && commit) unread.push({ commit, why });
    if (why) return null;
    return stateOf(number, { ...desired, usersOf: usersBy(desired.pairs) });
  }

  return { read, unread };
}

function stateOf(
  number: Msisdn,
  { bots, usersOf, declarations }: Pick<Desired, 'bots' | 'usersOf' | 'declarations'>,
): State {
  return new Map(
    bots.flatMap(({ id, provider, numbers, expired }) => {
      const all = numbers.or(NumberSet.of(expired.keys()));
      const found = spellingsOf(number, all, usersOf(provider));
      return found.size > 0 ? [[id, declarations(id, found)] as const] : [];
    }),
  );
}

/** Lists the bots that declare something else than at the last commit. */
function differing(committed: State, now: State): string[] {
  const ids = [...new Set([...committed.keys(), ...now.keys()])].sort();
  return ids.filter((id) => contentOf(committed.get(id) ?? []) !== contentOf(now.get(id) ?? []));
}

interface Changes {
  /** The changes of each bot, oldest first. */
  readonly changes: ReadonlyMap<string, readonly Change[]>;
  /** The state after the last commit; null if its files have errors. */
  readonly last: State | null;
}

async function changesIn(steps: Iterable<Step>, past: Past, reader: Reader): Promise<Changes> {
  const changes = new Map<string, Change[]>();
  let before: State = new Map();
  let isUnknown = false; // the last files had errors, so the next ones may differ in more than they changed
  for (const step of steps) {
    if (!step.mayDiffer && !isUnknown) continue;
    const after = await reader.read(step);
    isUnknown = after === null;
    if (!after) continue;
    if (step.commit) {
      const found = changesBetween(before, after, step.commit);
      const isMerge = step.commit.parents.length > 1 && found.size > 0;
      const merged = isMerge ? await changesIn(past.merged(step.commit), past, reader) : null;
      for (const [id, change] of found) {
        // The last change of the merged branch made the state that the merge brought.
        const own = merged?.changes.get(id)?.at(-1);
        const whole = own ? { ...change, commit: own.commit, merges: [...own.merges, step.commit] } : change;
        changes.set(id, [...(changes.get(id) ?? []), whole]);
      }
    }
    before = after;
  }
  return { changes, last: isUnknown ? null : before };
}

function changesBetween(before: State, after: State, commit: Commit): Map<string, Change> {
  const changes = new Map<string, Change>();
  for (const id of new Set([...before.keys(), ...after.keys()])) {
    const [old = [], now = []] = [before.get(id), after.get(id)];
    if (contentOf(old) === contentOf(now)) continue;
    const kind = old.length === 0 ? 'declared' : now.length === 0 ? 'removed' : 'changed';
    changes.set(id, { kind, commit, merges: [], declarations: kind === 'removed' ? old : now });
  }
  return changes;
}

/** Compares declarations without their places, as a file may be renamed, and lines move. */
function contentOf(declarations: readonly Declaration[]): string {
  return JSON.stringify(declarations.map(({ number, list, entry }) => JSON.stringify([number, list, entry])).sort());
}

function eventsOf(changes: readonly Change[], words: ReadonlyMap<string, CommitWords>, today: string): HistoryEvent[] {
  return changes.flatMap(({ kind, commit, merges, declarations }, at): HistoryEvent[] => {
    const day = timeOf(timeInForce({ commit, merges })).slice(0, 10);
    const event = { kind, day, commit: factsOf(commit, merges, words), declarations };
    const next = changes[at + 1];
    const until = next ? timeOf(timeInForce(next)).slice(0, 10) : today;
    const end = kind === 'removed' ? null : endOf(declarations);
    if (end === null || !isInForce(end, day) || isInForce(end, until)) return [event];
    return [event, { kind: 'expired', day: dayAfter(end), commit: null, declarations }];
  });
}

/** Returns the last day on which any of the declarations is in force; null if there is none. */
function endOf(declarations: readonly Declaration[]): string | null {
  const days = declarations.map(({ entry }) => entry.expires);
  return days.includes(undefined) ? null : (days.sort().at(-1) ?? null);
}

/** Returns the time of the merge that put a change in force, in seconds since 1970, or else of its commit. */
const timeInForce = ({ commit, merges }: Pick<Change, 'commit' | 'merges'>) => (merges.at(-1) ?? commit).time;

function factsOf(commit: Commit, merges: readonly Commit[], words: ReadonlyMap<string, CommitWords>): CommitFacts {
  const { author = '', subject = '' } = words.get(commit.id) ?? {};
  const [pull = null] = [commit, ...merges].flatMap(({ id }) => words.get(id)?.pull ?? []);
  return { id: commit.id, author, subject, pull, merge: merges.at(-1)?.id ?? null };
}
