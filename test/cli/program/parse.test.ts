import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { makeProgram } from '../../../src/cli/program/index.ts';
import { parseArguments } from '../../../src/cli/program/parse.ts';

/** The program, and what it was asked to run. */
function makeHandled(): { program: Command; handled: unknown[] } {
  const handled: unknown[] = [];
  const handle = async (what: unknown) => void handled.push(what);
  const silent = { writeOut() {}, writeErr() {} };
  const handlers = { invoke: handle, sandbox: handle, completion: handle };
  return { program: makeProgram('1.2.3', ['text', 'json'], {}, handlers, silent), handled };
}

/** @returns the message, or what is run. */
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

/** Every option of every command that takes a value, present and future. */
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
        new RegExp(`'${flag} <.* has no value, as ${shown} follows it`),
      );
    }
    expect(await parse([command, flag, ''])).toMatch(new RegExp(`'${flag} <.* has an empty value`));
    expect(await parse([command, `${flag}=`])).toMatch(new RegExp(`'${flag} <.* has an empty value`));
  });

  test.each([
    ['that begins with a dash, after "="', ['plan', '--bot=-x'], { bots: ['-x'] }],
    ['that is a dash', ['plan', '--out', '-'], { out: '-' }],
    ['that is a negative number', ['plan', '--out', '-1'], { out: '-1' }],
    ['that has a blank and "="', ['plan', '--contacts', 'a b=c'], { contacts: ['a b=c'] }],
  ])('takes one %s', async (_, args, options) => {
    expect(await parse(args)).toMatchObject({ options });
  });

  test('is no option after --, where all are paths', async () => {
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
  ])('%j', async (args, options) => {
    expect(await parse(args)).toMatchObject({ options });
  });

  test.each([
    [['plan', '--sandbox', ''], /'--sandbox \[state-file\]' has an empty value/],
    [['apply', '--wait', ''], /'--wait \[duration\]' has an empty value/],
    [['apply', '--sandbox=', '--yes'], /'--sandbox \[state-file\]' has an empty value/],
    [['apply', '--wait='], /'--wait \[duration\]' has an empty value/],
  ])('%j is refused', async (args, message) => {
    expect(await parse(args)).toMatch(message);
  });
});

describe('an empty path', () => {
  const commands = makeHandled().program.commands.filter(({ registeredArguments }) =>
    registeredArguments.some((argument) => /path|file/.test(argument.name())),
  );

  test.each(commands.map((command) => command.name()))('is refused by %s', async (command) => {
    const before = command === 'explain' ? ['+12015550123'] : [];
    expect(await parse([command, ...before, ''])).toBe('error: an empty path; is a variable empty?');
    expect(await parse([command, ...before, 'a.yaml', '--quiet', '--', ''])).toMatch(/an empty path/);
  });

  test('is not what an empty number is called', async () => {
    expect(await parse(['explain', ''])).toMatchObject({ command: 'explain' });
  });
});
