import { originOf, SANDBOX_URL, sourceOf } from '../api/base-url.ts';
import { providerOf } from '../api/providers/index.ts';
import type { BotPlan } from '../model/plan.ts';
import type { BaseUrlOverride } from '../model/report.ts';
import type { Env } from '../model/world.ts';
import type { ApiOptions } from './options.ts';

/**
 * Returns the origin that replaces the one in the bots' settings; empty if none does. It is the same for all
 * bots of a run.
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

/** Finds the option or the variable that replaces base URLs. */
export function overriddenBy({ baseUrl, sandbox }: ApiOptions, env: Env): BaseUrlOverride['by'] {
  if (sandbox !== undefined) return '--sandbox';
  return sourceOf(baseUrl, env);
}
