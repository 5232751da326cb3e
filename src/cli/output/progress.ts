import type { Clock, Progress } from '../../model/world.ts';
import type { Sanitizer } from '../../report/voice/index.ts';
import { plural } from '../../report/words/text.ts';

export interface ProgressOptions {
  /** Redraws the line of counts. Without a terminal it is printed at most every 10 seconds. */
  readonly terminal: boolean;
  readonly columns: number;
  readonly clock: Clock;
  /** Cleans what is noted of a bot. */
  readonly clean: Sanitizer;
  write(text: string): void;
}

const REDRAW = 100; // ms
const PLAIN_EVERY = 10_000; // ms between lines without a terminal

export function makeProgress({ terminal, columns, clock, clean, write }: ProgressOptions): Progress {
  let activity = '';
  let total = 0;
  let done = 0;
  let startedAt = 0;
  let shownAt = 0;

  function line(): string {
    const remaining = total - done;
    const of = remaining > 0 ? ` of about ${total}` : '';
    const noun = Math.max(done, total) === 1 ? 'number' : 'numbers';
    const elapsed = clock.now() - startedAt;
    const left = remaining > 0 && done > 0 && elapsed > 1000 ? `, ${duration((elapsed / done) * remaining)} left` : '';
    return `${activity}: ${done}${of} ${noun}${left}`;
  }

  function show(): void {
    const now = clock.now();
    if (now - shownAt < (terminal ? REDRAW : PLAIN_EVERY)) return;
    shownAt = now;
    write(terminal ? `\r\u001b[K${line().slice(0, columns - 1)}` : `${line()}\n`);
  }

  const clear = () => {
    if (terminal) write('\r\u001b[K');
  };

  return {
    begin(what, numbers) {
      activity = what;
      total = numbers;
      done = 0;
      startedAt = clock.now();
      shownAt = terminal ? 0 : startedAt;
    },
    wait(ms) {
      const why = 'because recent writes may not be visible yet';
      write(`Waiting ${duration(ms)} before reading the lists again, ${why} …\n`);
    },
    advance(numbers) {
      done += numbers;
      show();
    },
    note(bot, text) {
      clear();
      write(`${clean.name(bot)}: ${clean.text(text)}\n`);
    },
    end: clear,
  };
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? plural(seconds, 'second') : plural(Math.round(seconds / 60), 'minute');
}
