/** Creates the first files: from options, at a terminal, and next to existing files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { FORMATS, makeFolder, reportOf, run, startApi, uk } from './harness.ts';
import { PROGRAM, type RunningProcess, runProcess, startProcess } from './process.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const FLAGS = ['--bot', 'support', '--region', 'eu1', '--token-env', 'ACME_TOKEN'];
/** The copy of a user. */
const ACTION = `acme/blacklistctl@${'0123456789'.repeat(4)}`;
const tree = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const WRITTEN = [
  '.github/workflows/blacklist-drift.yml',
  '.github/workflows/blacklist-merge.yml',
  '.github/workflows/blacklist-pull-request.yml',
  '.gitignore',
  'blacklist.yaml',
  'schemas/blacklist.schema.json',
];

describe('with options', () => {
  test('writes valid files, and the guard protects a live list', async () => {
    const cwd = makeFolder();
    const init = await run(['init', ...FLAGS, '--workflows', 'github', '--action', ACTION], { cwd });
    expect({ code: init.code, stderr: init.stderr }).toEqual({ code: 0, stderr: '' });
    expect(init.stdout).toContain('Written: 6 files\n\nNext:\n  export ACME_TOKEN=…\n');
    expect(tree(cwd)).toEqual(WRITTEN);
    const workflow = readFileSync(join(cwd, '.github/workflows/blacklist-merge.yml'), 'utf8');
    expect(workflow).toBe(
      read('examples/github/merge.yml')
        .replaceAll('WHATSAPP_CLOUD_TOKEN', 'ACME_TOKEN')
        .replace(/(?<=uses: )(?!actions\/).+/, ACTION),
    );
    expect(readFileSync(join(cwd, 'schemas/blacklist.schema.json'), 'utf8')).toBe(
      read('schemas/blacklist.schema.json'),
    );
    expect((await run(['validate'], { cwd })).code).toBe(0);

    const api = await startApi();
    api.sandbox.set('support', uk(3));
    const env = { BLACKLISTCTL_BASE_URL: api.url, ACME_TOKEN: 'Acme-token-1234' };
    const applied = await run(['apply', '--yes'], { cwd, env });
    expect(applied.code).toBe(3);
    expect(api.list('support')).toEqual(uk(3));
  });

  test('prints one JSON document that fits the schema', async () => {
    const report = reportOf(await run(['init', ...FLAGS, '--workflows', 'none', '--format', 'json']));
    expect(report).toMatchObject({
      command: 'init',
      outcome: 'written',
      files: [{ name: 'blacklist.yaml' }, { name: 'schemas/blacklist.schema.json' }, { name: '.gitignore' }],
      next: expect.arrayContaining(['export ACME_TOKEN=…']),
    });
  });

  test.each(FORMATS.filter((format) => format !== 'diff'))('counts the files in the format %s', async (format) => {
    const { code, stdout } = await run(['init', ...FLAGS, '--workflows', 'none', '--format', format]);
    expect(code).toBe(0);
    expect(stdout).toMatch(format === 'json' ? /"files":\[/ : /Written: 3 files|<dt>Written<\/dt><dd class="">3</);
  });

  test.each([
    [
      [],
      /pass --provider whatsapp-cloud\|.*\|kapso --bot ID --phone-number-id ID --token-env NAME --workflows github\|gitlab\|none/,
    ],
    [['--provider', 'sinch'], /pass --bot ID --region eu1\|us1 --token-env NAME --workflows github\|gitlab\|none/],
    [[...FLAGS], /pass --workflows github\|gitlab\|none/],
    [[...FLAGS, '--workflows', 'jenkins'], /--workflows takes one of github, gitlab, none, not "jenkins"/],
    [
      [...FLAGS, '--workflows', 'github', '--action', 'acme/blacklistctl@v1'],
      /--action takes an action as OWNER\/REPO@COMMIT, with the 40 hex digits of a commit, in lower case, not "acme/,
    ],
    [['--region', 'eu2'], /--region takes one of eu1, us1, not "eu2"; did you mean eu1\?/],
    [[...FLAGS, '--workflows', 'none', '--bot', 'a/b'], /the bot id "a\/b" is not allowed/],
    [
      ['--phone-number-id', '+447700900123'],
      /--phone-number-id takes the ID of the business phone number .*digits only/,
    ],
    [['--app-id', '../x'], /--app-id takes the ID of the app at Gupshup: 1 to 64 characters/],
    [['--api-version', '25'], /--api-version takes the version of the Graph API, such as v25\.0, not "25"/],
    [['--provider', 'whatsap-cloud'], /--provider takes one of .*; did you mean whatsapp-cloud\?/],
    [['--bot', 'b', '--token-env', 'GITHUB_TOKEN'], /--token-env names a variable of the system, of CI or of another/],
  ])('refuses %o, and writes nothing', async (args, says) => {
    const cwd = makeFolder();
    const { code, stderr } = await run(['init', ...args], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(says);
    expect(tree(cwd)).toEqual([]);
  });
});

describe('an existing file', () => {
  test.each(WRITTEN.filter((name) => name !== '.gitignore'))(
    '%s is reported and kept, and nothing is written',
    async (name) => {
      const cwd = makeFolder();
      mkdirSync(join(cwd, name, '..'), { recursive: true });
      writeFileSync(join(cwd, name), 'mine');
      const { code, stderr } = await run(['init', ...FLAGS, '--workflows', 'github'], { cwd });
      expect(code).toBe(6);
      expect(stderr).toContain(
        `${name}: already exists, and init overwrites no file; move it, or run init in another folder`,
      );
      expect(tree(cwd)).toEqual([name]);
      expect(readFileSync(join(cwd, name), 'utf8')).toBe('mine');
    },
  );

  test('may be a link without a target', async () => {
    const cwd = makeFolder();
    symlinkSync(join(cwd, 'elsewhere.yaml'), join(cwd, 'blacklist.yaml'));
    expect((await run(['init', ...FLAGS, '--workflows', 'none'], { cwd })).code).toBe(6);
    expect(tree(cwd)).toEqual(['blacklist.yaml']);
  });

  test('whose name a folder needs makes init remove the files that it wrote', async () => {
    const cwd = makeFolder();
    writeFileSync(join(cwd, '.github'), 'mine');
    const { code, stderr } = await run(['init', ...FLAGS, '--workflows', 'github'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/blacklist-pull-request\.yml: cannot write: (a part of the path is a file|already exists)/);
    expect(tree(cwd)).toEqual(['.github']);
  });

  test('reports a folder that cannot be written', async (context) => {
    needs('linux', context);
    const { code, stderr } = await run(['init', ...FLAGS, '--workflows', 'none'], { cwd: '/proc' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: blacklist\.yaml: cannot write: [a-z ]+\n$/);
  });

  test('leaves no file if the disk is full after the first one', async (context) => {
    needs('linux', context);
    const cwd = makeFolder();
    const through = ['bash', '--norc', '-c', 'ulimit -f 1; exec "$@"', 'bash', ...PROGRAM];
    const { code, stderr } = await runProcess(['init', ...FLAGS, '--workflows', 'none'], { cwd, through, input: '' });
    expect(code).toBe(1);
    expect(stderr).toContain('schemas/blacklist.schema.json: cannot write: larger than the file size limit');
    expect(tree(cwd)).toEqual([]);
  });
});

describe('.gitignore', () => {
  needs('git');
  needs('bash');

  /** The files that the documentation and the help write with these options, and those of a shell. */
  const named = [...['docs', 'src/cli/program', '.'].flatMap(textsIn)].flatMap((text) =>
    [...text.matchAll(/(?:--(?:out|report|since|state|metrics|sandbox=)|>) ?([\w./-]+\.(?:json|html|prom))\b/g)].map(
      ([, name]) => basename(name!),
    ),
  );

  function textsIn(folder: string): string[] {
    const names = readdirSync(join(root, folder)).filter((name) => /\.(md|ts)$/.test(name));
    return names.map((name) => read(join(folder, name)));
  }

  const ignored = (cwd: string, names: readonly string[]) => {
    execFileSync('git', ['init', '--quiet'], { cwd });
    const { stdout } = spawnSync('git', ['check-ignore', '--no-index', ...names], { cwd, encoding: 'utf8' });
    return stdout.split('\n').filter(Boolean);
  };

  test.each([null, 'node_modules/\n', 'node_modules/'])(
    'ignores each file with numbers that the documentation names, and no file of init; before: %j',
    async (before) => {
      const cwd = makeFolder();
      if (before !== null) writeFileSync(join(cwd, '.gitignore'), before);
      const init = await run(['init', ...FLAGS, '--workflows', 'github', '--format', 'json'], { cwd });
      const [step] = (reportOf(init) as unknown as { next: string[] }).next;
      if (before === null) expect(step).toMatch(/^export /);
      else execFileSync('bash', ['-c', step!], { cwd });
      const files = [...new Set(named)].filter((name) => !/^\d/.test(name)); // 1.json is the report of a shard
      expect(files).toEqual(expect.arrayContaining(['plan.json', 'drift.json', 'lists.json', 'report.html']));
      expect(ignored(cwd, files).sort()).toEqual(files.sort());
      expect(ignored(cwd, WRITTEN)).toEqual([]);
      if (before !== null) expect(ignored(cwd, ['node_modules/'])).toEqual(['node_modules/']);
    },
  );
});

describe('at a terminal', () => {
  needs('script of util-linux');

  function onTerminal(args: readonly string[], cwd: string): RunningProcess {
    const words = [...PROGRAM, ...args].map((word) => `'${word}'`).join(' ');
    return startProcess([], {
      cwd,
      env: { TERM: 'xterm', SHELL: '/bin/sh' },
      through: ['script', '-qefc', words, '/dev/null'],
    });
  }

  test('asks for missing answers, and Enter takes the default', async () => {
    const cwd = makeFolder();
    const running = onTerminal(['init', '--region', 'us1'], cwd);
    await running.said(/Bot ids of sinch, separated by spaces: /);
    running.type('a/b\r');
    await running.said(/the bot id "a\/b" is not allowed/);
    running.type('support 123\r');
    await running.said(/Name of the environment variable that holds the token \[SINCH_WHATSAPP_TOKEN\]: /);
    running.type('\r');
    await running.said(/Workflows to create \(github, gitlab or none\) \[github\]: /);
    running.type('none\r');
    const { code, output } = await running.done;
    expect(code).toBe(0);
    expect(output).not.toMatch(/API that stores|region/);
    expect(output).toContain('blacklistctl import --bot support --bot 123');
    expect(tree(cwd)).toEqual(['.gitignore', 'blacklist.yaml', 'schemas/blacklist.schema.json']);
    expect(readFileSync(join(cwd, 'blacklist.yaml'), 'utf8')).toContain('  "123":\n    numbers: []\n');
  });

  test.each([
    ['Ctrl-C', '\u0003', 130],
    ['the end of the input', '\u0004', 6],
  ])('%s writes nothing', async (_, keys, code) => {
    const cwd = makeFolder();
    const running = onTerminal(['init'], cwd);
    await running.said(/API that stores the lists/);
    running.type(keys);
    const finished = await running.done;
    expect(finished.code).toBe(code);
    expect(finished.output).not.toMatch(/requests|live list/);
    const lines = finished.output.split(/\r?\n/);
    expect(lines.find((line) => line.includes('no answer, so nothing was written; run init again'))).not.toContain(
      'API',
    );
    expect(tree(cwd)).toEqual([]);
  });
});
