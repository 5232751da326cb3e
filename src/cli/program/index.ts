import { Argument, Command, Option, type OutputConfiguration } from 'commander';
import type { DriftOptions } from '../../commands/drift/drift.ts';
import type { FmtOptions } from '../../commands/fmt.ts';
import type { InitOptions } from '../../commands/init.ts';
import type { PlanOptions } from '../../commands/plan/plan.ts';
import type { ValidateOptions } from '../../commands/validate.ts';
import type { Context } from '../../steps/context.ts';
import type { ApiOptions, ApplyOptions, WarningRules } from '../../steps/options.ts';
import { exitCode } from '../exit-code.ts';
import type { OutputOptions } from '../output.ts';
import type { RecordOptions } from '../records.ts';
import { collect, days, duration, FILES, PATHS, shard, someTime, whole } from './arguments.ts';
import { addImport } from './import.ts';
import { type ApiFlags, type Invocation, withWarnings } from './options.ts';
import { addQuestions } from './questions.ts';
import { addSandbox, type SandboxOptions } from './sandbox.ts';

export interface Handlers {
  invoke(invocation: Invocation): Promise<void>;
  sandbox(options: SandboxOptions): Promise<void>;
  completion(shell: string): Promise<void>;
}

/** The command line. Commands are loaded when they run, so that a start costs only what it uses. */
export function makeProgram(
  version: string,
  formats: readonly string[],
  env: Context['env'],
  handlers: Handlers,
  output: OutputConfiguration,
): Command {
  const program = new Command('blacklistctl')
    .description('Makes the live blacklists of WhatsApp bots equal to the desired state in Git.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride();
  program.configureOutput(output);

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
      .addOption(new Option('--bot <id>', 'only this bot (repeatable)').argParser(collect).default([], 'all'));
  const withLine = (command: Command) =>
    withWarnings(withOutput(command))
      .addOption(new Option('--base-url <url>', "replaces every bot's base URL (env: BLACKLISTCTL_BASE_URL)"))
      .option('--concurrency <n>', 'requests in flight per bot', whole(1, 100), 8)
      .option('--parallel <n>', 'bots worked on at once', whole(1, 100), 4)
      .option('--rate <n>', 'requests a second per bot, 0 for unlimited', whole(0, 100_000), 20)
      .addOption(new Option('--timeout <duration>', 'for one request').argParser(someTime).default(30_000, '30s'))
      .option('--retries <n>', 'how often one request is repeated', whole(0, 1000), 5)
      .option('--sandbox [state-file]', 'run against a sandbox in this process (write --sandbox=FILE)');

  const withApi = (command: Command) => withLine(withBots(command));

  const invoke = (
    command: string,
    output: OutputOptions & WarningRules,
    run: Invocation['run'],
    changesCount = false,
    records: RecordOptions | null = null,
  ) =>
    handlers.invoke({
      command,
      output,
      records,
      rules: output,
      run,
      exitCode: (report) => exitCode(report, command, changesCount),
    });
  const api = ({ bot, baseUrl = env.BLACKLISTCTL_BASE_URL, ...rest }: ApiFlags): ApiOptions => ({
    ...rest,
    baseUrl,
    bots: bot,
  });

  withWarnings(withOutput(withBots(program.command('validate').argument('[paths...]', PATHS))))
    .description('check the files, offline')
    .option('--expiring <days>', 'warn of what expires within this time, such as 14d or 2w', days)
    .action((paths: string[], options: OutputOptions & Omit<ValidateOptions, 'bots'> & { bot: string[] }) =>
      invoke('validate', options, async (context) =>
        (await import('../../commands/validate.ts')).validate(paths, { ...options, bots: options.bot }, context),
      ),
    );

  withApi(program.command('plan').argument('[paths...]', PATHS))
    .description('show what would change')
    .option('--out <file>', 'save the plan for apply --plan')
    .option(
      '--base <ref>',
      'label each change: drift if it was due at this commit already, config if it comes with a change of the files since',
    )
    .addOption(
      new Option(
        '--contacts <id=file>',
        'who wrote to this bot in the last 24 hours, a number a line: tells how many adds can be blocked now (repeatable)',
      )
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--detailed-exitcode', 'exit 2 if there are changes')
    .action((paths: string[], options: OutputOptions & ApiFlags & PlanOptions & { detailedExitcode?: boolean }) =>
      invoke(
        'plan',
        options,
        async (context) =>
          (await import('../../commands/plan/plan.ts')).plan(paths, { ...options, ...api(options) }, context),
        options.detailedExitcode ?? false,
      ),
    );

  withApi(program.command('apply').argument('[paths...]', PATHS))
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
          return (await import('../../commands/apply/apply.ts')).apply(
            paths,
            { ...options, ...api(options), wait },
            context,
          );
        }),
    );

  withApi(program.command('drift').argument('[paths...]', PATHS))
    .description('show where live and desired differ; for schedules')
    .option('--settle <duration>', 'how long a difference must last to count (default: 5m where lists lag)', duration)
    .option('--fail-on-pending', "count numbers that may only wait for their user's next message")
    .option('--report <file>', 'write the report to this file as well, as JSON with numbers in full')
    .option('--since <file>', 'an earlier report: tell what is new, still there and resolved since then')
    .option('--metrics <file>', 'write metrics to this file, for the node exporter of Prometheus')
    .action((paths: string[], options: OutputOptions & ApiFlags & DriftOptions & RecordOptions) =>
      invoke(
        'drift',
        options,
        async (context) =>
          (await import('../../commands/drift/drift.ts')).drift(paths, { ...options, ...api(options) }, context),
        true,
        { report: options.report, metrics: options.metrics },
      ),
    );

  addQuestions(program, { withBots, withOutput, withApi, withWarnings, api, invoke });

  addImport(program, { withLine, api, invoke });

  withWarnings(withOutput(program.command('fmt').argument('[paths...]', FILES)))
    .description('bring the files into their canonical form; comments stay')
    .option('--check', 'write nothing; show what would change, and exit 2 if anything would', false)
    .option('--prune-expired', 'take out the entries whose last day is past; comments stay', false)
    .action((paths: string[], options: OutputOptions & FmtOptions) =>
      invoke(
        'fmt',
        options,
        async (context) => (await import('../../commands/fmt.ts')).fmt(paths, options, context),
        true,
      ),
    );

  withWarnings(withOutput(program.command('show').argument('<files...>', 'a saved plan, or JSON reports')))
    .description('show a saved plan, or JSON reports of --shard joined into one')
    .action((files: string[], options: OutputOptions & WarningRules) =>
      invoke('show', options, async (context) =>
        (await import('../../commands/show.ts')).show(files, options, context),
      ),
    );

  addSandbox(program, handlers.sandbox);

  withOutput(program.command('init'))
    .description('write the first files: desired state, its schema, workflows; asks for what no option says')
    .addOption(new Option('--bot <id>', 'a bot to start with (repeatable)').argParser(collect).default([], 'asked for'))
    .addOption(new Option('--region <region>', 'where the bots live').choices(['eu1', 'us1']))
    .option('--token-env <name>', 'the environment variable that holds the token')
    .addOption(new Option('--workflows <which>', 'for plan, apply and drift').choices(['github', 'none']))
    .action((options: OutputOptions & Omit<InitOptions, 'bots'> & { bot: string[] }) =>
      invoke('init', options, async (context) =>
        (await import('../../commands/init.ts')).init({ ...options, bots: options.bot }, context),
      ),
    );

  program
    .command('completion')
    .description('print the completion script of a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', COMPLETION_HELP)
    .action((shell: string) => handlers.completion(shell));

  return program;
}

const COMPLETION_HELP = `
Where each shell looks for it:
  bash  blacklistctl completion bash > ~/.local/share/bash-completion/completions/blacklistctl
        or, without the package bash-completion, in ~/.bashrc: source <(blacklistctl completion bash)
  zsh   in ~/.zshrc, below compinit: source <(blacklistctl completion zsh)
  fish  blacklistctl completion fish > ~/.config/fish/completions/blacklistctl.fish`;
