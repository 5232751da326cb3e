// Shows a plan, an apply, drift and a refused merge on a sandbox on this machine. Nothing is sent anywhere else.
// Fails if a command exits with another code than expected.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
if (!existsSync(cli)) {
  console.error('error: the program is not built; run: npm ci');
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'blacklistctl-demo-'));

const ID = '106540352242922'; // of the phone number
const FILE = `version: 1
defaults: { provider: whatsapp-cloud, tokenEnv: WHATSAPP_CLOUD_TOKEN }
bots:
  support:
    phoneNumberId: "${ID}"
    numbers:
      - "+12015550123"
      - "+12015550145"
      - "+447700900123"
      - { number: "+12015550199", reason: "Threats, ticket 4711" }
`;
const EMPTY = FILE.replace(/numbers:[\s\S]*/, 'numbers: []\n');

const sandbox = spawn(process.execPath, [cli, 'sandbox', '--seed', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'ignore'],
});
const [greeting] = await once(sandbox.stdout, 'data');
const [url, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(greeting);
const env = { ...process.env, BLACKLISTCTL_BASE_URL: url, WHATSAPP_CLOUD_TOKEN: 'any-token-works' };

function say(text) {
  console.log(`\n# ${text}`);
}

const notes = new Set();
const isOld = (line) => line.startsWith('  note: ') && (notes.has(line) || !notes.add(line));

/**
 * Runs a command, and prints its output without blank lines, earlier notes and lines with the sandbox's address. Numbers
 * are full, as on a terminal. The commands of the sandbox have no option for that, so the demo replaces the number
 * that they mask in a pipe.
 */
function run(expected, ...args) {
  console.log(`$ blacklistctl ${args.join(' ')}`);
  const inFull = args[0] === 'sandbox' ? [] : ['--numbers', 'full'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args, ...inFull], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  const lines = `${stdout}${stderr}`
    .replace(/\+\d+•+\d+/g, () => args.find((arg) => arg.startsWith('+')))
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes(url) && !isOld(line));
  console.log(lines.join('\n'));
  if (status === expected) return;
  console.error(`The exit code is ${status} instead of ${expected}.`);
  process.exitCode = 1;
}

function write(text) {
  writeFileSync(join(folder, 'blacklist.yaml'), text);
}

try {
  write(FILE);
  console.log(
    `# The file blacklist.yaml declares the numbers that a bot must block.\n${FILE.slice(FILE.indexOf('    numbers:'), -1)}`,
  );
  say('Compare it with the live list, which is on a sandbox on this machine.');
  run(2, 'plan', '--detailed-exitcode', '--quiet');
  say('Make the live list equal to the file. A second plan is empty.');
  run(0, 'apply', '--yes', '--quiet');
  run(0, 'plan', '--detailed-exitcode', '--quiet');
  say('A colleague blocks a number by hand. A scheduled run finds the drift.');
  run(0, 'sandbox', 'block', ID, '+12065550188', '--port', port);
  run(2, 'drift', '--settle', '0s', '--quiet');
  say('A bad merge leaves the bot without numbers. The guard refuses it.');
  write(EMPTY);
  run(3, 'apply', '--yes', '--quiet');
  say('What to try next: start your own sandbox, and follow the quick start of README.md:');
  console.log('  npm install --global . && blacklistctl sandbox --seed --log');
} finally {
  sandbox.kill();
  rmSync(folder, { recursive: true, force: true });
}
