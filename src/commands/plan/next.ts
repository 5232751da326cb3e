import { isRefused, sizeOf } from '../../model/compared.ts';
import type { PlanReport } from '../../model/report.ts';
import type { Env } from '../../model/world.ts';
import type { PlanningOptions } from '../../steps/options.ts';

/**
 * Returns the arguments of the `apply` that applies a plan, with the paths and the options that select its
 * bots and its API.
 *
 * @returns null if nothing is due, if a list could not be read, or if no approval would help.
 */
export function nextCommand(
  report: PlanReport,
  paths: readonly string[],
  options: PlanningOptions & { readonly out?: string | undefined },
  { BLACKLISTCTL_BASE_URL }: Env,
): readonly string[] | null {
  const { bots, shard, out, sandbox, baseUrl, addsOnly, errorOn = [], ignore = [] } = options;
  const { outcome, fingerprint, interrupted } = report;
  const refused = report.bots.filter(isRefused);
  const isOverfull = refused.some(({ guard }) => guard?.tripped === 'capacity');
  const needsApproval = outcome === 'refused';
  if (interrupted || isOverfull || (outcome !== 'changes' && !needsApproval)) return null;
  if (needsApproval && fingerprint === null) return null;
  if (!report.bots.some((bot) => sizeOf(bot) > 0)) return null; // only postponed removals
  const approve = fingerprint === null ? [] : ['--approve', fingerprint.slice(0, 8)];
  const chosen = [
    ...(addsOnly ? ['--adds-only'] : []),
    ...bots.flatMap((bot) => ['--bot', bot]),
    ...(shard ? ['--shard', `${shard.index}/${shard.count}`] : []),
  ];
  return [
    'apply',
    ...(out === undefined ? [...approve, ...chosen] : ['--plan', out, ...(needsApproval ? approve : [])]),
    ...(baseUrl !== undefined && baseUrl !== BLACKLISTCTL_BASE_URL ? ['--base-url', baseUrl] : []),
    ...(sandbox === undefined ? [] : [sandbox === '' ? '--sandbox' : `--sandbox=${sandbox}`]),
    ...errorOn.flatMap((code) => ['--error-on', code]),
    ...ignore.flatMap((code) => ['--ignore', code]),
    ...paths,
  ];
}
