import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { makeOutput } from '../../src/cli/output/index.ts';
import { breakLines, type Output } from '../../src/cli/output/streams.ts';
import type { Report } from '../../src/model/report.ts';
import * as fc from '../fast-check.ts';
import { bot, check, invalid, listed, listedBot, numbers, report } from '../report/fixtures.ts';

/** A stream that collects what is written to it. With `columns` it is a terminal. */
function stream(columns?: number): Output & { text(): string } {
  let all = '';
  const writable = new Writable({
    write(chunk, _, next) {
      all += chunk;
      next();
    },
  });
  return Object.assign(writable, { text: () => all, ...(columns && { isTTY: true, columns }) });
}

async function say(said: Report, format: string, columns?: number, quiet = false) {
  const [stdout, stderr] = [stream(columns), stream(columns)];
  const host = { env: {}, stdout, stderr, secrets: new Set<string>(), stdoutClosed: false };
  const output = makeOutput({ format, color: false, quiet }, { ...host, stop: new AbortController().signal });
  await output.problems(said);
  await output.report(said);
  return { stdout: stdout.text(), stderr: stderr.text() };
}

const LONG = `the number ${'has more words than a small terminal has columns, and '.repeat(3)}ends here`;
const PLACE = { file: 'a.yaml', line: 12, column: 9 };

describe('breakLines', () => {
  test.each([
    ['between words, with an indent', 'aaa bbb ccc', 8, 'aaa bbb\n  ccc'],
    ['below the indent of the line', '  aa bb cc', 8, '  aa bb\n    cc'],
    ['and keeps blanks that fit', 'a  b  c d', 8, 'a  b  c\n  d'],
    ['and keeps a word that is too long', 'x yyyyyyyyyy z', 8, 'x\n  yyyyyyyyyy\n  z'],
    ['without counting colors', '\u001b[31maaa\u001b[39m bbb ccc', 8, '\u001b[31maaa\u001b[39m bbb\n  ccc'],
  ])('breaks %s', (_, text, columns, broken) => {
    expect(breakLines(text, stream(columns))).toBe(broken);
  });

  test.each([
    ['a line of a file', '  12 |       - "+44 7700 900123"'],
    ['a caret', `${' '.repeat(40)}^`],
    ['a command', 'To apply this plan: blacklistctl apply --approve dbf338f8'],
  ])('does not break %s', (_, line) => {
    expect(breakLines(line, stream(30))).toBe(line);
  });

  test('law: keeps all words in order, and no line of several words is too long', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(words, fc.integer({ min: 10, max: 80 }), (all, columns) => {
        const lines = breakLines(all.join(' '), stream(columns)).split('\n');
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(all);
        for (const line of lines) expect(line.length <= columns || !line.trim().includes(' ')).toBe(true);
      }),
    );
  });
});

describe('a terminal of 60 columns', () => {
  test('gets messages that are broken between words, and a pipe gets them whole', async () => {
    const source = `      - "${'+44 '.repeat(20)}"`;
    const said = invalid({ errors: [{ message: LONG, place: PLACE, source }] });
    const { stderr } = await say(said, 'text', 60);
    const lines = stderr.split('\n').filter((line) => !line.includes('|'));
    expect(lines.length).toBeGreaterThan(4);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines.join(' ').replace(/ +/g, ' ')).toContain(LONG);
    expect(stderr).toContain(`  12 | ${source}`.slice(0, 100));
    expect((await say(said, 'text')).stderr).toContain(`error: a.yaml:12:9: ${LONG}\n`);
  });

  test('gets a report that is broken between words', async () => {
    const error = { message: LONG };
    const said = report({ bots: [{ ...bot('a', { add: numbers(1) }), error }] });
    for (const line of (await say(said, 'text', 60)).stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(60);
    expect((await say(said, 'text')).stdout).toContain(LONG);
  });
});

describe('--quiet', () => {
  const warning = { code: 'W-DUPLICATE', message: 'WARNED' } as const;

  test.each(['text', 'markdown', 'github', 'html'])('hides warnings in the format %s', async (format) => {
    const all = [
      check([{ id: 'a', count: 1 }], { warnings: [warning] }),
      listed(listedBot('a', 1)),
      report({ warnings: [warning], bots: [bot('a', { add: numbers(1) })] }),
      invalid({ errors: [{ message: 'FAILED' }], warnings: [warning] }),
    ];
    for (const said of all) {
      const { stdout, stderr } = await say(said, format, undefined, true);
      expect(stdout + stderr).not.toMatch(/WARNED|1 warning/);
      expect(stderr.includes('FAILED')).toBe(said.errors.length > 0);
    }
    const loud = await say(all[0]!, format);
    expect(loud.stdout + loud.stderr).toContain('WARNED');
  });

  test('keeps the warnings of a JSON document, which programs read, and prints none on stderr', async () => {
    const said = check([{ id: 'a', count: 1 }], { warnings: [warning] });
    const { stdout, stderr } = await say(said, 'json', undefined, true);
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [warning] });
    expect(stderr).toBe('');
  });
});
