import { Command, InvalidArgumentError, Option } from 'commander';
import type { ApplyOptions } from './commands/apply.ts';
import type { ApiOptions, Context } from './commands/context.ts';
import type { Shard } from './commands/desired.ts';
import type { DriftOptions } from './commands/drift.ts';
import type { PlanOptions } from './commands/plan.ts';
import type { Report } from './model.ts';
import type { OutputOptions } from './output.ts';

/** What a chosen command comes to: run it in a context, then give its exit code. */
export interface Invocation {
  readonly command: string;
  readonly output: OutputOptions;
  run(context: Context): Promise<Report>;
  exitCode(report: Report): number | null;
}

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

export interface Handlers {
  invoke(invocation: Invocation): Promise<void>;
  sandbox(options: SandboxOptions): Promise<void>;
}

type ApiFlags = Omit<ApiOptions, 'bots'> & { readonly bot: readonly string[] };

/** The command line. Commands are loaded when they run, so that a start costs only what it uses. */
export function makeProgram(
  version: string,
  formats: readonly string[],
  env: Context['env'],
  handlers: Handlers,
  clean: (text: string) => string,
): Command {
  const program = new Command('blacklistctl')
    .description('Makes the live blacklists of WhatsApp bots equal to the desired state in Git.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride();
  program.configureOutput({ outputError: (text, write) => write(clean(text)) });

  const withOutput = (command: Command) =>
    command
      .addOption(new Option('--format <format>', 'how the report is written').choices(formats).default('text'))
      .addOption(
        new Option('--numbers <how>', 'show numbers in full or masked (default: masked if CI is set)').choices([
          'full',
          'masked',
        ]),
      )
      .option('--quiet', 'no progress and no warnings')
      .option('--verbose', 'show every number')
      .option('--no-color', 'no colours');
  const withBots = (command: Command) =>
    command
      .option('--shard <i/n>', 'only the i-th of n parts of the bots; /n takes i from JOB_COMPLETION_INDEX', shard(env))
      .option('--bot <id>', 'only this bot (repeatable)', (id: string, ids: string[]) => [...ids, id], []);
  const withApi = (command: Command) =>
    withOutput(withBots(command))
      .addOption(new Option('--base-url <url>', "replaces every bot's base URL").env('BLACKLISTCTL_BASE_URL'))
      .option('--concurrency <n>', 'requests in flight per bot', whole(1, 100), 8)
      .option('--parallel <n>', 'bots worked on at once', whole(1, 100), 4)
      .option('--rate <n>', 'requests a second per bot, 0 for unlimited', whole(0, 100_000), 20)
      .option('--timeout <duration>', 'for one request', someTime, 30_000)
      .option('--retries <n>', 'how often one request is repeated', whole(0, 1000), 5)
      .option('--sandbox [state-file]', 'run against a sandbox in this process (write --sandbox=FILE)');

  const invoke = (command: string, output: OutputOptions, run: Invocation['run'], changesCount = false) =>
    handlers.invoke({
      command,
      output,
      run,
      exitCode: (report) => exitCode(report, command, changesCount),
    });
  const api = ({ bot, ...rest }: ApiFlags): ApiOptions => ({ ...rest, bots: bot });

  withOutput(withBots(program.command('validate [paths...]')))
    .description('check the files, offline')
    .action((paths: string[], options: OutputOptions & { bot: string[]; shard?: Shard }) =>
      invoke('validate', options, async (context) =>
        (await import('./commands/validate.ts')).validate(paths, { bots: options.bot, shard: options.shard }, context),
      ),
    );

  withApi(program.command('plan [paths...]'))
    .description('show what would change')
    .option('--out <file>', 'save the plan for apply --plan')
    .option('--detailed-exitcode', 'exit 2 if there are changes')
    .action((paths: string[], options: OutputOptions & ApiFlags & PlanOptions & { detailedExitcode?: boolean }) =>
      invoke(
        'plan',
        options,
        async (context) => (await import('./commands/plan.ts')).plan(paths, { ...options, ...api(options) }, context),
        options.detailedExitcode ?? false,
      ),
    );

  withApi(program.command('apply [paths...]'))
    .description('plan, ask, and make the live lists equal to the files')
    .option('--yes', 'do not ask', false)
    .option('--approve <fingerprint>', 'apply only the plan with this fingerprint, and lift the guard for it')
    .option('--plan <file>', 'apply a saved plan')
    .option('--wait [duration]', 'wait until the lists show what was written (up to 5m)', duration)
    .option('--fail-on-pending', "exit 4 if a number waits for its user's next message")
    .action(
      (paths: string[], options: OutputOptions & ApiFlags & Omit<ApplyOptions, 'wait'> & { wait?: number | true }) =>
        invoke('apply', options, async (context) => {
          const wait = options.wait === true ? 5 * 60_000 : options.wait;
          return (await import('./commands/apply.ts')).apply(paths, { ...options, ...api(options), wait }, context);
        }),
    );

  withApi(program.command('drift [paths...]'))
    .description('show where live and desired differ; for schedules')
    .option('--settle <duration>', 'how long a difference must last to count (default: 5m where lists lag)', duration)
    .option('--fail-on-pending', "count numbers that may only wait for their user's next message")
    .action((paths: string[], options: OutputOptions & ApiFlags & DriftOptions) =>
      invoke(
        'drift',
        options,
        async (context) => (await import('./commands/drift.ts')).drift(paths, { ...options, ...api(options) }, context),
        true,
      ),
    );

  withOutput(program.command('show <files...>'))
    .description('show a saved plan, or JSON reports of --shard joined into one')
    .action((files: string[], options: OutputOptions) =>
      invoke('show', options, async (context) => (await import('./commands/show.ts')).show(files, context)),
    );

  program
    .command('sandbox')
    .description('serve the API on this machine, to try things out')
    .option('--port <n>', 'the port to listen on, 0 for any', whole(0, 65_535), 8480)
    .option('--state <file>', 'keep the lists in this file')
    .option('--bot <id=token>', 'serve only these bots (repeatable)', botAndToken, [])
    .addOption(new Option('--provider <name>', 'serve only this API').choices(['sinch', 'whatsapp-cloud']))
    .option('--list-without-plus', 'list numbers without a plus')
    .addOption(
      new Option('--past-end <answer>', 'what a page past the end answers').choices(['empty', '400']).default('empty'),
    )
    .option('--propagation <duration>', 'how long a write takes to show', duration, 0)
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
    .action((options: SandboxOptions) => handlers.sandbox(options));

  return program;
}

function exitCode(report: Report, command: string, changesCount: boolean): number | null {
  // What was shown is shown, whatever it says.
  const shown = command === 'show' && (report.command !== 'show' || report.stage === 'plan');
  return shown ? 0 : codeOf(report, changesCount);
}

/** 0 done · 1 failed · 2 changes · 3 refused · 4 in part · 5 stale · 6 invalid · 130 interrupted. */
function codeOf({ outcome, interrupted }: Report, changesCount: boolean): number {
  if (interrupted) return 130;
  const codes = { 'in-sync': 0, applied: 0, failed: 1, refused: 3, partial: 4, stale: 5, invalid: 6 };
  return outcome === 'changes' ? (changesCount ? 2 : 0) : codes[outcome];
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, '': 1000 };

/** `500ms`, `30s`, `5m`, `1h`; a bare number is seconds. In milliseconds, a day at most. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(text) ?? [];
  const value = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (amount === undefined || !(value <= 86_400_000)) {
    throw new InvalidArgumentError('It takes a duration such as 500ms, 30s, 5m or 1h.');
  }
  return value;
}

/** `2/4`; or `/4` in an Indexed Job of Kubernetes, whose JOB_COMPLETION_INDEX counts from 0. */
function shard(env: Context['env']): (text: string) => Shard {
  return (text) => {
    const [, first = '', parts = ''] = /^(\d*)\/(\d+)$/.exec(text) ?? [];
    const completion = env.JOB_COMPLETION_INDEX ?? '';
    const index = first === '' && /^\d+$/.test(completion) ? Number(completion) + 1 : Number(first);
    const count = Number(parts);
    if (index >= 1 && index <= count) return { index, count };
    throw new InvalidArgumentError('It takes i/n with i from 1 to n, or /n where JOB_COMPLETION_INDEX is set.');
  };
}

function someTime(text: string): number {
  const time = duration(text);
  if (time === 0) throw new InvalidArgumentError('It takes a duration above 0.');
  return time;
}

function botAndToken(text: string, all: readonly (readonly [string, string])[]) {
  const [, id, token] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (id === undefined || token === undefined) throw new InvalidArgumentError('It takes ID=TOKEN.');
  return [...all, [id, token] as const];
}
