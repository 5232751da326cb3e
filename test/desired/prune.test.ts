import { applyPatch, FILE_HEADERS_ONLY, formatPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatLines, joinLines } from '../../src/desired/format.ts';
import { hunksOf } from '../../src/desired/hunks.ts';
import { listsOfNumbers } from '../../src/desired/lists-of-numbers.ts';
import { loadDesired } from '../../src/desired/load.ts';
import { type ParsedFile, parseYaml } from '../../src/desired/parse.ts';
import { entriesKept, pruneLines } from '../../src/desired/prune.ts';
import { readTokens } from '../../src/desired/tokens.ts';
import { bots, meaningOf, pick, wideFiles, writeMessy } from './messy.ts';

const TODAY = '2026-06-15';
const load = (text: string) => loadDesired([{ name: 'f', text }], TODAY);
const format = (text: string) => joinLines({ name: 'f', text }, formatLines({ name: 'f', text }));
const prune = (text: string) => joinLines({ name: 'f', text }, pruneLines({ name: 'f', text }, TODAY));
const kept = (text: string) => entriesKept({ name: 'f', text }, TODAY);

/** What stands in texts over several lines looks like a comment and is none. */
function commentsOf(text: string): string[] {
  const found: string[] = [];
  readTokens(text, ({ type, source }) => {
    if (type === 'comment') found.push(source.trimEnd());
  });
  return found;
}

/** What a file says without its expired entries, but for those that must stay. */
function withoutExpired(text: string): unknown {
  const stays = new Set(kept(text).map(({ place }) => `${place!.line}:${place!.column}`));
  const { value, fault } = parseYaml({ name: 'f', text }, false) as ParsedFile;
  for (const { path, items } of listsOfNumbers(value)) {
    const lasting = items.filter((item, index) => {
      const { expires } = item as { expires?: string };
      const { line, column } = fault([...path, index], '').place!;
      return expires === undefined || expires >= TODAY || stays.has(`${line}:${column}`);
    });
    (items as unknown[]).splice(0, items.length, ...lasting);
  }
  return meaningOf(JSON.stringify(value));
}

describe('laws of pruning', () => {
  test('exactly the expired entries go, and every comment stays', () => {
    fc.assert(
      fc.property(wideFiles, (text) => {
        const pruned = prune(text);
        expect(meaningOf(pruned), pruned).toEqual(withoutExpired(text));
        expect(commentsOf(pruned), pruned).toEqual(commentsOf(text));
      }),
      { numRuns: 500 },
    );
  });

  test('once is enough, and formatting before it or after it makes no difference', () => {
    fc.assert(
      fc.property(wideFiles, (text) => {
        const pruned = prune(text);
        expect(prune(pruned)).toBe(pruned);
        expect(format(pruned)).toBe(pruned);
        expect(prune(format(text))).toBe(pruned);
        expect(kept(pruned).length, 'entries that must stay').toBe(kept(text).length);
      }),
      { numRuns: 300 },
    );
  });

  test('what is wanted of the bots stays the same, but for what is known to have expired', () => {
    fc.assert(
      fc.property(bots, pick, (list, choice) => {
        const text = writeMessy(list, choice);
        const before = load(text);
        fc.pre(before.faults.length === 0);
        const after = load(prune(text));
        expect(after.faults).toEqual([]);
        const lasting = (desired: typeof before) => desired.bots.map(({ expired: _, ...bot }) => bot);
        expect(lasting(after)).toEqual(lasting(before));
        if (kept(text).length === 0) expect(after.bots.every(({ expired }) => expired.size === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('the patch makes the pruned file of the old one', () => {
    fc.assert(
      fc.property(wideFiles, (text) => {
        const file = { name: 'f', text };
        const hunks = hunksOf(file, pruneLines(file, TODAY)).map((hunk) => ({ ...hunk, lines: [...hunk.lines] }));
        const names = { oldFileName: 'f', newFileName: 'f', oldHeader: undefined, newHeader: undefined };
        const patch = formatPatch({ ...names, hunks }, FILE_HEADERS_ONLY);
        expect(hunks.length === 0 ? text : applyPatch(text, patch, { autoConvertLineEndings: false })).toBe(
          prune(text),
        );
      }),
      { numRuns: 200 },
    );
  });
});
