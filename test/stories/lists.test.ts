/** Shared lists and number files, from the file to the API. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { type Api, FORMATS, makeFolder, reportOf, run, startApi, uk, us } from './harness.ts';

const [a, b, c, d] = uk(4) as [string, string, string, string];
const DEFAULTS = 'defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }\n';

let api: Api;
let cwd: string;
const blacklistctl = (...args: string[]) => run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url } });
const live = (bot: string) => [...api.sandbox.list(bot)].sort();

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
}

const TEAMS = {
  'lists.yaml': `version: 1\nlists:\n  fraud:\n    numbers: ["+${a}"]\n    files: [numbers/*.txt, { path: export.csv, column: phone }]\n`,
  'bots/support.yaml': `version: 1\n${DEFAULTS}bots:\n  support-bot: { lists: [fraud], numbers: ["+${d}"] }\n`,
  'bots/sales.yaml': `version: 1\n${DEFAULTS}bots:\n  sales-bot: { lists: [fraud] }\n`,
  'numbers/one.txt': `# reported\n+${b} # twice\n`,
  'export.csv': `order,phone\n"1,2",+${c}\n`,
};

beforeEach(async () => {
  api = await startApi();
  cwd = makeFolder();
});

describe('a team', () => {
  test('applies lists of several files, and removes numbers that are no longer declared', async () => {
    write(TEAMS);
    expect((await blacklistctl('apply', '--yes', '.')).code).toBe(0);
    expect(live('support-bot')).toEqual([a, b, c, d].sort());
    expect(live('sales-bot')).toEqual([a, b, c].sort());

    write({
      'numbers/one.txt': '',
      'bots/sales.yaml': `version: 1\n${DEFAULTS}bots:\n  sales-bot: { lists: [fraud], files: [own.txt] }\n`,
      'bots/own.txt': `+${b}\n`,
    });
    const { stdout } = await blacklistctl('plan', '.');
    expect(stdout).toContain('sales-bot  in sync, 3 numbers\n');
    expect(stdout).toContain('support-bot  0 to add, 1 to remove, 3 unchanged\n');
  });

  test('is protected by the guard from a number file that was emptied by mistake', async () => {
    const numbers = us(100);
    write({
      'blacklist.yaml': `version: 1\n${DEFAULTS}bots:\n  support-bot: { files: [all.txt] }\n`,
      'all.txt': `${numbers.join('\n')}\n`,
    });
    expect((await blacklistctl('apply', '--yes')).code).toBe(0);
    write({ 'all.txt': '# moved\n' });
    const { code, stdout } = await blacklistctl('apply', '--yes');
    expect(code).toBe(3);
    expect(stdout).toContain('refused: would remove all 100 numbers that are now on the list\n');
    expect(live('support-bot')).toHaveLength(100);
  });

  test.each(FORMATS.filter((format) => format !== 'diff'))(
    'gets the place of an error in a row, without the name next to the number, if masked: %s',
    async (format) => {
      write({ ...TEAMS, 'export.csv': 'name,phone\nAnna Berg,12\n' });
      const args = ['validate', 'lists.yaml', '--format', format];
      const { code, output, stderr } = await run(args, { cwd, env: { CI: '1' } });
      expect(code).toBe(6);
      expect(stderr).toContain('export.csv:2:11: the number has 2 digits');
      expect(output).not.toContain('Berg');
      expect((await run(args, { cwd })).stderr).toContain('\n  2 | Anna Berg,12\n');
    },
  );

  test.each([
    [
      'an error in a number file',
      { 'numbers/one.txt': `+${b}\n12\n` },
      `numbers/one.txt:2:1: the number has 2 digits; an E.164 number has 7 to 15\n  2 | 12\n`,
    ],
    ['a missing column', { 'export.csv': `order,number\n1,+${c}\n` }, 'export.csv:1:1: '],
    [
      'a missing file',
      { 'bots/sales.yaml': `version: 1\n${DEFAULTS}bots:\n  sales-bot: { files: [no.txt] }\n` },
      'bots/sales.yaml:4:24: "no.txt": ',
    ],
    [
      'a file outside the folder',
      { 'bots/sales.yaml': `version: 1\n${DEFAULTS}bots:\n  sales-bot: { files: [../numbers/one.txt] }\n` },
      'bots/sales.yaml:4:24: "../numbers/one.txt": ',
    ],
    [
      'a missing list',
      { 'lists.yaml': 'version: 1\nlists: {}\n' },
      'bots/sales.yaml:4:24: these files define no list "fraud"',
    ],
    [
      'a number that is declared and ignored',
      { 'bots/sales.yaml': `version: 1\n${DEFAULTS}bots:\n  sales-bot: { lists: [fraud], ignore: ["+${c}"] }\n` },
      `bots/sales.yaml:4:41: +${c} is ignored by this rule, but declared for the bot "sales-bot" at export.csv:2:7; declare or ignore a number, not both\n`,
    ],
  ])('gets exit 6 with the place of %s, and sends nothing', async (_, files, says) => {
    write({ ...TEAMS, ...files });
    for (const args of [['validate'], ['apply', '--yes']]) {
      const { code, stderr } = await blacklistctl(...args, '.');
      expect(code).toBe(6);
      expect(stderr).toContain(says);
    }
    expect(api.seen).toEqual([]);
  });

  test('sees which changes of number files since a commit are drift', async (context) => {
    needs('git', context);
    write(TEAMS);
    const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];
    const git = (...args: string[]) => execFileSync('git', [...author, ...args], { cwd });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message=before');
    write({ 'numbers/one.txt': '# gone\n', 'export.csv': `order,phone\n1,+${c}\n2,+${d}\n` });
    api.sandbox.set('sales-bot', [a, b]);
    const planned = await blacklistctl('plan', '--format', 'json', '--base', 'HEAD', '--bot', 'sales-bot', '.');
    const { bots, warnings } = reportOf(planned);
    expect(warnings.map(({ code }) => code)).toEqual(['W-EMPTY-FILE', 'W-INVALID-NUMBER']); // the numbers are fiction
    const [bot] = bots as unknown as {
      causes: { direction: string; origin: string; reason: string | null; numbers: string[] }[];
    }[];
    expect(
      bot!.causes.map(({ direction, origin, reason, numbers }) => [direction, origin, reason, ...numbers]),
    ).toEqual([
      ['add', 'drift', null, `+${c}`],
      ['remove', 'config', 'removed', `+${b}`],
      ['add', 'config', 'added', `+${d}`],
    ]);
  });

  test('gets one warning for repeated numbers in a number file', async () => {
    write({ ...TEAMS, 'numbers/one.txt': `+${b}\n+${b}\n+${b}\n` });
    const { code, stderr } = await blacklistctl('validate', '.');
    expect(code).toBe(0);
    expect(stderr).toBe(
      'warning: numbers/one.txt:2:1: the number appears more than once in this file, first on line 1; it counts once [W-DUPLICATE]\n',
    );
  });
});
