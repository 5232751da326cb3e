/** Finds the programs that some tests need. If one is missing, those tests are skipped with the reason; in CI they fail. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, type TestContext } from 'vitest';

export const CHROMIUM = '/usr/bin/chromium';

const runs = (...[command, ...args]: [string, ...string[]]) => spawnSync(command, args).status === 0;

const TESTS = {
  bash: () => runs('bash', '--version'),
  chromium: () => existsSync(CHROMIUM),
  fish: () => runs('fish', '--version'),
  git: () => runs('git', '--version'),
  jq: () => runs('jq', '--version'),
  linux: () => process.platform === 'linux',
  openssl: () => runs('openssl', 'version'),
  promtool: () => runs('promtool', '--version'),
  // The one of BSD has other options.
  'script of util-linux': () => `${spawnSync('script', ['--version']).stdout}`.includes('util-linux'),
  // Some machines permit it to no user, or only to root.
  unshare: () => runs('unshare', '--user', '--map-root-user', '--pid', '--fork', 'true'),
  yamllint: () => runs('yamllint', '--version'),
  zsh: () => runs('zsh', '--version'),
};
export type Tool = keyof typeof TESTS;

const found = new Map<Tool, boolean>();

export function has(tool: Tool): boolean {
  const here = found.get(tool) ?? TESTS[tool]();
  found.set(tool, here);
  return here;
}

/**
 * Skips tests, or fails them in CI, if a tool is missing.
 *
 * @param context of the one test that needs the tool. Without it, all tests of the surrounding suite or file do.
 */
export function needs(tool: Tool, context?: TestContext): void {
  const check = ({ skip }: TestContext) => {
    if (has(tool)) return;
    if (process.env.CI) throw new Error(`there is no ${tool} on this machine, and in CI no test is skipped`);
    skip(`there is no ${tool} on this machine`);
  };
  if (context) check(context);
  else beforeEach(check);
}

const OTHER_USER = 65_534;

/**
 * Runs a function as another user, who owns the folder meanwhile, if this user is root, because root can read
 * everything.
 */
export async function withoutRoot<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  const inside = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  for (const path of [folder, ...inside]) chownSync(path, OTHER_USER, OTHER_USER);
  process.seteuid!(OTHER_USER);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
