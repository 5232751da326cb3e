/** A saved plan: one JSON file (`schemas/plan.schema.json`) with a message authentication code over its bytes. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import validate from '../generated/validate-plan.js';
import { InvalidError, StaleError } from '../model/errors.ts';
import type { Direction } from '../model/ledger.ts';
import { type BotPlan, NO_COUNTS, type Plan } from '../model/plan.ts';
import { formatMsisdn, parseMsisdn } from '../numbers/msisdn.ts';
import { NumberSet } from '../numbers/number-set.ts';

const MAC_LINE = /^ {2}"mac": "([0-9a-f]{64})"\n}\n$/;
const MAC_LENGTH = '  "mac": ""\n}\n'.length + 64;

/** @param key the key of the plan's bots; see `keyOf`. */
export function* writePlanFile(plan: Plan, key: Buffer): Generator<string> {
  const hmac = createHmac('sha256', key);
  for (const piece of body(plan)) {
    hmac.update(piece);
    yield piece;
  }
  yield `  "mac": "${hmac.digest('hex')}"\n}\n`;
}

function* body(plan: Plan): Generator<string> {
  yield `{\n  "kind": "blacklistctl-plan",\n  "formatVersion": 1,\n  "fingerprint": "${plan.fingerprint}",\n  "bots": [`;
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
  const lines = 1000; // a piece stays small however long the list is
  for (let from = 0; from < numbers.size; from += lines) {
    const part = Array.from(numbers.values.subarray(from, from + lines), (number) => `"${formatMsisdn(number)}"`);
    yield (from > 0 ? ',' : '') + part.join(',');
  }
}

/** A plan file. Trusting it takes its bots' tokens. */
export interface SavedPlan {
  readonly plan: Plan;
  /** @throws StaleError if the file was changed, or made without the tokens. */
  verify(key: Buffer): void;
}

/** @throws InvalidError unless the text is a whole plan file of this version. */
export function readPlanFile(name: string, text: string): SavedPlan {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new InvalidError(`${name}: is no whole plan file; plan --out makes one`);
  }
  const version = (content as { formatVersion?: unknown } | null)?.formatVersion;
  if (version !== undefined && version !== 1) {
    const format = JSON.stringify(version);
    throw new InvalidError(`${name}: has plan format ${format}, and this version reads 1; make the plan again`);
  }
  if (!validate(content)) {
    const [error] = validate.errors ?? [];
    const what = `${error?.instancePath || 'the document'} ${error?.message}`;
    throw new InvalidError(`${name}: is no plan file (${what}); make it with plan --out`);
  }
  const { fingerprint, bots } = content as { fingerprint: string; bots: RawBotPlan[] };
  return {
    plan: { fingerprint, bots: bots.map(readBot) },
    verify(key) {
      const written = MAC_LINE.exec(text.slice(-MAC_LENGTH))?.[1] ?? '';
      const made = createHmac('sha256', key).update(text.slice(0, -MAC_LENGTH)).digest('hex');
      if (written.length !== made.length || !timingSafeEqual(Buffer.from(written), Buffer.from(made))) {
        throw new StaleError({ kind: 'forged', file: name });
      }
    },
  };
}

type RawBotPlan = Omit<BotPlan, Direction | 'keep' | 'missing'> & { readonly [side in Direction]: readonly string[] };

function readBot({ add, remove, ...bot }: RawBotPlan): BotPlan {
  // The schema has checked the form of the numbers.
  const read = (texts: readonly string[]) => NumberSet.of(texts.map((text) => parseMsisdn(text) as number));
  const [keep, missing] = [NumberSet.empty, NumberSet.empty]; // known after the list is read
  return { ...bot, counts: { ...NO_COUNTS, ...bot.counts }, add: read(add), remove: read(remove), keep, missing };
}
