/** The live lists become desired state, and nothing is lost on the way. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Api, type Fault, FORMATS, makeFolder, makeGate, reportOf, run, start, startApi, uk } from './harness.ts';

const FIRST = `# yaml-language-server: $schema=schemas/blacklist.schema.json
version: 1
defaults:
  region: eu1
  tokenEnv: SINCH_WHATSAPP_TOKEN
bots:
  support-bot:
    numbers: []
`;

let api: Api;
let cwd: string;
const path = (name = 'blacklist.yaml') => join(cwd, name);
const read = (name?: string) => readFileSync(path(name), 'utf8');
const blacklistctl = (args: readonly string[], url = api.url, env: Record<string, string> = {}) =>
  run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: url, ...env } });

/** Puts numbers on a bot's live list. */
function seed(bot: string, numbers: readonly string[], to = api): void {
  for (let at = 0; at < numbers.length; at += 20) {
    to.sandbox.handle({
      method: 'POST',
      path: `/whatsapp/v1/${bot}/provision/blacklist`,
      authorization: 'Bearer x',
      body: JSON.stringify({ numbers: numbers.slice(at, at + 20) }),
    });
  }
}

beforeEach(async () => {
  api = await startApi();
  cwd = makeFolder();
  writeFileSync(path(), FIRST);
});

test('a first file, import, and the plan is empty', async () => {
  seed('support-bot', uk(250).reverse());
  const imported = await blacklistctl(['import', '--bot', 'support-bot']);
  expect(imported).toMatchObject({
    code: 0,
    stdout: 'support-bot  250 imported, 0 there already\n\nImported: 250 numbers of 1 bot\nDone.\n',
  });
  expect(imported.output).not.toContain('77009');
  const items = uk(250).map((number) => `      - "+${number}"\n`);
  expect(read()).toBe(FIRST.replace('numbers: []\n', `numbers:\n${items.join('')}`));
  expect(api.writes()).toEqual([]);
  const planned = await blacklistctl(['plan', '--detailed-exitcode', '--format', 'json']);
  expect(planned.code).toBe(0);
  expect(reportOf(planned).outcome).toBe('in-sync');
  expect((await blacklistctl(['fmt', '--check'])).code).toBe(0);
  const again = await blacklistctl(['import']);
  expect(again).toMatchObject({
    code: 0,
    stdout: 'support-bot  0 imported, 250 there already\n\nImported: 0 numbers of 1 bot\nNothing to do.\n',
  });
});

test('what is there stays, and what differs is said', async () => {
  const old = `${FIRST.replace('[]', '')}      # keep
      - "+447700900900"
      - { number: "+447700900000", expires: 2001-01-01 } # gone
      - 447700900001
`;
  writeFileSync(path(), old);
  seed('support-bot', uk(3));
  const { code, stderr } = await blacklistctl(['import']);
  expect(code).toBe(0);
  expect(stderr).toContain(
    'warning: support-bot: 1 number of the file is not live: the next apply adds it [W-NOT-LIVE]\n',
  );
  expect(stderr).toContain(
    'the number of 1 expired entry is still live, and not imported again; the next apply removes',
  );
  expect(read()).toBe(`${old}      - "+447700900002"\n`);
});

test('a file that is not there is made, for everybody to read, with bots whose ids YAML would misread', async () => {
  seed('support-bot', uk(1));
  seed('1e5', uk(1, 7));
  const args = ['import', 'new.yaml', '--bot', 'support-bot', '--bot', '1e5', '--region', 'us1'];
  const missing = await blacklistctl(args);
  expect(missing.code).toBe(6);
  expect(missing.stderr).toContain('no "tokenEnv" is known for it; give --token-env');
  expect((await blacklistctl([...args, '--token-env', 'SINCH_WHATSAPP_TOKEN'])).code).toBe(0);
  expect(read('new.yaml')).toBe(
    `# yaml-language-server: $schema=schemas/blacklist.schema.json
version: 1
defaults:
  region: us1
  tokenEnv: SINCH_WHATSAPP_TOKEN
bots:
  support-bot:
    numbers:
      - "+447700900000"
  "1e5":
    numbers:
      - "+447700900007"
`,
  );
  expect(statSync(path('new.yaml')).mode & 0o777).toBe(0o666 & ~process.umask());
  expect((await blacklistctl(['plan', 'new.yaml', '--detailed-exitcode'])).code).toBe(0);
});

test('a new bot of a file says only what the defaults do not', async () => {
  seed('second', uk(1));
  const args = ['import', '--bot', 'second', '--region', 'us1', '--token-env', 'SINCH_WHATSAPP_TOKEN'];
  expect((await blacklistctl(args)).code).toBe(0);
  expect(read()).toBe(`${FIRST}  second:\n    region: us1\n    numbers:\n      - "+447700900000"\n`);
});

test('a list that cannot be read changes nothing of its bot, and the others are imported', async () => {
  const faulty = await startApi({
    fault: ({ bot, page }) => (bot === 'second' && page === 1 ? { status: 403, body: '{}' } : 'pass'),
  });
  writeFileSync(path(), `${FIRST}  second:\n    numbers: []\n`);
  seed('support-bot', uk(1), faulty);
  seed('second', uk(150), faulty);
  const { code, stdout } = await blacklistctl(['import'], faulty.url);
  expect(code).toBe(1);
  expect(stdout).toContain('second  could not be read\n');
  expect(stdout).toContain('Imported: 1 number of 1 bot; 1 bot could not be read\n');
  expect(read()).toBe(
    `${FIRST.replace('numbers: []', 'numbers:\n      - "+447700900000"')}  second:\n    numbers: []\n`,
  );
});

test('Ctrl-C leaves the file as it is', async () => {
  const gate = makeGate();
  const slow = await startApi({
    fault: async (): Promise<Fault> => {
      await gate.opened;
      return 'pass';
    },
  });
  seed('support-bot', uk(5), slow);
  const running = start(['import', '--format', 'json'], { cwd, env: { BLACKLISTCTL_BASE_URL: slow.url } });
  await slow.arrival(() => true);
  running.child.kill('SIGINT');
  await running.said(/Interrupted/);
  gate.open();
  const done = await running.done;
  expect(done.code).toBe(130);
  expect(reportOf(done)).toMatchObject({ interrupted: true, bots: [{ results: { applied: 0 } }] });
  expect(read()).toBe(FIRST);
});

test('a file that is edited while the lists are read keeps what was edited', async () => {
  const edited = `${FIRST}# edited\n`;
  const slow = await startApi({
    fault: () => {
      writeFileSync(path(), edited);
      return 'pass';
    },
  });
  seed('support-bot', uk(5), slow);
  const { code, stderr } = await blacklistctl(['import'], slow.url);
  expect(code).toBe(5);
  expect(stderr).toContain(
    'blacklist.yaml: was changed while the lists were read; nothing was written; run import again',
  );
  expect(read()).toBe(edited);
});

describe('nothing is asked of the API', () => {
  test.each<[string, string[], RegExp]>([
    ['an id that no bot has', ['--bot', 'a/b', '--region', 'eu1'], /--bot a\/b: a bot id has/],
    [
      'an option that the file contradicts',
      ['--region', 'us1'],
      /--region: blacklist\.yaml has "region: eu1" for the bot/,
    ],
    ['a region that does not exist', ['--region', 'eu9'], /eu1, us1/],
    ['a token where its name belongs', ['--bot', 'b', '--token-env', 'ab-12345678'], /NAME of an environment variable/],
    ['a folder', ['.'], /is a folder; import writes into one file/],
    ['no bot at all', ['none.yaml'], /none\.yaml defines no bot; name the bots to import with --bot/],
    ['--shard', ['--shard', '1/2'], /unknown option '--shard'/],
  ])('%s', async (_, args, says) => {
    const { code, stderr, output } = await blacklistctl(['import', ...args]);
    expect(code).toBe(6);
    expect(stderr).toMatch(says);
    expect(output).not.toContain('ab-12345678');
    expect(api.seen).toEqual([]);
    expect(read()).toBe(FIRST);
  });

  test('a faulty file', async () => {
    writeFileSync(path(), `${FIRST}  x: 1\n`);
    expect(await blacklistctl(['import'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('blacklist.yaml:9:6'),
    });
    expect(api.seen).toEqual([]);
  });
});

test('a list that two bots share is left alone', async () => {
  const text = `${FIRST.replace('[]', '&all []')}  second:\n    numbers: *all\n`;
  writeFileSync(path(), text);
  seed('second', uk(1));
  const { code, stderr } = await blacklistctl(['import']);
  expect(code).toBe(6);
  expect(stderr).toContain('blacklist.yaml:10:14: the bots "second" and "support-bot" share this list by an alias');
  expect(read()).toBe(text);
});

test.each(FORMATS.map((format) => [format]))(
  'as %s, masked and with every number told, no number shows',
  async (format) => {
    seed('support-bot', uk(3));
    const args = ['import', '--verbose', '--format', format];
    const { code, output } = await blacklistctl(args, api.url, { CI: 'true' });
    expect(code).toBe(0);
    expect(output).not.toMatch(/7700|900.?00/);
    expect(read()).toContain('"+447700900002"');
  },
);

describe('from somewhere else', () => {
  const TWO = `${FIRST}  new-bot:
    provider: whatsapp-cloud
    phoneNumberId: "106540352242922"
    tokenEnv: CLOUD_TOKEN
    numbers:
      - "+447700900000" # there already
`;

  test('the live list of another bot moves to one of another provider', async () => {
    writeFileSync(path(), TWO);
    seed('support-bot', uk(30));
    const { code, stdout } = await blacklistctl(['import', '--from', 'support-bot', '--bot', 'new-bot']);
    expect(stdout).toContain('new-bot  29 imported, 1 there already\n');
    expect(code).toBe(0);
    const items = uk(30).map((number, at) => `      - "+${number}"${at === 0 ? ' # there already' : ''}\n`);
    expect(read()).toBe(TWO.replace('      - "+447700900000" # there already\n', items.join('')));
    expect(api.reads('support-bot').length).toBe(api.seen.length);
  });

  test('a report of one bot, with nothing asked of any API', async () => {
    writeFileSync(path(), TWO);
    seed('support-bot', uk(30));
    const planned = await blacklistctl(['plan', '--bot', 'support-bot', '--format', 'json', '--numbers', 'full']);
    writeFileSync(path('report.json'), planned.stdout);
    api.forget();
    const { code } = await blacklistctl(['import', '--from', 'report.json', '--bot', 'new-bot']);
    expect(code).toBe(0);
    for (const number of uk(30)) expect(read()).toContain(`- "+${number}"`);
    expect(api.seen).toEqual([]);
  });

  test.each([
    [
      'nothing of that name',
      ['--from', 'nobody', '--bot', 'new-bot'],
      '--from nobody: is neither a bot of the file nor a JSON report',
    ],
    ['no bot that gets them', ['--from', 'support-bot'], '--from needs --bot ID'],
    ['a report of several bots', ['--from', 'two.json', '--bot', 'new-bot'], 'is a report of 2 bots'],
    ['a masked report', ['--from', 'masked.json', '--bot', 'new-bot'], 'its numbers are masked'],
  ])('%s: an error, and the file stays', async (_, args, message) => {
    writeFileSync(path(), `${FIRST}  new-bot:\n    numbers: []\n`);
    seed('support-bot', uk(3));
    const report = async (...more: string[]) => (await blacklistctl(['plan', '--format', 'json', ...more])).stdout;
    writeFileSync(path('two.json'), await report('--numbers', 'full'));
    writeFileSync(path('masked.json'), await report('--numbers', 'masked', '--bot', 'support-bot'));
    const { code, stderr } = await blacklistctl(['import', ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(6);
    expect(read()).toBe(`${FIRST}  new-bot:\n    numbers: []\n`);
  });
});
