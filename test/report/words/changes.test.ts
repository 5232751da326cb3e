import { Ansis } from 'ansis';
import { describe, expect, test } from 'vitest';
import { compare, NO_DIFFERENCE } from '../../../src/commands/drift/since.ts';
import { NumberSet } from '../../../src/numbers/number-set.ts';
import { reporters } from '../../../src/report/index.ts';
import { bot, causedBot, drift, failedBot, full, numbers } from '../fixtures.ts';

const known = { add: numbers(2), remove: numbers(1, 447_700_900_500) };
const now = { add: numbers(2, 447_700_900_001), remove: known.remove };
const looked = drift({
  bots: [
    bot('noisy', { ...now, since: compare(known, now) }),
    bot('known', { ...known, since: compare(known, known) }),
    bot('quiet', { since: compare(NO_DIFFERENCE, NO_DIFFERENCE) }),
    { ...failedBot('lost'), since: compare(known, null) },
  ],
});
const say = async (format: string, what = looked) =>
  [...reporters[format]!(what, { clean: full, color: new Ansis(0), verbose: false })].join('');

describe('what is new since an earlier report', () => {
  test.each(['text', 'markdown', 'html', 'github'])('is said in sum in the format %s', async (format) => {
    const sum = '1 new, 5 still there, 1 resolved, 3 not known since the earlier report';
    expect(await say(format)).toContain(sum);
    if (format === 'html') expect(await say(format)).toContain('<dt>Not known</dt><dd class="">3</dd>');
  });

  test.each(['text', 'markdown', 'html'])('is said of each bot in the format %s', async (format) => {
    const said = await say(format);
    for (const words of ['1 new, 2 still there, 1 resolved', '3 still there', '3 not known']) {
      expect(said).toContain(`${words} since the earlier report`);
    }
  });

  test.each(['text', 'markdown', 'html', 'github'])('counts unblocked users in the format %s', async (format) => {
    const add = numbers(3);
    const waiting = { direction: 'add', origin: null, reason: null, expires: null, numbers: numbers(1) } as const;
    const causes = [{ ...waiting, reason: 'unblocked', numbers: numbers(2, 447_700_900_001) } as const, waiting];
    const since = compare({ ...NO_DIFFERENCE, add: numbers(2) }, { ...NO_DIFFERENCE, add });
    const shop = bot('shop', { addNeedsContact: true, add, causes, since });
    const said = await say(
      format,
      drift({ bots: [shop, bot('quiet', { since: compare(NO_DIFFERENCE, NO_DIFFERENCE) })] }),
    );
    const words = '1 new, 2 still there since the earlier report, 2 unblocked outside Git';
    expect(said.split(words).length, 'in sum, and of the bot').toBeGreaterThan(2);
    if (format === 'html') expect(said).toContain('<dt>Unblocked outside Git</dt><dd class="">2</dd>');
    expect(await say(format)).not.toContain('nblocked');
  });

  test('says why as well, where that is known', async () => {
    const changing = causedBot('caused');
    const one = { add: numbers(1), remove: numbers(1, 447_700_900_700) };
    const gone = { add: one.add, remove: NumberSet.of([...one.remove, 447_700_900_999]) };
    const since = compare(gone, { add: changing.add as NumberSet, remove: changing.remove as NumberSet });
    const said = await say('text', drift({ bots: [{ ...changing, since }] }));
    expect(said).toContain(`
  - +447700900500  new, config: removed from the file
  - +447700900501  new, config: removed from the file
  - +447700900600  new, drift: never declared
  + +447700900001  new, config
`);
    expect(said).toContain(`
  + … and 9 more, new, config (--verbose shows all)
  + … and 1 more, new, drift (--verbose shows all)
  - +447700900700  drift: expired 2026-12-31
  + +447700900000  config
  - +447700900999  resolved
`);
  });

  test('of two numbers that look alike, masked, says no cause that may be the other one’s', async () => {
    const twins = { size: 2, values: ['+44••••••0500', '+44••••••0500'] };
    const [first, second] = causedBot('').causes.map((cause) => ({
      ...cause,
      numbers: { size: 1, values: twins.values.slice(1) },
    }));
    const none = NO_DIFFERENCE.add;
    const since = { ...compare(NO_DIFFERENCE, NO_DIFFERENCE), new: { add: none, remove: twins } };
    const caused = bot('twins', { remove: twins, causes: [first!, second!], since });
    const said = await say('text', drift({ bots: [caused] }));
    expect(said.match(/^ {2}- \+44••••••0500 {2}new$/gm)).toHaveLength(2);
  });

  test('is what somebody has to look at; what was known is not', async () => {
    const said = await say('markdown');
    expect(said).toMatch(/> - `noisy`: 1 new/);
    expect(said).not.toMatch(/> - `(known|quiet)`/);
    expect((await say('github')).match(/^::error title=[^:]*/gm)).toHaveLength(2); // noisy and lost
  });

  test('is not said where nothing was compared', async () => {
    const bots = looked.bots.map((each) => ({ ...each, since: null }));
    for (const format of Object.keys(reporters)) {
      expect(await say(format, { ...looked, bots })).not.toContain('since the earlier');
    }
  });
});
