/** The answer about one number. */
import type { BotAnswer, Effect, Explained, ReportedRule } from '../../model/answer.ts';
import type { Sanitizer } from '../voice/index.ts';
import { failureWords } from './faults.ts';
import { guardReason } from './guard.ts';
import { declarationWords, isHidden } from './provenance.ts';
import { clip, joined, placeWords, quote } from './text.ts';

/** What each bot has to do with the number: a headline, and lines. The format must escape foreign text in them. */
export function answerBlocks({ number, bots }: Explained, clean: Sanitizer) {
  return bots.map((bot) => {
    const lines = answerLines(bot, number, clean);
    return { id: quote(bot.id, clean), headline: headline(bot), lines, failed: bot.error !== null };
  });
}

const PLAIN = { bold: (text: string) => text, red: (text: string) => text };

export function* answerText(explained: Explained, clean: Sanitizer, { bold, red } = PLAIN): Generator<string> {
  yield `${bold(clean.number(explained.number))}\n`;
  for (const { id, headline, lines, failed } of answerBlocks(explained, clean)) {
    yield `${bold(id)}  ${failed ? red(headline) : headline}\n`;
    for (const line of lines) yield `  ${line}\n`;
  }
}

/** `declared, live`. */
function headline({ declared, declarations, rules, live, error }: BotAnswer): string {
  return joined(', ', [
    declared ? 'declared' : declarations.length > 0 ? 'declared, and expired' : 'not declared',
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
    ...(others.length > 0 ? [`live as ${others.map(clean.number).join(', ')}`] : []),
    ...(error ? [`error: ${clip(failureWords(error, clean))}`] : []),
    ...(error?.detail ? [`the server said: ${quote(error.detail, clean)}`] : []),
    `next apply: ${nextWords(bot)}`,
  ];
}

/** `ignored: blacklist.yaml:9:9, prefix +1202; until 2026-12-31; reason: Test phones`. */
function ruleWords(rule: ReportedRule, clean: Sanitizer): string {
  const { prefix, reason, until, past } = rule;
  const hidden = isHidden(rule, clean);
  const place = `${past ? 'no longer ignored' : 'ignored'}: ${placeWords(rule.place, clean)}`;
  return joined('; ', [
    prefix === undefined ? place : `${place}, prefix ${clean.text(`+${prefix}`)}`,
    until && `until ${until}`,
    reason !== undefined && !hidden && `reason: ${quote(reason, clean)}`,
    hidden && 'its reason stands in an encrypted file',
  ]);
}

const EFFECTS: Readonly<Record<Effect, string>> = {
  add: 'adds it',
  remove: 'removes it',
  ignored: 'leaves it: ignored',
  protected: 'leaves it: protected',
  'add-only': 'leaves it: policy add-only',
  'remove-only': 'leaves it: policy remove-only',
  nothing: 'does nothing: it is as desired',
};

/** `removes it`; or, where the list was not read, what it does in either case. */
function nextWords({ declared, declarations, live, ifLive, ifNotLive, guard }: BotAnswer): string {
  const reason = guard && guardReason(guard);
  const refused = reason ? `; but the guard refuses all of this bot's plan: ${reason}` : '';
  // "As desired" would sound as if a file declared it.
  const isUnknown = ifNotLive === 'nothing' && !declared && declarations.length === 0;
  const absent = isUnknown ? 'does nothing: it is neither declared nor live' : EFFECTS[ifNotLive];
  if (live) return (live.length > 0 ? EFFECTS[ifLive] : absent) + refused;
  if (ifLive === ifNotLive) return EFFECTS[ifLive];
  return `if it is live, ${EFFECTS[ifLive]}; if not, ${absent}`;
}
