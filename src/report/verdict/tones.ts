/** The color of a verdict in a terminal, and its kind in a document, which highlights bad ones. */
export const TONES = {
  good: { color: 'green', kind: 'good' },
  /** An answer, or a plan that is being applied. */
  plain: { color: null, kind: 'good' },
  pending: { color: null, kind: 'open' }, // a plan with changes, which are expected, unlike drift
  differs: { color: 'yellow', kind: 'open' },
  /** No list was read. */
  empty: { color: 'yellow', kind: 'open' },
  /** Nothing failed, but the user stopped the run, or the lists do not show its writes yet. */
  unfinished: { color: 'yellow', kind: 'bad' },
  bad: { color: 'red', kind: 'bad' },
} as const;

/** `text` explains the outcome and the remedy; empty if the summary is enough. */
export type RunVerdict = { readonly tone: keyof typeof TONES; readonly text: string };

export const good = (text: string): RunVerdict => ({ tone: 'good', text });
export const plain = (text: string): RunVerdict => ({ tone: 'plain', text });
export const pending = (text: string): RunVerdict => ({ tone: 'pending', text });
export const differs = (text: string): RunVerdict => ({ tone: 'differs', text });
export const empty = (text: string): RunVerdict => ({ tone: 'empty', text });
export const unfinished = (text: string): RunVerdict => ({ tone: 'unfinished', text });
export const bad = (text: string): RunVerdict => ({ tone: 'bad', text });
