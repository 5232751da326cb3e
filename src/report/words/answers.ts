/** Words the answer about one number. */
import type { BotAnswer, Effect, Explained, ReportedRule } from '../../model/answer.ts';
import type { Sanitizer } from '../voice/index.ts';
import { failureWords } from './faults.ts';
import { guardReason } from './guard.ts';
import { declarationWords, historyBlocks, isHidden } from './provenance.ts';
import { clip, count, joined, placeWords, plural, quote, said } from './text.ts';
import { withheldWords } from './users.ts';

/**
 * Words the answer in one or two sentences, which precede the bots. `dress` marks the number and ids.
 *
 * `+12015550123 is declared for 2 of 100 bots (sales, shop), live for 1 (shop). The next apply adds it to
 * sales.`
 */
export function answerSentence({ number, bots }: Explained, clean: Sanitizer, dress = (text: string) => text): string {
  const names = (some: readonly BotAnswer[]) => {
    const ids = some.slice(0, NAMED).map(({ id }) => dress(quote(id, clean)));
    return some.length > NAMED ? `${ids.join(', ')} and ${count(some.length - NAMED)} more` : ids.join(', ');
  };
  const those = (of: (bot: BotAnswer) => unknown) => bots.filter(of);
  const counted = (some: readonly BotAnswer[]) => `${count(some.length)}${some.length > 0 ? ` (${names(some)})` : ''}`;
  const liveWords = (some: readonly BotAnswer[]) => (some.length > 0 ? `live for ${counted(some)}` : 'not live');
  const declared = those((bot) => bot.declared);
  const expired = those(isExpired);
  const ignored = those(({ rules }) => rules.some(({ past }) => !past));
  const unread = those(({ error }) => error);
  const looked = bots.some(({ live, error }) => live || error);
  const all = plural(bots.length, 'bot');
  const [only, second] = bots;
  const facts =
    only && !second
      ? factsOfOne(only, names(bots))
      : joined(', ', [
          declared.length === 0
            ? `is not declared for any of the ${all}`
            : `is declared for ${declared.length} of ${all} (${names(declared)})`,
          expired.length > 0 && `expired for ${counted(expired)}`,
          ignored.length > 0 && `ignored for ${counted(ignored)}`,
          looked && unread.length < bots.length && liveWords(those(({ live }) => live?.length)),
          unread.length > 0 && `not known for ${counted(unread)}`,
        ]);
  const sentence = `${dress(clean.number(number))} ${facts}.`;
  if (only?.error && !second) return `${sentence} Its live list could not be read.`;
  if (!looked && bots.some((bot) => !effectOf(bot))) return `${sentence} To see what the next apply does, pass --live.`;
  if (unread.length === bots.length) return sentence;
  const does = (effect: Effect) => those((bot) => !bot.guard && effectOf(bot) === effect);
  const refused = those((bot) => bot.guard && ['add', 'remove'].includes(effectOf(bot) ?? ''));
  const held = does('remove').filter(({ mayWithhold }) => mayWithhold);
  const [adds, removes] = [does('add'), does('remove').filter(({ mayWithhold }) => !mayWithhold)];
  const next = joined(', ', [
    adds.length > 0 && `adds it to ${names(adds)}`,
    removes.length > 0 && `removes it from ${names(removes)}`,
    held.length > 0 && `may withhold its removal from ${names(held)}`,
    refused.length > 0 && `is refused by the guard for ${names(refused)}`,
  ]);
  const read = unread.length > 0 ? ' on the lists that were read' : '';
  return `${sentence} The next apply ${next || `changes nothing for it${read}`}.`;
}

/** `is declared for sales and live`, or `is ignored and live, but not declared for sales`. */
function factsOfOne(bot: BotAnswer, name: string): string {
  const { declared, rules, live } = bot;
  const isTrue = [
    declared && `declared for ${name}`,
    rules.some(({ past }) => !past) && 'ignored',
    live && live.length > 0 && 'live',
  ];
  const isNot = [
    !declared && (isExpired(bot) ? `no longer declared for ${name} (expired)` : `not declared for ${name}`),
    live && live.length === 0 && 'not live',
  ];
  return `is ${joined(', but ', [listed(isTrue), listed(isNot)])}`;
}

/** Reports whether only expired entries declare the number. */
const isExpired = ({ declared, declarations }: BotAnswer) => !declared && declarations.length > 0;

/** `declared, ignored and live`. */
function listed(parts: readonly (string | false | null)[]): string {
  const words = parts.filter((part) => part !== false && part !== null);
  return joined(' and ', [words.slice(0, -1).join(', '), words.at(-1)]);
}

/** The most bots that one sentence lists by id. */
const NAMED = 3;

/** Returns the effect of the next apply; null if it depends on a list that was not read. */
const effectOf = ({ live, ifLive, ifNotLive }: BotAnswer): Effect | null =>
  live ? (live.length > 0 ? ifLive : ifNotLive) : ifLive === ifNotLive ? ifLive : null;

/** Reports whether the number is neither declared for the bot nor live, and no rule of the bot covers it. */
const isUninvolved = ({ declarations, rules, protection, live, error, mayWithhold = [] }: BotAnswer) =>
  !error && declarations.length + rules.length + protection.length + (live?.length ?? 0) + mayWithhold.length === 0;

/**
 * Describes the number for each bot: a headline, and lines. The format must escape foreign text in them.
 * Unless `all` is set, bots that neither declare nor list the number are counted in one last block without
 * lines.
 */
export function answerBlocks(explained: Explained, clean: Sanitizer, all = false) {
  return [...botBlocks(explained, clean, all), ...historyBlocks(explained, clean, all)];
}

function botBlocks({ number, bots }: Explained, clean: Sanitizer, all: boolean) {
  const others = all ? [] : bots.filter(isUninvolved);
  const folded = others.length > 1 ? others : [];
  const shown = bots.filter((bot) => !folded.includes(bot));
  const blocks = shown.map((bot) => {
    const lines = answerLines(bot, number, clean);
    return { id: quote(bot.id, clean), headline: headline(bot), lines, failed: bot.error !== null };
  });
  if (folded.length === 0) return blocks;
  const id = `${count(folded.length)}${shown.length > 0 ? ' other' : ''} bots`;
  // In joined reports, one shard may have read its lists and another may not.
  const live = folded.every((bot) => bot.live) ? ', not live' : '';
  return [...blocks, { id, headline: `not declared${live}`, lines: [], failed: false }];
}

type Paint = { bold(text: string): string; red(text: string): string };
const PLAIN: Paint = { bold: (text) => text, red: (text) => text };

export function* answerText(
  explained: Explained,
  clean: Sanitizer,
  { bold, red } = PLAIN,
  verbose = false,
): Generator<string> {
  yield `${bold(answerSentence(explained, clean))}\n`;
  for (const { id, headline, lines, failed } of answerBlocks(explained, clean, verbose)) {
    if (lines.length === 0) yield `${id}: ${headline}\n`;
    else yield `${bold(id)}  ${failed ? red(headline) : headline}\n`;
    for (const line of lines) yield `  ${line}\n`;
  }
}

/** `declared, live`. */
function headline(bot: BotAnswer): string {
  const { declared, rules, live, error } = bot;
  return joined(', ', [
    declared ? 'declared' : isExpired(bot) ? 'no longer declared (expired)' : 'not declared',
    rules.some(({ past }) => !past) && 'ignored',
    live && (live.length > 0 ? 'live' : 'not live'),
    error && 'could not be read',
  ]);
}

function answerLines(bot: BotAnswer, asked: Explained['number'], clean: Sanitizer): string[] {
  const { declarations, rules, protection, live, error } = bot;
  const as = (number: Explained['number']) => (number === asked ? '' : ` as ${clean.number(number)}`);
  const others = live?.filter((number) => number !== asked) ?? [];
  return [
    ...declarations.map((each) => `declared${as(each.number)}: ${declarationWords(each, clean)}`),
    ...rules.map((rule) => ruleWords(rule, clean)),
    ...protection.map((each) => `protected elsewhere${as(each.number)}: ${declarationWords(each, clean)}`),
    `policy: ${bot.policy}`,
    ...(others.length > 0 ? [`live as ${Array.from(clean.order(others), clean.number).join(', ')}`] : []),
    ...(error ? [`error: ${clip(failureWords(error, clean))}`] : []),
    ...(error?.detail ? [`the server answered: ${said(error.detail, clean)}`] : []),
    `next apply: ${nextWords(bot)}`,
    ...(bot.mayWithhold ?? []).map((each) => `may be withheld: ${withheldWords(each, clean)}`),
  ];
}

/** `ignored: blacklist.yaml:9:9, prefix +1202; until 2026-12-31; reason: Test phones`. */
function ruleWords(rule: ReportedRule, clean: Sanitizer): string {
  const { prefix, reason, until, past } = rule;
  const hidden = isHidden(rule, clean);
  const place = `${past ? 'no longer ignored' : 'ignored'}: ${placeWords(rule.place, clean)}`;
  return joined('; ', [
    prefix === undefined ? place : `${place}, prefix ${clean.name(`+${prefix}`)}`,
    until && `until ${until}`,
    reason !== undefined && !hidden && `reason: ${clip(clean.note(reason))}`,
    hidden && 'its reason is in an encrypted file',
  ]);
}

const EFFECTS: Readonly<Record<Effect, string>> = {
  add: 'adds it',
  remove: 'removes it',
  ignored: 'does nothing, because the number is ignored',
  protected: 'does nothing, because the number is protected',
  'add-only': 'does nothing, because the policy is add-only',
  'remove-only': 'does nothing, because the policy is remove-only',
  nothing: 'does nothing, because the number is declared',
};

/** Words the effect of the next apply: `removes it`, or both possible effects if the list was not read. */
function nextWords(bot: BotAnswer): string {
  const { declared, declarations, live, ifLive, ifNotLive, guard, mayWithhold } = bot;
  const reason = guard && guardReason(guard);
  const refused = reason ? `does nothing, because the guard refuses the plan of this bot, which ${reason}` : null;
  const unwanted = declarations.length === 0 ? 'neither declared nor live' : 'not live and its declaration has expired';
  const absent =
    ifNotLive === 'nothing' && !declared ? `does nothing, because the number is ${unwanted}` : EFFECTS[ifNotLive];
  const present = ifLive === 'remove' && mayWithhold ? 'removes it, or withholds the removal' : EFFECTS[ifLive];
  if (live) {
    const effect = live.length > 0 ? present : absent;
    const isChange = ['add', 'remove'].includes(live.length > 0 ? ifLive : ifNotLive);
    return refused && isChange ? `${refused} (without the guard: ${effect})` : effect;
  }
  if (ifLive === ifNotLive) return present;
  const otherwise = ifNotLive === 'nothing' && !declared ? 'does nothing' : absent;
  return `if the number is live, ${present}; otherwise ${otherwise}`;
}
