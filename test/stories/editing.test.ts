/** Edits the desired state with add and remove, as the support desk does. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { HastyClock } from './clock.ts';
import { type Finished, FORMATS, isReport, makeFolder, reportOf, run, SEVEN_DIGITS } from './harness.ts';
import { PROGRAM, startProcess } from './process.ts';

const YAML = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
lists:
  fraud:
    owner: Trust
    numbers: # shared
      - "+447700900001" # the first
bots:
  support:
    numbers: [] # none yet
  sales:
    lists: [fraud]
  exports:
    files: [lists/abuse.txt]
`;

/** A folder with files, in which each run writes. */
function makeWorld(text = YAML, files: Readonly<Record<string, string>> = {}) {
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'blacklist.yaml'), text);
  const all = { 'lists/abuse.txt': '# export\n+447700900050 # a\n', ...files };
  for (const [name, content] of Object.entries(all)) {
    const path = join(cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return {
    cwd,
    blacklistctl: (args: readonly string[], input?: string): Promise<Finished> =>
      run(args, { cwd, ...(input !== undefined && { input }), clock: new HastyClock() }),
    read: (name = 'blacklist.yaml') => readFileSync(join(cwd, name), 'utf8'),
  };
}

describe('add', () => {
  test('writes the entry in its canonical form, and prints the change', async () => {
    const { blacklistctl, read } = makeWorld();
    const args = ['add', '+44 7700 900123', '--bot', 'support', '--reason', 'Threats, ticket 4711', '--expires', '30d'];
    const { code, stdout, stderr } = await blacklistctl([...args, '--owner', 'desk', '--label', 'ticket=4711']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read()).toContain(`  support:
    numbers: # none yet
      - number: "+447700900123"
        reason: Threats, ticket 4711
        owner: desk
        expires: ${dayAfter(30)}
        labels: { ticket: "4711" }
`);
    expect(stdout).toContain('+      - number: "+447700900123"\n');
    expect(stdout).toContain('Edited 1 file: 1 added\n');
    expect((await blacklistctl(['fmt', '--check'])).code).toBe(0);
    const again = await blacklistctl(['add', '+447700900123', '--bot', 'support']);
    expect(again.stdout).toContain('+447700900123  declared by the bot support at blacklist.yaml:11:17');
    expect(again.stdout).toContain('No file edited: 1 already declared\n');
  });

  test('writes nothing with --dry-run, and exits with 0', async () => {
    const { blacklistctl, read } = makeWorld();
    const { code, stdout } = await blacklistctl(['add', '+447700900123', '--list', 'fraud', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('+      - "+447700900123"');
    expect(stdout).toContain('Nothing was written. Omit --dry-run to write the changes.');
    expect(read()).toBe(YAML);
  });

  test('reads numbers from standard input, one on each line', async () => {
    const { blacklistctl, read } = makeWorld();
    const { code } = await blacklistctl(['add', '-', '--list', 'fraud'], '# today\n+447700900124\n447700900125 # b\n');
    expect(code).toBe(0);
    expect(read()).toContain('      - "+447700900001" # the first\n      - "+447700900124"\n      - "+447700900125"\n');
  });

  test('edits the number file of a target without numbers, with the reason as a comment', async () => {
    const { blacklistctl, read } = makeWorld();
    expect((await blacklistctl(['add', '+447700900123', '--bot', 'exports', '--reason', 'Spam'])).code).toBe(0);
    expect(read('lists/abuse.txt')).toBe('# export\n+447700900050 # a\n+447700900123 # Spam\n');
    expect(read()).toBe(YAML);
    expect((await blacklistctl(['remove', '+447700900123', '--bot', 'exports'])).code).toBe(0);
    expect(read('lists/abuse.txt')).toBe('# export\n+447700900050 # a\n');
  });

  test('edits a CSV file in its column, and remove restores it', async () => {
    const csv = 'id;phone;note\r\n1;+447700900050;"a;b"\r\n';
    const yaml = YAML.replace('files: [lists/abuse.txt]', 'files: [{ path: lists/a.csv, column: phone }]');
    const { blacklistctl, read } = makeWorld(yaml, { 'lists/a.csv': csv });
    expect((await blacklistctl(['add', '+447700900123', '--bot', 'exports'])).code).toBe(0);
    expect(read('lists/a.csv')).toBe(`${csv};+447700900123;\r\n`);
    expect((await blacklistctl(['remove', '+447700900123', '--bot', 'exports'])).code).toBe(0);
    expect(read('lists/a.csv')).toBe(csv);
  });

  test.each([
    ['over several lines', '"free\ntext",number\n', ',+447700900123\n'],
    ['below its delimiter', 'sep=;\nid;number\n', ';+447700900123\n'],
  ])('edits a CSV file with a header %s', async (_, csv, row) => {
    const yaml = YAML.replace('files: [lists/abuse.txt]', 'files: [lists/a.csv]');
    const { blacklistctl, read } = makeWorld(yaml, { 'lists/a.csv': csv });
    expect((await blacklistctl(['add', '+447700900123', '--bot', 'exports'])).code).toBe(0);
    expect(read('lists/a.csv')).toBe(csv + row);
  });

  test('renews an expired entry in place, with a new day or without one', async () => {
    const entry = `    numbers:
      # of Monday
      - number: "+447700900123" # him
        expires: 2026-01-01 # soon
        reason: Spam
`;
    const { blacklistctl, read } = makeWorld(YAML.replace('    numbers: [] # none yet\n', entry));
    const renew = ['add', '+447700900123', '--bot', 'support', '--expires', '2w'];
    expect((await blacklistctl(renew)).stdout).toContain('Edited 1 file: 1 changed\n');
    expect(read()).toContain(entry.replace('2026-01-01', dayAfter(14)));
    const other = makeWorld(YAML.replace('    numbers: [] # none yet\n', entry));
    expect((await other.blacklistctl(renew.slice(0, 4))).code).toBe(0);
    expect(other.read()).toContain(entry.replace('expires: 2026-01-01 # soon', '# soon'));
  });

  test('changes the details of an entry in force, also of a number alone', async () => {
    const { blacklistctl, read } = makeWorld();
    const { code, stderr } = await blacklistctl(['add', '+447700900001', '--list', 'fraud', '--reason', 'Card fraud']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read()).toContain('      - number: "+447700900001" # the first\n        reason: Card fraud\n');
  });

  test('gives numbers to a bot that uses lists only, and remove takes the key away again', async () => {
    const { blacklistctl, read } = makeWorld();
    expect((await blacklistctl(['add', '+447700900123', '--bot', 'sales'])).code).toBe(0);
    expect(read()).toContain('    lists: [fraud]\n    numbers:\n      - "+447700900123"\n');
    expect((await blacklistctl(['remove', '+447700900123', '--bot', 'sales'])).code).toBe(0);
    expect(read()).toBe(YAML);
  });

  test('warns as validate does, and writes nothing if the warning is an error', async () => {
    const { blacklistctl, read } = makeWorld();
    const args = ['add', '2015550123', '--bot', 'support'];
    const strict = await blacklistctl([...args, '--error-on', 'W-NO-PLUS']);
    expect([strict.code, strict.stderr]).toEqual([6, expect.stringContaining('[W-NO-PLUS]')]);
    expect(read()).toBe(YAML);
    const { code, stderr } = await blacklistctl(args);
    expect([code, stderr]).toEqual([0, expect.stringContaining('[W-NO-PLUS]')]);
  });
});

describe('the warnings are those of the edited files:', () => {
  const names = YAML.replace('[] # none yet', '[{ number: "+447700900002", waId: "+447700900999" }]');
  const twice = YAML.replace('- "+447700900001" # the first', '- "+447700900001"\n      - "+447700900001"');
  const bare = YAML.replace('[] # none yet', '[2015550123]');

  test.each([
    ['add makes two numbers one user', names, ['add', '+447700900999', '--list', 'fraud'], 'W-SAME-USER'],
    ['remove empties a number file', YAML, ['remove', '+447700900050', '--bot', 'exports'], 'W-EMPTY-FILE'],
  ])('%s', async (_, yaml, args, code) => {
    const { blacklistctl, read } = makeWorld(yaml);
    const before = [read(), read('lists/abuse.txt')];
    const strict = await blacklistctl([...args, '--error-on', code]);
    expect([strict.code, strict.stderr]).toEqual([6, expect.stringContaining(`[${code}]`)]);
    expect([read(), read('lists/abuse.txt')]).toEqual(before);
    expect((await blacklistctl(args)).stderr).toContain(`[${code}]`);
    expect((await blacklistctl(['validate', '--error-on', code])).code).toBe(6);
  });

  test.each([
    ['--error-on=W-DUPLICATE', 6, 11],
    ['--dry-run', 0, 11],
    ['--verbose', 0, 10],
  ])('they have the lines of the file as it is after the run: %s', async (option, expected, line) => {
    const yaml = YAML.replace('[] # none yet', '["+447700900002", "+447700900002"]').replace(
      '      - "+447700900001" # the first\n',
      '      - "+447700900001"\n      - "+447700900003"\n',
    );
    const { blacklistctl } = makeWorld(yaml);
    const { code, stderr } = await blacklistctl(['remove', '+447700900003', '--list', 'fraud', option]);
    expect({ code, stderr }).toEqual({
      code: expected,
      stderr: expect.stringContaining(`blacklist.yaml:${line}:`),
    });
  });

  test.each([
    ['remove deletes a number that appears twice', twice, ['remove', '+447700900001'], 'W-DUPLICATE'],
    ['remove deletes a number without a plus', bare, ['remove', '+2015550123', '--bot', 'support'], 'W-NO-PLUS'],
  ])('%s', async (_, yaml, args, code) => {
    const { blacklistctl } = makeWorld(yaml);
    const { stderr } = await blacklistctl([...args, '--dry-run', '--error-on', code]);
    expect(stderr).toBe('');
    expect((await blacklistctl(['validate', '--error-on', code])).code).toBe(6);
  });
});

describe('W-IMPOSSIBLE-NUMBER', () => {
  const MEXICO = '+5215555500100'; // the spelling of WhatsApp
  const clouds = (bots: string) => `version: 1
defaults: { provider: whatsapp-cloud, tokenEnv: T_TOKEN }
lists: { l: { numbers: [] } }
bots: { ${bots} }
`;
  const [CLOUD, SINCH] = ['a: { phoneNumberId: "1", lists: [l] }', 'b: { provider: sinch, region: eu1, lists: [l] }'];

  test.each<[string, string, string, string, number]>([
    ['a number that is too short', clouds(CLOUD), '+4477009', '--bot=a', 6],
    ['a spelling of WhatsApp, for a bot of the Cloud API', clouds(CLOUD), MEXICO, '--bot=a', 0],
    ['a spelling of WhatsApp, for a list of such a bot', clouds(CLOUD), MEXICO, '--list=l', 0],
    ['a spelling of WhatsApp, for a bot of Sinch', clouds(SINCH), MEXICO, '--bot=b', 6],
    ['a spelling of WhatsApp, for a list of bots of both', clouds(`${CLOUD}, ${SINCH}`), MEXICO, '--list=l', 6],
    ['a spelling of WhatsApp, for a list without bots', clouds(''), MEXICO, '--list=l', 6],
  ])('is reported by add as by validate: %s', async (_, yaml, number, target, expected) => {
    const { blacklistctl, read } = makeWorld(yaml);
    const strict = ['--error-on', 'W-IMPOSSIBLE-NUMBER'];
    const { code, stderr } = await blacklistctl(['add', number, target, ...strict]);
    expect(code).toBe(expected);
    expect(stderr.includes('[W-IMPOSSIBLE-NUMBER]')).toBe(expected === 6);
    expect(read() === yaml).toBe(expected === 6);
    await blacklistctl(['add', number, target]);
    if (yaml !== clouds('')) expect((await blacklistctl(['validate', ...strict])).code).toBe(expected);
  });

  test('is not reported by remove, so the number can be removed', async () => {
    const { blacklistctl, read } = makeWorld(YAML.replace('[] # none yet', '["+4477009"]'));
    const args = ['remove', '+4477009', '--bot', 'support', '--error-on', 'W-IMPOSSIBLE-NUMBER'];
    const { code, stderr } = await blacklistctl(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read()).toBe(YAML.replace(' # none yet', ''));
  });
});

/** Each error leaves every file as it was. */
describe('nothing changes with', () => {
  const twice = YAML.replace('[] # none yet', '["+447700900001", "+447700900001"]');
  const both = YAML.replace('lists: [fraud]', 'lists: [fraud]\n    numbers: ["+447700900001"]');
  const kept = YAML.replace('[] # none yet', '[{ number: "+447700900009", protected: true }]');
  const ignored = YAML.replace('numbers: [] # none yet', 'numbers: []\n    ignore: ["+447700900123"]');
  const two = YAML.replace('[lists/abuse.txt]', '["lists/*.txt"]');
  const age = YAML.replace('lists/abuse.txt', 'lists/*.txt');
  test.each<[string, string, string[], RegExp]>([
    ['a wrong number', YAML, ['add', '0770 0900123', '--bot', 'support'], /the number .*0/],
    ['two wrong numbers', YAML, ['add', '12', '+1', '--bot', 'support'], /number 1 of 2: [\s\S]*number 2 of 2: /],
    ['no target of many', YAML, ['add', '+447700900123'], /add needs a target; pass --bot ID, or --list NAME\n/],
    [
      'no target, although the files have only one',
      'version: 1\ndefaults: { region: eu1, tokenEnv: T }\nbots: { support: { numbers: [] } }\n',
      ['add', '+447700900123'],
      /add needs a target; pass --bot support\n/,
    ],
    ...['0d', '36601d', '5229w', '99999999999999999999d'].map((time): [string, string, string[], RegExp] => [
      `a last day in ${time}`,
      YAML,
      ['add', '+447700900123', '--bot', 'support', '--expires', time],
      /--expires is out of range; pass at least 1 and at most 36600 days\n/,
    ]),
    ['two targets', YAML, ['add', '+447700900123', '--bot', 'support', '--list', 'fraud'], /not both/],
    ['an unknown bot', YAML, ['add', '+447700900123', '--bot', 'suport'], /did you mean support\?/],
    ['an unknown list', YAML, ['add', '+447700900123', '--list', 'fruad'], /did you mean fraud\?/],
    [
      'an unknown list of many',
      YAML.replace('bots:', `${Array.from({ length: 24 }, (_, n) => `  l${n}: { numbers: [] }\n`).join('')}bots:`),
      ['add', '+447700900123', '--list', 'other'],
      /--list other: the files define no such list; they define fraud, l0, .*, l18 and 5 more\n/,
    ],
    [
      'a number declared twice',
      twice,
      ['add', '+447700900001', '--bot', 'support'],
      /declared 2 times for the bot "support": blacklist\.yaml:\d+:\d+ .*, blacklist\.yaml/,
    ],
    [
      'two spellings of one user',
      'version: 1\ndefaults: { provider: whatsapp-cloud, tokenEnv: T }\nbots:\n  a: { phoneNumberId: "1", numbers: [] }\n',
      ['add', '+5215512345678', '+525512345678', '--bot', 'a'],
      /is the same WhatsApp user as another number in this command; pass one of the two/,
    ],
    [
      'a number of a bot and its list',
      both,
      ['remove', '+447700900001', '--bot', 'sales'],
      /declared 2 times for the bot "sales": .*bot "sales".*list "fraud"\); remove the others first, or omit --bot to remove the number everywhere\n/,
    ],
    [
      'details for a number of a list',
      YAML,
      ['add', '+447700900001', '--bot', 'sales', '--reason', 'x'],
      /blacklist\.yaml:7:9: \S+ is already declared for the bot "sales" by the list "fraud"; to edit it for every bot of the list, pass --list fraud\n/,
    ],
    [
      'a protected number',
      kept,
      ['remove', '+447700900009', '--bot', 'support'],
      /is protected at blacklist\.yaml:\d+:\d+; remove "protected: true"/,
    ],
    [
      'a new reason for a protected number',
      kept,
      ['add', '+447700900009', '--bot', 'support', '--reason', 'x'],
      /is protected/,
    ],
    [
      'a number that a rule ignores',
      ignored,
      ['add', '+447700900123', '--bot', 'support'],
      /blacklist\.yaml:11:14: \S+ is ignored for the bot "support" by this rule; remove the rule first/,
    ],
    [
      'a number of a list whose bot ignores it',
      YAML.replace('lists: [fraud]', 'lists: [fraud]\n    ignore: [{ prefix: "+4477009001" }]'),
      ['add', '+447700900123', '--list', 'fraud'],
      /\S+ is ignored for the bot "sales" by this rule; remove the rule first/,
    ],
    ['several number files', two, ['add', '+447700900123', '--bot', 'exports'], /several number files/],
    [
      'a day in a number file',
      YAML,
      ['add', '+447700900123', '--bot', 'exports', '--expires', '3d'],
      /^error: lists\/abuse\.txt: the bot "exports" takes its numbers from this file, which cannot store --expires; omit it, or pass a bot or list that has "numbers" in its YAML file\n/,
    ],
    [
      'two details in a number file',
      YAML,
      ['add', '+447700900123', '--bot', 'exports', '--expires', '3d', '--label', 'ticket=1'],
      /which cannot store --expires or --label; omit them, or pass a bot/,
    ],
    [
      'details for a number of a number file',
      YAML,
      ['add', '+447700900050', '--bot', 'exports', '--reason', 'x'],
      /is declared for the bot "exports" in a number file, whose lines add cannot change; omit --reason\n/,
    ],
    ['a day in the past', YAML, ['add', '+447700900123', '--bot', 'support', '--expires', '2020-01-01'], /in the past/],
    [
      'no day',
      YAML,
      ['add', '+447700900123', '--bot', 'support', '--expires', 'soon'],
      /--expires takes a day such as/,
    ],
    [
      'a reason of two lines',
      YAML,
      ['add', '+447700900123', '--bot', 'support', '--reason', 'a\nb'],
      /--reason has a line break/,
    ],
    [
      'two labels of one name',
      YAML,
      ['add', '+447700900123', '--bot', 'support', '--label', 'x=1', '--label', 'y=1', '--label', 'x=2'],
      /^error: --label x is given twice; pass each name once\n/,
    ],
    [
      'a number that is not declared',
      YAML,
      ['remove', '+447700900123', '--bot', 'support'],
      /is not declared by the bot "support"/,
    ],
    [
      'a number of another target',
      YAML,
      ['remove', '+447700900001', '--bot', 'support'],
      /is not declared by the bot "support", but at blacklist\.yaml:7:9 \(the list "fraud"\)\n/,
    ],
    [
      'a number of a list of the bot, and of another bot',
      YAML.replace('[] # none yet', '["+447700900001"]'),
      ['remove', '+447700900001', '--bot', 'sales'],
      /is not declared by the bot "sales", but at blacklist\.yaml:7:9 \(the list "fraud"\), blacklist\.yaml:10:15 \(the bot "support"\); to remove it for every bot of the list, pass --list fraud\n/,
    ],
    [
      'a number of two lists of the bot',
      YAML.replace('bots:', '  spam: { numbers: ["+447700900001"] }\nbots:').replace('[fraud]', '[fraud, spam]'),
      ['remove', '+447700900001', '--bot', 'sales'],
      /; to remove it for every bot of these lists, pass --list fraud, then --list spam\n/,
    ],
    [
      'a number of a bot that uses the list',
      YAML.replace('[] # none yet', '["+447700900123"]'),
      ['remove', '+447700900123', '--list', 'fraud'],
      /is not declared by the list "fraud", but at blacklist\.yaml:10:15 \(the bot "support"\)\n/,
    ],
    [
      'no target and no terminal',
      YAML,
      ['remove', '+447700900001'],
      /^error: blacklist\.yaml:7:9: \+447700900001 is not removed, and remove cannot ask for confirmation without a terminal; pass --list fraud/,
    ],
    [
      'standard input as a file',
      YAML,
      ['add', '+447700900123', '--bot', 'support', '--path', '-'],
      /cannot write to standard input/,
    ],
    ['files with an error', `${age}x: y\n`, ['add', '+447700900123', '--bot', 'support'], /unknown key "x"/],
  ])('%s', async (_, yaml, args, message) => {
    const other = '+447700900051\n';
    const { blacklistctl, read } = makeWorld(yaml, { 'lists/other.txt': other });
    const { code, stdout, stderr } = await blacklistctl(args);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toMatch(message);
    expect([read(), read('lists/other.txt')]).toEqual([yaml, other]);
  });
});

test('output masks every number if the report is masked, in each format', async () => {
  for (const format of FORMATS) {
    const { blacklistctl } = makeWorld();
    const args = ['--numbers', 'masked', '--format', format, '--verbose'];
    const runs = [
      await blacklistctl(['add', '+447700900123', '--list', 'fraud', '--label', 'phone=447700900124', ...args]),
      await blacklistctl(['add', '+447700900001', '--list', 'fraud', ...args]),
      await blacklistctl(['remove', '+447700900199', '--list', 'fraud', ...args]),
      await blacklistctl(['remove', '+447700900123', '--list', 'fraud', ...args]),
    ];
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 6, 0]);
    for (const { output } of runs) expect(output).not.toMatch(SEVEN_DIGITS);
  }
});

describe('remove', () => {
  test('keeps comments, and gives an empty list its brackets', async () => {
    const { blacklistctl, read } = makeWorld();
    expect((await blacklistctl(['remove', '+447700900001', '--list', 'fraud'])).code).toBe(0);
    expect(read()).toContain('    numbers: [] # shared\n      # the first\n');
  });

  test('shows every place with --dry-run and without a target', async () => {
    const yaml = YAML.replace('[] # none yet', '["+447700900001"]');
    const { blacklistctl, read } = makeWorld(yaml);
    const { code, stdout } = await blacklistctl(['remove', '+447700900001', '--dry-run', '--format', 'json']);
    expect(code).toBe(0);
    const { entries, outcome } = JSON.parse(stdout);
    expect(isReport(JSON.parse(stdout))).toBe(true);
    expect(outcome).toBe('changes');
    expect(entries.map(({ bot, list }: Record<string, string>) => bot ?? list)).toEqual(['fraud', 'support']);
    expect(read()).toBe(yaml);
  });
});

test('remove lists the place of each of 130,000 numbers if it has no terminal', async () => {
  const numbers = Array.from({ length: 130_000 }, (_, n) => `+44770${1_000_000 + n}`);
  const { blacklistctl } = makeWorld(YAML, { 'lists/abuse.txt': numbers.join('\n') });
  const { code, stdout } = await blacklistctl(['remove', '-', '--format', 'json'], numbers.join('\n'));
  expect(code).toBe(6);
  expect(JSON.parse(stdout).errors.map(({ line }: { line: number }) => line)).toEqual(numbers.map((_, n) => n + 1));
});

test('the plan after add has exactly the new number', async () => {
  const { blacklistctl, cwd } = makeWorld();
  const plan = async () => reportOf(await run(['plan', '--sandbox=lists.json', '--format', 'json'], { cwd }));
  await run(['apply', '--sandbox=lists.json', '--yes'], { cwd });
  expect((await plan()).summary).toMatchObject({ add: 0, remove: 0 });
  await blacklistctl(['add', '+447700900123', '--bot', 'support']);
  const { bots } = await plan();
  expect(bots.flatMap(({ id, add, remove }) => [...add, ...remove].map((number) => [id, number]))).toEqual([
    ['support', '+447700900123'],
  ]);
});

describe('require', () => {
  const required = YAML.replace(
    'numbers: [] # none yet',
    'numbers: []\n    require: { reason: true, expires: { within: 30d } }',
  );

  test('is an error of validate for each entry without the keys, and for a number file', async () => {
    const all = YAML.replace('TOKEN }', 'TOKEN, require: [reason, owner] }');
    const { blacklistctl } = makeWorld(all);
    const { code, stderr } = await blacklistctl(['validate']);
    expect(code).toBe(6);
    expect(stderr).toContain(
      'blacklist.yaml:7:9: the entry needs "reason" and "owner", which "require" demands at blacklist.yaml:2:58; add them',
    );
    expect(stderr).toMatch(/blacklist\.yaml:14:13: a number file has no "reason" or "owner"/);
  });

  test('limits how far away the last day may be', async () => {
    const { blacklistctl } = makeWorld(
      required.replace('numbers: []', `numbers: [{ number: "+447700900002", reason: x, expires: ${dayAfter(31)} }]`),
    );
    const { code, stderr } = await blacklistctl(['validate']);
    expect(code).toBe(6);
    expect(stderr).toContain(
      `"expires" is more than 30 days away, the limit of "require" at blacklist.yaml:11:5; use ${dayAfter(30)} or an earlier day`,
    );
  });

  test('makes add name the options that are missing', async () => {
    const { blacklistctl, read } = makeWorld(required);
    const { code, stderr } = await blacklistctl(['add', '+447700900123', '--bot', 'support']);
    expect([code, read()]).toEqual([6, required]);
    expect(stderr).toContain(
      'the bot "support" requires "reason" and "expires" (blacklist.yaml:11:5); pass --reason and --expires',
    );
    const far = ['add', '+447700900123', '--bot', 'support', '--reason', 'Spam', '--expires'];
    expect((await blacklistctl([...far, '31d'])).stderr).toContain('is too far away');
    expect((await blacklistctl([...far, '30d'])).code).toBe(0);
  });
});

describe('an encrypted file', () => {
  const alone = YAML.slice(0, YAML.indexOf('  exports:'));
  async function encrypted(text: string) {
    const key = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(key));
    return { key, bytes: Buffer.from(await encrypter.encrypt(text)) };
  }

  test.each([
    ['desired state', 'blacklist.yaml.age', alone, ['add', '+447700900123', '--bot', 'support']],
    ['desired state', 'blacklist.yaml.age', alone, ['remove', '+447700900001', '--list', 'fraud']],
    ['numbers', 'abuse.txt.age', '+447700900050\n', ['add', '+447700900123', '--bot', 'exports']],
    ['numbers', 'abuse.txt.age', '+447700900050\n', ['remove', '+447700900050', '--bot', 'exports']],
  ])('of %s is refused: %s', async (_, name, text, args) => {
    const { key, bytes } = await encrypted(text);
    const cwd = makeFolder();
    writeFileSync(join(cwd, name), bytes);
    if (name === 'abuse.txt.age') writeFileSync(join(cwd, 'a.yaml'), YAML.replace('lists/abuse.txt', name));
    const path = name === 'abuse.txt.age' ? 'a.yaml' : name;
    const { code, stderr } = await run([...args, '--path', path], { cwd, env: { SOPS_AGE_KEY: key } });
    expect(code).toBe(6);
    expect(stderr).toMatch(new RegExp(`${name}.* encrypted.*; decrypt`));
    expect(readFileSync(join(cwd, name)).equals(bytes)).toBe(true);
  });
});

describe('at a terminal', () => {
  needs('script of util-linux');

  function onTerminal(args: readonly string[], cwd: string) {
    const words = [...PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    const through = ['script', '-qefc', words, '/dev/null'];
    return startProcess([], { cwd, env: { TERM: 'xterm', SHELL: '/bin/sh' }, through });
  }

  test.each([
    ['yes', '    numbers: [] # shared\n'],
    ['no', '    numbers: # shared\n'],
  ])('remove without a target shows every place, and does what the answer %s says', async (answer, left) => {
    const { cwd, read } = makeWorld(YAML.replace('[] # none yet', '["+447700900001"]'));
    const running = onTerminal(['remove', '+447700900001'], cwd);
    await running.said(/Remove 1 number from 2 places of 1 bot and 1 list\? Only "yes" is accepted: /);
    running.type(`${answer}\r`);
    const { code, output } = await running.done;
    expect(code).toBe(0);
    expect(output).toContain('declared by the list fraud at blacklist.yaml:7:9');
    expect(output).toContain('declared by the bot support at blacklist.yaml:10:15');
    expect(output.match(/^-.*the first/gm)).toHaveLength(1);
    expect(read()).toContain(left);
  });

  test.each([
    ['remove', ['remove', '+447700900001'], /accepted: /, 'Interrupted: nothing was written.'],
    [
      'add',
      ['add', '+447700900123', '--bot', 'support'],
      /Reason: /,
      'no answer, so nothing was written; run add again',
    ],
  ])('Ctrl-C at a question of %s writes nothing, and the report says so', async (_, args, question, says) => {
    const text = YAML.replace('numbers: [] # none yet', 'numbers: []\n    require: [reason]');
    const { cwd, read } = makeWorld(text);
    const running = onTerminal(args, cwd);
    await running.said(question);
    running.type('\u0003');
    const { code, output } = await running.done;
    expect(code).toBe(130);
    expect(output).toContain(says);
    expect(output).not.toMatch(/requests|live list/);
    expect(read()).toBe(text);
  });

  test('add asks for what the list requires, until the answers are right', async () => {
    const { cwd, read } = makeWorld(
      YAML.replace('numbers: [] # none yet', 'numbers: []\n    require: [reason, expires]'),
    );
    const running = onTerminal(['add', '+447700900123', '--bot', 'support'], cwd);
    await running.said(/Reason: /);
    running.type('\r');
    await running.said(/the answer is blank/);
    running.type('Spam\r');
    await running.said(/Last day, such as 2026-12-31 or 30d: /);
    running.type('9999-12-31\r');
    expect((await running.done).code).toBe(0);
    expect(read()).toContain('- number: "+447700900123"\n        reason: Spam\n        expires: 9999-12-31\n');
  });

  const entries = `    require: [reason, expires]
    numbers:
      - { number: "+447700900001", reason: Fraud case 42, expires: 9999-01-01 }
      - { number: "+447700900002", reason: Old, expires: 2020-01-01 }
`;

  test.each([
    [
      'a reason, if only the new entry lacks one',
      ['+447700900001', '+447700900002', '+447700900123', '--expires', '9999-12-31'],
      { 'Reason: ': 'Spam' },
      [
        '- { number: "+447700900001", reason: Fraud case 42, expires: 9999-12-31 }',
        '- { number: "+447700900002", reason: Old, expires: 9999-12-31 }',
        '- number: "+447700900123"\n        reason: Spam\n        expires: 9999-12-31',
      ],
    ],
    [
      'a last day, if only the new and the expired entry lack one',
      ['+447700900001', '+447700900002', '+447700900123', '--reason', 'Spam'],
      { 'Last day, .*: ': '9999-12-31' },
      [
        '- { number: "+447700900001", reason: "Spam", expires: 9999-01-01 }',
        '- { number: "+447700900002", reason: "Spam", expires: 9999-12-31 }',
        '- number: "+447700900123"\n        reason: Spam\n        expires: 9999-12-31',
      ],
    ],
  ])('an answer to add changes no entry that has the detail: %s', async (_, args, answers, expected) => {
    const { cwd, read } = makeWorld(YAML.replace('    numbers: [] # none yet\n', entries));
    const running = onTerminal(['add', '--bot', 'support', ...args], cwd);
    for (const [question, answer] of Object.entries(answers)) {
      await running.said(new RegExp(question));
      running.type(`${answer}\r`);
    }
    expect((await running.done).code).toBe(0);
    expect(read()).toContain(expected.map((line) => `      ${line}\n`).join(''));
  });
});

/** The day of the harness's clock, plus days. */
function dayAfter(days: number): string {
  return new Date(Date.parse(new HastyClock().today()) + days * 24 * 3_600_000).toISOString().slice(0, 10);
}
