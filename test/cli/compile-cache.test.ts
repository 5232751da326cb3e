import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileCacheFolder } from '../../src/cli/compile-cache.ts';

const USER = process.getuid?.();

describe.skipIf(USER === undefined)('the folder of compiled code', () => {
  let home = '';
  let folder = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'home-'));
    folder = join(home, '.cache/blacklistctl');
  });
  afterEach(() => rmSync(home, { recursive: true }));

  test('is made in the cache of the user, for the user alone', () => {
    expect(compileCacheFolder({ HOME: home }, USER)).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(compileCacheFolder({ HOME: home }, USER)).toBe(folder); // again
    expect(compileCacheFolder({ HOME: '/nowhere', XDG_CACHE_HOME: home }, USER)).toBe(join(home, 'blacklistctl'));
  });

  test.each([
    ['others may read it', () => chmodSync(folder, 0o755)],
    ['others may write to the folder around it', () => chmodSync(join(home, '.cache'), 0o777)],
    [
      'it is a link',
      () => {
        rmSync(folder, { recursive: true });
        mkdirSync(join(home, 'elsewhere'), { mode: 0o700 });
        symlinkSync(join(home, 'elsewhere'), folder);
      },
    ],
  ])('is not used if %s', (_, change) => {
    compileCacheFolder({ HOME: home }, USER);
    change();
    expect(compileCacheFolder({ HOME: home }, USER)).toBeNull();
  });

  test('is not used if it belongs to another user', () => {
    expect(compileCacheFolder({ HOME: home }, USER! + 1)).toBeNull();
  });

  test.each([
    ['in CI', () => ({ HOME: home, CI: 'true' })],
    ['without a home', () => ({})],
    ['with a relative home', () => ({ HOME: '.' })],
    ['if the home cannot be written', () => ({ HOME: '/proc' })],
  ])('is not made %s', (_, env) => {
    expect(compileCacheFolder(env(), USER)).toBeNull();
    expect(existsSync(join(home, '.cache'))).toBe(false);
  });
});
