/** Keeps data between runs: a line of JSON in comments and issues that GitHub does not show. */

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
