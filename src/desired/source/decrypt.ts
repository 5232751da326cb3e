import { type ExecFileException, execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ProgramError } from '../../model/errors.ts';
import { MAX_BYTES } from './tree.ts';

const LF = 10;
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';

/** Checks if bytes begin a file that age has encrypted, armored or not. */
export function isAge(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 100).trimStart();
  return start.startsWith('age-encryption.org/v1\n') || start.startsWith(ARMOR);
}

/** Decrypts a file in memory only. The message of an error follows the name of the file. */
export type Decrypt = (name: string, bytes: Buffer) => Promise<Buffer>;

export interface Keyring {
  /** The environment variables with the keys. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives every text that must not appear in any output. */
  readonly secrets: Set<string>;
  /** Aborted when the run is interrupted. */
  readonly stop?: AbortSignal;
}

const SOPS_PATIENCE = 60_000; // ms: a key service may be slow, and a prompt for a passphrase would wait forever

/**
 * Detects an age file by its name or first bytes, and a SOPS file (YAML or JSON) by its top-level key `sops`.
 */
export function isEncrypted(name: string, bytes: Buffer): boolean {
  return name.endsWith('.age') || isAge(bytes) || sopsType(bytes) !== null;
}

/** @param patience how long `sops` may take, in milliseconds. */
export function makeDecrypt(keyring: Keyring, patience = SOPS_PATIENCE): Decrypt {
  return async (name, bytes) => {
    const { SOPS_AGE_KEY = '', SOPS_AGE_KEY_FILE = '' } = keyring.env;
    for (const key of keysIn(SOPS_AGE_KEY)) keyring.secrets.add(key);
    // If SOPS_AGE_KEY_FILE holds a key instead of a path, sops prints it in its error.
    if (SOPS_AGE_KEY_FILE.startsWith('AGE-')) keyring.secrets.add(SOPS_AGE_KEY_FILE);
    const type = sopsType(bytes);
    if (isAge(bytes)) return openAge(bytes, keyring);
    if (type === null || name.endsWith('.age')) {
      throw new Error('ends in .age but is not an age file; encrypt it with age, or remove .age from its name');
    }
    return openSops(bytes, type, keyring, patience);
  };
}

/** Searches bytes, so that a plain file of a million numbers is not decoded twice. */
function sopsType(bytes: Buffer): 'yaml' | 'json' | null {
  if (bytes.toString('latin1', 0, 100).trimStart().startsWith('{')) {
    const text = bytes.toString('latin1');
    return /"sops"\s*:\s*\{/.test(text) && hasSopsKey(text) ? 'json' : null;
  }
  // A search for the line feed as well would stop at each of a million lines.
  for (let at = bytes.indexOf('sops:'); at >= 0; at = bytes.indexOf('sops:', at + 1)) {
    if (at === 0 || bytes[at - 1] === LF) return 'yaml';
  }
  return null;
}

/** Reports whether the outermost braces have the key `sops`: a bot or a list may have this name, too. */
function hasSopsKey(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (const [token, key] of json.matchAll(/\\.|("sops")\s*:\s*(?=\{)|["{}[\]]/gs)) {
    if (token === '"') inText = !inText;
    if (inText) continue;
    if (key && depth === 1) return true;
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
  }
  return false;
}

async function openAge(bytes: Buffer, keyring: Keyring): Promise<Buffer> {
  const { armor, Decrypter } = await import('age-encryption');
  const damaged = () => new Error('is damaged, so age cannot open it; restore it from Git, or encrypt it again');
  let binary: Uint8Array = bytes;
  try {
    if (bytes[0] !== 'a'.charCodeAt(0)) binary = armor.decode(bytes.toString('latin1'));
  } catch {
    throw damaged();
  }
  const start = Buffer.from(binary.subarray(0, 64 * 1024)).toString('latin1');
  const [header = ''] = start.split('\n---', 1);
  if (/^-> scrypt /m.test(header)) {
    throw new Error('is encrypted with a passphrase, which cannot be entered; encrypt it to a key (age -r)');
  }
  if (hasManyStanzas(Buffer.from(binary.buffer, binary.byteOffset, binary.length))) {
    throw new Error(`is encrypted to more than ${MAX_STANZAS} recipients; encrypt it to fewer`);
  }
  const decrypter = new Decrypter();
  const count = addKeys(decrypter, keyring);
  try {
    return Buffer.from(await decrypter.decrypt(binary));
  } catch (error) {
    if (!(error as Error).message.startsWith('no identity matched')) throw damaged();
    const which = count === 1 ? 'the key in the environment' : `any of the ${count} keys in the environment`;
    throw new Error(`cannot be decrypted with ${which}; use the key of a recipient, or encrypt it to this key as well`);
  }
}

/** The most recipients of a file. To open it, each of them takes a millisecond for each key. */
const MAX_STANZAS = 200;

/** Counts the parts of the header for one recipient each. */
function hasManyStanzas(bytes: Buffer): boolean {
  const end = bytes.indexOf('\n---');
  const header = end < 0 ? bytes : bytes.subarray(0, end);
  let at = 0;
  for (let count = 0; count <= MAX_STANZAS; count++) {
    at = header.indexOf('\n-> ', at) + 1;
    if (at === 0) return false;
  }
  return true;
}

/** Adds the keys from the two variables that sops also reads. @returns their count. */
function addKeys(decrypter: { addIdentity(key: string): void }, { env, secrets }: Keyring): number {
  const sources = [
    ['SOPS_AGE_KEY', env.SOPS_AGE_KEY],
    ['the file of SOPS_AGE_KEY_FILE', readKeyFile(env.SOPS_AGE_KEY_FILE)],
  ] as const;
  let count = 0;
  let plugins = 0;
  for (const [source, text] of sources) {
    for (const [index, key] of keysIn(text).entries()) {
      secrets.add(key);
      if (/^AGE-PLUGIN-/i.test(key)) {
        plugins++;
        continue;
      }
      try {
        decrypter.addIdentity(key);
        count++;
      } catch {
        throw new Error(`needs an age key, but key ${index + 1} in ${source} is none; use one from age-keygen`);
      }
    }
  }
  if (count > 0) return count;
  if (plugins > 0) throw new Error('needs an age key, but only keys of age plugins are set; add one from age-keygen');
  throw new Error(
    'is encrypted with age, but no age key is set; put one into SOPS_AGE_KEY, or the path of a key file into SOPS_AGE_KEY_FILE',
  );
}

function readKeyFile(path: string | undefined): string | undefined {
  if (!path) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const name = path.includes('AGE-') ? '' : ` (${path})`; // the path may be a key by mistake
    throw new Error(
      `needs an age key, but the file in SOPS_AGE_KEY_FILE${name} cannot be read (${code}); correct the path, or put the key itself into SOPS_AGE_KEY`,
    );
  }
}

/** Splits text into keys, with blanks or line breaks between them. A line that begins with `#` is a comment. */
function keysIn(text = ''): string[] {
  const words = (line: string) => line.split(/\s+/).filter((word) => word !== '');
  const lines = text.trim().split('\n');
  // A variable may contain a whole key file on one line, with its comments.
  if (lines.length === 1 && text.trim().startsWith('#')) return words(text).filter((word) => /^AGE-/i.test(word));
  return lines.filter((line) => !line.trim().startsWith('#')).flatMap(words);
}

function openSops(bytes: Buffer, type: string, { env, stop }: Keyring, patience: number): Promise<Buffer> {
  const args = ['decrypt', '--input-type', type, '--output-type', type];
  const ends = { maxBuffer: MAX_BYTES, timeout: patience, signal: stop, killSignal: 'SIGKILL' } as const;
  const options = { encoding: 'buffer', env: envOfSops(env), ...ends } as const;
  return new Promise((resolve, reject) => {
    const child = execFile('sops', args, options, (error, stdout, stderr) => {
      if (error) reject(whyNot(error, stderr.toString(), patience));
      else resolve(stdout);
    });
    child.stdin!.on('error', () => {}); // sops may exit before it has read all; its exit code is reported
    child.stdin!.end(bytes);
  });
}

/**
 * The variables that sops, gpg and the clients of key services read: keys, proxies, folders and the system's own. All
 * others, such as the tokens of bots, are no business of a program that a line in a file can start. `docs/encryption.md`
 * lists them, and `tokenEnv` can name none of those that are secrets.
 */
export const OF_SOPS =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TZ|TERM|TMPDIR|TMP|TEMP|PATHEXT|COMSPEC|SYSTEMROOT|WINDIR|SYSTEMDRIVE|USERPROFILE|APPDATA|LOCALAPPDATA|PROGRAMDATA|XDG_\w+|GNUPGHOME|GPG_\w+|SSH_AUTH_SOCK|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|SSL_CERT_(?:FILE|DIR)|MSI_(?:ENDPOINT|SECRET)|IDENTITY_(?:ENDPOINT|HEADER|SERVER_THUMBPRINT)|GCE_METADATA_\w+|(?:SOPS|AWS|GOOGLE|GCLOUD|CLOUDSDK|AZURE|VAULT|HUAWEICLOUD)_\w+)$/i;

function envOfSops(env: Keyring['env']): Keyring['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name]) => OF_SOPS.test(name)));
}

function whyNot(error: ExecFileException, stderr: string, patience: number): Error {
  if (error.code === 'ENOENT') {
    return new Error('is encrypted with SOPS, but "sops" is not on the PATH; install sops 3.10 or newer');
  }
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return new Error('is larger than 64 MiB after decryption; split it into several files');
  }
  if (error.name === 'AbortError') return new Error('was not decrypted: the run was interrupted');
  if (error.killed) {
    return new Error(
      `sops did not finish within ${patience / 1000} s and was stopped; check that it can reach its keys and asks for no passphrase`,
    );
  }
  const words = stderr.replace(/\s+/g, ' ').trim();
  const shown = words.length > 400 ? `${words.slice(0, 400)}…` : words;
  return new ProgramError(meaningOf(words), 'sops', shown);
}

/** Words what sops means. Its own words may quote the file. */
function meaningOf(words: string): string {
  if (/no file specified|cannot operate on non-existent/i.test(words)) {
    return 'the installed sops cannot read from a pipe; install sops 3.10 or newer';
  }
  if (/data key|master key/i.test(words)) {
    return 'sops cannot decrypt it with the keys that are set; put an age key into SOPS_AGE_KEY, or give this machine access to the KMS or PGP key';
  }
  return 'sops could not decrypt it; if it is damaged or was edited without sops, restore it from Git';
}
