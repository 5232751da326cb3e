/** A user whom WhatsApp lists under another number than the declared one. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Api, FORMATS, makeFolder, reportOf, run, startApi } from './harness.ts';

const [number, waId, other] = ['12015550123', '12015550999', '12015550145'];
const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\n';
/** The pair is declared by a list that the bot does not take. */
const LIST = `lists:\n  names:\n    numbers:\n      - { number: "+${number}", waId: "+${waId}", expires: 2001-01-01 }\n`;
const BOT = `bots:\n  support-bot:\n    numbers:\n      - number: "+${number}"\n        waId: "+${waId}"\n      - "+${other}"\n`;

let api: Api;
let cwd: string;
const blacklistctl = (...args: string[]) => run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } });
const write = (text: string, name = 'blacklist.yaml') => writeFileSync(join(cwd, name), HEAD + text);
const live = (...numbers: string[]) => api.sandbox.set('support-bot', numbers);

beforeEach(async () => {
  api = await startApi();
  cwd = makeFolder();
  write(BOT);
});

test.each([
  ['by the number', number],
  ['by the waId', waId],
])('a user who is live %s is in sync, and apply sends no request', async (_, name) => {
  live(name, other);
  for (const command of [['plan', '--detailed-exitcode'], ['drift'], ['apply', '--yes']]) {
    const { code, stdout } = await blacklistctl(...command);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('in sync, 2 numbers') });
  }
  expect(api.writes()).toEqual([]);
});

test('apply adds a user once, and removes them by the number that is live', async () => {
  write(`${BOT}      - "+${waId}"\n`);
  expect((await blacklistctl('plan', '--verbose')).stdout).toContain(
    `  add     +${number}\n      blacklist.yaml:6:17; waId +${waId}\n      blacklist.yaml:9:9\n`,
  );
  expect((await blacklistctl('apply', '--yes')).code).toBe(0);
  expect(api.list('support-bot')).toEqual([number, other]);
  live(waId, other);
  write(`${LIST}bots:\n  support-bot: { numbers: ["+${other}"] }\n`);
  expect((await blacklistctl('apply', '--yes')).code).toBe(0);
  expect(api.list('support-bot')).toEqual([other]);
});

test('a waId of another bot also counts', async () => {
  live(waId);
  const second = `  sales-bot: { numbers: [{ number: "+${number}", waId: "+${waId}" }] }\n`;
  write(`bots:\n  support-bot: { numbers: ["+${number}"] }\n${second}`);
  expect((await blacklistctl('plan', '--bot', 'support-bot')).stdout).toContain('in sync, 1 number');
});

describe('list and validate', () => {
  beforeEach(() => write(`${BOT}      - "+${waId}"\n`));

  test('count a user once', async () => {
    expect((await blacklistctl('validate')).stdout).toContain('Valid: 2 numbers in 1 bot');
    expect((await blacklistctl('list', '--verbose')).stdout).toContain(`support-bot  2 numbers
  +${number}
      blacklist.yaml:6:17; waId +${waId}
      blacklist.yaml:9:9
  +${other}
      blacklist.yaml:8:9
`);
  });

  test('report the waId as data, and show reads it back', async () => {
    const whole = await blacklistctl('list', '--verbose', '--format', 'json');
    const { bots } = reportOf(whole) as unknown as { bots: { ways: { number: string; entry: object }[] }[] };
    expect(bots[0]!.ways.map(({ number, entry }) => [number, entry])).toEqual([
      [`+${number}`, { waId: `+${waId}` }],
      [`+${other}`, {}],
      [`+${number}`, {}],
    ]);
    writeFileSync(join(cwd, 'list.json'), whole.stdout);
    expect((await blacklistctl('show', 'list.json')).stdout).toContain(`waId +${waId}`);
  });

  test.each(FORMATS)('mask the waId in the format %s', async (format) => {
    for (const args of [
      ['list', '--verbose'],
      ['plan', '--verbose'],
      ['explain', `+${waId}`],
    ]) {
      const { code, output } = await blacklistctl(...args, '--format', format, '--numbers', 'masked');
      expect(code).toBe(0);
      for (const each of [number, waId, other]) expect(output).not.toContain(each);
    }
  });
});

describe('explain', () => {
  test.each([
    ['the number', number, 'declared: ', `live as +${waId}`],
    ['the waId', waId, `declared as +${number}: `, ''],
  ])('finds the user by %s', async (_, asked, declared, seen) => {
    live(waId);
    const { code, stdout } = await blacklistctl('explain', `+${asked}`, '--live');
    expect(code).toBe(0);
    expect(stdout).toContain('support-bot  declared, live\n');
    expect(stdout).toContain(`  ${declared}blacklist.yaml:6:17; waId +${waId}\n`);
    expect(stdout).toContain(seen);
    expect(stdout).toContain('next apply: does nothing, because the number is declared');
  });

  test('finds the entry by either number', async () => {
    write(`${BOT}      - "+${waId}"\n`);
    const { stdout } = await blacklistctl('explain', `+${number}`);
    expect(stdout).toContain(`  declared: blacklist.yaml:6:17; waId +${waId}\n`);
    expect(stdout).toContain(`  declared as +${waId}: blacklist.yaml:9:9\n`);
  });

  test('finds rules and protection by either number', async () => {
    const kept = `lists:\n  vip: { numbers: [{ number: "+${number}", waId: "+${waId}", protected: true }] }\n`;
    write(
      `${kept}bots:\n  support-bot: { numbers: [] }\n  sales-bot: { numbers: [], ignore: [{ prefix: "+${number}" }] }\n`,
    );
    const { stdout } = await blacklistctl('explain', `+${waId}`);
    expect(stdout).toContain(`protected elsewhere as +${number}: blacklist.yaml:4:30`);
    expect(stdout).toContain('if the number is live, does nothing, because the number is protected');
    expect(stdout).toMatch(/sales-bot {2}not declared, ignored\n/);
  });
});

test('import recognizes a live user by the waId, and does not change the entries', async () => {
  live(waId, other, '12015550177');
  expect((await blacklistctl('import', 'blacklist.yaml')).stdout).toContain('1 imported, 2 already declared');
  expect(readFileSync(join(cwd, 'blacklist.yaml'), 'utf8')).toBe(`${HEAD}${BOT}      - "+12015550177"\n`);
  expect((await blacklistctl('plan', '--detailed-exitcode')).code).toBe(0);
});

describe('a removal that apply withholds', () => {
  // The server drops the zero that is not dialed from abroad.
  const [written, stored] = ['4407700900123', '447700900123'];

  test('is announced by plan and by explain, before it is withheld', async () => {
    write(`bots:\n  support-bot: { numbers: ["+${written}", "+${other}"] }\n`);
    live(stored, other);
    const { stdout } = await blacklistctl('plan');
    expect(stdout).toContain(`  remove  +${stored}  not declared: apply may withhold its removal\n`);
    expect(stdout).toContain(`  may be withheld: +${written} is listed as +${stored}, another spelling;`);
    const explained = await blacklistctl('explain', `+${stored}`, '--live');
    expect(explained.stdout).toContain('The next apply may withhold its removal from support-bot.\n');
    expect(explained.stdout).toContain('  next apply: removes it, or withholds the removal\n');
    expect(explained.stdout).toContain(`  may be withheld: +${written} is listed as +${stored}, another spelling;`);
    const applied = await blacklistctl('apply', '--yes');
    expect(applied.stdout).toContain(`  withheld: +${written} is listed as +${stored}, another spelling;`);
    expect(api.list('support-bot')).toContain(stored);
  });

  test('is announced for a saved plan as well', async () => {
    write(`bots:\n  support-bot: { numbers: ["+${written}", "+${other}"] }\n`);
    live(stored, other);
    await blacklistctl('plan', '--out', 'plan.json');
    const { output } = await blacklistctl('apply', '--plan', 'plan.json');
    expect(output).toContain(`may be withheld: +${written} is listed as +${stored}`);
  });

  test('is a single number read, in progress', async () => {
    live(stored);
    expect((await blacklistctl('plan')).stderr).toContain('support-bot: 1 number read\n');
  });
});
