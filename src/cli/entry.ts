#!/usr/bin/env node

/** Starts the program. `--version` alone loads nothing, so that it takes no longer than Node. */
import module from 'node:module';
import { compileCacheFolder } from './compile-cache.ts';

const [first, ...others] = process.argv.slice(2);
if (['--version', '-v', 'version'].includes(first ?? '') && others.length === 0) {
  process.stdout.write(`${process.env.BLACKLISTCTL_VERSION ?? '0.0.0'}\n`);
} else {
  const { enableCompileCache } = module as { enableCompileCache?: (folder: string) => void }; // since Node 22
  const folder = enableCompileCache ? compileCacheFolder(process.env, process.getuid?.()) : null;
  if (folder !== null) enableCompileCache?.(folder);
  await import('./main.ts');
}
