import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { PLACEHOLDERS } from '../../../scripts/release/names.mjs';
import type { InitOptions } from '../../../src/commands/init/answers.ts';
import { init } from '../../../src/commands/init/init.ts';
import { UNPUBLISHED } from '../../../src/commands/init/workflows.ts';
import type { InvalidError } from '../../../src/model/errors.ts';
import type { Context } from '../../../src/steps/context.ts';
import type { NewFile } from '../../../src/steps/files.ts';
import { loadDesired } from '../../desired/load.ts';
import * as fc from '../../fast-check.ts';

/** A folder in memory, and the answers of a user, one for each question. */
function makeWorld(
  answers: (string | null)[] | null = null,
  there: Readonly<Record<string, string>> = {},
  packaged = (path: string) => `# ${path}\n  WHATSAPP_CLOUD_TOKEN: any\nend\n`,
) {
  const written = new Map<string, string>();
  const asked: string[] = [];
  const context = {
    files: {
      readPackaged: packaged,
      exists: (path: string) => Object.hasOwn(there, path),
      readIfThere: (path: string) => there[path] ?? null,
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

const ALL: InitOptions = {
  bots: ['support-bot'],
  settings: { region: ['us1'], tokenEnv: ['ACME_TOKEN'] },
  workflows: 'none',
};
const CLOUD: InitOptions = {
  bots: ['a', 'b'],
  settings: { phoneNumberId: ['1', '2'], tokenEnv: ['ACME_TOKEN'] },
  workflows: 'none',
};
const META_SHOWS = 'The App Dashboard of Meta shows the phone number ID under WhatsApp > API Setup.\n';
const GUPSHUP_SHOWS = 'The dashboard of Gupshup shows the app ID and the API key in the settings of the app.\n';
const NO_ANSWER: InitOptions = { bots: [], settings: {} };
const fileOf = ({ written }: ReturnType<typeof makeWorld>) => parse(written.get('blacklist.yaml')!);

describe('with every option', () => {
  test('asks nothing, and writes the values of the options', async () => {
    const world = makeWorld([]);
    const report = await world.run({ ...ALL, bots: ['support-bot', 'sales-bot', 'support-bot'] });
    expect(world.asked).toEqual([]);
    expect(report).toMatchObject({
      outcome: 'written',
      files: [{ name: 'blacklist.yaml' }, { name: 'schemas/blacklist.schema.json' }, { name: '.gitignore' }],
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
      defaults: { provider: 'sinch', region: 'us1', tokenEnv: 'ACME_TOKEN' },
      bots: { 'support-bot': { numbers: [] }, 'sales-bot': { numbers: [] } },
    });
  });

  test.each<[string, InitOptions, object, object]>([
    [
      'an ID for each bot',
      CLOUD,
      { provider: 'whatsapp-cloud', tokenEnv: 'ACME_TOKEN' },
      { a: { phoneNumberId: '1', numbers: [] }, b: { phoneNumberId: '2', numbers: [] } },
    ],
    [
      'a token for each bot',
      { ...CLOUD, provider: '360dialog', settings: { tokenEnv: ['A_KEY', 'B_KEY'] } },
      { provider: '360dialog' },
      { a: { tokenEnv: 'A_KEY', numbers: [] }, b: { tokenEnv: 'B_KEY', numbers: [] } },
    ],
    [
      'one token for one bot',
      { ...CLOUD, bots: ['a'], provider: '360dialog', settings: { tokenEnv: ['A_KEY'] } },
      { provider: '360dialog', tokenEnv: 'A_KEY' },
      { a: { numbers: [] } },
    ],
    [
      'a version for all bots',
      { ...CLOUD, provider: 'kapso', settings: { ...CLOUD.settings, apiVersion: ['v26.0'] } },
      { provider: 'kapso', apiVersion: 'v26.0', tokenEnv: 'ACME_TOKEN' },
      { a: { phoneNumberId: '1', numbers: [] }, b: { phoneNumberId: '2', numbers: [] } },
    ],
    [
      'the provider that has the option',
      { ...CLOUD, bots: ['a'], settings: { appId: ['0123'], tokenEnv: ['T'] } },
      { provider: 'gupshup', tokenEnv: 'T' },
      { a: { appId: '0123', numbers: [] } },
    ],
  ])('writes %s', async (_, options, defaults, bots) => {
    const world = makeWorld();
    await world.run(options);
    expect(fileOf(world)).toEqual({ version: 1, defaults: expect.objectContaining(defaults), bots });
    const { faults } = loadDesired([{ name: 'f.yaml', text: world.written.get('blacklist.yaml')! }], '2026-01-01');
    expect(faults).toEqual([]);
  });

  test('writes the workflows of the package with the variables of all tokens', async () => {
    const world = makeWorld();
    const settings = { tokenEnv: ['A_KEY', 'B_KEY'] };
    const { next } = await world.run({ ...CLOUD, provider: '360dialog', settings, workflows: 'github' });
    const workflows = [...world.written].filter(([name]) => name.startsWith('.github/'));
    const secretLine = (name: string) => `  ${name}: \${{ secrets.${name} }}\n`;
    const secrets = secretLine('A_KEY') + secretLine('B_KEY');
    expect(workflows).toEqual(
      ['pull-request', 'merge', 'drift'].map((name) => [
        `.github/workflows/blacklist-${name}.yml`,
        `# examples/github/${name}.yml\n${secrets}end\n`,
      ]),
    );
    expect(next!.map((line) => line.split(' #')[0])).toEqual([
      'export A_KEY=…',
      'export B_KEY=…',
      'blacklistctl import --bot a --bot b',
      'blacklistctl plan',
      'gh secret set A_KEY',
      'gh secret set B_KEY',
    ]);
  });

  test.each<[string, InitOptions, string]>([
    [
      'one ID for two bots',
      { ...CLOUD, settings: { ...CLOUD.settings, phoneNumberId: ['1'] } },
      '--phone-number-id has 1 value for 2 bots; pass it once for each --bot, in the same order',
    ],
    [
      'the same ID twice',
      { ...CLOUD, settings: { ...CLOUD.settings, phoneNumberId: ['1', '1'] } },
      '--phone-number-id has the same value twice, so two bots would have one list; give each --bot its own value',
    ],
    [
      'one token for two bots, if the token selects the list',
      { ...CLOUD, provider: '360dialog', settings: { tokenEnv: ['T'] } },
      '--token-env has 1 value for 2 bots',
    ],
    [
      'three regions for two bots',
      { ...CLOUD, settings: { region: ['eu1', 'us1', 'eu1'], tokenEnv: ['T'] } },
      '--region has 3 values for 2 bots',
    ],
    [
      'an option of another provider',
      { ...CLOUD, provider: 'gupshup', settings: { appId: ['1', '2'], tokenEnv: ['T'], region: ['eu1'] } },
      '--region is an option for sinch, but the provider is gupshup; remove it',
    ],
    [
      'options of two providers',
      { ...CLOUD, bots: ['a'], settings: { appId: ['1'], region: ['eu1'], phoneNumberId: ['1'], tokenEnv: ['T'] } },
      '--app-id is an option for gupshup, but the provider is whatsapp-cloud; remove it',
    ],
    [
      'a variable of another tool',
      { ...ALL, settings: { ...ALL.settings, tokenEnv: ['GITHUB_TOKEN'] } },
      '--token-env names a variable of the system, of CI or of another tool',
    ],
    [
      'a pasted token',
      { ...ALL, settings: { ...ALL.settings, tokenEnv: ['Canary7bZq9XwRt5Mn3Pk8'] } },
      '--token-env must be the NAME of an environment variable, such as SUPPORT_BOT_TOKEN, never the token itself',
    ],
  ])('refuses %s, and writes nothing', async (_, options, says) => {
    const world = makeWorld();
    const error = await world.run(options).catch((caught: unknown) => caught as InvalidError);
    expect((error as InvalidError).faults.map(({ message }) => message).join('\n')).toContain(says);
    expect(JSON.stringify(error)).not.toContain('Canary');
    expect(world.written.size).toBe(0);
  });
});

describe('a missing option', () => {
  test('is asked for, the provider first, with its default', async () => {
    const world = makeWorld(['', 'a', '1065', '', '']);
    await world.run(NO_ANSWER);
    expect(world.asked).toEqual([
      'API that stores the lists: whatsapp-cloud, 360dialog, gupshup, kapso or sinch (retired) [whatsapp-cloud]: ',
      'Names for your bots, separated by spaces (your choice, such as support-bot): ',
      `${META_SHOWS}The ID of the business phone number (not the phone number itself): `,
      'Name of the environment variable that holds the token [WHATSAPP_CLOUD_TOKEN]: ',
      'Workflows to create (github, gitlab or none) [github]: ',
    ]);
    expect(fileOf(world)).toMatchObject({
      defaults: { provider: 'whatsapp-cloud', tokenEnv: 'WHATSAPP_CLOUD_TOKEN' },
      bots: { a: { phoneNumberId: '1065' } },
    });
    expect(world.written.size).toBe(6);
  });

  test.each<[string, string[], string[], object]>([
    [
      'sinch',
      ['sinch', 'a  b', '', '', 'none'],
      [
        'The region of the bot (eu1 or us1) [eu1]',
        'Name of the environment variable that holds the token [SINCH_WHATSAPP_TOKEN]',
      ],
      { provider: 'sinch', region: 'eu1', tokenEnv: 'SINCH_WHATSAPP_TOKEN' },
    ],
    [
      'whatsapp-cloud',
      ['', 'a b', '1', '2', '', 'none'],
      [
        `${META_SHOWS}The ID of the business phone number (not the phone number itself) of the bot "a"`,
        'The ID of the business phone number (not the phone number itself) of the bot "b"',
        'Name of the environment variable that holds the token [WHATSAPP_CLOUD_TOKEN]',
      ],
      { provider: 'whatsapp-cloud', tokenEnv: 'WHATSAPP_CLOUD_TOKEN' },
    ],
    [
      '360dialog',
      ['360dialog', 'a b', '', 'B_KEY', 'none'],
      [
        'The API key belongs to one phone number, so two bots cannot have the same key. You create it in the 360dialog Hub.\n' +
          'Name of the environment variable that holds the token of the bot "a" [D360_API_KEY]',
        'Name of the environment variable that holds the token of the bot "b"',
      ],
      { provider: '360dialog' },
    ],
    [
      'gupshup',
      ['gupshup', 'a', 'x-1', '', 'none'],
      [
        `${GUPSHUP_SHOWS}The ID of the app at Gupshup`,
        'Name of the environment variable that holds the token [GUPSHUP_API_KEY]',
      ],
      { provider: 'gupshup', tokenEnv: 'GUPSHUP_API_KEY' },
    ],
  ])('of %s is asked for, for each bot if it selects the list', async (_, answers, questions, defaults) => {
    const world = makeWorld(answers);
    await world.run(NO_ANSWER);
    expect(world.asked.slice(2, -1)).toEqual(questions.map((question) => `${question}: `));
    expect(fileOf(world).defaults).toEqual(defaults);
  });

  test('is not asked for if other options imply it', async () => {
    const world = makeWorld(['a', '', 'none']);
    await world.run({ bots: [], settings: { region: ['eu1'] } });
    expect(world.asked[0]).toBe('Bot ids of sinch, separated by spaces: ');
    expect(fileOf(world).defaults.provider).toBe('sinch');
  });

  test('is asked for if other options do not decide it', async () => {
    const world = makeWorld(['kapso', 'a', '', 'none']);
    await world.run({ bots: [], settings: { phoneNumberId: ['1'] } });
    expect(fileOf(world).defaults).toEqual({ provider: 'kapso', tokenEnv: 'KAPSO_API_KEY' });
  });

  test('is asked for again after a wrong answer, with the error', async () => {
    const wrong = ['meta', 'sinch', '', 'a/b', 'a', 'eu2', 'eu1', 'my token', 'GITHUB_TOKEN', 'T', 'jenkins', 'none'];
    const world = makeWorld(wrong);
    await world.run(NO_ANSWER);
    const again = world.asked.filter((question) => question.includes('\n')).map((question) => question.split('\n')[0]);
    expect(again).toEqual([
      'answer whatsapp-cloud, 360dialog, gupshup, kapso or sinch',
      'enter at least one bot id',
      'the bot id "a/b" is not allowed; use 1 to 64 of the characters A-Z a-z 0-9 . _ -, of which at least one is not a dot',
      'answer eu1 or us1',
      'the answer must be the NAME of an environment variable, such as SUPPORT_BOT_TOKEN, never the token itself',
      'the answer names a variable of the system, of CI or of another tool; give the variable of the token another name',
      'answer github, gitlab or none',
    ]);
    expect(world.written.size).toBe(3);
  });

  test('is asked for again if another bot has the same answer', async () => {
    const world = makeWorld(['', 'a b', '+447700900123', '1', '1', '2', '', 'none']);
    await world.run(NO_ANSWER);
    const again = world.asked.filter((question) => question.includes('\n')).map((question) => question.split('\n')[0]);
    expect(again).toEqual([
      META_SHOWS.trim(),
      'enter the ID of the business phone number (not the phone number itself): digits only, the first one from 1 to 9',
      'another bot has this value',
    ]);
  });

  test('without an answer writes nothing', async () => {
    const world = makeWorld(['', 'a', null]);
    await expect(world.run(NO_ANSWER)).rejects.toThrow('no answer, so nothing was written');
    expect(world.written.size).toBe(0);
  });

  test.each<[Partial<InitOptions>, string]>([
    [{ ...ALL, bots: [] }, 'pass --bot ID'],
    [{ bots: ['a'], settings: { region: ['eu1'] }, workflows: 'none' }, 'pass --token-env NAME'],
    [{ ...CLOUD, provider: 'gupshup', settings: {} }, 'pass --app-id ID --token-env NAME'],
    [{ provider: 'sinch' }, 'pass --bot ID --region eu1|us1 --token-env NAME --workflows github|gitlab|none'],
    [
      {},
      'pass --provider whatsapp-cloud|360dialog|gupshup|kapso --bot ID --phone-number-id ID --token-env NAME --workflows github|gitlab|none',
    ],
  ])('is an error without a terminal, which lists the options: %o', async (options, says) => {
    const world = makeWorld();
    await expect(world.run({ ...NO_ANSWER, ...options })).rejects.toThrow(
      `cannot ask questions without a terminal; ${says}`,
    );
    expect(world.written.size).toBe(0);
  });
});

describe('a workflow', () => {
  const STEPS = `jobs:
  first:
    steps:
      - uses: actions/checkout@${'a'.repeat(40)} # v6.0.2
        with:
          fetch-depth: 2
      - uses: USED
        with:
          command: plan
          # A comment.
          base: HEAD^1
        env:
          WHATSAPP_CLOUD_TOKEN: \${{ secrets.WHATSAPP_CLOUD_TOKEN }}
  next:
    steps:
      - uses: USED
        with: { command: validate }
`;
  const COPY = `acme/blacklistctl@${'b'.repeat(40)}`;
  const PUBLISHED = `o/r@${'c'.repeat(40)} # v1.2.3`;
  const packaged = (uses: string) => () => STEPS.replaceAll('USED', uses);
  const github: InitOptions = { ...ALL, workflows: 'github' };
  const usesOf = (text: string) => [...text.matchAll(/^ *- uses: (.*)/gm)].map(([, uses]) => uses!);
  const mergeOf = ({ written }: ReturnType<typeof makeWorld>) => written.get('.github/workflows/blacklist-merge.yml')!;

  test('uses the given copy of the action in every step, and keeps the inputs', async () => {
    for (const uses of [UNPUBLISHED, PUBLISHED]) {
      const world = makeWorld(null, {}, packaged(uses));
      const { next } = await world.run({ ...github, action: COPY });
      expect(mergeOf(world)).toBe(STEPS.replaceAll('USED', COPY).replaceAll('WHATSAPP_CLOUD_TOKEN', 'ACME_TOKEN'));
      expect(next!.join('\n')).not.toContain('fill in');
    }
  });

  test('uses the published action if none is given, and asks for none', async () => {
    const world = makeWorld(['github'], {}, packaged(PUBLISHED));
    await world.run({ ...github, workflows: undefined });
    expect(usesOf(mergeOf(world)).slice(1)).toEqual([PUBLISHED, PUBLISHED]);
    expect(world.asked).toHaveLength(1);
  });

  test('fails and says what to fill in until an action is published, with the step as a comment', async () => {
    const world = makeWorld(null, {}, packaged(UNPUBLISHED));
    const { next } = await world.run(github);
    const text = mergeOf(world);
    expect(usesOf(text)).toEqual([`actions/checkout@${'a'.repeat(40)} # v6.0.2`]);
    expect(text).not.toContain(UNPUBLISHED);
    const { jobs } = parse(text) as { jobs: { first: { steps: { run: string }[] } } };
    const [, failing] = jobs.first.steps;
    const { status, stdout } = spawnSync('sh', ['-c', failing!.run], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error title=blacklistctl::fill in the action: .*OWNER\/REPO@COMMIT/);
    expect(next).toContainEqual(expect.stringMatching(/^"\$\{EDITOR:-vi\}" .*# fill in the action/));

    // The message asks for this edit.
    const filled = text
      .replace(/^ *- run: \|\n(?: {10}.*\n)+/gm, '')
      .replace(/^( {6})# /gm, '$1')
      .replaceAll('OWNER/REPO@COMMIT', COPY);
    const given = makeWorld(null, {}, packaged(UNPUBLISHED));
    await given.run({ ...github, action: COPY });
    expect(filled).toBe(mergeOf(given));
  });

  test('asks for the action at a terminal, and Enter leaves it open', async () => {
    const world = makeWorld(['acme/blacklistctl@main', COPY], {}, packaged(UNPUBLISHED));
    await world.run({ ...github });
    expect(world.asked).toEqual([
      'Your copy of the action, as OWNER/REPO@COMMIT; or Enter to fill it in later: ',
      expect.stringMatching(/^enter an action as OWNER\/REPO@COMMIT, with the 40 hex digits/),
    ]);
    expect(usesOf(mergeOf(world)).slice(1)).toEqual([COPY, COPY]);
    const open = makeWorld([''], {}, packaged(UNPUBLISHED));
    await open.run(github);
    expect(mergeOf(open)).toContain('exit 1');
  });

  test('for GitLab is one file with a condition on all tokens', async () => {
    const world = makeWorld(null, {}, () => 'if: a && $WHATSAPP_CLOUD_TOKEN\n');
    const settings = { tokenEnv: ['A_KEY', 'B_KEY'] };
    const { next } = await world.run({ ...CLOUD, provider: '360dialog', settings, workflows: 'gitlab' });
    expect(world.written.get('.gitlab-ci.yml')).toBe('if: a && $A_KEY && $B_KEY\n');
    expect(next!.slice(-3)).toEqual([
      expect.stringMatching(/^glab variable set BLACKLISTCTL_IMAGE … # .*docs\/gitlab\.md/),
      ...['A_KEY', 'B_KEY'].map((name) =>
        expect.stringMatching(`^printf %s "\\$${name}" \\| glab variable set ${name} --masked --protected #`),
      ),
    ]);
  });

  test.each(['gitlab', 'none'])('for %s takes no action', async (workflows) => {
    const world = makeWorld();
    await expect(world.run({ ...ALL, workflows, action: COPY })).rejects.toThrow(
      `--action is an option for --workflows github, not ${workflows}; remove it`,
    );
    expect(world.written.size).toBe(0);
  });

  test('has a placeholder that no one can register', () => {
    expect(UNPUBLISHED).toBe(`${PLACEHOLDERS.repository}@_COMMIT_`);
    expect(UNPUBLISHED).not.toMatch(/^[A-Za-z\d]/); // no name on GitHub begins with an underscore
  });
});

describe('a file that exists', () => {
  test.each([['blacklist.yaml'], ['schemas/blacklist.schema.json'], ['.github/workflows/blacklist-merge.yml']])(
    '%s: nothing is written',
    async (name) => {
      const world = makeWorld([], { [name]: '' });
      await expect(world.run({ ...ALL, workflows: 'github' })).rejects.toThrow(`${name}: already exists`);
      expect(world.written.size).toBe(0);
    },
  );

  test('is reported before any question', async () => {
    const world = makeWorld(['a'], { 'blacklist.yaml': '' });
    await expect(world.run(NO_ANSWER)).rejects.toThrow('already exists');
    expect(world.asked).toEqual([]);
  });
});

describe('.gitignore', () => {
  const linesOf = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  test('is written if there is none, with the files that contain numbers', async () => {
    const world = makeWorld();
    const { next } = await world.run(ALL);
    expect(linesOf(world.written.get('.gitignore')!)).toContain('plan*.json');
    expect(next!.join('\n')).not.toContain('.gitignore');
  });

  test('of the user is kept, and the next steps add the lines that it lacks', async () => {
    const world = makeWorld([], { '.gitignore': 'node_modules/\nplan*.json\r\n state*.json \n' });
    const { next, files } = await world.run(ALL);
    expect(world.written.has('.gitignore')).toBe(false);
    expect(files.map(({ name }) => name)).not.toContain('.gitignore');
    expect(next![0]).toMatch(/^printf '%s\\n' '.*'drift\*\.json'.* >> \.gitignore # /);
    expect(next![0]).not.toContain("'plan*.json'");
    expect(next![0]).not.toContain("'state*.json'");
  });

  test('of the user without a last line end gets one first', async () => {
    const { next } = await makeWorld([], { '.gitignore': 'node_modules/' }).run(ALL);
    expect(next![0]).toMatch(/^printf '%s\\n' '' 'plan/);
  });

  test('of the user that has all lines needs no step', async () => {
    const first = makeWorld();
    await first.run(ALL);
    const world = makeWorld([], { '.gitignore': first.written.get('.gitignore')! });
    const { next } = await world.run(ALL);
    expect(next![0]).toMatch(/^export /);
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
        const { pattern, not } = definitions.tokenEnv;
        const refused = not.anyOf.some((each: { pattern: string }) => new RegExp(each.pattern).test(tokenEnv));
        const settings = { ...ALL.settings, tokenEnv: [tokenEnv] };
        expect(await accepted({ ...ALL, settings })).toBe(new RegExp(pattern).test(tokenEnv) && !refused);
      }),
    );
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
