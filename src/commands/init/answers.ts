/** Takes the answers of init from its options, and asks for the rest. */
import {
  botIdError,
  choicesOf,
  defaultsOf,
  describeKey,
  isAllowed,
  isRetired,
  listKeyOf,
  missingKeys,
  PROVIDER_KINDS,
  providersWith,
  USUAL_PROVIDER,
  whereToFind,
} from '../../desired/schema/settings.ts';
import { tokenEnvError } from '../../desired/schema/token-env.ts';
import { InvalidError } from '../../model/errors.ts';
import type { Context } from '../../steps/context.ts';
import { ACTION_FORM, isAction, type NewBotOptions } from '../../steps/options.ts';
import { checkNames, type GivenToBots, giveToBots, placeKeys, usageOf } from '../new-bots.ts';
import { CHOICES } from './workflows.ts';

export interface InitOptions extends NewBotOptions {
  readonly workflows?: string | undefined;
  /** OWNER/REPO@COMMIT. */
  readonly action?: string | undefined;
}

/** `own` has each bot, by its id. */
export interface Answers extends GivenToBots {
  readonly provider: string;
  readonly workflows: string;
  /** Undefined for the one in the packaged workflows. */
  readonly action: string | undefined;
}

type Ask = NonNullable<Context['ask']>;

interface Question {
  readonly words: string;
  /** Printed above the question when it is asked first. */
  readonly hint?: string;
  readonly fallback?: string;
  /** Returns the error of an answer; null if it is right. */
  check(text: string): string | null;
}

/**
 * @param lacksAction reports whether the packaged workflows name no action.
 * @throws InvalidError with each wrong option, or with the options for all questions if there is no terminal.
 */
export async function complete(
  options: InitOptions,
  ask: Context['ask'],
  lacksAction: () => boolean,
): Promise<Answers> {
  checkNames(options);
  const [likely = USUAL_PROVIDER, ...others] = likelyProviders(options);
  const missing = missingFlags(options, likely);
  if (!ask && missing.length > 0) {
    throw new InvalidError(`cannot ask questions without a terminal; pass ${missing.join(' ')}`);
  }
  const isKnown =
    !ask || options.provider !== undefined || (others.length === 0 && placeKeys(options.settings).length > 0);
  const provider = isKnown ? likely : await askUntilRight(providerQuestion(likely), ask);
  const given = options.bots.length > 0 ? options.bots : idsIn(await askUntilRight(botsQuestion(provider), ask!));
  const bots = [...new Set(given)];
  const settings = { ...options.settings };
  for (const key of missingKeys({ ...settings, provider }, {})) {
    settings[key] = await askFor(key, provider, bots, ask!);
  }
  const workflows = options.workflows ?? (await askUntilRight(oneOf('Workflows to create', CHOICES), ask!));
  let { action } = options;
  if (action !== undefined && workflows !== 'github') {
    throw new InvalidError(`--action is an option for --workflows github, not ${workflows}; remove it`);
  }
  if (workflows === 'github' && ask && action === undefined && lacksAction()) {
    action = (await askUntilRight(ACTION, ask)) || undefined;
  }
  return { provider, workflows, action, ...giveToBots(bots, provider, settings) };
}

/** Lists the providers that the options may mean. The usual one is the first, if they may mean it. */
function likelyProviders({ provider, settings }: InitOptions): readonly string[] {
  if (provider !== undefined) return [provider];
  const found = providersWith(placeKeys(settings));
  return found.toSorted((a, b) => Number(b === USUAL_PROVIDER) - Number(a === USUAL_PROVIDER));
}

/** Lists the options that are missing. */
function missingFlags(options: InitOptions, provider: string): readonly string[] {
  const isKnown = options.provider !== undefined || placeKeys(options.settings).length > 0;
  return [
    ...(isKnown ? [] : [`--provider ${PROVIDER_KINDS.filter((kind) => !isRetired(kind)).join('|')}`]),
    ...(options.bots.length > 0 ? [] : ['--bot ID']),
    ...missingKeys({ ...options.settings, provider }, {}).map(usageOf),
    ...(options.workflows === undefined ? [`--workflows ${CHOICES.join('|')}`] : []),
  ];
}

// ── Questions ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Makes a question with a choice. */
function oneOf(what: string, choices: readonly string[], fallback = choices[0]!): Question {
  return {
    words: `${what} (${listed(choices)})`,
    fallback,
    check: (text) => (choices.includes(text) ? null : `answer ${listed(choices)}`),
  };
}

const listed = (choices: readonly string[]) => `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;

function providerQuestion(likely: string): Question {
  const marked = PROVIDER_KINDS.map((kind) => (isRetired(kind) ? `${kind} (retired)` : kind));
  return { ...oneOf('', PROVIDER_KINDS, likely), words: `API that stores the lists: ${listed(marked)}` };
}

/** If the bot id identifies the live list, it is the vendor's, and a name otherwise. */
function botsQuestion(provider: string): Question {
  const isName = listKeyOf(provider) !== null;
  return {
    words: isName
      ? 'Names for your bots, separated by spaces (your choice, such as support-bot)'
      : `Bot ids of ${provider}, separated by spaces`,
    check(text) {
      const ids = idsIn(text);
      if (ids.length === 0) return `enter at least one ${isName ? 'name' : 'bot id'}`;
      return ids.map(botIdError).find((fault) => fault !== null) ?? null;
    },
  };
}

const ACTION: Question = {
  words: 'Your copy of the action, as OWNER/REPO@COMMIT; or Enter to fill it in later',
  check: (text) => (text === '' || isAction(text) ? null : `enter ${ACTION_FORM}`),
};

const idsIn = (text: string) => text.split(/\s+/).filter(Boolean);

/** Asks for a setting: once for all bots, or for each bot if it identifies the live list. */
async function askFor(key: string, provider: string, bots: readonly string[], ask: Ask): Promise<readonly string[]> {
  if (key !== listKeyOf(provider)) return [await askUntilRight(questionOf(key, provider), ask)];
  const hint = whereToFind(provider);
  const values: string[] = [];
  for (const bot of bots) {
    const question = questionOf(key, provider, bots.length === 1 ? undefined : bot, values);
    values.push(await askUntilRight(values.length === 0 ? { ...question, hint } : question, ask));
  }
  return values;
}

/** @param taken the values of other bots, which this bot cannot have. */
function questionOf(key: string, provider: string, bot?: string, taken: readonly string[] = []): Question {
  const whose = bot === undefined ? '' : ` of the bot "${bot}"`;
  const check = (text: string) => (taken.includes(text) ? 'another bot has this value' : valueError(key, text));
  if (key === 'tokenEnv') {
    const { tokenEnv } = defaultsOf(provider);
    const isFree = tokenEnv !== null && !taken.includes(tokenEnv);
    return {
      words: `Name of the environment variable that holds the token${whose}`,
      ...(isFree && { fallback: tokenEnv }),
      check,
    };
  }
  const choices = choicesOf(key);
  const what = firstClause(describeKey(key)!);
  return choices ? oneOf(what + whose, choices) : { words: what + whose, check };
}

function valueError(key: string, text: string): string | null {
  if (key === 'tokenEnv') return tokenEnvError(text, 'the answer');
  return isAllowed(key, text) ? null : `enter ${describeKey(key)}`;
}

/** `The region of the bot`, for a description that begins with these words. */
function firstClause(description: string): string {
  const [clause = ''] = /^[^.:]*/.exec(description)!;
  return clause.charAt(0).toUpperCase() + clause.slice(1).trimEnd();
}

async function askUntilRight({ words, hint = '', fallback = '', check }: Question, ask: Ask): Promise<string> {
  for (let above = hint && `${hint}\n`; ; ) {
    const answer = await ask(`${above}${words}${fallback && ` [${fallback}]`}: `);
    if (answer === null) throw new InvalidError('no answer, so nothing was written; run init again');
    const text = answer || fallback;
    const fault = check(text);
    if (fault === null) return text;
    above = `${fault}\n`;
  }
}
