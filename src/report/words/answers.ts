/** What is said about one number. */
import type { BotAnswer, Effect, Explained, ReportedRule } from '../../model/report.ts';
import type { Sanitizer } from '../voice/index.ts';
import { guardReason } from './guard.ts';
import { isHidden, placeWords, wayWords } from './provenance.ts';
import { quote } from './text.ts';

/** A bot and what is said of it, a line each; foreign text in it has still to be escaped by the format. */
export interface AnswerBlock {
  readonly id: string;
  /** `declared, live`. */
  readonly headline: string;
  readonly lines: readonly string[];
  /** The list could not be read. */
  readonly failed: boolean;
}

export function answerBlocks({ number, bots }: Explained, voice: Sanitizer): readonly AnswerBlock[] {
  return bots.map((bot) => ({
    id: quote(bot.id, voice),
    headline: headline(bot),
    lines: answerLines(bot, number, voice),
    failed: bot.error !== null,
  }));
}

/** How a format sets words off, if it does. */
interface Paint {
  bold(text: string): string;
  red(text: string): string;
}

const PLAIN: Paint = { bold: (text) => text, red: (text) => text };

/** The answer as text: a block a bot. */
export function* answerText(explained: Explained, voice: Sanitizer, { bold, red } = PLAIN): Generator<string> {
  yield `${bold(voice.number(explained.number))}\n`;
  for (const { id, headline, lines, failed } of answerBlocks(explained, voice)) {
    yield `${bold(id)}  ${failed ? red(headline) : headline}\n`;
    for (const line of lines) yield `  ${line}\n`;
  }
}

function headline({ declared, declarations, rules, live, error }: BotAnswer): string {
  return [
    declared ? 'declared' : declarations.length > 0 ? 'declared, and expired' : 'not declared',
    rules.some(({ past }) => !past) && 'ignored',
    live && (live.length > 0 ? 'live' : 'not live'),
    error && 'could not be read',
  ]
    .filter(Boolean)
    .join(', ');
}

function answerLines(bot: BotAnswer, asked: Explained['number'], voice: Sanitizer): string[] {
  const { declarations, rules, protection, live, error } = bot;
  const as = (number: Explained['number']) => (number === asked ? '' : ` as ${voice.number(number)}`);
  const said = [
    ...declarations.map((way) => `declared${as(way.number)}: ${wayWords(way, voice)}`),
    ...rules.map((rule) => ruleWords(rule, voice)),
    ...protection.map((way) => `protected elsewhere${as(way.number)}: ${wayWords(way, voice)}`),
    `policy: ${bot.policy}`,
  ];
  const others = live?.filter((number) => number !== asked) ?? [];
  if (others.length > 0) said.push(`live as ${others.map((number) => voice.number(number)).join(', ')}`);
  if (error) {
    said.push(`error: ${quote(error.message, voice)}`);
    if (error.detail) said.push(`the server said: ${quote(error.detail, voice)}`);
  }
  said.push(`next apply: ${nextWords(bot)}`);
  return said;
}

/** `ignored: blacklist.yaml:9:9, prefix +1202; until 2026-12-31; reason: Test phones`. */
function ruleWords(rule: ReportedRule, voice: Sanitizer): string {
  const { prefix, reason, until, past } = rule;
  const hidden = isHidden(rule, voice);
  return [
    `${past ? 'no longer ignored' : 'ignored'}: ${placeWords(rule, voice)}${prefix === undefined ? '' : `, prefix ${voice.text(`+${prefix}`)}`}`,
    until && `until ${until}`,
    reason !== undefined && !hidden && `reason: ${quote(reason, voice)}`,
    hidden && 'its reason stands in an encrypted file',
  ]
    .filter(Boolean)
    .join('; ');
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
  // "As desired" would sound as if somebody had declared it.
  const absent =
    ifNotLive === 'nothing' && !declared && declarations.length === 0
      ? 'does nothing: it is neither declared nor live'
      : EFFECTS[ifNotLive];
  if (live) return (live.length > 0 ? EFFECTS[ifLive] : absent) + refused;
  if (ifLive === ifNotLive) return EFFECTS[ifLive];
  return `if it is live, ${EFFECTS[ifLive]}; if not, ${absent}`;
}
