import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

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

test('every file that a document links to exists', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'CHANGELOG.md',
    'docs/github.md',
    ...readdirSync(join(root, 'docs/decisions')).map((name) => `docs/decisions/${name}`),
  ];
  const broken = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|#)([^)]+)\)/g)]
      .map(([, link]) => link!.replace(/#.*/, ''))
      .filter((link) => !existsSync(join(root, document, '..', link))),
  );
  expect(broken).toEqual([]);
});
