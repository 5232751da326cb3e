import type { Report } from '../model/report.ts';

/** When a run took place. */
export interface Times {
  /** Seconds since 1970, UTC. */
  readonly finished: number;
  /** In seconds. */
  readonly duration: number;
}

interface Family {
  readonly name: string;
  readonly unit?: 'seconds';
  readonly help: string;
  readonly samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

const LAST_SUCCESS = 'blacklistctl_last_success_timestamp_seconds';

/**
 * A run as metrics in the OpenMetrics text format, which the node exporter reads as the older Prometheus format: with
 * gauges alone the two are the same, and a file about one run has nothing that only grows.
 *
 * Bot ids are all that it holds of the desired state: no number, no token, no foreign text.
 *
 * @param before the metrics of the run before, or ''. What cannot be read now keeps the time of its last success.
 */
export function metrics(report: Report, times: Times, before: string): string {
  const past = lastSuccesses(before);
  const read = report.bots.filter(({ guard, error }) => guard !== null && !error);
  const isRead = new Set(read.map(({ id }) => id));
  // A run that ended before it knew its bots must not make them vanish from the alarms.
  const ids = report.stage === 'desired' ? [...past.keys()] : report.bots.map(({ id }) => id);
  const up = !report.interrupted && (report.outcome === 'in-sync' || report.outcome === 'changes');
  return render([
    {
      name: 'blacklistctl_up',
      help: 'Whether the run read every bot (1) or not (0). Drift is no failure.',
      samples: [[{}, up ? 1 : 0]],
    },
    {
      name: 'blacklistctl_bot_up',
      help: 'Whether the list of the bot was read to its end.',
      samples: ids.map((bot) => [{ bot }, isRead.has(bot) ? 1 : 0]),
    },
    {
      name: 'blacklistctl_drift_numbers',
      help: 'Numbers by which the live list differs from the files: to add, and to remove. Absent where the bot was not read.',
      samples: read.flatMap(({ id: bot, add, remove, addNeedsContact }) => [
        [{ bot, direction: 'add' }, addNeedsContact ? 0 : add.size],
        [{ bot, direction: 'remove' }, remove.size],
      ]),
    },
    {
      name: 'blacklistctl_waiting_numbers',
      help: "Numbers that wait for their user's next message, or are not applied yet. Absent where users need not write first.",
      samples: read.flatMap(({ id: bot, add, addNeedsContact }) => (addNeedsContact ? [[{ bot }, add.size]] : [])),
    },
    {
      name: LAST_SUCCESS,
      unit: 'seconds',
      help: 'When the list of the bot was last read to its end.',
      samples: ids.flatMap((bot) => {
        const at = isRead.has(bot) ? times.finished : past.get(bot);
        return at === undefined ? [] : [[{ bot }, at]];
      }),
    },
    {
      name: 'blacklistctl_requests',
      help: 'Requests that the run sent, repeats included.',
      samples: [[{}, report.requests.read]],
    },
    {
      name: 'blacklistctl_retries',
      help: 'Requests that the run sent again after a failure.',
      samples: [[{}, report.requests.retries]],
    },
    {
      name: 'blacklistctl_duration_seconds',
      unit: 'seconds',
      help: 'How long the run took.',
      samples: [[{}, times.duration]],
    },
  ]);
}

function render(families: readonly Family[]): string {
  const blocks = families.map(({ name, unit, help, samples }) => {
    const head = [`# TYPE ${name} gauge`, ...(unit ? [`# UNIT ${name} ${unit}`] : []), `# HELP ${name} ${help}`];
    return [...head, ...samples.map(([labels, value]) => `${name}${braces(labels)} ${round(value)}`)];
  });
  return `${[...blocks.flat(), '# EOF'].join('\n')}\n`;
}

function braces(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');

const unescaped = (value: string) => value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));

/** To the millisecond, which is as exact as it is. */
const round = (value: number) => Math.round(value * 1000) / 1000;

function lastSuccesses(text: string): ReadonlyMap<string, number> {
  const lines = text.matchAll(
    new RegExp(`^${LAST_SUCCESS}\\{bot="((?:[^"\\\\\\n]|\\\\.)*)"\\} ([0-9]+(?:\\.[0-9]+)?)$`, 'gm'),
  );
  return new Map(Array.from(lines, ([, bot, at]) => [unescaped(bot!), Number(at)]));
}
