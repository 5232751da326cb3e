/** Questions of users: what is in force, what is known about a number, and why a number is added. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Encrypter, generateIdentity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Api, FORMATS, makeFolder, reportOf, run, sentTo, startApi, uk, us, yamlOf } from './harness.ts';

const [declared, listed, added, other] = uk(4) as [string, string, string, string];
const IGNORED = '12025550123';

const LISTS = `version: 1
lists:
  fraud:
    owner: Trust & Safety
    numbers:
      - number: "+${listed}"
        reason: Threats, ticket 4711
        owner: payments
        expires: 2099-12-31
        labels: { ticket: "4711" }
        protected: true
    files: [numbers.txt]
`;
const BOTS = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
bots:
  support-bot:
    lists: [fraud]
    numbers: ["+${declared}"]
    ignore:
      - { prefix: "+1202", reason: Managed by another system, until: 2099-06-30 }
  sales-bot:
    policy: add-only
    numbers: []
`;
const WAY =
  'lists.yaml:6:17, list fraud of Trust & Safety; reason: Threats, ticket 4711; owner: payments; expires 2099-12-31; label ticket: 4711; protected';

let api: Api;
let cwd: string;
const blacklistctl = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) =>
  run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });
const offline = (...args: string[]) => blacklistctl([...args, '.'], { SINCH_WHATSAPP_TOKEN: undefined });
function write(name: string, text: string | Buffer): void {
  mkdirSync(dirname(join(cwd, name)), { recursive: true });
  writeFileSync(join(cwd, name), text);
}

beforeEach(async () => {
  api = await startApi();
  cwd = makeFolder();
  write('lists.yaml', LISTS);
  write('bots.yaml', BOTS);
  write('numbers.txt', `# spam\n+${added}\n`);
});

describe('list', () => {
  test('prints the numbers in force, without a token and without a request', async () => {
    const { code, stdout, stderr } = await offline('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`sales-bot  0 numbers
support-bot  3 numbers
  +${declared}
  +${listed}
  +${added}

Listed: 3 numbers in 2 bots
This is the desired state; no live list was read.
`);
    expect(api.seen).toEqual([]);
  });

  test('prints where each number is declared, with --verbose', async () => {
    const { stdout } = await offline('list', '--verbose', '--bot', 'support-bot');
    expect(stdout).toBe(`support-bot  3 numbers
  +${declared}
      bots.yaml:6:15
  +${listed}
      ${WAY}
  +${added}
      numbers.txt:2:1, list fraud of Trust & Safety

Listed: 3 numbers in 1 bot
This is the desired state; no live list was read.
`);
    const { bots } = reportOf(await offline('list', '--verbose', '--format', 'json')) as unknown as {
      bots: { numbers: string[]; ways: { number: string; list: string | null; entry: object }[] }[];
    };
    expect(bots.map(({ numbers }) => numbers)).toEqual([[], [declared, listed, added].map((number) => `+${number}`)]);
    expect(bots[1]!.ways.map(({ number, list }) => [number, list])).toEqual([
      [`+${declared}`, null],
      [`+${listed}`, 'fraud'],
      [`+${added}`, 'fraud'],
    ]);
  });

  test('omits expired numbers and expired declarations', async () => {
    const entry = (number: string) => `{ number: "+${number}", expires: 2001-01-01 }`;
    write('bots.yaml', BOTS.replace(`["+${declared}"]`, `[${entry(declared)}, ${entry(listed)}]`));
    const { stdout } = await offline('list', '--verbose', '--bot', 'support-bot');
    expect(stdout).not.toContain(declared);
    expect(stdout).toContain(`  +${listed}\n      ${WAY}\n  +${added}\n`);
  });

  test('with --live has the numbers of the API, and writes nothing', async () => {
    api.sandbox.set('support-bot', [added, other]);
    const { code, stdout } = await blacklistctl(['list', '.', '--live']);
    expect(code).toBe(0);
    expect(stdout).toBe(`sales-bot  0 numbers
support-bot  2 numbers
${[added, other]
  .sort()
  .map((number) => `  +${number}\n`)
  .join('')}
Live: 2 numbers in 2 bots
These are the numbers of the live lists.
${sentTo(api.url)}`);
    expect(api.writes()).toEqual([]);
    const { bots } = reportOf(await blacklistctl(['list', '.', '--live', '--bot', 'support-bot', '--format', 'json']));
    expect(bots).toEqual([
      {
        id: 'support-bot',
        baseUrl: api.url,
        numbers: [added, other].sort().map((number) => `+${number}`),
        foreign: 0,
        error: null,
      },
    ]);
  });

  test('with --live fails only the bot whose list could not be read: exit 1', async () => {
    const failing = await startApi({
      fault: ({ bot }) => (bot === 'sales-bot' ? { status: 403, body: 'no' } : 'pass'),
    });
    failing.sandbox.set('support-bot', [other]);
    const list = (format: string) =>
      blacklistctl(['list', '.', '--live', '--format', format], { BLACKLISTCTL_BASE_URL: failing.url });
    const { code, stdout } = await list('text');
    expect(code).toBe(1);
    expect(stdout).toContain('sales-bot  could not be read\n  error: forbidden (403)');
    expect(stdout).toContain(`support-bot  1 number\n  +${other}\n`);
    expect(reportOf(await list('json'))).toMatchObject({
      outcome: 'failed',
      bots: [
        { id: 'sales-bot', numbers: [], error: { message: expect.stringContaining('403') } },
        { id: 'support-bot', numbers: [`+${other}`], error: null },
      ],
    });
  });

  test('with --live needs a token, and files that declare a bot', async () => {
    const { code, output } = await offline('list', '--live');
    expect({ code, seen: api.seen }).toEqual({ code: 6, seen: [] });
    expect(output).toContain('SINCH_WHATSAPP_TOKEN');
    write('bots.yaml', 'version: 1\nlists: { spam: { numbers: [] } }\n');
    const empty = await blacklistctl(['list', '.', '--live']);
    expect(empty.code).toBe(6);
    expect(empty.output).toContain('the files declare no bot, so there is no live list to read');
  });

  test.each(FORMATS)('masks all numbers in the format %s in CI', async (format) => {
    write('bots.yaml', BOTS.replace(`["+${declared}"]`, `[{ number: "+${declared}", reason: "as +${other}" }]`));
    api.sandbox.set('support-bot', [declared]);
    for (const args of [['list'], ['list', '--verbose'], ['list', '--live'], ['explain', `+${declared}`, '--live']]) {
      const { code, output } = await blacklistctl([...args, '.', '--format', format], { CI: 'true' });
      expect(code).toBe(0);
      expect(output).toContain('+44••••••000');
      for (const number of [declared, listed, added, other]) expect(output).not.toContain(number);
    }
  });

  test('writes reports that show prints and joins', async () => {
    for (const part of ['1', '2', '3']) {
      const { stdout } = await offline('list', '--format', 'json', '--verbose', '--shard', `${part}/3`);
      write(`part-${part}.json`, stdout);
    }
    const shown = await blacklistctl(['show', 'part-1.json', 'part-2.json', 'part-3.json', '--verbose']);
    expect(shown).toMatchObject({ code: 0, stdout: (await offline('list', '--verbose')).stdout });
  });

  test('prints one number a line, for a pipe', async () => {
    const numbers = us(80_000);
    write('bots.yaml', yamlOf({ 'support-bot': numbers, 'sales-bot': [declared] }));
    const { code, stdout } = await offline('list', '--bot', 'support-bot');
    expect(code).toBe(0);
    const found = stdout.split('\n').filter((line) => line.startsWith('  +'));
    expect(found).toEqual(numbers.map((number) => `  +${number}`).sort());
  });

  test.each<[string, string[], string]>([
    ['a bot that no file defines', ['--bot', 'no-bot'], '--bot no-bot: the files do not declare this bot'],
    ['a warning that is an error', ['--error-on', 'W-DUPLICATE'], 'the number appears twice in "support-bot"'],
  ])('refuses %s', async (_, args, message) => {
    write('bots.yaml', BOTS.replace(`["+${declared}"]`, `["+${declared}", "+${declared}"]`));
    const { code, stderr } = await offline('list', ...args);
    expect(code).toBe(6);
    expect(stderr).toContain(message);
    expect((await offline('list', '--ignore', 'W-DUPLICATE')).stderr).toBe('');
  });

  test('refuses a file with an error', async () => {
    write('numbers.txt', '+44\n');
    const { code, stdout, stderr } = await offline('list');
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain('numbers.txt:1:1: the number has 2 digits');
  });
});

describe('explain', () => {
  test('prints where a number is declared and the possible next steps, without a token and a request', async () => {
    const { code, stdout, stderr } = await offline('explain', `+44 (7700) 900-${listed.slice(-3)}`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(
      stdout,
    ).toBe(`+${listed} is declared for 1 of 2 bots (support-bot). To see what the next apply does, pass --live.
sales-bot  not declared
  protected elsewhere: ${WAY}
  policy: add-only
  next apply: if the number is live, does nothing, because the policy is add-only; otherwise does nothing
support-bot  declared
  declared: ${WAY}
  policy: sync
  next apply: if the number is live, does nothing, because the number is declared; otherwise adds it

Explained: declared for 1 of 2 bots
This is the desired state; no live list was read.
`);
    expect(api.seen).toEqual([]);
  });

  test('prints with --live where a number is live and what the next apply does, and apply does that', async () => {
    api.sandbox.set('support-bot', [declared, other, IGNORED]);
    api.sandbox.set('sales-bot', [other]);
    const last = async (number: string) => {
      const { code, stdout } = await blacklistctl(['explain', number, '.', '--live']);
      expect(code).toBe(0);
      return stdout
        .split('\n')
        .flatMap((line) => /^\w.*bot {2}(.*)$|next apply: (.*)$/.exec(line)?.slice(1).filter(Boolean) ?? []);
    };
    const LEFT = 'does nothing, because the policy is add-only';
    expect(await last(declared)).toEqual([
      'not declared, not live',
      'does nothing, because the number is neither declared nor live',
      'declared, live',
      'does nothing, because the number is declared',
    ]);
    expect(await last(added)).toEqual([
      'not declared, not live',
      'does nothing, because the number is neither declared nor live',
      'declared, not live',
      'adds it',
    ]);
    expect(await last(other)).toEqual(['not declared, live', LEFT, 'not declared, live', 'removes it']);
    expect(await last(IGNORED)).toEqual([
      'not declared, not live',
      'does nothing, because the number is neither declared nor live',
      'not declared, ignored, live',
      'does nothing, because the number is ignored',
    ]);
    expect(api.writes()).toEqual([]);
    expect((await blacklistctl(['apply', '.', '--yes'])).code).toBe(0);
    expect(api.list('support-bot')).toEqual([declared, listed, added, IGNORED].sort());
    expect(api.list('sales-bot')).toEqual([other]);
  });

  test('reports that the guard refuses the plan of a bot', async () => {
    const live = us(12);
    api.sandbox.set('support-bot', live);
    const { code, stdout } = await blacklistctl(['explain', live[0]!, '.', '--live', '--bot', 'support-bot']);
    expect(code).toBe(0);
    expect(stdout).toContain(
      'next apply: does nothing, because the guard refuses the plan of this bot, which would remove 12 of 12 numbers (100 %)',
    );
    expect((await blacklistctl(['apply', '.', '--yes'])).code).toBe(3);
  });

  test('prints the place, the reason and the last day of an ignore rule', async () => {
    const { stdout } = await offline('explain', IGNORED, '--bot', 'support-bot');
    expect(
      stdout,
    ).toBe(`+${IGNORED} is ignored, but not declared for support-bot. The next apply changes nothing for it.
support-bot  not declared, ignored
  ignored: bots.yaml:8:19, prefix +1202; until 2099-06-30; reason: Managed by another system
  policy: sync
  next apply: does nothing, because the number is ignored

Explained: declared for 0 of 1 bot, ignored for 1
This is the desired state; no live list was read.
`);
    write('bots.yaml', BOTS.replace('2099-06-30', '2001-06-30'));
    const past = await offline('explain', IGNORED, '--bot', 'support-bot');
    expect(past.stdout).toContain(
      'support-bot  not declared\n  no longer ignored: bots.yaml:8:19, prefix +1202; until 2001-06-30;',
    );
  });

  test('answers for a number that is not declared', async () => {
    const { code, stdout } = await offline('explain', other);
    expect(code).toBe(0);
    expect(stdout).toContain('Explained: declared for 0 of 2 bots\n');
  });

  test('answers for the other bots if one cannot be read', async () => {
    api = await startApi({ fault: ({ bot }) => (bot === 'sales-bot' ? { status: 404, body: 'no such bot' } : 'pass') });
    api.sandbox.set('support-bot', [declared]);
    const asked = ['explain', declared, '.', '--live', '--retries', '0'];
    const { code, stdout } = await blacklistctl(asked);
    expect(code).toBe(1);
    expect(stdout).toContain('sales-bot  not declared, could not be read\n');
    expect(stdout).toContain('  error: ');
    expect(stdout).toContain(
      'next apply: if the number is live, does nothing, because the policy is add-only; otherwise does nothing',
    );
    expect(stdout).toContain('support-bot  declared, live\n');
    expect(stdout).toContain(
      'Failed: 1 of 2 live lists could not be read, so this answer is incomplete. Fix the reported errors, then run again.\n',
    );
    const document = reportOf(await blacklistctl([...asked, '--format', 'json'])) as unknown as {
      outcome: string;
      explained: { bots: { id: string; live: string[] | null; error: object | null }[] };
    };
    expect(document.outcome).toBe('failed');
    expect(document.explained.bots).toMatchObject([
      { id: 'sales-bot', live: null, error: {} },
      { id: 'support-bot', live: [`+${declared}`], error: null },
    ]);
  });

  test.each<[string, string[], string]>([
    ['a number with a letter', ['44770O900123'], 'the number has the character "O" (U+004F) at position 6'],
    ['a number with too few digits', ['4477'], 'the number has 4 digits; an E.164 number has 7 to 15'],
    ['no number', [], 'missing argument <number>: the phone number to explain'],
    [
      'a bot that no file defines',
      [`+${declared}`, '.', '--bot', 'no-bot'],
      '--bot no-bot: the files do not declare this bot',
    ],
    ['a missing file', [`+${declared}`, 'nowhere.yaml'], 'nowhere.yaml: there is no such file'],
    [
      'no token for --live',
      [`+${declared}`, '.', '--live'],
      'the environment variable SINCH_WHATSAPP_TOKEN (token of the bot "sales-bot") is not set',
    ],
  ])('refuses %s', async (_, args, message) => {
    const env = { SINCH_WHATSAPP_TOKEN: undefined };
    const { code, stdout, stderr } = await blacklistctl(['explain', ...args], env);
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain(message);
    const json = await blacklistctl(['explain', ...args, '--format', 'json'], env);
    expect(reportOf(json)).toMatchObject({ command: 'explain', outcome: 'invalid' });
    expect(api.seen).toEqual([]);
  });

  test('prints the place, but not the reason of a masked number in an encrypted file', async () => {
    const key = await generateIdentity();
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(key));
    write('lists.yaml.age', Buffer.from(await encrypter.encrypt(LISTS)));
    write('lists.yaml', 'version: 1\nlists:\n  spam: { files: [numbers.txt] }\n');
    const ask = (env: Readonly<Record<string, string>>, format = 'text') =>
      blacklistctl(['explain', listed, '.', '--format', format, '--ignore', 'W-UNUSED-LIST'], {
        SOPS_AGE_KEY: key,
        ...env,
      });
    expect((await ask({})).stdout).toContain(WAY.replace('lists.yaml', 'lists.yaml.age'));
    for (const format of FORMATS) {
      const { code, output } = await ask({ CI: 'true' }, format);
      expect(code).toBe(0);
      expect(output).not.toMatch(/Threats|payments|4711|Trust/);
    }
    expect((await ask({ CI: 'true' })).stdout).toContain(
      'declared: lists.yaml.age:6:17, list fraud; expires 2099-12-31; protected; its texts are in an encrypted file\n',
    );
  });

  test('finds a number by another spelling of its user', async () => {
    write(
      'shop.yaml',
      'version: 1\nbots:\n  shop: { provider: whatsapp-cloud, phoneNumberId: "106540352242922", tokenEnv: T, numbers: ["+5215555500100"] }\n',
    );
    const { stdout } = await offline('explain', '+52 55 5550 0100', '--bot', 'shop');
    expect(stdout).toContain('shop  declared\n  declared as +5215555500100: shop.yaml:3:94\n');
  });
});

describe('plan --verbose', () => {
  test('shows where each added number is declared, and so do drift and apply', async () => {
    api.sandbox.set('support-bot', [declared, other]);
    const changes = (
      removed: string,
      missing: string,
      width: number,
    ) => `  ${removed.padEnd(width)}  +${other}  not declared
  ${missing.padEnd(width)}  +${listed}  Threats, ticket 4711
      ${WAY}
  ${missing.padEnd(width)}  +${added}
      numbers.txt:2:1, list fraud of Trust & Safety
`;
    const planned = changes('remove', 'add', 6);
    expect((await blacklistctl(['plan', '.', '--verbose'])).stdout).toContain(planned);
    expect((await blacklistctl(['plan', '.'])).stdout).not.toContain('lists.yaml');
    const drift = ['drift', '.', '--settle', '0', '--verbose', '--report', 'state.json'];
    expect((await blacklistctl(drift)).stdout).toContain(changes('added outside Git', 'removed outside Git', 19));
    expect(readFileSync(join(cwd, 'state.json'), 'utf8')).toContain('"ways":[{"number"');
    expect((await blacklistctl([...drift, '--since', 'state.json'])).stdout).toContain('3 still there');
    expect((await blacklistctl(['apply', '.', '--yes', '--verbose'])).stdout).toContain(planned);
  });

  test('writes the declarations of added numbers only to JSON', async () => {
    api.sandbox.set('support-bot', [declared, other]);
    const bots = async (...args: string[]) =>
      (
        reportOf(await blacklistctl(['plan', '.', '--format', 'json', ...args])) as unknown as {
          bots: { ways?: { number: string; place: object }[] }[];
        }
      ).bots.map(({ ways }) => ways);
    expect(await bots()).toEqual([undefined, undefined]);
    expect(await bots('--verbose')).toMatchObject([
      [],
      [
        { number: `+${listed}`, place: { file: 'lists.yaml', line: 6, column: 17 } },
        { number: `+${added}`, place: { file: 'numbers.txt', line: 2, column: 1 } },
      ],
    ]);
  });
});
