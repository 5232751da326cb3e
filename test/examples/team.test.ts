/** Runs the commands in the README of examples/team, and compares their output. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, reportOf, run } from '../stories/harness.ts';
import { CLI, runProcess } from '../stories/process.ts';

const cwd = join(import.meta.dirname, '../../examples/team');
const env = { SOPS_AGE_KEY_FILE: 'test-key.txt', SUPPORT_TOKEN: 'for-support', SALES_TOKEN: 'for-sales' };
const blacklistctl = (...args: string[]) => run(args, { cwd, env });

describe('examples/team', () => {
  test('has commands in its README that run without changes', async () => {
    const [, block] = /^```sh\n([\s\S]*?)^```$/m.exec(readFileSync(join(cwd, 'README.md'), 'utf8'))!;
    const bin = join(makeFolder(), 'bin');
    mkdirSync(bin);
    symlinkSync(CLI, join(bin, 'blacklistctl'));
    const { code, output } = await runProcess([`set -e\n${block}`], {
      cwd,
      env: { PATH: `${bin}:${process.env.PATH}` },
      through: ['bash', '-c'],
      input: '',
    });
    expect(code, output).toBe(0);
    expect(output).toMatch(/^\+12•••••0123 is declared for .*\nbilling-bot {2}declared\n/m);
  });

  test('is valid and formatted, with one warning, for the encrypted file', async () => {
    const valid = await blacklistctl('validate', '.');
    expect(valid.output).toBe(
      'billing-bot  6 numbers\nsales-bot  10 numbers\nsupport-bot  13 numbers\n\nValid: 29 numbers in 3 bots\nNo live list was read.\n',
    );
    const formatted = await blacklistctl('fmt', '--check', '--error-on', 'W-DUPLICATE', '.');
    expect(formatted.code, formatted.output).toBe(0);
    expect(formatted.stderr).toBe(
      'warning: legal.yaml.age: is encrypted, so it was not formatted [W-ENCRYPTED-SKIPPED]\n',
    );
  });

  test('has a plan that ignores the numbers of the sales team, and needs the key', async () => {
    const planned = await blacklistctl('plan', '--sandbox', '--format', 'json', '.');
    expect(reportOf(planned).bots.map(({ id, add }) => [id, add.length])).toEqual([
      ['billing-bot', 6],
      ['sales-bot', 10],
      ['support-bot', 13],
    ]);
    const { code, stderr } = await run(['validate', '.'], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(/^error: legal\.yaml\.age: is encrypted with age, but no age key is set; /);
  });
});
