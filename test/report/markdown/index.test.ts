import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { html } from '../../../src/report/html/index.ts';
import { markdown } from '../../../src/report/markdown/index.ts';
import * as fc from '../../fast-check.ts';
import {
  adds,
  answer,
  answersSaying,
  bot,
  causedBot,
  check,
  counts,
  explained,
  failedBot,
  full,
  HOSTILE,
  imported,
  invalid,
  ledger,
  listed,
  listedBot,
  live,
  liveBot,
  masked,
  numbers,
  RUN,
  raw,
  refusedBot,
  report,
  result,
  reviewedBot,
  rule,
  way,
} from '../fixtures.ts';

const say = (what: Report, clean = full) => [...markdown(what, { clean })].join('');

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** Parses a document as GitHub does. */
const parse = (text: string): Node =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }) as Node;

/** Everything that renders: kinds of nodes and our own words, without the contents of code. */
function skeleton({ type, value, children }: Node): unknown {
  if (type === 'inlineCode') return [type];
  if (type === 'html') return [type, value!.replace(/<code>[^<>]*<\/code>/g, '<code>')];
  return [type, value, children?.map(skeleton)];
}

const spans = (node: Node): string[] =>
  node.type === 'inlineCode' ? [node.value!] : (node.children ?? []).flatMap(spans);

/** Text as a code span shows it: on one line, and without NUL, which CommonMark replaces. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim().replaceAll('\0', '\ufffd') || '(empty)';

/** A report with one foreign text in every field that can hold it. */
function saying(text: string): Report {
  const rejected = [{ number: 447_700_900_000, direction: 'add' as const, reason: text }];
  const results = ledger({ applied: adds(1), rejected });
  return result({
    outcome: 'partial',
    bots: [bot(text, { add: numbers(2), results }), failedBot('failed-bot', text, text || 'x')],
    errors: [{ message: text, place: { file: text, line: 1, column: 2 }, source: text }, { message: text }],
    warnings: [{ code: 'W-DUPLICATE', message: text }],
  });
}

describe('a comment for a pull request', () => {
  test('puts the decision first, then a row for each bot, then the numbers with removals first', () => {
    const bots = [
      bot('quiet-bot', { counts: counts({ unchanged: 12, ignored: 3, protected: 1 }) }),
      bot('support-bot', { add: numbers(2), remove: numbers(1, 447_700_900_500) }),
    ];
    expect(say(report({ bots }))).toBe(`### Plan \`7d1f0c22\`: 2 to add, 1 to remove, 226 unchanged in 2 bots

This plan was not applied.

| Bot | Remove | Add | Unchanged | Note |
| --- | --: | --: | --: | --- |
| \`support-bot\` | 1 | 2 | 214 |  |
| \`quiet-bot\` | 0 | 0 | 12 | 3 ignored numbers kept; 1 protected number kept |

<details>
<summary><code>support-bot</code>: 1 to remove, 2 to add</summary>

\`\`\`diff
@@ remove: 1 @@
- remove  +447700900500
@@ add: 2 @@
+ add     +447700900000
+ add     +447700900001
\`\`\`

</details>

`);
  });

  test('groups the numbers by their cause, drift first', () => {
    const said = say(report({ bots: [causedBot('support-bot')] }));
    expect(said).toContain(
      '### Plan `7d1f0c22`: 31 to add, 4 to remove (3 of the changes are drift), 214 unchanged in 1 bot\n',
    );
    expect(said).toContain('4 to remove (2 config, 2 drift), 31 to add (30 config, 1 drift)</summary>');
    expect(said.match(/@@ .* @@/g)).toEqual([
      '@@ remove, drift: not declared in the base commit either: 1 @@',
      '@@ remove, expired 2026-12-31 (drift): 1 @@',
      '@@ add, drift: also declared in the base commit: 1 @@',
      '@@ remove, removed from the file: 2 @@',
      '@@ add, added to the file: 30 @@',
    ]);
  });

  test('puts refusals and errors at the top, with the remedy', () => {
    const bots = [refusedBot('support-bot'), failedBot('sales-bot', 'page 3 failed', '503 | busy')];
    const [top, rest] = say(report({ outcome: 'refused', bots })).split('| Bot |');
    expect(top).toContain('> [!CAUTION]\n> Refused: too many removals');
    expect(top).toContain('`--approve 7d1f0c22`');
    expect(top).toContain('> - `support-bot`: refused: would remove 9 of 12 numbers (75 %)');
    expect(top).toContain('> - `sales-bot`: could not be read: `page 3 failed`; the server answered: `503 | busy`');
    expect(rest).toContain('| `sales-bot` | – | – | – | could not be read |');
  });

  test('lists only the errors of the files if nothing else is known', () => {
    const place = { file: 'bots/a.yaml', line: 4, column: 9 };
    expect(
      say(
        invalid({
          errors: [{ message: 'has 5 digits', place }],
          warnings: [{ code: 'W-DUPLICATE', message: 'twice' }],
        }),
      ),
    ).toBe(
      `### 1 error in 1 file, 1 warning

> [!CAUTION]
> Invalid: fix the reported errors.
> - \`bots/a.yaml:4:9: has 5 digits\`

> [!WARNING]
> - \`twice [W-DUPLICATE]\`

`,
    );
  });

  test('counts the numbers of each bot of valid files', () => {
    const said = say(check([{ id: 'support-bot', count: 1204 }]));
    expect(said).toContain('### Valid: 1204 numbers in 1 bot\n\nNo live list was read.\n');
    expect(said).toContain('| Bot | Numbers | Note |\n| --- | --: | --- |\n| `support-bot` | 1,204 |  |\n');
  });

  test('reports the ends of an apply', () => {
    const rejected = [{ number: 447_700_900_000, direction: 'add' as const, reason: 'not a WhatsApp number' }];
    const results = ledger({ applied: adds(1), rejected });
    const bots = [bot('support-bot', { add: numbers(2), results, notVisible: 1 })];
    const said = say(result({ outcome: 'partial', bots }));
    expect(said).toContain('### Applied in part: 1 added, 0 removed in 1 of 1 bot; not done: 1 add rejected\n');
    expect(said).toContain('> - `support-bot`: 1 added, 0 removed, 1 add rejected\n');
    expect(said).toContain('1 number not visible yet');
    expect(said).toContain('| Bot | Removed | Added | Unchanged | Note |');
    expect(said).toContain('| `support-bot` | 0 | 1 | 214 |');
    expect(said).toContain('<summary><code>support-bot</code>: 0 removals, 2 adds</summary>');
    expect(said).not.toContain('to add');
    expect(said).toContain('- `add +447700900000: not a WhatsApp number`\n');
  });

  test('puts bots that lose numbers, or whose settings changed, before those that only gain numbers', () => {
    const bots = [
      bot('a-gains', { add: numbers(1) }),
      bot('b-quiet'),
      bot('c-loses', { remove: numbers(1) }),
      reviewedBot('d-reviewed'),
      refusedBot('e-refused'),
    ];
    const rows = say(report({ outcome: 'refused', bots, leftBots: [{ id: 'f-left', count: 1 }] })).match(/^\| `.*?`/gm);
    expect(rows).toEqual(
      ['e-refused', 'c-loses', 'd-reviewed', 'f-left', 'a-gains', 'b-quiet'].map((id) => `| \`${id}\``),
    );
  });

  test('keeps changed settings if other bots are cut', () => {
    const many = Array.from({ length: 900 }, (_, index) => bot(`bot-${index}`, { add: numbers(1) }));
    const said = say(report({ bots: [...many, reviewedBot('reviewed-bot')] }));
    expect(said).toContain('; settings of 1 bot changed\n');
    expect(said).toContain('| `reviewed-bot` | 0 | 0 | 214 | settings: policy sync → add-only |\n');
    expect(said).toMatch(/\n\d+ more bots omitted from this table\. In them: 0 to remove, \d+ to add\.\n/);
  });

  test('counts bots with changed settings that do not fit', () => {
    const many = Array.from({ length: 900 }, (_, index) => reviewedBot(`bot-${index}`));
    const said = say(report({ bots: [...many, bot('quiet-bot')] }));
    const shown = said.match(/policy sync → add-only/g)!.length;
    expect(said).toContain('; settings of 900 bots changed\n');
    expect(said).toContain(
      `\n${901 - shown} more bots omitted from this table. ${900 - shown} of them have changed settings, or are new in or removed from the files.\n`,
    );
  });

  test('ends with version, time, commit and paths of the run, also if it is cut', () => {
    const end = '\nblacklistctl 0.1.0 · 2026-06-15 12:00 UTC · commit 1a2b3c4 · `bots`, `` a` ``, `c` and 1 more\n';
    const run = { ...RUN, paths: ['bots', 'a`', 'c', 'd'] };
    for (const bots of [[bot('a')], [bot('a', { add: numbers(50_000) })]]) {
      const said = say(report({ run, bots }));
      expect(said.endsWith(end), said.slice(-200)).toBe(true);
      expect(said.length).toBeLessThanOrEqual(60_000);
    }
    expect(say(report())).not.toContain('blacklistctl 0');
  });

  test('masks every number', () => {
    const said = say(saying('+44 7700 900123 and 447700900123'), masked);
    expect(said).toContain('+44••••••0000');
    expect(said).not.toMatch(/\d[\d ]{7,}/);
  });
});

const part = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.constantFrom(...'`|\\@#<>[]()!*_~$&;:-=+ \n\t\r'),
  fc.constantFrom('```', '~~~', '\\`', '\\|', '    ', '\n\n', '</details>', 'www.a.example', '@team', 'a@b.example'),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const hostile = fc.array(part, { maxLength: 6 }).map((parts) => parts.join('').slice(0, 400));

describe('text of servers and files', () => {
  test.each([
    ['the sanitizer', full],
    ['a sanitizer that lets everything through', raw],
  ])('never renders, with %s', (_, clean) => {
    const harmless = skeleton(parse(say(saying('x'), clean)));
    fc.assert(
      fc.property(hostile, (text) => {
        const document = parse(say(saying(text), clean));
        expect(skeleton(document)).toEqual(harmless);
        // The whole text is readable.
        expect(spans(document)).toContain(oneLine(clean.text(text)));
      }),
      { numRuns: 300, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });
});

describe('text of files in an answer', () => {
  test.each([
    ['the sanitizer', full],
    ['a sanitizer that lets everything through', raw],
  ])('never renders, with %s', (_, clean) => {
    // Fences contain foreign text as well, so only the text outside of them is compared.
    const outside = (what: Report) =>
      JSON.stringify(skeleton(parse(say(what, clean))), (_, value) =>
        Array.isArray(value) && value[0] === 'code' ? 'code' : value,
      );
    const harmless = answersSaying('x').map(outside);
    fc.assert(
      fc.property(hostile, (text) => {
        expect(answersSaying(text).map(outside)).toEqual(harmless);
      }),
      { numRuns: 300, examples: HOSTILE.map((text): [string] => [text]) },
    );
  });
});

describe('an answer', () => {
  test('of list --live has a fold for each list, and a warning if one could not be read', () => {
    const said = say(
      live([
        liveBot('support-bot', 2, { foreign: 1 }),
        liveBot('lost-bot', 0, { error: { message: 'gone; check it', detail: 'bye' } }),
      ]),
    );
    expect(said).toContain('### Live: 2 numbers in 1 bot; 1 bot could not be read\n\n> [!CAUTION]\n> Failed: 1 of 2');
    expect(said).toContain('> - `lost-bot`: could not be read: `gone; check it`; the server answered: `bye`\n');
    expect(said).toContain('| `support-bot` | 2 | 1 user without a number |\n');
    expect(said).toContain(
      '<code>support-bot</code>: 2 numbers</summary>\n\n```text\n+447700900000\n+447700900001\n```',
    );
    expect(said).not.toContain('<code>lost-bot</code>');
  });

  test('of list --at marks the name of the commit, which would mention a user or be HTML', () => {
    const what = (commit: string) => ({ ...listed(listedBot('a', 1)), past: { commit, day: '2026-02-01' } });
    expect(say(what('@team-x'))).toContain('the entries of the files of `@team-x` that');
    const page = [...html(what('a<b>c&d'), { clean: full })].join('');
    expect(page).toContain('the entries of the files of <code>a&lt;b&gt;c&amp;d</code> that');
  });

  test('of import counts what was imported', () => {
    const said = say(imported([{ id: 'a', imported: 2, alreadyThere: 1, error: null, numbers: numbers(2) }]));
    expect(said).toContain('<summary><code>a</code>: 2 imported</summary>');
  });

  test('of list has the numbers of each bot, folded', () => {
    const said = say(listed(listedBot('support-bot', 2), listedBot('empty-bot', 0)));
    expect(said).toContain('### Listed: 2 numbers in 2 bots\n\nThis is the desired state; no live list was read.\n');
    expect(said).toContain(`<summary><code>support-bot</code>: 2 numbers</summary>

\`\`\`text
+447700900000
+447700900001
\`\`\`
`);
    expect(said).not.toContain('<code>empty-bot</code>');
  });

  test('of list and plan with --verbose has the declarations of each number', () => {
    const declarations = [way(), way({ list: null, place: { file: 'a.txt', line: 3, column: 1 }, entry: {} })];
    const below =
      '      lists.yaml:5:17, list fraud of Trust & Safety; reason: Threats, ticket 4711; owner: support; added 2026-01-31; expires 2099-12-31; label ticket: 4711; protected\n      a.txt:3:1\n';
    expect(say(listed(listedBot('b', 1, { declarations })))).toContain(`+447700900000\n${below}`);
    expect(say(report({ bots: [bot('b', { add: numbers(1), declarations })] }))).toContain(
      `+ add     +447700900000\n${below}`,
    );
    // Only added numbers have declarations.
    expect(say(report({ bots: [bot('b', { remove: numbers(1), declarations })] }))).not.toContain('lists.yaml');
  });

  test('of a long list shows what fits, and counts the rest', () => {
    const declarations = Array.from(numbers(9_000), (number) => way({ number }));
    for (const bots of [[listedBot('b', 1_000_000)], [listedBot('a', 9_000, { declarations }), listedBot('b', 3)]]) {
      const said = say(listed(...bots));
      expect(said.length).toBeLessThan(60_000);
      const shown = said.match(/^\+/gm)!.length;
      const left = Number(/… and ([\d,]+) more/.exec(said)![1]!.replaceAll(',', ''));
      expect(shown + left).toBe(bots.reduce((sum, { numbers }) => sum + numbers.size, 0));
      expect(shown).toBeGreaterThan(bots.length === 1 ? 4_000 : 300);
      expect(said).toMatch(/\nCut to fit\.\n$/);
    }
  });

  test('of explain has an item for each bot', () => {
    const said = say(explained([answer('a'), answer('b', { declared: false, declarations: [], rules: [rule()] })]));
    expect(said).toBe(`### Explained: declared for 1 of 2 bots, ignored for 1

This is the desired state; no live list was read.

\`+447700900000\` is declared for 1 of 2 bots (\`a\`), ignored for 1 (\`b\`). To see what the next apply does, pass --live.

- \`a\`: declared
  - \`declared: lists.yaml:5:17, list fraud of Trust & Safety; reason: Threats, ticket 4711; owner: support; added 2026-01-31; expires 2099-12-31; label ticket: 4711; protected\`
  - \`policy: sync\`
  - \`next apply: if the number is live, does nothing, because the number is declared; otherwise adds it\`
- \`b\`: not declared, ignored
  - \`ignored: blacklist.yaml:9:17, prefix +4477; until 2099-06-30; reason: Test phones\`
  - \`policy: sync\`
  - \`next apply: if the number is live, does nothing, because the number is declared; otherwise adds it\`

`);
  });

  test('of explain counts the bots that do not fit', () => {
    const said = say(explained(Array.from({ length: 2_000 }, (_, index) => answer(`bot-${index}`))));
    expect(said.length).toBeLessThan(60_000);
    expect(said).toMatch(/\d+ more bots omitted\.\n/);
  });
});

describe('a long comment', () => {
  const MESSAGE = 'x`|<'.repeat(25_000);
  const longId = (index: number) => `bot-${String(index).padStart(60, '0')}`;
  const many = (count: number, change: number, remove = change) =>
    Array.from({ length: count }, (_, index) =>
      bot(longId(index), { add: numbers(change), remove: numbers(remove, 447_700_990_000) }),
    );

  function fits(what: Report): string {
    const sizes = [full, masked].map((clean) => {
      const said = say(what, clean);
      expect(said.length).toBeLessThanOrEqual(60_000);
      expect(Buffer.byteLength(said)).toBeLessThan(262_144);
      expect(said.startsWith('### ')).toBe(true);
      // Every fold and fence that opens also closes.
      expect(said.match(/^<details>$/gm)?.length).toBe(said.match(/^<\/details>$/gm)?.length);
      expect((said.match(/^```/gm)?.length ?? 0) % 2).toBe(0);
      return said;
    });
    return sizes[0]!;
  }

  test('shows as many of 5,000 changes of one bot as fit', () => {
    const said = fits(
      report({ bots: [bot('big-bot', { add: numbers(4_000), remove: numbers(1_000, 447_700_990_000) })] }),
    );
    expect(said).toContain('4000 to add, 1000 to remove');
    expect(said).toContain('@@ remove: 1,000 @@\n');
    const shown = Number(/@@ add: showing ([\d,]+) of 4,000 @@/.exec(said)![1]!.replace(',', ''));
    expect(said.match(/^\+ add {5}\+/gm)).toHaveLength(shown);
    expect(shown).toBeGreaterThan(1_400);
    expect(said).toContain('the fingerprint is over the whole plan');
  });

  test('shows a small bot in full, and shares the rest among large ones', () => {
    const said = fits(
      report({
        bots: [bot('a', { add: numbers(90_000) }), bot('b', { add: numbers(3) }), bot('c', { add: numbers(50_000) })],
      }),
    );
    expect(said).toContain('@@ add: 3 @@');
    const [first, second] = Array.from(said.matchAll(/showing ([\d,]+) of/g), ([, shown]) =>
      Number(shown!.replace(',', '')),
    );
    expect(Math.abs(first! - second!)).toBeLessThanOrEqual(1);
  });

  test('keeps the summary of 1,000 bots, and counts the bots that it omits', () => {
    const said = fits(report({ bots: many(1_000, 3) }));
    expect(said).toContain('3000 to add, 3000 to remove, 214000 unchanged in 1000 bots');
    const rows = said.match(/^\| `bot-/gm)!.length;
    const left = (bots: number) => {
      const each = (bots * 3).toLocaleString('en');
      return `In them: ${each} to remove, ${each} to add.`;
    };
    expect(said).toContain(`\n${1_000 - rows} more bots omitted from this table. ${left(1_000 - rows)}\n`);
    const folds = said.match(/^<details>$/gm)!.length;
    expect(folds).toBeGreaterThan(20);
    expect(said).toContain(`The details of ${1_000 - folds} more bots are omitted. ${left(1_000 - folds)} `);
  });

  test('puts bots that lose most first, then refused and unread ones, then the others', () => {
    const remove = (count: number) => ({ add: numbers(1), remove: numbers(count) });
    const bots = [
      bot('a-quiet'),
      bot('b-adds', { add: numbers(9) }),
      failedBot('c-unread'),
      bot('d-loses-2', remove(2)),
      bot('e-loses-20', remove(20)),
    ];
    const said = fits(report({ outcome: 'failed', bots }));
    const rows = [...said.matchAll(/^\| `(.)-/gm)].map(([, id]) => id);
    expect(rows.join('')).toBe('edcba');
  });

  test('shows the one bot that loses numbers among many that gain some', () => {
    const said = fits(
      report({ bots: [...many(2_000, 1, 0), bot('vip-bot', { add: numbers(0), remove: numbers(20) })] }),
    );
    expect(said).toContain('| `vip-bot` | 20 | 0 |');
    expect(said).toContain('<summary><code>vip-bot</code>: 20 to remove, 0 to add</summary>');
    expect(said).toMatch(/more bots omitted from this table\. In them: 0 to remove, [\d,]+ to add\./);
  });

  test('omits quiet bots first', () => {
    const said = fits(report({ outcome: 'refused', bots: [...many(999, 0), refusedBot('refused-bot')] }));
    expect(said).toContain('| `refused-bot` | 9 | 0 |');
  });

  test('cuts server messages of 100 kB', () => {
    const rejected = numbers(5_000).values;
    const results = ledger({
      rejected: Array.from(rejected, (number) => ({ number, direction: 'add' as const, reason: 'no'.repeat(60) })),
    });
    const bots = [
      ...Array.from({ length: 200 }, (_, index) => failedBot(longId(index), MESSAGE, MESSAGE)),
      bot(MESSAGE, { add: numbers(5_000), results }),
    ];
    const faults = Array.from({ length: 100 }, () => ({ code: 'W-DUPLICATE', message: MESSAGE }) as const);
    const said = fits(result({ outcome: 'failed', bots, warnings: faults, errors: faults }));
    expect(said).toContain('… [cut: 100,000 characters]');
    expect(said).toMatch(/> - and \d+ more\n/);
    expect(said).toMatch(/- and 4,\d{3} more rejected\n/);
    const left = Number(/- and ([\d,]+) more rejected/.exec(said)![1]!.replace(',', ''));
    expect(said.match(/^- `add /gm)!.length + left).toBe(5_000);
  });

  test('fits for any plan', () => {
    const size = fc.oneof(fc.nat(20), fc.nat(3_000));
    const some = fc.record({
      add: size,
      remove: size,
      id: fc.string({ unit: 'binary', maxLength: 64 }),
      said: fc.nat(600),
    });
    fc.assert(
      fc.property(fc.array(some, { maxLength: 300, size: 'max' }), (all) => {
        const bots = all.map(({ id, add, remove, said }) =>
          (said % 2 === 0 ? bot : causedBot)(id, {
            add: numbers(add, 1_000_000),
            remove: NumberSet.of(numbers(remove, 999_999_999_990_000)),
            error: said % 3 === 0 ? { message: '`'.repeat(said) } : null,
          }),
        );
        fits(report({ bots }));
      }),
      { numRuns: 60 },
    );
  });
});
