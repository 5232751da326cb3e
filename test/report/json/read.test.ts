import { describe, expect, test } from 'vitest';
import { compare } from '../../../src/commands/drift/since.ts';
import type { Report } from '../../../src/model/report.ts';
import { joinReports } from '../../../src/report/join.ts';
import { parseReport } from '../../../src/report/json/read.ts';
import { json } from '../../../src/report/json/write.ts';
import {
  adds,
  answer,
  bot,
  check,
  drift,
  explained,
  format,
  full,
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
