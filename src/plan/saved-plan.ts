/**
 * Reads and writes saved plans: JSON files (`schemas/plan.schema.json`) with an authentication code over
 * their bytes.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import validate from '../generated/validate-plan.js';
import { InvalidError, StaleError } from '../model/errors.ts';
import type { Direction } from '../model/ledger.ts';
import { type BotPlan, NO_COUNTS, type Plan } from '../model/plan.ts';
import { formatMsisdn, parseMsisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';
import { keyOf, type Tokens } from './fingerprint.ts';

const MAC_LINE = /^ {2}"mac": "([0-9a-f]{64})"\n}\n$/;
const MAC_LENGTH = '  "mac": ""\n}\n'.length + 64;

/** The content of a plan file. */
export interface PlanFile {
  readonly plan: Plan;
  /** The time in UTC when reading began, as 2026-06-15T12:00:00Z. */
  readonly made: string;
  /** The bots that the plan does not include, as their lists could not be read. */
  readonly unread: readonly UnreadBot[];
}

export interface UnreadBot extends Pick<BotPlan, 'id' | 'provider' | 'policy' | 'baseUrl' | 'tokenEnv'> {
  /** The reason, redacted and cut to `MAX_WHY` UTF-16 units. */
  readonly why: string;
}

/** The limit of the schema. A reason may contain a server's words, which can be long. */
export const MAX_WHY = 1000;

/** Returns the age of a plan in whole seconds: 0 if it was made on a machine whose clock is ahead. */
export function ageOf({ made }: Pick<PlanFile, 'made'>, now: number): number {
  return Math.max(0, Math.floor(now - Date.parse(made) / 1000));
}

/**
 * Derives the key of a plan file from the tokens of all its bots. Without the tokens of the unread bots,
 * anyone could forge a plan that has only unread bots.
 */
function fileKey({ plan, unread }: Pick<PlanFile, 'plan' | 'unread'>, tokens: Tokens): Buffer {
  return keyOf([...plan.bots, ...unread], tokens);
}

export function* writePlanFile(file: PlanFile, tokens: Tokens): Generator<string> {
  const hmac = createHmac('sha256', fileKey(file, tokens));
  for (const piece of body(file)) {
    hmac.update(piece);
    yield piece;
  }
  yield `  "mac": "${hmac.digest('hex')}"\n}\n`;
}

function* body({ plan, made, unread }: PlanFile): Generator<string> {
  yield `{\n  "kind": "blacklistctl-plan",\n  "formatVersion": 1,\n${plan.addsOnly ? '  "addsOnly": true,\n' : ''}`;
  yield `  "fingerprint": ${JSON.stringify(plan.fingerprint)},\n`;
  yield `  "made": "${made}",\n  "unread": ${JSON.stringify(unread)},\n  "bots": [`;
  for (const [index, { add, remove, keep, missing, ...facts }] of plan.bots.entries()) {
    yield `${index > 0 ? ',' : ''}\n    ${JSON.stringify(facts).slice(0, -1)},\n      "add": [`;
    yield* list(add);
    yield '],\n      "remove": [';
    yield* list(remove);
    yield ']\n    }';
  }
  yield '\n  ],\n';
}

function* list(numbers: NumberSet): Generator<string> {
  const lines = 1000; // numbers in a piece, so that pieces of long lists are small
  for (let from = 0; from < numbers.size; from += lines) {
    const part = Array.from(numbers.values.subarray(from, from + lines), (number) => `"${formatMsisdn(number)}"`);
    yield (from > 0 ? ',' : '') + part.join(',');
  }
}

/** A plan file that was read. Its content must not be trusted before `verify`. */
export interface SavedPlan extends PlanFile {
  /** @throws StaleError if the file was changed, or made without the tokens of each of its bots. */
  verify(tokens: Tokens): void;
}

/** Reads a plan file. @throws InvalidError if the text is not a complete plan file of this version. */
export function readPlanFile(name: string, text: string): SavedPlan {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InvalidError(`${name}: is not a complete plan file; make one with plan --out`);
  }
  const version = (content as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== undefined && version !== 1) {
    const isNumber = typeof version === 'number' && version > 0 && version < 1000; // other text may hide a number
    const format = isNumber ? `plan format ${version}` : 'an unknown plan format';
    throw new InvalidError(`${name}: has ${format}, but this version reads format 1; run plan --out again`);
  }
  if (!validate(content)) {
    const [error] = validate.errors ?? [];
    const isReport = typeof (content as { command?: unknown } | null)?.command === 'string';
    throw noPlanFile(name, isReport ? 'it is a report' : `${error?.instancePath || 'the document'} ${error?.message}`);
  }
  const { addsOnly, fingerprint, bots, made, unread } = content as Pick<Plan, 'addsOnly' | 'fingerprint'> & Raw;
  if (Number.isNaN(Date.parse(made))) throw noPlanFile(name, '/made is not a time');
  if (![...bots, ...unread].every(({ baseUrl }) => URL.canParse(baseUrl))) {
    throw noPlanFile(name, 'the baseUrl of a bot is not a URL');
  }
  const plan = { ...(addsOnly && { addsOnly }), fingerprint, bots: bots.map(readBot) };
  return {
    plan,
    made,
    unread,
    verify(tokens) {
      const key = fileKey({ plan, unread }, tokens);
      const written = MAC_LINE.exec(text.slice(-MAC_LENGTH))?.[1] ?? '';
      const made = createHmac('sha256', key).update(text.slice(0, -MAC_LENGTH)).digest('hex');
      if (written.length !== made.length || !timingSafeEqual(Buffer.from(written), Buffer.from(made))) {
        throw new StaleError({ kind: 'forged', file: name });
      }
    },
  };
}

const noPlanFile = (name: string, what: string) =>
  new InvalidError(`${name}: is not a plan file (${what}); make one with plan --out`);

type Raw = Pick<PlanFile, 'made' | 'unread'> & { readonly bots: readonly RawBotPlan[] };
type RawBotPlan = Omit<BotPlan, Direction | 'keep' | 'missing'> & { readonly [side in Direction]: readonly string[] };

function readBot({ add, remove, ...bot }: RawBotPlan): BotPlan {
  // The schema has checked the form of the numbers.
  const read = (texts: readonly string[]) => NumberSet.of(texts.map((text) => parseMsisdn(text) as number));
  const [keep, missing] = [NumberSet.empty, NumberSet.empty]; // not saved; known when the list is read
  return { ...bot, counts: { ...NO_COUNTS, ...bot.counts }, add: read(add), remove: read(remove), keep, missing };
}
