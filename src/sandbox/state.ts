// Keeps the sandbox's lists, and a random key, in a JSON file. A new version is written to a temporary file and renamed,
// so that a kill at any point leaves the old version or the new one, never half of one.

import { randomBytes, randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { bareName } from './apis.ts';
import { BOT_ID, isMsisdn } from './sinch.ts';

export type Lists = ReadonlyMap<string, readonly string[]>;

export interface State {
  /** 32 random bytes in hex; null if the file has none yet. Fingerprints are keyed with it if a bot has no token. */
  readonly key: string | null;
  readonly lists: Lists;
}

/** The file system that the saver uses. Tests make its steps fail. */
export type Disk = Pick<typeof fs, 'writeFile' | 'rename' | 'rm'>;

/**
 * Reads the state, which is empty if the file does not exist. A damaged file is an error, as the next save
 * would overwrite it.
 */
export async function loadState(file: string): Promise<State> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new Error(`cannot read the sandbox state file ${file}: ${reasonOf(error)}`, { cause: error });
    }
    // Checked now rather than at the first write.
    await fs.access(dirname(file)).catch((cause) => {
      throw new Error(`the folder of the sandbox state file ${file} does not exist; create it`, { cause });
    });
    return { key: null, lists: new Map() };
  }
  try {
    return parse(text);
  } catch (error) {
    // The message of JSON.parse quotes the file, and may contain a number.
    const what = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    throw new Error(`the sandbox state file ${file} is damaged: ${what}; fix it, or move it to start with empty lists`);
  }
}

/** Shortens a message of Node, such as `ENOSPC: no space left on device, write`, to its words. */
function reasonOf(error: unknown): string {
  return /^E[A-Z]+: ([^,]+)/.exec((error as Error).message)?.[1] ?? (error as Error).message;
}

function parse(text: string): State {
  const state = JSON.parse(text) as { version?: unknown; key?: unknown; bots?: unknown } | null;
  if (state?.version !== 1) throw new Error('"version" is not 1');
  const { key = null, bots } = state;
  if (key !== null && !isKey(key)) throw new Error('"key" is not 64 characters of 0-9 a-f');
  if (typeof bots !== 'object' || bots === null || Array.isArray(bots)) throw new Error('"bots" is not an object');
  const lists = new Map<string, string[]>(Object.entries(bots));
  for (const [bot, numbers] of lists) {
    if (!BOT_ID.test(bareName(bot))) throw new Error(`${JSON.stringify(bot)} is not a bot id`);
    if (!Array.isArray(numbers)) throw new Error(`bot ${bot} has no list of numbers`);
    const wrong = numbers.findIndex((number) => !isMsisdn(number));
    if (wrong !== -1) throw new Error(`entry ${wrong + 1} of bot ${bot} is not a number`);
  }
  return { key, lists };
}

const isKey = (key: unknown): key is string => typeof key === 'string' && /^[0-9a-f]{64}$/.test(key);

// fromEntries defines properties, so a bot named `__proto__` is saved like any other.
function serialize(key: string, lists: Lists): string {
  return `${JSON.stringify({ version: 1, key, bots: Object.fromEntries(lists) }, null, 2)}\n`;
}

async function write(file: string, text: string, disk: Disk): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await disk.writeFile(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
    await disk.rename(temporary, file);
  } catch (error) {
    await disk.rm(temporary, { force: true }).catch(() => {}); // the first error is the one to report
    throw new Error(`cannot save the sandbox state file ${file}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Reads the state. Writes a new key at once, so that the next run finds the same key, even after a crash of this one. */
export async function openState(file: string, disk: Disk = fs): Promise<State & { readonly key: string }> {
  const { key, lists } = await loadState(file);
  if (key !== null) return { key, lists };
  const made = randomBytes(32).toString('hex');
  await write(file, serialize(made, lists), disk);
  return { key: made, lists };
}

/**
 * Returns a function that saves the lists. Its promise settles when all changes before the call are on disk. During a
 * save, all callers wait for the same next save (group commit). The file must already contain the key and `lists()`.
 */
export function createSaver(file: string, key: string, lists: () => Lists, disk: Disk = fs): () => Promise<void> {
  let onDisk = serialize(key, lists());
  let last = Promise.resolve();
  let next: Promise<void> | undefined;

  async function save(): Promise<void> {
    const text = serialize(key, lists());
    if (text === onDisk) return;
    await write(file, text, disk);
    onDisk = text;
  }

  return () => {
    next ??= last.then(() => {
      next = undefined;
      const saving = save();
      last = saving.catch(() => {}); // the callers of this save get its error; the next save tries again
      return saving;
    });
    return next;
  };
}
