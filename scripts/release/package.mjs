import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Packs the package into a folder, as `blacklistctl-VERSION.tgz`. The files are those of `npm pack`, and the
 * manifest is the one of users: without scripts, and without the packages that the bundle contains.
 */
export function packInto(folder, root, { names, dryRun }) {
  const work = mkdtempSync(join(tmpdir(), 'blacklistctl-pack-'));
  try {
    const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const tarball = `${own.name}-${own.version}.tgz`;
    run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', work], root);
    run('tar', ['-xzf', tarball], work);
    const manifest = manifestOf(own, names);
    // npm refuses to publish a private package, so no dry run can be published.
    const published = dryRun ? { ...manifest, private: true } : manifest;
    writeFileSync(join(work, 'package/package.json'), `${JSON.stringify(published, null, 2)}\n`);
    mkdirSync(folder, { recursive: true });
    run('npm', ['pack', '--silent', '--pack-destination', folder], join(work, 'package'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function manifestOf({ name, version, description, keywords, license, type, bin, engines }, { repository }) {
  const page = `https://github.com/${repository}`;
  const pages = {
    homepage: `${page}#readme`,
    repository: { type: 'git', url: `git+${page}.git` },
    bugs: { url: `${page}/issues` },
  };
  return { name, version, description, keywords, ...pages, license, type, bin, engines };
}

function run(command, args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args[0]} failed: ${error?.message ?? `${stdout}${stderr}`}`);
}
