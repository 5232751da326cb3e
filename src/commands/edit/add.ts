import { isDeepStrictEqual } from 'node:util';
import { addEntries, hasNumbers } from '../../desired/edit/add.ts';
import { type Entries, withNumbers } from '../../desired/edit/contents.ts';
import type { Details } from '../../desired/edit/entry.ts';
import { type Renewal, renewEntries } from '../../desired/edit/renew.ts';
import { addLines } from '../../desired/number-files/edit.ts';
import { isMapping, type Mapping } from '../../desired/yaml/parts.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { EditedEntry } from '../../model/report.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { quotedName } from '../../numbers/quoted.ts';
import type { Context } from '../../steps/context.ts';
import type { Desired } from '../../steps/read-desired.ts';
import { askMissing, detailsOf } from './details.ts';
import { Edits, finish } from './edits.ts';
import { readAsked, warnOfLengths } from './numbers.ts';
import type { AddOptions } from './options.ts';
import { columnsOf, type NumberColumn, nameOf, type Placed, readersOf } from './places.ts';
import {
  editedEntry,
  type Found,
  faultOf,
  findTarget,
  flagOf,
  isOneRow,
  placesWords,
  readState,
  sharersWords,
  type Target,
  targetsIn,
  whyFixed,
} from './target.ts';

/**
 * Declares numbers for a bot or a list. An entry that exists gets the new details, and one that has expired is in force
 * again. Writes nothing if one number cannot be added.
 */
export async function add(texts: readonly string[], options: AddOptions, context: Context) {
  const today = context.clock.today();
  const given = detailsOf(options, today);
  const asked = await readAsked(texts, context);
  const desired = await readState(options, 'add', context);
  const target = findTarget(options, desired, today);
  if (!target) throw new InvalidError(`add needs a target; pass ${targetsIn(desired)}`);

  const find = target.find(asked.numbers);
  const steps = asked.numbers.map((number) => ({ number, ...stepFor(number, find(number), given, target) }));
  const fresh = steps.filter(({ change }) => change === 'added').map(({ number }) => number);
  const faults = [
    ...steps.flatMap(({ fault }) => fault ?? []),
    ...twinsIn(fresh, target),
    ...ignoredIn(fresh, target, desired),
  ];
  if (faults.length > 0) throw new InvalidError(faults);
  const renewed = steps.flatMap(({ change, at }) => {
    if (change !== 'renewed') return [];
    const renewal = renewalOf(at!, given);
    return { number: at!.number, renewal, expected: withDetails({ ...at!.entry }, renewal) };
  });

  const created: Mapping[] = fresh.length > 0 ? [{ ...given }] : [];
  const complete = await askMissing(given, [...created, ...renewed.map(({ expected }) => expected)], target, context);
  const details = complete(given, { ...given });
  const renewals = new Map(renewed.map(({ number, renewal, expected }) => [number, complete(renewal, expected)]));
  const edits = new Edits(desired, context);
  if (fresh.length > 0 && takesFiles(target)) addToFile(target, fresh, details, desired, edits);
  else addToYaml(target, fresh, details, renewals, edits);

  const entries = steps.map(({ number, change, at }) =>
    editedEntry(number, change, at?.holder ?? target.holder, at?.place ?? null),
  );
  const doubts = await warnOfLengths(asked.numbers, target.bots, context);
  return finish('add', edits, entries, [...asked.warnings, ...doubts], null, options, context);
}

interface Step {
  readonly change: EditedEntry['change'];
  /** Where the number is declared already. */
  readonly at?: Placed;
  readonly fault?: Fault;
}

/** Decides what to do about a number: nothing, if it is declared with these details. */
function stepFor(number: Msisdn, { own, others }: Found, given: Details, target: Target): Step {
  const all = [...own, ...others];
  const [at] = all;
  if (!at) return { change: 'added' };
  const refuse = (message: string): Step => ({ change: 'unchanged', at, fault: faultOf(number, message, all) });
  if (all.length > 1 && !isOneRow(all)) {
    return refuse(`is declared ${all.length} times for ${target.name}: ${placesWords(all)}; keep one of them`);
  }
  const isSame = isDeepStrictEqual(withDetails({ ...at.entry }, given), { ...at.entry });
  if (isSame && at.isInForce) return { change: 'unchanged', at };
  if (own.length === 0) {
    const by = nameOf(at.holder);
    return refuse(
      `is already declared for ${target.name} by ${by}; to edit it for every bot of the list, pass ${flagOf(at.holder)}`,
    );
  }
  const fixed = whyFixed(at);
  if (fixed !== null) return refuse(fixed);
  if (at.entry.protected) return refuse(`is protected for ${nameOf(at.holder)}; edit its entry by hand`);
  const isEntry = at.place.file === target.file.name;
  if (!isEntry)
    return refuse(
      `is declared for ${nameOf(at.holder)} in a number file, whose lines add cannot change; omit ${flagsOf(given)}`,
    );
  return { change: 'renewed', at };
}

/** Finds numbers that a rule of the target, or of a bot that uses it, ignores. */
function ignoredIn(numbers: readonly Msisdn[], { bots }: Target, desired: Desired): Fault[] {
  const rules = bots.flatMap(({ id }) => desired.ignoreRules(id).map((rule) => ({ id, ...rule })));
  return numbers.flatMap((number): Fault[] => {
    const rule = rules.find(({ numbers, prefix, past }) => {
      return !past && (prefix === undefined ? numbers.has(number) : String(number).startsWith(prefix));
    });
    if (!rule) return [];
    return [
      { number, message: `is ignored for the bot "${rule.id}" by this rule; remove the rule first`, place: rule.place },
    ];
  });
}

/** Finds numbers of a user whose number comes before them in another spelling. */
function twinsIn(numbers: readonly Msisdn[], { userOf = (number) => number }: Target): Fault[] {
  const users = new Set<Msisdn>();
  return numbers.flatMap((number) => {
    const user = userOf(number);
    if (users.has(user))
      return faultOf(number, 'is the same WhatsApp user as another number in this command; pass one of the two');
    users.add(user);
    return [];
  });
}

/** A target with number files and without `numbers` gets its numbers there. */
const takesFiles = ({ part, parsed, holder }: Target) => part.files.items.length > 0 && !hasNumbers(parsed, holder);

function addToFile(target: Target, numbers: readonly Msisdn[], details: Details, desired: Desired, edits: Edits) {
  const { file, column } = target.numberFiles[0]!; // a path or pattern that matches no file is an error
  const { name } = target;
  const places = new Set(target.numberFiles.map((each) => columnWords(each)));
  if (places.size > 1) {
    const names = [...places].join(', ');
    throw new InvalidError(
      `${name} takes its numbers from several number files or columns, so add cannot choose one: ${names}; edit one by hand`,
    );
  }
  const sharers = sharersWords(target.holder, readersOf(file.name, desired));
  if (sharers !== '') {
    const remedy = `edit the file by hand, or add "numbers: []" to ${name}`;
    throw new InvalidError(
      `${file.name}: ${name} takes its numbers from this file, which it shares with ${sharers}; ${remedy}`,
    );
  }
  if (file.name.endsWith('.age')) throw new InvalidError(`${file.name}: ${ENCRYPTED}`);
  const { reason, ...rest } = details;
  const unfit = column === null ? rest : details;
  if (Object.keys(unfit).length > 0) {
    const them = Object.keys(unfit).length === 1 ? 'it' : 'them';
    const remedy = `omit ${them}, or pass a bot or list that has "numbers" in its YAML file`;
    throw new InvalidError(
      `${file.name}: ${name} takes its numbers from this file, which cannot store ${flagsOf(unfit)}; ${remedy}`,
    );
  }
  edits.numberFile(
    file.name,
    columnsOf(file.name, desired),
    (before) => [...before.numbers, ...numbers],
    (text) => addLines(text, numbers, file.header, reason),
  );
}

const columnWords = ({ file, column }: NumberColumn) =>
  column === null ? file.name : `${file.name} (column ${quotedName(column)})`;

/** Words the options that gave these details. */
const flagsOf = (details: Details) =>
  Object.keys(details)
    .map((key) => `--${key === 'labels' ? 'label' : key}`)
    .join(' or ');

const ENCRYPTED =
  'this file is encrypted, and add would write plain text; decrypt it, add the number, and encrypt it again';

function addToYaml(
  target: Target,
  fresh: readonly Msisdn[],
  details: Details,
  renewals: ReadonlyMap<Msisdn, Renewal>,
  edits: Edits,
) {
  if (fresh.length + renewals.size === 0) return;
  const { file, holder } = target;
  if (file.encrypted) throw new InvalidError(`${file.name}: ${ENCRYPTED}`);
  let next = file;
  if (renewals.size > 0) next = { ...file, text: renewEntries(file, holder, renewals) };
  const entries = fresh.map((number) => ({ number, details }));
  if (entries.length > 0) next = { ...file, text: addEntries(next, holder, entries) };
  edits.yaml(file, [next], (all, of) => {
    const isTarget = of.kind === holder.kind && of.name === holder.name;
    return isTarget ? withNumbers(renewedIn(all, renewals), fresh, { ...details }) : all;
  });
}

/** An expired entry without a new last day is in force without one. */
function renewalOf({ isInForce }: Placed, details: Details): Renewal {
  return details.expires === undefined && !isInForce ? { ...details, expires: null } : details;
}

/** Returns the keys of an entry with new details. The labels without a new value stay. */
function withDetails(keys: Mapping, { expires, labels, ...rest }: Renewal): Mapping {
  const { expires: old, ...others } = keys;
  const day = expires === undefined ? old : (expires ?? undefined);
  return {
    ...others,
    ...rest,
    ...(day !== undefined && { expires: day }),
    ...(labels && { labels: { ...(isMapping(keys.labels) && keys.labels), ...labels } }),
  };
}

function renewedIn({ numbers, keys }: Entries, renewals: ReadonlyMap<Msisdn, Renewal>): Entries {
  if (renewals.size === 0) return { numbers, keys };
  const all = new Map(keys);
  for (const [at, number] of numbers.entries()) {
    const renewal = renewals.get(number);
    const changed = renewal && withDetails(keys.get(at) ?? {}, renewal);
    if (changed && Object.keys(changed).length > 0) all.set(at, changed);
    else if (changed) all.delete(at);
  }
  return { numbers, keys: all };
}
