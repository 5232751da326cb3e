#!/usr/bin/env node
/**
 * A stand-in for the program sops, made from its documents: reads YAML or JSON on stdin, and encrypts or decrypts each value
 * with AES-256-GCM under a data key that age has encrypted. A value is bound to its keys, and all of them to a MAC.
 *
 *   sops encrypt --age RECIPIENT --input-type yaml --output-type yaml
 *   sops decrypt --input-type yaml --output-type yaml
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { parse, stringify } from 'yaml';

const ENCRYPTED = /^ENC\[AES256_GCM,data:(.*),iv:(.*),tag:(.*),type:(.*)\]$/;

function encryptValue(value, key, path) {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(path));
  const data = Buffer.concat([cipher.update(String(value)), cipher.final()]);
  const [text, nonce, tag] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
  return `ENC[AES256_GCM,data:${text},iv:${nonce},tag:${tag},type:${typeof value === 'number' ? 'int' : 'str'}]`;
}

function decryptValue(value, key, path) {
  const [, data, iv, tag, type] =
    ENCRYPTED.exec(value) ?? fail(`Input string ${value} does not match sops' data format`);
  const [text, nonce, seal] = [data, iv, tag].map((part) => Buffer.from(part, 'base64'));
  const cipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(path)).setAuthTag(seal);
  const plain = Buffer.concat([cipher.update(text), cipher.final()]).toString();
  return type === 'int' ? Number(plain) : plain;
}

/** Every value by its keys; the places in a list do not count. */
function walk(node, change, path = '') {
  if (Array.isArray(node)) return node.map((item) => walk(item, change, path));
  if (typeof node !== 'object' || node === null) return change(node, path);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, walk(value, change, `${path}${key}:`)]));
}

function fail(words) {
  process.stderr.write(`${words}\n`);
  process.exit(128);
}

async function unlock(stanza) {
  const decrypter = new Decrypter();
  const { SOPS_AGE_KEY, SOPS_AGE_KEY_FILE } = process.env;
  const keys = SOPS_AGE_KEY ?? (SOPS_AGE_KEY_FILE ? readFileSync(SOPS_AGE_KEY_FILE, 'utf8') : '');
  for (const line of keys.split('\n')) if (line.startsWith('AGE-')) decrypter.addIdentity(line);
  try {
    return Buffer.from(await decrypter.decrypt(armor.decode(stanza.enc)));
  } catch {
    const lost = 'Recovery failed because no master key was able to decrypt the file.';
    return fail(
      `Failed to get the data key required to decrypt the SOPS file.\n\nGroup 0: FAILED\n  ${stanza.recipient}: FAILED\n\n${lost}`,
    );
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { age: { type: 'string' }, 'input-type': { type: 'string' }, 'output-type': { type: 'string' } },
});
const [command, ...files] = positionals;
const type = values['input-type'];
if (files.length > 0 || values['output-type'] !== type) fail('the stand-in reads stdin, and writes what it reads');
const { sops, ...tree } = parse(readFileSync(0, 'utf8'));
const write = (document) =>
  process.stdout.write(type === 'json' ? JSON.stringify(document, null, '\t') : stringify(document));
const hash = createHash('sha512');

if (command === 'encrypt') {
  const key = randomBytes(32);
  const encrypter = new Encrypter();
  encrypter.addRecipient(values.age);
  const enc = armor.encode(await encrypter.encrypt(key));
  const lastmodified = '2026-06-15T00:00:00Z';
  const secret = walk(tree, (value, path) => {
    hash.update(String(value));
    return encryptValue(value, key, path);
  });
  const mac = encryptValue(hash.digest('hex').toUpperCase(), key, lastmodified);
  write({ ...secret, sops: { age: [{ recipient: values.age, enc }], lastmodified, mac, version: '3.10.2' } });
} else if (command === 'decrypt') {
  const key = await unlock(sops.age[0]);
  let plain;
  try {
    plain = walk(tree, (value, path) => {
      const decrypted = decryptValue(value, key, path);
      hash.update(String(decrypted));
      return decrypted;
    });
  } catch {
    fail('Error decrypting tree: Could not decrypt with AES_GCM: cipher: message authentication failed');
  }
  if (decryptValue(sops.mac, key, sops.lastmodified) !== hash.digest('hex').toUpperCase()) fail('MAC mismatch.');
  write(plain);
} else {
  fail('No such command');
}
