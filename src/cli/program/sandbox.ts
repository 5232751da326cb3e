import { type Command, Option } from 'commander';
import type { ByHand } from '../../sandbox/by-hand.ts';
import type { SandboxServerOptions } from '../../sandbox/server.ts';
import { addBotAndToken, duration, whole } from './arguments.ts';
import { choice, repeatable } from './options.ts';

type Cloud = NonNullable<SandboxServerOptions['cloud']>;

export interface SandboxOptions
  extends Pick<SandboxServerOptions, 'provider' | 'seed' | 'listWithoutPlus' | 'pastEnd' | 'propagation'>,
    Pick<Cloud, 'contact' | 'listShape' | 'capacity' | 'usage'> {
  readonly port: number;
  readonly state?: string;
  readonly log?: boolean;
  readonly bot: readonly (readonly [string, string])[];
  readonly mixedStatus: '200' | '400';
}

/** Serves until the run is stopped; with a change, makes it in the sandbox that listens on the port of the options. */
export type RunSandbox = (options: SandboxOptions, change?: ByHand) => Promise<void>;

/** Adds the only command that makes no report. */
export function addSandbox(program: Command, run: RunSandbox): void {
  const sandbox = program
    .command('sandbox')
    .description('Serve both APIs on this machine, to try things out')
    .option('--port <n>', 'Listen on this port; 0 selects a free one', whole(0, 65_535), 8480)
    .option('--seed', 'Start each list with a few numbers instead of none')
    .option('--log', 'Print a line for each request to stderr, with the changed numbers in full')
    .option('--state <file>', 'Keep the lists in this file')
    .addOption(
      repeatable('--bot <id=token>', 'Serve only this bot, with this token (repeatable)', 'any', addBotAndToken),
    )
    .addOption(choice('--provider <name>', 'Serve only this API', ['sinch', 'whatsapp-cloud']))
    .option('--list-without-plus', 'List numbers without a plus')
    .addOption(
      choice(
        '--past-end <answer>',
        'Set the answer to a request for a page after the last one',
        ['empty', '400'],
        'empty',
      ),
    )
    .addOption(
      new Option('--propagation <duration>', 'Set the time until a write is visible')
        .argParser(duration)
        .default(0, '0s'),
    )
    .addOption(
      choice(
        '--contact <who>',
        'set which users have written to the business at the start (whatsapp-cloud)',
        ['all', 'none'],
        'all',
      ),
    )
    .addOption(
      choice(
        '--mixed-status <status>',
        'set the status of an answer in which some numbers failed (whatsapp-cloud)',
        ['200', '400'],
        '200',
      ),
    )
    .addOption(
      choice(
        '--list-shape <shape>',
        'set the JSON form of a page: entries in data, or in data[].block_users (whatsapp-cloud)',
        ['flat', 'nested'],
        'flat',
      ),
    )
    .option('--capacity <n>', 'limit the number of users on a list (whatsapp-cloud)', whole(0, 1_000_000), 64_000)
    .option('--usage <percent>', 'report this share of the request quota as used (whatsapp-cloud)', whole(0, 1000))
    .action((options: SandboxOptions) => run(options));

  for (const [verb, description] of Object.entries(VERBS) as [ByHand['verb'], string][]) {
    sandbox
      .command(verb)
      .description(description)
      .argument('<bot>', 'a bot id, or the phone number ID of a bot of the Cloud API')
      .argument('<numbers...>', 'phone numbers, such as +12015550123')
      .option('--port <n>', 'set the port of the running sandbox', whole(1, 65_535), 8480)
      .action((list: string, numbers: string[]) =>
        // Commander gives an option that both commands have to the outer one.
        run(sandbox.opts<SandboxOptions>(), { verb, list, numbers }),
      );
  }
}

const VERBS: Readonly<Record<ByHand['verb'], string>> = {
  block: 'block numbers by hand in a running sandbox, as a colleague or another program would',
  unblock: 'unblock numbers by hand in a running sandbox',
  message:
    'record a message from users to the business in a running sandbox: the Cloud API can block them in the next 24 hours',
};
