import type { Command } from 'commander';
import type { ExplainOptions } from '../../commands/explain.ts';
import type { ListOptions } from '../../commands/list.ts';
import type { ApiOptions } from '../../steps/options.ts';
import type { OutputOptions } from '../output.ts';
import { PATHS } from './arguments.ts';
import type { ApiFlags, Invocation } from './options.ts';

/** What this file needs of the program that it adds to. */
interface Shapes {
  withBots(command: Command): Command;
  withOutput(command: Command): Command;
  withApi(command: Command): Command;
  withWarnings(command: Command): Command;
  api(flags: ApiFlags): ApiOptions;
  invoke(command: string, output: OutputOptions, run: Invocation['run']): Promise<void>;
}

/** The commands that answer a question and change nothing. */
export function addQuestions(program: Command, { withBots, withOutput, withApi, withWarnings, api, invoke }: Shapes) {
  withWarnings(withOutput(withBots(program.command('list').argument('[paths...]', PATHS))))
    .description('show the numbers that are in force for each bot, offline')
    .action((paths: string[], options: OutputOptions & Omit<ListOptions, 'bots'> & { bot: string[] }) =>
      invoke('list', options, async (context) =>
        (await import('../../commands/list.ts')).list(paths, { ...options, bots: options.bot }, context),
      ),
    );

  withApi(program.command('explain').argument('<number>', 'a phone number').argument('[paths...]', PATHS))
    .description('show where a number is declared, ignored and protected, and what the next apply does about it')
    .option('--live', 'read the live lists as well, and say on which of them the number is')
    .action((number: string, paths: string[], options: OutputOptions & ApiFlags & ExplainOptions) =>
      invoke('explain', options, async (context) =>
        (await import('../../commands/explain.ts')).explain(number, paths, { ...options, ...api(options) }, context),
      ),
    );
}
