import { waitingIn } from '../model/compared.ts';
import { isComparison, type Report } from '../model/report.ts';

/** When a run finished, in seconds since 1970 (UTC), and its duration in seconds. */
export type Times = Readonly<Record<'finished' | 'duration', number>>;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const LAST_SUCCESS = 'blacklistctl_last_success_timestamp_seconds';

/**
 * Writes a run in the OpenMetrics text format. The node exporter reads it as the older Prometheus format, which is the
 * same for gauges. All values are of one run, so none is a counter. It contains bot ids, and no number, token or foreign
 * text.
 *
 * @param before the metrics of the run before, or ''. A bot that cannot be read now keeps the time of its last success.
 */
export function metrics(report: Report, times: Times, before: string): string {
  const past = lastSuccesses(before);
  const { bots, requests } = isComparison(report) ? report : { bots: [], requests: { read: 0, retries: 0 } };
  const read = bots.filter(({ guard, error }) => guard !== null && !error);
  const isRead = new Set(read.map(({ id }) => id));
  // A run that ended before it knew its bots must not make them vanish from the alarms.
  const ids = report.kind === 'failure' ? [...past.keys()] : bots.map(({ id }) => id);
  const up = !report.interrupted && ['in-sync', 'changes', 'nothing-selected'].includes(report.outcome);
  const readable = ids.map((bot): Sample => [{ bot }, isRead.has(bot) ? 1 : 0]);
  const drift = read.flatMap((bot): Sample[] => [
    [{ bot: bot.id, direction: 'add' }, bot.add.size - waitingIn(bot)],
    [{ bot: bot.id, direction: 'remove' }, bot.remove.size],
  ]);
  const slow = read.filter(({ addNeedsContact }) => addNeedsContact);
  const waiting = slow.map((bot): Sample => [{ bot: bot.id }, waitingIn(bot)]);
  const successes = new Map([...past, ...read.map(({ id }) => [id, times.finished] as const)]);
  const successful = ids.filter((bot) => successes.has(bot)).map((bot): Sample => [{ bot }, successes.get(bot)!]);
  const families = [
    gauge('blacklistctl_up', 'Whether the run read every bot (1) or not (0). Drift is no failure.', [[{}, up ? 1 : 0]]),
    gauge('blacklistctl_bots', 'Bots that the run was to read. If 0, it read no list.', [[{}, ids.length]]),
    gauge('blacklistctl_bot_up', 'Whether the list of the bot was read to its end.', readable),
    gauge(
      'blacklistctl_drift_numbers',
      'Numbers that differ: declared and not live (add), or live and not declared (remove). Absent if the bot was not read.',
      drift,
    ),
    gauge(
      'blacklistctl_waiting_numbers',
      "Numbers that wait for their user's next message, or are not applied yet. Absent if users need not write first.",
      waiting,
    ),
    gauge(LAST_SUCCESS, 'When the list of the bot was last read to its end.', successful),
    gauge('blacklistctl_requests', 'Requests that the run sent, repeats included.', [[{}, requests.read]]),
    gauge('blacklistctl_retries', 'Requests that the run sent again after a failure.', [[{}, requests.retries]]),
    gauge('blacklistctl_duration_seconds', 'How long the run took.', [[{}, times.duration]]),
  ];
  return `${[...families.flat(), '# EOF'].join('\n')}\n`;
}

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  const unit = name.endsWith('_seconds') ? [`# UNIT ${name} seconds`] : [];
  const lines = samples.map(([labels, value]) => `${name}${braces(labels)} ${round(value)}`);
  return [`# TYPE ${name} gauge`, ...unit, `# HELP ${name} ${help}`, ...lines];
}

function braces(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
const unescaped = (value: string) => value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));

/** Rounds to milliseconds, the precision of the clock. */
const round = (value: number) => Math.round(value * 1000) / 1000;

function lastSuccesses(text: string): ReadonlyMap<string, number> {
  const line = new RegExp(`^${LAST_SUCCESS}\\{bot="((?:[^"\\\\\\n]|\\\\.)*)"\\} ([0-9]+(?:\\.[0-9]+)?)$`, 'gm');
  return new Map(Array.from(text.matchAll(line), ([, bot, at]) => [unescaped(bot!), Number(at)]));
}
