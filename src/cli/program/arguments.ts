/** Parses the values of a command line. An error completes the sentence "--option takes …". */
import { InvalidArgumentError } from 'commander';
import { A_PAIR } from '../../numbers/examples.ts';
import type { Context } from '../../steps/context.ts';
import { ACTION_FORM, isAction, type Shard } from '../../steps/options.ts';

export const FILES = 'Files or folders of desired state (default: blacklist.yaml)';
export const PATHS = 'Files or folders of desired state, or - for standard input (default: blacklist.yaml)';

export function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max) {
      throw new InvalidArgumentError(`a whole number from ${min} to ${max}`);
    }
    return value;
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, '': 1000 };

/** Parses `500ms`, `30s`, `5m` or `1h`; a bare number is seconds. Returns milliseconds. */
function durationUpTo(most: number): (text: string) => number {
  return (text) => {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|)$/.exec(text) ?? [];
    const value = Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
    if (amount === undefined || !(value <= most)) {
      throw new InvalidArgumentError(`a duration such as 500ms, 30s, 5m or 1h, at most ${most / 3_600_000}h`);
    }
    return value;
  };
}

function positive(parse: (text: string) => number): (text: string) => number {
  return (text) => {
    const time = parse(text);
    if (time === 0) throw new InvalidArgumentError('a duration above 0');
    return time;
  };
}

const DAY = 24 * 3_600_000;

/** A time for which a run may wait. */
export const duration = durationUpTo(DAY);
export const positiveDuration = positive(duration);
/** The age of a plan. */
export const age = positive(durationUpTo(366 * DAY));

/** Parses `14d` or `2w`; a bare number is days. Returns days, at most ten years. */
export function days(text: string): number {
  const [, amount, unit] = /^(\d+)(d|w|)$/.exec(text) ?? [];
  const value = Number(amount) * (unit === 'w' ? 7 : 1);
  if (amount === undefined || value > 3660) {
    throw new InvalidArgumentError('days or weeks, such as 14d or 2w, at most ten years');
  }
  return value;
}

/** Parses a day in UTC as YYYY-MM-DD. */
export function day(text: string): string {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('a day such as 2026-12-31');
}

export function action(text: string): string {
  if (isAction(text)) return text;
  throw new InvalidArgumentError(ACTION_FORM);
}

/** Parses `2/4`; or `/4` in an Indexed Job of Kubernetes, whose JOB_COMPLETION_INDEX counts from 0. */
export function shard(env: Context['env']): (text: string) => Shard {
  return (text) => {
    const [, first = '', parts = ''] = /^(\d*)\/(\d+)$/.exec(text) ?? [];
    const completion = env.JOB_COMPLETION_INDEX ?? '';
    const index = first === '' && /^\d+$/.test(completion) ? Number(completion) + 1 : Number(first);
    const count = Number(parts);
    if (index >= 1 && index <= count) return { index, count };
    throw new InvalidArgumentError('i/n with i from 1 to n, or /n if JOB_COMPLETION_INDEX is set');
  };
}

/** Parses two numbers of one user; the plus signs are optional. Adds their digits. */
export function addWaId(text: string, before: readonly unknown[]): readonly unknown[] {
  const [, number, waId] = /^\+?([1-9]\d{6,14})=\+?([1-9]\d{6,14})$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError(A_PAIR);
  return [...before, [number, waId]];
}

/** Adds the name and the value of a label. */
export function addLabel(text: string, before: readonly unknown[]): readonly unknown[] {
  const [, name, value] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('NAME=VALUE, such as ticket=4711');
  return [...before, [name, value]];
}

export function addBotAndToken(text: string, before: readonly unknown[]): readonly unknown[] {
  const [, id, token] = /^([\w.-]{1,64})=(\S+)$/.exec(text) ?? [];
  if (id === undefined || token === undefined) throw new InvalidArgumentError('ID=TOKEN');
  return [...before, [id, token]];
}
