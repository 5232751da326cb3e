// Changes the lists of a running sandbox by hand: the endpoint of the server, and the request to it. No vendor has it.
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Apis, bareName, CLOUD_LIST, isBlockList } from './apis.ts';
import { answer, BOT_ID, isMsisdn, jsonIn, refused, type SandboxOptions, type SandboxResponse } from './sinch.ts';

const VERBS = ['block', 'unblock', 'message', 'username'] as const;

export interface ByHand {
  readonly verb: (typeof VERBS)[number];
  /** A bot id, a phone number ID, or the name of a list in the state file. */
  readonly list: string;
  /** With or without a plus. */
  readonly numbers: readonly string[];
}

export interface Outcome {
  /** One line for each number, and notes, if the exit code is 0; otherwise one error. */
  readonly lines: readonly string[];
  /** 6 if the arguments are wrong, 1 if no sandbox answers. */
  readonly exitCode: 0 | 1 | 6;
}

const PATH = '/sandbox/by-hand';

export const isByHand = (path: string): boolean => path.startsWith(`${PATH}/`);

/**
 * Answers `POST /sandbox/by-hand/VERB/LIST` with the body `{"numbers": ["+447700900123"]}`. A block or unblock shows at
 * once, whatever the propagation, and no user has to write first.
 */
export function answerByHand(
  sandbox: Apis,
  { method, path, body }: { method: string; path: string; body: string },
  onChange: SandboxOptions['onChange'],
): SandboxResponse {
  const [, verb, list = ''] = /^\/([a-z]+)\/(.*)$/.exec(path.slice(PATH.length)) ?? [];
  const name = nameOf(decoded(list), sandbox);
  const cloud = isBlockList(name);
  const numbers = (jsonIn(body) as { numbers?: unknown } | null | undefined)?.numbers;
  if (method !== 'POST' || !VERBS.some((known) => known === verb)) return refused(404, 'no such path');
  if (!BOT_ID.test(bareName(name))) return refused(400, `"${name}" is not a bot id; pass ${FORMS}`);
  if (!Array.isArray(numbers) || numbers.length === 0) return refused(400, 'a list of numbers is missing');
  const wrong = numbers.find((number) => !isMsisdn(number));
  if (wrong !== undefined)
    return refused(400, `${JSON.stringify(wrong)} is not a phone number such as "+447700900123"`);
  if (verb === 'message' || verb === 'username') {
    if (!cloud) return refused(400, `${name} is not a list of the Cloud API; pass a phone number ID`);
    const [change, words] =
      verb === 'message'
        ? ([sandbox.wrote, `wrote to ${name}; this user can be blocked in the next 24 hours`] as const)
        : ([sandbox.tookUsername, `took a username; if blocked, this user is on ${name} without a number`] as const);
    change(name, numbers);
    return answer(200, { lines: numbers.map((number) => `${number} ${words}`) });
  }
  const isNew = !cloud && !sandbox.bots().includes(name);
  const users = new Set(sandbox.list(name));
  const changed: string[] = [];
  const lines = numbers.map((number: string) => {
    const user = cloud ? sandbox.waId(number) : number.replace('+', '');
    const blocks = verb === 'block';
    if (users.has(user) === blocks) return `${number} was ${blocks ? 'already' : 'not'} blocked on ${name}`;
    if (blocks) users.add(user);
    else users.delete(user);
    changed.push(user);
    return `${number} is ${blocks ? 'now' : 'no longer'} blocked on ${name}`;
  });
  if (changed.length > 0) {
    sandbox.set(name, users);
    onChange?.(verb === 'block' ? 'POST' : 'DELETE', changed);
  }
  return answer(200, { lines: isNew ? [...lines, takenForSinch(name)] : lines });
}

const OTHER_FORMS = 'a phone number ID, gupshup/APP_ID or 360dialog/KEY';
const FORMS = `${OTHER_FORMS}, or the id of a Sinch bot`;

/** The sandbox knows no files, so it cannot tell that a new name is the id of another API's bot in a file. */
const takenForSinch = (name: string) => `note: ${name} is a new Sinch bot; for other bots, pass ${OTHER_FORMS}`;

/**
 * Finds the name of a list: digits are a phone number ID, unless a Sinch bot has that id. The key of 360dialog is not
 * kept, so a digest of it is the name.
 */
function nameOf(list: string, sandbox: Apis): string {
  const [, key] = /^360dialog\/(.+)$/.exec(list) ?? [];
  if (key !== undefined) return `360dialog/${sandbox.keyed(key)}`;
  return /^\d+$/.test(list) && !sandbox.bots().includes(list) ? CLOUD_LIST + list : list;
}

/** Decodes a part of a path. Text that is not encoded stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Sends a change to the sandbox that listens on this port. */
export async function changeByHand(port: number, { verb, list, numbers }: ByHand): Promise<Outcome> {
  const path = `${PATH}/${verb}/${list.split('/').map(encodeURIComponent).join('/')}`;
  // `agent: false` bypasses a proxy that NODE_USE_ENV_PROXY gives to the global agent.
  const sent = request({ host: '127.0.0.1', port, method: 'POST', path, agent: false });
  try {
    sent.end(JSON.stringify({ numbers }));
    const [response] = await once(sent, 'response');
    const { lines, reason } = JSON.parse(await text(response)) as { lines?: string[]; reason?: string };
    return lines ? { exitCode: 0, lines } : { exitCode: 6, lines: [String(reason)] };
  } catch {
    return {
      exitCode: 1,
      lines: [`no sandbox answers on port ${port}; start it with: blacklistctl sandbox --port ${port}`],
    };
  }
}
