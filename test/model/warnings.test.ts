import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WARNING_CODES, WARNINGS } from '../../src/model/warnings.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const sources = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/')) // on Windows
    .filter((name) => name.endsWith('.ts') && !/^(generated|(model|report\/words)\/warnings\.)/.test(name))
    .map((name) => read(`${folder}/${name}`))
    .join('\n');

describe('every warning', () => {
  const made = sources('src');
  const tested = sources('test');

  test.each(WARNING_CODES)('%s is made by the source and by a test', (code) => {
    expect(made).toContain(`'${code}'`);
    expect(tested).toMatch(new RegExp(`${code}(?![\\w-])`));
  });

  test.each(WARNING_CODES)('%s fits the schema of the report', (code) => {
    const { definitions } = JSON.parse(read('schemas/report.schema.json'));
    expect(code).toMatch(new RegExp(definitions.fault.properties.code.pattern));
  });
});

/** The file of a command: `commands/NAME.ts`, or `commands/NAME/NAME.ts` if it has several files. */
const verbFile = (name: string) =>
  [`src/commands/${name}.ts`, `src/commands/${name}/${name}.ts`, `src/commands/edit/${name}.ts`].find((path) =>
    existsSync(join(root, path)),
  )!;

/** The file and all files that it imports, directly or not. */
function reached(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = read(file).matchAll(/(?:from|import\() ?'(\.[^']+\.ts)'/g);
  for (const [, path] of imports) reached(join(file, '..', path!), seen);
  return seen;
}

describe('docs/warnings.md', () => {
  const sections = read('docs/warnings.md').split(/^## /m).slice(1);

  test('has a section for each warning, in the order of WARNINGS', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual(WARNING_CODES);
  });

  const rows = [...read('docs/warnings.md').matchAll(/^\| \[`(W-[A-Z-]+)`\]\(#\S+\) \| (.+) \|$/gm)];

  test('has a row for each warning, in the same order', () => {
    expect(rows.map(([, code]) => code)).toEqual(WARNING_CODES);
  });

  test.each(rows.map(([, code, by]) => [code!, by!] as const))(
    '%s is made by the commands that its section lists',
    (code, by) => {
      const commands = [...by.matchAll(/`([a-z]+)`/g)].map(([, name]) => verbFile(name!));
      for (const main of commands.length > 0 ? commands : ['src/action/index.ts']) {
        const made = [...reached(main)].filter(
          (file) => read(file).includes(`'${code}'`) && !file.endsWith('/warnings.ts'),
        );
        expect(made, main).not.toEqual([]);
      }
    },
  );

  test.each(WARNING_CODES)('%s: its meaning, an example, and what to do', (code) => {
    const [, meaning, example, advice] = sections.find((section) => section.startsWith(`${code}\n`))!.split('\n\n');
    expect(meaning).toBe(WARNINGS[code]);
    expect(example).toMatch(new RegExp(`^\`\`\`text\nwarning: (\\S+:\\d+:\\d+: )?.* \\[${code}\\]\n\`\`\`$`));
    expect(advice!.length).toBeGreaterThan(10);
  });
});
