import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { makeFolder, run, startApi } from './harness.ts';
import { CLI, runProcess } from './process.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** The files of the commands in all pages. */
const DESIRED = `version: 1
defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }
bots:
  support-bot:
    numbers:
      - "+12015550123"
      - number: "+12015550145"
        reason: Threats, ticket 4711
        expires: 2099-12-31
`;

const documents = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Returns the fenced blocks of a kind, in their order. */
const blocksOf = (document: string, kind: string) =>
  [...read(document).matchAll(/^```([^\n`]+)\n([\s\S]*?)^```$/gm)]
    .filter(([, info]) => info === kind)
    .map(([, , text]) => text!);

const desiredState = (document: string) =>
  blocksOf(document, 'yaml').filter((text) => /^(?:#.*\n)*version: 1\n/.test(text));

const withCommands = documents.filter((document) => blocksOf(document, 'sh run').length > 0);
const withDesiredState = documents.filter((document) => desiredState(document).length > 0);

/**
 * Runs each line of a block. If the exit code of a line differs from its comment, the script ends and prints
 * the line.
 */
function script(block: string): string {
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const expected = Number(/#.*\bexit (\d+)$/.exec(line)?.[1] ?? 0);
      return `${line}\ncode=$?; [ $code -eq ${expected} ] || { echo "DIFFERS: exit $code of ${JSON.stringify(line)
        .slice(1, -1)
        .replace(/["`$\\]/g, '')}"; exit 99; }\n`;
    })
    .join('');
}

describe('the examples of the docs', () => {
  test('are found in all pages', () => {
    expect(withCommands).toEqual(
      expect.arrayContaining(['docs/guarantees.md', 'docs/operations.md', 'docs/troubleshooting.md']),
    );
    expect(withDesiredState).toEqual(expect.arrayContaining(['README.md', 'docs/desired-state.md']));
  });

  test.for(withCommands)(
    'in %s run one after the other, with the exit codes of their comments',
    async (document, context) => {
      needs('bash', context);
      if (blocksOf(document, 'sh run').some((block) => /\bjq\b/.test(block))) needs('jq', context);
      const api = await startApi();
      const cwd = makeFolder();
      writeFileSync(join(cwd, 'blacklist.yaml'), DESIRED);
      const bin = join(makeFolder(), 'bin');
      mkdirSync(bin);
      symlinkSync(CLI, join(bin, 'blacklistctl'));
      const env = { PATH: `${bin}:${process.env.PATH}`, BLACKLISTCTL_BASE_URL: api.url };
      for (const block of blocksOf(document, 'sh run')) {
        const { code, output } = await runProcess([script(block)], { cwd, env, through: ['bash', '-c'], input: '' });
        expect(output).not.toContain('DIFFERS');
        expect(code, output).toBe(0);
      }
    },
  );

  test.each(withDesiredState)('of desired state in %s are valid', async (document) => {
    for (const text of desiredState(document)) {
      const cwd = makeFolder();
      writeFileSync(join(cwd, 'blacklist.yaml'), text);
      const { code, output } = await run(['validate'], { cwd });
      expect(code, output).toBe(0);
    }
  });
});
