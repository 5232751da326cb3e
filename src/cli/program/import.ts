import { type Command, Option } from 'commander';
import type { ImportOptions } from '../../commands/import/import.ts';
import type { ApiOptions } from '../../steps/options.ts';
import type { OutputOptions } from '../output.ts';
import { collect } from './arguments.ts';
import type { ApiFlags, Invocation } from './options.ts';

/** What this file needs of the program that it adds to. */
interface Shapes {
  withLine(command: Command): Command;
  api(flags: ApiFlags): ApiOptions;
  invoke(command: string, output: OutputOptions, run: Invocation['run']): Promise<void>;
}

/** The command that brings live lists into the files. */
export function addImport(program: Command, { withLine, api, invoke }: Shapes) {
  withLine(
    program
      .command('import')
      .argument('[file]', 'one file of desired state (default: blacklist.yaml; made if there is none)')
      .argument('[paths...]', 'files or folders that are read besides: they may have the lists that its bots take'),
  )
    .description('write the live lists into a file of desired state')
    .addOption(
      new Option('--bot <id>', 'this bot, also a new one (repeatable)')
        .argParser(collect)
        .default([], 'every bot of the file'),
    )
    .addOption(new Option('--region <region>', 'where new bots live').choices(['eu1', 'us1']))
    .option('--token-env <name>', "the NAME of the variable that holds new bots' token")
    .option(
      '--from <source>',
      'give the bots the numbers on the live list of this bot of the files, or of a JSON report of one bot',
    )
    .action(
      (
        file: string | undefined,
        paths: string[],
        options: OutputOptions & ApiFlags & Pick<ImportOptions, 'region' | 'tokenEnv' | 'from'>,
      ) =>
        invoke('import', options, async (context) =>
          (await import('../../commands/import/import.ts')).importLists(
            file,
            paths,
            { ...options, ...api(options) },
            context,
          ),
        ),
    );
}
