import { providerOf } from '../api/providers/index.ts';
import type { BotPlan } from '../model/model.ts';
import type { Elsewhere } from '../model/report.ts';
import type { ApiOptions, Context } from './context.ts';

/** Any host name that ends in .localhost means this machine (RFC 6761). The in-process sandbox answers to it. */
export const SANDBOX_URL = 'http://sandbox.localhost';

/** Where bots are looked for, if that is not where their settings say that they live. All of one run are in one place. */
export function elsewhere(
  bots: readonly Pick<BotPlan, 'provider' | 'settings' | 'baseUrl'>[],
  by: Elsewhere['by'] = null,
): readonly Elsewhere[] {
  const away = bots.find(
    (bot) => originOf(bot.baseUrl) !== originOf(providerOf(bot.provider).locate(bot.settings).host),
  );
  if (!away) return [];
  const origin = originOf(away.baseUrl);
  return [{ origin, by: by ?? (origin === SANDBOX_URL ? '--sandbox' : null) }];
}

export const originOf = (url: string) => new URL(url).origin;

/** What of the command line or the environment replaces base URLs. */
export function replacedBy({ baseUrl, sandbox }: ApiOptions, env: Context['env']): Elsewhere['by'] {
  if (sandbox !== undefined) return '--sandbox';
  return baseUrl === env.BLACKLISTCTL_BASE_URL ? 'BLACKLISTCTL_BASE_URL' : '--base-url';
}
