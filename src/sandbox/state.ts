// Keeps the sandbox's lists in a JSON file. A new version is written to a file beside it and renamed, so that a kill at
// any point leaves the old version or the new one, never half of one.

import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { dirname } from 'node:path';
import { CLOUD_LIST } from './both-apis.ts';
import { BOT_ID, isMsisdn } from './sinch.ts';

export type Lists = ReadonlyMap<string, readonly string[]>;
/** The file system of the saver. Tests make any step fail. */
export type Disk = Pick<typeof fs, 'writeFile' | 'rename' | 'rm'>;

/** Reads the lists; none if there is no file. A damaged file is an error, since the next save would overwrite it. */
export async function loadState(file: string): Promise<Lists> {
  let text: string;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new Error(`Cannot read the sandbox state file ${file}: ${message}`, { cause: error });
    // Checked now rather than at the first write.
    await fs.access(dirname(file)).catch((cause) => {
      throw new Error(`The folder of the sandbox state file ${file} does not exist: create it.`, { cause });
    });
    return new Map();
  }
  try {
    return parse(text);
  } catch (error) {
    // The message of JSON.parse quotes the file, and so may contain a number.
    const what = error instanceof SyntaxError ? 'it is not JSON' : (error as Error).message;
    const remedy = 'It was left as it is: correct it, or move it away to start with empty lists.';
    throw new Error(`The sandbox state file ${file} is damaged: ${what}. ${remedy}`);
  }
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
    const wrong = numbers.findIndex((number) => !isMsisdn(number));
    if (wrong !== -1) throw new Error(`entry ${wrong + 1} of bot ${bot} is not a number`);
  }
  return lists;
}

// fromEntries defines properties, so a bot named `__proto__` is saved like any other.
function serialize(lists: Lists): string {
  return `${JSON.stringify({ version: 1, bots: Object.fromEntries(lists) }, null, 2)}\n`;
}

/**
 * Returns a function that saves the lists. Its promise settles when all writes before the call are on disk. During a
 * save, all callers wait for the same next one (group commit). When the saver is made, the file must contain `lists()`.
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
      await disk.rm(temporary, { force: true }).catch(() => {}); // the first error is the one to report
      const { code, message } = error as NodeJS.ErrnoException;
      throw Object.assign(new Error(`Cannot save the sandbox state file ${file}: ${message}`), { code });
    }
    onDisk = text;
  }

  return () => {
    next ??= last.then(() => {
      next = undefined;
      const saving = save();
      last = saving.catch(() => {}); // its callers get the error; the next save is a new attempt
      return saving;
    });
    return next;
  };
}
