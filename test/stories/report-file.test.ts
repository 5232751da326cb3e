/** `--report FILE`: writes a report for other programs, in addition to the output. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { VERSION } from '../../src/cli/program/version.ts';
import { HastyClock } from './clock.ts';
import { isReport, makeDesired, type ReportDocument, run, startApi, uk, yamlOf } from './harness.ts';

async function makeWorld(numbers: readonly string[] = uk(3)) {
  const api = await startApi();
  const cwd = makeDesired({ support: numbers });
  const blacklistctl = (...args: string[]) => run(args, { cwd, env: { BLACKLISTCTL_BASE_URL: api.url, CI: '1' } });
  const recorded = (): ReportDocument => {
    const document: unknown = JSON.parse(readFileSync(join(cwd, 'report.json'), 'utf8'));
    expect(isReport(document), JSON.stringify(isReport.errors)).toBe(true);
    return document as ReportDocument;
  };
  return { api, cwd, blacklistctl, recorded };
}

const AT_NOON = Object.assign(new HastyClock(), { unix: () => Date.parse('2026-06-15T12:00:00Z') / 1000 });
const RECORDING = ['--report', 'report.json'];
const ADDS = uk(3).map((number) => `+${number}`);

describe('--report', () => {
  test.each([
    ['plan', ['plan'], 0, { outcome: 'changes', bots: [{ add: ADDS }] }],
    ['apply', ['apply', '--yes'], 0, { outcome: 'applied', bots: [{ add: ADDS, results: { applied: 3 } }] }],
    ['drift', ['drift', '--settle', '0'], 2, { outcome: 'changes', bots: [{ add: ADDS }] }],
  ] as const)(
    'of %s has numbers in full and is private, although the output is masked',
    async (_, args, code, holds) => {
      const { cwd, blacklistctl, recorded } = await makeWorld();
      const finished = await blacklistctl(...args, ...RECORDING);
      expect(finished.code).toBe(code);
      expect(finished.output).not.toContain(ADDS[0]);
      expect(recorded()).toMatchObject({ command: args[0], ...holds });
      expect(statSync(join(cwd, 'report.json')).mode & 0o777).toBe(0o600);
    },
  );

  const SHA = '1a2b3c4d'.repeat(5);
  test.each([
    ['the default path, outside CI', {}, [], { commit: null, paths: ['blacklist.yaml'] }],
    ['all paths', {}, ['blacklist.yaml', 'more'], { commit: null, paths: ['blacklist.yaml', 'more'] }],
    ['the commit of a GitHub workflow', { GITHUB_SHA: SHA }, [], { commit: SHA }],
    ['the commit of a GitLab pipeline', { CI_COMMIT_SHA: SHA }, [], { commit: SHA }],
    ['no commit if the variable holds something else', { GITHUB_SHA: `${SHA}\n@team` }, [], { commit: null }],
  ])('names the version, the start and %s', async (_, variables, paths, expected) => {
    const { api, cwd, recorded } = await makeWorld();
    mkdirSync(join(cwd, 'more'));
    writeFileSync(join(cwd, 'more', 'sales.yaml'), yamlOf({ sales: [] }));
    const env = { BLACKLISTCTL_BASE_URL: api.url, ...variables };
    await run(['plan', ...paths, ...RECORDING], { cwd, env, clock: AT_NOON });
    expect(recorded().run).toEqual(
      expect.objectContaining({ started: '2026-06-15T12:00:00Z', version: VERSION, ...expected }),
    );
  });

  test('keeps the facts of its run when show prints it', async () => {
    const { cwd, blacklistctl, recorded } = await makeWorld();
    await blacklistctl('plan', ...RECORDING);
    const { stdout } = await run(['show', 'report.json', '--format', 'json'], { cwd, env: { GITHUB_SHA: SHA } });
    expect(JSON.parse(stdout).run).toEqual(recorded().run);
  });

  test.each([[['plan']], [['apply', '--yes']]])('of %o is written even if the files have errors', async (args) => {
    const { cwd, blacklistctl, recorded } = await makeWorld();
    await blacklistctl(...args, ...RECORDING);
    writeFileSync(join(cwd, 'blacklist.yaml'), yamlOf({ support: ['1'] }));
    expect((await blacklistctl(...args, ...RECORDING)).code).toBe(6);
    expect(recorded()).toMatchObject({ command: args[0], outcome: 'invalid', bots: [], errors: [{ line: 6 }] });
  });

  test.each([
    ['a folder', 'folder', 'this is a folder, not a file'],
    ['a file of another kind', 'blacklist.yaml', 'a file of this name exists and is not a JSON report'],
    ['a file in a folder that does not exist', 'missing/report.json', 'the folder missing does not exist'],
  ])('of %s is an error before a list is read', async (_, name, why) => {
    const { api, cwd, blacklistctl } = await makeWorld();
    mkdirSync(join(cwd, 'folder'));
    const before = readFileSync(join(cwd, 'blacklist.yaml'));
    for (const args of [['plan'], ['apply', '--yes'], ['drift']]) {
      const { code, stderr } = await blacklistctl(...args, '--report', name);
      expect(code).toBe(1);
      expect(stderr).toContain(`error: ${name}: cannot write: ${why}`);
      expect(stderr.match(/cannot write/g)).toHaveLength(1);
    }
    expect(api.seen).toHaveLength(0);
    expect(readFileSync(join(cwd, 'blacklist.yaml'))).toEqual(before);
  });

  test('is checked before a list is read, like all other output files', async () => {
    const { api, blacklistctl } = await makeWorld();
    const [missing, why] = ['missing/drift.prom', 'cannot write: the folder missing does not exist; create it first'];
    const planned = await blacklistctl('plan', '--out', 'blacklist.yaml', '--report', 'missing/report.json');
    expect(planned).toMatchObject({ code: 1, stdout: '' });
    expect(planned.stderr).toContain(
      'error: blacklist.yaml: cannot write: a file of this name exists and is not a saved plan;',
    );
    expect(planned.stderr).toContain(`error: missing/report.json: ${why}\n`);
    const drifted = await blacklistctl('drift', '--metrics', missing);
    expect(drifted).toMatchObject({ code: 1, stdout: '', stderr: `error: ${missing}: ${why}\n` });
    const imported = await blacklistctl(
      'import',
      'missing/new.yaml',
      '--bot',
      'b',
      '--region',
      'eu1',
      '--token-env',
      'B',
    );
    expect(imported.stderr).toContain(`error: missing/new.yaml: ${why}\n`);
    expect(api.seen).toHaveLength(0);
  });

  test('does not replace the saved plan that is applied or saved', async () => {
    const { api, cwd, blacklistctl } = await makeWorld();
    await blacklistctl('plan', '--out', 'plan.json');
    const saved = readFileSync(join(cwd, 'plan.json'), 'utf8');
    api.forget();
    expect((await blacklistctl('apply', '--plan', 'plan.json', '--report', 'plan.json')).code).toBe(1);
    expect(api.seen).toHaveLength(0);
    expect(readFileSync(join(cwd, 'plan.json'), 'utf8')).toBe(saved);
    expect((await blacklistctl('plan', '--out', 'new.json', '--report', 'new.json')).code).toBe(1);
    expect(readFileSync(join(cwd, 'new.json'), 'utf8')).toMatch(/^\{\s*"kind": "blacklistctl-plan"/);
  });

  test('that becomes unwritable after the writes fails the run, which reports the writes as done', async () => {
    const api = await startApi({
      fault: ({ method }) => {
        if (method !== 'GET') mkdirSync(join(cwd, 'report.json'), { recursive: true });
        return 'pass';
      },
    });
    const cwd = makeDesired({ support: uk(3) });
    const { code, stdout, stderr } = await run(['apply', '--yes', ...RECORDING, '--base-url', api.url], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('report.json: cannot write: this is a folder, not a file');
    expect(stdout).toContain('All changes were applied, but the run failed after that. Fix the reported errors.');
    expect(api.list('support')).toEqual(uk(3));
  });
});
