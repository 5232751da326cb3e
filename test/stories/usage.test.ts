/** What is wrong with the command line, the environment or the files is said clearly, and nothing is sent. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Api, makeDesired, makeFolder, reportOf, run, start, startApi, TOKEN, uk, yamlOf } from './harness.ts';
import { runProcess } from './process.ts';

let api: Api;
let cwd: string;

beforeEach(async () => {
  api = await startApi();
  cwd = makeDesired({ support: uk(3) });
  mkdirSync(join(cwd, 'empty'));
  writeFileSync(join(cwd, 'empty', 'README.md'), 'no YAML here');
});

const json = ([command = '', ...args]: readonly string[], env: Record<string, string | undefined> = {}) =>
  run([command, '--format', 'json', ...args], { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });

/** Exit 6, a report that says so, words on stderr, and no request. */
async function expectInvalid(args: readonly string[], says: RegExp, env?: Record<string, string | undefined>) {
  const finished = await json(args, env);
  const report = reportOf(finished);
  expect({ code: finished.code, outcome: report.outcome }).toEqual({ code: 6, outcome: 'invalid' });
  expect(finished.stderr).toMatch(says);
  expect(report.errors.length).toBeGreaterThan(0);
  expect(api.seen).toHaveLength(0);
  expect(api.sockets()).toBe(0);
  return { ...finished, report };
}

describe('the command line', () => {
  test.each<[string[], RegExp]>([
    [['plan', '--bogus'], /unknown option '--bogus'/],
    [['apply', '--yes', '--force'], /unknown option '--force'/],
    [['validate', '--base-url', 'https://example.com'], /unknown option '--base-url'/],
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['plan', '--timeout', 'soon'], /--timeout.*duration such as 500ms/],
    [['plan', '--timeout', '-1s'], /--timeout.*duration/],
    [['plan', '--timeout', '0'], /--timeout.*above 0/],
    [['drift', '--settle', '3fortnights'], /--settle.*duration/],
    [['drift', '--settle', '25h'], /--settle.*duration/],
    [['apply', '--yes', '--wait', '9days'], /--wait.*duration/],
    [['plan', '--rate', '-1'], /--rate.*whole number/],
    [['plan', '--rate', '1e3'], /--rate.*whole number/],
    [['plan', '--concurrency', '0'], /--concurrency.*whole number from 1/],
    [['plan', '--parallel', '2.5'], /--parallel.*whole number/],
    [['plan', '--retries', 'many'], /--retries.*whole number/],
    [['plan', '--numbers', 'some'], /--numbers.*full, masked/],
    [['plan', '--out'], /--out.*argument missing/],
    [['plan', '--out', '--detailed-exitcode'], /'--out <file>' has no value, as --detailed-exitcode follows it/],
    [['drift', '--settle', '0s', '--metrics', '--quiet'], /'--metrics <file>' has no value, as --quiet follows it/],
    [['plan', '--base-url', ''], /'--base-url <url>' has an empty value; is a variable empty\?/],
    [['apply', '--yes', '--sandbox='], /'--sandbox \[state-file\]' has an empty value; is a variable empty\?/],
    [['import', ''], /an empty path; is a variable empty\?/],
    [['show', ''], /an empty path; is a variable empty\?/],
    [['plan', ''], /an empty path; is a variable empty\?/],
    [['explain', ''], /the number is empty/],
    [['drift', '--since='], /'--since <file>' has an empty value/],
    [
      ['plan', '--error-on', 'W-DUPLICAT'],
      /--error-on.*No warning has this code; is W-DUPLICATE meant\? docs\/warnings\.md/,
    ],
    [['drift', '--ignore', 'expiring'], /--ignore.*is W-EXPIRING meant/],
    [['validate', '--error-on', 'all'], /--error-on.*No warning has this code; docs\/warnings\.md/],
    [['import', '--error-on'], /--error-on.*argument missing/],
    [
      ['apply', '--yes', '--error-on', 'W-DUPLICATE', '--ignore', 'W-EXPIRED', '--ignore', 'W-DUPLICATE'],
      /W-DUPLICATE stands behind --error-on and behind --ignore; leave one of them away/,
    ],
    [['init', '--ignore', 'W-DUPLICATE'], /unknown option '--ignore'/],
    [['validate', '--expiring', 'soon'], /--expiring.*days or weeks, such as 14d or 2w/],
    [['validate', '--expiring', '2m'], /--expiring.*days or weeks/],
    [['validate', '--expiring', '-1'], /--expiring.*days or weeks/],
    [['validate', '--expiring', '1.5d'], /--expiring.*days or weeks/],
    [['validate', '--expiring', '523w'], /--expiring.*ten years at most/],
    [['show'], /missing required argument 'files'/],
    [['show', 'a.json', 'b.json'], /a\.json: cannot be read/],
    [['plan', '--bot', 'nobody'], /--bot nobody: no file defines it; the files define: support/],
    [['validate', '--bot', 'nobody'], /no file defines it/],
    [['explain', '447700900123.0'], /the number has decimals, /],
    [['explain', '+46 (0) 73 200 1122'], /the number has a 0 after the country code/],
    [['explain', '+447700900100-199'], /the number looks like a range/],
    [
      ['validate', '--bot', 'suport', '--bot', 'nobody'],
      /--bot suport \(is support meant\?\), nobody: no file defines it/,
    ],
    [['apply'], /no terminal to ask on; add --yes/],
    [
      ['apply', '--plan', 'plan.json', '--bot', 'support'],
      /applies the saved plan as a whole; remove --bot and --shard/,
    ],
    [['apply', '--yes', '--max-age', '1h'], /--max-age is for a saved plan; add --plan FILE, or remove it/],
    [['apply', '--plan', 'plan.json', '--max-age', '1w'], /--max-age.*duration such as/],
    [['apply', '--plan', 'plan.json', '--max-age', '0'], /--max-age.*above 0/],
    [['apply', '--plan', 'plan.json', '--max-age', '8785h'], /--max-age.*duration such as/],
    [['apply', '--plan', 'missing.json'], /missing\.json: cannot be read \(ENOENT\)/],
    [['show', 'missing.json'], /missing\.json: cannot be read/],
    [['plan', 'missing.yaml'], /missing\.yaml: there is no such file or folder/],
    [['validate', 'empty'], /empty: the folder contains no \.yaml or \.yml file/],
    [['plan', '/dev/null'], /is not a regular file/],
  ])('%o', async (args, says) => {
    await expectInvalid(args, says);
  });

  test('decimals, dates and ranges in each kind of file, and on standard input', async () => {
    writeFileSync(join(cwd, 'n.txt'), '+447700900100-199\n');
    writeFileSync(join(cwd, 'n.csv'), 'number\n447700900123.0\n');
    const lines = ['version: 1', 'bots:', '  support:', '    { region: eu1, tokenEnv: T, files: [n.txt, n.csv],'];
    const input = [...lines, '      numbers: [31.12.2026] }', ''].join('\n');
    const { code, stderr } = await run(['validate', '-'], { cwd, input });
    expect(code).toBe(6);
    expect(stderr).toContain('<stdin>:5:17: the number looks like a date');
    expect(stderr).toContain('n.txt:1:1: the number looks like a range');
    expect(stderr).toContain('n.csv:2:1: the number has decimals');
  });

  test('a hint is printed to its end, and an assigned value is not printed at all', async () => {
    const { report } = await expectInvalid(['plan', '--out', '--quiet'], /is a variable empty\? A value/);
    expect(report.errors[0]!.message).toMatch(/follows it; is a variable empty\? A value that .* is written --out=…$/);
    const { stderr, stdout } = await expectInvalid(['plan', '--token=…)secret'], /unknown option '--token=…'/);
    expect(stderr + stdout).not.toContain('secret');
  });

  test('a format that does not exist', async () => {
    expect(await run(['plan', '--format', 'yaml'], { cwd })).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('Allowed choices are text, json, '),
    });
  });

  test('no command shows the help on stderr', async () => {
    const { code, stdout, stderr } = await run([], { cwd });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain('Usage: blacklistctl');
  });

  test('--help and --version are no mistakes', async () => {
    expect(await run(['--help'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['apply', '--help'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await runProcess(['--version'], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  test('a token that somebody gives as an option is not repeated', async () => {
    const { code, output } = await run(['plan', `--token=${TOKEN.slice(0, 20)}`], { cwd });
    expect(code).toBe(6);
    expect(output).not.toContain(TOKEN.slice(0, 12));
  });

  test('the file that is looked for by default', async () => {
    cwd = makeFolder();
    await expectInvalid(['plan'], /blacklist\.yaml: there is no such file or folder/);
  });

  test('every fault of every file, each with its place', async () => {
    writeFileSync(
      join(cwd, 'one.yaml'),
      'version: 1\nbots:\n  a:\n    numbers: [12, "+44 7700 900x00"]\n    colour: red\n',
    );
    writeFileSync(join(cwd, 'two.yaml'), 'version: 1\nbots:\n\tb: {}\n');
    const { stderr, report } = await expectInvalid(
      ['plan', 'one.yaml', 'two.yaml', 'three.yaml'],
      /unknown key "colour"/,
    );
    for (const place of ['one.yaml:4:15: ', 'one.yaml:4:19: ', 'one.yaml:5:5: ', 'two.yaml:3:']) {
      expect(stderr).toContain(place);
    }
    expect(stderr).toMatch(/^ {2}5 \| {5}colour: red\n {10}\^$/m);
    expect(report.errors.map(({ file }) => file)).toEqual(expect.arrayContaining(['one.yaml', 'two.yaml', undefined]));
  });
});

describe('the token', () => {
  test.each<[string, string | undefined]>([
    ['is missing', undefined],
    ['is empty', ''],
    ['ends in a line break', `${TOKEN}\n`],
    ['holds a line break', `${TOKEN}\r\nX-Evil: yes`],
    ['holds a space', `my ${TOKEN}`],
    ['begins with "Bearer"; leave that word out', `Bearer ${TOKEN}`],
    ['holds a letter that no header takes', `${TOKEN}é`],
  ])('%s', async (_, token) => {
    const { output } = await expectInvalid(
      ['apply', '--yes'],
      /variable SINCH_WHATSAPP_TOKEN \(token of the bot "support"\)/,
      {
        SINCH_WHATSAPP_TOKEN: token,
      },
    );
    expect(output).not.toContain(TOKEN.slice(0, 12));
  });

  test.each(['plan', 'import', 'drift'])(
    'is not shown by %s where it stands in the file by mistake',
    async (command) => {
      for (const [written, token] of [
        ['correct-horse-battery', 'correct-horse-battery'], // known by the environment alone
        ['3f2a9c0d11e84b7f9a6c5d4e3f2a1b0c', undefined], // by its looks alone
      ] as const) {
        const bot = `{ region: eu1, tokenEnv: HERE, apiKey: ${written}, numbers: [] }`;
        writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\nbots:\n  a: ${bot}\n`);
        const { output } = await expectInvalid([command], /unknown key "apiKey"/, { HERE: token });
        expect(output).not.toContain(written.slice(0, 8));
      }
    },
  );

  test('every missing one is named in one run', async () => {
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      yamlOf({ a: { numbers: [], tokenEnv: 'A_TOKEN' }, b: { numbers: [], tokenEnv: 'B_TOKEN' } }),
    );
    const { stderr } = await expectInvalid(['plan'], /A_TOKEN/);
    expect(stderr).toContain('B_TOKEN');
  });

  test('validate needs none', async () => {
    expect((await json(['validate'], { SINCH_WHATSAPP_TOKEN: undefined })).code).toBe(0);
  });
});

describe('the base URL', () => {
  test.each<[string, RegExp]>([
    ['http://example.com', /plain http/],
    ['http://10.0.0.1:8080', /plain http/],
    ['http://127.0.0.1.example.com', /plain http/],
    ['http://localhost.example.com', /plain http/],
    ['http://0.0.0.0', /plain http/],
    ['ftp://127.0.0.1', /scheme ftp:/],
    ['file:///etc/passwd', /scheme file:/],
    ['data:application/json,{}', /scheme data:/],
    ['127.0.0.1:8080', /the base URL has no scheme; put http:\/\/ in front/],
    ['Localhost:8594/gateway', /the base URL has no scheme; put http:\/\/ in front/],
    ['[::1]:8594', /the base URL has no scheme; put http:\/\/ in front/],
    ['example.com:8443', /the base URL has no scheme; put https:\/\/ in front/],
    ['https://127.0.0.1/?token=x', /query/],
    ['nonsense', /no URL/],
  ])('%s is refused', async (url, says) => {
    await expectInvalid(['apply', '--yes', '--base-url', url], says);
    await expectInvalid(['plan'], says, { BLACKLISTCTL_BASE_URL: url });
  });

  test('a user name or a password in it is refused and not repeated', async () => {
    const { output } = await expectInvalid(
      ['plan', '--base-url', 'https://user:hunter2hunter2@127.0.0.1'],
      /user name/,
    );
    expect(output).not.toContain('hunter2');
  });

  test('nor is a password repeated where the rest of the URL is wrong', async () => {
    const { output } = await expectInvalid(
      ['plan', '--base-url', 'https://user:hunter2hunter2@127.0.0.1:99999'],
      /base URL/,
    );
    expect(output).not.toContain('hunter2');
  });

  test('a checked connection cannot be switched off', async () => {
    await expectInvalid(['plan'], /NODE_TLS_REJECT_UNAUTHORIZED=0 would send tokens/, {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      BLACKLISTCTL_BASE_URL: 'https://example.com',
    });
  });

  test('every bot goes there, with a path before the API, and a slash at the end does no harm', async () => {
    const behind = await startApi({ fault: () => ({ status: 200, body: '{"numbers":[]}' }) });
    const planned = await json(['plan'], { BLACKLISTCTL_BASE_URL: `${behind.url}/gateway/` });
    expect(planned.code).toBe(0);
    expect(behind.seen[0]!.path).toBe('/gateway/whatsapp/v1/support/provision/blacklist?page=0');
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('%i is not followed: nothing arrives at the other place', async (status) => {
    const other = await startApi();
    const faulty = await startApi({
      fault: ({ path }) => ({ status, headers: { location: `${other.url}${path}` } }),
    });
    const planned = await json(['plan'], { BLACKLISTCTL_BASE_URL: faulty.url });
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error!.message).toContain(`redirects (${status}) to ${other.url}`);
    expect(other.sockets()).toBe(0);
    expect(new Set(faulty.seen.map(({ page }) => page)).size).toBe(faulty.seen.length); // nor is it repeated
  });

  test('of a write carries no number away', async () => {
    const other = await startApi();
    const faulty = await startApi({
      fault: ({ method, path }) =>
        method === 'GET' ? 'pass' : { status: 307, headers: { location: `${other.url}${path}` } },
    });
    const applied = await json(['apply', '--yes'], { BLACKLISTCTL_BASE_URL: faulty.url });
    expect(applied.code).toBe(1);
    expect(reportOf(applied).bots[0]!.results).toMatchObject({ applied: 0, failed: 3 });
    expect(other.sockets()).toBe(0);
    expect(faulty.writes()).toHaveLength(1);
  });
});

describe('sandbox', () => {
  test.each([
    ['that is there', { 'lists.json': '{ "version": 1, "bots": { "support": ["+447700900001"] } }' }],
    ['that is not', {}],
  ])('a state file %s, with a blank before it, is told from a path', async (_, files) => {
    const folder = makeDesired({ support: [] });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { code, stderr } = await run(['plan', '--sandbox', 'lists.json'], { cwd: folder });
    expect(code).toBe(6);
    expect(stderr).toContain(
      'error: lists.json was read as desired state; for a sandbox that keeps its lists there: --sandbox=lists.json\n',
    );
    const other = await run(['plan', '--sandbox=lists.json', 'missing.json'], { cwd: folder });
    expect(other.stderr).not.toContain('was read as');
  });

  test('serves until it is told to stop', async () => {
    const sandbox = start(['sandbox', '--port', '0'], { cwd });
    await sandbox.said(/Listening on http:\/\/127\.0\.0\.1:\d+\n/);
    sandbox.kill('SIGTERM');
    expect((await sandbox.done).code).toBe(0);
  });

  test.each([
    [['--port', '99999'], /whole number from 0 to 65535/],
    [['--bot', 'nothing'], /ID=TOKEN/],
    [['--past-end', 'never'], /empty, 400/],
  ])('%o is a mistake', async (args, says) => {
    const { code, stderr } = await run(['sandbox', ...args], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(says);
  });

  test.each<[string, (port: number) => string[]]>([
    ['a port that is taken', (port) => ['--port', String(port)]],
    ['a state file in a folder that does not exist', () => ['--port', '0', '--state', 'missing/state.json']],
    ['a damaged state file', () => ['--port', '0', '--state', 'blacklist.yaml']],
  ])('%s is said without a stack trace', async (_, args) => {
    const { code, stderr } = await run(['sandbox', ...args(api.port)], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(/^error: .+\n$/);
  });

  test('in the same process, a damaged state file is said without a stack trace', async () => {
    const planned = await run(['plan', '--sandbox=blacklist.yaml', '--format', 'json'], { cwd });
    expect(planned.code).toBe(6);
    expect(reportOf(planned).errors[0]!.message).toContain('damaged');
  });
});
