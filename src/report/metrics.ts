import { isRefused, postponedIn, waitingIn } from '../model/compared.ts';
import type { Direction } from '../model/ledger.ts';
import { isComparison, type Report } from '../model/report.ts';
import { type WholeBot, wholeBots } from './words/changes.ts';
import { isComplete } from './words/summary.ts';

/** When a run finished, in seconds since 1970 (UTC), and its duration in seconds. */
export type Times = Readonly<Record<'finished' | 'duration', number>>;

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

const LAST_SUCCESS = 'blacklistctl_last_success_timestamp_seconds';

/** The outcomes of runs that exit with 0, or with 2 for changes. */
const SUCCESSES: readonly Report['outcome'][] = ['in-sync', 'changes', 'applied', 'nothing-selected'];

/**
 * Writes a run of `plan`, `apply` or `drift` in the OpenMetrics text format. The node exporter reads it as the older
 * Prometheus format, which is the same for gauges. All values are of one run, so none is a counter. It contains bot
 * ids, and no number, token or foreign text. The files of several commands may be in one folder: their series differ
 * by the label `command`, and their texts of `# HELP` must be the same.
 *
 * @param before the metrics of the run before, or ''. A bot without success now keeps the time of its last success.
 */
export function metrics(report: Report, times: Times, before: string): string {
  const { command } = report;
  const past = lastSuccesses(before, command);
  const bots = isComparison(report) ? wholeBots(report) : [];
  const requests = isComparison(report) ? report.requests : { read: 0, write: 0, retries: 0 };
  const known = bots.filter(({ guard }) => guard !== null);
  const succeeded = new Set(known.filter((bot) => hasSucceeded(bot, command)).map(({ id }) => id));
  // A run that ended before it knew its bots must not make them vanish from the alarms.
  const ids = report.kind === 'failure' ? [...past.keys()] : bots.map(({ id }) => id);
  const up = !report.interrupted && SUCCESSES.includes(report.outcome);
  const successes = new Map([...past, ...Array.from(succeeded, (id) => [id, times.finished] as const)]);
  const of = (bot: string, rest: Readonly<Record<string, string>> = {}) => ({ command, bot, ...rest });
  const run = (value: number): Sample[] => [[{ command }, value]];
  const sides = (some: readonly WholeBot[], count: (bot: WholeBot, direction: Direction) => number) =>
    some.flatMap((bot) =>
      (['add', 'remove'] as const).map((direction): Sample => [of(bot.id, { direction }), count(bot, direction)]),
    );
  // Adds that apply did not send may be pending, as in a plan.
  const waiting = (bot: WholeBot) =>
    report.kind === 'result' && bot.results.skipped.add < bot.add.size ? bot.results.pending : waitingIn(bot);
  const differing = (bot: WholeBot, direction: Direction) =>
    bot[direction].size - bot.results.applied[direction] - (direction === 'add' ? waiting(bot) : -postponedIn(bot));
  const slow = known.filter(({ addNeedsContact }) => addNeedsContact);
  const families = [
    gauge(
      'blacklistctl_up',
      'Whether the run did all that it was to do (1) or not (0). Changes and drift are no failure.',
      run(up ? 1 : 0),
    ),
    gauge('blacklistctl_bots', 'Bots that the run was to read. If 0, it read no list.', run(ids.length)),
    gauge(
      'blacklistctl_bot_up',
      'Whether the list of the bot was read to its end and, by apply, all changes that were to be sent were applied.',
      ids.map((bot) => [of(bot), succeeded.has(bot) ? 1 : 0]),
    ),
    gauge(
      'blacklistctl_drift_numbers',
      'Numbers that differ after the run: declared and not live (add), or live and not declared (remove). Absent if the bot was not read.',
      sides(known, differing),
    ),
    gauge(
      'blacklistctl_applied_numbers',
      'Numbers that the run of apply added or removed. Absent if the bot was not read.',
      sides(command === 'apply' ? known : [], ({ results }, direction) => results.applied[direction]),
    ),
    gauge(
      'blacklistctl_waiting_numbers',
      "Numbers that wait for their user's next message, or are not applied yet. Absent if users need not write first.",
      slow.map((bot) => [of(bot.id), waiting(bot)]),
    ),
    gauge(
      LAST_SUCCESS,
      'When blacklistctl_bot_up of the bot was last 1.',
      ids.filter((bot) => successes.has(bot)).map((bot) => [of(bot), successes.get(bot)!]),
    ),
    gauge(
      'blacklistctl_requests',
      'Requests that the run sent, repeats included.',
      run(requests.read + (command === 'apply' ? requests.write : 0)), // a plan counts the writes that it needs
    ),
    gauge('blacklistctl_retries', 'Requests that the run sent again after a failure.', run(requests.retries)),
    gauge('blacklistctl_duration_seconds', 'How long the run took.', run(times.duration)),
  ];
  return `${[...families.flat(), '# EOF'].join('\n')}\n`;
}

function hasSucceeded(bot: WholeBot, command: string): boolean {
  return !bot.error && (command !== 'apply' || (!isRefused(bot) && isComplete([bot])));
}

function gauge(name: string, help: string, samples: readonly Sample[]): string[] {
  const unit = name.endsWith('_seconds') ? [`# UNIT ${name} seconds`] : [];
  const lines = samples.map(([labels, value]) => `${name}${braces(labels)} ${round(value)}`);
  return [`# TYPE ${name} gauge`, ...unit, `# HELP ${name} ${help}`, ...lines];
}

const braces = (labels: Readonly<Record<string, string>>) =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;

const escaped = (value: string) => value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
const unescaped = (value: string) => value.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));

/** Rounds to milliseconds, the precision of the clock. */
const round = (value: number) => Math.round(value * 1000) / 1000;

const PAST = new RegExp(
  `^${LAST_SUCCESS}\\{(?:command="([a-z]+)",)?bot="((?:[^"\\\\\\n]|\\\\.)*)"\\} ([0-9]+(?:\\.[0-9]+)?)$`,
  'gm',
);

/** Reads the times of a command. Files of older versions have no command, as only `drift` wrote them. */
function lastSuccesses(text: string, command: string): ReadonlyMap<string, number> {
  const found = Array.from(text.matchAll(PAST)).filter(([, by = 'drift']) => by === command);
  return new Map(found.map(([, , bot, at]) => [unescaped(bot!), Number(at)]));
}
