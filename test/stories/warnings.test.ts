/** Warnings have codes. Options turn some of them into errors, and then a run writes nothing. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { HastyClock } from './clock.ts';
import { type Api, FORMATS, makeFolder, reportOf, run, startApi } from './harness.ts';

/** A stand-in for libphonenumber, which treats numbers of the ranges for fiction as invalid. */
const FILE = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
bots:
  support-bot:
    numbers:
      - "+447700900001"
      - "+447700900001"
      - { number: "+447700900002", expires: 2001-01-01 }
      - { number: "+447700900003", expires: 2999-12-31 }
`;
const MESSY = FILE.replaceAll('"', '');
const LIVE = ['447700900001', '447700900009'];
const KNOWN = ['W-DUPLICATE', 'W-INVALID-NUMBER'];

let api: Api;
let cwd: string;
const path = (name = 'blacklist.yaml') => join(cwd, name);
const read = (name?: string) => readFileSync(path(name), 'utf8');

beforeEach(async () => {
  api = await startApi();
  api.sandbox.set('support-bot', LIVE);
  cwd = makeFolder();
  writeFileSync(path(), FILE);
});

const blacklistctl = (args: readonly string[], env: Record<string, string | undefined> = {}) =>
  run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, ...env } });

/** The codes of the warnings, and the exit code. */
async function told(args: readonly string[], env?: Record<string, string | undefined>) {
  const finished = await blacklistctl([...args, '--format', 'json'], env);
  const { outcome, bots, ...report } = reportOf(finished);
  const codes = (faults: readonly { readonly code?: string }[]) => faults.map(({ code }) => code);
  const { warnings, errors } = { warnings: codes(report.warnings), errors: codes(report.errors) };
  return { code: finished.code, outcome, warnings, errors, bots: (bots ?? []).length };
}

describe('apply --error-on', () => {
  test('for a warning of the plan writes nothing, and reports the plan', async () => {
    const args = ['apply', '--yes', '--error-on', 'W-INVALID-NUMBER', '--format', 'json'];
    const finished = await blacklistctl(args);
    const report = reportOf(finished);
    expect(finished.code).toBe(6);
    expect(report).toMatchObject({ outcome: 'invalid', summary: { add: 1, remove: 1, requests: { write: 0 } } });
    expect(report.bots[0]!.results).toMatchObject({ applied: 0, skipped: 2 });
    expect(report.warnings).toMatchObject([{ code: 'W-DUPLICATE' }]);
    expect(report.errors).toEqual([
      {
        code: 'W-INVALID-NUMBER',
        message:
          'support-bot: 1 number is not valid according to libphonenumber (+447700900003); check for a missing or wrong digit, because the server may reject it',
      },
    ]);
    expect(finished.stderr).toMatch(/^error: support-bot: 1 number is not valid .* \[W-INVALID-NUMBER\]$/m);
    expect(api.reads().length).toBeGreaterThan(0);
    expect(api.writes()).toEqual([]);
    expect(api.list('support-bot')).toEqual(LIVE);
  });

  test('prints the error below the plan', async () => {
    const { code, stdout } = await blacklistctl(['apply', '--yes', '--error-on', 'W-DUPLICATE']);
    expect(code).toBe(6);
    expect(stdout).toMatch(
      / {2}add {5}\+447700900003\n(.*\n)*\nPlan .*: 1 to add, 1 to remove.*\nInvalid: nothing was written\. Fix the reported errors\.\nThis run uses .*, not the vendor's API\.\n$/,
    );
  });

  test('for a warning of the files writes nothing, even with --approve', async () => {
    const { fingerprint } = reportOf(await blacklistctl(['plan', '--format', 'json']));
    const approve = ['apply', '--approve', fingerprint!];
    expect(await told([...approve, '--error-on', 'W-DUPLICATE'])).toMatchObject({ code: 6, outcome: 'invalid' });
    expect(api.writes()).toEqual([]);
    expect(await told(approve)).toMatchObject({ code: 0, outcome: 'applied', warnings: KNOWN });
    expect(api.list('support-bot')).toEqual(['447700900001', '447700900003']);
  });

  test('works for a saved plan', async () => {
    expect((await blacklistctl(['plan', '--out', 'plan.json'])).code).toBe(0);
    const apply = ['apply', '--plan', 'plan.json'];
    expect(await told([...apply, '--error-on', 'W-INVALID-NUMBER'])).toMatchObject({
      code: 6,
      outcome: 'invalid',
      errors: ['W-INVALID-NUMBER'],
    });
    expect(api.writes()).toEqual([]);
    expect(await told(apply)).toMatchObject({ code: 0, outcome: 'applied', warnings: KNOWN });
  });
});

describe('--error-on and --ignore', () => {
  test.each<[string, string[], string[], string[]]>([
    ['plan', ['plan'], KNOWN, ['W-DUPLICATE']],
    ['drift', ['drift', '--settle', '0'], KNOWN, ['W-INVALID-NUMBER']],
    ['validate', ['validate'], ['W-DUPLICATE', 'W-EXPIRED'], ['W-EXPIRED']],
    ['import', ['import'], ['W-DUPLICATE', 'W-NOT-LIVE'], ['W-NOT-LIVE']],
    ['fmt', ['fmt'], ['W-DUPLICATE'], ['W-DUPLICATE']],
    ['fmt --check', ['fmt', '--check'], ['W-DUPLICATE'], ['W-DUPLICATE']],
  ])('with %s', async (_, args, warnings, named) => {
    const options = (option: string) => named.flatMap((code) => [option, code]);
    const rest = warnings.filter((code) => !named.includes(code));
    const judged = await told([...args, ...options('--error-on')]);
    expect(judged).toMatchObject({ code: 6, outcome: 'invalid', warnings: rest, errors: named });
    const hushed = await told([...args, ...options('--ignore')]);
    expect(hushed).toMatchObject({ warnings: rest, errors: [] });
    writeFileSync(path(), FILE);
    const plain = await told(args);
    expect(plain).toMatchObject({ warnings, errors: [] });
    expect(hushed).toMatchObject({ code: plain.code, outcome: plain.outcome });
  });

  test('make show refuse an unverified plan, and work for reports', async () => {
    expect((await blacklistctl(['plan', '--out', 'plan.json', '--ignore', 'W-DUPLICATE'])).code).toBe(0);
    const show = ['show', 'plan.json', '--error-on', 'W-NOT-VERIFIED'];
    const none = { SINCH_WHATSAPP_TOKEN: undefined };
    expect(await told(show)).toMatchObject({ code: 0, outcome: 'changes', errors: [], bots: 1 });
    expect(await told(show, none)).toMatchObject({ code: 6, errors: ['W-NOT-VERIFIED'], bots: 0 });
    const { stdout } = await blacklistctl(['plan', '--format', 'json']);
    writeFileSync(path('report.json'), stdout);
    expect(await told(['show', 'report.json'])).toMatchObject({ code: 0, warnings: KNOWN });
    expect(await told(['show', 'report.json', '--error-on', 'W-DUPLICATE'])).toMatchObject({
      code: 6,
      warnings: ['W-INVALID-NUMBER'],
      errors: ['W-DUPLICATE'],
    });
  });

  test('write no saved plan, no import and no formatted file', async () => {
    await told(['plan', '--out', 'plan.json', '--error-on', 'W-DUPLICATE']);
    expect(existsSync(path('plan.json'))).toBe(false);
    await told(['import', '--error-on', 'W-NOT-LIVE']);
    expect(read()).toBe(FILE);
    writeFileSync(path(), MESSY);
    await told(['fmt', '--error-on', 'W-DUPLICATE']);
    expect(read()).toBe(MESSY);
    await told(['fmt', '--ignore', 'W-DUPLICATE']);
    expect(read()).toBe(FILE);
  });

  test('do not let --quiet hide warnings that are errors', async () => {
    const { code, stderr } = await blacklistctl(['validate', '--quiet', '--error-on', 'W-EXPIRED']);
    expect(code).toBe(6);
    expect(stderr).toMatch(
      /^error: blacklist\.yaml:8:19: the entry has expired \(last day 2001-01-01\); remove it, or give it a later day \[W-EXPIRED\]\n/,
    );
    expect(stderr).not.toContain('W-DUPLICATE');
  });
});

describe('validate --expiring', () => {
  test('warns of expired entries and of entries that expire soon', async () => {
    expect(await told(['validate'])).toMatchObject({ code: 0, warnings: ['W-DUPLICATE', 'W-EXPIRED'] });
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    writeFileSync(path(), FILE.replace('2999-12-31', tomorrow));
    const all = ['W-DUPLICATE', 'W-EXPIRED', 'W-EXPIRING'];
    for (const time of ['1', '14d', '2w', '3660']) {
      expect((await told(['validate', '--expiring', time])).warnings).toEqual(all);
    }
    expect(await told(['validate', '--expiring', '14d', '--error-on', 'W-EXPIRING'])).toMatchObject({
      code: 6,
      errors: ['W-EXPIRING'],
    });
  });

  test('counts a week as seven days', async () => {
    const in14Days = new Date(Date.now() + 14 * 86_400_000).toISOString().slice(0, 10);
    writeFileSync(path(), FILE.replace('2999-12-31', in14Days));
    expect((await told(['validate', '--expiring', '2w'])).warnings).toContain('W-EXPIRING');
    expect((await told(['validate', '--expiring', '1w'])).warnings).not.toContain('W-EXPIRING');
  });
});

describe('an expired ignore rule', () => {
  const RULE = '{ prefix: "+4477", until: 2001-01-01 }';

  test.each([['validate'], ['list'], ['plan'], ['drift', '--settle', '0'], ['apply', '--yes']])(
    'gives a warning in %s',
    async (...args) => {
      writeFileSync(
        path(),
        `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
bots: { support-bot: { numbers: ["+12015550123"], ignore: [${RULE}] } }
`,
      );
      const { warnings } = await told([...args, '--ignore', 'W-INVALID-NUMBER']);
      expect(warnings).toEqual(['W-EXPIRED']);
    },
  );

  test('stops an apply with --error-on before it removes formerly ignored numbers', async () => {
    writeFileSync(path(), FILE.replace('    numbers:', `    ignore: [${RULE}]\n    numbers:`));
    expect(await told(['apply', '--yes', '--error-on', 'W-EXPIRED'])).toMatchObject({ code: 6, errors: ['W-EXPIRED'] });
    expect(api.writes()).toEqual([]);
    expect(api.list('support-bot')).toEqual(LIVE);
  });

  test('is reported by --expiring before it expires', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const rule = RULE.replace('2001-01-01', today).replace('+4477', '+1202');
    writeFileSync(path(), FILE.replace('    numbers:', `    ignore: [${rule}]\n    numbers:`));
    expect((await told(['validate', '--expiring', '1d'])).warnings).toEqual(['W-EXPIRING', 'W-DUPLICATE', 'W-EXPIRED']);
    expect((await told(['validate'])).warnings).toEqual(['W-DUPLICATE', 'W-EXPIRED']);
  });
});

test.each(FORMATS.filter((format) => format !== 'diff'))('a warning has its code in the format %s', async (format) => {
  const { stdout, stderr } = await blacklistctl(['validate', '--format', format, '--error-on', 'W-EXPIRED']);
  for (const said of format === 'text' ? [stderr] : [stderr, stdout]) {
    expect(said).toContain('W-DUPLICATE');
    expect(said).toContain('W-EXPIRED');
  }
});

test('validate warns of numbers with an impossible length, and import of live numbers that have expired', async () => {
  writeFileSync(path(), FILE.replace('+447700900003', '+4477009'));
  expect((await told(['validate', '--ignore', 'W-DUPLICATE', '--ignore', 'W-EXPIRED'])).warnings).toEqual([
    'W-IMPOSSIBLE-NUMBER',
  ]);
  writeFileSync(path(), FILE);
  api.sandbox.set('support-bot', ['447700900001', '447700900002', '447700900003']);
  expect((await told(['import'])).warnings).toEqual(['W-DUPLICATE', 'W-EXPIRED-LIVE']);
});

describe('numbers without a plus', () => {
  const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\nbots:\n  support-bot:\n';
  const NAMING = `${HEAD}    files: [n.txt]\n`;

  /** The warnings of one command on stderr. */
  async function warned(args: readonly string[], numbers: string): Promise<string[]> {
    writeFileSync(path('n.txt'), numbers);
    writeFileSync(path(), NAMING);
    const { stderr } = await blacklistctl(args);
    return stderr.split('\n').filter((line) => line.includes('W-NO-PLUS'));
  }

  test.each([
    ['separators', '201-555-0123', 'this number has no + and is read as a number of Egypt (+20); write it'],
    ['blanks', '201 555 0123', 'this number has no + and is read as a number of Egypt (+20); write it'],
    ['ten digits of North America', '6065550123', 'this number has no + and is read as a number of Malaysia (+60)'],
    ['digits of no country', '210-555-0123', 'a number with a country code that does not exist; write it'],
    [
      'a number that is complete except for the plus',
      '44 7700 900123',
      'is read as a number of United Kingdom (+44); write it',
    ],
  ])('give a warning with the country: %s', async (_, written, words) => {
    expect(await warned(['validate'], `${written}\n`)).toEqual([expect.stringContaining(`warning: n.txt:1:1: `)]);
    expect(await warned(['validate'], `${written}\n`)).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    ['a plus', '+201-555-0123\n+6065550123\n'],
    ['digits that are not ten', '447700900123\n'],
    ['ten digits of another country', '4530123456\n'],
    ['ten digits of an unused area code', '4532345678\n'],
  ])('give no warning with %s', async (_, numbers) => {
    expect(await warned(['validate'], numbers)).toEqual([]);
  });

  test('give one warning a file, with the count and the first number', async () => {
    const mixed = ['+447700900123', '4532345678', '6065550123', '6065550124', '201-555-0123', '447700900125'];
    writeFileSync(path('other.txt'), '201-555-0123\n');
    expect(await warned(['validate'], `${mixed.join('\n')}\n`)).toEqual([
      'warning: n.txt:3:1: this number and 2 more have no +, and this one is read as a number of Malaysia (+60); write each with + and its country code [W-NO-PLUS]',
    ]);
    writeFileSync(path(), `${NAMING}    numbers: [202-555-0123]\n  other-bot: { files: [n.txt, other.txt] }\n`);
    const { stderr } = await blacklistctl(['validate', '--bot', 'other-bot']);
    const places = [...stderr.matchAll(/^warning: (\S+): .*W-NO-PLUS/gm)].map(([, place]) => place);
    expect(places).toEqual(['blacklist.yaml:6:15', 'n.txt:3:1', 'other.txt:1:1']);
  });

  test.each([
    [['list']],
    [['explain', '+12015550123']],
    [['plan']],
    [['apply', '--yes']],
    [['drift', '--settle', '0']],
    [['import', 'blacklist.yaml']],
  ])('give a warning in every command that reads the files: %j', async (args) => {
    expect(await warned(args, '201-555-0123\n')).toHaveLength(1);
  });

  test('give a warning as an argument of explain', async () => {
    const { stderr } = await blacklistctl(['explain', '201-555-0123']);
    expect(stderr).toContain('warning: this number has no + and is read as a number of Egypt (+20); write it with +');
    expect((await blacklistctl(['explain', '+201-555-0123'])).stderr).not.toContain('W-NO-PLUS');
  });

  test('give a warning in fmt, which adds the plus', async () => {
    writeFileSync(path(), `${HEAD}    numbers: [201-555-0123]\n`);
    const strict = await blacklistctl(['fmt', '--error-on', 'W-NO-PLUS']);
    expect(strict.code).toBe(6);
    expect(read()).toContain('[201-555-0123]');
    const formatted = await blacklistctl(['fmt']);
    expect(formatted.stderr).toContain('warning: blacklist.yaml:5:15: this number has no + and is read as');
    expect(read()).toContain('["+2015550123"]');
  });

  test('write nothing if the warning is an error', async () => {
    writeFileSync(path('n.txt'), '201-555-0123\n');
    writeFileSync(path(), NAMING);
    expect(await told(['apply', '--yes', '--error-on', 'W-NO-PLUS'])).toMatchObject({
      code: 6,
      errors: ['W-NO-PLUS'],
    });
    expect(api.writes()).toEqual([]);
    expect((await told(['validate', '--ignore', 'W-NO-PLUS'])).warnings).not.toContain('W-NO-PLUS');
  });
});

test.each(FORMATS)('a warning after the writes is also in the format %s', async (format) => {
  api = await startApi({
    fault: ({ method }) => {
      if (method === 'DELETE') api.sandbox.set('support-bot', [...api.list('support-bot'), '447700900555']);
      return 'pass';
    },
  });
  api.sandbox.set('support-bot', LIVE);
  const { code, stdout, stderr } = await blacklistctl(['apply', '--yes', '--format', format]);
  expect(code).toBe(0);
  expect(stdout + stderr).toContain('after the writes, the live list differs from the plan in 1 number');
});

describe('a version of the Graph API', () => {
  /** Runs on a day on which v21.0 has 54 days left. */
  class Clock extends HastyClock {
    override today = () => '2026-11-28';
  }
  const bot = (id: string, keys: string) => `  ${id}: { phoneNumberId: ${id.length}, ${keys}numbers: [] }\n`;
  const write = (defaults: string, bots: string) =>
    writeFileSync(
      path(),
      `version: 1\ndefaults: { provider: whatsapp-cloud, tokenEnv: SINCH_WHATSAPP_TOKEN${defaults} }\nbots:\n${bots}`,
    );
  const warned = async (...args: string[]) => {
    const { code, output } = await run(args, { cwd, clock: new Clock(), env: { BLACKLISTCTL_BASE_URL: api.url } });
    return { code, lines: output.split('\n').filter((line) => line.includes('W-API-VERSION')) };
  };

  test('that ends soon gets one warning at the place that sets it, for all of its bots', async () => {
    write(', apiVersion: v21.0', bot('a', '') + bot('bb', '') + bot('ccc', 'apiVersion: v27.0, '));
    expect(await warned('validate')).toEqual({
      code: 0,
      lines: [
        'warning: blacklist.yaml:2:83: the version v21.0 of the Graph API ends in 54 days (last day 2027-01-21); set "apiVersion" to a newer one, such as v27.0 [W-API-VERSION]',
      ],
    });
  });

  test('that has ended gets a warning for each bot that sets it, and can be an error', async () => {
    write('', bot('a', 'apiVersion: v19.0, ') + bot('bb', 'provider: kapso, apiVersion: v20.0, ') + bot('ccc', ''));
    const { code, lines } = await warned('validate', '--error-on', 'W-API-VERSION');
    expect({ code, lines }).toEqual({
      code: 6,
      lines: [
        expect.stringMatching(/^error: blacklist.yaml:4:38: the Graph API no longer has the version v19.0; set/),
        expect.stringMatching(/^error: blacklist.yaml:5:56: .* v20.0 \(last day 2026-09-24\); set/),
      ],
    });
  });

  test('that is the default or newer than known gets no warning', async () => {
    write('', bot('a', '') + bot('bb', 'apiVersion: v28.0, '));
    expect(await warned('validate')).toEqual({ code: 0, lines: [] });
  });
});

describe('a user in two spellings', () => {
  const [short, long] = ['+525555500100', '+5215555500100'];
  const HEAD = 'version: 1\ndefaults: { tokenEnv: SINCH_WHATSAPP_TOKEN }\n';
  const bot = (provider: string, numbers: string) => `bots:\n  shop: { ${provider}, ${numbers} }\n`;
  const BOTH = `numbers: ["${short}", "${long}"]`;
  const CLOUD = 'provider: whatsapp-cloud, phoneNumberId: 1065';
  const warned = async (text: string, ...args: string[]) => {
    writeFileSync(path(), HEAD + text);
    const { stderr } = await blacklistctl(['validate', ...args]);
    return stderr.split('\n').filter((line) => line.includes('W-DUPLICATE'));
  };

  test.each([
    ['whatsapp-cloud', CLOUD],
    ['360dialog', 'provider: 360dialog'],
    ['gupshup', 'provider: gupshup, appId: shop'],
    ['kapso', 'provider: kapso, phoneNumberId: 1065'],
  ])('gets a warning with both places for %s', async (_, keys) => {
    const [line] = await warned(bot(keys, BOTH));
    const places = new RegExp(
      `^warning: blacklist.yaml:4:\\d+: \\${long} is the same WhatsApp user as \\${short} at blacklist.yaml:4:\\d+; remove one`,
    );
    expect(line).toMatch(places);
  });

  test('gets none for a provider that lists numbers as they are written', async () => {
    expect(await warned(bot('provider: sinch, region: eu1', BOTH))).toEqual([]);
  });

  test('gets none from two lists or files, which may overlap', async () => {
    writeFileSync(path('more.txt'), `${long}\n`);
    const lists = `lists: { mx: { numbers: ["${long}"] } }\n`;
    expect(await warned(lists + bot(CLOUD, `numbers: ["${short}"], lists: [mx], files: [more.txt]`))).toEqual([]);
  });

  test('gets one from a number file, and from a list for all bots that use it', async () => {
    writeFileSync(path('more.txt'), `${long}\n+447700900123\n${short}\n`);
    const lists = `lists: { mx: { ${BOTH} } }\n`;
    const other = '  shop-2: { provider: kapso, phoneNumberId: 1066, lists: [mx] }\n';
    const lines = await warned(lists + bot(CLOUD, 'lists: [mx], files: [more.txt]') + other);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`more.txt:3:1: ${short} is the same WhatsApp user as ${long} at more.txt:1:1;`);
    expect(lines[0]).toContain(`blacklist.yaml:3:43: ${long} is the same WhatsApp user`);
  });

  test('gets at most 20 warnings a file, and one more that counts the rest', async () => {
    const numbers = Array.from({ length: 22 }, (_, at) => 5_555_500_100 + at).flatMap((at) => [
      `"+52${at}"`,
      `"+521${at}"`,
    ]);
    const lines = await warned(bot(CLOUD, `numbers: [${numbers.join(', ')}]`), '--error-on', 'W-DUPLICATE');
    expect(lines).toHaveLength(21);
    expect(lines[20]).toContain(
      'from this line on, 2 more numbers of this file repeat WhatsApp users in another spelling',
    );
    expect(lines[20]).toMatch(/^error: /);
  });
});
