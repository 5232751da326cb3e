const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';

/** Whether these are the first bytes of a file that age has encrypted, armored or not. */
export function isAge(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 100).trimStart();
  return start.startsWith('age-encryption.org/v1\n') || start.startsWith(ARMOR);
}
