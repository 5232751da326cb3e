import type { Details } from '../../desired/edit/entry.ts';
import type { Renewal } from '../../desired/edit/renew.ts';
import { listed, missingIn, type Requirable, type Requirement, tooFar } from '../../desired/schema/require.ts';
import type { Mapping } from '../../desired/yaml/parts.ts';
import { InvalidError } from '../../model/errors.ts';
import { written } from '../../model/fault.ts';
import { dayAfter } from '../../model/world.ts';
import type { Context } from '../../steps/context.ts';
import type { AddOptions } from './options.ts';

/** @throws InvalidError if a text cannot be written, or the day is not a future one. */
export function detailsOf({ reason, owner, expires, label }: AddOptions, today: string): Details {
  const texts = { reason, owner };
  for (const [key, text] of Object.entries(texts)) if (text !== undefined) checkText(`--${key}`, text);
  for (const [name, value] of label) for (const text of [name, value]) checkText('--label', text);
  const repeated = label.find(([name], at) => label.findIndex((each) => each[0] === name) < at);
  if (repeated) throw new InvalidError(`--label ${repeated[0]} is given twice; pass each name once`);
  return {
    ...(reason !== undefined && { reason }),
    ...(owner !== undefined && { owner }),
    ...(expires !== undefined && { expires: readDay('--expires', expires, today) }),
    ...(label.length > 0 && { labels: Object.fromEntries(label) }),
  };
}

/** The most characters of a text. */
const LONGEST = 1000;

function textError(text: string): string | null {
  if (text.trim() === '') return 'is blank; write at least one word';
  if (text.trim() !== text) return 'begins or ends with a blank; remove it';
  if (/[\p{Cc}\u2028\u2029]/u.test(text)) return 'has a line break or another control character; write one line';
  return text.length > LONGEST ? `is longer than ${LONGEST} characters; shorten it` : null;
}

function checkText(option: string, text: string): void {
  const error = textError(text);
  if (error !== null) throw new InvalidError(`${option} ${error}`);
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7 };
const MOST_DAYS = 36_600;

/** Reads a day, or a count of days or weeks from today: `2026-12-31`, `30d`, `2w`. */
function readDay(option: string, text: string, today: string): string {
  const [, count, unit] = /^(\d+)([dw])$/.exec(text) ?? [];
  const days = Number(count) * (DAYS[unit ?? ''] ?? Number.NaN);
  if (days >= 1 && days <= MOST_DAYS) return dayAfter(today, days);
  if (count) throw new InvalidError(`${option} is out of range; pass at least 1 and at most ${MOST_DAYS} days`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && dayAfter(text, 0) === text;
  if (!isDay)
    throw new InvalidError(`${option} takes a day such as 2026-12-31, or a time after today such as 30d or 2w`);
  if (text < today) throw new InvalidError(`${option} ${text} is in the past; pass today or a later day`);
  return text;
}

const QUESTIONS: Readonly<Record<Requirable, string>> = {
  reason: 'Reason',
  owner: 'Owner',
  expires: 'Last day, such as 2026-12-31 or 30d',
};

/**
 * Asks for the required details that an entry lacks and the command line does not give.
 *
 * @param entries the keys of the entries as they will be without the answers.
 * @returns a function that adds the answers to the new details of an entry, but only for keys that the entry lacks.
 * @throws InvalidError without a terminal, or if the day is too far away.
 */
export async function askMissing(
  { expires }: Details,
  entries: readonly Mapping[],
  { name, requirement }: { readonly name: string; readonly requirement: Requirement | null },
  context: Pick<Context, 'ask' | 'clock'>,
): Promise<<New extends Renewal>(details: New, entry: Mapping) => New> {
  if (!requirement || entries.length === 0) return (details) => details;
  const missing = [...new Set(entries.flatMap((entry) => missingIn(requirement, entry)))];
  const at = written(requirement.place);
  const { ask } = context;
  if (missing.length > 0 && !ask) {
    const flags = missing.map((key) => `--${key}`).join(' and ');
    throw new InvalidError(`${name} requires ${listed(missing)} (${at}); pass ${flags}`);
  }
  const today = context.clock.today();
  const last = tooFar(requirement, expires, today);
  if (last !== null) {
    throw new InvalidError(`--expires ${expires} is too far away: ${name} allows ${last} or an earlier day (${at})`);
  }
  const answers = new Map<Requirable, string>();
  for (const key of missing) answers.set(key, await askUntilRight(key, requirement, today, ask!));
  return (details, entry) => {
    const lacks = missingIn(requirement, entry);
    return { ...details, ...Object.fromEntries([...answers].filter(([key]) => lacks.includes(key))) };
  };
}

async function askUntilRight(
  key: Requirable,
  requirement: Requirement,
  today: string,
  ask: NonNullable<Context['ask']>,
): Promise<string> {
  for (let wrong = ''; ; ) {
    const answer = await ask(`${wrong}${QUESTIONS[key]}: `);
    if (answer === null) throw new InvalidError('no answer, so nothing was written; run add again');
    try {
      const error = textError(answer);
      if (error !== null) throw new InvalidError(`the answer ${error}`);
      if (key !== 'expires') return answer;
      const day = readDay('the answer', answer, today);
      const last = tooFar(requirement, day, today);
      if (last === null) return day;
      throw new InvalidError(`the day is too far away; enter ${last} or an earlier day`);
    } catch (error) {
      if (!(error instanceof InvalidError)) throw error;
      wrong = `${error.message}\n`;
    }
  }
}
