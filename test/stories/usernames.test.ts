import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder, reportOf, run, SEVEN_DIGITS, start, uk, withoutFingerprints } from './harness.ts';

const PHONE = '106540352242922';
const [one, two] = uk(2) as [string, string];
const FORMATS = ['text', 'json', 'markdown', 'github', 'html', 'diff'];

/** A bot with two blocked numbers, on a sandbox that runs until the end of the test. */
async function makeShop() {
  const cwd = makeFolder();
  const sandbox = start(['sandbox', '--provider', 'whatsapp-cloud', '--port', '0'], { cwd });
  onTestFinished(async () => {
    sandbox.kill('SIGTERM');
    expect((await sandbox.done).code).toBe(0);
  });
  const [, url] = await sandbox.said(/Listening on (\S+)\n/);
  function declare(...numbers: string[]): void {
    const list = numbers.map((number) => `"+${number}"`).join(', ');
    const bot = `{ provider: whatsapp-cloud, phoneNumberId: "${PHONE}", tokenEnv: SINCH_WHATSAPP_TOKEN, numbers: [${list}] }`;
    writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\nbots:\n  shop: ${bot}\n`);
  }
  const tool = (...args: string[]) => run([...args, '--base-url', url!], { cwd });
  const byHand = async (verb: string, ...numbers: string[]) => {
    const port = new URL(url!).port;
    expect((await run(['sandbox', verb, PHONE, ...numbers.map((n) => `+${n}`), '--port', port], { cwd })).code).toBe(0);
  };
  declare(one, two);
  await byHand('block', one, two);
  return {
    cwd,
    declare,
    tool,
    byHand,
    drift: (...args: string[]) => tool('drift', '--report', 'state.json', '--since', 'state.json', ...args),
    botOf: (file = 'state.json') => JSON.parse(readFileSync(join(cwd, file), 'utf8')).bots[0],
  };
}

describe('a blocked user who takes a username', () => {
  test('is not visible, and no drift until they are unblocked', async () => {
    const { byHand, drift, botOf } = await makeShop();
    expect((await drift()).code).toBe(0);
    await byHand('username', two);
    for (const _ of ['first', 'second', 'third']) {
      const { code, stdout } = await drift();
      expect(code).toBe(0);
      expect(stdout).toContain('shop  in sync, 2 numbers, including 1 not visible\n');
      expect(stdout).toContain(
        '  note: not visible: the list contains this user without the number, which is known from an earlier report',
      );
      expect(botOf()).toMatchObject({ add: [], unchanged: 2, hidden: [`+${two}`] });
      expect(botOf().memory).toMatchObject({ wasLive: [`+${one}`, `+${two}`], foreign: 0 });
    }
    await byHand('unblock', two);
    const { code, stdout } = await drift();
    expect(code).toBe(2);
    expect(stdout).toContain(`  removed outside Git  +${two}  new\n`);
    await byHand('block', two);
    expect((await drift()).stdout).toContain(`  resolved  +${two}  before: declared, not live\n`);
  });

  test('is drift after their number left the files, until they are unblocked', async () => {
    const { byHand, declare, drift, botOf } = await makeShop();
    await drift();
    await byHand('username', two);
    await drift();
    declare(one);
    const left = await drift();
    expect(left.code).toBe(2);
    expect(left.stdout).toContain('shop  1 still blocked, 1 unchanged\n');
    expect(left.stdout).toContain(`  still blocked  +${two}  new, not declared, not visible\n`);
    expect(left.stdout).toContain('The live lists differ from the files, and no apply can restore them.\n');
    expect(left.stdout).toContain("no apply can remove it. Unblock it with the vendor's own tool or API.\n");
    expect(botOf()).toMatchObject({ remove: [`+${two}`], causes: [{ reason: 'blocked', numbers: [`+${two}`] }] });
    const again = await drift();
    expect(again).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('differences since the earlier report: 1 still there'),
    });
    await byHand('unblock', two);
    expect(await drift()).toMatchObject({ code: 0, stdout: expect.stringContaining(`resolved  +${two}`) });
    expect(botOf().memory.userIds).toHaveLength(1);
  });

  test.each(FORMATS)('is drift after their number left the files, masked, in the format %s', async (format) => {
    const { byHand, declare, drift } = await makeShop();
    await drift();
    await byHand('username', two);
    declare(one);
    const { code, stdout } = await drift('--format', format, '--numbers', 'masked', '--verbose');
    expect(code).toBe(2);
    expect(withoutFingerprints(stdout).replace(/sha256-\S+|#[0-9a-f]{6}/g, '')).not.toMatch(SEVEN_DIGITS);
    expect(stdout).not.toContain('US.');
    expect(stdout.toLowerCase()).toContain(format === 'json' ? '"blocked"' : 'still blocked');
  });

  test.each(FORMATS)('may be an absent number, as plan notes in the format %s', async (format) => {
    const { byHand, tool } = await makeShop();
    await byHand('username', two);
    const { code, stdout } = await tool('plan', '--format', format, '--numbers', 'full');
    expect(code).toBe(0);
    if (format === 'json') expect(JSON.parse(stdout).bots[0]).toMatchObject({ add: [`+${two}`], foreign: 1 });
    else
      expect(stdout).toContain(
        'A live list contains 1 user without a number. The declared number that is missing may belong to this user; apply still sends each number to add.',
      );
  });

  test('is sent by each apply, which need not wait for them', async () => {
    const { byHand, tool } = await makeShop();
    await byHand('username', two);
    for (const wait of [[], ['--wait']]) {
      const applied = await tool('apply', '--yes', '--format', 'json', ...wait);
      expect(applied.code).toBe(0);
      expect(reportOf(applied)).toMatchObject({
        outcome: 'applied',
        bots: [{ results: { added: 1 }, add: [expect.anything()] }],
      });
    }
  });
});

test('plan --contacts skips senders with a username, and no other text', async () => {
  const { cwd, byHand, tool } = await makeShop();
  await byHand('unblock', one, two);
  writeFileSync(join(cwd, 'wrote.txt'), `+${one}\n  US.13491208655302741918  # a username\r\nDE.a1B2\n`);
  const { stdout } = await tool('plan', '--contacts', 'shop=wrote.txt');
  expect(stdout).toContain("1 of the numbers to add can be blocked now; 1 waits for its user's next message");
  writeFileSync(join(cwd, 'wrote.txt'), `US.1\n\nUSA.1\nUS.\n`);
  const { code, stderr } = await tool('plan', '--contacts', 'shop=wrote.txt');
  expect(code).toBe(6);
  expect(stderr).toMatch(/wrote\.txt:3:1: .*wrote\.txt:4:1: /s);
  expect(stderr).not.toContain('wrote.txt:1:');
});
