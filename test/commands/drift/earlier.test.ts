import { describe, expect, test } from 'vitest';
import { checkPlaces, readEarlier } from '../../../src/commands/drift/earlier.ts';
import { compare } from '../../../src/commands/drift/since.ts';
import type { Report } from '../../../src/model/report.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { json } from '../../../src/report/json/write.ts';
import type { Sanitizer } from '../../../src/report/voice/index.ts';
import type { ReadClient } from '../../../src/steps/client.ts';
import type { Context } from '../../../src/steps/context.ts';
import type { Fleet } from '../../../src/steps/fleet.ts';
import { bot, drift, failedBot, full, invalid, masked, numbers, report } from '../../report/fixtures.ts';

const written = (what: Report, clean: Sanitizer = full) => [...json(what, { clean })].join('');
const desired = (...ids: string[]) =>
  ids.map((id) => ({
    id,
    provider: 'sinch',
    settings: { region: 'eu1' },
    tokenEnv: 'TOKEN',
    policy: 'sync' as const,
    guard: { percent: 25, floor: 10 },
    numbers: NumberSet.empty,
    expired: new Map(),
    ignored: { numbers: NumberSet.empty, prefixes: [] },
    protected: NumberSet.empty,
  }));
const read = (text: string | null, ...ids: string[]) =>
  readEarlier('state.json', desired(...ids), { readIfThere: () => text } as unknown as Context['files']);

describe('an earlier report', () => {
  test('gives the differences of each bot', () => {
    const bots = [bot('a', { add: numbers(2), remove: numbers(1, 447_700_900_500) }), bot('b')];
    const { past, warnings } = read(written(drift({ bots })), 'a', 'b');
    expect(past.get('a')!.difference).toEqual({ add: numbers(2), remove: numbers(1, 447_700_900_500) });
    expect(past.get('b')!.difference).toEqual({ add: NumberSet.empty, remove: NumberSet.empty });
    expect(warnings).toEqual([]);
  });

  test('gives differences that the earlier run copied for a bot it could not read, so that none is forgotten', () => {
    const known = { add: numbers(2), remove: numbers(1, 447_700_900_500) };
    const bots = [{ ...failedBot('a'), since: compare(known, null) }];
    expect(read(written(drift({ bots, outcome: 'failed' })), 'a').past.get('a')!.difference).toEqual(known);
  });

  test('gives the numbers that were live, of bots whose adds may be pending', () => {
    const memory = { wasLive: numbers(2), foreign: 1, userIds: { numbers: [12_015_550_100], ids: ['US.1'] } };
    const { past } = read(written(drift({ bots: [bot('a', { memory }), bot('b')] })), 'a', 'b');
    expect(past.get('a')).toMatchObject({ memory, baseUrl: 'https://eu1.whatsapp.api.sinch.com' });
    expect(past.get('b')!.memory).toEqual({ wasLive: NumberSet.empty, foreign: 0, userIds: { numbers: [], ids: [] } });
  });

  test('that does not exist is a warning and makes this the first run', () => {
    const { past, warnings } = read(null, 'a');
    expect(past.size).toBe(0);
    expect(warnings).toEqual([{ code: 'W-SINCE-ABSENT', file: 'state.json' }]);
  });

  test('warns of bots with differences or live numbers that this run does not read', () => {
    const blocked = bot('blocked', { memory: { wasLive: numbers(1), foreign: 0 } });
    const bots = [bot('a', { add: numbers(1) }), bot('b', { add: numbers(1) }), bot('quiet'), blocked];
    const { warnings } = read(written(drift({ bots })), 'a');
    expect(warnings).toEqual([{ code: 'W-SINCE-LEFT-OUT', file: 'state.json', bots: ['b', 'blocked'] }]);
  });
});

describe('the base URLs of an earlier report', () => {
  const EU = 'https://eu1.whatsapp.api.sinch.com';
  const US = 'https://us1.whatsapp.api.sinch.com';
  const [HERE, THERE] = ['http://127.0.0.1:8594', 'http://127.0.0.1:8595'];
  /** Compares an earlier run at `then` with one at `now`. The report contains no other URLs of an API. */
  const check = (then: string, now: string) => {
    const places = (url: string) =>
      url.startsWith('https') || url === '' ? {} : { overrides: [{ origin: url, by: '--base-url' as const }] };
    const earlier = read(written(drift({ bots: [bot('a', { baseUrl: then })], ...places(then) })), 'a');
    const clients = new Map([['a', { baseUrl: now }]]);
    const fleet = { clients, overrides: [], ...places(now) } as unknown as Fleet<ReadClient>;
    return () => checkPlaces('state.json', earlier, fleet);
  };

  test.each([
    ['the same region', EU, EU],
    ['another region in the files', EU, US],
    ['another provider in the files', EU, 'https://graph.facebook.com/v23.0/106540352242922'],
    ['the same base URL', HERE, HERE],
    ['no URL, as the bot could not be read', '', HERE],
  ])('are accepted for %s', (_, then, now) => {
    expect(check(then, now)).not.toThrow();
  });

  test.each([
    ['another base URL, and now the API', HERE, EU, `${HERE} (--base-url) with ${EU}, which are not`],
    ['the API, and now another base URL', EU, HERE, `${EU} with ${HERE} (--base-url), which are not`],
    ['two other base URLs', HERE, THERE, `${HERE} (--base-url) with ${THERE} (--base-url), which`],
  ])('are refused for %s', (_, then, now, message) => {
    expect(check(then, now)).toThrow(`state.json: compares ${message}`);
  });

  test('are not compared for bots that this run does not read, and on the first run', () => {
    const fleet = { clients: new Map(), overrides: [] } as unknown as Fleet<ReadClient>;
    const earlier = read(written(drift({ bots: [bot('a', { baseUrl: HERE })] })));
    expect(() => checkPlaces('state.json', earlier, fleet)).not.toThrow();
    expect(() => checkPlaces('state.json', read(null, 'a'), fleet)).not.toThrow();
  });
});

describe('an earlier report is refused if it is', () => {
  const one = drift({ bots: [bot('a', { add: numbers(1) })] });
  test.each([
    ['an empty file', '', 'state.json: is not a complete JSON document'],
    ['half of one', written(one).slice(0, 200), 'state.json: is not a complete JSON document'],
    ['another document', '{"formatVersion":1}', 'state.json: is not a report of --report or --format json'],
    ['null', 'null', 'state.json: is not a report of --report or --format json'],
    ['a saved plan', '{"kind":"blacklistctl-plan"}', 'state.json: is a saved plan, not a report; to show it, run: '],
    [
      'one of plan',
      written(report()),
      'state.json: is a report of plan, not of drift; pass the file of drift --report',
    ],
    ['a masked one', written(one, masked), 'state.json: has masked numbers; pass a file that --report'],
    [
      'a masked report without differences',
      written(drift({ bots: [bot('a', { memory: { wasLive: numbers(1), foreign: 0 } })] }), masked),
      'state.json: has masked numbers; pass a file that --report',
    ],
    [
      'a report of an interrupted run',
      written({ ...one, interrupted: true }),
      'of a run that was interrupted or invalid',
    ],
    [
      'a report of a run that ended before it read a bot',
      written(invalid({ command: 'drift' })),
      'of a run that was interrupted or invalid',
    ],
  ])('%s', (_, text, message) => {
    expect(() => read(text, 'a')).toThrow(message);
  });
});
