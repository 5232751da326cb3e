import { describe, expect, test } from 'vitest';
import { endOfGraphVersion } from '../../../src/api/providers/graph-versions.ts';
import { kapso, whatsappCloud } from '../../../src/api/providers/meta.ts';

const TODAY = '2026-11-28';
const newer = 'v27.0';

describe('the end of a version of the Graph API', () => {
  test.each([
    ['is unknown for a version of the table without a last day', 'v27.0', TODAY, null],
    ['is unknown for a version newer than the table', 'v28.0', TODAY, null],
    ['is unknown for a version between those of the table', 'v25.1', TODAY, null],
    ['is far for the default', 'v25.0', TODAY, null],
    ['is far until 91 days before', 'v25.0', '2028-04-29', null],
    ['is soon from 90 days before', 'v25.0', '2028-04-30', { last: '2028-07-29', days: 90 }],
    ['is soon within 90 days', 'v21.0', TODAY, { last: '2027-01-21', days: 54 }],
    ['is soon on the last day', 'v21.0', '2027-01-21', { last: '2027-01-21', days: 0 }],
    ['is over on the day after', 'v21.0', '2027-01-22', { last: '2027-01-21', days: -1 }],
    ['is over for a version older than the table', 'v19.0', TODAY, { last: null, days: null }],
    ['is over for a version that only text would call newer', 'v2.12', TODAY, { last: null, days: null }],
    ['is over for version 9, although 9 is more than 2', 'v9.0', TODAY, { last: null, days: null }],
  ])('%s: %s on %s', (_, version, today, end) => {
    expect(endOfGraphVersion(version, today)).toEqual(end && { version, newer, ...end });
  });

  test.each([whatsappCloud, kapso])('is checked by $kind', ({ versionEnd }) => {
    expect(versionEnd!({ apiVersion: 'v19.0' }, TODAY)).toMatchObject({ version: 'v19.0', last: null });
  });
});
