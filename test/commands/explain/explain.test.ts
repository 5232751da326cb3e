import { setMaxListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/commands/explain/explain.ts';
import type { BotAnswer } from '../../../src/model/answer.ts';
import { ApiError } from '../../../src/model/errors.ts';
import type { Msisdn } from '../../../src/numbers/msisdn.ts';
import type { NumberSet } from '../../../src/numbers/number-set.ts';
import type { Context } from '../../../src/steps/context.ts';
import { openForReading } from '../../../src/steps/fleet.ts';
import { planAll } from '../../../src/steps/plan-all.ts';
import { readDesired } from '../../../src/steps/read-desired.ts';
import { loadDesired } from '../../desired/load.ts';
import * as fc from '../../fast-check.ts';
import { CALM, PHONES, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 0, timeout: 30_000, retries: 5 };
const [A, B, C, D] = [12_015_550_100, 12_015_550_101, 12_025_550_102, 447_700_900_103];

interface Play {
  readonly yaml: string;
  /** By bot id. */
  readonly live: Readonly<Record<string, readonly Msisdn[]>>;
  readonly cloud?: boolean;
}

/** Runs a function with these files and live lists. */
async function play<T>({ yaml, live, cloud = false }: Play, run: (context: Context) => Promise<T>): Promise<T> {
  const world = new World({ ...CALM, cloud: cloud ? {} : null }, ApiError);
  for (const [bot, numbers] of Object.entries(live)) world.set(bot, numbers.map(String));
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return world.clock.run(run(world.context(0, yaml, signal, () => 'go')));
}

const ask = (world: Play, number: string, live = true) =>
  play(world, (context) => explain(number, [], { ...OPTIONS, live }, context));

async function answerOf(world: Play, number: Msisdn, live = true): Promise<BotAnswer> {
  return (await ask(world, `+${number}`, live)).explained!.bots[0]!;
}

const HEAD = 'version: 1\ndefaults: { region: eu1, tokenEnv: TOKEN }\n';
const one = (bot: string, rest = '') => `${HEAD}${rest}bots:\n  bot-a: { ${bot} }\n`;
const entry = (number: Msisdn, rest: string) => `{ number: "+${number}", ${rest} }`;

describe('what the next apply does', () => {
  test.each<[string, string, Msisdn[], Partial<Record<keyof BotAnswer, unknown>>]>([
    ['declared, not live', `numbers: ["+${A}"]`, [], { declared: true, ifNotLive: 'add', live: [] }],
    ['declared, live', `numbers: ["+${A}"]`, [A], { declared: true, ifLive: 'nothing', live: [A] }],
    ['neither', 'numbers: []', [B], { declared: false, ifNotLive: 'nothing', live: [] }],
    ['only live', `numbers: ["+${B}"]`, [A, B], { declared: false, ifLive: 'remove', live: [A] }],
    ['only live, never removed', 'policy: add-only, numbers: []', [A], { ifLive: 'add-only', ifNotLive: 'nothing' }],
    [
      'declared, never added',
      `policy: remove-only, numbers: ["+${A}"]`,
      [],
      { ifLive: 'nothing', ifNotLive: 'remove-only' },
    ],
    ['expired', `numbers: [${entry(A, 'expires: 2026-06-14')}]`, [A], { declared: false, ifLive: 'remove' }],
    ['on its last day', `numbers: [${entry(A, 'expires: 2026-06-15')}]`, [A], { declared: true, ifLive: 'nothing' }],
    ['ignored by its name', `numbers: [], ignore: ["+${A}"]`, [A], { ifLive: 'ignored', ifNotLive: 'ignored' }],
    ['ignored by its first digits', 'numbers: [], ignore: [{ prefix: "+1201" }]', [A], { ifLive: 'ignored' }],
    [
      'no longer ignored',
      'numbers: [], ignore: [{ prefix: "+1201", until: 2026-06-14 }]',
      [A],
      { ifLive: 'remove', rules: [expect.objectContaining({ past: true, until: '2026-06-14', prefix: '1201' })] },
    ],
  ])('%s', async (_, bot, live, expected) => {
    const world = { yaml: one(bot), live: { 'bot-a': live } };
    const answer = await answerOf(world, A);
    expect(answer).toMatchObject(expected);
    // The declarations are the same without a read of the list.
    expect(await answerOf(world, A, false)).toEqual({ ...answer, live: null, guard: null });
  });

  test('shows protection by another bot, and by a list that no bot takes', async () => {
    const rest = `lists:\n  vip: { numbers: [${entry(A, 'protected: true')}] }\n`;
    const yaml = `${one('numbers: []', rest)}  bot-b: { numbers: [${entry(A, 'protected: true')}, ${entry(B, 'protected: true, expires: 2026-06-14')}] }\n`;
    const world = { yaml, live: { 'bot-a': [A, B, C] } };
    const answer = await answerOf(world, A);
    expect(answer).toMatchObject({ declared: false, declarations: [], ifLive: 'protected', ifNotLive: 'nothing' });
    expect(answer.protection.map(({ list, place }) => [list, place.line])).toEqual([
      ['vip', 4],
      [null, 7],
    ]);
    expect(await answerOf(world, B)).toMatchObject({ protection: [], ifLive: 'remove' });
  });

  test('shows its own protection in its declaration', async () => {
    const yaml = one(`numbers: [${entry(A, 'protected: true')}]`);
    const answer = await answerOf({ yaml, live: {} }, A);
    expect(answer.protection).toEqual([]);
    expect(answer.declarations).toMatchObject([{ entry: { protected: true } }]);
  });

  test('changes nothing if the guard refuses the plan of this bot', async () => {
    const yaml = `${one('numbers: []')}  bot-b: { numbers: ["+${A}"] }\n`;
    const report = await ask({ yaml, live: { 'bot-a': [A, B], 'bot-b': [] } }, `+${A}`);
    expect(report).toMatchObject({ outcome: 'answered' });
    expect(report.explained!.bots).toMatchObject([{ guard: { tripped: 'emptied', removals: 2 } }, { guard: null }]);
  });
});

describe('another spelling of the same user', () => {
  const [short, long] = [525_555_500_100, 5_215_555_500_100];
  const yaml = (bot: string) =>
    `version: 1\ndefaults: { provider: whatsapp-cloud, tokenEnv: TOKEN }\nbots:\n  bot-a: { phoneNumberId: "${PHONES['bot-a']}", ${bot} }\n`;
  const both: [number, number][] = [
    [short, long],
    [long, short],
  ];

  test.each(both)('explain of %i finds the entry for %i', async (asked, said) => {
    const world = { yaml: yaml(`numbers: ["+${said}"]`), live: { 'bot-a': [asked] }, cloud: true };
    expect(await answerOf(world, asked)).toMatchObject({
      declared: true,
      declarations: [{ number: said }],
      live: [long], // as the server lists it
      ifLive: 'nothing',
      ifNotLive: 'add',
    });
  });

  test.each(both)('explain of %i finds the expired entry, the rule or the protection of %i', async (asked, said) => {
    const expired = `numbers: [${entry(said, 'expires: 2026-06-14')}]`;
    const world = (bot: string) => ({ yaml: yaml(bot), live: { 'bot-a': [said] }, cloud: true });
    expect(await answerOf(world(expired), asked)).toMatchObject({ declared: false, declarations: [{ number: said }] });
    expect(await answerOf(world(`numbers: [], ignore: ["+${said}"]`), asked)).toMatchObject({
      rules: [{ past: false }],
      ifLive: 'ignored',
    });
    const prefix = String(said).slice(0, 9);
    expect(await answerOf(world(`numbers: [], ignore: [{ prefix: "+${prefix}" }]`), asked)).toMatchObject({
      rules: [{ prefix }],
      ifLive: 'ignored',
    });
    const vip = `lists: { vip: { numbers: [${entry(said, 'protected: true')}] } }\n`;
    expect(await answerOf({ ...world('numbers: []'), yaml: vip + yaml('numbers: []') }, asked)).toMatchObject({
      protection: [{ number: said, list: 'vip' }],
      ifLive: 'protected',
    });
  });
});

describe('explain refuses a number with', () => {
  test.each([
    ['letters', 'support', 'the number has the character "s" (U+0073) at position 1'],
    ['too few digits', '12', 'the number has 2 digits'],
    ['no characters', '', 'the number is empty'],
  ])('%s', async (_, text, message) => {
    await expect(ask({ yaml: one('numbers: []'), live: {} }, text)).rejects.toThrow(message);
  });
});

/** The facts that an entry can have. */
const KINDS = { plain: '', protected: 'protected: true', expired: 'expires: 2026-06-14' } as const;
const PREFIXES = ['1201', '44', '521', '52', '5491155', '549115555010'];

/**
 * Random files: two bots and a list, with entries of all kinds and rules, and their live lists. A waId is the
 * next number.
 */
function worlds(numbers: readonly Msisdn[], cloud: boolean): fc.Arbitrary<Play> {
  const some = fc.uniqueArray(fc.constantFrom(...numbers), { maxLength: 6 });
  const kind = fc.constantFrom(...(Object.keys(KINDS) as (keyof typeof KINDS)[]));
  const entries = fc.uniqueArray(fc.record({ number: fc.constantFrom(...numbers), kind, named: fc.boolean() }), {
    selector: ({ number }) => number,
    maxLength: 5,
  });
  const rules = fc.array(fc.constantFrom(...numbers.map(String), ...PREFIXES), { maxLength: 3 });
  const bot = fc.record({
    policy: fc.constantFrom('sync', 'add-only', 'remove-only'),
    own: entries,
    takes: fc.boolean(),
    rules,
    live: some,
  });
  return fc
    .record({ a: bot, b: bot, list: entries })
    .map(({ a, b, list }) => {
      // It is an error to declare and ignore a number, so numbers with a rule are not declared.
      const free = (rules: readonly string[], all: typeof list) =>
        all.filter(({ number, kind }) => {
          return kind === 'expired' || !rules.some((rule) => String(number).startsWith(rule));
        });
      const written = (all: typeof list) =>
        all.map(({ number, kind, named }) => {
          const waId = numbers[numbers.indexOf(number) + 1];
          const facts = [named && waId ? `waId: "+${waId}"` : '', KINDS[kind]].filter(Boolean);
          return facts.length > 0 ? entry(number, facts.join(', ')) : `"+${number}"`;
        });
      const botOf = (id: string, { policy, own, takes, rules }: typeof a) => {
        const phone = cloud ? `phoneNumberId: "${PHONES[id]}", ` : '';
        const ignore = rules.map((rule) => (PREFIXES.includes(rule) ? `{ prefix: "+${rule}" }` : `"+${rule}"`));
        return `  ${id}: { ${phone}policy: ${policy}, numbers: [${written(free(rules, own))}], ${takes ? 'lists: [vip], ' : ''}ignore: [${ignore}] }\n`;
      };
      const where = cloud ? 'provider: whatsapp-cloud' : 'region: eu1';
      const taken = [a, b].flatMap(({ takes, rules }) => (takes ? rules : []));
      const vip = `lists:\n  vip: { numbers: [${written(free(taken, list))}] }\n`;
      const head = `version: 1\ndefaults: { ${where}, tokenEnv: TOKEN }\n`;
      const yaml = `${head}${vip}bots:\n${botOf('bot-a', a)}${botOf('__proto__', b)}`;
      return {
        yaml,
        live: Object.fromEntries([a, b].map(({ live }, at) => [['bot-a', '__proto__'][at]!, live])),
        cloud,
      };
    })
    .filter(({ yaml }) => loadDesired([{ name: 'f', text: yaml }], '2026-06-15').faults.length === 0);
}

describe('law: explain predicts for each number what the plan does', () => {
  const aliases = [525_555_500_100, 5_215_555_500_100, 541_155_550_100, 5_491_155_550_100, 551_155_550_100];
  test.each<[string, readonly Msisdn[], boolean]>([
    ['of a list of numbers', [A, B, C, D, 5_491_155_550_100], false],
    ['of a list of users with up to two spellings', [A, D, ...aliases, 5_511_955_550_100], true],
  ])('%s', async (_, numbers, cloud) => {
    await fc.assert(
      fc.asyncProperty(worlds(numbers, cloud), fc.constantFrom(...numbers), async (world, number) => {
        const { plan, userOf } = await play(world, async (context) => {
          const { bots, usersOf } = await readDesired([], OPTIONS, context);
          const fleet = await openForReading(bots, usersOf, OPTIONS, context);
          const userOf = usersOf(bots[0]!.provider) ?? ((each: Msisdn) => each);
          return { ...(await planAll(bots, fleet, context)), userOf };
        });
        const { bots } = (await ask(world, `+${number}`)).explained!;
        expect(bots.map(({ id }) => id)).toEqual(plan.bots.map(({ id }) => id));
        for (const { id, live, ifLive, ifNotLive, guard } of bots) {
          const { add, remove, guard: verdict } = plan.bots.find((bot) => bot.id === id)!;
          const next = live!.length > 0 ? ifLive : ifNotLive;
          const isIn = (set: NumberSet) => [...set].some((other) => userOf(other) === userOf(number));
          expect([next === 'add', next === 'remove'], next).toEqual([isIn(add), isIn(remove)]);
          expect(guard !== null).toBe(verdict.tripped !== false);
          // An answer that does not depend on the list is the same without a read of the list.
          const offline = (await ask(world, `+${number}`, false)).explained!.bots.find((bot) => bot.id === id)!;
          expect([offline.ifLive, offline.ifNotLive]).toEqual([ifLive, ifNotLive]);
        }
      }),
      { numRuns: 200 },
    );
  });
});
