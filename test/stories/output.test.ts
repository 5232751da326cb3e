/** Colors, masked numbers, and foreign text that is only text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type ApiOptions,
  COLOUR,
  type Fault,
  FORMATS,
  makeDesired,
  makeFolder,
  planFile,
  reportOf,
  run,
  SEVEN_DIGITS,
  type Seen,
  startApi,
  uk,
  withoutExamples,
  withoutFingerprints,
} from './harness.ts';

async function makeWorld(live: readonly string[], desired: readonly string[], options: ApiOptions = {}) {
  const api = await startApi(options);
  api.sandbox.set('support', live);
  const cwd = makeDesired({ support: desired });
  return { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } };
}

describe('colors', () => {
  test.each<[Record<string, string>, string[], boolean]>([
    [{}, [], false],
    [{ CI: 'true' }, [], false],
    [{ FORCE_COLOR: '1' }, [], true],
    [{ FORCE_COLOR: '1', NO_COLOR: '1' }, [], false],
    [{ FORCE_COLOR: '1', TERM: 'dumb' }, [], false],
    [{ FORCE_COLOR: '1' }, ['--no-color'], false],
    [{ FORCE_COLOR: '1' }, ['--format', 'json'], false],
    [{ FORCE_COLOR: '1' }, ['--format', 'diff'], false],
    [{ FORCE_COLOR: '0' }, [], false],
  ])('through a pipe, with %o and %o, are printed: %o', async (env, args, coloured) => {
    const world = await makeWorld(uk(2), uk(2, 1));
    const { stdout } = await run(['plan', ...args], { ...world, env: { ...world.env, ...env } });
    expect(COLOUR.test(stdout)).toBe(coloured);
  });

  test('of errors follow the same rules', async () => {
    const fail = (env: Record<string, string>) => run(['plan', 'missing.yaml'], { env });
    expect((await fail({ FORCE_COLOR: '1' })).stderr).toMatch(COLOUR);
    expect((await fail({ FORCE_COLOR: '1', NO_COLOR: '1' })).stderr).not.toMatch(COLOUR);
  });
});

// ── Masks ────────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('with CI set', () => {
  const numbers = uk(60).map((number) => `+${number}`);
  const echo = JSON.stringify({
    message: `Sorry, ${numbers[0]} and ${uk(1)[0]}`,
    details: { about: [uk(1, 1)[0], '+44 7700 900-002', '(+44) 7700900003'] },
    reason: `${uk(3).join()}${numbers.slice(0, 3).join('')} ٤٤٧٧٠٠٩٠٠١٢٣`,
  });
  const refused = JSON.stringify({ failed: [{ msisdn: numbers[4], rejectionReason: `no ${numbers[4]}` }] });

  /**
   * Returns numbers in every kind of answer: to the reads of one bot, to the writes of another, and in a 200
   * to a third.
   */
  function echoing({ bot, method, numbers: sent }: Seen): Fault {
    if (bot === 'unread') return { status: 403, body: echo };
    if (method === 'GET' || bot === 'support') return 'pass';
    if (bot === 'partly') return sent.includes(uk(1, 4)[0]!) ? { status: 200, body: refused } : 'pass';
    return { status: 400, body: echo };
  }

  async function makeEchoes() {
    const api = await startApi({ fault: echoing });
    const cwd = makeDesired({ support: uk(30), unread: uk(3), partly: uk(6), poisoned: uk(3), many: uk(60) });
    api.sandbox.set('many', uk(60, 55));
    // A repeated number is a warning that shows its line.
    const text = readFileSync(join(cwd, 'blacklist.yaml'), 'utf8');
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      text.replace('numbers:\n', `numbers:\n      - ${numbers[7]} # as below\n`),
    );
    return { api, cwd, env: { BLACKLISTCTL_BASE_URL: api.url, CI: 'true' } };
  }

  test.each(FORMATS)('notes once why numbers are masked, unless an option says so: %s', async (format) => {
    const { cwd, env } = await makeEchoes();
    const plan = async (...args: string[]) => {
      const { stderr } = await run(['plan', '--bot', 'many', '--format', format, ...args], { cwd, env });
      return stderr.split('\n').filter((line) => line.includes('masked because CI is set'));
    };
    const note = 'note: numbers are masked because CI is set; to print them in full, pass --numbers full';
    expect(await plan()).toEqual([note]);
    for (const args of [['--quiet'], ['--numbers', 'masked'], ['--numbers', 'full']]) {
      expect(await plan(...args)).toEqual([]);
    }
    const apply = await run(['apply', '--yes', '--bot', 'many', '--format', format], { cwd, env });
    expect(apply.stderr.split(note)).toHaveLength(2);
  });

  test.each(FORMATS)('no number appears in the format %s, in any message', async (format) => {
    const { cwd, env } = await makeEchoes();
    const commands = [
      ['validate'],
      ['plan', '--out', 'plan.json'],
      ['drift', '--settle', '0'],
      ['show', 'plan.json'],
      ['apply', '--approve', 'abcdefabcdef'],
      ['apply', '--yes', '--retries', '0'],
      ['apply', '--plan', 'plan.json', '--retries', '0'],
    ];
    for (const command of commands) {
      const { output } = await run([...command, '--verbose', '--format', format], { cwd, env });
      expect({ command, output: withoutFingerprints(output) }).toEqual({
        command,
        output: expect.not.stringMatching(SEVEN_DIGITS),
      });
    }
    expect(planFile(join(cwd, 'plan.json')).bots.find(({ id }) => id === 'support')!.add).toEqual(numbers.slice(0, 30));
  });

  test('masked numbers can be distinguished if a key is set', async () => {
    const { cwd, env } = await makeEchoes();
    const args = ['plan', '--bot', 'support', '--format', 'json'];
    const finished = await run(args, {
      cwd,
      env: { ...env, BLACKLISTCTL_MASK_KEY: 'a key of the reviewers of this team' },
    });
    const { add } = reportOf(finished).bots[0]!;
    expect(add[0]).toMatch(/^\+44•{6}0000~[0-9a-f]{6}$/);
    expect(new Set(add).size).toBe(30);
    expect(withoutFingerprints(finished.output).replace(/~[0-9a-f]{6}/g, '')).not.toMatch(SEVEN_DIGITS);
  });

  test('--numbers overrides CI in both directions', async () => {
    const { cwd, env } = await makeEchoes();
    const plan = (args: string[], more = {}) =>
      run(['plan', '--bot', 'support', ...args], { cwd, piped: true, env: { ...env, ...more } });
    expect((await plan(['--numbers', 'full'])).stdout).toContain(numbers[0]);
    expect((await plan(['--numbers', 'full'], { CI: '' })).stdout).toContain(numbers[0]);
    expect((await plan(['--numbers', 'masked'], { CI: '' })).stdout).not.toContain(numbers[0]);
  });

  test('tags are equal in the runs for one pull request, and differ in those for another', async () => {
    const { cwd, env } = await makeEchoes();
    const key = {
      ...env,
      BLACKLISTCTL_MASK_KEY: 'a key of the reviewers of this team',
      GITHUB_REPOSITORY: 'octo/lists',
    };
    const args = ['list', '--bot', 'support', '--format', 'json'];
    const tagsIn = async (ref: string) =>
      (await run(args, { cwd, env: { ...key, GITHUB_REF: ref } })).stdout.match(/~[0-9a-f]{6}/g);
    const tags = await tagsIn('refs/pull/7/merge');
    expect(tags).toHaveLength(30);
    expect(await tagsIn('refs/pull/7/merge')).toEqual(tags);
    expect(await tagsIn('refs/pull/8/merge')).not.toEqual(tags);
    expect(await tagsIn('refs/heads/main')).not.toEqual(tags);
  });

  test.each(FORMATS)('a mask key that is too short is refused before a list is read: %s', async (format) => {
    const { api, cwd, env } = await makeEchoes();
    const short = { ...env, BLACKLISTCTL_MASK_KEY: 'k'.repeat(31) };
    const { code, output } = await run(['plan', '--format', format], { cwd, env: short });
    expect(code).toBe(6);
    expect(output).toContain('a mask key needs at least 32; make one with: openssl rand -hex 32');
    expect(output).not.toContain('kkkkkkkk');
    expect(api.seen).toEqual([]);
  });

  test('the status, a short code and the way to see more stay if the words of a server are withheld', async () => {
    const { cwd, env } = await makeEchoes();
    const { stdout, stderr } = await run(['plan', '--bot', 'unread', '--numbers', 'masked'], { cwd, env });
    expect(stdout).toContain('forbidden (403)');
    expect(stdout).toContain('the server answered: [withheld: it may contain a number]');
    expect(stderr.match(/^note: .*$/gm)).toEqual([
      'note: texts that may contain numbers are withheld; to print them in full, pass --numbers full',
    ]);
  });

  const FAULTS = `version: 1
"447700900001": x
defaults: { tokenEnv: "447700900002", region: "447700900003" }
bots:
  support:
    "447700900004": x
    numbers:
      - "+447700900005x"
      - 04477009000006
      - "44770090000789012345"
      - "+44 7700 900 008 ٤٤٧٧٠٠٩"
      - { number: "+447700900009", expires: 4477009000, "447700900010": x }
      - { number: "+447700900011", expires: 2026-99-99 }
      - [447700900012]
  "447700900013 447700900014": { numbers: [] }
  other: { numbers: 447700900015 }
`;

  test.each([
    ['values', FAULTS],
    ['an unclosed quote', 'version: 1\nbots:\n  a:\n    numbers:\n      - "+447700900016\n      - "+447700900017"\n'],
    ['a tag', 'version: 1\nbots:\n  a:\n    numbers:\n      - !447700900018 "+447700900019"\n'],
    ['an anchor', 'version: 1\nbots:\n  a:\n    numbers: &447700900020\n      - *447700900020\n'],
    [
      'a key twice',
      'version: 1\nbots:\n  a:\n    numbers: []\n  "447700900021": {numbers: []}\n  "447700900021": {numbers: []}\n',
    ],
    ['a document', '+447700900022'],
  ])('errors of the file in %s show no number', async (_, yaml) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'blacklist.yaml'), yaml);
    for (const command of ['validate', 'plan']) {
      const finished = await run([command, '--format', 'json', '--base-url', 'http://127.0.0.1:1'], {
        cwd,
        env: { CI: '1' },
      });
      expect(finished.code).toBe(6);
      expect(reportOf(finished).errors.length).toBeGreaterThan(0);
      expect(withoutExamples(finished.output)).not.toMatch(SEVEN_DIGITS);
    }
  });

  test('the name of a file shows no number', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, `${uk(1)[0]}.yaml`), 'version: 2\n');
    const { output } = await run(['validate', '.', '--format', 'json'], { cwd, env: { CI: '1' } });
    expect(output).not.toMatch(SEVEN_DIGITS);
  });

  test.each(FORMATS.filter((format) => format !== 'diff'))(
    'a date in the name of a file stays, so that the file can be found: %s',
    async (format) => {
      const cwd = makeFolder();
      writeFileSync(join(cwd, '20260131.yaml'), 'version: 2\nbots: {}\n');
      const { output } = await run(['validate', '20260131.yaml', '--format', format], { cwd, env: { CI: '1' } });
      expect(output).toContain(format === 'github' ? 'file=20260131.yaml,line=1,col=10' : '20260131.yaml:1:10');
    },
  );

  test.each([
    [['plan', '--rate', numbers[0]!]],
    [[numbers[0]!]],
    [['show', 'plan.json', numbers[0]!, '--block', numbers[0]!]],
    [['validate', `--block=${numbers[0]}`]],
  ])('errors of the command line show no number: %o', async (args) => {
    const finished = await run([...args, '--format', 'json'], { env: { CI: '1' } });
    expect(finished.code).toBe(6);
    reportOf(finished);
    expect(withoutExamples(finished.output)).not.toMatch(SEVEN_DIGITS);
  });
});

describe('control sequences and workflow commands in foreign text', () => {
  const EVIL = [
    '\u001b[2J\u001b]0;title\u0007\u001b]52;c;cm0gLXJm\u0007',
    '\u009b31m\r\b\u007f\u0000',
    '\u202egnirts\u2066\u200b\ufeff',
    'a\n::error title=x::y\n  ::add-mask::z\u2028##[group]w',
  ].join(' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the test searches for them
  const DOES_SOMETHING = /[\0-\t\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|^\s*::|##\[/m;

  test.each(FORMATS)('have no effect in the format %s', async (format) => {
    const { cwd, env } = await makeWorld([], uk(2), {
      fault: ({ method }) => (method === 'GET' ? 'pass' : { status: 400, body: JSON.stringify({ message: EVIL }) }),
    });
    const applied = await run(['apply', '--yes', '--verbose', '--format', format], { cwd, env });
    expect(applied.code).toBe(1);
    writeFileSync(
      join(cwd, 'evil.yaml'),
      `version: 1\n${JSON.stringify(EVIL)}: x\nbots: { a: { numbers: [${JSON.stringify(EVIL)}] } }\n`,
    );
    const faulty = await run(['validate', 'evil.yaml', '--format', format], { cwd, env });
    expect(faulty.code).toBe(6);
    for (const { stdout, stderr } of [applied, faulty]) {
      // The format github consists of commands of its own.
      if (format !== 'github') expect(stdout).not.toMatch(DOES_SOMETHING);
      expect(stderr).not.toMatch(DOES_SOMETHING);
    }
  });
});

describe('without CI', () => {
  test.each(FORMATS)('masks numbers in a pipe, and notes once how to see them: %s', async (format) => {
    const cwd = makeDesired({ support: uk(3) });
    const args = ['list', '--format', format];
    const piped = await run(args, { cwd, piped: true });
    expect(withoutFingerprints(piped.stdout)).not.toMatch(SEVEN_DIGITS);
    const notes = piped.stderr.match(/^note: .*$/gm) ?? [];
    const note =
      'note: numbers are masked because stdout is not a terminal; to print them in full, pass --numbers full';
    expect(notes).toEqual(/\+44/.test(piped.stdout) ? [note] : []);
    expect((await run([...args, '--quiet'], { cwd, piped: true })).stderr).toBe('');
    const full = await run([...args, '--numbers', 'full'], { cwd });
    expect(full.stderr).not.toContain('note: ');
  });

  test('notes both streams if a warning is masked, too', async () => {
    const cwd = makeDesired({ support: uk(3) });
    const { stderr } = await run(['plan', '--sandbox'], { cwd, piped: true });
    expect(stderr).toContain('note: numbers are masked because stdout and stderr are not terminals; ');
  });

  test('writes full numbers into the files that the user names', async () => {
    const cwd = makeDesired({ support: uk(3) });
    const args = ['plan', '--sandbox', '--out', 'plan.json', '--report', 'report.json'];
    const { stdout } = await run(args, { cwd, piped: true });
    expect(withoutFingerprints(stdout)).not.toMatch(SEVEN_DIGITS);
    for (const name of ['plan.json', 'report.json']) {
      expect(readFileSync(join(cwd, name), 'utf8')).toContain(`+${uk(1)[0]}`);
    }
  });

  test('warns of a bot and a list whose names may be numbers, and keeps the names', async () => {
    const cwd = makeFolder();
    const yaml = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
lists:
  "44-7700-900123": { numbers: [] }
bots:
  "447700900124": { lists: ["44-7700-900123"] }
`;
    writeFileSync(join(cwd, 'blacklist.yaml'), yaml);
    const { code, stdout, stderr } = await run(['validate'], { cwd, piped: true });
    expect(code).toBe(0);
    expect(stdout).toContain('447700900124  0 numbers');
    const may =
      'has a name that may be a phone number, and reports never mask names; give it another name [W-NUMBER-NAME]';
    expect(stderr).toContain(`warning: blacklist.yaml:4:3: the list "44-7700-900123" ${may}`);
    expect(stderr).toContain(`warning: blacklist.yaml:6:3: the bot "447700900124" ${may}`);
  });
});
