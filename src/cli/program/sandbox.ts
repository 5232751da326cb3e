import { type Command, Option } from 'commander';
import type { SandboxServerOptions } from '../../sandbox/server.ts';
import { addBotAndToken, duration, whole } from './arguments.ts';
import { choice, repeatable } from './options.ts';

type Cloud = NonNullable<SandboxServerOptions['cloud']>;

export interface SandboxOptions
  extends Pick<SandboxServerOptions, 'port' | 'provider' | 'listWithoutPlus' | 'pastEnd' | 'propagation'>,
    Pick<Cloud, 'contact' | 'listShape' | 'capacity' | 'usage'> {
  readonly state?: string;
  readonly bot: readonly (readonly [string, string])[];
  readonly mixedStatus: '200' | '400';
}

/** Adds the only command that makes no report: it serves until it is stopped. */
export function addSandbox(program: Command, serve: (options: SandboxOptions) => Promise<void>): void {
  program
    .command('sandbox')
    .description('serve the API on this machine, to try things out')
    .option('--port <n>', 'the port to listen on, 0 for any', whole(0, 65_535), 8480)
    .option('--state <file>', 'keep the lists in this file')
    .addOption(repeatable('--bot <id=token>', 'serve only these bots (repeatable)', 'any', addBotAndToken))
    .addOption(choice('--provider <name>', 'serve only this API', ['sinch', 'whatsapp-cloud']))
    .option('--list-without-plus', 'list numbers without a plus')
    .addOption(choice('--past-end <answer>', 'what a page past the end answers', ['empty', '400'], 'empty'))
    .addOption(
      new Option('--propagation <duration>', 'how long a write takes to show').argParser(duration).default(0, '0s'),
    )
    .addOption(
      choice(
        '--contact <who>',
        'who has written to the business when it starts (whatsapp-cloud)',
        ['all', 'none'],
        'all',
      ),
    )
    .addOption(
      choice(
        '--mixed-status <status>',
        'of an answer in which some numbers failed (whatsapp-cloud)',
        ['200', '400'],
        '200',
      ),
    )
    .addOption(choice('--list-shape <shape>', 'how a page is written (whatsapp-cloud)', ['flat', 'nested'], 'flat'))
    .option('--capacity <n>', 'users that a list holds (whatsapp-cloud)', whole(0, 1_000_000), 64_000)
    .option('--usage <percent>', 'how much of the quota is used (whatsapp-cloud)', whole(0, 1000))
    .action(serve);
}
