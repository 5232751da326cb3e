import type { Holder } from '../../desired/edit/entry.ts';
import { type Removal, removeEntries } from '../../desired/edit/remove.ts';
import { columnOf, removeLines } from '../../desired/number-files/edit.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Fault } from '../../model/fault.ts';
import type { EditedEntry } from '../../model/report.ts';
import type { Msisdn } from '../../numbers/msisdn.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import type { Context } from '../../steps/context.ts';
import type { Desired } from '../../steps/read-desired.ts';
import { Edits, finish } from './edits.ts';
import { readAsked } from './numbers.ts';
import type { EditOptions } from './options.ts';
import {
  faultOf,
  findEverywhere,
  findTarget,
  nameOf,
  type Placed,
  placesWords,
  readState,
  type Target,
  whyFixed,
  written,
} from './target.ts';

/**
 * Removes the declarations of numbers from a bot or a list. Without a target it asks, and removes them everywhere. Writes
 * nothing if one number cannot be removed.
 */
export async function remove(texts: readonly string[], options: EditOptions, context: Context) {
  const today = context.clock.today();
  const asked = await readAsked(texts, context);
  const desired = await readState(options, 'remove', context);
  const target = findTarget(options, desired, today);
  const places: Placed[] = [];
  const faults: Fault[] = [];
  for (const number of asked.numbers) {
    const everywhere = findEverywhere(number, desired, today);
    const found = target ? target.find(number).own : everywhere;
    const fault = whyNot(number, found, { target, everywhere, desired });
    if (fault) faults.push(fault);
    places.push(...found);
  }
  if (faults.length === 0 && !target && !context.confirm && !options.dryRun)
    faults.push(...unasked(asked.numbers, places));
  if (faults.length > 0) throw new InvalidError(faults);

  const edits = new Edits(desired, context);
  for (const file of new Set(places.map(({ place }) => place.file))) {
    removeFrom(
      file,
      places.filter(({ place }) => place.file === file),
      desired,
      edits,
    );
  }
  const entries = places.map(({ number, place, holder: { kind, name } }): EditedEntry => {
    return {
      number,
      change: 'removed',
      bot: kind === 'bots' ? name : null,
      list: kind === 'lists' ? name : null,
      place,
    };
  });
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const question = `Remove ${count(asked.numbers.length, 'number')} from ${count(places.length, 'place')}? Only "yes" is accepted: `;
  const warnings = [...desired.warnings, ...asked.warnings];
  return finish('remove', edits, entries, warnings, target ? null : question, options, context);
}

/** Returns why a number cannot be removed; null if it can be. */
function whyNot(
  number: Msisdn,
  found: readonly Placed[],
  { target, everywhere, desired }: { target: Target | null; everywhere: readonly Placed[]; desired: Desired },
): Fault | null {
  if (found.length === 0) {
    const elsewhere = everywhere.length > 0 ? `, but at ${placesWords(everywhere)}; pass that target` : '';
    return faultOf(number, `is not declared ${target ? `by ${target.name}` : 'in these files'}${elsewhere}`);
  }
  const protecting = desired.protecting(NumberSet.of([number, ...found.map((each) => each.number)]));
  if (protecting.length > 0) {
    const at = protecting.map(written).join(', ');
    return faultOf(number, `is protected at ${at}; remove "protected: true" there first`, found);
  }
  const all = target ? [...found, ...target.find(number).others] : [];
  if (all.length > 1) {
    const remedy = 'remove the others first, or omit the target to remove all of them';
    return faultOf(number, `is declared ${all.length} times for ${target!.name}: ${placesWords(all)}; ${remedy}`, all);
  }
  const fixed = found.find((each) => whyFixed(each) !== null);
  return fixed ? faultOf(number, whyFixed(fixed)!, [fixed]) : null;
}

/** Makes the errors of a run that cannot ask: the places of each number, and the options that choose one. */
function unasked(numbers: readonly Msisdn[], places: readonly Placed[]): Fault[] {
  const flagOf = ({ kind, name }: Holder) => (kind === 'bots' ? `--bot ${name}` : `--list ${name}`);
  return numbers.map((number) => {
    const mine = numbers.length === 1 ? places : places.filter((each) => each.number === number);
    const flags = [...new Set(mine.map(({ holder }) => flagOf(holder)))].join(' or ');
    const message = `is declared at ${placesWords(mine)}, and remove cannot ask without a terminal; pass ${flags}`;
    return faultOf(number, message, mine);
  });
}

function removeFrom(name: string, places: readonly Placed[], desired: Desired, edits: Edits): void {
  const file = desired.files.find((each) => each.name === name);
  if (!file) {
    const lines = new Set(places.map(({ place }) => place.line));
    const read = numberFileOf(name, desired);
    const kept = Array.from(read.file.numbers).filter((_, n) => !lines.has(read.file.placeOf(n).line));
    edits.numberFile(read, kept, (text) => removeLines(text, lines));
    return;
  }
  const removals = new Map<string, Removal>();
  for (const { holder, number } of places) {
    const key = nameOf(holder);
    const { numbers = NumberSet.empty } = removals.get(key) ?? {};
    removals.set(key, { ...holder, numbers: numbers.or(NumberSet.of([number])) });
  }
  edits.yaml(file, removeEntries(file, [...removals.values()]), (all, holder) => {
    const removal = removals.get(nameOf(holder));
    return removal ? all.filter(({ number }) => !removal.numbers.has(number)) : all;
  });
}

function numberFileOf(name: string, { declared, numberFiles }: Desired): { file: NumberFile; column: string | null } {
  for (const from of declared) {
    for (const wanted of [...from.lists, ...from.bots].flatMap(({ files }) => files)) {
      const file = numberFiles({ from: from.file, ...wanted }).files.find((each) => each.name === name);
      if (file) return { file, column: columnOf(name, wanted.column) };
    }
  }
  throw new Error(`${name}: this number file is not declared`);
}
