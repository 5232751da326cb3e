import { describe, expect, test } from 'vitest';
import { COMMAND_ANSWERS, COMMAND_HABITS, OPTION_HABITS } from '../../../src/cli/program/habits.ts';
import { EXAMPLES, makeProgram } from '../../../src/cli/program/index.ts';
import { parseArguments } from '../../../src/cli/program/parse.ts';
import { makeSanitizer } from '../../../src/report/voice/index.ts';
import * as fc from '../../fast-check.ts';

/** Returns the program and the command that it would run. */
function makeHandled() {
  const handled: unknown[] = [];
  const handle = async (what: unknown) => void handled.push(what);
  const silent = { writeOut() {}, writeErr() {} };
  const handlers = { invoke: handle, sandbox: handle, completion: handle };
  return { program: makeProgram({}, handlers, silent), handled };
}

/** @returns the error message, or the command that would run. */
async function parse(args: readonly string[]): Promise<unknown> {
  const { program, handled } = makeHandled();
  try {
    await parseArguments(program, args);
  } catch (error) {
    expect(handled).toEqual([]);
    return (error as Error).message;
  }
  return handled[0];
}

/** Every option of every command that takes a value, including future ones. */
const taking = makeHandled().program.commands.flatMap((command) =>
  command.options
    .filter(({ required }) => required)
    .flatMap(({ long, short }) => [long, short].flatMap((flag) => (flag ? ([[command.name(), flag]] as const) : []))),
);

describe('an option that needs a value', () => {
  test('is found in nearly every command', () => {
    expect(taking.length).toBeGreaterThan(80);
  });

  test.each(taking)('%s %s: refuses another option, and an empty value', async (command, flag) => {
    for (const next of ['--quiet', '--out=plan.json', '--help', '--version', '-x', '--']) {
      const shown = next.split('=')[0];
      expect(await parse([command, flag, next])).toMatch(
        new RegExp(`${flag} <.* has no value, because ${shown} follows it`),
      );
    }
    expect(await parse([command, flag, ''])).toMatch(new RegExp(`${flag} <.* has an empty value`));
    expect(await parse([command, `${flag}=`])).toMatch(new RegExp(`${flag} <.* has an empty value`));
  });

  test.each([
    ['that begins with a dash, after "="', ['plan', '--bot=-x'], { bots: ['-x'] }],
    ['that is a dash', ['plan', '--out', '-'], { out: '-' }],
    ['that is a negative number', ['plan', '--out', '-1'], { out: '-1' }],
    ['that has a blank and "="', ['plan', '--contacts', 'a b=c'], { contacts: ['a b=c'] }],
  ])('accepts one %s', async (_, args, options) => {
    expect(await parse(args)).toMatchObject({ options });
  });

  test('is a path after --', async () => {
    expect(await parse(['plan', '--', '--out', '--quiet'])).toMatchObject({ command: 'plan', options: { bots: [] } });
  });

  test('does not repeat the value of the option that follows it', async () => {
    expect(await parse(['sandbox', '--state', '--bot=support=secret'])).not.toContain('secret');
  });
});

describe('an option that may have a value', () => {
  test.each([
    [['apply', '--sandbox', '--yes'], { sandbox: '', yes: true }],
    [['apply', '--sandbox=lists.json'], { sandbox: 'lists.json' }],
    [['apply', '--sandbox', 'examples'], { sandbox: '' }],
    [['apply', '--wait', '--yes'], { wait: 300_000, yes: true }],
    [['apply', '--wait', 'examples'], { wait: 300_000 }],
    [['apply', '--wait', '30s'], { wait: 30_000 }],
  ])('is parsed in %j', async (args, options) => {
    expect(await parse(args)).toMatchObject({ options });
  });

  test.each([
    [['plan', '--sandbox', ''], /--sandbox \[state-file\] has an empty value/],
    [['apply', '--wait', ''], /--wait \[duration\] has an empty value/],
    [['apply', '--sandbox=', '--yes'], /--sandbox \[state-file\] has an empty value/],
    [['apply', '--wait='], /--wait \[duration\] has an empty value/],
  ])('%j is refused', async (args, message) => {
    expect(await parse(args)).toMatch(message);
  });
});

describe('an unknown word', () => {
  test.each([
    [['frobnicate'], 'unknown command "frobnicate"'],
    [['help', 'foo'], 'unknown command "foo"'],
    [['help', 'sandbox', 'blok'], 'unknown command "sandbox blok"; did you mean block?'],
    [['sandbox', 'unblok', 'a-bot', '+12015550123'], 'unknown command "sandbox unblok"; did you mean unblock?'],
    [['sandbox', 'foo'], 'unknown command "sandbox foo"'],
    [['help', 'aply'], 'unknown command "aply"; did you mean apply?'],
    [['valdate', 'a.yaml'], 'unknown command "valdate"; did you mean validate?'],
    [['sandbox', 'blok', 'bot', '+12015550123'], 'unknown command "sandbox blok"; did you mean block?'],
    [['sandbox', 'frobnicate'], 'unknown command "sandbox frobnicate"'],
    [['diff'], 'unknown command "diff"; did you mean plan?'],
    [['check'], 'unknown command "check"; did you mean validate?'],
    [['lint'], 'unknown command "lint"; did you mean validate?'],
    [['status'], 'unknown command "status"; did you mean drift?'],
    [['Sync'], 'unknown command "Sync"; did you mean apply?'],
    [
      ['destroy'],
      'unknown command "destroy"; to unblock all numbers of a bot, set "numbers: []" in its file, then run: blacklistctl plan',
    ],
    [
      ['login'],
      'unknown command "login"; set the environment variable that tokenEnv names in the files, because there is no login',
    ],
    [['apply', '--auto-approve'], 'unknown option --auto-approve; did you mean --yes?'],
    [['apply', '-auto-approve'], 'unknown option -auto-approve; did you mean --yes?'],
    [['apply', '-y'], 'unknown option -y; did you mean --yes?'],
    [['plan', '-y'], 'unknown option -y'],
    [['plan', '-v'], 'unknown option -v; did you mean --verbose?'],
    [['sandbox', '-v'], 'unknown option -v; to print the version, run: blacklistctl version'],
    [['plan', '--version'], 'unknown option --version; to print the version, run: blacklistctl version'],
    [['plan', '-out=plan.json'], 'unknown option -out; did you mean --out?'],
    [['plan', '--detailed-exit-code'], 'unknown option --detailed-exit-code; did you mean --detailed-exitcode?'],
    [['validate', '--no-colour'], 'unknown option --no-colour; did you mean --no-color?'],
    [['plan', '--token=secret'], expect.not.stringContaining('secret')],
    [['plan', '--format', 'htm'], expect.stringMatching(/^--format takes one of .*, not "htm"; did you mean html\?$/)],
    [['completion', 'zhs'], '<shell> takes one of bash, zsh, fish, not "zhs"'],
    [['init', 'here'], 'init takes no arguments'],
  ])('%j is an error with a suggestion', async (args, message) => {
    const said = await parse(args);
    expect(typeof message === 'string' ? said : String(said).replace('error: ', '')).toEqual(
      typeof message === 'string' ? `error: ${message}` : message,
    );
  });

  test('is suggested only if the command line has it', () => {
    const { program } = makeHandled();
    const names = program.commands.map((command) => command.name());
    expect(Object.values(COMMAND_HABITS).filter((name) => !names.includes(name))).toEqual([]);
    for (const name of Object.keys({ ...COMMAND_HABITS, ...COMMAND_ANSWERS })) expect(names).not.toContain(name);
    const options = program.commands.flatMap((command) => command.options.map(({ long }) => long));
    const targets = Object.values(OPTION_HABITS).flat();
    expect(targets.filter((option) => !options.includes(option.split(' ')[0]))).toEqual([]);
  });
});

describe('a wrong value', () => {
  const DAY = '--on takes a day such as 2026-12-31';
  /** Masks a message as a run with this argument does. */
  const masked = (said: string, arg: string) =>
    makeSanitizer({ masked: true, args: [arg], secrets: new Set() }).text(said);

  test.each([
    ['list', '--on', '31.12.2026', DAY],
    ['list', '--on', '2026 12 31', DAY],
    ['list', '--on', '2026-12-31 00', DAY],
    ['list', '--on', '２０２６年１２月３１日', DAY],
    ['list', '--on', '20261231', DAY],
    ['list', '--on', '2026-13-40', `${DAY}, not "2026-13-40"`],
    ['list', '--on', '31.12.26', `${DAY}, not "31.12.26"`],
    ['plan', '--timeout', '10.000.000', '--timeout takes a duration such as 500ms, 30s, 5m or 1h, at most 24h'],
    ['plan', '--concurrency', '1000-0000', expect.stringMatching(/^--concurrency takes a whole number from 1 to \d+$/)],
    ['validate', '--expiring', '1-2-3-4-5-6-7', '--expiring takes days or weeks, such as 14d or 2w, at most ten years'],
    ['plan', '--shard', '1234/567', '--shard takes i/n with i from 1 to n, or /n if JOB_COMPLETION_INDEX is set'],
  ])('%s %s %j is quoted only if output does not mask it', async (command, option, value, message) => {
    const said = String(await parse([command, option, value]));
    expect(said.replace(/^error: /, '')).toEqual(message);
    expect(masked(said, value)).toBe(said);
  });

  test('law: any value is quoted only if output does not mask it', async () => {
    const part = fc.constantFrom(...'0123456789', ' ', '-', '.', '/', 'd', 'T', ':', '2026-12-31', 'MTIzNDU2Nzg5');
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 12 }), async (parts) => {
        const arg = `--on=${parts.join('')}`;
        const said = String(await parse(['list', arg]));
        expect(masked(said, arg)).toBe(said);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the help', () => {
  const { program } = makeHandled();
  const commands = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];

  test.each([
    ['of itself is that of the program', ['help', 'help'], /^Usage: blacklistctl \[options\] \[command\]/],
    ['of a command', ['help', 'plan'], /^Usage: blacklistctl plan /],
    ['of a command of a command', ['help', 'sandbox', 'block'], /^Usage: blacklistctl sandbox block /],
  ])('%s', async (_, args, usage) => {
    const { program } = makeHandled();
    const said: string[] = [];
    const all = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)];
    for (const command of all) command.configureOutput({ writeOut: (text) => said.push(text) });
    await expect(parseArguments(program, args)).rejects.toMatchObject({ exitCode: 0 });
    expect(said.join('')).toMatch(usage);
  });

  test.each(commands.map((command) => [command.name(), command] as const))(
    'of %s fits a terminal of 60 columns, examples aside',
    (_, command) => {
      command.configureOutput({ getOutHelpWidth: () => 60 });
      const long = command
        .helpInformation()
        .split('\n')
        .filter((line) => line.length > 60);
      expect(long).toEqual([]);
    },
  );

  test.each(commands.map((command) => [command.name(), command] as const))(
    'of %s gives the form of a duration if it takes one',
    (name, command) => {
      const said: string[] = [];
      command.configureOutput({ writeOut: (text) => said.push(text) });
      command.outputHelp();
      const takesOne = command.options.some(({ flags }) => flags.includes('duration'));
      expect(said.join('').includes('such as 500ms, 30s, 5m or 1h'), name).toBe(takesOne);
    },
  );

  test.each(commands.map((command) => [command.name(), command] as const))(
    'of %s has examples that parse',
    async (name) => {
      const examples = EXAMPLES[name]!;
      expect(examples.length).toBeGreaterThanOrEqual(2);
      expect(examples.length).toBeLessThanOrEqual(3);
      for (const [comment, line] of examples) {
        expect(comment).toMatch(/^[A-Z]/);
        const plain = line.replace(/ > \S+$/, '').replace(/^source <\((.*)\)$/, '$1');
        for (const command of plain.split(' && ')) {
          const [first, ...args] = command.split(' ');
          expect(first).toBe('blacklistctl');
          expect(String(await parse(args)), command).not.toMatch(/^error/);
        }
      }
    },
  );

  test.each(commands.map((command) => [command.name(), command] as const))(
    'of %s describes each option in one sentence that starts with a verb',
    (_, command) => {
      for (const { flags, description } of command.options) {
        expect(description, flags).toMatch(/^[A-Z][a-z]+ /);
        expect(description, flags).not.toMatch(/\.$/);
      }
    },
  );

  test('groups the options by purpose', () => {
    const groups = (name: string) => {
      const { options } = program.commands.find((command) => command.name() === name)!;
      return [...new Set(options.map(({ helpGroupHeading }) => helpGroupHeading))];
    };
    const shared = ['Selection:', 'Output:', 'Warnings:', 'Connection:'];
    expect(groups('plan')).toEqual(['Comparison:', ...shared, 'Saving:']);
    expect(groups('apply')).toEqual(['Consent:', 'Result:', ...shared, 'Saving:']);
    expect(groups('drift')).toEqual(['Comparison:', ...shared, 'Saving:']);
    expect(groups('explain')).toEqual([...shared, 'Source:']);
    expect(groups('validate')).toEqual(['Selection:', 'Output:', 'Warnings:']);
  });
});

describe('an empty path', () => {
  const commands = makeHandled().program.commands.filter(({ registeredArguments }) =>
    registeredArguments.some((argument) => /path|file/.test(argument.name())),
  );

  test.each(commands.map((command) => command.name()))('is refused by %s', async (command) => {
    const before = command === 'explain' ? ['+12015550123'] : [];
    expect(await parse([command, ...before, ''])).toBe(
      'error: a path is empty; is a variable empty? Pass a path, or omit it',
    );
    expect(await parse([command, ...before, 'a.yaml', '--quiet', '--', ''])).toMatch(/a path is empty/);
  });

  test('does not include an empty number', async () => {
    expect(await parse(['explain', ''])).toMatchObject({ command: 'explain' });
  });
});
