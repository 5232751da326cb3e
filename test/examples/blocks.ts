/** Finds the code blocks of the pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../stories/harness.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** The pages that users read. */
export const pages = [
  'README.md',
  'examples/team/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Returns the blocks of a kind, without the indentation of a list around them. */
export function blocksOf(page: string, kind: RegExp): string[] {
  const found = read(page).matchAll(/^( *)```([^\n`]+)\n([\s\S]*?)^\1```$/gm);
  return [...found].flatMap(([, indent, info, text]) => {
    return kind.test(info!) ? [text!.replace(new RegExp(`^${indent}`, 'gm'), '')] : [];
  });
}
