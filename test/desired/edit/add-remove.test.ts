import { describe, expect, test } from 'vitest';
import { addEntries } from '../../../src/desired/edit/add.ts';
import { changesOnly } from '../../../src/desired/edit/contents.ts';
import type { Details, Holder, NewEntry } from '../../../src/desired/edit/entry.ts';
import { formatLines } from '../../../src/desired/edit/format.ts';
import { removeEntries } from '../../../src/desired/edit/remove.ts';
import { renewEntry } from '../../../src/desired/edit/renew.ts';
import { joinLines } from '../../../src/desired/edit/text.ts';
import { readTokens } from '../../../src/desired/yaml/cst.ts';
import { type ParsedFile, parseYaml } from '../../../src/desired/yaml/parse.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { changeOf } from '../../../src/plan/diff.ts';
import * as fc from '../../fast-check.ts';
import { loadDesired } from '../load.ts';
import { messyFiles, TODAY } from '../messy.ts';

const load = (text: string) => loadDesired([{ name: 'f', text }], TODAY);
const format = (text: string) => joinLines({ name: 'f', text }, formatLines({ name: 'f', text }));
const parse = (text: string) => parseYaml({ name: 'f', text }) as ParsedFile;

/** The comments of a file, without text that looks like one. */
function commentsOf(text: string): string[] {
  const comments: string[] = [];
  readTokens(text, ({ type, source }) => {
    if (type === 'comment') comments.push(source.trimEnd());
  });
  return comments;
}

function holdersOf(text: string): Holder[] {
  const { lists, bots } = parse(text).parts;
  return [
    ...Array.from(lists.keys(), (name) => ({ kind: 'lists' as const, name })),
    ...Array.from(bots.keys(), (name) => ({ kind: 'bots' as const, name })),
  ];
}

const add = (text: string, holder: Holder, entries: readonly NewEntry[]) =>
  addEntries({ name: 'f', text }, holder, entries);

/** Removes numbers as `remove` does: the first form counts that declares the same as before without them. */
function remove(text: string, holder: Holder, numbers: NumberSet): string | undefined {
  const file = { name: 'f', text };
  const isKept = ({ number }: { number: number }) => !numbers.has(number);
  const change = (all: readonly { number: number; keys: object }[], of: Holder) =>
    of.kind === holder.kind && of.name === holder.name ? all.filter(isKept) : all;
  return [...removeEntries(file, [{ ...holder, numbers }])].find((form) => changesOnly(file, form, change as never));
}

const words = fc.oneof(
  fc.constantFrom(
    'Threats, ticket 4711',
    'yes',
    '12',
    'a: b',
    '# x',
    "it's",
    'x #y',
    '- a',
    '[',
    '"q"',
    'ü \u2028',
    '+447700900123',
  ),
  fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text && !/\p{Cc}/u.test(text)),
);
const details: fc.Arbitrary<Details> = fc.record(
  {
    reason: words,
    owner: words,
    expires: fc.constantFrom('2026-12-31', '9999-12-31'),
    labels: fc.dictionary(words, words, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const entries = fc.uniqueArray(
  fc.record({ number: fc.integer({ min: 447_700_800_000, max: 447_700_800_099 }), details }),
  { selector: ({ number }) => number, minLength: 1, maxLength: 3 },
);
const story = fc
  .tuple(messyFiles, fc.nat(), entries, fc.boolean())
  .map(([messy, at, added, formatted]) => {
    const text = formatted ? format(messy) : messy;
    const holders = holdersOf(text);
    return holders.length === 0 ? null : { text, formatted, holder: holders[at % holders.length]!, added };
  })
  .filter((each) => each !== null);

describe('laws of add and remove', () => {
  test('add, then remove, leaves a canonical file as it was, byte by byte', () => {
    fc.assert(
      fc.property(story, ({ text, formatted, holder, added }) => {
        if (!formatted) return;
        const longer = add(text, holder, added);
        expect(format(longer), 'canonical').toBe(longer);
        expect(remove(longer, holder, NumberSet.of(added.map(({ number }) => number)))).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  test('add declares exactly the new entries, with all of their details', () => {
    fc.assert(
      fc.property(story, ({ text, holder, added }) => {
        const longer = add(text, holder, added);
        const isHere = (of: Holder) => of.kind === holder.kind && of.name === holder.name;
        const keysOf = ({ labels = {}, ...rest }: Details) => ({
          ...rest,
          ...(Object.keys(labels).length > 0 && { labels }),
        });
        const fresh = added.map(({ number, details }) => ({
          number,
          keys: JSON.parse(JSON.stringify(keysOf(details))),
        }));
        const change = (all: readonly object[], of: Holder) => (isHere(of) ? [...all, ...fresh] : all);
        expect(changesOnly({ name: 'f', text }, longer, change as never), longer).toBe(true);
        expect(commentsOf(longer)).toEqual(expect.arrayContaining(commentsOf(text)));
      }),
      { numRuns: 500 },
    );
  });

  test('the plan after add has exactly the new numbers, for exactly the bots that get them', () => {
    fc.assert(
      fc.property(story, ({ text, holder, added }) => {
        const before = new Map(load(text).bots.map((bot) => [bot.id, bot.numbers]));
        const usersOf = new Set(
          Array.from(parse(text).parts.bots.values())
            .filter(({ lists }) => lists.items.some((item) => item.text === holder.name))
            .map(({ name }) => name),
        );
        const fresh = added.map(({ number }) => number).sort();
        for (const bot of load(add(text, holder, added)).bots) {
          const isUser = holder.kind === 'bots' ? bot.id === holder.name : usersOf.has(bot.id);
          const { add, remove } = changeOf(bot, before.get(bot.id)!, undefined);
          expect([[...add], [...remove]], bot.id).toEqual([isUser ? fresh : [], []]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('remove takes only the entry from any file, and keeps its comments', () => {
    fc.assert(
      fc.property(messyFiles, fc.nat(), fc.boolean(), (messy, at, formatted) => {
        const text = formatted ? format(messy) : messy;
        const all = holdersOf(text).flatMap((holder) => {
          const { numbers } = load(text).bots.find(({ id }) => id === holder.name && holder.kind === 'bots') ?? {
            numbers: [],
          };
          return Array.from(numbers, (number) => ({ holder, number }));
        });
        if (all.length === 0) return;
        const { holder, number } = all[at % all.length]!;
        const left = remove(text, holder, NumberSet.of([number]));
        expect(left, text).toBeDefined();
        expect(commentsOf(left!)).toEqual(commentsOf(text));
        if (formatted) expect(format(left!)).toBe(left);
      }),
      { numRuns: 500 },
    );
  });

  test('renew changes only the details of one entry', () => {
    const renewal = fc.record(
      { reason: words, owner: words, expires: fc.constantFrom('9999-12-30', null) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(messyFiles, fc.nat(), renewal, (messy, at, changes) => {
        const text = format(messy.replace(/!!str ?/g, '')); // the command refuses to edit a tagged number
        const all = holdersOf(text).flatMap((holder) => {
          const { items } = parse(text).parts[holder.kind].get(holder.name)!.numbers;
          return items.flatMap(({ run }, index) =>
            run
              ? []
              : [
                  {
                    holder,
                    index,
                    nth: items.slice(0, index).reduce((n, item) => n + (item.run?.numbers.length ?? 1), 0),
                  },
                ],
          );
        });
        if (all.length === 0) return;
        const { holder, index, nth } = all[at % all.length]!;
        const { expires, ...rest } = changes;
        const renewed = renewEntry({ name: 'f', text }, holder, index, changes);
        const isHere = (of: Holder) => of.kind === holder.kind && of.name === holder.name;
        const change = (all: readonly { keys: object }[], of: Holder) =>
          all.map((entry, n) => {
            if (!isHere(of) || n !== nth) return entry;
            const { expires: old, ...others } = entry.keys as { expires?: string };
            const day = expires === undefined ? old : (expires ?? undefined);
            return { ...entry, keys: { ...others, ...rest, ...(day !== undefined && { expires: day }) } };
          });
        expect(changesOnly({ name: 'f', text }, renewed, change as never), `${text}\n${renewed}`).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
