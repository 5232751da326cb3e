/** Recognizes files that are not what their names say, by their first bytes: each of their lines would be an error. */

/** Checks if bytes are a pointer, which a checkout without Git LFS has instead of the file. */
export function isLfsPointer(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, 40).startsWith('version https://git-lfs.github.com/spec/');
}

export const LFS_POINTER = 'is a pointer of Git LFS instead of the file; run git lfs pull, or check out with lfs: true';

/** Returns why a plain number file cannot be read, to follow its name; null if it may be one. */
export function whyNotNumbers(start: Buffer): string | null {
  if (isLfsPointer(start)) return LFS_POINTER;
  if (WORKBOOKS.some((bytes) => start.subarray(0, bytes.length).equals(bytes))) {
    return 'is a workbook of a spreadsheet; export it as "CSV UTF-8"';
  }
  if (isUtf16(start)) {
    return 'is UTF-16 text, such as "Unicode Text" of Excel; export it as "CSV UTF-8", or save it as UTF-8';
  }
  if (start.subarray(0, 4096).includes('ENC[AES256_GCM,')) {
    return 'is encrypted with SOPS, which works for YAML files only; encrypt it with age, and add .age to its name';
  }
  return null;
}

/** The first bytes of a ZIP archive (.xlsx, .ods, .numbers) and of a file of older programs (.xls). */
const WORKBOOKS = [Buffer.from('PK\x03\x04'), Buffer.from('d0cf11e0', 'hex')];

/** Checks for a byte order mark of UTF-16, and for a first character of two bytes, of which one is zero. */
function isUtf16([first, second]: Buffer): boolean {
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return hasMark || (first === 0) !== (second === 0);
}
