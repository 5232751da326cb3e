import { type Command, Option } from 'commander';
import type { Env } from '../../model/world.ts';
import { SOME_NUMBERS } from '../../numbers/examples.ts';
import type { ByHand } from '../../sandbox/by-hand.ts';
import type { SandboxServerOptions } from '../../sandbox/server.ts';
import { addBotAndToken, addWaId, duration, whole } from './arguments.ts';
import { choice, repeatable } from './options.ts';

type Cloud = NonNullable<SandboxServerOptions['cloud']>;

export interface SandboxOptions
  extends Pick<SandboxServerOptions, 'provider' | 'seed' | 'listWithoutPlus' | 'pastEnd' | 'propagation'>,
    Pick<Cloud, 'contact' | 'listShape' | 'largePage' | 'capacity' | 'usage' | 'perSecond' | 'writeAnswer'> {
  readonly port: number;
  readonly pageSize: number;
  readonly state?: string;
  readonly log?: boolean;
  readonly bot: readonly (readonly [string, string])[];
  readonly waId: readonly (readonly [string, string])[];
  readonly mixedStatus: '200' | '400';
}

/**
 * Serves until the run is stopped; or, with a change, makes it in the sandbox that listens on the port of the
 * options.
 */
export type RunSandbox = (options: SandboxOptions, change?: ByHand) => Promise<void>;

const PROVIDERS = [
  'sinch',
  'whatsapp-cloud',
  '360dialog',
  'gupshup',
  'kapso',
] satisfies SandboxServerOptions['provider'][];

/** Adds the command that serves the sandbox, and the commands that change a running one. */
export function addSandbox(program: Command, env: Env, run: RunSandbox): void {
  const sandbox = program
    .command('sandbox')
    .description('Serve all APIs on this machine for tests')
    .optionsGroup('Server:')
    .option('--port <n>', 'Listen on this port; 0 is any free port', whole(0, 65_535), 8480)
    .option('--log', 'Print one line on stderr for each request, with the changed numbers unmasked')
    .addOption(repeatable('--bot <id=token>', 'Serve only these bots (repeatable)', 'any', addBotAndToken))
    .addOption(choice('--provider <name>', 'Serve only this API', PROVIDERS))
    .optionsGroup('Lists:')
    .option('--seed', 'Start each list with a few numbers instead of none')
    .option('--state <file>', 'Keep the lists in this file')
    .optionsGroup('Behavior:')
    .option('--list-without-plus', 'Omit the plus sign of numbers in returned lists')
    .addOption(
      choice(
        '--past-end <answer>',
        'Choose the answer to a request for a page after the last page',
        ['empty', '400'],
        'empty',
      ),
    )
    .addOption(
      new Option('--propagation <duration>', 'Make writes visible only after this time')
        .argParser(duration)
        .default(0, '0s'),
    )
    .optionsGroup('Behavior of the Cloud API and of partners:')
    .addOption(
      choice(
        '--contact <who>',
        'Choose which users have written to the business before the start',
        ['all', 'none'],
        'all',
      ),
    )
    .addOption(
      repeatable(
        '--wa-id <number=wa-id>',
        'List the user of this number under this WhatsApp ID (repeatable)',
        'the number itself; in Mexico, Argentina and Brazil, the form that WhatsApp uses',
        addWaId,
      ),
    )
    .addOption(
      choice(
        '--mixed-status <status>',
        'Set the HTTP status of an answer in which some numbers failed (not gupshup)',
        ['200', '400'],
        '200',
      ),
    )
    .addOption(choice('--list-shape <shape>', 'Choose the form of a page (whatsapp-cloud)', ['flat', 'nested'], 'flat'))
    .option('--page-size <n>', 'Limit the users in a page (gupshup: at most 100)', whole(1, 5000), 100)
    .addOption(
      choice(
        '--large-page <answer>',
        'Choose the answer to a request for a page of more users than --page-size and more than 100: a smaller page (cut), an error (refuse), or an internal error (fail)',
        ['cut', 'refuse', 'fail'],
        'cut',
      ),
    )
    .addOption(
      choice(
        '--write-answer <form>',
        'Choose the answer to a write (kapso): a result for each number (ledger), or only that the write succeeded (success)',
        ['ledger', 'success'],
        'ledger',
      ),
    )
    .option('--per-second <n>', 'Limit the requests per second for each list (partners)', whole(1, 1000))
    .option('--capacity <n>', 'Limit the number of users in a list', whole(0, 1_000_000), 64_000)
    .option('--usage <percent>', 'Report this percentage of the request quota as used', whole(0, 1000))
    .action((options: SandboxOptions) => run(options));

  for (const [verb, description] of Object.entries(VERBS) as [ByHand['verb'], string][]) {
    sandbox
      .command(verb)
      .description(description)
      .usage('<bot> <numbers...>')
      .argument('<bot>', 'A phone number ID, gupshup/APP_ID, 360dialog/KEY, or the id of a Sinch bot')
      .argument('<numbers...>', `Phone ${SOME_NUMBERS}`)
      .optionsGroup('Server:')
      .option('--port <n>', 'Use the sandbox on this port (env: BLACKLISTCTL_BASE_URL)', whole(1, 65_535), 8480)
      .action((list: string, numbers: string[]) => {
        // Commander gives an option that both commands have to the outer one.
        const options = sandbox.opts<SandboxOptions>();
        const isGiven = sandbox.getOptionValueSource('port') !== 'default';
        return run({ ...options, port: (isGiven ? null : portIn(env)) ?? options.port }, { verb, list, numbers });
      });
  }
}

/** Returns the port of a sandbox that the base URL of the environment names. */
function portIn({ BLACKLISTCTL_BASE_URL: url = '' }: Env): number | null {
  const port = /^http:\/\/(?:127\.0\.0\.1|localhost):(\d+)\/?$/.exec(url)?.[1];
  return port === undefined ? null : Number(port);
}

const VERBS: Readonly<Record<ByHand['verb'], string>> = {
  block: 'Block numbers in a running sandbox, as a colleague or another program would',
  unblock: 'Unblock numbers in a running sandbox, as a colleague or another program would',
  message: 'Record a message from users to the business, so that they can be blocked at any time in the next 24 hours',
  username: 'Give users a username, so that the Cloud API lists them without their number',
};
