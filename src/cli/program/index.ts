import { Argument, type Command, Option, type OutputConfiguration } from 'commander';
import { defaultOf } from '../../desired/schema/settings.ts';
import type { Report } from '../../model/report.ts';
import type { Context } from '../../steps/context.ts';
import { age, day, days, duration, PATHS } from './arguments.ts';
import { HelpfulCommand } from './command.ts';
import { addEditing, type Editor } from './editing.ts';
import { COMPLETION_HELP, EXAMPLES, examplesText } from './examples.ts';
import {
  type Flags,
  type Invocation,
  repeatable,
  withAddsOnly,
  withBots,
  withClient,
  withOutput,
  withReport,
  withWarnings,
} from './options.ts';
import { checkPaths, pathsOf } from './parse.ts';
import { addSandbox, type RunSandbox } from './sandbox.ts';
import { settingsOf, withSettings, withWorkflows } from './settings.ts';
import { VERSION } from './version.ts';

export { EXAMPLES };

export interface Handlers {
  invoke(invocation: Invocation): Promise<void>;
  sandbox: RunSandbox;
  completion(shell: string): Promise<void>;
}

/** Defines the command line. The commands are loaded when one runs, as the help needs none of them. */
export function makeProgram(env: Context['env'], handlers: Handlers, output: OutputConfiguration): HelpfulCommand {
  const program = new HelpfulCommand('blacklistctl');
  program
    .description('Make the live blacklists of WhatsApp bots equal to the desired state in Git.')
    .optionsGroup('Help:')
    .version(VERSION, '-v, --version', 'Print the version')
    .helpCommand('help [command]', 'Show the help of a command')
    .addHelpOption(new Option('-h, --help', 'Show help').helpGroup('Help:'))
    .showSuggestionAfterError(false) // HelpfulCommand suggests more
    .exitOverride()
    .hook('preAction', (_, command) => checkPaths(command));
  program.configureOutput(output);
  // Without [options], and with narrow descriptions, the list of commands fits 60 columns.
  program.configureHelp({ minWidthToWrap: 20, subcommandTerm: termOf });

  const withApi = (command: Command) => withClient(withBots(command, env));
  /** Makes the action of a command from its function, which takes the arguments, the options and the context. */
  const run =
    <Args extends unknown[], Options>(
      load: () => Promise<(...given: [...Args, Options, Context]) => Promise<Report>>,
    ) =>
    (...parsed: unknown[]) => {
      const command = parsed.at(-1) as Command;
      const { bot, baseUrl = env.BLACKLISTCTL_BASE_URL, ...rest } = command.opts<Flags>();
      const options = { ...rest, bots: bot, baseUrl, settings: settingsOf(rest) };
      return handlers.invoke({
        command: command.name(),
        paths: pathsOf(command),
        options,
        run: async (context) => (await load())(...(command.processedArgs as Args), options as Options, context),
      });
    };

  const validate = program
    .command('validate')
    .description('Check the files, without reading any live list')
    .argument('[paths...]', PATHS);
  withWarnings(withOutput(withBots(validate, env)))
    .option('--expiring <days>', 'Warn of entries and rules that expire within this time, such as 14d or 2w', days)
    .action(run(async () => (await loadCommands()).validate));

  const plan = program
    .command('plan')
    .description('Show what apply would change')
    .argument('[paths...]', PATHS)
    .optionsGroup('Comparison:')
    .option(
      '--base <ref>',
      'For each change, show whether the files changed after this commit (config) or not (drift); also show changed settings and removed bots',
    )
    .addOption(
      repeatable(
        '--contacts <id=file>',
        'Count the numbers that this bot (before =) can block now; the file (after =) lists the users who wrote to the bot in the last 24 hours (repeatable)',
        'none',
      ),
    )
    .option('--detailed-exitcode', 'Exit with 2 if there are changes');
  withReport(withAddsOnly(withApi(plan), 'Plan only adds; removals are counted, and wait'))
    .option('--out <file>', 'Save the plan to a file for apply --plan')
    .action(run(async () => (await loadCommands()).plan));

  const apply = program
    .command('apply')
    .description('Make the live lists equal to the files')
    .argument('[paths...]', PATHS)
    .optionsGroup('Consent:')
    .option('--yes', 'Apply without confirmation; the guard can still refuse')
    .option('--approve <fingerprint>', 'Apply only the plan with this fingerprint, even if the guard refuses it')
    .option('--plan <file>', 'Apply a saved plan, unless it is too old or contradicts the files')
    .option('--max-age <duration>', 'Refuse a saved plan that is older than this (default: 24h)', age)
    .optionsGroup('Result:')
    .option(
      '--wait [duration]',
      'Wait until the changes are visible in the live lists, for at most this time (5m if omitted)',
      duration,
    )
    .option('--fail-on-pending', 'Exit with 4 if a number is pending, that is, waits for a message from its user');
  withReport(withAddsOnly(withApi(apply), 'Send only adds; while removals wait, exit with 4')).action(
    run(async () => (await loadCommands()).apply),
  );

  const drift = program
    .command('drift')
    .description('Report differences between the live lists and the files')
    .argument('[paths...]', PATHS)
    .optionsGroup('Comparison:')
    .option(
      '--settle <duration>',
      'Ignore differences that disappear within this time (default: 5m for sinch, 0 for other providers)',
      duration,
    )
    .option('--fail-on-pending', 'Count pending numbers as drift (numbers that may wait for a message from their user)')
    .option(
      '--since <file>',
      'Compare with an earlier report, and mark what is new, still there, resolved or unblocked; without it, drift finds numbers that were unblocked outside Git only for sinch',
    );
  withReport(withApi(drift)).action(run(async () => (await import('./commands-with-reports.ts')).drift));

  const list = program
    .command('list')
    .description(
      'List the declared numbers of each bot that have not expired, or with --live the numbers of the live lists',
    )
    .argument('[paths...]', PATHS);
  withApi(list)
    .optionsGroup('Source:')
    .option('--live', 'List the numbers of the live lists')
    .option('--at <commit>', 'List the numbers that were in force when this commit was made')
    .option(
      '--on <date>',
      'List the entries of the current files that have not expired on this day; for the files of a past day, add --at',
      day,
    )
    .action(run(async () => (await loadCommands()).list));

  const explain = program
    .command('explain')
    .description('Explain where a number is declared, ignored or protected, and what apply would do')
    .argument('<number>', 'The phone number to explain')
    .argument('[paths...]', PATHS);
  withApi(explain)
    .optionsGroup('Source:')
    .option('--live', 'Also look for the number in the live lists')
    .option('--history', 'Also show the commits that declared, changed or removed the number')
    .action(run(async () => (await loadCommands()).explain));

  const importing = program
    .command('import')
    .description('Copy the live lists into a file of desired state')
    .argument('[file]', 'The file to write (default: blacklist.yaml; created if it does not exist)')
    .argument('[paths...]', 'Other files or folders to read, such as shared lists; import does not change them')
    .optionsGroup('Selection:')
    .addOption(repeatable('--bot <id>', 'Import this bot, which may be new (repeatable)', 'every bot of the file'))
    .option('--from <source>', 'Import the live numbers of another bot, or the numbers and waIds of a JSON report')
    .optionsGroup('New bots:');
  withClient(withSettings(importing, 'from the file')).action(
    run(async () => (await import('./commands-with-reports.ts')).importLists),
  );

  addEditing(program, (name) => run<unknown[], unknown>(async () => (await loadCommands())[name] as Editor));

  const show = program
    .command('show')
    .description('Show a saved plan, or join JSON reports into one report')
    .argument('<files...>', 'A saved plan, or the JSON reports of the shards of one run');
  withWarnings(withOutput(show)).action(run(async () => (await import('./commands-with-reports.ts')).show));

  addSandbox(program, env, handlers.sandbox);

  const init = program
    .command('init')
    .description('Create the first files: desired state, schema and workflows')
    .optionsGroup('Answers:')
    .addOption(repeatable('--bot <id>', 'Declare this bot (repeatable)', 'init asks'));
  withWorkflows(withSettings(init, 'init asks', (key) => defaultOf(key) ?? 'init asks'));
  withOutput(init).action(run(async () => (await loadCommands()).init));

  program
    .command('completion')
    .description('Print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'The shell').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', COMPLETION_HELP)
    .action((shell: string) => handlers.completion(shell));

  program
    .command('version')
    .description('Print the version')
    .action(() => output.writeOut?.(`${VERSION}\n`));

  for (const command of [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)]) {
    const hasDuration = command.options.some(({ flags }) => flags.includes('duration'));
    command.addHelpText('after', `${hasDuration ? DURATIONS : ''}\nExamples:\n${examplesText(command.name())}`);
  }
  return program;
}

const DURATIONS = '\nA duration has a unit, such as 500ms, 30s, 5m or 1h.\nWithout a unit, it is in seconds.\n';

const loadCommands = () => import('./commands.ts');

/** `explain <number> [paths...]`: every command has options. */
const termOf = (command: Command) => [command.name(), command.usage().replace(/^\[options\] ?/, '')].join(' ').trim();
