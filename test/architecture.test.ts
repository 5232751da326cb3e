import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** The rooms that each room may import, in addition to itself and `generated/`. */
const LAW: Readonly<Record<string, readonly string[]>> = {
  numbers: [],
  model: ['numbers'],
  // Stages share nouns and never import one another.
  desired: ['model', 'numbers'],
  live: ['model', 'numbers'],
  plan: ['model', 'numbers'],
  apply: ['model', 'numbers'],
  report: ['model', 'numbers'],
  // Satisfies the ports that live (PageReader, CursorReader) and apply (Writer) declare: type imports only.
  api: ['model', 'numbers', 'live', 'apply'],
  steps: ['desired', 'live', 'plan', 'apply', 'api', 'model', 'numbers'],
  commands: ['steps', 'desired', 'live', 'plan', 'apply', 'report', 'api', 'model', 'numbers'],
  // cli/world.ts is the only place that combines the real parts.
  cli: ['commands', 'steps', 'desired', 'report', 'api', 'model', 'numbers', 'sandbox'],
  action: ['cli', 'commands', 'steps', 'report', 'model'],
  sandbox: [],
};

/** The same for the parts of the larger rooms. `.` stands for the files at the top of the room. */
const PARTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  desired: {
    source: [],
    yaml: ['source'],
    schema: ['yaml', 'source'],
    'number-files': ['source'],
    edit: ['schema', 'yaml', 'source', '.'],
    '.': ['schema', 'yaml', 'source', 'number-files'],
  },
  report: {
    voice: [],
    words: ['voice'],
    verdict: ['words', 'voice'],
    json: ['words', 'voice'],
    markdown: ['verdict', 'words', 'voice'],
    html: ['verdict', 'words', 'voice'],
    '.': ['json', 'markdown', 'html', 'verdict', 'words', 'voice'],
  },
  api: { providers: ['.'], '.': ['providers'] },
  action: { github: [], '.': ['github'] },
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('generated'))
  .sort();
const source = (file: string) => readFileSync(join(SRC, file), 'utf8');
const code = (file: string) => source(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
const room = (file: string) => file.split('/')[0]!;
const part = (file: string) => (file.split('/').length > 2 ? file.split('/')[1]! : '.');

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/**
 * Returns the imports of a file: files of `src/` by their path, packages as `npm:NAME`. Node's own modules
 * are omitted.
 */
function importsOf(file: string): Import[] {
  const found = code(file).matchAll(
    /^(?:import|export)\s(type\s)?[^;]*?from '([^']+)'(?: with {[^}]*})?;|import\('([^']+)'\)/gm,
  );
  return [...found]
    .map(([, type, fixed, lazy]) => ({ typeOnly: type !== undefined, name: (fixed ?? lazy)! }))
    .filter(({ name }) => !name.startsWith('node:'))
    .map(({ typeOnly, name }) => {
      const to = name.startsWith('.') ? relative(SRC, join(SRC, dirname(file), name)) : `npm:${name}`;
      return { from: file, to, typeOnly };
    });
}

const imports = files.flatMap(importsOf);
const inside = imports.filter(({ to }) => !/^(npm:|generated\/|\.\.\/schemas\/)/.test(to));
const shown = ({ from, to }: Import) => `${from} → ${to}`;

describe('the rooms of src/', () => {
  test('are exactly those of the law, and src/ has no other files', () => {
    expect([...new Set(files.map(room))].sort()).toEqual(Object.keys(LAW).sort());
  });

  test('import one another only as the law allows', () => {
    const broken = inside.filter(({ from, to }) => room(from) !== room(to) && !LAW[room(from)]!.includes(room(to)));
    expect(broken.map(shown)).toEqual([]);
  });

  test.each(Object.keys(PARTS))('include %s, whose parts import one another in one direction', (name) => {
    const within = inside.filter(({ from, to }) => room(from) === name && room(to) === name);
    const broken = within.filter(
      ({ from, to }) => part(from) !== part(to) && !PARTS[name]![part(from)]!.includes(part(to)),
    );
    expect(broken.map(shown)).toEqual([]);
  });

  test('include report, in which only the registry imports formats', () => {
    const within = inside.filter(({ from, to }) => /^report\/(?!index\.ts$)/.test(from) && /^report\//.test(to));
    const broken = within.filter(({ to }) => !/^report\/(voice|words|verdict)\//.test(to));
    expect(broken.filter(({ from, to }) => part(from) === '.' || dirname(from) !== dirname(to)).map(shown)).toEqual([]);
  });

  test('include api, which imports only types from the stages whose ports it satisfies', () => {
    const ported = inside.filter(({ from, to }) => room(from) === 'api' && /^(live|apply)\//.test(to));
    expect(ported.filter(({ typeOnly }) => !typeOnly).map(shown)).toEqual([]);
  });

  test('have at most 14 entries in a folder', () => {
    const entries = (folder: string) => readdirSync(join(SRC, folder)).length;
    const folders = ['.', ...new Set(files.map(dirname))];
    expect(folders.filter((folder) => entries(folder) > 14)).toEqual([]);
  });

  test('have at most 250 lines in a file', () => {
    expect(files.filter((file) => source(file).split('\n').length > 251)).toEqual([]);
  });
});

describe('access to the outside', () => {
  test('to the process is limited to the entries, the world, the clock and the version', () => {
    const touching = files.filter((file) => /\bprocess\.|console\.|Date\.now|Math\.random\(/.test(code(file)));
    expect(
      touching.filter((file) => !/^(action\/index|cli\/(entry|main|world|clock|program\/version))\.ts$/.test(file)),
    ).toEqual([]);
  });

  test('to further modules ends before the first write, because an upgrade may have replaced the files', () => {
    const lazy = files.filter((file) => /\bimport\(/.test(code(file)));
    // These load before a command runs, or while it reads.
    const early = /^(cli\/(entry|program\/index|run-cli|completion\/index|world)|action\/index)\.ts$/;
    const reading = /^desired\/(number-files\/find|source\/decrypt)\.ts$/;
    expect(lazy.filter((file) => !early.test(file) && !reading.test(file))).toEqual([]);
  });

  test('to each package is limited to one place', () => {
    const users: Record<string, string[]> = {};
    for (const { from, to } of imports) {
      if (to.startsWith('npm:') && !users[to]?.includes(from)) users[to] = [...(users[to] ?? []), from];
    }
    expect(users).toEqual({
      'npm:@actions/github': ['action/github/client.ts'],
      'npm:@bomb.sh/tab': ['cli/completion/index.ts'],
      'npm:@bomb.sh/tab/commander': ['cli/completion/index.ts'],
      'npm:age-encryption': ['desired/source/decrypt.ts'],
      'npm:ajv': ['desired/schema/check.ts'],
      'npm:ansis': ['cli/output/index.ts', 'report/text.ts'],
      'npm:commander': [
        'cli/program/arguments.ts',
        'cli/program/command.ts',
        'cli/program/editing.ts',
        'cli/program/index.ts',
        'cli/program/options.ts',
        'cli/program/parse.ts',
        'cli/program/sandbox.ts',
        'cli/program/settings.ts',
      ],
      'npm:diff': ['desired/edit/hunks.ts', 'report/words/files.ts'],
      'npm:libphonenumber-js/max': ['numbers/plausible.ts'],
      'npm:node-fetch': ['api/http.ts'],
      'npm:p-limit': ['api/governor.ts', 'steps/fleet.ts'],
      'npm:proxy-from-env': ['api/route.ts'],
      'npm:semver/classes/range.js': ['desired/schema/requires.ts'],
      'npm:yaml': [
        'desired/yaml/cst.ts',
        'desired/yaml/parse.ts',
        'desired/yaml/places.ts',
        'desired/yaml/syntax.ts',
        'desired/yaml/values.ts',
      ],
    });
  });

  test('to a provider by its name is limited to its own file and the registry', () => {
    const naming = files.filter((file) =>
      /\bsinch\b|whatsapp-cloud|360dialog|gupshup|kapso|\bregion\b/i.test(code(file)),
    );
    // The API that the sandbox plays, and the provider of a new bot; ARIA; names of countries.
    const allowed =
      /^(api\/providers|sandbox)\/|^cli\/(world|program\/(index|sandbox|examples))\.ts$|^commands\/(import\/(addresses|import)|init)\.ts$|^report\/(html\/(changes|parts)|words\/warnings)\.ts$/;
    expect(naming.filter((file) => !allowed.test(file))).toEqual([]);
  });

  test("to the provider's rule for numbers of one user is limited to steps/users", () => {
    const reading = files.filter((file) =>
      /provider(Of\([\w.]*\))?\.userOf\b|\buserOf\b.* = provider/.test(code(file)),
    );
    expect(reading).toEqual(['steps/users.ts']);
  });

  test('to writes of the API is limited to apply', () => {
    const mayWrite = /^(api|apply|commands\/apply)\/|^steps\/(fleet|prepare)\.ts$/;
    const writing = files.filter((file) => /openForWriting|WriteLine|\bWriter\b/.test(code(file)));
    expect(writing.filter((file) => !mayWrite.test(file))).toEqual([]);
  });

  test('to writes of files is missing in desired/', () => {
    const writing = /writeFile|writeSync|createWriteStream|mkdtemp|tmpdir|copyFile/;
    expect(files.filter((file) => room(file) === 'desired' && writing.test(code(file)))).toEqual([]);
  });
});

test('CONTRIBUTING.md names only files that exist', () => {
  const text = readFileSync(join(SRC, '../CONTRIBUTING.md'), 'utf8');
  const rooms = Object.keys(LAW).join('|');
  const paths = [...text.matchAll(new RegExp(`\`((?:${rooms})/[a-z/-]+)\``, 'g'))].map(([, path]) => path!);
  const exists = (path: string) => ['', '.ts', '/index.ts'].some((end) => existsSync(join(SRC, path + end)));
  expect(paths.length).toBeGreaterThan(40);
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});
