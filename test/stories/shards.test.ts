import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { shardOf } from '../../src/steps/read-desired.ts';
import { accounted, FORMATS, makeDesired, reportOf, run, startApi, TOKEN, uk, us } from './harness.ts';

const BOTS = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`bot-${index}`, us(30 + index)]));

async function makeWorld() {
  const api = await startApi();
  for (const bot of Object.keys(BOTS)) api.sandbox.set(bot, uk(3));
  const cwd = makeDesired(BOTS);
  const env = { BLACKLISTCTL_BASE_URL: api.url, SINCH_WHATSAPP_TOKEN: TOKEN };
  const blacklistctl = (args: readonly string[], more: Record<string, string> = {}) =>
    run([...args, '--rate', '0', '--format', 'json'], { cwd, env: { ...env, ...more } });
  return { api, cwd, blacklistctl };
}

describe('the shards of a run', () => {
  test('of an Indexed Job contain every bot once, and their reports join into that of the whole run', async () => {
    const { api, cwd, blacklistctl } = await makeWorld();
    const whole = reportOf(await blacklistctl(['plan']));
    const files: string[] = [];
    for (const index of [0, 1, 2]) {
      const part = await blacklistctl(['apply', '--yes', '--shard', '/3'], { JOB_COMPLETION_INDEX: String(index) });
      expect(part.code).toBe(0);
      files.push(`part-${index}.json`);
      writeFileSync(join(cwd, `part-${index}.json`), part.stdout);
    }
    const joined = await run(['show', ...files, '--format', 'json'], { cwd });
    expect(joined.code).toBe(0);
    const { command, outcome, bots } = reportOf(joined);
    expect({ command, outcome }).toEqual({ command: 'apply', outcome: 'applied' });
    expect(bots.map(({ id, add, remove }) => ({ id, add, remove }))).toEqual(
      whole.bots.map(({ id, add, remove }) => ({ id, add, remove })),
    );
    for (const bot of bots) expect(accounted(bot)).toBe(bot.add.length + bot.remove.length);
    for (const [bot, numbers] of Object.entries(BOTS)) expect(api.list(bot)).toEqual([...numbers].sort());
    const text = await run(['show', ...files], { cwd });
    const done = bots.reduce((sum, { results }) => sum + results.added, 0);
    expect(text.stdout).toMatch(new RegExp(`Apply complete: ${done} added, \\d+ removed in \\d of 9 bots\\.`));
  });

  test('are the same if they are counted from 1', async () => {
    const { blacklistctl } = await makeWorld();
    const ids = async (shard: string, env = {}) =>
      reportOf(await blacklistctl(['plan', '--shard', shard], env)).bots.map(({ id }) => id);
    expect(await ids('2/3')).toEqual(await ids('/3', { JOB_COMPLETION_INDEX: '1' }));
    expect(await ids('1/1')).toHaveLength(9);
  });

  test.each(['0/3', '4/3', '/3', '1', 'x/y', '1/0', '-1/3'])('do not include %s', async (shard) => {
    const { api, blacklistctl } = await makeWorld();
    const planned = await blacklistctl(['plan', `--shard=${shard}`]);
    expect(planned.code).toBe(6);
    expect(reportOf(planned).errors[0]!.message).toContain('--shard takes i/n');
    expect(api.seen).toHaveLength(0);
  });
});

/** Every command that compares live lists. */
const COMPARING = ['plan', 'drift --settle 0s', 'apply --yes'];

describe('a shard without a bot', () => {
  const NONE = ['--bot', 'bot-0', '--shard', `${3 - shardOf('bot-0', 2)}/2`];

  test.each(COMPARING)('ends %s with 0 as nothing-selected, and sends nothing', async (command) => {
    const { api, blacklistctl } = await makeWorld();
    const ran = await blacklistctl([...command.split(' '), ...NONE]);
    expect({ code: ran.code, ...reportOf(ran) }).toMatchObject({ code: 0, outcome: 'nothing-selected', bots: [] });
    expect(api.seen).toHaveLength(0);
  });

  test.each(FORMATS.flatMap((format) => COMPARING.map((command) => ({ format, command }))))(
    'is not reported as in sync in any format: $format of $command',
    async ({ format, command }) => {
      const { cwd } = await makeWorld();
      const { code, stdout } = await run([...command.split(' '), ...NONE, '--format', format], { cwd });
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/in.sync|nothing to do/i);
      expect(stdout).toMatch(/[Nn]othing selected: no live list was read|"outcome":"nothing-selected"/);
      if (format === 'html') expect(stdout).toContain('<span class="outcome open">nothing selected</span>');
    },
  );

  test('is saved and shown as an empty plan, which cannot be applied because no token verifies it', async () => {
    const { api, cwd, blacklistctl } = await makeWorld();
    await blacklistctl(['plan', ...NONE, '--out', 'plan.json']);
    const shown = await run(['show', 'plan.json', '--format', 'json'], { cwd });
    const applied = await blacklistctl(['apply', '--plan', 'plan.json']);
    expect([shown, applied].map((ran) => [ran.code, reportOf(ran).outcome])).toEqual([
      [0, 'nothing-selected'],
      [5, 'stale'],
    ]);
    expect(api.seen).toHaveLength(0);
  });

  test('joins with one that is in sync into a report that is in sync', async () => {
    const { api, cwd, blacklistctl } = await makeWorld();
    api.sandbox.set('bot-0', us(30));
    const whole = ['--bot', 'bot-0', '--shard', `${shardOf('bot-0', 2)}/2`];
    writeFileSync(join(cwd, '1.json'), (await blacklistctl(['plan', ...NONE])).stdout);
    writeFileSync(join(cwd, '2.json'), (await blacklistctl(['plan', ...whole])).stdout);
    const joined = reportOf(await run(['show', '1.json', '2.json', '--format', 'json'], { cwd }));
    expect(joined).toMatchObject({ outcome: 'in-sync', bots: [{ id: 'bot-0' }] });
  });

  test('has metrics of 0 bots', async () => {
    const { cwd, blacklistctl } = await makeWorld();
    await blacklistctl(['drift', ...NONE, '--metrics', 'drift.prom']);
    expect(readFileSync(join(cwd, 'drift.prom'), 'utf8')).toContain('\nblacklistctl_bots{command="drift"} 0\n');
  });
});

describe('files that define no bot', () => {
  const FILES = { 'no bots': 'bots: {}\n', 'lists alone': 'lists: { fraud: { numbers: ["+12015550123"] } }\n' };
  const rows = Object.entries(FILES).flatMap(([name, text]) => COMPARING.map((command) => ({ name, text, command })));

  test.each(rows)('with $name make $command report them as invalid', async ({ text, command }) => {
    const { api, cwd, blacklistctl } = await makeWorld();
    writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\n${text}`);
    const ran = await blacklistctl(command.split(' '));
    expect(ran.code).toBe(6);
    const message = 'the files declare no bot, so there is no live list to read; declare one under "bots:", or pass';
    expect(reportOf(ran)).toMatchObject({
      outcome: 'invalid',
      errors: [{ message: expect.stringContaining(message) }],
    });
    expect(api.seen).toHaveLength(0);
    const named = reportOf(await blacklistctl([...command.split(' '), '--bot', 'bot-0']));
    expect(named.errors[0]!.message).toBe('--bot bot-0: the files do not declare this bot. The files declare no bot');
  });

  test.each(Object.values(FILES))('can be checked, formatted and imported into: %j', async (text) => {
    const { cwd, blacklistctl } = await makeWorld();
    writeFileSync(join(cwd, 'blacklist.yaml'), `version: 1\ndefaults: { region: eu1, tokenEnv: T }\n${text}`);
    expect((await run(['validate'], { cwd })).code).toBe(0);
    expect((await run(['fmt', '--check'], { cwd })).code).toBe(0);
    const imported = await blacklistctl(['import', '--bot', 'bot-0'], { T: TOKEN });
    expect({ code: imported.code, stderr: imported.stderr }).toMatchObject({ code: 0 });
    expect((await blacklistctl(['plan'], { T: TOKEN })).code).toBe(0);
  });
});
