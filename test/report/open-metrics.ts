/**
 * A strict parser for the gauges of the OpenMetrics text format, and the checks of `promtool check metrics`.
 */
export interface Family {
  type: string | null;
  unit: string | null;
  help: string | null;
  readonly samples: { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/s;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;

/** @throws Error with the line that violates the format. */
export function parseOpenMetrics(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family>();
  const fail = (line: string, why: string) => new Error(`${why}: ${line}`);
  if (!text.endsWith('# EOF\n')) throw fail(text.slice(-20), 'no # EOF at the end');
  const lines = text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1);
  let current = '';
  for (const line of lines) {
    const [, kind, name, rest] = /^# (TYPE|UNIT|HELP) (\S+) (.+)$/.exec(line) ?? [];
    if (kind !== undefined) {
      if (!NAME.test(name!)) throw fail(line, 'not a name');
      if (name !== current && families.has(name!)) throw fail(line, 'a family in two places');
      const family = families.get(name!) ?? { type: null, unit: null, help: null, samples: [] };
      const field = kind.toLowerCase() as 'type' | 'unit' | 'help';
      if (family[field] !== null) throw fail(line, 'appears twice');
      if (family.samples.length > 0) throw fail(line, 'appears after a sample');
      family[field] = rest!;
      families.set(name!, family);
      current = name!;
      continue;
    }
    const [, sample, inside, value] = SAMPLE.exec(line) ?? [];
    if (sample === undefined) throw fail(line, 'no line of the format');
    if (sample !== current) throw fail(line, 'a sample outside its family');
    const labels = labelsOf(inside ?? '', (why) => fail(line, why));
    const { samples } = families.get(sample)!;
    if (samples.some((other) => JSON.stringify(other.labels) === JSON.stringify(labels))) throw fail(line, 'twice');
    samples.push({ labels, value: Number(value) });
  }
  return families;
}

function labelsOf(text: string, fail: (why: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, name, value] = LABEL.exec(text) ?? [];
    if (name === undefined) throw fail('no labels');
    if (Object.hasOwn(labels, name)) throw fail('a label twice');
    labels[name] = value!.replace(/\\(.)/g, (_, character) => (character === 'n' ? '\n' : character));
  }
  return labels;
}

/** Returns the complaints of promtool. */
export function lint(families: ReadonlyMap<string, Family>): string[] {
  return Array.from(families).flatMap(([name, { type, unit, help }]) => {
    const found: string[] = [];
    if (!help) found.push('no help text');
    if (type !== 'gauge') found.push('not a gauge');
    if (/_(total|count|sum|bucket|info)$/.test(name)) found.push('a suffix that gauges may not have');
    if (/(gauge|counter|histogram|summary)/.test(name)) found.push('its type in its name');
    if (/_(ms|milliseconds|minutes|hours|days|sec|kb|megabytes|percent)(_|$)/.test(name)) found.push('no base unit');
    if (/[A-Z:]/.test(name)) found.push('no snake_case');
    if (unit !== null && !name.endsWith(`_${unit}`)) found.push('its unit is no suffix');
    if (name.endsWith('_seconds') && unit !== 'seconds') found.push('a unit without its line');
    return found.map((what) => `${name}: ${what}`);
  });
}
