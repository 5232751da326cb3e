/** Applies a saved plan with the current files, after any changes of files and lists. */
import { setMaxListeners } from 'node:events';
import { expect, test } from 'vitest';
import { apply } from '../../../src/commands/apply/apply.ts';
import { plan } from '../../../src/commands/plan/plan.ts';
import { ApiError, StaleError } from '../../../src/model/errors.ts';
import { waId } from '../../../src/sandbox/cloud-users.ts';
import * as fc from '../../fast-check.ts';
import { CALM, PHONES, World } from '../../simulation/world.ts';

const OPTIONS = { bots: [], concurrency: 8, parallel: 4, rate: 0, timeout: 30_000, retries: 5, yes: false };
const DAYS = ['2026-06-15', '2026-06-16', '2026-06-17'] as const;
const BOT = 'bot-a';
/** Some users have two spellings for the second provider. */
const POOL = [
  '12015550100',
  '12015550101',
  '12015550102',
  '12025550103',
  '525555500100',
  '5215555500100',
  '541155550100',
];

interface Entry {
  readonly number: string;
  /** The last day on which the number is in force. */
  readonly expires: string | null;
  readonly protected: boolean;
}

/**
 * The files: the settings and entries of one bot, and the entries of another. Its entries matter only if they
 * are protected.
 */
interface Files {
  readonly policy: 'sync' | 'add-only' | 'remove-only';
  readonly entries: readonly Entry[];
  readonly others: readonly Entry[];
  readonly ignored: readonly string[];
  readonly prefix: string | null;
}

const number = fc.constantFrom(...POOL);
const entry = fc.record<Entry>({
  number,
  expires: fc.option(fc.constantFrom(...DAYS, '2026-06-14'), { freq: 2 }),
  protected: fc.boolean(),
});
const files = fc.record<Files>({
  policy: fc.constantFrom('sync', 'sync', 'sync', 'add-only', 'remove-only'),
  entries: fc.array(entry, { maxLength: 6 }),
  others: fc.array(entry, { maxLength: 2 }),
  ignored: fc.array(number, { maxLength: 1 }),
  prefix: fc.option(fc.constantFrom('1202', '5215555500100', '52'), { freq: 6, nil: null }),
});

function yamlOf({ policy, entries, others, ignored, prefix }: Files, cloud: boolean): string {
  const list = (some: readonly Entry[]) =>
    some.map(({ number, expires, protected: kept }) => {
      return `{ number: "+${number}"${expires ? `, expires: ${expires}` : ''}${kept ? ', protected: true' : ''} }`;
    });
  const rules = [...ignored.map((number) => `"+${number}"`), ...(prefix ? [`{ prefix: "+${prefix}" }`] : [])];
  const where = cloud ? 'provider: whatsapp-cloud' : 'region: eu1';
  const phone = (bot: string) => (cloud ? `phoneNumberId: "${PHONES[bot]}", ` : '');
  return `version: 1
defaults: { ${where}, tokenEnv: TOKEN, guard: { percent: 100, floor: 1000 } }
bots:
  ${BOT}: { ${phone(BOT)}policy: ${policy}, ignore: [${rules}], numbers: [${list(entries)}] }
  __proto__: { ${phone('__proto__')}policy: add-only, numbers: [${list(others)}] }
`;
}

/** Evaluates the files for single numbers: by texts, unlike the program. */
function wishes({ policy, entries, others, ignored, prefix }: Files, cloud: boolean, today: string) {
  const user = cloud ? waId : String;
  const spellings = (number: string) =>
    POOL.filter((other) => user(other) === user(number)).concat(number, user(number));
  const rules = new Set(ignored.map(user));
  const isIgnored = (number: string) =>
    rules.has(user(number)) || spellings(number).some((one) => prefix !== null && one.startsWith(prefix));
  const inForce = ({ expires }: Entry) => expires === null || expires >= today;
  const has = (some: readonly Entry[], number: string) => some.some((each) => user(each.number) === user(number));
  const declared = (number: string) => has(entries.filter(inForce), number);
  const kept = [...entries, ...others].filter((each) => each.protected && inForce(each));
  return {
    add: (number: string) => declared(number) && !isIgnored(number) && policy !== 'remove-only',
    remove: (number: string) => !declared(number) && !isIgnored(number) && !has(kept, number) && policy !== 'add-only',
  };
}

/** Saves a plan, changes files, lists and days, and applies it. @returns the writes, and how it ended. */
async function play(cloud: boolean, live: readonly string[], first: Files, later: Later) {
  const world = new World({ ...CALM, cloud: cloud ? { contact: 'all' } : null }, ApiError);
  world.set(BOT, cloud ? [...new Set(live.map(waId))] : live);
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  let saved = '';
  const contextOf = (run: number, now: Files, day: number) => {
    const context = world.context(run, yamlOf(now, cloud), signal, () => 'go');
    const writePrivate = (_: string, pieces: Iterable<string>) => {
      saved = [...pieces].join('');
    };
    const clock = { ...context.clock, today: () => DAYS[day]! };
    return { ...context, clock, files: { ...context.files, writePrivate, read: () => saved } };
  };
  await world.clock.run(plan([], { ...OPTIONS, out: 'plan.json' }, contextOf(0, first, 0)));
  const before = world.list(BOT);
  const flipped = later.flips.map(cloud ? waId : String);
  world.set(BOT, [
    ...before.filter((one) => !flipped.includes(one)),
    ...flipped.filter((one) => !before.includes(one)),
  ]);
  const applying = apply([], { ...OPTIONS, plan: 'plan.json' }, contextOf(1, later.files, later.day));
  const report = await world.clock.run(applying).catch((error) => {
    if (error instanceof StaleError) return null;
    throw error;
  });
  const results = report?.kind === 'result' ? report.bots.map((bot) => bot.results) : [];
  const withheld = results.flatMap((each) => each.withheld.map(({ number }) => String(number)));
  const written = world.sent.filter(({ run, bot }) => run === 1 && bot === BOT);
  return { outcome: report?.outcome ?? 'stale', withheld, written, live: world.list(BOT) };
}

/** Changes of files and lists. `flips` are added to the list, or removed if it has them. */
interface Later {
  readonly files: Files;
  readonly flips: readonly string[];
  readonly day: number;
}

const valid = (files: Files) => {
  const isIgnored = (number: string) =>
    files.ignored.includes(number) || (files.prefix !== null && number.startsWith(files.prefix));
  return { ...files, entries: files.entries.filter((each) => !isIgnored(each.number)) };
};
const list = fc.uniqueArray(number, { maxLength: 5 });
const someFiles = files.map(valid);
/** In most cases the earlier files with one change. */
const laterFiles = (first: Files) =>
  fc.oneof(
    fc.constant(first),
    someFiles,
    fc
      .record({ change: someFiles, key: fc.constantFrom<keyof Files>('policy', 'entries', 'others', 'ignored') })
      .map(({ change, key }) => valid({ ...first, [key]: change[key] })),
    fc.nat(5).map((at) => ({ ...first, entries: first.entries.filter((_, index) => index !== at) })),
    entry.map((more) => valid({ ...first, entries: [...first.entries, more] })),
  );

test('law: a saved plan removes no number that the current files declare, and adds none that they do not', async () => {
  const flips = fc.oneof(fc.constant([]), fc.uniqueArray(number, { maxLength: 2 }));
  const story = fc.tuple(fc.boolean(), list, someFiles).chain(([cloud, live, first]) => {
    const later = fc.record<Later>({ files: laterFiles(first), flips, day: fc.nat(DAYS.length - 1) });
    return fc.tuple(fc.constant({ cloud, live, first }), later);
  });
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(story, async ([{ cloud, live, first }, later]) => {
      const { outcome, written } = await play(cloud, live, first, later);
      ends.add(outcome);
      const wanted = wishes(later.files, cloud, DAYS[later.day]!);
      for (const { method, numbers } of written) {
        for (const each of numbers) {
          const isDue = method === 'POST' ? wanted.add(each) : wanted.remove(each);
          expect({ method, each, isDue }).toEqual({ method, each, isDue: true });
        }
      }
    }),
    { numRuns: 1000 },
  );
  expect([...ends]).toEqual(expect.arrayContaining(['applied', 'stale'])); // both outcomes are frequent
});

test('law: a saved plan is applied if nothing changed, and makes live equal to desired', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), list, someFiles, async (cloud, live, first) => {
      const { outcome, withheld, live: end } = await play(cloud, live, first, { files: first, flips: [], day: 0 });
      expect(outcome).toBeOneOf(['applied', 'in-sync', 'refused']); // the guard refuses to empty a list
      if (outcome === 'refused') return;
      const wanted = wishes(first, cloud, DAYS[0]);
      expect(end.filter((each) => wanted.remove(each) && !withheld.includes(each))).toEqual([]);
      const user = cloud ? waId : String;
      expect(POOL.filter((each) => wanted.add(each) && !end.includes(user(each)))).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
