/**
 * The strength of laws, fuzzers and the simulation. STRENGTH is `light` for local runs, `full` in CI, `soak`
 * for a night, or a number, which is a multiple of full.
 */
const TIMES_FULL: Readonly<Record<string, number>> = { light: 0.1, full: 1, soak: 500 };
const FEWEST = 20;

const strength = process.env.STRENGTH || 'light';
export const TIMES = TIMES_FULL[strength] ?? Number(strength);
if (!(TIMES > 0)) throw new Error(`STRENGTH=${strength}: must be light, full, soak, or a number above 0`);

/** Returns the number of runs for a test with this many at full strength. */
export function runsOf(full: number): number {
  return Math.max(Math.min(full, FEWEST), Math.round(full * TIMES));
}
