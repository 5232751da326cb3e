/** A folder of desired state, and servers of which all may be hostile. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { createApis } from '../../../src/sandbox/apis.ts';
import type { SandboxResponse } from '../../../src/sandbox/sinch.ts';
import { later } from '../../later.ts';
import { makeFolder, run } from '../harness.ts';

export const PHONE = '106540352242922';

export interface Request {
  readonly method: string;
  readonly path: string;
}

export interface Answer extends SandboxResponse {
  /** The text after the status. */
  readonly reason?: string;
}

/** Changes the answer to a request. */
export type Change = (request: Request, good: SandboxResponse) => Answer;

/** What one case may change before its commands run. */
export interface World {
  readonly cwd: string;
  /** The desired state, as JSON has it. */
  document: object;
  /** Changes its text. */
  edit: (text: string) => string;
  /** The other files, by name. */
  readonly files: Record<string, string>;
  readonly env: Record<string, string>;
  answer: Change;
  readonly args: string[];
  /** The commits, each with its subject, author and branch. */
  readonly commit: { subject: string; author: string; branch: string };
}

/** The desired state of all cases. The number is declared for one bot, and live for another. */
export const documentOf = (number: string): object => ({
  version: 1,
  requires: '>=0.0.0',
  defaults: {
    region: 'eu1',
    tokenEnv: 'SINCH_WHATSAPP_TOKEN',
    policy: 'sync',
    guard: { percent: 100, floor: 100 },
    ignore: [{ prefix: '+1202', reason: 'Test phones', until: '2099-01-01' }],
  },
  lists: {
    fraud: {
      owner: 'Trust & Safety',
      numbers: ['+12015550145', { number: '+12015550146', reason: 'Fraud', labels: { ticket: 'ABC' } }],
      files: [{ path: 'fraud.csv', column: 'number' }],
    },
  },
  bots: {
    support: {
      lists: ['fraud'],
      files: [{ path: 'numbers/*.txt' }],
      numbers: [
        { number: `+${number}`, waId: '+12015550177', reason: 'Threats', owner: 'ann', expires: '2099-12-31' },
        { number: '+12015550147', expires: '2020-01-01', labels: { ticket: '4711' } },
        '+12015550148',
      ],
      ignore: [{ number: '+12015550149', reason: 'A tester' }, '+12015550150'],
    },
    shop: {
      provider: 'whatsapp-cloud',
      phoneNumberId: PHONE,
      apiVersion: 'v25.0',
      tokenEnv: 'CLOUD_TOKEN',
      numbers: ['+12015550151', { number: '+12015550152', protected: 'true' }],
    },
  },
});

export function makeWorld(cwd: string, number: string, token: string): World {
  return {
    cwd,
    document: documentOf(number),
    edit: (text) => text,
    files: {
      'fraud.csv': 'number,name\n+12015550153,Ann\n+12015550154,Bob\n',
      'numbers/spam.txt': '+12015550155\n+12015550156 # spam\n',
      'contacts.txt': `+12015550151\n+${number}\n`,
    },
    env: { SINCH_WHATSAPP_TOKEN: token, CLOUD_TOKEN: `${token}`, BLACKLISTCTL_BASE_URL: server.url },
    answer: (_, good) => good,
    args: [],
    commit: { subject: 'Block a number', author: 'Ann Example', branch: 'main' },
  };
}

/** Writes the files of a world into its folder, which is emptied first. */
export function writeWorld({ cwd, document, edit, files }: World): void {
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  const all = { 'blacklist.yaml': edit(stringify(document)), ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
}

/** Commits the folder. */
export function commitAll({ cwd, commit: { subject, author, branch } }: World): void {
  const options = { cwd, stdio: 'pipe', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } } as const;
  const git = (...args: string[]) => execFileSync('git', args, options);
  git('init', '-q', '-b', branch);
  git('add', '-A');
  const who = ['-c', `user.name=${author}`, '-c', 'user.email=ann@example.com', '-c', 'commit.gpgsign=false'];
  git(...who, 'commit', '-q', '--allow-empty', '-m', subject);
}

/** Makes a program that prints a text on stderr and fails. @returns the folder, for PATH. */
export function failingProgram(cwd: string, name: string, text: string): string {
  const bin = join(cwd, '.bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'words'), text);
  writeFileSync(join(bin, name), `#!/bin/sh\ncat > /dev/null\ncat "${bin}/words" >&2\nexit 128\n`);
  chmodSync(join(bin, name), 0o755);
  return bin;
}

/** Headers can have no other characters. */
const latin = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');

// ── The server ───────────────────────────────────────────────────────────────────────────────────────────────────────

const server = { url: '', answer: ((_, good) => good) as Change, sandbox: createApis() };

/** Starts the one server of all cases. */
export async function startServer(): Promise<void> {
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url: path = '', headers } = request;
    const good = server.sandbox.handle({ method, path, authorization: headers.authorization, headers, body });
    const { status, reason = 'OK', headers: own = {}, body: text } = server.answer({ method, path }, good);
    const sent = Object.entries(own).map(([name, value]) => [name, latin(value)]);
    response.writeHead(status, latin(reason), { 'content-type': 'application/json', ...Object.fromEntries(sent) });
    response.end(text);
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  later(() => {
    http.close();
    http.closeAllConnections();
  });
  server.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** Makes the live lists of a case. */
export function serve({ answer }: World, number: string): void {
  server.answer = answer;
  server.sandbox = createApis({ cloud: { contact: 'all' } });
  server.sandbox.set('support', ['12015550145', '12015550160']);
  server.sandbox.set(`whatsapp-cloud/${PHONE}`, ['12015550151', number, '12015550161']);
}

export const folder = () => join(makeFolder(), 'w');

/** Runs a command line in the folder. @returns all that it printed, and its metrics. */
export async function outputOf(world: World, args: readonly string[]): Promise<string> {
  const { output } = await run(args, { cwd: world.cwd, env: world.env, piped: true });
  return output + metricsIn(world.cwd);
}

function metricsIn(cwd: string): string {
  try {
    return readFileSync(join(cwd, 'run.prom'), 'utf8');
  } catch {
    return '';
  }
}
