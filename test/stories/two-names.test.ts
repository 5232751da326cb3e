/** Users whom WhatsApp lists under another number than the declared one, on the sandbox of each provider. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { makeFolder, reportOf, run, start, startApi } from './harness.ts';

/** The declared number, and the WhatsApp ID. The last user follows no rule. */
const USERS = {
  'of Mexico': ['525555500100', '5215555500100'],
  'of Argentina': ['541155550100', '5491155550100'],
  'of Brazil, with a ninth digit that WhatsApp omits': ['5531955550100', '553155550100'],
  'of Brazil, without the ninth digit that WhatsApp adds': ['551155550100', '5511955550100'],
  'of Britain, under the declared number': ['447700900101', '447700900101'],
  'of Britain, under another number': ['447700900123', '447700900999'],
} as const;
const NUMBERS = Object.values(USERS).map(([number]) => number);
const IDS = Object.values(USERS).map(([, id]) => id);
const [OTHER, OTHER_ID] = USERS['of Britain, under another number'];
const PAIR = `{ number: "+${OTHER}", waId: "+${OTHER_ID}" }`;

describe.each([
  ['whatsapp-cloud', 'phoneNumberId: 1065, ', '1065', []],
  ['whatsapp-cloud', 'phoneNumberId: 1065, ', '1065', ['--list-shape', 'nested']],
  ['360dialog', '', '360dialog/shop', []],
  ['gupshup', 'appId: shop, ', 'gupshup/shop', []],
  ['kapso', 'phoneNumberId: 1065, ', '1065', []],
] as const)('%s %s%s %s', (provider, keys, list, options) => {
  const isPaired = provider === '360dialog' || options.length > 0; // such lists contain both names
  let cwd: string;
  let url: string;
  const file = () => join(cwd, 'blacklist.yaml');
  const plain = (numbers: readonly string[]) => numbers.map((number) => `"+${number}"`);
  const write = (entries: readonly string[]) =>
    writeFileSync(
      file(),
      `version: 1\ndefaults: { provider: ${provider}, guard: { percent: 100, floor: 9 } }\nbots:\n  shop: { ${keys}tokenEnv: SHOP_KEY, numbers: [${entries.join(', ')}] }\n`,
    );
  const ask = (...line: string[]) => run([...line, '--base-url', url], { cwd, env: { SHOP_KEY: 'any-token' } });
  const report = async (...line: string[]) => reportOf(await ask(...line, '--format', 'json', '--numbers', 'full'));
  const byHand = (...line: string[]) => run(['sandbox', ...line, '--port', new URL(url).port], { cwd });
  const live = async () => {
    const [bot] = (await report('list', '--live')).bots as unknown as { numbers: string[] }[];
    return bot!.numbers;
  };
  const sorted = (numbers: readonly string[]) =>
    [...numbers].sort((a, b) => Number(a) - Number(b)).map((id) => `+${id}`);

  /** Declares and blocks all users. @returns the report of the apply. */
  async function block() {
    write(plain(NUMBERS));
    expect((await byHand('message', list, ...NUMBERS)).code).toBe(0);
    const applied = await ask('apply', '--yes', '--format', 'json', '--numbers', 'full');
    writeFileSync(join(cwd, 'apply.json'), applied.stdout);
    return reportOf(applied);
  }

  beforeEach(async () => {
    cwd = makeFolder();
    const rules = ['--contact', 'none', '--bot', 'shop=any-token', '--bot', '1065=any-token', ...options];
    const args = ['sandbox', '--provider', provider, '--port', '0', '--wa-id', `+${OTHER}=${OTHER_ID}`, ...rules];
    const sandbox = start(args, { cwd });
    onTestFinished(async () => {
      sandbox.kill('SIGTERM');
      expect((await sandbox.done).code).toBe(0);
    });
    url = (await sandbox.said(/Listening on (\S+)\n/))[1]!;
  });

  test('import --from the report of apply declares the pair, and no declared user is ever unblocked', async () => {
    const listedAs = [{ number: `+${OTHER}`, waId: `+${OTHER_ID}` }];
    expect(await block()).toMatchObject({ bots: [{ results: { added: 6 }, listedAs }] });
    expect(await live()).toEqual(sorted(IDS));
    // Without the pair, the plan is never empty, but the user stays blocked.
    for (let times = 0; times < 2; times++) {
      expect(await report('plan')).toMatchObject({ bots: [{ add: [`+${OTHER}`], remove: [`+${OTHER_ID}`] }] });
      const again = await report('apply', '--yes');
      expect(again).toMatchObject({ bots: [{ results: { added: 1, removed: 0, withheld: 1 }, listedAs }] });
      expect(await live()).toEqual(sorted(IDS));
    }
    const imported = await ask('import', '--bot', 'shop', '--from', 'apply.json');
    expect(imported.stdout).toContain('shop  0 imported, 1 already declared, 1 waId added\n');
    expect(readFileSync(file(), 'utf8')).toContain(PAIR);
    expect(await report('plan')).toMatchObject({ outcome: 'in-sync', bots: [{ unchanged: 6 }] });
    expect(await report('drift')).toMatchObject({ outcome: 'in-sync' });

    // Each user leaves the files, and only this user is unblocked.
    const entries = [...plain(NUMBERS.slice(0, -1)), PAIR];
    for (let left = 1; left < entries.length; left++) {
      write(entries.slice(left));
      expect(await report('apply', '--yes')).toMatchObject({ bots: [{ results: { removed: 1, withheld: 0 } }] });
      expect(await live()).toEqual(sorted(IDS.slice(left)));
    }
  });

  test('import writes the numbers as they are listed, and the plan after it is empty', async () => {
    await block();
    write([]);
    expect(await report('import')).toMatchObject({ outcome: 'written', bots: [{ imported: 6 }] });
    const text = readFileSync(file(), 'utf8');
    for (const id of IDS) expect(text).toContain(`"+${id}"`);
    if (isPaired) expect(text).toContain(PAIR);
    else expect(text).not.toContain(OTHER);
    expect(await report('plan')).toMatchObject({ outcome: 'in-sync', bots: [{ unchanged: 6 }] });
    const checked = await run(['validate', '--error-on', 'W-IMPOSSIBLE-NUMBER', '--error-on', 'W-DUPLICATE'], { cwd });
    expect(checked.code).toBe(0);

    // The same users, with the numbers that people know.
    write([...plain(NUMBERS.slice(0, -1)), PAIR]);
    expect(await report('import')).toMatchObject({ outcome: 'unchanged', bots: [{ imported: 0, alreadyThere: 6 }] });
    expect(await report('plan')).toMatchObject({ outcome: 'in-sync' });
  });

  test('explain finds a user by the names in the list, if the files do not know both', async () => {
    await block();
    const byId = (await ask('explain', `+${OTHER_ID}`, '--live')).stdout;
    const byNumber = (await ask('explain', `+${OTHER}`, '--live')).stdout;
    if (isPaired) {
      expect(byId).toContain(`shop  declared, live\n  declared as +${OTHER}: blacklist.yaml:4:`);
      expect(byNumber).toContain('shop  declared, live\n  declared: blacklist.yaml:4:');
      expect(byNumber).toContain(`  live as +${OTHER_ID}\n`);
      const remedy = `may be withheld: +${OTHER} is listed as +${OTHER_ID}; add waId: "+${OTHER_ID}" to the entry of +${OTHER}\n`;
      for (const said of [byId, byNumber]) expect(said).toContain(remedy);
    } else {
      expect(byId).toContain('shop  not declared, live\n');
      expect(byNumber).toContain('shop  declared, not live\n');
    }
  });

  test('explain finds each user by either name, and reports the names that it found', async () => {
    await block();
    expect((await ask('import', '--bot', 'shop', '--from', 'apply.json')).code).toBe(0);
    for (const [number, id] of Object.values(USERS)) {
      for (const asked of [number, id]) {
        const offline = await ask('explain', `+${asked}`);
        expect(offline.stdout).toContain(
          asked === number ? '  declared: blacklist' : `  declared as +${number}: blacklist`,
        );
        const online = await ask('explain', `+${asked}`, '--live');
        expect(online.stdout).toContain(`+${asked} is declared for shop and live.`);
        if (asked !== id) expect(online.stdout).toContain(`  live as +${id}\n`);
        expect(online.stdout).toContain('The next apply changes nothing for it.');
      }
    }
  });
});

test('import declares a pair for all bots of the file, and no other pair that contradicts it', async () => {
  const [third, stranger] = ['447700900998', '447700900997'];
  const listed: Record<string, string> = { 1: OTHER_ID, 2: OTHER_ID, 3: third };
  const api = await startApi({
    fault({ path }) {
      const wa_id = listed[/v25\.0\/(\d)/.exec(path)![1]!];
      const block_users = [{ input: `+${OTHER}`, wa_id }, { wa_id: stranger }];
      return { status: 200, body: JSON.stringify({ data: [{ block_users }] }) };
    },
  });
  const cwd = makeFolder();
  const bot = (at: number, numbers = '') => `  b${at}: { phoneNumberId: ${at}, numbers: [${numbers}] }\n`;
  writeFileSync(
    join(cwd, 'blacklist.yaml'),
    `version: 1\ndefaults: { provider: whatsapp-cloud, tokenEnv: SINCH_WHATSAPP_TOKEN }\nbots:\n${bot(1)}${bot(2, `"+${OTHER}"`)}${bot(3)}`,
  );
  const imported = await run(['import', '--base-url', api.url], { cwd });
  expect({ code: imported.code, stdout: imported.stdout }).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('b2  1 imported, 1 already declared\n'),
  });
  const text = readFileSync(join(cwd, 'blacklist.yaml'), 'utf8');
  expect(text).toContain(bot(1, `${PAIR}, "+${stranger}"`));
  expect(text).toContain(bot(2, `"+${OTHER}", "+${stranger}"`));
  expect(text).toContain(bot(3, `"+${stranger}", "+${third}"`));
  const planned = await run(['plan', '--detailed-exitcode', '--base-url', api.url], { cwd });
  expect(planned.code).toBe(0);
});
