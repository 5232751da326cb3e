/**
 * Words the settings of a bot in one line, for reviewers who cannot read its file. All numbers in it are
 * counts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { GuardLimits } from '../../model/bot.ts';
import type { ComparedBot } from '../../model/compared.ts';
import { type CheckedBot, type Comparison, isComparison, type Report } from '../../model/report.ts';
import type { Coverage, Ending, ReportedSettings, Setting } from '../../model/settings.ts';
import type { Sanitizer } from '../voice/index.ts';
import { clip, count, joined, quote } from './text.ts';

type Reviewed = Pick<ComparedBot, 'settings'>;
/** A noun or a verb for one thing, and for several. */
type Forms = readonly [one: string, many: string];

const NUMBER: Forms = ['number', 'numbers'];
const PREFIX: Forms = ['prefix', 'prefixes'];
const USER: Forms = ['user', 'users'];
const RULE: Forms = ['ignore rule', 'ignore rules'];

/**
 * Words the settings that differ from the defaults, and the changes since the earlier state. `dress` marks
 * foreign text.
 *
 * @returns null if all are the defaults and none changed, if they are unknown, or for a result, as its plan
 *   showed them.
 */
export function settingsWords(
  { settings }: Reviewed,
  { kind }: Comparison,
  clean: Sanitizer,
  dress = (text: string) => text,
): string | null {
  if (!settings || kind === 'result') return null;
  const { change, place, guard, policy, tokenEnv, ignored, pairs, expiring } = settings;
  const name = (text: string | null) => (text === null ? '' : dress(clip(clean.text(text))));
  const limits = settingWords('guard', guard, limitWords);
  const parts = [
    change === 'new' && 'new in the files',
    place.length > 0 && `${place.map(name).join(', ')} changed`,
    limits && `${limits}${guard.off ? ' (practically off)' : ''}`,
    settingWords('policy', policy, String),
    coverageWords(settings.protected, NUMBER, 'protected'),
    coverageWords(ignored.numbers, NUMBER, 'ignored'),
    coverageWords(ignored.prefixes, PREFIX, 'ignored'),
    coverageWords(pairs, USER, 'with two numbers'),
    endingWords(ignored.ending, RULE, ['ends', 'end']),
    endingWords(expiring, NUMBER, ['expires', 'expire']),
    settingWords('token from the variable', tokenEnv, name),
  ];
  return parts.some(Boolean) ? `settings: ${joined('; ', parts)}` : null;
}

/**
 * Words the settings of bots with equal settings, except for the variables of their tokens: `policy add-only;
 * tokens from the variables A, B, C and 95 more`. Returns null if all are the defaults.
 */
export function sharedSettings(
  bots: readonly Reviewed[],
  report: Comparison,
  clean: Sanitizer,
  dress = (text: string) => text,
): string | null {
  const others = settingsWords(withoutToken(bots[0]!), report, clean, dress);
  const names = bots.flatMap(({ settings }) => {
    const { now, default: usual } = settings?.tokenEnv ?? { now: null, default: null };
    return now === null || now === usual ? [] : [now];
  });
  const all = [...new Set(names)];
  const shown = all
    .slice(0, NAMED)
    .map((name) => dress(clip(clean.text(name))))
    .join(', ');
  const more = all.length > NAMED ? ` and ${count(all.length - NAMED)} more` : '';
  const tokens =
    all.length > 0 &&
    report.kind !== 'result' &&
    `${formOf(all.length, ['token from the variable', 'tokens from the variables'])} ${shown}${more}`;
  const parts = joined('; ', [others?.slice('settings: '.length), tokens]);
  return parts ? `settings: ${parts}` : null;
}

/** The most variables that one line lists. */
const NAMED = 3;

/** Removes the variable of the token, so that bots that differ only in it are equal. */
export function withoutToken({ settings }: Reviewed): Reviewed {
  if (!settings) return {};
  return { settings: { ...settings, tokenEnv: { now: null, default: null } } };
}

/** `policy add-only`, or `policy sync → add-only`. */
function settingWords<T>(name: string, setting: Setting<T>, words: (value: T) => string): string | null {
  const { now, before } = setting;
  if (before !== undefined) return `${name} ${words(before)} → ${words(now)}`;
  return isDeepStrictEqual(now, setting.default) ? null : `${name} ${words(now)}`;
}

const limitWords = ({ percent, floor }: GuardLimits) =>
  `${Math.round(percent * 100) / 100} % or ${counted(floor, ['removal', 'removals'])}`;

/** `3 numbers protected (1 newly, 2 no longer)`. */
function coverageWords({ now, added, removed }: Coverage, noun: Forms, state: string): string | null {
  if (now + added + removed === 0) return null;
  const changes = joined(', ', [added > 0 && `${count(added)} newly`, removed > 0 && `${count(removed)} no longer`]);
  return `${counted(now, noun)} ${state}${changes && ` (${changes})`}`;
}

/** `3 numbers expire within 7 days, the next on 2026-12-31`. */
function endingWords({ now, next, changed }: Ending, noun: Forms, verb: Forms): string {
  const when = now === 1 ? `on ${next}` : `the next on ${next}`;
  return joined('; ', [
    now > 0 && `${counted(now, noun)} ${formOf(now, verb)} within 7 days, ${when}`,
    changed > 0 && `the last day of ${counted(changed, noun)} changed`,
  ]);
}

const counted = (number: number, noun: Forms) => `${count(number)} ${formOf(number, noun)}`;
const formOf = (number: number, [one, many]: Forms) => (number === 1 ? one : many);

/** Reports whether reviewers must see this bot although its numbers may not change. */
export const isReviewed = ({ settings }: Reviewed) => settings?.change === 'new' || settings?.change === 'changed';

/** Returns the bots that were removed from the files. */
export const leftBotsOf = (report: Report): readonly CheckedBot[] =>
  report.kind === 'plan' && report.leftBots ? report.leftBots : [];

/** Words what happens to the list of a bot that was removed from the files. */
export function leftWords({ count: numbers }: CheckedBot): string {
  const declared = `removed from the files, which declared ${counted(numbers, NUMBER)} for it`;
  return `${declared}; its live list does not change`;
}

/** Returns the settings of each bot and the removed bots, for formats that print them as lines. */
export function reviewLines(report: Report, clean: Sanitizer) {
  if (!isComparison(report)) return [];
  const lines = report.bots.flatMap((bot: ComparedBot) => {
    const words = settingsWords(bot, report, clean);
    return words ? [{ id: quote(bot.id, clean), words, reviewed: isReviewed(bot) }] : [];
  });
  const left = leftBotsOf(report).map((bot) => ({ id: quote(bot.id, clean), words: leftWords(bot), reviewed: true }));
  return [...lines, ...left];
}

/** `settings of 2 bots changed, 1 bot removed from the files`; empty if no such change is known. */
export function reviewSummary(report: Report): string {
  if (!isComparison(report)) return '';
  const bots = (change: ReportedSettings['change']) =>
    report.bots.filter(({ settings }: Reviewed) => settings?.change === change).length;
  const [changed, fresh, left] = [bots('changed'), bots('new'), leftBotsOf(report).length];
  return joined(', ', [
    changed > 0 && `settings of ${counted(changed, ['bot', 'bots'])} changed`,
    fresh > 0 && counted(fresh, ['new bot', 'new bots']),
    left > 0 && `${counted(left, ['bot', 'bots'])} removed from the files`,
  ]);
}
