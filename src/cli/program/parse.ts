/** Parses a command line, for the terminal and for the action. */
import type { Command } from 'commander';

/** @throws CommanderError for a wrong command line, after its message was printed. */
export async function parseArguments(program: Command, args: readonly string[]): Promise<void> {
  await program.parseAsync(settleOptionalValues(args), { from: 'user' });
}

/** Gives `--sandbox` and `--wait` a value if what follows may be a path: `plan --sandbox examples` means the folder. */
function settleOptionalValues(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    if (arg === '--sandbox') return '--sandbox=';
    if (arg === '--wait' && !/^\d/.test(args[index + 1] ?? '')) return '--wait=5m';
    return arg;
  });
}
