import { type Command, Option } from 'commander';
import type { ByHand } from '../../sandbox/by-hand.ts';
import type { SandboxServerOptions } from '../../sandbox/server.ts';
import { addBotAndToken, duration, whole } from './arguments.ts';
import { choice, repeatable } from './options.ts';

type Cloud = NonNullable<SandboxServerOptions['cloud']>;

export interface SandboxOptions
  extends Pick<SandboxServerOptions, 'provider' | 'seed' | 'listWithoutPlus' | 'pastEnd' | 'propagation'>,
    Pick<Cloud, 'contact' | 'listShape' | 'capacity' | 'usage' | 'perSecond' | 'writeAnswer'> {
  readonly port: number;
  readonly state?: string;
  readonly log?: boolean;
  readonly bot: readonly (readonly [string, string])[];
  readonly mixedStatus: '200' | '400';
}

/** Serves until the run is stopped; with a change, makes it in the sandbox that listens on the port of the options. */
export type RunSandbox = (options: SandboxOptions, change?: ByHand) => Promise<void>;

const PROVIDERS = [
  'sinch',
  'whatsapp-cloud',
  '360dialog',
  'gupshup',
  'kapso',
] satisfies SandboxServerOptions['provider'][];

/** Adds the only command that makes no report. */
export function addSandbox(program: Command, run: RunSandbox): void {
  const sandbox = program
    .command('sandbox')
    .description('serve all APIs on this machine, to try things out')
    .option('--port <n>', 'the port to listen on, 0 for any', whole(0, 65_535), 8480)
    .option('--seed', 'start each list with a few numbers instead of none')
    .option('--log', 'print a line for each request to stderr, with the numbers that it changed in full')
    .option('--state <file>', 'keep the lists in this file')
    .addOption(repeatable('--bot <id=token>', 'serve only these bots (repeatable)', 'any', addBotAndToken))
    .addOption(choice('--provider <name>', 'serve only this API', PROVIDERS))
    .option('--list-without-plus', 'list numbers without a plus')
    .addOption(choice('--past-end <answer>', 'the answer to a page after the last', ['empty', '400'], 'empty'))
    .addOption(
      new Option('--propagation <duration>', 'the time until a write shows').argParser(duration).default(0, '0s'),
    )
    .addOption(
      choice(
        '--contact <who>',
        'the users who have written to the business at the start (not sinch)',
        ['all', 'none'],
        'all',
      ),
    )
    .addOption(
      choice(
        '--mixed-status <status>',
        'the status of an answer in which some numbers failed (not sinch, gupshup)',
        ['200', '400'],
        '200',
      ),
    )
    .addOption(choice('--list-shape <shape>', 'the form of a page (whatsapp-cloud)', ['flat', 'nested'], 'flat'))
    .addOption(choice('--write-answer <form>', 'the answer to a write (kapso)', ['ledger', 'success'], 'ledger'))
    .option('--per-second <n>', 'the requests a second that a list takes (partners of Meta)', whole(1, 1000))
    .option('--capacity <n>', 'the most users that a list can hold (not sinch)', whole(0, 1_000_000), 64_000)
    .option('--usage <percent>', 'the part of the quota that is used (not sinch)', whole(0, 1000))
    .action((options: SandboxOptions) => run(options));

  for (const [verb, description] of Object.entries(VERBS) as [ByHand['verb'], string][]) {
    sandbox
      .command(verb)
      .description(description)
      .argument(
        '<bot>',
        'a bot id, the phone number ID of a bot of the Cloud API, or the name of a list in the state file',
      )
      .argument('<numbers...>', 'phone numbers, such as +12015550123')
      .option('--port <n>', 'the port of the running sandbox', whole(1, 65_535), 8480)
      .action((list: string, numbers: string[]) =>
        // Commander gives an option that both commands have to the outer one.
        run(sandbox.opts<SandboxOptions>(), { verb, list, numbers }),
      );
  }
}

const VERBS: Readonly<Record<ByHand['verb'], string>> = {
  block: 'block numbers by hand in a running sandbox, as a colleague or another program would',
  unblock: 'unblock numbers by hand in a running sandbox',
  message: 'let users write to the business in a running sandbox, so that the Cloud API can block them for 24 hours',
};
