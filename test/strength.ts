/**
 * How hard laws, fuzzers and the simulation try. STRENGTH is `light` for people, `full` in CI, `soak` for a night, or a
 * number: that many times full.
 */
const TIMES_FULL: Readonly<Record<string, number>> = { light: 0.1, full: 1, soak: 500 };
const FEWEST = 20;

const strength = process.env.STRENGTH || 'light';
export const TIMES = TIMES_FULL[strength] ?? Number(strength);
if (!(TIMES > 0)) throw new Error(`STRENGTH=${strength}: it takes light, full, soak, or a number above 0`);

/** How many runs are made of something that has so many at full strength. */
export function runsOf(full: number): number {
  return Math.max(Math.min(full, FEWEST), Math.round(full * TIMES));
}
