import { describe, expect, test } from 'vitest';
import { makeProgress } from '../../src/cli/output/progress.ts';
import { full } from '../report/fixtures.ts';
import { VirtualClock } from '../simulation/clock.ts';

/** Plays a run that reads 1,000 of about 4,000 numbers in ten steps of a second. */
async function play(terminal: boolean): Promise<string> {
  const clock = new VirtualClock();
  let written = '';
  const write = (text: string) => {
    written += text;
  };
  const progress = makeProgress({ clean: full, terminal, columns: 40, clock, write });
  const run = async () => {
    progress.begin('Reading', 4000);
    for (let step = 0; step < 10; step++) {
      await clock.sleep(1500);
      progress.advance(100);
    }
    progress.note('support-bot', '1000 numbers read');
    progress.end();
  };
  await clock.run(run());
  return written;
}

describe('progress', () => {
  test('redraws one line with a count and an estimate on a terminal', async () => {
    const lines = (await play(true)).split('\r\u001b[K');
    expect(lines).toContain('Reading: 200 of about 4000 numbers, 57 s'.slice(0, 39));
    expect(lines.slice(0, 11).join('')).not.toContain('\n');
    for (const line of lines.slice(0, 11)) expect(line.length).toBeLessThan(40);
    expect(lines.at(-2)).toBe('support-bot: 1000 numbers read\n');
    expect(lines.at(-1)).toBe('');
  });

  test.each([
    [1, 0, 'Reading: 0 of about 1 number'],
    [1, 1, 'Reading: 1 number'],
    [2, 1, 'Reading: 1 of about 2 numbers'],
  ])('of %i numbers, %i of them read, agrees with its count', (total, done, line) => {
    let written = '';
    const write = (text: string) => {
      written += text;
    };
    const clock = { ...new VirtualClock(), now: () => 60_000 };
    const progress = makeProgress({ clean: full, terminal: true, columns: 40, clock, write });
    progress.begin('Reading', total);
    progress.advance(done);
    expect(written).toBe(`\r\u001b[K${line}`);
  });

  test('prints a plain line at intervals and one for each bot without a terminal', async () => {
    expect(await play(false)).toBe(
      'Reading: 700 of about 4000 numbers, 50 seconds left\nsupport-bot: 1000 numbers read\n',
    );
  });
});
