import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { makeFolder, run, startApi } from './harness.ts';
import { CLI, runProcess } from './process.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The fenced blocks of a kind, in their order. */
const blocksOf = (document: string, kind: string) =>
  [...read(document).matchAll(/^```([^\n`]+)\n([\s\S]*?)^```$/gm)]
    .filter(([, info]) => info === kind)
    .map(([, , text]) => text!);

const desiredState = (document: string) =>
  blocksOf(document, 'yaml').filter((text) => /^(?:#.*\n)*version: 1\n/.test(text));

const withCommands = documents.filter((document) => blocksOf(document, 'sh run').length > 0);
const withDesiredState = documents.filter((document) => desiredState(document).length > 0);

/** Each line of a block on its own; one that exits other than its comment says ends the script, named. */
function script(block: string): string {
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const expected = Number(/#.*\bexit (\d+)$/.exec(line)?.[1] ?? 0);
      return `${line}\ncode=$?; [ $code -eq ${expected} ] || { echo "DIFFERS: exit $code of ${JSON.stringify(line).slice(1, -1).replace(/["`$]/g, '')}"; exit 99; }\n`;
    })
    .join('');
}

describe('the examples of the documents', () => {
  test('there are some', () => {
    expect(withCommands).toEqual(
      expect.arrayContaining(['docs/guarantees.md', 'docs/operations.md', 'docs/troubleshooting.md']),
    );
    expect(withDesiredState).toEqual(expect.arrayContaining(['README.md', 'docs/desired-state.md']));
  });

  test.for(withCommands)('the commands of %s do what it says, one after the other', async (document, context) => {
    needs('bash', context);
    if (blocksOf(document, 'sh run').some((block) => /\bjq\b/.test(block))) needs('jq', context);
    const api = await startApi();
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'blacklist.yaml'), desiredState('docs/desired-state.md')[0]!);
    const bin = join(makeFolder(), 'bin');
    mkdirSync(bin);
    symlinkSync(CLI, join(bin, 'blacklistctl'));
    const env = { PATH: `${bin}:${process.env.PATH}`, BLACKLISTCTL_BASE_URL: api.url };
    for (const block of blocksOf(document, 'sh run')) {
      const { code, output } = await runProcess([script(block)], { cwd, env, through: ['bash', '-c'], input: '' });
      expect(output).not.toContain('DIFFERS');
      expect(code, output).toBe(0);
    }
  });

  test.each(withDesiredState)('the desired state of %s is valid', async (document) => {
    for (const text of desiredState(document)) {
      const cwd = makeFolder();
      writeFileSync(join(cwd, 'blacklist.yaml'), text);
      const { code, output } = await run(['validate'], { cwd });
      expect(code, output).toBe(0);
    }
  });
});
