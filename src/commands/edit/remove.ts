import { withoutNumbers } from '../../desired/edit/contents.ts';
import { type Removal, removeEntries } from '../../desired/edit/remove.ts';
import { removeLines, rowsOf } from '../../desired/number-files/edit.ts';
import type { NumberFile } from '../../desired/number-files/number-file.ts';
import { InvalidError } from '../../model/errors.ts';
import { NumberSet } from '../../numbers/number-set.ts';
import type { Context } from '../../steps/context.ts';
import type { Desired } from '../../steps/read-desired.ts';
import { Edits, finish } from './edits.ts';
import { readAsked } from './numbers.ts';
import type { EditOptions } from './options.ts';
import { columnsOf, groupsOf, nameOf, type Placed } from './places.ts';
import { Removals } from './refusals.ts';
import { editedEntry, findTarget, readState } from './target.ts';

/**
 * Removes numbers from a bot or a list, unless they are in a number file that others use too. Without a target it asks,
 * and removes them everywhere. Writes nothing if one number cannot be removed.
 */
export async function remove(texts: readonly string[], options: EditOptions, context: Context) {
  const today = context.clock.today();
  const asked = await readAsked(texts, context);
  const desired = await readState(options, 'remove', context);
  const target = findTarget(options, desired, today);
  const removals = new Removals(asked.numbers, desired, today);
  const faults = removals.faults(target);
  if (faults.length > 0) throw new InvalidError(faults);
  if (!target && !context.confirm && !options.dryRun) throw new InvalidError(removals.unasked());

  const places = removals.placesOf(target);
  const edits = new Edits(desired, context);
  for (const [file, some] of groupsOf(places, ({ place }) => place.file)) removeFrom(file, some, desired, edits);
  const entries = places.flatMap(({ number, place, holders }) =>
    holders.map((holder) => editedEntry(number, 'removed', holder, place)),
  );
  const question = target ? null : questionFor(asked.numbers.length, places);
  return finish('remove', edits, entries, asked.warnings, question, options, context);
}

/** Words the question of a removal without a target. The report before it names the bots and lists. */
function questionFor(numbers: number, places: readonly Placed[]): string {
  const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  const holders = new Map(places.flatMap((place) => place.holders.map((holder) => [nameOf(holder), holder.kind])));
  const whose = [['bots', 'bot'] as const, ['lists', 'list'] as const].flatMap(([kind, what]) => {
    const size = [...holders.values()].filter((each) => each === kind).length;
    return size > 0 ? count(size, what) : [];
  });
  return `Remove ${count(numbers, 'number')} from ${count(places.length, 'place')} of ${whose.join(' and ')}? Only "yes" is accepted: `;
}

function removeFrom(name: string, places: readonly Placed[], desired: Desired, edits: Edits): void {
  const file = desired.files.find((each) => each.name === name);
  if (!file) return void removeRows(name, places, desired, edits);
  const removals = new Map(
    Array.from(
      groupsOf(places, ({ holder }) => nameOf(holder)),
      ([key, some]): [string, Removal] => {
        return [key, { ...some[0]!.holder, numbers: NumberSet.of(some.map(({ number }) => number)) }];
      },
    ),
  );
  edits.yaml(file, removeEntries(file, [...removals.values()]), (all, holder) => {
    const removal = removals.get(nameOf(holder));
    return removal ? withoutNumbers(all, removal.numbers) : all;
  });
}

function removeRows(name: string, places: readonly Placed[], desired: Desired, edits: Edits): void {
  const columns = columnsOf(name, desired);
  const rowOf = rowsOf(columns[0]!.file);
  const rows = new Set(places.map(({ place }) => rowOf(place.line)));
  const isGone = (line: number) => rows.has(rowOf(line));
  const kept = ({ numbers, placeOf }: NumberFile) => Array.from(numbers).filter((_, n) => !isGone(placeOf(n).line));
  edits.numberFile(name, columns, kept, (text) => removeLines(text, isGone));
}
