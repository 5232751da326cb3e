import { type DriftedBot, type Since, sizeOf } from '../../model/report.ts';
import { sum } from './text.ts';

export const mapParts = <T>(of: (part: keyof Since) => T): Readonly<Record<keyof Since, T>> => ({
  new: of('new'),
  still: of('still'),
  resolved: of('resolved'),
  unknown: of('unknown'),
});

/** How many differences of these bots are in each part; null if there was no earlier report. */
export function countSince(bots: readonly Pick<DriftedBot, 'since'>[]): Readonly<Record<keyof Since, number>> | null {
  const compared = bots.flatMap(({ since }) => since ?? []);
  if (compared.length === 0) return null;
  return mapParts((part) => sum(compared, (since) => sizeOf(since[part])));
}

export function sinceCounts(
  bots: readonly Pick<DriftedBot, 'since'>[],
): readonly (readonly [name: string, count: number])[] {
  const counts = countSince(bots);
  if (!counts) return [];
  const { new: fresh, still, resolved, unknown } = counts;
  return Object.entries({ new: fresh, 'still there': still, resolved, 'not known': unknown });
}

/** `1 new, 2 still there since the earlier report`; null if nothing was compared, or nothing differs. */
export function sinceWords(bots: readonly Pick<DriftedBot, 'since'>[]): string | null {
  const parts = sinceCounts(bots).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  return parts.length > 0 ? `${parts.join(', ')} since the earlier report` : null;
}
