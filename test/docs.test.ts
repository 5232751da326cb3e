import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { loadDesired } from './desired/load.ts';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

test('every test that docs/faults.md names exists', () => {
  const named = [...read('docs/faults.md').matchAll(/`(test\/[^`]+)`(?:: ([^|]+?))? \|/g)];
  expect(named.length).toBeGreaterThan(40);
  const missing = named.filter(
    ([, file, name]) => !existsSync(join(root, file!)) || (name && !read(file!).includes(name)),
  );
  expect(missing.map(([, file, name]) => `${file}: ${name}`)).toEqual([]);
});

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

test.each(documents)('every file and heading that %s links to exists', (document) => {
  const anchors = (text: string) =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
  const prose = read(document).replace(/`[^`\n]*`/g, '');
  const broken = [...prose.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)].filter(([, file, anchor]) => {
    const target = file ? join(document, '..', file) : document;
    return !existsSync(join(root, target)) || (anchor !== undefined && !anchors(read(target)).includes(anchor));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

test('the generated references are up to date', () => {
  const check = () => execFileSync(process.execPath, ['scripts/docs.mjs', '--check'], { cwd: root, stdio: 'pipe' });
  expect(check, 'run npm run docs').not.toThrow();
});

test('the defaults in the schema equal the defaults of the program', () => {
  const { definitions } = JSON.parse(read('schemas/blacklist.schema.json'));
  const text = 'version: 1\nbots:\n  bot: { region: eu1, tokenEnv: TOKEN, numbers: [] }\n';
  const [bot] = loadDesired([{ name: 'blacklist.yaml', text }], '2026-06-15').bots;
  const { policy, sinch } = definitions;
  expect({ policy: policy.default, guard: sinch.properties.guard.default }).toEqual({
    policy: bot!.policy,
    guard: bot!.guard,
  });
});

describe('schemas/blacklist.schema.json', () => {
  const schema = JSON.parse(read('schemas/blacklist.schema.json'));
  const ajv = new Ajv({ allowUnionTypes: true, strictTypes: false }).addSchema(schema, 'file');
  const at = (pointer: string) =>
    pointer
      .split('/')
      .slice(1)
      .reduce((value, step) => value[step], schema);
  /** Returns the pointer to each key of a mapping below a pointer. */
  function keysBelow(pointer: string): string[] {
    const value = at(pointer);
    if (typeof value !== 'object' || value === null) return [];
    const own = value.properties && typeof value.type === 'string' ? Object.keys(value.properties) : [];
    const inner = Object.keys(value).flatMap((step) => (step === 'examples' ? [] : keysBelow(`${pointer}/${step}`)));
    return [...own.map((key) => `${pointer}/properties/${key}`), ...inner];
  }
  const keys = [...new Set(keysBelow(''))];

  test.each(keys)('describes %s with a valid example', (pointer) => {
    const said = at(pointer);
    const { description, examples } = said.$ref ? { ...at(said.$ref.slice(1)), ...said } : said;
    expect(description).toMatch(/^[\s\S]{15,}$/);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(ajv.validate({ $ref: `file#${pointer}` }, example), pointer).toBe(true);
  });

  test('has more than 40 keys', () => {
    expect(keys.length).toBeGreaterThan(40);
  });
});

describe('docs/troubleshooting.md', () => {
  const text = read('docs/troubleshooting.md');
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`src/${name}`).replaceAll("\\'", "'"));
  const messages = text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => /^\| `([^`]+)` \|/.exec(line)![1]!);

  test.each(messages)('lists only messages that the source contains: %s', (message) => {
    const parts = message.split('…').map((part) => part.trim());
    const found = sources.some((source) => parts.every((part) => source.includes(part)));
    expect(parts.join('').length).toBeGreaterThan(8);
    expect(found).toBe(true);
  });

  test('lists every exit code', () => {
    const codes = [...text.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => code);
    const known = [...read('docs/reference.md').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => code);
    expect(codes).toEqual(known);
  });
});
