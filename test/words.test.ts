/** Refuses words that CONTRIBUTING.md replaces, in comments, messages, test names and documents. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const FOLDERS = ['.github', 'bench', 'docs', 'examples', 'scripts', 'src', 'test'];
/** Generated code, and this file. */
const EXCLUDED = /^(?:src\/generated\/|test\/words\.test\.ts$)/;
/** The gap between the words of a phrase: blanks, or a line break in a comment. */
const GAP = '[\\s*/#]+';
const refused = (pattern: string, instead: string) =>
  [new RegExp(`\\b(?:${pattern.replaceAll(' ', GAP)})\\b`, 'gi'), instead] as const;
const REFUSED = [
  refused('whoever', 'name the role: the user, the reviewer, the caller'),
  refused('nobody', '"no user", "no one", or name what is missing'),
  refused('mend(?:s|ed|ing)?', 'fix'),
  refused('(?:leav(?:e|es|ing)|left) away', 'remove, or omit'),
  refused('stands? (?:in|at|on|beside|there)', 'is in, appears in, follows, precedes'),
  refused('(?:is|are) told|is said', 'reports, prints, lists'),
];

/** @returns the refused words of a text, each as `file:line: "word"; write …`. Code in Markdown is not prose. */
function findIn(file: string, text: string): string[] {
  const blank = (code: string) => code.replace(/[^\n]/g, ' ');
  const prose = file.endsWith('.md')
    ? text.replace(/^ *(```+)[\s\S]*?^ *\1/gm, blank).replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, blank)
    : text;
  return REFUSED.flatMap(([words, instead]) =>
    [...prose.matchAll(words)].map(({ 0: word, index }) => {
      const line = prose.slice(0, index).split('\n').length;
      return `${file}:${line}: "${word.replace(/[\s*/#]+/g, ' ')}"; write: ${instead}`;
    }),
  );
}

const files = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ),
].filter((file) => /\.(?:md|[cm]?[jt]s|sh|ya?ml)$/.test(file) && !EXCLUDED.test(file));

test('no file contains a refused word', () => {
  expect(files.flatMap((file) => findIn(file, readFileSync(join(root, file), 'utf8')))).toEqual([]);
});

describe('findIn', () => {
  test.each([
    ['a.md', 'Whoever can read', ['a.md:1: "Whoever"; write: name the role: the user, the reviewer, the caller']],
    [
      'a.ts',
      'code();\n// it stands\n// in the file',
      ['a.ts:2: "stands in"; write: is in, appears in, follows, precedes'],
    ],
    ['a.ts', "test('is told', () => {});", ['a.ts:1: "is told"; write: reports, prints, lists']],
    ['a.yaml', 'key: 1 # mended', ['a.yaml:1: "mended"; write: fix']],
    ['a.md', '```sh\nmend\n```\n`nobody`, a stand-in, recommended', []],
  ])('finds the refused words of %s: %j', (file, text, found) => {
    expect(findIn(file, text)).toEqual(found);
  });
});
