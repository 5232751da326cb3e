import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import planSchema from '../../../schemas/plan.schema.json' with { type: 'json' };
import reportSchema from '../../../schemas/report.schema.json' with { type: 'json' };
import { compare } from '../../../src/commands/drift/since.ts';
import { InvalidError } from '../../../src/model/errors.ts';
import type { Report } from '../../../src/model/report.ts';
import { reporters } from '../../../src/report/index.ts';
import { joinReports } from '../../../src/report/json/join.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { json } from '../../../src/report/json/write.ts';
import * as fc from '../../fast-check.ts';
import {
  adds,
  answer,
  answersSaying,
  bot,
  check,
  drift,
  explained,
  failedBot,
  format,
  full,
  HOSTILE,
  imported,
  init,
  invalid,
  ledger,
  listed,
  listedBot,
  live,
  liveBot,
  numbers,
  RUN,
  report,
  result,
  way,
} from '../fixtures.ts';

const written = (what: Report) => [...json(what, { clean: full })].join('');
const read = (what: Report) => parseReport('report.json', written(what));

const HUNK = { oldStart: 1, oldLines: 1, newStart: 1, newLines: 1 };
const half = ledger({ applied: adds(1), skipped: adds(1) });
const overrides = [{ origin: 'http://127.0.0.1:8480', by: '--base-url' }] as const;
const due = { add: numbers(2), remove: numbers(0) };
const { results: _, ...planned } = bot('a', { add: numbers(2), declarations: [way()] });
const bots = [planned];
const KINDS: Readonly<Record<string, Report>> = {
  check: check([{ id: 'a', count: 3 }]),
  'check of no bots': check([]),
  list: listed(listedBot('a', 2, { declarations: [way()] }), listedBot('b', 0)),
  'live lists': live(
    [liveBot('a', 2, { foreign: 1 }), liveBot('b', 0, { error: { message: 'gone; check it', detail: 'bye' } })],
    { overrides },
  ),
  answer: explained([answer('a', { live: [447_700_900_000] })], { overrides }),
  format: format([{ name: 'a.yaml', changed: true, hunks: [] }]),
  init: init(['a.yaml'], { next: ['blacklistctl plan'] }),
  import: imported(
    [
      { id: 'a', imported: 2, alreadyThere: 1, error: null, numbers: numbers(2) },
      { id: 'b', imported: 0, alreadyThere: 0, error: { message: 'gone', detail: 'said' } },
    ],
    { overrides },
  ),
  plan: report({ bots, overrides }),
  'apply that wrote nothing': report({ command: 'apply', state: 'skipped', bots }),
  'plan of a CI run': report({ bots, run: RUN }),
  drift: drift({
    bots: [{ ...planned, since: compare({ add: numbers(1), remove: numbers(1) }, due) }],
  }),
  'drift of a list whose adds may be pending': drift({
    bots: [{ ...planned, addNeedsContact: true, memory: { wasLive: numbers(3), foreign: 2 } }],
  }),
  'masked drift': drift({ bots: [{ ...planned, addNeedsContact: true, memory: null }] }),
  result: result({ bots: [bot('a', { add: numbers(2), results: half, notVisible: 1 })] }),
};

describe('a report that is read back', () => {
  test.each(Object.entries(KINDS))('is of the same kind and writes the same document: %s', (_, what) => {
    expect(read(what)).toMatchObject({ kind: what.kind, command: what.command, outcome: what.outcome });
    expect(written(read(what))).toBe(written(what));
  });

  test.each(['validate', 'list', 'explain', 'fmt', 'init', 'import', 'plan', 'apply', 'drift', 'show', 'plann'])(
    'is a failure if the run of %s ended before anything was looked at',
    (command) => {
      const failed = invalid({ command, errors: [{ message: 'wrong' }] });
      expect(read(failed)).toEqual(failed);
    },
  );

  test('has the shape of a plan for a command line that names no command', () => {
    const failed = JSON.parse(written(invalid({ command: 'constructor' })));
    expect(failed).toMatchObject({ stage: 'desired', fingerprint: null, bots: [], summary: { add: 0, since: null } });
  });

  test('counts the numbers of an apply that wrote nothing as skipped', () => {
    const document = JSON.parse(written(KINDS['apply that wrote nothing']!));
    expect(document).toMatchObject({
      stage: 'plan',
      bots: [{ results: { applied: 0, skipped: 2, skippedAdds: 2, skippedRemoves: 0 } }],
    });
    expect(JSON.parse(written(KINDS.plan!))).toMatchObject({ bots: [{ results: { applied: 0, skipped: 0 } }] });
  });
});

describe('parts of a run that are joined', () => {
  const join = (...parts: Report[]) =>
    joinReports(parts.map((part, at) => ({ name: `${at}.json`, report: read(part) })));

  test('are a result if one of them wrote, with the numbers of the others skipped', () => {
    const other = result({ outcome: 'applied', bots: [bot('b', { add: numbers(2), results: half })] });
    const joined = join(KINDS['apply that wrote nothing']!, other);
    expect(joined).toMatchObject({
      kind: 'result',
      fingerprint: null,
      requests: { read: 8, write: 2, retries: 0 },
      bots: [
        { id: 'a', results: { applied: adds(0), skipped: adds(2) } },
        { id: 'b', results: { applied: adds(1), skipped: adds(1) } },
      ],
    });
  });

  test('show what the others show if one of them ended early', () => {
    const failed = invalid({ errors: [{ message: 'wrong' }] });
    expect(join(failed, KINDS.check!)).toMatchObject({
      kind: 'check',
      outcome: 'invalid',
      bots: [{ id: 'a', count: 3 }],
    });
    expect(join(failed, failed)).toEqual(failed);
    const files = [{ name: 'blacklist.yaml' }, { name: 'blacklist.yaml' }];
    const early = imported([], { outcome: 'invalid', overrides });
    expect(join(early, KINDS.import!)).toMatchObject({
      kind: 'import',
      files,
      overrides,
      bots: [{ id: 'a' }, { id: 'b' }],
    });
  });
});

describe('a forged report', () => {
  const OPTIONS = { clean: full, color: new Ansis(0), verbose: true };
  type Node = null | boolean | number | string | Node[] | { [key: string]: Node };

  /** Returns the paths of all texts in a document. */
  function textsIn(node: Node, path: readonly string[] = []): (readonly string[])[] {
    if (typeof node === 'string') return [path];
    if (typeof node !== 'object' || node === null) return [];
    return Object.entries(node).flatMap(([key, value]) => textsIn(value, [...path, key]));
  }

  /** Returns the document with another text at a path. */
  function replaced(node: Node, [key, ...rest]: readonly string[], text: string): Node {
    if (key === undefined) return text;
    const copy = structuredClone(node) as { [key: string]: Node };
    copy[key] = replaced(copy[key]!, rest, text);
    return copy;
  }

  const problem = { message: 'wrong', place: { file: 'a.yaml', line: 1, column: 2 } };
  const documents = [
    ...Object.values(KINDS),
    ...answersSaying('x'),
    format([{ name: 'a.yaml', changed: true, hunks: [{ ...HUNK, lines: ['-a', '+b'] }] }]),
    drift({ bots: [failedBot('a', 'gone', 'said')], warnings: [{ code: 'W-DUPLICATE', message: 'twice' }] }),
    invalid({ command: 'plan', errors: [problem], run: RUN }),
  ].map((what): Node => JSON.parse(written(what)));
  const texts = documents.flatMap((document) => textsIn(document).map((path) => ({ document, path })));
  const forged = ({ document, path }: (typeof texts)[number], text: string) =>
    JSON.stringify(replaced(document, path, text));

  test.each([
    ['an escape sequence', 'x\u001b]0;owned\u0007'],
    ['a workflow command on a line of its own', 'x\n::stop-commands::x'],
    ['a line separator', 'x\u2028y'],
    ['a text direction', 'x\u202ey'],
    ['more characters than any text has', 'x'.repeat(1_000_001)],
  ])('is refused, wherever it has %s', (_, text) => {
    const isLine = (path: readonly string[]) => path.at(-2) === 'lines'; // it may be as long as a file
    for (const each of texts) {
      if (text.length > 1_000_000 && isLine(each.path)) continue;
      expect(() => parseReport('r.json', forged(each, text)), each.path.join('/')).toThrow(InvalidError);
    }
  });

  test('is refused or shown as text, wherever it has commands of a terminal, a runner or a page', () => {
    const allowed = /^::(?:(?:error|warning|notice) [^\r\n]*::|group::|endgroup::)/;
    const law = (each: (typeof texts)[number], text: string) => {
      let parsed: Report;
      try {
        parsed = parseReport('r.json', forged(each, text));
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidError);
        return;
      }
      for (const [format, reporter] of Object.entries(reporters)) {
        const options = OPTIONS;
        const shown = [...reporter(parsed, options)].join('');
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e](?<![\n\t])/u);
        if (format === 'html') expect(shown).not.toContain('<img');
        if (format === 'json') continue; // no terminal or runner gets it line by line
        expect(shown).not.toContain('##[');
        const commands = shown.split('\n').filter((line) => /^\s*::/.test(line));
        expect(commands.filter((line) => format !== 'github' || !allowed.test(line))).toEqual([]);
      }
    };
    const hostile = fc.constantFrom(
      '::stop-commands::x',
      ' ::add-mask::x',
      '##[error]x',
      '<img src=x>',
      '`',
      ...HOSTILE,
    );
    fc.assert(fc.property(fc.constantFrom(...texts), hostile, law), { numRuns: 2000 });
  });
});

test('the schemas of reports and saved plans bound every text', () => {
  const isBounded = ({ maxLength, pattern }: Schema) =>
    maxLength !== undefined || (pattern !== undefined && !/(?<!\\)[*+]|,\}/.test(pattern));
  const unbounded = (node: unknown, path: string): string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const schema = node as Schema;
    const isText = schema.type !== undefined && [schema.type].flat().includes('string');
    const below = Object.entries(node).flatMap(([key, value]) => unbounded(value, `${path}/${key}`));
    return isText && !isBounded(schema) ? [path, ...below] : below;
  };
  expect([...unbounded(reportSchema, 'report'), ...unbounded(planSchema, 'plan')]).toEqual([]);
});

interface Schema {
  readonly type?: string | readonly string[];
  readonly maxLength?: number;
  readonly pattern?: string;
}
