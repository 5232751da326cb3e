/** Stores data between runs in comments and issues: a line of JSON that GitHub does not display. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

/** Writes a marker line. The JSON cannot end the HTML comment around it. */
export function writeMarker(kind: string, value: unknown): string {
  return `<!-- blacklistctl-${kind} ${JSON.stringify(value).replaceAll('-', '\\u002d').replaceAll('>', '\\u003e')} -->\n`;
}

/** Returns the value of the marker of this kind at the start of the text, or null. */
export function readMarker(kind: string, text: string): unknown {
  const [, json] = new RegExp(`^<!-- blacklistctl-${kind} (\\{.*\\}) -->`).exec(text) ?? [];
  try {
    return json === undefined ? null : JSON.parse(json);
  } catch {
    return null;
  }
}

/**
 * Derives the key of a seal from the tokens of the bots that a plan changes, as its fingerprint does: other bots may be
 * added or removed before the plan is applied. Returns null if the plan changes no bot: it then approves nothing.
 */
export function sealKey(tokens: ReadonlyMap<string, string>, changing: readonly string[]): Buffer | null {
  if (changing.length === 0) return null;
  const held = JSON.stringify([...changing].sort().map((id) => [id, tokens.get(id) ?? '']));
  return Buffer.from(hkdfSync('sha256', held, '', 'blacklistctl plan comment 1', 32));
}

/** Computes HMAC-SHA-256 in hex over facts that only holders of the key may set. */
export function sealWith(key: Buffer, facts: readonly unknown[]): string {
  return createHmac('sha256', key).update(JSON.stringify(facts)).digest('hex');
}

export function isSealedBy(key: Buffer, facts: readonly unknown[], seal: string): boolean {
  const [made, given] = [Buffer.from(sealWith(key, facts)), Buffer.from(seal)];
  return made.length === given.length && timingSafeEqual(made, given);
}
