/**
 * Reports name the API of a run, so that users who forgot a variable or use a sandbox do not take them for
 * the state of the live lists.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDesired, makeFolder, reportOf, run, sentTo, startApi, uk } from './harness.ts';

const CLOUD = `version: 1
defaults: { provider: whatsapp-cloud, tokenEnv: SINCH_WHATSAPP_TOKEN }
bots: { sales: { phoneNumberId: "1065", numbers: [] } }
`;
const SANDBOX = 'Sandbox: no live list was read or written.\n';

describe("a run against another API than the bots' own", () => {
  test('is reported by plan, apply, drift, import, explain, and by show for a saved file', async () => {
    const cwd = makeDesired({ 'support-bot': uk(2) });
    const api = await startApi();
    const env = { BLACKLISTCTL_BASE_URL: api.url };
    const said = async (...args: string[]) => (await run(args, { cwd, env })).stdout;
    const variable = sentTo(api.url);
    expect(await said('plan', '--out', 'plan.json')).toContain(
      `To apply this plan: blacklistctl apply --plan plan.json\n${variable}`,
    );
    expect(await said('show', 'plan.json')).toContain(`This plan uses ${api.url}, not the vendor's API.`);
    const applied = await said('apply', '--plan', 'plan.json');
    expect(applied.replace(/^Saved plan, .*\n/gm, '')).toContain(`minutes.\n${variable}`);
    expect(await said('apply', '--yes')).toContain(variable);
    expect(await said('drift', '--report', 'state.json')).toContain(variable);
    expect(await said('show', 'state.json')).toContain(variable);
    expect(await said('import')).toContain(variable);
    expect(await said('explain', `+${uk(1)[0]}`, '--live')).toContain(variable);
    expect(await said('explain', `+${uk(1)[0]}`)).not.toContain("vendor's API"); // sends no request
    expect(await said('validate')).not.toContain("vendor's API");
    const given = await run(['plan', '--base-url', api.url], { cwd });
    expect(given.stdout).toContain(variable.replace('BLACKLISTCTL_BASE_URL', '--base-url'));
  });

  test.each([
    ['an answer of another server', { status: 404 }, 404],
    ['an answer that is no JSON', { status: 200, body: '<html>' }, 'not JSON'],
  ])('is named in the remedy by the option or the variable that set it, after %s', async (_, answer, says) => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'blacklist.yaml'), CLOUD);
    const { url } = await startApi({ fault: () => answer });
    const remedy = async (args: string[], env = {}) => {
      const report = reportOf(await run(['plan', '--retries', '0', '--format', 'json', ...args], { cwd, env }));
      const { message } = report.bots[0]!.error!;
      expect(message).toContain(says);
      return message.split('; ')[1];
    };
    expect(await remedy(['--base-url', url])).toBe('check --base-url and the proxy');
    expect(await remedy([], { BLACKLISTCTL_BASE_URL: url })).toBe('check BLACKLISTCTL_BASE_URL and the proxy');
  });

  test('is reported as a sandbox with --sandbox, even if BLACKLISTCTL_BASE_URL is set', async () => {
    const cwd = makeDesired({ 'support-bot': uk(2) });
    for (const env of [{}, { BLACKLISTCTL_BASE_URL: 'http://127.0.0.1:1' }]) {
      const applied = await run(['apply', '--yes', '--sandbox'], { cwd, env });
      expect(applied.stdout).toContain(`.\n${SANDBOX}`);
      expect(applied.stdout).not.toContain('Nothing was written');
      expect(applied.stdout).not.toContain("vendor's API");
      const { elsewhere } = reportOf(await run(['plan', '--sandbox', '--format', 'json'], { cwd, env }));
      expect(elsewhere).toEqual([{ origin: 'http://sandbox.localhost', by: '--sandbox' }]);
    }
  });

  test('accepts a token of any length, and does not redact a short one inside of words', async () => {
    const cwd = makeDesired({ 'support-bot': uk(2) });
    const api = await startApi();
    for (const [args, token] of [
      [['--sandbox'], undefined],
      [['--sandbox'], 'an'],
      [['--base-url', api.url], 'an'],
    ] as const) {
      const env = { SINCH_WHATSAPP_TOKEN: token };
      const planned = await run(['plan', ...args, '--format', 'json'], { cwd, env });
      expect(planned.code).toBe(0);
      expect(planned.output).not.toContain('[token]');
      const { bots } = reportOf(planned);
      expect(bots[0]).toMatchObject({ baseUrl: args[1] ?? 'http://sandbox.localhost' });
    }
  });

  test('is the only one that accepts such a short token', async () => {
    const cwd = makeDesired({ 'support-bot': uk(2) });
    const { code, output } = await run(['plan'], { cwd, env: { SINCH_WHATSAPP_TOKEN: 'an' } });
    expect(code).toBe(6);
    expect(output).toContain(
      'SINCH_WHATSAPP_TOKEN (token of the bot "support-bot") has only 2 characters, too few for a token',
    );
    expect(output).not.toContain('[token]');
  });
});
