/** import turns live lists into desired state without losing anything. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/cli/clock.ts';
import {
  type Api,
  type Fault,
  FORMATS,
  makeFolder,
  makeGate,
  reportOf,
  run,
  sentTo,
  start,
  startApi,
  uk,
} from './harness.ts';

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

test('import fills a first file, and the next plan is empty', async () => {
  seed('support-bot', uk(250).reverse());
  const imported = await blacklistctl(['import', '--bot', 'support-bot']);
  expect(imported).toMatchObject({
    code: 0,
    stdout: `support-bot  250 imported, 0 already declared\n\nImported: 250 numbers from 1 bot\nOnly the file changed. To see what apply would change, run plan.\n${sentTo(api.url)}`,
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
    stdout: `support-bot  0 imported, 250 already declared\n\nImported: 0 numbers from 1 bot\nNothing to do.\n${sentTo(api.url)}`,
  });
});

test('import keeps the entries of a file, and warns of differences from the live list', async () => {
  const old = `${FIRST.replace('[]', '')}      # keep
      - "+447700900900"
      - { number: "+447700900000", expires: 2001-01-01 } # gone
      - 447700900001
`;
  writeFileSync(path(), old);
  seed('support-bot', uk(3));
  const masked = await blacklistctl(['import', '--error-on', 'W-NOT-LIVE'], api.url, { CI: 'true' });
  expect(masked.code).toBe(6);
  expect(masked.stderr).toContain('not live (+44••••••0900); the next');
  expect(masked.stderr).toContain('not imported again (+44••••••0000); the next');
  expect(masked.output).not.toMatch(/\d{7}/);
  const { code, stderr } = await blacklistctl(['import']);
  expect(code).toBe(0);
  expect(stderr).toContain(
    'warning: support-bot: 1 declared number is not live (+447700900900); the next apply adds it [W-NOT-LIVE]\n',
  );
  expect(stderr).toContain(
    'the number of 1 expired entry is still live but not imported again (+447700900000); the next apply removes',
  );
  expect(read()).toBe(`${old}      - "+447700900002"\n`);
});

test('import creates a missing file, readable by all, and quotes bot ids that YAML would misread', async () => {
  seed('support-bot', uk(1));
  seed('1e5', uk(1, 7));
  const args = ['import', 'new.yaml', '--bot', 'support-bot', '--bot', '1e5', '--region', 'us1'];
  const missing = await blacklistctl(args);
  expect(missing.code).toBe(6);
  expect(missing.stderr).toContain('does not declare the bot "1e5" yet; pass --token-env');
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

test('import writes only those settings of a new bot that differ from the defaults', async () => {
  seed('second', uk(1));
  const args = ['import', '--bot', 'second', '--region', 'us1', '--token-env', 'SINCH_WHATSAPP_TOKEN'];
  expect((await blacklistctl(args)).code).toBe(0);
  expect(read()).toBe(`${FIRST}  second:\n    region: us1\n    numbers:\n      - "+447700900000"\n`);
});

test('import changes nothing of a bot whose list cannot be read, and imports the others', async () => {
  const faulty = await startApi({
    fault: ({ bot, page }) => (bot === 'second' && page === 1 ? { status: 403, body: '{}' } : 'pass'),
  });
  writeFileSync(path(), `${FIRST}  second:\n    numbers: []\n`);
  seed('support-bot', uk(1), faulty);
  seed('second', uk(150), faulty);
  const { code, stdout } = await blacklistctl(['import'], faulty.url);
  expect(code).toBe(1);
  expect(stdout).toContain('second  could not be read\n');
  expect(stdout).toContain('Imported: 1 number from 1 bot; 1 bot could not be read\n');
  expect(read()).toBe(
    `${FIRST.replace('numbers: []', 'numbers:\n      - "+447700900000"')}  second:\n    numbers: []\n`,
  );
});

test('import writes nothing after Ctrl-C', async () => {
  const gate = makeGate();
  const slow = await startApi({
    fault: async (): Promise<Fault> => {
      await gate.opened;
      return 'pass';
    },
  });
  seed('support-bot', uk(5), slow);
  const running = start(['import', '--format', 'json'], {
    cwd,
    env: { BLACKLISTCTL_BASE_URL: slow.url },
    clock: systemClock, // requests in flight get their 3 s
  });
  await slow.arrival(() => true);
  running.kill('SIGINT');
  await running.said(/Interrupted/);
  gate.open();
  const done = await running.done;
  expect(done.code).toBe(130);
  expect(reportOf(done)).toMatchObject({ interrupted: true, bots: [{ imported: 0 }] });
  expect(read()).toBe(FIRST);
});

test('import keeps edits that are made to the file while it reads the lists', async () => {
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
    'blacklist.yaml: the file changed while import read the lists, so nothing was written; run import again',
  );
  expect(read()).toBe(edited);
});

describe('import sends no request for', () => {
  test.each<[string, string[], RegExp]>([
    ['an invalid bot id', ['--bot', 'a/b', '--region', 'eu1'], /the bot id "a\/b" is not allowed; use 1 to 64/],
    [
      'an option that the file contradicts',
      ['--region', 'us1'],
      /--region contradicts blacklist\.yaml, which has "region: eu1" for the bot/,
    ],
    ['a region that does not exist', ['--region', 'eu9'], /eu1, us1/],
    [
      'a token instead of the name of its variable',
      ['--bot', 'b', '--token-env', 'ab-12345678'],
      /NAME of an environment variable/,
    ],
    ['a folder', ['.'], /: this is a folder; pass the file to write/],
    [
      'a file that does not exist',
      ['gone.yaml'],
      /gone\.yaml does not exist\. To create it, pass --bot ID for each bot to import\./,
    ],
    ['a file without bots', ['lists.yaml'], /lists\.yaml declares no bot; pass --bot ID for each bot to import/],
    ['--shard', ['--shard', '1/2'], /unknown option --shard/],
  ])('%s', async (_, args, says) => {
    writeFileSync(path('lists.yaml'), 'version: 1\nlists: {}\n');
    const { code, stderr, output } = await blacklistctl(['import', ...args]);
    expect(code).toBe(6);
    expect(stderr).toMatch(says);
    expect(output).not.toContain('ab-12345678');
    expect(api.seen).toEqual([]);
    expect(read()).toBe(FIRST);
  });

  test('a file with errors', async () => {
    writeFileSync(path(), `${FIRST}  x: 1\n`);
    expect(await blacklistctl(['import'])).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('blacklist.yaml:9:6'),
    });
    expect(api.seen).toEqual([]);
  });
});

test('import does not change a file with an anchor', async () => {
  const text = `${FIRST.replace('[]', '&all []')}  second:\n    numbers: *all\n`;
  writeFileSync(path(), text);
  const { code, stderr } = await blacklistctl(['import']);
  expect(code).toBe(6);
  expect(stderr).toContain(
    'blacklist.yaml:8:14: anchors, aliases and merge keys (&, *, <<) are not allowed, but used here and in 1 place below; share numbers with "lists:"',
  );
  expect(api.seen).toEqual([]);
  expect(read()).toBe(text);
});

test.each(FORMATS.map((format) => [format]))(
  'shows no number in the format %s if they are masked, even with --verbose',
  async (format) => {
    seed('support-bot', uk(3));
    const args = ['import', '--verbose', '--format', format];
    const { code, output } = await blacklistctl(args, api.url, { CI: 'true' });
    expect(code).toBe(0);
    expect(output).not.toMatch(/7700|900.?00/);
    expect(read()).toContain('"+447700900002"');
  },
);

describe('import --from', () => {
  const TWO = `${FIRST}  new-bot:
    provider: whatsapp-cloud
    phoneNumberId: "106540352242922"
    tokenEnv: CLOUD_TOKEN
    numbers:
      - "+447700900000" # there already
`;

  test('moves the live list of a bot to a bot of another provider', async () => {
    writeFileSync(path(), TWO);
    seed('support-bot', uk(30));
    const { code, stdout } = await blacklistctl(['import', '--from', 'support-bot', '--bot', 'new-bot']);
    expect(stdout).toContain('new-bot  29 imported, 1 already declared\n');
    expect(code).toBe(0);
    const items = uk(30).map((number, at) => `      - "+${number}"${at === 0 ? ' # there already' : ''}\n`);
    expect(read()).toBe(TWO.replace('      - "+447700900000" # there already\n', items.join('')));
    expect(api.reads('support-bot').length).toBe(api.seen.length);
  });

  test('reads a report of one bot without a request', async () => {
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

  test('reads a report of list, with all declared numbers, for an API that no longer exists', async () => {
    writeFileSync(path(), TWO.replace('numbers: []', 'numbers: ["+447700900005", "+447700900006"]'));
    const listed = await blacklistctl(['list', '--bot', 'support-bot', '--format', 'json', '--numbers', 'full']);
    writeFileSync(path('list.json'), listed.stdout);
    const { code, stdout } = await blacklistctl(['import', '--from', 'list.json', '--bot', 'new-bot']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('new-bot  2 imported, 0 already declared\n'),
    });
    expect(api.seen).toEqual([]);
  });

  test('warns of details and declared numbers that it does not import', async () => {
    const numbers = '[{ number: "+447700900001", expires: 2099-12-31 }, "+447700900002", "+447700900099"]';
    const fraud = 'lists: { fraud: { numbers: ["+447700900003"] } }\n';
    const first = FIRST.replace(
      'numbers: []',
      `numbers: ${numbers}\n    lists: [fraud]\n    ignore: ["+447700900004"]`,
    );
    writeFileSync(path(), `${first}  new-bot:\n    numbers: []\n${fraud}`);
    seed('support-bot', uk(5));
    const { code, stderr } = await blacklistctl(['import', '--from', 'support-bot', '--bot', 'new-bot']);
    expect(code).toBe(0);
    expect(stderr.split('\n').filter((line) => line.startsWith('warning: new-bot: '))).toEqual([
      'warning: new-bot: 1 live number is ignored by the rules of support-bot and not imported (+447700900004) [W-IGNORED-IMPORT]',
      'warning: new-bot: 1 number declared for support-bot is not live, so it was not imported (+447700900099) [W-NOT-LIVE]',
      'warning: new-bot: 2 numbers are imported from support-bot (+447700900001, +447700900003) without the details that the files declare (expires, lists); to keep the details, undo the import and first give this bot the same lists and entries [W-BARE-IMPORT]',
    ]);
  });

  test('reports what to do instead if a list cannot be read', async () => {
    writeFileSync(path(), TWO.replace('region: eu1', 'region: us1'));
    const args = ['import', '--from', 'support-bot', '--bot', 'new-bot', '--retries', '0'];
    const { code, stdout } = await blacklistctl(args, 'http://127.0.0.1:9');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'pass --from list.json after this command: blacklistctl list --bot support-bot --format json --numbers full > list.json',
    );
  });

  test('asks for another report of the live list if the bot of the report could not be read', async () => {
    writeFileSync(path(), TWO);
    const lists = ['list', '--live', '--bot', 'support-bot', '--format', 'json', '--numbers', 'full', '--retries', '0'];
    const listed = await blacklistctl(lists, 'http://127.0.0.1:9');
    writeFileSync(path('live.json'), listed.stdout);
    const { code, stderr } = await blacklistctl(['import', '--from', 'live.json', '--bot', 'new-bot']);
    expect(code).toBe(6);
    expect(stderr).toContain(
      '--from live.json: the bot of the report could not be read; create a report of all numbers with: blacklistctl list --live --bot support-bot --format json --numbers full',
    );
  });

  test.each([
    [
      'a report that only counts numbers',
      ['--from', 'same.json', '--bot', 'new-bot'],
      '--from same.json: the report omits 1 number; create a report of all numbers with: blacklistctl list',
    ],
    [
      'neither a file nor a bot',
      ['--from', 'missing-bot', '--bot', 'new-bot'],
      '--from missing-bot: there is neither such a bot in the files nor such a file; pass a bot id, or a JSON report',
    ],
    ['no target bot', ['--from', 'support-bot'], '--from needs --bot ID'],
    [
      'a report of several bots',
      ['--from', 'two.json', '--bot', 'new-bot'],
      'the report has 2 bots; create a report of one bot with --bot ID',
    ],
    ['a masked report', ['--from', 'masked.json', '--bot', 'new-bot'], 'the numbers of the report are masked'],
    [
      'a report of explain',
      ['--from', 'explain.json', '--bot', 'new-bot'],
      'a report of explain lists no numbers; use a report of blacklistctl list',
    ],
  ])('refuses %s, and does not change the file', async (_, args, message) => {
    writeFileSync(path(), `${FIRST}  new-bot:\n    numbers: []\n`);
    seed('support-bot', uk(3));
    const report = async (...more: string[]) => (await blacklistctl(['plan', '--format', 'json', ...more])).stdout;
    writeFileSync(path('two.json'), await report('--numbers', 'full'));
    const same = FIRST.replace('numbers: []', 'numbers: ["+447700900001"]');
    writeFileSync(path('same.yaml'), same);
    const of = ['plan', 'same.yaml', '--bot', 'support-bot', '--format', 'json', '--numbers', 'full'];
    writeFileSync(path('same.json'), (await blacklistctl(of)).stdout);
    writeFileSync(path('masked.json'), await report('--numbers', 'masked', '--bot', 'support-bot'));
    const explain = ['explain', '+447700900001', 'same.yaml', '--format', 'json', '--numbers', 'full'];
    writeFileSync(path('explain.json'), (await blacklistctl(explain)).stdout);
    const { code, stderr } = await blacklistctl(['import', ...args]);
    expect(stderr).toContain(message);
    expect(code).toBe(6);
    expect(read()).toBe(`${FIRST}  new-bot:\n    numbers: []\n`);
  });
});

describe('import with shared lists and number files', () => {
  const LISTS = `version: 1
lists:
  fraud:
    owner: Trust & Safety
    numbers:
      - "+447700900001"
      - { number: "+447700900002", expires: 2001-01-01 }
    files: [export.csv]
  spam: { numbers: [] }
`;
  /** A bot without a list of its own, one with, and one in braces. */
  const MAIN = `version: 1
defaults:
  region: eu1
  tokenEnv: SINCH_WHATSAPP_TOKEN
bots:
  support-bot: # the first
    ignore:
      - { file: team/ours.txt, reason: The abuse desk's }
    lists: [fraud, spam] # of the other file
    # below

  sales-bot:
    files: [team/own.txt]
    numbers: # own
      - "+447700900007"
  small-bot: { lists: [fraud] } # braces
`;
  const FILES = {
    'blacklist.yaml': MAIN,
    'team/lists.yaml': LISTS,
    'team/export.csv': 'number,why\n+447700900003,x\n',
    'team/own.txt': '+447700900004 # mine\n',
    'team/ours.txt': '+447700900005\n',
  };
  const rest = () => Object.keys(FILES).filter((name) => name !== 'blacklist.yaml');

  beforeEach(() => {
    mkdirSync(path('team'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(path(name), text);
  });

  test('writes only numbers that no list and no number file declares, and keeps every other byte', async () => {
    for (const bot of ['support-bot', 'sales-bot', 'small-bot']) seed(bot, uk(9));
    const { code, stdout, stderr } = await blacklistctl(['import', 'blacklist.yaml', 'team']);
    expect(stderr).toContain(
      'support-bot: 1 live number is ignored and not imported (+447700900005) [W-IGNORED-IMPORT]',
    );
    expect(stderr).toContain('support-bot: the number of 1 expired entry is still live but not imported again');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `sales-bot  7 imported, 2 already declared
small-bot  6 imported, 3 already declared
support-bot  5 imported, 3 already declared

Imported: 18 numbers from 3 bots
Only the file changed. To see what apply would change, run plan.
${sentTo(api.url)}`,
    });
    const items = (...ends: number[]) => ends.map((end) => `      - "+44770090000${end}"\n`).join('');
    const inBraces = [0, 4, 5, 6, 7, 8].map((end) => `"+44770090000${end}"`).join(', ');
    expect(read()).toBe(
      MAIN.replace(items(7), items(7, 0, 1, 2, 3, 5, 6, 8))
        .replace('    # below\n', `    numbers:\n${items(0, 4, 6, 7, 8)}    # below\n`)
        .replace('lists: [fraud] }', `lists: [fraud], "numbers": [${inBraces}] }`),
    );
    for (const name of rest()) expect(read(name)).toBe(FILES[name as keyof typeof FILES]);
    expect((await blacklistctl(['fmt', '--check'])).code).toBe(0);
    expect(api.writes()).toEqual([]);

    api.sandbox.set(
      'support-bot',
      uk(9).filter((number) => !number.endsWith('2')),
    );
    api.sandbox.set(
      'small-bot',
      uk(9).filter((number) => !number.endsWith('2')),
    );
    expect((await blacklistctl(['plan', '.', '--detailed-exitcode'])).code).toBe(0);
    const text = read();
    const again = await blacklistctl(['import', 'blacklist.yaml', cwd]); // the file is in the folder, and counts once
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to do.') });
    expect(read()).toBe(text);
  });

  test('counts the declared numbers of all sources that are not live', async () => {
    seed('support-bot', uk(1));
    const { stderr } = await blacklistctl(['import', 'blacklist.yaml', 'team', '--bot', 'support-bot']);
    expect(stderr).toContain(
      'support-bot: 2 declared numbers are not live (+447700900001, +447700900003); the next apply adds them [W-NOT-LIVE]',
    );
  });

  test('writes a new bot into a file without bots, without the numbers that the defaults ignore', async () => {
    const text = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN, ignore: [{ file: team/ours.txt }] }
lists: { other: { numbers: [] } }
`;
    writeFileSync(path('none.yaml'), text);
    seed('new-bot', uk(2, 5));
    expect((await blacklistctl(['import', 'none.yaml', '--bot', 'new-bot'])).code).toBe(0);
    expect(read('none.yaml')).toBe(`${text}bots:\n  new-bot:\n    numbers:\n      - "+447700900006"\n`);
  });

  test('creates a file, with further paths', async () => {
    seed('new-bot', uk(1));
    const args = ['--bot', 'new-bot', '--region', 'eu1', '--token-env', 'SINCH_WHATSAPP_TOKEN'];
    expect((await blacklistctl(['import', 'new.yaml', 'team', ...args])).code).toBe(0);
    expect(read('new.yaml')).toContain('bots:\n  new-bot:\n    numbers:\n      - "+447700900000"\n');
  });

  test('imports from a bot of another file, without the numbers that either bot ignores', async () => {
    writeFileSync(path('one.yaml'), FIRST.replace('support-bot', 'heir'));
    seed('support-bot', uk(9));
    const args = ['import', 'one.yaml', 'blacklist.yaml', 'team', '--from', 'support-bot', '--bot', 'heir'];
    const { code, stdout } = await blacklistctl(args);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('8 imported, 0 already declared'),
    });
    expect(read('one.yaml')).not.toContain('+447700900005');
    expect(api.reads('heir')).toEqual([]);
    expect(read()).toBe(MAIN);
  });

  test('imports from a report, without the numbers of a list', async () => {
    seed('support-bot', uk(4));
    writeFileSync(path('one.yaml'), FIRST);
    const planned = await blacklistctl(['plan', 'one.yaml', '--format', 'json', '--numbers', 'full']);
    writeFileSync(path('report.json'), planned.stdout);
    const args = ['import', 'blacklist.yaml', 'team', '--from', 'report.json', '--bot', 'small-bot'];
    const { code, stdout } = await blacklistctl(args);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 imported, 3 already declared'),
    });
  });

  describe('sends no request and writes nothing for', () => {
    test.each<[string, string[], string]>([
      [
        'a list whose file is not passed',
        [],
        'blacklist.yaml:9:13: these files define no list "fraud". If another file defines it, pass that file too.',
      ],
      [
        'a bot that another file defines',
        ['none.yaml', 'blacklist.yaml', 'team', '--bot', 'sales-bot'],
        '--bot sales-bot: the bot is declared at blacklist.yaml:12:3; import into that file instead of none.yaml',
      ],
      ['a missing further path', ['blacklist.yaml', 'team', 'teem'], 'teem: there is no such file or folder'],
      ['a further file with an error', ['blacklist.yaml', 'team', 'bad.yml'], 'bad.yml:2:7: '],
      ['a missing number file', ['gone.yaml'], 'gone.yaml:8:13: "gone.txt": there is no such file'],
      ['a folder instead of the file', ['team', 'blacklist.yaml'], 'team: this is a folder; pass the file to write'],
      ['a bot of both files', ['twin.yaml', 'blacklist.yaml', 'team'], 'the bot "small-bot" is already defined at'],
    ])('%s', async (_, args, says) => {
      writeFileSync(path('bad.yml'), 'version: 1\nbots: 1\n');
      writeFileSync(path('gone.yaml'), FIRST.replace('numbers: []', 'files: [gone.txt]'));
      writeFileSync(path('twin.yaml'), FIRST.replace('support-bot', 'small-bot'));
      const { code, stderr } = await blacklistctl(['import', ...args]);
      expect(stderr).toContain(says);
      expect(code).toBe(6);
      expect(api.seen).toEqual([]);
      for (const [name, text] of Object.entries(FILES)) expect(read(name)).toBe(text);
    });
  });
});
