/** Errors of the command line, the environment and the files are clear, and no request is sent. */
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

/** Expects exit 6, a report with the error, text on stderr, and no request. */
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
    [['plan', '--bogus'], /unknown option --bogus\n/],
    [['apply', '--yes', '--force'], /unknown option --force\n/],
    [['validate', '--base-url', 'https://example.com'], /unknown option --base-url\n/],
    [['frobnicate'], /unknown command "frobnicate"\nSee "blacklistctl --help"\.\n/],
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
    [['plan', '--out'], /--out <file> needs a value/],
    [['plan', '--out', '--detailed-exitcode'], /--out <file> has no value, because --detailed-exitcode follows it/],
    [['drift', '--settle', '0s', '--metrics', '--quiet'], /--metrics <file> has no value, because --quiet follows it/],
    [['plan', '--base-url', ''], /--base-url <url> has an empty value; is a variable empty\?/],
    [['apply', '--yes', '--sandbox='], /--sandbox \[state-file\] has an empty value; is a variable empty\?/],
    [['import', ''], /a path is empty; is a variable empty\?/],
    [['show', ''], /a path is empty; is a variable empty\?/],
    [['plan', ''], /a path is empty; is a variable empty\?/],
    [['explain', ''], /the number is empty/],
    [['drift', '--since='], /--since <file> has an empty value/],
    [
      ['plan', '--error-on', 'W-DUPLICAT'],
      /--error-on takes the code of a warning, not "W-DUPLICAT"; did you mean W-DUPLICATE\?/,
    ],
    [['init', '--provider', 'whatsapp'], /not "whatsapp"; did you mean whatsapp-cloud\?/],
    [['drift', '--ignore', 'expiring'], /--ignore takes .* did you mean W-EXPIRING\?/],
    [
      ['validate', '--error-on', 'all'],
      /--error-on takes .*; docs\/warnings\.md in the package blacklistctl lists the codes/,
    ],
    [['import', '--error-on'], /--error-on <code> needs a value/],
    [
      ['apply', '--yes', '--error-on', 'W-DUPLICATE', '--ignore', 'W-EXPIRED', '--ignore', 'W-DUPLICATE'],
      /both --error-on and --ignore name W-DUPLICATE; remove one of them/,
    ],
    [['init', '--ignore', 'W-DUPLICATE'], /unknown option --ignore/],
    [['validate', '--expiring', 'soon'], /--expiring.*days or weeks, such as 14d or 2w/],
    [['validate', '--expiring', '2m'], /--expiring.*days or weeks/],
    [['validate', '--expiring', '-1'], /--expiring.*days or weeks/],
    [['validate', '--expiring', '1.5d'], /--expiring.*days or weeks/],
    [['validate', '--expiring', '523w'], /--expiring.*at most ten years/],
    [['show'], /missing argument <files>: a saved plan/i],
    [['show', 'a.json', 'b.json'], /a\.json: there is no such file or folder/],
    [
      ['plan', '--bot', 'missing-bot'],
      /--bot missing-bot: the files do not declare this bot\. The files declare support\b/,
    ],
    [['validate', '--bot', 'missing-bot'], /the files do not declare this bot/],
    [['explain', '447700900123.0'], /the number has decimals, /],
    [['explain', '+46 (0) 73 200 1122'], /the number has a 0 after the country code/],
    [['explain', '+447700900100-199'], /the number looks like a range/],
    [
      ['validate', '--bot', 'suport', '--bot', 'missing-bot'],
      /--bot suport, missing-bot: the files do not declare these bots; did you mean support\? The files declare support\b/,
    ],
    [['apply'], /cannot ask for confirmation without a terminal/],
    [
      ['apply', '--plan', 'plan.json', '--bot', 'support'],
      /applies the saved plan as a whole; remove --bot and --shard/,
    ],
    [['apply', '--yes', '--max-age', '1h'], /--max-age is for a saved plan; add --plan FILE, or remove --max-age/],
    [['apply', '--plan', 'plan.json', '--max-age', '1w'], /--max-age.*duration such as/],
    [['apply', '--plan', 'plan.json', '--max-age', '0'], /--max-age.*above 0/],
    [['apply', '--plan', 'plan.json', '--max-age', '8785h'], /--max-age.*duration such as/],
    [['apply', '--plan', 'missing.json'], /missing\.json: there is no such file or folder/],
    [['show', 'missing.json'], /missing\.json: there is no such file or folder/],
    [['plan', 'missing.yaml'], /missing\.yaml: there is no such file or folder/],
    [['validate', 'empty'], /empty: the folder contains no \.yaml or \.yml file/],
    [['plan', '/dev/null'], /is not a regular file/],
  ])('refuses %o', async (args, says) => {
    await expectInvalid(args, says);
  });

  test('reports decimals, dates and ranges in each kind of file and on standard input', async () => {
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

  test('prints a hint to its end, and never an assigned value', async () => {
    const { report } = await expectInvalid(['plan', '--out', '--quiet'], /is a variable empty\? Write a value/);
    expect(report.errors[0]!.message).toMatch(/follows it; is a variable empty\? Write a value that .* as --out=…$/);
    const { stderr, stdout } = await expectInvalid(
      ['plan', '--token=…)secret'],
      /unknown option --token; set the environment variable .*, because a token is never an option/,
    );
    expect(stderr + stdout).not.toContain('secret');
  });

  test('prints no JSON if json is not the format but a wrong command', async () => {
    const { code, stdout } = await run(['json'], { cwd });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
  });

  test('refuses an unknown format', async () => {
    expect(await run(['plan', '--format', 'yaml'], { cwd })).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('error: --format takes one of text, json, '),
    });
  });

  test('prints the help on stderr if there is no command', async () => {
    const { code, stdout, stderr } = await run([], { cwd });
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain('Usage: blacklistctl');
  });

  test('exits with 0 after --help and --version', async () => {
    expect(await run(['--help'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await run(['apply', '--help'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    for (const args of [['--version'], ['-v'], ['version']]) {
      const printed = { code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' };
      expect(await run(args, { cwd })).toMatchObject(printed);
    }
    expect(await runProcess(['-v'], { cwd })).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\./) });
  });

  test('does not repeat a token that is passed as an option', async () => {
    const { code, output } = await run(['plan', `--token=${TOKEN.slice(0, 20)}`], { cwd });
    expect(code).toBe(6);
    expect(output).not.toContain(TOKEN.slice(0, 12));
  });

  test('looks for blacklist.yaml by default', async () => {
    cwd = makeFolder();
    await expectInvalid(['plan'], /blacklist\.yaml: there is no such file or folder; run init or import to create it/);
  });

  test('validate sorts the errors of all files by place, and counts them in each format', async () => {
    writeFileSync(join(cwd, 'b.yaml'), 'version: 1\nbots:\n  b:\n    colour: red\n    numbers: ["12"]\n');
    writeFileSync(join(cwd, 'a.yaml'), 'version: 1\nbots:\n  a: { region: eu1, tokenEnv: T, numbers: ["1", "2"] }\n');
    const { stderr, report } = await expectInvalid(['validate', 'b.yaml', 'a.yaml'], /^\d+ errors in 2 files\n$/m);
    const marked = stderr.split('\n').filter((line) => /^\S/.test(line));
    expect(marked.pop()).toBe(`${report.errors.length} errors in 2 files`);
    const places = marked.map((line) => /^error: ([ab]\.yaml):(\d+):(\d+): /.exec(line)!.slice(1).join(':'));
    expect(places.slice(0, 3)).toEqual(['a.yaml:3:44', 'a.yaml:3:49', 'b.yaml:3:3']);
    expect(places).toEqual(places.toSorted());
    expect(report.errors.map(({ file }) => file)).toEqual(places.map((place) => place.split(':')[0]));
    for (const format of ['markdown', 'html', 'github']) {
      const { stdout } = await run(['validate', 'b.yaml', 'a.yaml', '--format', format], { cwd });
      expect(stdout).toContain(`${report.errors.length} errors in 2 files`);
    }
  });

  test('reports every error of every file with its place', async () => {
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
    ['contains a line break', `${TOKEN}\r\nX-Evil: yes`],
    ['contains a space', `my ${TOKEN}`],
    ['begins with "Bearer"; remove that word', `Bearer ${TOKEN}`],
    ['has a letter that headers cannot contain', `${TOKEN}é`],
  ])('that %s is refused', async (_, token) => {
    const { output } = await expectInvalid(
      ['apply', '--yes'],
      /variable SINCH_WHATSAPP_TOKEN \(token of the bot "support"\)/,
      {
        SINCH_WHATSAPP_TOKEN: token,
      },
    );
    expect(output).not.toContain(TOKEN.slice(0, 12));
  });

  test.each(['plan', 'import', 'drift'])('is not shown by %s if the file contains it by mistake', async (command) => {
    for (const [written, token] of [
      ['correct-horse-battery', 'correct-horse-battery'], // found by the variable's value only
      ['3f2a9c0d11e84b7f9a6c5d4e3f2a1b0c', undefined], // found by its form only
    ] as const) {
      const bot = `{ region: eu1, tokenEnv: HERE, apiKey: ${written}, numbers: [] }`;
      writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\nbots:\n  a: ${bot}\n`);
      const { output } = await expectInvalid([command], /unknown key "apiKey"/, { HERE: token });
      expect(output).not.toContain(written.slice(0, 8));
    }
  });

  test.each(['plan', 'validate', 'show'])(
    'is not shown by %s if no file that names it can be read',
    async (command) => {
      const token = 'correct-horse-battery';
      for (const name of ['blacklist.yaml', token]) writeFileSync(join(cwd, name), `${token}\n`);
      const args = command === 'show' ? [command, token] : [command];
      const { output } = await expectInvalid(args, /^error/, { SHOP_TOKEN: token });
      expect(output).not.toContain(token);
    },
  );

  test('is not cut by what hides the value of an option', async () => {
    const token = 'aA0dEc1--F=2-b/A-x';
    const { output } = await expectInvalid(['validate', '--error-on', token], /^error/, { SHOP_TOKEN: token });
    expect(output).toContain('takes the code of a warning, not "[token]"');
  });

  test('is reported for every bot in one run', async () => {
    writeFileSync(
      join(cwd, 'blacklist.yaml'),
      yamlOf({ a: { numbers: [], tokenEnv: 'A_TOKEN' }, b: { numbers: [], tokenEnv: 'B_TOKEN' } }),
    );
    const { stderr } = await expectInvalid(['plan'], /A_TOKEN/);
    expect(stderr).toContain('B_TOKEN');
  });

  test('is not needed by validate', async () => {
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
    ['ftp://127.0.0.1', /has the scheme ftp; use https/],
    ['file:///etc/passwd', /has the scheme file; use https/],
    ['data:application/json,{}', /has the scheme data; use https/],
    ['127.0.0.1:8080', /error: \S+ has no scheme; add http:\/\/ before it/],
    ['Localhost:8594/gateway', /error: \S+ has no scheme; add http:\/\/ before it/],
    ['[::1]:8594', /error: \S+ has no scheme; add http:\/\/ before it/],
    ['example.com:8443', /error: \S+ has no scheme; add https:\/\/ before it/],
    ['https://127.0.0.1/?token=x', /query/],
    ['http://127.0.0.1:18472?', /ends with a query or a fragment; remove it/],
    ['http://127.0.0.1:18472/gateway#', /ends with a query or a fragment; remove it/],
    ['nonsense', /is not a URL; write it as https/],
    ['http://127.0.0.1:84800', /has the port 84800, and the highest port is 65535; correct it/],
    ['https://example.com:99999/gateway', /has the port 99999, and the highest port is 65535; correct it/],
  ])('is refused, with where it comes from, if it is %s', async (url, says) => {
    const given = await expectInvalid(['apply', '--yes', '--base-url', url], says);
    expect(given.stderr).toContain('error: --base-url ');
    const set = await expectInvalid(['plan'], says, { BLACKLISTCTL_BASE_URL: url });
    expect(set.stderr).toContain('error: BLACKLISTCTL_BASE_URL ');
  });

  test('with a user name or a password is refused and not repeated', async () => {
    const { output } = await expectInvalid(
      ['plan', '--base-url', 'https://user:hunter2hunter2@127.0.0.1'],
      /user name/,
    );
    expect(output).not.toContain('hunter2');
  });

  test('does not repeat a password if another part of the URL is wrong', async () => {
    const { output } = await expectInvalid(
      ['plan', '--base-url', 'https://user:hunter2hunter2@127.0.0.1:99999'],
      /is not a URL/,
    );
    expect(output).not.toContain('hunter2');
    const digits = await expectInvalid(['plan', '--base-url', 'https://user:8642086420/x@127.0.0.1'], /is not a URL/);
    expect(digits.output).not.toContain('86420');
  });

  test('is refused if certificate checks are switched off', async () => {
    await expectInvalid(['plan'], /NODE_TLS_REJECT_UNAUTHORIZED=0 turns off certificate checks/, {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      BLACKLISTCTL_BASE_URL: 'https://example.com',
    });
  });

  test.each([
    [
      { NODE_DEBUG: 'http' },
      /NODE_DEBUG makes Node print requests with their tokens; unset it, and use --debug instead/,
    ],
    [{ NODE_OPTIONS: '--inspect=0' }, /NODE_OPTIONS contains --inspect, which exposes tokens; remove it/],
  ])('on loopback does not allow switches of Node that expose tokens: %o', async (env, says) => {
    await expectInvalid(['plan'], says, env);
    await expectInvalid(['validate'], says, env);
  });

  test('may have a path and a slash at the end, and applies to every bot', async () => {
    const behind = await startApi({ fault: () => ({ status: 200, body: '{"numbers":[]}' }) });
    const planned = await json(['plan'], { BLACKLISTCTL_BASE_URL: `${behind.url}/gateway/` });
    expect(planned.code).toBe(0);
    expect(behind.seen[0]!.path).toBe('/gateway/whatsapp/v1/support/provision/blacklist?page=0');
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('%i is not followed, so nothing arrives at the other server', async (status) => {
    const other = await startApi();
    const faulty = await startApi({
      fault: ({ path }) => ({ status, headers: { location: `${other.url}${path}` } }),
    });
    const planned = await json(['plan'], { BLACKLISTCTL_BASE_URL: faulty.url });
    expect(planned.code).toBe(1);
    expect(reportOf(planned).bots[0]!.error).toEqual({
      message: expect.stringContaining(`redirects (${status}), and redirects are not followed`),
      detail: `redirect to ${other.url}`,
    });
    expect(other.sockets()).toBe(0);
    expect(new Set(faulty.seen.map(({ page }) => page)).size).toBe(faulty.seen.length); // nor is the request repeated
  });

  test('of a write sends no number to the other server', async () => {
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
    ['that exists', { 'lists.json': '{ "version": 1, "bots": { "support": ["+447700900001"] } }' }],
    ['that does not exist', {}],
  ])('reports a state file %s that is passed as a path', async (_, files) => {
    const folder = makeDesired({ support: [] });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { code, stderr } = await run(['plan', '--sandbox', 'lists.json'], { cwd: folder });
    expect(code).toBe(6);
    expect(stderr).toContain(
      'error: lists.json was read as desired state; to keep the lists of a sandbox in it, pass --sandbox=lists.json\n',
    );
    const other = await run(['plan', '--sandbox=lists.json', 'missing.json'], { cwd: folder });
    expect(other.stderr).not.toContain('was read as');
  });

  test('serves until it gets a signal', async () => {
    const sandbox = start(['sandbox', '--port', '0'], { cwd });
    await sandbox.said(/Listening on http:\/\/127\.0\.0\.1:\d+\n/);
    sandbox.kill('SIGTERM');
    expect((await sandbox.done).code).toBe(0);
  });

  test.each([
    [['--port', '99999'], /whole number from 0 to 65535/],
    [['--bot', 'nothing'], /ID=TOKEN/],
    [['--bot', 'a/b=token'], /ID=TOKEN/],
    [['--bot', 'shop=two words'], /ID=TOKEN/],
    [['--past-end', 'never'], /empty, 400/],
  ])('refuses %o', async (args, says) => {
    const { code, stderr } = await run(['sandbox', ...args], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(says);
  });

  test.each<[string, (port: number) => string[], RegExp]>([
    [
      'a port that is in use',
      (port) => ['--port', String(port)],
      /^error: port \d+: already in use; choose another one with --port, or --port 0 for any free port\n$/,
    ],
    [
      'a state file in a folder that does not exist',
      () => ['--port', '0', '--state', 'missing/state.json'],
      /^error: .*missing\/state\.json.*\n$/,
    ],
    [
      'a folder as state file',
      () => ['--port', '0', '--state', 'empty'],
      /^error: empty: this is a folder, not a file\n$/,
    ],
    ['a damaged state file', () => ['--port', '0', '--state', 'blacklist.yaml'], /^error: .*blacklist\.yaml.*\n$/],
  ])('reports %s without a stack trace', async (_, args, message) => {
    const { code, stderr } = await run(['sandbox', ...args(api.port)], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(message);
  });

  test('reports a damaged state file without a stack trace in the same process', async () => {
    const planned = await run(['plan', '--sandbox=blacklist.yaml', '--format', 'json'], { cwd });
    expect(planned.code).toBe(6);
    expect(reportOf(planned).errors[0]!.message).toContain('damaged');
  });
});
