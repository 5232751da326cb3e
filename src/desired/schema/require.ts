/** Reads and checks `require`: the keys that the entries of a bot or a list must have. */
import { type Fault, type Place, written } from '../../model/fault.ts';
import { dayAfter } from '../../model/world.ts';
import { parseWritten } from '../../numbers/written.ts';
import type { ParsedFile } from '../yaml/parse.ts';
import { isMapping, type Mapping, type Part, type Parts } from '../yaml/parts.ts';

const REQUIRABLE = ['reason', 'owner', 'expires'] as const;
export type Requirable = (typeof REQUIRABLE)[number];

export interface Requirement {
  readonly keys: readonly Requirable[];
  /** The most days from today to the last day of an entry; null for no limit. */
  readonly within: number | null;
  readonly place: Place;
}

/** Returns what a bot or a list of a file requires: its own `require` replaces that of the defaults. Null for nothing. */
export function requirementOf(part: Part, { defaults }: Parts, parsed: ParsedFile): Requirement | null {
  const holder = part.settings.require === undefined ? defaults : part;
  const raw = holder.settings.require;
  const keys = REQUIRABLE.filter((key) =>
    Array.isArray(raw)
      ? raw.includes(key)
      : isMapping(raw) && ![undefined, false, 'false'].includes(raw[key] as string),
  );
  if (keys.length === 0) return null;
  const limit =
    isMapping(raw) && isMapping(raw.expires) ? /^([0-9]{1,4})([dw])$/.exec(String(raw.expires.within)) : null;
  const within = limit ? Number(limit[1]) * (limit[2] === 'w' ? 7 : 1) : null;
  return { keys, within, place: parsed.locate([...holder.path, 'require'], true).place };
}

/** Lists the required keys that an entry does not have. Blank text counts as missing. */
export function missingIn({ keys }: Requirement, entry: Mapping): readonly Requirable[] {
  return keys.filter((key) => entry[key] === undefined || (typeof entry[key] === 'string' && entry[key].trim() === ''));
}

/** Returns the last day that a requirement allows, if the day of an entry is after it; otherwise null. */
export function tooFar({ within }: Requirement, expires: unknown, today: string): string | null {
  if (within === null || typeof expires !== 'string') return null;
  const last = dayAfter(today, within);
  return expires > last ? last : null;
}

/** The most errors of a list. One more counts the others, as a list may have a million entries. */
const SHOWN = 1000;

/** Checks the entries of a bot or a list. A number file has no details, so it breaks any requirement. */
export function checkRequired(part: Part, requirement: Requirement | null, parsed: ParsedFile, today: string): Fault[] {
  if (!requirement) return [];
  const at = written(requirement.place);
  const faults: Fault[] = [];
  let more = 0;
  const report = (make: () => Fault) => (faults.length < SHOWN ? void faults.push(make()) : void more++);
  for (const [index, { run, text, keys }] of part.numbers.items.entries()) {
    const path = [...part.numbers.path, index];
    const missing = missingIn(requirement, keys);
    const needs = `the entry needs ${listed(missing)}, which "require" demands at ${at}; add ${missing.length > 1 ? 'them' : 'it'}`;
    for (let n = 0; n < (run?.numbers.length ?? 0); n++) {
      report(() => ({ message: needs, ...parsed.locateInRun(run!, n) }));
    }
    if (run || (text !== null && typeof parseWritten(text) !== 'number')) continue;
    if (missing.length > 0) report(() => parsed.fault(path, needs));
    const last = tooFar(requirement, keys.expires, today);
    if (last === null) continue;
    const message = `"expires" is more than ${requirement.within} days away, the limit of "require" at ${at}; use ${last} or an earlier day`;
    report(() => parsed.fault([...path, 'expires'], message));
  }
  for (const index of part.files.items.keys()) {
    const message = `a number file has no ${listed(requirement.keys, 'or')}, which "require" demands at ${at}; move its numbers to "numbers"`;
    report(() => parsed.fault([...part.files.path, index], message));
  }
  const last = faults.at(-1);
  if (more > 0) faults.push({ ...last!, message: `${more} more entries break "require" at ${at}`, counts: more });
  return faults;
}

/** `"reason", "owner" and "expires"`. */
export function listed(keys: readonly string[], word = 'and'): string {
  const quoted = keys.map((key) => `"${key}"`);
  return [quoted.slice(0, -1).join(', '), quoted.at(-1)].filter(Boolean).join(` ${word} `);
}
