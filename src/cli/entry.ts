#!/usr/bin/env node

/** The entry. `--version` alone loads nothing, and so takes no longer than Node. */
const [first, ...others] = process.argv.slice(2);
if (first === '--version' && others.length === 0) {
  process.stdout.write(`${process.env.BLACKLISTCTL_VERSION ?? '0.0.0'}\n`);
} else {
  await import('./main.ts');
}

export {}; // a module, although it imports nothing at once
