/**
 * The README shows the real output. Each block `console` runs in bash against a seeded sandbox, the first one
 * with the file at the beginning of the README. To update the README after a change of words: npx vitest run
 * test/stories/readme.test.ts -u
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../needs.ts';
import { makeFolder, root } from './harness.ts';
import { CLI, runProcess, startProcess } from './process.ts';

needs('bash');

const README = join(root, 'README.md');
const text = readFileSync(README, 'utf8');
const CONSOLE = /^```console\n([\s\S]*?)^```$/gm;
const PORT = '8480';

/**
 * Runs the commands of a block. Returns it with their stdout, without blank lines and without the lines about
 * the sandbox's address. Without a file, as in the quick start, it also omits notes and next steps.
 */
async function play(block: string, file: string | undefined): Promise<string> {
  const sandbox = startProcess(['sandbox', '--seed', '--port', '0']);
  const [url, port = ''] = await sandbox.said(/http:\/\/127\.0\.0\.1:(\d+)/);
  const cwd = makeFolder();
  if (file) writeFileSync(join(cwd, 'blacklist.yaml'), file);
  const bin = join(makeFolder(), 'bin');
  mkdirSync(bin);
  symlinkSync(CLI, join(bin, 'blacklistctl'));
  const commands = [...block.matchAll(/^\$ (.*)$/gm)].map(([, command]) => command!);
  const script = commands.map((command) => {
    const expected = Number(/# exit (\d+)$/.exec(command)?.[1] ?? 0);
    // Readers see the output of a terminal, which has numbers in full.
    const run = command
      .replace(/blacklistctl (plan|apply|drift|list|import|validate)\b/g, '$& --numbers full')
      .replace(PORT, port)
      .replace('sandbox unblock', `sandbox unblock --port ${port}`);
    return `cat <<'LINE'\n$ ${command}\nLINE\n${run}\n[ $? -eq ${expected} ] || exit 99\n`;
  });
  const { code, stdout, stderr } = await runProcess([script.join('')], {
    cwd,
    env: { PATH: `${bin}:${process.env.PATH}`, BLACKLISTCTL_BASE_URL: url, WHATSAPP_CLOUD_TOKEN: 'any-token-will-do' },
    through: ['bash', '-c'],
    input: '',
  });
  expect(code, stderr).toBe(0);
  sandbox.kill('SIGTERM');
  await sandbox.done;
  const shown = file ? stdout : stdout.replace(/^ {2}note: .*\n|^Next:\n(?: {2}.*\n)+/gm, '');
  const lines = shown.split('\n').filter((line) => line.startsWith('$') || (line !== '' && !line.includes(url)));
  // The commands of sandbox have no --numbers.
  const full = (line: string) => line.replace(/^\+12•••••(?=\d{4} is )/, '+1201555');
  return lines.map((line) => `${full(line.replaceAll(port, PORT))}\n`).join('');
}

/** Keeps the fingerprints of the README. They depend on the token and the port, which differ in each run. */
function withFingerprintsOf(old: string, fresh: string): string {
  const [known, found] = [old, fresh].map((text) => [...new Set(text.match(FINGERPRINT))]);
  return fresh.replace(FINGERPRINT, (one) => known![found!.indexOf(one)] ?? one);
}
const FINGERPRINT = /(?<=Plan |approve )[0-9a-f]{8}\b/g;

test('each block of the README shows the output of its commands', async () => {
  const [, file] = /^```yaml\n([\s\S]*?)^```$/m.exec(text)!;
  const blocks = [...text.matchAll(CONSOLE)].map(([, block]) => block!);
  expect(blocks).toHaveLength(2);
  const played = [await play(blocks[0]!, file), await play(blocks[1]!, undefined)];
  let at = 0;
  const fresh = text.replace(
    CONSOLE,
    (_, block: string) => `\`\`\`console\n${withFingerprintsOf(block, played[at++]!)}\`\`\``,
  );
  await expect(fresh).toMatchFileSnapshot(README);
});

test('the README has at most 150 lines, and 900 words outside of code blocks', () => {
  const words = text
    .replace(/^```[\s\S]*?^```$/gm, '')
    .split(/\s+/)
    .filter((word) => /\w/.test(word));
  expect(text.split('\n').length - 1).toBeLessThanOrEqual(150);
  expect(words.length).toBeLessThanOrEqual(900);
});

test.each(['npm ci && npm run demo', 'npm ci && npm test'])('the README names the command %s', (command) => {
  expect(text).toContain(command);
});
