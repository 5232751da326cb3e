import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type InitOptions, init } from '../../../src/commands/init/init.ts';
import type { Context } from '../../../src/steps/context.ts';
import type { NewFile } from '../../../src/steps/files.ts';
import { loadDesired } from '../../desired/load.ts';
import * as fc from '../../fast-check.ts';

/** A folder in memory, and the answers of a user, one for each question. */
function makeWorld(answers: (string | null)[] | null = null, there: readonly string[] = []) {
  const written = new Map<string, string>();
  const asked: string[] = [];
  const context = {
    files: {
      readPackaged: (path: string) => `# ${path}: SINCH_WHATSAPP_TOKEN\n`,
      exists: (path: string) => there.includes(path),
      createAll(files: readonly NewFile[]) {
        for (const { name, text } of files) written.set(name, text);
      },
    },
    ask:
      answers &&
      (async (question: string) => {
        asked.push(question);
        return answers.shift()!;
      }),
  } as unknown as Context;
  return { written, asked, run: (options: InitOptions) => init(options, context) };
}

const ALL = { bots: ['support-bot'], region: 'us1', tokenEnv: 'ACME_TOKEN', workflows: 'none' };

describe('with every option', () => {
  test('asks nothing, and writes the values of the options', async () => {
    const world = makeWorld([]);
    const report = await world.run({ ...ALL, bots: ['support-bot', 'sales-bot', 'support-bot'] });
    expect(world.asked).toEqual([]);
    expect(report).toMatchObject({
      outcome: 'written',
      files: [{ name: 'blacklist.yaml' }, { name: 'schemas/blacklist.schema.json' }],
      next: [
        'export ACME_TOKEN=…',
        expect.stringMatching(/^blacklistctl import --bot support-bot --bot sales-bot #/),
        expect.stringMatching(/^blacklistctl plan #/),
      ],
    });
    const text = world.written.get('blacklist.yaml')!;
    expect(text).toMatch(/^# yaml-language-server: \$schema=schemas\/blacklist\.schema\.json\n/);
    expect(parse(text)).toEqual({
      version: 1,
      defaults: { region: 'us1', tokenEnv: 'ACME_TOKEN' },
      bots: { 'support-bot': { numbers: [] }, 'sales-bot': { numbers: [] } },
    });
  });

  test('writes the workflows of the package with the name of the secret', async () => {
    const world = makeWorld();
    const { next } = await world.run({ ...ALL, workflows: 'github' });
    const workflows = [...world.written].filter(([name]) => name.startsWith('.github/'));
    expect(workflows).toEqual(
      ['pull-request', 'merge', 'drift'].map((name) => [
        `.github/workflows/blacklist-${name}.yml`,
        `# examples/github/${name}.yml: ACME_TOKEN\n`,
      ]),
    );
    expect(next!.at(-1)).toMatch(/^gh secret set ACME_TOKEN #/);
  });
});

describe('a missing option', () => {
  test('is asked for, with its default', async () => {
    const world = makeWorld(['a  b', '', '', '']);
    await world.run({ bots: [] });
    expect(world.asked).toEqual([
      'Bot ids, separated by spaces: ',
      'Region of the bots (eu1 or us1; for the Cloud API, accept eu1 and edit the file as it describes) [eu1]: ',
      'Environment variable that holds the token [SINCH_WHATSAPP_TOKEN]: ',
      'Workflows to create (github or none) [github]: ',
    ]);
    expect(parse(world.written.get('blacklist.yaml')!)).toMatchObject({
      defaults: { region: 'eu1', tokenEnv: 'SINCH_WHATSAPP_TOKEN' },
      bots: { a: {}, b: {} },
    });
    expect(world.written.size).toBe(5);
  });

  test('is asked for again after a wrong answer, with the error', async () => {
    const world = makeWorld(['', 'a/b', 'a', 'eu2', 'eu1', 'my token', 'T', 'gitlab', 'none']);
    await world.run({ bots: [] });
    const again = world.asked.filter((question) => question.includes('\n')).map((question) => question.split('\n')[0]);
    expect(again).toEqual([
      'enter at least one bot id',
      'the bot id "a/b" is not allowed; use 1 to 64 characters of A-Z a-z 0-9 . _ - and not only dots',
      'answer eu1 or us1',
      '--token-env takes the NAME of an environment variable, not the token itself',
      'answer github or none',
    ]);
    expect(world.written.size).toBe(2);
  });

  test('without an answer writes nothing', async () => {
    const world = makeWorld(['a', null]);
    await expect(world.run({ bots: [] })).rejects.toThrow('no answer, so nothing was written');
    expect(world.written.size).toBe(0);
  });

  test.each<[Partial<InitOptions>, string]>([
    [{ ...ALL, bots: [] }, 'pass --bot ID'],
    [{ bots: ['a'], region: 'eu1', workflows: 'none' }, 'pass --token-env NAME'],
    [{ bots: [] }, 'pass --bot ID --region eu1|us1 --token-env NAME --workflows github|none'],
  ])('is an error without a terminal, which lists the options: %o', async (options, says) => {
    const world = makeWorld();
    await expect(world.run({ bots: [], ...options })).rejects.toThrow(
      `cannot ask questions without a terminal; ${says}`,
    );
    expect(world.written.size).toBe(0);
  });
});

describe('a file that exists', () => {
  test.each([['blacklist.yaml'], ['schemas/blacklist.schema.json'], ['.github/workflows/blacklist-merge.yml']])(
    '%s: nothing is written',
    async (name) => {
      const world = makeWorld([], [name]);
      await expect(world.run({ ...ALL, workflows: 'github' })).rejects.toThrow(`${name}: already exists`);
      expect(world.written.size).toBe(0);
    },
  );

  test('is reported before any question', async () => {
    const world = makeWorld(['a'], ['blacklist.yaml']);
    await expect(world.run({ bots: [] })).rejects.toThrow('already exists');
    expect(world.asked).toEqual([]);
  });
});

test.each([['..'], ['a b'], ['a/b'], [''], ['x'.repeat(65)], ['ä']])('%j is not a bot id', async (id) => {
  const world = makeWorld();
  await expect(world.run({ ...ALL, bots: ['good', id] })).rejects.toThrow(`the bot id "${id}" is not allowed`);
});

describe('init accepts exactly the values of the schema', () => {
  const { definitions } = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../schemas/blacklist.schema.json'), 'utf8'),
  );
  const accepted = (options: InitOptions) =>
    makeWorld()
      .run(options)
      .then(
        () => true,
        () => false,
      );

  test('law: of bot ids', async () => {
    const text = fc.oneof(fc.stringMatching(/^[.\w/ é-]{0,66}$/), fc.stringMatching(/^\.{1,5}a?$/), fc.string());
    await fc.assert(
      fc.asyncProperty(text, async (id) => {
        expect(await accepted({ ...ALL, bots: [id] })).toBe(new RegExp(definitions.botId.pattern).test(id));
      }),
    );
  });

  test('law: of names of variables', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\w -]{1,20}$/), async (tokenEnv) => {
        expect(await accepted({ ...ALL, tokenEnv })).toBe(new RegExp(definitions.tokenEnv.pattern).test(tokenEnv));
      }),
    );
  });

  test('of regions', async () => {
    const world = makeWorld(['nowhere', 'eu1']);
    const { region: _, ...rest } = ALL;
    await world.run(rest);
    expect(world.asked[1]).toContain(`answer ${definitions.sinch.properties.region.enum.join(' or ')}\n`);
  });
});

test('law: every YAML version reads the bot ids as given, and the file is valid', async () => {
  const odd = [
    '123',
    '1e3',
    'true',
    'Null',
    'y',
    'NO',
    '0x1F',
    '1.5',
    '-',
    '-1',
    '2026-01-01',
    '.5',
    '1_000',
    '__proto__',
    '.inf',
    'e0', // js-yaml takes these for numbers
    'e-0',
    'E.1',
  ];
  const id = fc.oneof(
    fc.constantFrom(...odd),
    fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/).filter((text) => !/^\.+$/.test(text)),
  );
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(id, { minLength: 1, maxLength: 20 }), async (bots) => {
      const world = makeWorld();
      await world.run({ ...ALL, bots });
      const text = world.written.get('blacklist.yaml')!;
      const keys = (document: unknown) => Object.getOwnPropertyNames((document as { bots: object }).bots).sort();
      expect(keys(parse(text))).toEqual(bots.toSorted());
      expect(keys(parse(text, { version: '1.1' }))).toEqual(bots.toSorted());
      expect(keys(load(text))).toEqual(bots.toSorted());
      const { bots: loaded, faults } = loadDesired([{ name: 'blacklist.yaml', text }], '2026-01-01');
      expect(faults).toEqual([]);
      expect(loaded.map((bot) => bot.id)).toEqual(bots.toSorted());
    }),
  );
});
