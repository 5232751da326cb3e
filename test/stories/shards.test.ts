import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { accounted, makeDesired, reportOf, run, startApi, TOKEN, uk, us } from './harness.ts';

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

describe('the parts of a run', () => {
  test('in an Indexed Job cover every bot once, and their reports join into that of the whole', async () => {
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
    expect(text.stdout).toContain(`Applied: ${bots.reduce((sum, bot) => sum + accounted(bot), 0)} applied in 9 bots`);
  });

  test('counted from 1 are the same', async () => {
    const { blacklistctl } = await makeWorld();
    const ids = async (shard: string, env = {}) =>
      reportOf(await blacklistctl(['plan', '--shard', shard], env)).bots.map(({ id }) => id);
    expect(await ids('2/3')).toEqual(await ids('/3', { JOB_COMPLETION_INDEX: '1' }));
    expect(await ids('1/1')).toHaveLength(9);
  });

  test.each(['0/3', '4/3', '/3', '1', 'x/y', '1/0', '-1/3'])('%s is no part', async (shard) => {
    const { api, blacklistctl } = await makeWorld();
    const planned = await blacklistctl(['plan', `--shard=${shard}`]);
    expect(planned.code).toBe(6);
    expect(reportOf(planned).errors[0]!.message).toContain('It takes i/n');
    expect(api.seen).toHaveLength(0);
  });
});
