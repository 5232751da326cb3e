import type { BotReport, Sides, Since } from '../../model/report.ts';

export const PARTS = ['new', 'still', 'resolved', 'unknown'] as const satisfies readonly (keyof Since)[];

export const sizeOf = ({ add, remove }: Sides): number => add.size + remove.size;

/** How many differences of these bots are new, still there, resolved and not known; null where nothing was compared. */
export function countSince(bots: readonly BotReport[]): Readonly<Record<keyof Since, number>> | null {
  const compared = bots.flatMap(({ since }) => since ?? []);
  if (compared.length === 0) return null;
  const sum = (part: keyof Since) => compared.reduce((total, since) => total + sizeOf(since[part]), 0);
  return { new: sum('new'), still: sum('still'), resolved: sum('resolved'), unknown: sum('unknown') };
}

/** `1 new, 2 still there, 3 resolved since the earlier report`; null if nothing was compared, or nothing differs. */
export function sinceWords(bots: readonly BotReport[]): string | null {
  const counts = countSince(bots);
  if (!counts) return null;
  const names = { new: 'new', still: 'still there', resolved: 'resolved', unknown: 'not known' };
  const parts = PARTS.filter((part) => counts[part] > 0).map((part) => `${counts[part]} ${names[part]}`);
  return parts.length > 0 ? `${parts.join(', ')} since the earlier report` : null;
}
