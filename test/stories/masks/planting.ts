/** Puts a text into each place of a value, as it is in JSON or YAML. */

type Path = readonly (string | number)[];

/** A value, or the key of a value. */
export interface Spot {
  readonly path: Path;
  readonly isKey: boolean;
}

/** Finds all spots of a value: keys and values, at any depth. */
export function spotsIn(value: unknown, path: Path = []): Spot[] {
  const here = path.length > 0 ? [{ path, isKey: false }] : [];
  if (typeof value !== 'object' || value === null) return here;
  const isList = Array.isArray(value);
  const below = Object.entries(value).flatMap(([key, item]) => {
    const at = [...path, isList ? Number(key) : key];
    return [...(isList ? [] : [{ path: at, isKey: true }]), ...spotsIn(item, at)];
  });
  return [...here, ...below];
}

/** Returns a copy of a value that has the text at a spot. */
export function planted(value: unknown, { path, isKey }: Spot, text: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((item, at) => (at === first ? planted(item, { path: rest, isKey }, text) : item));
  }
  const entries = Object.entries(value as object).map(([key, item]) => {
    if (key !== first) return [key, item];
    if (isKey && rest.length === 0) return [String(text), item];
    return [key, planted(item, { path: rest, isKey }, text)];
  });
  return Object.fromEntries(entries);
}

/** Puts a line into a text, before one of its lines. */
export function withLine(text: string, at: number, line: string): string {
  const lines = text.split('\n');
  const index = at % lines.length;
  return [...lines.slice(0, index), line, ...lines.slice(index)].join('\n');
}

/** How a text may be written as a line of YAML, CSV or text: most of these are errors. */
export const LINES: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => `# ${text}`,
  (text) => `  # ${text}`,
  (text) => `      - ${text}`,
  (text) => `      - "${text}"`,
  (text) => `      - "${text}`,
  (text) => `${text}: x`,
  (text) => `  x: ${text}: y`,
  (text) => `key: ${text}`,
  (text) => `key: &${text} x`,
  (text) => `key: *${text}`,
  (text) => `key: !${text} x`,
  (text) => `<<: ${text}`,
  (text) => `key: {${text}`,
  (text) => `key: [${text}]]`,
  (text) => `key: "\\q${text}"`,
  (text) => `key: |${text}`,
  (text) => `\t${text}`,
  (text) => `--- ${text}`,
  (text) => `%${text} x`,
  (text) => `<<<<<<< ${text}`,
  (text) => `? ${text}`,
  (text) => `      - { number: ${text} }`,
  (text) => `      - { number: "${text}", reason: x }`,
  (text) => `${text},x`,
  (text) => `+447700900999,${text}`,
  (text) => `"${text}`,
  (text) => `+447700900999 # ${text}`,
  (text) => `sops: ${text}`,
  (text) => `{ "sops": { "x": "${text}"`,
];
