import { originOf, SANDBOX_URL } from '../api/base-url.ts';
import { providerOf } from '../api/providers/index.ts';
import type { BotPlan } from '../model/plan.ts';
import type { BaseUrlOverride } from '../model/report.ts';

/**
 * Returns the origin that replaces the one that the bots' providers make of their settings; empty if none does. It is the
 * same for all bots of a run.
 *
 * @param by what replaces it; null if the plan of an earlier run does.
 */
export function overridesOf(
  bots: readonly Pick<BotPlan, 'provider' | 'settings' | 'baseUrl'>[],
  by: BaseUrlOverride['by'] = null,
): readonly BaseUrlOverride[] {
  const homeOf = ({ provider, settings }: (typeof bots)[number]) => providerOf(provider).locate(settings).host;
  const away = bots.find((bot) => originOf(bot.baseUrl) !== originOf(homeOf(bot)));
  if (!away) return [];
  const origin = originOf(away.baseUrl);
  return [{ origin, by: by ?? (origin === SANDBOX_URL ? '--sandbox' : null) }];
}
