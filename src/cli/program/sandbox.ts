import { type Command, Option } from 'commander';
import { botAndToken, duration, whole } from './arguments.ts';

export interface SandboxOptions {
  readonly port: number;
  readonly state?: string;
  readonly bot: readonly (readonly [string, string])[];
  readonly provider?: 'sinch' | 'whatsapp-cloud';
  readonly listWithoutPlus?: boolean;
  readonly pastEnd: 'empty' | '400';
  readonly propagation: number;
  readonly contact: 'all' | 'none';
  readonly mixedStatus: '200' | '400';
  readonly listShape: 'flat' | 'nested';
  readonly capacity: number;
  readonly usage?: number;
}

/** The one command that runs no job: it serves until it is stopped. */
export function addSandbox(program: Command, serve: (options: SandboxOptions) => Promise<void>): void {
  program
    .command('sandbox')
    .description('serve the API on this machine, to try things out')
    .option('--port <n>', 'the port to listen on, 0 for any', whole(0, 65_535), 8480)
    .option('--state <file>', 'keep the lists in this file')
    .addOption(
      new Option('--bot <id=token>', 'serve only these bots (repeatable)').argParser(botAndToken).default([], 'any'),
    )
    .addOption(new Option('--provider <name>', 'serve only this API').choices(['sinch', 'whatsapp-cloud']))
    .option('--list-without-plus', 'list numbers without a plus')
    .addOption(
      new Option('--past-end <answer>', 'what a page past the end answers').choices(['empty', '400']).default('empty'),
    )
    .addOption(
      new Option('--propagation <duration>', 'how long a write takes to show').argParser(duration).default(0, '0s'),
    )
    .addOption(
      new Option('--contact <who>', 'who has written to the business when it starts (whatsapp-cloud)')
        .choices(['all', 'none'])
        .default('all'),
    )
    .addOption(
      new Option('--mixed-status <status>', 'of an answer in which some numbers failed (whatsapp-cloud)')
        .choices(['200', '400'])
        .default('200'),
    )
    .addOption(
      new Option('--list-shape <shape>', 'how a page is written (whatsapp-cloud)')
        .choices(['flat', 'nested'])
        .default('flat'),
    )
    .option('--capacity <n>', 'users that a list holds (whatsapp-cloud)', whole(0, 1_000_000), 64_000)
    .option('--usage <percent>', 'how much of the quota is used (whatsapp-cloud)', whole(0, 1000))
    .action((options: SandboxOptions) => serve(options));
}
