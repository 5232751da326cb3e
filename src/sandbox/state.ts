// The sandbox's lists in a JSON file. A new version is written beside it and renamed over it, so that a kill at any
// point leaves the old version or the new one, never half of one.

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { CLOUD_LIST } from './both-apis.ts';
import { BOT_ID, MSISDN } from './sinch.ts';

export type Lists = ReadonlyMap<string, readonly string[]>;
/** What the saver needs of a file system: tests stop it at any step. */
export type Disk = Pick<typeof fs, 'writeFile' | 'rename' | 'rm'>;

/** No file is no lists; a file that cannot be understood is an error, for to go on would overwrite it. */
export async function loadState(file: string): Promise<Lists> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return startEmpty(file);
    throw new Error(`Cannot read the sandbox state file ${file}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return parse(text);
  } catch (error) {
    // What JSON.parse says quotes the file, and so may quote a number.
    const what = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    const remedy = 'It was left as it is: correct it, or move it away to start with empty lists.';
    throw new Error(`The sandbox state file ${file} is damaged: ${what}. ${remedy}`);
  }
}

/** Known now rather than at the first write. */
async function startEmpty(file: string): Promise<Lists> {
  try {
    await fs.access(dirname(file));
  } catch (error) {
    throw new Error(`The folder of the sandbox state file ${file} does not exist: create it.`, { cause: error });
  }
  return new Map();
}

function parse(text: string): Lists {
  const state = JSON.parse(text) as { version?: unknown; bots?: unknown } | null;
  if (state?.version !== 1) throw new Error('"version" is not 1');
  const { bots } = state;
  if (typeof bots !== 'object' || bots === null || Array.isArray(bots)) throw new Error('"bots" is not an object');
  const lists = new Map<string, string[]>(Object.entries(bots));
  for (const [bot, numbers] of lists) {
    if (!BOT_ID.test(bot.replace(CLOUD_LIST, ''))) throw new Error(`${JSON.stringify(bot)} is not a bot id`);
    if (!Array.isArray(numbers)) throw new Error(`bot ${bot} has no list of numbers`);
    const wrong = numbers.findIndex((number) => typeof number !== 'string' || !MSISDN.test(number));
    if (wrong !== -1) throw new Error(`entry ${wrong + 1} of bot ${bot} is not a number`);
  }
  return lists;
}

// fromEntries defines properties, so a bot named `__proto__` is one like any other.
function serialize(lists: Lists): string {
  return `${JSON.stringify({ version: 1, bots: Object.fromEntries(lists) }, null, 2)}\n`;
}

/**
 * Returns the function that saves what `lists` returns; its promise settles when all that was written before the call is
 * on disk. While one save runs, all who ask wait for the same next one (group commit). `lists` must now be what the file holds.
 */
export function createSaver(file: string, lists: () => Lists, disk: Disk = fs): () => Promise<void> {
  let onDisk = serialize(lists());
  let last = Promise.resolve();
  let next: Promise<void> | undefined;

  async function save(): Promise<void> {
    const text = serialize(lists());
    if (text === onDisk) return;
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await disk.writeFile(temporary, text, { flag: 'wx', mode: 0o600, flush: true });
      await disk.rename(temporary, file);
    } catch (error) {
      await disk.rm(temporary, { force: true }).catch(() => {}); // the first error is the one to tell
      const { code, message } = error as NodeJS.ErrnoException;
      throw Object.assign(new Error(`Cannot save the sandbox state file ${file}: ${message}`), { code });
    }
    onDisk = text;
  }

  return () => {
    next ??= last.then(() => {
      next = undefined;
      const saving = save();
      last = saving.catch(() => {}); // told to those who wait for it; the next save is a new attempt
      return saving;
    });
    return next;
  };
}
