import { Argument, Command, Option, type OutputConfiguration } from 'commander';
import type { Report } from '../../model/report.ts';
import type { Context } from '../../steps/context.ts';
import { age, days, duration, FILES, PATHS, positiveDuration, shard, whole } from './arguments.ts';
import { choice, type Flags, type Invocation, repeatable, withWarnings } from './options.ts';
import { checkPaths } from './parse.ts';
import { addSandbox, type RunSandbox } from './sandbox.ts';

export interface Handlers {
  invoke(invocation: Invocation): Promise<void>;
  sandbox: RunSandbox;
  completion(shell: string): Promise<void>;
}

/** Defines the command line. A command is loaded when it runs, so that a start costs only what it uses. */
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
    .exitOverride()
    .hook('preAction', (_, command) => checkPaths(command));
  program.configureOutput(output);

  const withOutput = (command: Command) =>
    command
      .addOption(choice('--format <format>', 'how the report is written', formats, 'text'))
      .addOption(
        choice('--numbers <how>', 'show numbers in full or masked (default: masked if CI is set)', ['full', 'masked']),
      )
      .option('--quiet', 'no progress and no warnings')
      .option('--verbose', 'show every number')
      .option('--no-color', 'no colours');
  const withBots = (command: Command) =>
    command
      .option('--shard <i/n>', 'only the i-th of n parts of the bots; /n takes i from JOB_COMPLETION_INDEX', shard(env))
      .addOption(repeatable('--bot <id>', 'only this bot (repeatable)', 'all'));
  const withClient = (command: Command) =>
    withWarnings(withOutput(command))
      .option('--base-url <url>', "replaces every bot's base URL (env: BLACKLISTCTL_BASE_URL)")
      .option('--concurrency <n>', 'requests in flight per bot', whole(1, 100), 8)
      .option('--parallel <n>', 'bots worked on at once', whole(1, 100), 4)
      .option('--rate <n>', 'requests a second per bot, 0 for unlimited', whole(0, 100_000), 20)
      .addOption(
        new Option('--timeout <duration>', 'for one request').argParser(positiveDuration).default(30_000, '30s'),
      )
      .option('--retries <n>', 'how often one request is repeated', whole(0, 1000), 5)
      .option('--sandbox [state-file]', 'run against a sandbox in this process (write --sandbox=FILE)');
  const withApi = (command: Command) => withClient(withBots(command));
  const withReport = (command: Command) =>
    command.option('--report <file>', 'write the report to this file as well, as JSON with numbers in full');

  /** Makes the action of a command from its function, which takes the arguments, the options and the context. */
  const run =
    <Args extends unknown[], Options>(
      load: () => Promise<(...given: [...Args, Options, Context]) => Promise<Report>>,
    ) =>
    (...parsed: unknown[]) => {
      const command = parsed.at(-1) as Command;
      const { bot, baseUrl = env.BLACKLISTCTL_BASE_URL, ...rest } = command.opts<Flags>();
      const options = { ...rest, bots: bot, baseUrl };
      return handlers.invoke({
        command: command.name(),
        options,
        run: async (context) => (await load())(...(command.processedArgs as Args), options as Options, context),
      });
    };

  withWarnings(withOutput(withBots(program.command('validate').argument('[paths...]', PATHS))))
    .description('check the files, offline')
    .option('--expiring <days>', 'warn of what expires within this time, such as 14d or 2w', days)
    .action(run(async () => (await import('../../commands/validate.ts')).validate));

  withReport(withApi(program.command('plan').argument('[paths...]', PATHS)))
    .description('show what would change')
    .option('--out <file>', 'save the plan for apply --plan')
    .option(
      '--base <ref>',
      'label each change: drift if it was due at this commit already, config if it comes with a change of the files since; also show which settings changed since, and which bots left the files',
    )
    .addOption(
      repeatable(
        '--contacts <id=file>',
        'who wrote to this bot in the last 24 hours, a number a line: tells how many adds can be blocked now (repeatable)',
        'none',
      ),
    )
    .option('--detailed-exitcode', 'exit 2 if there are changes')
    .action(run(async () => (await import('../../commands/plan/plan.ts')).plan));

  withReport(withApi(program.command('apply').argument('[paths...]', PATHS)))
    .description('plan, ask, and make the live lists equal to the files')
    .option('--yes', 'do not ask', false)
    .option('--approve <fingerprint>', 'apply only the plan with this fingerprint, and lift the guard for it')
    .option('--plan <file>', 'apply a saved plan, unless it is too old or goes against the files')
    .option('--max-age <duration>', 'refuse a saved plan that is older (default: 24h)', age)
    .option('--wait [duration]', 'wait until the lists show what was written (up to 5m)', duration)
    .option('--fail-on-pending', "exit 4 if a number waits for its user's next message")
    .action(run(async () => (await import('../../commands/apply/apply.ts')).apply));

  withReport(withApi(program.command('drift').argument('[paths...]', PATHS)))
    .description('show where live and desired differ; for schedules')
    .option('--settle <duration>', 'how long a difference must last to count (default: 5m where lists lag)', duration)
    .option('--fail-on-pending', "count numbers that may only wait for their user's next message")
    .option('--since <file>', 'an earlier report: show what is new, still there, resolved or unblocked since then')
    .option('--metrics <file>', 'write metrics to this file, for the node exporter of Prometheus')
    .action(run(async () => (await import('../../commands/drift/drift.ts')).drift));

  withWarnings(withOutput(withBots(program.command('list').argument('[paths...]', PATHS))))
    .description('show the numbers that are in force for each bot, offline')
    .action(run(async () => (await import('../../commands/list.ts')).list));

  withApi(program.command('explain').argument('<number>', 'a phone number').argument('[paths...]', PATHS))
    .description('show where a number is declared, ignored and protected, and what the next apply does about it')
    .option('--live', 'read the live lists as well, and say on which of them the number is')
    .action(run(async () => (await import('../../commands/explain.ts')).explain));

  withClient(program.command('import'))
    .argument('[file]', 'one file of desired state (default: blacklist.yaml; made if there is none)')
    .argument('[paths...]', 'files or folders that are read besides: they may have the lists that its bots take')
    .description('write the live lists into a file of desired state')
    .addOption(repeatable('--bot <id>', 'this bot, also a new one (repeatable)', 'every bot of the file'))
    .addOption(choice('--region <region>', 'where new bots live', ['eu1', 'us1']))
    .option('--token-env <name>', "the NAME of the variable that holds new bots' token")
    .option(
      '--from <source>',
      'give the bots the numbers on the live list of this bot of the files, or of a JSON report of one bot',
    )
    .action(run(async () => (await import('../../commands/import/import.ts')).importLists));

  withWarnings(withOutput(program.command('fmt').argument('[paths...]', FILES)))
    .description('bring the files into their canonical form; comments stay')
    .option('--check', 'write nothing; show what would change, and exit 2 if anything would', false)
    .option('--prune-expired', 'take out the entries whose last day is past; comments stay', false)
    .action(run(async () => (await import('../../commands/fmt.ts')).fmt));

  withWarnings(withOutput(program.command('show').argument('<files...>', 'a saved plan, or JSON reports')))
    .description('show a saved plan, or JSON reports of --shard joined into one')
    .action(run(async () => (await import('../../commands/show.ts')).show));

  addSandbox(program, handlers.sandbox);

  withOutput(program.command('init'))
    .description('write the first files: desired state, its schema, workflows; asks for what no option says')
    .addOption(repeatable('--bot <id>', 'a bot to start with (repeatable)', 'asked for'))
    .addOption(choice('--region <region>', 'where the bots live', ['eu1', 'us1']))
    .option('--token-env <name>', 'the environment variable that holds the token')
    .addOption(choice('--workflows <which>', 'for plan, apply and drift', ['github', 'none']))
    .action(run(async () => (await import('../../commands/init.ts')).init));

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
