import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

/** What each file of src/ may import, besides node: modules. `*` is every file of a folder. This is the picture of the design. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // Nouns
  'msisdn.ts': [],
  'number-set.ts': ['msisdn.ts'],
  'age.ts': [],
  'merge-marks.ts': [],
  'warnings.ts': [],
  'model.ts': ['msisdn.ts', 'number-set.ts', 'warnings.ts'],
  'outcome.ts': ['model.ts', 'msisdn.ts'],
  'errors.ts': ['model.ts'],
  'clock.ts': [],
  'nearest.ts': [],
  'files.ts': ['errors.ts'],
  'git.ts': ['errors.ts'],
  // Stages: they share nouns, and never import one another
  'desired/*': [
    'desired/*',
    'generated/*',
    '../schemas/blacklist.schema.json',
    'git.ts',
    'model.ts',
    'nearest.ts',
    'outcome.ts',
    'msisdn.ts',
    'number-set.ts',
    'age.ts',
    'merge-marks.ts',
    'npm:yaml',
    'npm:ajv',
    'npm:age-encryption',
    // What is found is a part of what the desired state is made of
    'number-files/number-file.ts',
    'number-files/read.ts',
  ],
  'number-files/*': [
    'number-files/*',
    'age.ts',
    'git.ts',
    'merge-marks.ts',
    'model.ts',
    'msisdn.ts',
    'nearest.ts',
    'number-set.ts',
    'npm:picomatch',
  ],
  'snapshot.ts': ['errors.ts', 'model.ts', 'msisdn.ts', 'number-set.ts'],
  'cursors.ts': ['errors.ts', 'model.ts', 'msisdn.ts', 'number-set.ts'],
  'spelling.ts': ['msisdn.ts', 'number-set.ts'],
  'diff.ts': ['model.ts', 'number-set.ts'],
  'causes.ts': ['model.ts', 'outcome.ts', 'msisdn.ts', 'number-set.ts'],
  'ownership.ts': ['model.ts', 'msisdn.ts', 'number-set.ts', 'spelling.ts'],
  'guard.ts': ['model.ts'],
  'numbering.ts': ['msisdn.ts', 'number-set.ts', 'npm:libphonenumber-js/max'],
  'plan.ts': ['model.ts', 'number-set.ts'],
  'plan-file.ts': ['errors.ts', 'generated/*', 'model.ts', 'msisdn.ts', 'number-set.ts'],
  'apply.ts': ['errors.ts', 'model.ts', 'msisdn.ts', 'number-set.ts'],
  'since.ts': ['model.ts', 'outcome.ts', 'number-set.ts'],
  // The way to the API
  'loopback.ts': [],
  'http.ts': ['errors.ts', 'loopback.ts', 'npm:node-fetch', 'npm:https-proxy-agent', 'npm:proxy-from-env'],
  'governor.ts': ['clock.ts', 'errors.ts', 'npm:p-limit'],
  'connection.ts': ['errors.ts', 'governor.ts', 'http.ts', 'model.ts'],
  'providers/*': [
    'connection.ts',
    'errors.ts',
    'http.ts',
    'model.ts',
    'msisdn.ts',
    'providers/json.ts',
    'providers/graph.ts',
  ],
  // What a provider is: the readers and writers that the stages ask for, over a line
  'providers/provider.ts': [
    'apply.ts',
    'connection.ts',
    'cursors.ts',
    'http.ts',
    'model.ts',
    'snapshot.ts',
    'spelling.ts',
  ],
  'providers/index.ts': ['errors.ts', 'providers/*'],
  // What people see
  'report/*': [
    'report/*',
    'clock.ts',
    'commands/context.ts',
    'model.ts',
    'outcome.ts',
    'msisdn.ts',
    'number-set.ts',
    'npm:ansis',
    'npm:diff',
  ],
  // A server that shares no code with the client
  'sandbox/*': ['sandbox/*'],
  // What joins it all
  'commands/*': [
    'commands/*',
    'desired/*',
    'generated/*',
    'number-files/*',
    'providers/*',
    'apply.ts',
    'causes.ts',
    'clock.ts',
    'connection.ts',
    'cursors.ts',
    'diff.ts',
    'errors.ts',
    'governor.ts',
    'guard.ts',
    'http.ts',
    'loopback.ts',
    'model.ts',
    'nearest.ts',
    'outcome.ts',
    'ownership.ts',
    'msisdn.ts',
    'number-set.ts',
    'plan.ts',
    'plan-file.ts',
    'since.ts',
    'snapshot.ts',
    'spelling.ts',
    'warnings.ts',
    'npm:p-limit',
  ],
  'output.ts': ['report/*', 'model.ts', 'outcome.ts', 'npm:ansis'],
  'records.ts': ['commands/context.ts', 'report/*', 'model.ts', 'outcome.ts'],
  'arguments.ts': ['commands/context.ts', 'commands/desired.ts', 'npm:commander'],
  'program-sandbox.ts': ['arguments.ts', 'npm:commander'],
  'program-warnings.ts': ['nearest.ts', 'warnings.ts', 'npm:commander'],
  'program-import.ts': ['arguments.ts', 'commands/*', 'output.ts', 'program.ts', 'npm:commander'],
  'program-questions.ts': ['arguments.ts', 'commands/*', 'output.ts', 'program.ts', 'npm:commander'],
  'program.ts': [
    'arguments.ts',
    'program-import.ts',
    'program-questions.ts',
    'program-sandbox.ts',
    'program-warnings.ts',
    'commands/*',
    'model.ts',
    'outcome.ts',
    'output.ts',
    'records.ts',
    'npm:commander',
  ],
  'completion.ts': ['clock.ts', 'desired/*', 'npm:@bomb.sh/tab', 'npm:@bomb.sh/tab/commander'],
  'cli.ts': ['main.ts'],
  'run.ts': [
    'commands/context.ts',
    'commands/report.ts',
    'errors.ts',
    'model.ts',
    'outcome.ts',
    'program.ts',
    'records.ts',
  ],
  'world.ts': [
    'commands/context.ts',
    'desired/decrypt.ts',
    'desired/files.ts',
    'number-files/read.ts',
    'sandbox/*',
    'clock.ts',
    'completion.ts',
    'errors.ts',
    'files.ts',
    'http.ts',
    'numbering.ts',
  ],
  'action/index.ts': ['action/main.ts'],
  'action/inputs.ts': ['errors.ts'],
  'action/marker.ts': [],
  'action/github.ts': ['errors.ts', 'npm:@actions/github', 'npm:@octokit/plugin-retry'],
  'action/plan-comment.ts': ['action/*', 'errors.ts', 'model.ts', 'outcome.ts'],
  'action/drift-issue.ts': ['action/*', 'model.ts', 'outcome.ts'],
  'action/main.ts': [
    'action/*',
    'arguments.ts',
    'commands/*',
    'report/*',
    'clock.ts',
    'errors.ts',
    'model.ts',
    'outcome.ts',
    'output.ts',
    'program.ts',
    'run.ts',
    'world.ts',
    'npm:@actions/core',
    'npm:@actions/github',
  ],
  'main.ts': [
    'arguments.ts',
    'completion.ts',
    'commands/*',
    'report/*',
    'clock.ts',
    'errors.ts',
    'output.ts',
    'program.ts',
    'program-sandbox.ts',
    'run.ts',
    'world.ts',
  ],
};

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.startsWith('generated'))
  .sort();

function importsOf(file: string): string[] {
  const source = readFileSync(join(SRC, file), 'utf8');
  const found = source.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'(?: with {[^}]*})?;|import\('([^']+)'\)/gm);
  return [...found]
    .map(([, fixed, lazy]) => (fixed ?? lazy)!)
    .filter((name) => !name.startsWith('node:'))
    .map((name) => (name.startsWith('.') ? relative(SRC, join(SRC, dirname(file), name)) : `npm:${name}`));
}

const covers = (pattern: string, name: string) =>
  pattern.endsWith('/*') ? dirname(name) === pattern.slice(0, -2) : pattern === name;

describe('the picture of the design', () => {
  test.each(files)('%s imports what it may', (file) => {
    const allowed = ALLOWED[file] ?? ALLOWED[`${dirname(file)}/*`];
    expect(allowed, `${file} is not in the picture`).toBeDefined();
    const strange = importsOf(file).filter((name) => !allowed!.some((pattern) => covers(pattern, name)));
    expect(strange).toEqual([]);
  });

  test('every line of the picture is a file', () => {
    expect(Object.keys(ALLOWED).filter((pattern) => !files.some((file) => covers(pattern, file)))).toEqual([]);
  });

  test('only the entries, the world and the clock touch the process', () => {
    const touching = files.filter((file) => /\bprocess\.|console\.|Date\.now|Math\.random\(/.test(code(file)));
    expect(touching).toEqual(['action/index.ts', 'action/main.ts', 'cli.ts', 'clock.ts', 'main.ts', 'world.ts']);
  });

  test('each package has its one place', () => {
    const users = new Map<string, string[]>();
    for (const file of files) {
      for (const name of new Set(importsOf(file))) {
        if (name.startsWith('npm:')) users.set(name, [...(users.get(name) ?? []), file]);
      }
    }
    expect(Object.fromEntries(users)).toEqual({
      'npm:@actions/core': ['action/main.ts'],
      'npm:@actions/github': ['action/github.ts', 'action/main.ts'],
      'npm:@octokit/plugin-retry': ['action/github.ts'],
      'npm:@bomb.sh/tab': ['completion.ts'],
      'npm:@bomb.sh/tab/commander': ['completion.ts'],
      'npm:age-encryption': ['desired/decrypt.ts'],
      'npm:ajv': ['desired/schema.ts'],
      'npm:ansis': ['output.ts', 'report/text.ts'],
      'npm:commander': [
        'arguments.ts',
        'program-import.ts',
        'program-questions.ts',
        'program-sandbox.ts',
        'program-warnings.ts',
        'program.ts',
      ],
      'npm:diff': ['report/diff.ts'],
      'npm:https-proxy-agent': ['http.ts'],
      'npm:libphonenumber-js/max': ['numbering.ts'],
      'npm:node-fetch': ['http.ts'],
      'npm:p-limit': ['commands/planning.ts', 'governor.ts'],
      'npm:picomatch': ['number-files/patterns.ts'],
      'npm:proxy-from-env': ['http.ts'],
      'npm:yaml': [
        'desired/parse.ts',
        'desired/places.ts',
        'desired/syntax.ts',
        'desired/tokens.ts',
        'desired/tree.ts',
      ],
    });
  });

  test('nobody but its own file and the registry names a provider', () => {
    const naming = files.filter((file) => /\bsinch\b|whatsapp-cloud|\bregion\b/i.test(code(file)));
    const allowed =
      /^(providers|sandbox)\/|^program(-sandbox|-import)?\.ts$|^commands\/(addresses|import|init)\.ts$|^report\/html-parts\.ts$/; // which API the sandbox plays, where a new bot lives; ARIA
    expect(naming.filter((file) => !allowed.test(file))).toEqual([]);
  });

  test('files stay small enough to be read', () => {
    const long = files.filter((file) => readFileSync(join(SRC, file), 'utf8').split('\n').length > 250);
    expect(long).toEqual([]);
  });

  test('what plans and reports holds no way to write', () => {
    for (const file of [
      'plan',
      'drift',
      'explain',
      'fmt',
      'import',
      'import-target',
      'init',
      'list',
      'show',
      'validate',
      'planning',
      'earlier',
    ].map((name) => `commands/${name}.ts`)) {
      expect(code(file)).not.toMatch(/openForWriting|WriteLine|\bopen\(|\.write\b|Writer/);
    }
  });

  test('what reads desired state, and decrypts it, holds no way to write a file', () => {
    for (const file of files.filter((name) => /^(desired|number-files)\//.test(name))) {
      expect(code(file)).not.toMatch(/writeFile|writeSync|createWriteStream|mkdtemp|tmpdir|copyFile/);
    }
  });
});

function code(file: string): string {
  return readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
