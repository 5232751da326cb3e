import type { GuardLimits } from '../../../src/model/bot.ts';
import { GRAPH_APIS } from '../server/partners.ts';
import { PHONES, type World } from '../world.ts';
import type { Rules, Wishes } from './wishes.ts';

/** The content of the files: the numbers of every bot, and the resulting wishes. */
export interface Desired {
  readonly bots: ReadonlyMap<string, DesiredBot>;
  readonly rules: Rules;
}

interface DesiredBot {
  readonly numbers: readonly string[];
  /** Declared, and no longer in force. */
  readonly expired: readonly string[];
  readonly wishes: Wishes;
}

/** The options of one run. */
export interface Told {
  readonly guard: GuardLimits;
  /** For `--wait`, in milliseconds. */
  readonly wait: number | undefined;
  /** For `--adds-only`. */
  readonly addsOnly: boolean;
}

export const NO_LIMITS: GuardLimits = { percent: 100, floor: 100_000 };
export const AT_EASE: Told = { guard: NO_LIMITS, wait: undefined, addsOnly: false };

export function yamlOf({ bots, rules }: Desired, { guard: { percent, floor } }: Told, { schedule }: World): string {
  const said = Array.from(bots, ([bot, { numbers, expired, wishes }]) => {
    const entries = [...numbers, ...expired.map((number) => `{ number: ${number}, expires: 2026-06-01 }`)];
    return `  ${bot}:
    ${schedule.cloud ? GRAPH_APIS[schedule.api].place(PHONES[bot]!) : 'region: eu1'}
    guard: { percent: ${percent}, floor: ${floor} }
    policy: ${wishes.policy}
    numbers:
${entries.map((entry) => `      - ${entry}\n`).join('')}`;
  });
  const provider = schedule.cloud ? `provider: ${schedule.api}, ` : '';
  const ignore = [...rules.ignored, ...rules.prefixes.map((prefix) => `{ prefix: "+${prefix}" }`)].join(', ');
  const kept = rules.protected.map((number) => `{ number: ${number}, protected: true }`).join(', ');
  return `version: 1
defaults: { ${provider}tokenEnv: TOKEN${ignore && `, ignore: [${ignore}]`} }
${kept && `lists: { kept: { numbers: [${kept}] } }\n`}bots:
${said.join('')}`;
}
