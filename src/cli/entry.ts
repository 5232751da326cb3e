#!/usr/bin/env node

/** Starts the program. `--version` alone loads nothing, so that it takes no longer than Node. */
const [first, ...others] = process.argv.slice(2);
if (['--version', '-v', 'version'].includes(first ?? '') && others.length === 0) {
  process.stdout.write(`${process.env.BLACKLISTCTL_VERSION ?? '0.0.0'}\n`);
} else {
  await import('./main.ts');
}

export {}; // a module, although it imports nothing at once
