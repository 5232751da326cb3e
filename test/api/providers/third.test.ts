import { setMaxListeners } from 'node:events';
import { Ajv } from 'ajv';
import { Ansis } from 'ansis';
import { expect, test, vi } from 'vitest';
import type { ReadConnection, WriteConnection } from '../../../src/api/connection.ts';
import type { HttpRequest, HttpResponse } from '../../../src/api/http.ts';
import { apply } from '../../../src/commands/apply/apply.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { ApiError } from '../../../src/model/errors.ts';
import { text } from '../../../src/report/text.ts';
import { makeSanitizer } from '../../../src/report/voice/index.ts';
import { CALM, World } from '../../simulation/world.ts';

/*
 * Adds a third provider and changes only what it needs: its own file (`toy`, below), the registry, and the schema, from
 * which the validator is generated.
 */

const toy = vi.hoisted(() => ({
  kind: 'toy',
  caps: { batchSize: 3, settleTime: 0, capacity: 10, perNumber: true, addNeedsContact: false, mayRename: false },
  locate: ({ shelf }: Readonly<Record<string, string>>) => ({ host: 'https://toys.example', path: `/${shelf}` }),
  reader: (line: ReadConnection) => ({
    kind: 'cursors',
    after: () =>
      line.get({ path: '', mostBytes: 1024 }, ({ body }) => ({
        numbers: JSON.parse(body) as number[],
        foreign: 0,
        cursor: null,
        more: false,
      })),
  }),
  writer(line: WriteConnection) {
    const write = (method: 'POST' | 'DELETE') => (numbers: readonly number[]) =>
      line.write(
        method,
        '',
        () => numbers,
        (_, lost) => ({ undone: [], listed: new Map(), lost }),
      );
    return { batchSize: 3, add: write('POST'), remove: write('DELETE') };
  },
}));

vi.mock('../../../src/api/providers/index.ts', () => ({ providerOf: () => toy }));

const extended = vi.hoisted(() => async () => {
  const { readFileSync } = await import('node:fs');
  const schema = JSON.parse(readFileSync('schemas/blacklist.schema.json', 'utf8'));
  schema.definitions.provider.enum.push('toy');
  schema.definitions.toy = {
    required: ['shelf'],
    properties: { shelf: { type: 'string', default: 'top' }, guard: { default: { percent: 50, floor: 1 } } },
  };
  schema.definitions.bot.properties.shelf = { $ref: '#/definitions/toy/properties/shelf' };
  schema.properties.defaults.properties.shelf = { $ref: '#/definitions/toy/properties/shelf' };
  return schema;
});
vi.mock('../../../schemas/blacklist.schema.json', async () => ({ default: await extended() }));
vi.mock('../../../src/generated/validate-blacklist.js', async () => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictTypes: false, coerceTypes: true });
  return { default: ajv.compile(await extended()) };
});

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 20, timeout: 30_000, retries: 5, yes: true };
const FIRST = 12_015_550_100;

/** A server with one list, and the program on a file that declares its bot. */
function start(yaml: string, live: number[]) {
  const world = new World(CALM, ApiError);
  const list = new Set(live);
  const requests: HttpRequest[] = [];
  const send = async (request: HttpRequest): Promise<HttpResponse> => {
    requests.push(request);
    for (const number of request.body ? JSON.parse(request.body) : []) {
      if (request.method === 'POST') list.add(number);
      else list.delete(number);
    }
    return { status: 200, body: JSON.stringify([...list]), headers: { retryAfter: null, location: null, date: null } };
  };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const context = { ...world.context(0, yaml, signal, () => 'go'), openHttp: async () => ({ send, abort() {} }) };
  return { world, list, requests, context };
}

test('the unchanged program plans, guards, applies and reports a third provider', async () => {
  const numbers = Array.from({ length: 7 }, (_, index) => FIRST + index);
  const yaml = `version: 1\ndefaults: { provider: toy, tokenEnv: TOKEN }\nbots: { a: { shelf: low, numbers: [${numbers.join(', ')}] } }\n`;
  const { world, list, requests, context } = start(yaml, [FIRST, FIRST + 90]);
  const planned = await world.clock.run(plan([], OPTIONS, context));
  expect(planned).toMatchObject({
    outcome: 'changes',
    requests: { write: 3 },
    bots: [{ baseUrl: 'https://toys.example/low' }],
  });
  const report = await world.clock.run(apply([], OPTIONS, context));
  expect(report).toMatchObject({ outcome: 'applied', bots: [{ results: { applied: { add: 6, remove: 1 } } }] });
  expect([...list].sort()).toEqual(numbers);
  expect(requests.filter(({ method }) => method !== 'GET')).toHaveLength(3);
  const clean = makeSanitizer({ masked: false, secrets: new Set() });
  expect([...text(report, { clean, color: new Ansis(0), verbose: false })].join('')).toContain(
    'a  6 added, 1 removed\n\nApply complete: 6 added, 1 removed in 1 of 1 bot.\n',
  );
  expect(await world.clock.run(plan([], OPTIONS, context))).toMatchObject({ outcome: 'in-sync' });
});

test('a third provider has the keys and limits of its schema and the capacity of its caps', async () => {
  const full = Array.from({ length: 11 }, (_, index) => FIRST + index);
  const yaml = `version: 1\nbots: { a: { provider: toy, shelf: low, tokenEnv: TOKEN, numbers: [${full.join(', ')}] } }\n`;
  const { world, context } = start(yaml, []);
  const report = await world.clock.run(plan([], OPTIONS, context));
  expect(report).toMatchObject({
    outcome: 'refused',
    bots: [{ guard: { limits: { percent: 50, floor: 1 }, tripped: 'capacity' } }],
  });
  const wrong = start(yaml.replace('provider: toy', 'provider: sinch, region: eu1'), []);
  await expect(wrong.world.clock.run(plan([], OPTIONS, wrong.context))).rejects.toThrow(
    '"shelf" is a key of toy, but the provider of the bot "a" is sinch',
  );
});
