import type { Command } from 'commander';
import type { Report } from '../../model/report.ts';
import { addLabel, FILES } from './arguments.ts';
import { repeatable, withOutput, withWarnings } from './options.ts';

/** A command of this file, with its arguments, options and context. */
export type Editor = (...given: unknown[]) => Promise<Report>;

/** Loads and runs a command; `cli/program/index.ts` makes it. */
type Action = (load: 'fmt' | 'add' | 'remove') => (...parsed: unknown[]) => Promise<void>;

/** Adds the commands that edit files. */
export function addEditing(program: Command, action: Action): void {
  const NUMBERS = 'Phone numbers, or - to read them from standard input, one per line';
  const withTarget = (command: Command, bot: string, list: string, initial: string) =>
    command
      .optionsGroup('Selection:')
      .addOption(repeatable('--bot <id>', bot, initial))
      .option('--list <name>', list)
      .addOption(
        repeatable('--path <path>', 'Read this file or folder of desired state (repeatable)', 'blacklist.yaml'),
      );
  const DRY_RUN = 'Write nothing; show what would change';

  const add = program
    .command('add')
    .description('Add numbers to the files, or update their entries')
    .argument('<numbers...>', NUMBERS);
  withTarget(add, 'Add the numbers to this bot', 'Add the numbers to this list', 'none; --list is then required')
    .optionsGroup('Entry:')
    .option('--reason <text>', 'Set the reason')
    .option('--owner <name>', 'Set the person or team that requested the entry')
    .option('--expires <day>', 'Set the last day, as a date (2026-12-31), or as a time after today (30d, 2w)')
    .addOption(repeatable('--label <name=value>', 'Set a label (repeatable)', 'none', addLabel))
    .option('--dry-run', DRY_RUN);
  withWarnings(withOutput(add)).action(action('add'));

  const remove = program
    .command('remove')
    .description('Remove numbers from a bot or a list; without --bot or --list, from all files, after confirmation')
    .argument('<numbers...>', NUMBERS);
  withTarget(remove, 'Remove the numbers from this bot', 'Remove the numbers from this list', 'none').option(
    '--dry-run',
    DRY_RUN,
  );
  withWarnings(withOutput(remove)).action(action('remove'));

  const fmt = program
    .command('fmt')
    .description('Format the files, and keep their comments')
    .argument('[paths...]', FILES)
    .optionsGroup('Formatting:')
    .option('--check', 'Write nothing; show what would change, and exit with 2 if a file would change')
    .option('--prune-expired', 'Remove expired entries, and keep their comments');
  withWarnings(withOutput(fmt)).action(action('fmt'));
}
