/** Checks the key `requires`: the versions of this program that may use a file. */
import Range from 'semver/classes/range.js';
import type { Fault } from '../../model/fault.ts';
import type { ParsedFile } from '../yaml/parse.ts';
import { isMapping } from '../yaml/parts.ts';

const PATH = ['requires'];

/** The longest range, in characters. */
const MAX_LENGTH = 200;

/** Finds the fault of a text that is no range. The schema check reports a value that is no text. */
export function checkRange(file: ParsedFile): Fault[] {
  const text = rangeIn(file);
  if (text === null || parse(text)) return [];
  return [file.fault(PATH, '"requires" must be a range of versions, such as ">=0.2 <1"')];
}

/**
 * Finds the fault of a file that another version of this program must read. Other errors of that file may come from keys
 * that this version does not know.
 *
 * @param version of this program. A pre-release counts as a version below its release.
 */
export function unmetBy(version: string, file: ParsedFile): Fault | null {
  const text = rangeIn(file);
  const range = text === null ? null : parse(text);
  if (!range || range.test(version)) return null;
  const wanted = text!.trim().replace(/\s+/g, ' ');
  return file.fault(
    PATH,
    `this file requires version ${wanted} of blacklistctl, but this is version ${version}; use a version in that range`,
  );
}

function rangeIn({ value }: ParsedFile): string | null {
  return isMapping(value) && typeof value.requires === 'string' ? value.requires : null;
}

/** Returns null for a text that is no range. An empty text would allow every version, but is probably a mistake. */
function parse(text: string): Range | null {
  if (text.trim() === '' || text.length > MAX_LENGTH) return null;
  try {
    return new Range(text, { includePrerelease: true });
  } catch {
    return null;
  }
}
