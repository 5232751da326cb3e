/**
 * Shared parts of the stories: the program, run in this process, and a stand-in for the API with a real
 * socket. It records all requests, and fails as a test requires. `process.ts` runs the built program in its
 * own process. Nothing here waits for time to pass: a test waits for a request, for output, or for an exit.
 */
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import type { RunFacts } from '../../src/model/report.ts';
import type { Clock } from '../../src/model/world.ts';
import { EXAMPLES } from '../../src/numbers/examples.ts';
import { reporters } from '../../src/report/index.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sinch.ts';
import { later } from '../later.ts';
import { HastyClock } from './clock.ts';

export const root = join(import.meta.dirname, '../..');

/** Every report format that the program offers. */
export const FORMATS = Object.keys(reporters);

/** The token of every bot that has no other. Its raw, base64 and URL-encoded forms all differ. */
export const TOKEN = 'Canary/7b+Zq9~Xw-Rt5=Mn3_Pk8';

// ── Numbers from the ranges for fiction ──────────────────────────────────────────────────────────────────────────────

/** +44 7700 900000 to 900999, without the plus. */
export function uk(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => String(447700900000 + from + index));
}

/** +1 NXX 555 0100 to 0199 in 800 area codes: 80,000 numbers, without the plus. */
export function us(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => {
    const at = from + index;
    return `1${200 + Math.floor(at / 100)}55501${String(at % 100).padStart(2, '0')}`;
  });
}

// ── Files ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Creates a new folder. Its name has no digits, because tests search masked output for digits. */
export function makeFolder(): string {
  const parent = mkdtempSync(join(tmpdir(), 'blacklistctl-'));
  later(() => rmSync(parent, { recursive: true, force: true }));
  return parent;
}

export interface BotFile {
  readonly numbers: readonly string[];
  readonly tokenEnv?: string;
  readonly policy?: string;
  readonly guard?: string;
}

/** A desired-state file. A bot that is given as an array of numbers has all defaults. */
export function yamlOf(bots: Readonly<Record<string, readonly string[] | BotFile>>): string {
  const lines = ['version: 1', 'defaults: { region: eu1, tokenEnv: SINCH_WHATSAPP_TOKEN }', 'bots:'];
  for (const [id, bot] of Object.entries(bots)) {
    const { numbers, ...settings }: BotFile = 'numbers' in bot ? bot : { numbers: bot };
    lines.push(`  "${id}":`);
    for (const [key, value] of Object.entries(settings)) lines.push(`    ${key}: ${value}`);
    lines.push(numbers.length === 0 ? '    numbers: []' : '    numbers:');
    for (const number of numbers) lines.push(`      - "+${number}"`);
  }
  return `${lines.join('\n')}\n`;
}

/** Creates a folder with a blacklist.yaml, which is the default path of the program. */
export function makeDesired(bots: Parameters<typeof yamlOf>[0]): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'blacklist.yaml'), yamlOf(bots));
  return folder;
}

// ── The program ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface RunOptions {
  /** The working directory; a new empty folder if it is not given. */
  readonly cwd?: string;
  /**
   * Added to PATH and a token. The value undefined removes a variable. The program gets no other variables.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Passes no `--numbers full`. Otherwise a run outside CI gets it, as its streams are pipes, which are masked. */
  readonly piped?: true;
  /** Text for stdin, which is then closed. */
  readonly input?: string;
  /** The default is a clock on which no sleep takes time. */
  readonly clock?: Clock;
  /** A stream that is not read any further after its first piece, which the transcript contains. */
  readonly unread?: 'stdout' | 'stderr';
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The whole output: stdout and stderr. */
  readonly output: string;
}

export interface Running {
  readonly done: Promise<Finished>;
  /** Resolves with the match when stdout or stderr contains it. Rejects if the program ends first. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
}

/** Collects the output of a program, and lets a test wait for a part of it. */
export class Transcript {
  stdout = '';
  stderr = '';
  readonly #listeners = new Set<() => void>();

  add(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    for (const listener of this.#listeners) listener();
  }

  said(pattern: RegExp, done: Promise<unknown>): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
        if (!match) return;
        this.#listeners.delete(check);
        resolve(match);
      };
      this.#listeners.add(check);
      check();
      const ended = () => reject(new Error(`it ended without saying ${pattern}:\n${this.stdout}${this.stderr}`));
      done.then(ended, ended);
    });
  }

  /** Ends the transcript. Throws if the output has a stack trace or a token. */
  finish(code: number | null, signal: NodeJS.Signals | null, env: Readonly<Record<string, string>>): Finished {
    const { stdout, stderr } = this;
    const output = stdout + stderr;
    expect(output, 'a stack trace').not.toMatch(/^\s+at .+[:)]\d*|unexpected error|unsettled top-level/m);
    const tokens = Object.entries(env).filter(([name, value]) => name.endsWith('TOKEN') && value.length >= 8);
    for (const [, token] of tokens) expect(output, 'the token').not.toContain(token);
    return { code, signal, stdout, stderr, output };
  }
}

export function environment({ env = {} }: Pick<RunOptions, 'env'>): Record<string, string> {
  const all = { PATH: process.env.PATH ?? '', SINCH_WHATSAPP_TOKEN: TOKEN, ...env };
  const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(set);
}

/** Runs the program in this process, and changes the working directory of the process until the end. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  const env = environment(options);
  const argv = options.piped || env.CI ? args : inFull(args);
  const leave = enter(options.cwd ?? makeFolder());
  const transcript = new Transcript();
  const streamTo = (name: 'stdout' | 'stderr') =>
    new Writable({
      decodeStrings: false,
      write(text: string, _, next) {
        transcript.add(name, text);
        if (options.unread !== name) next();
      },
    });
  const signals = new EventEmitter();
  const code = new Promise<number>((resolve, reject) => {
    const host = {
      argv,
      env,
      stdin: Readable.from(options.input ? [Buffer.from(options.input)] : []),
      stdout: streamTo('stdout'),
      stderr: streamTo('stderr'),
      signals,
      clock: options.clock ?? new HastyClock(),
      packageRoot: pathToFileURL(`${root}/`),
      exit: resolve,
    };
    runCli(host).then(resolve, reject);
  }).finally(leave);
  const done = code.then((code) => transcript.finish(code, null, env));
  done.catch(() => {}); // The test that awaits it gets the error. Until then, this prevents an unhandled rejection.
  return { done, said: (pattern) => transcript.said(pattern, code), kill: (signal) => void signals.emit(signal) };
}

/** Adds `--numbers full` to the arguments of a command that has this option. */
export function inFull(args: readonly string[]): readonly string[] {
  const [command = ''] = args;
  const isGiven = args.some((arg) => arg.startsWith('--numbers') || arg === '--help' || arg === '-h');
  return isGiven || !WITH_NUMBERS.includes(command) ? args : [command, '--numbers', 'full', ...args.slice(1)];
}

const WITH_NUMBERS = [
  'validate',
  'list',
  'explain',
  'fmt',
  'plan',
  'apply',
  'drift',
  'import',
  'show',
  'add',
  'remove',
];

const HOME = process.cwd();
let inside = 0;

/**
 * Changes the working directory, which is the same for the whole process. @returns a function that restores
 * it.
 */
export function enter(folder: string): () => void {
  if (inside > 0 && realpathSync(folder) !== process.cwd()) {
    throw new Error('another run, in another folder, has not ended: await it, or start one of them as a process');
  }
  process.chdir(folder);
  inside++;
  return () => {
    if (--inside === 0) process.chdir(HOME);
  };
}

export function run(args: readonly string[], options?: RunOptions): Promise<Finished> {
  return start(args, options).done;
}

// ── Reports ──────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ReportDocument {
  readonly command: string;
  readonly fingerprint: string | null;
  readonly outcome: string;
  readonly interrupted: boolean;
  readonly addsOnly?: true;
  readonly run?: RunFacts;
  readonly bots: readonly BotDocument[];
  readonly savedPlan?: { readonly made: string; readonly ageSeconds: number };
  readonly elsewhere?: readonly { readonly origin: string; readonly by: string | null }[];
  readonly summary: {
    readonly add: number;
    readonly remove: number;
    readonly unchanged: number;
    readonly requests: { readonly read: number; readonly write: number };
  };
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly errors: readonly { readonly code?: string; readonly message: string; readonly file?: string }[];
}

export interface BotDocument {
  readonly id: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly guard: { readonly tripped: boolean; readonly reason: string | null };
  readonly error: { readonly message: string; readonly detail: string | null } | null;
  readonly results: {
    readonly applied: number;
    readonly added: number;
    readonly removed: number;
    readonly failed: number;
    readonly failedAdds: number;
    readonly failedRemoves: number;
    readonly unknown: number;
    readonly unknownAdds: number;
    readonly unknownRemoves: number;
    readonly skipped: number;
    readonly skippedAdds: number;
    readonly skippedRemoves: number;
    readonly pending: number;
    readonly withheld: number;
    readonly rejected: readonly { readonly number: string; readonly direction: string; readonly reason: string }[];
    readonly withheldNumbers: readonly {
      readonly number: string;
      readonly declared: string;
      readonly because: string;
    }[];
  };
  readonly notVisible: number | null;
  readonly settings?: object;
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false });
const schema = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(join(root, `schemas/${name}.schema.json`), 'utf8')));
/** Validates a JSON report against its schema. */
export const isReport = schema('report');
const isPlan = schema('plan');

/** Returns the single JSON document on stdout. */
export function reportOf({ stdout, stderr }: Finished): ReportDocument {
  expect(stdout, `stdout must be one line of JSON; stderr was: ${stderr}`).toMatch(/^\{.*\}\n$/);
  const document: unknown = JSON.parse(stdout);
  expect(isReport(document), JSON.stringify(isReport.errors)).toBe(true);
  return document as ReportDocument;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: tests search for them
export const COLOUR = /\u001b\[[\d;]*m/;

/** Matches the numbers that masked output must not contain. */
export const SEVEN_DIGITS = /\p{Nd}{7}/u;

/** Removes the examples of our own messages, which are never masked, also as JSON writes them. */
export const withoutExamples = (output: string) =>
  EXAMPLES.reduce((text, example) => {
    return text.replaceAll(example, '').replaceAll(JSON.stringify(example).slice(1, -1), '');
  }, output);

/** Removes fingerprints, which may contain seven digits in a row. No fiction number has 8 digits. */
export function withoutFingerprints(output: string): string {
  return output.replace(/\b(?:[0-9a-f]{64}|[0-9a-f]{56}|[0-9a-f]{8})\b/g, '');
}

/** The sentence of a text report about a base URL that came from an environment variable. */
export const sentTo = (url: string) => `This run uses ${url} (BLACKLISTCTL_BASE_URL), not the vendor's API.\n`;

/** Reads a saved plan, and validates it against its schema. */
export function planFile(path: string): {
  fingerprint: string | null;
  made: string;
  unread: { id: string; why: string }[];
  bots: { id: string; add: string[]; remove: string[] }[];
} {
  const document = JSON.parse(readFileSync(path, 'utf8'));
  expect(isPlan(document), JSON.stringify(isPlan.errors)).toBe(true);
  return document;
}

/** Counts the numbers in a bot's ledger. */
export function accounted({ results }: BotDocument): number {
  const { applied, failed, unknown, skipped, pending, withheld, rejected } = results;
  return applied + failed + unknown + skipped + pending + withheld + rejected.length;
}

/** The results of a bot. All counts are 0, except for the given ones. */
export const results = (some: Partial<BotDocument['results']>): BotDocument['results'] => ({
  ...{ applied: 0, added: 0, removed: 0 },
  ...{ failed: 0, failedAdds: 0, failedRemoves: 0 },
  ...{ unknown: 0, unknownAdds: 0, unknownRemoves: 0 },
  ...{ skipped: 0, skippedAdds: 0, skippedRemoves: 0 },
  ...{ pending: 0, withheld: 0, rejected: [], withheldNumbers: [] },
  ...some,
});

// ── The API ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** One request as it arrived. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly bot: string;
  /** For a read; NaN for a write. */
  readonly page: number;
  readonly body: string;
  /** For a write. */
  readonly numbers: readonly string[];
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
}

/**
 * How the server handles a request. `pass`: answers as documented. `reset` and `hang` do not reach the API.
 * With `-after` the API handles the request, but its answer is lost. `drip` sends single bytes without end,
 * and `truncate` cuts the answer in half.
 */
export type Fault =
  | 'pass'
  | 'close'
  | 'garbage'
  | 'reset'
  | 'reset-after'
  | 'hang'
  | 'hang-after'
  | 'drip'
  | 'truncate'
  | {
      readonly status: number;
      readonly body?: string | Buffer;
      readonly headers?: Readonly<Record<string, string>>;
      /** The API handles the request anyway. */
      readonly done?: boolean;
    };

export interface ApiOptions extends SandboxOptions {
  /**
   * Chooses the fault of each request; `index` counts from 0. A promise delays the request until it resolves.
   */
  readonly fault?: (request: Seen, index: number) => Fault | Promise<Fault>;
  /** The clock of the propagation delay, which the test controls. */
  readonly now?: () => number;
}

export interface Api {
  readonly url: string;
  readonly port: number;
  readonly sandbox: Sandbox;
  /** Every request, in the order of arrival. */
  readonly seen: readonly Seen[];
  reads(bot?: string): readonly Seen[];
  writes(bot?: string): readonly Seen[];
  /** The largest number of unanswered requests of one bot at the same time. */
  peak(bot: string): number;
  /** The number of connections that were opened. */
  sockets(): number;
  /** Resolves with the first matching request, including past ones. */
  arrival(fits: (request: Seen, index: number) => boolean): Promise<Seen>;
  /** The list of a bot, sorted. */
  list(bot: string): string[];
  /** Forgets all requests so far. */
  forget(): void;
}

const DRIP_EVERY = 5; // ms

/** Serves the API on this machine. */
export async function startApi(options: ApiOptions = {}): Promise<Api> {
  const sandbox = createSandbox(options, options.now);
  const seen: Seen[] = [];
  const inFlight = new Map<string, number>();
  const peaks = new Map<string, number>();
  const listeners = new Set<() => void>();
  let sockets = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry = await readRequest(request);
    const index = seen.push(entry) - 1;
    const open = (inFlight.get(entry.bot) ?? 0) + 1;
    inFlight.set(entry.bot, open);
    peaks.set(entry.bot, Math.max(peaks.get(entry.bot) ?? 0, open));
    for (const listener of listeners) listener();
    const fault = (await options.fault?.(entry, index)) ?? 'pass';
    // Counted before the answer is sent, so that the client cannot send the next request first.
    inFlight.set(entry.bot, inFlight.get(entry.bot)! - 1);
    answer(entry, fault, response);
  }

  function answer(entry: Seen, fault: Fault, response: ServerResponse): void {
    const asked = {
      method: entry.method,
      path: entry.path,
      authorization: entry.headers.authorization,
      body: entry.body,
    };
    if (fault === 'hang') return;
    if (fault === 'garbage') return void entry.socket.end('220 mail.example.com ready\r\n');
    if (fault === 'reset') return void entry.socket.resetAndDestroy();
    if (typeof fault === 'object') {
      if (fault.done) sandbox.handle(asked);
      const body = Buffer.from(fault.body ?? '');
      response.writeHead(fault.status, { 'content-length': body.length, ...fault.headers });
      return void response.end(body);
    }
    const { status, body } = sandbox.handle(asked);
    if (fault === 'hang-after') return;
    if (fault === 'reset-after') return void entry.socket.resetAndDestroy();
    const type = body === '' ? {} : { 'content-type': 'application/json' };
    const length = fault === 'drip' ? 100_000 : Buffer.byteLength(body);
    response.writeHead(status, { ...type, 'content-length': length });
    if (fault === 'pass') return void response.end(body);
    if (fault === 'close') return void response.end(body, () => entry.socket.destroySoon());
    if (fault === 'truncate') {
      response.write(body.slice(0, body.length >> 1), () => entry.socket.destroy());
      return;
    }
    response.flushHeaders();
    const timer = setInterval(() => response.write(' '), DRIP_EVERY);
    response.on('close', () => clearInterval(timer));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => {}); // the client disconnected
  });
  server.on('connection', () => {
    sockets++;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  later(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;

  function arrival(fits: (request: Seen, index: number) => boolean): Promise<Seen> {
    return new Promise((resolve) => {
      const check = () => {
        const found = seen.find(fits);
        if (!found) return;
        listeners.delete(check);
        resolve(found);
      };
      listeners.add(check);
      check();
    });
  }

  const ofBot = (bot: string | undefined, read: boolean) =>
    seen.filter((each) => (each.method === 'GET') === read && (bot === undefined || each.bot === bot));
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    sandbox,
    seen,
    reads: (bot) => ofBot(bot, true),
    writes: (bot) => ofBot(bot, false),
    peak: (bot) => peaks.get(bot) ?? 0,
    sockets: () => sockets,
    arrival,
    list: (bot) => sandbox.list(bot).sort(),
    forget() {
      seen.length = 0;
      peaks.clear();
      sockets = 0;
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { method = '', url: path = '', headers, socket } = request;
  const url = new URL(path, 'http://api');
  const bot = decodeURIComponent(/^\/whatsapp\/v1\/([^/]+)\/provision\/blacklist$/.exec(url.pathname)?.[1] ?? '');
  const numbers = method === 'GET' ? [] : (JSON.parse(body) as { numbers: string[] }).numbers;
  const page = method === 'GET' ? Number(url.searchParams.get('page')) : Number.NaN;
  return { method, path, bot, page, body, numbers, headers, socket };
}

/** Opens once, for all that wait for it. */
export function makeGate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
