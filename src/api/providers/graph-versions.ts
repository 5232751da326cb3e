/** The versions of the Graph API, and the last day on which each works. */
import type { VersionEnd } from '../../model/warnings.ts';
import { daysFrom } from '../../model/world.ts';

/**
 * The last days as YYYY-MM-DD, null if Meta has not named one, oldest version first.
 *
 * From Meta's changelog in November 2026: https://developers.facebook.com/docs/graph-api/changelog/versions/
 */
const LAST_DAYS: ReadonlyMap<string, string | null> = new Map([
  ['v20.0', '2026-09-24'],
  ['v21.0', '2027-01-21'],
  ['v22.0', '2027-05-20'],
  ['v23.0', '2027-10-08'],
  ['v24.0', '2028-02-18'],
  ['v25.0', '2028-07-29'],
  ['v26.0', null],
  ['v27.0', null],
]);
const VERSIONS = [...LAST_DAYS.keys()];
const [OLDEST, NEWEST] = [VERSIONS[0]!, VERSIONS.at(-1)!];

const SOON = 90; // days

/**
 * Finds out if a version has ended, or ends soon. A version that the table does not contain works if it is newer than
 * the oldest one.
 *
 * @param today as YYYY-MM-DD in UTC.
 */
export function endOfGraphVersion(version: string, today: string): VersionEnd | null {
  const facts = { version, newer: NEWEST };
  if (order(version) < order(OLDEST)) return { ...facts, last: null, days: null };
  const last = LAST_DAYS.get(version);
  const days = last ? daysFrom(today, last) : Number.POSITIVE_INFINITY;
  return last && days <= SOON ? { ...facts, last, days } : null;
}

/** Makes versions comparable: `v2.12` is newer than `v2.9`. */
function order(version: string): number {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major * 1000 + minor;
}
