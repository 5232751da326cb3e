import { join } from 'node:path';
import { expect } from '../bench.mjs';
import { count, memory, ratioText, share, table, time } from '../format.mjs';
import { BASE, findJsYaml } from '../machine.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'validate';

export async function measure(bench) {
  const sizes = [];
  const jsYaml = findJsYaml() !== null;
  if (!jsYaml) bench.say('js-yaml is not installed: skipped');
  for (const size of bench.sizes) {
    bench.say(`validate of ${count(size)}`);
    const { yaml, text, live, sorted } = await bench.files(size);
    const runs = await sideBySide(
      {
        async validate() {
          const result = await bench.tool(['validate', yaml]);
          expect('outcome of validate', result.report.outcome, 'valid');
          expect('numbers validated', result.report.bots[0].count, size);
          return result;
        },
        sortOne: () => bench.script('rival-sort.sh', [text, sorted]),
        sortTwo: () => bench.script('rival-sort.sh', [text, live]),
        ...(jsYaml && { jsYaml: () => bench.node([join(BASE, 'load-js-yaml.mjs'), yaml]) }),
      },
      bench.rounds,
    );
    sizes.push({
      size,
      ...Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, summary(all)])),
      toSortOne: ratio(runs.validate, runs.sortOne),
      toSortTwo: ratio(runs.validate, runs.sortTwo),
      toJsYaml: jsYaml ? ratio(runs.validate, runs.jsYaml) : null,
    });
  }
  return { sizes };
}

const summary = (runs) => ({ ms: typical(runs), rss: typical(runs, 'rss') });

export function targets({ sizes }) {
  const { size, toSortOne, toSortTwo, validate } = sizes.at(-1);
  return [
    {
      what: `validate of ${count(size)}, time ÷ \`sort -u\` of two lists + \`comm\``,
      target: 'within 0.40',
      measured: share(toSortTwo.median),
      met: toSortTwo.median <= 0.4,
    },
    {
      what: `the same, with the second list sorted already`,
      target: 'within 0.6',
      measured: share(toSortOne.median),
      met: toSortOne.median <= 0.6,
    },
    {
      what: `validate of ${count(size)}, peak memory`,
      target: 'within 200 MB',
      measured: memory(validate.rss),
      met: validate.rss === null ? null : validate.rss <= 200e6,
    },
  ];
}

export function render({ sizes }) {
  const head = ['numbers', '÷ two `sort -u` + `comm`', '÷ one `sort -u` + `comm`', '÷ js-yaml', 'validate'];
  head.push('two `sort -u`', 'one `sort -u`', 'js-yaml', 'peak memory', 'of js-yaml');
  const rows = sizes.map(({ size, validate, sortOne, sortTwo, jsYaml, toSortOne, toSortTwo, toJsYaml }) => [
    count(size),
    ratioText(toSortTwo),
    ratioText(toSortOne),
    toJsYaml ? ratioText(toJsYaml) : '–',
    ...[validate, sortTwo, sortOne, jsYaml ?? { ms: null }].map(({ ms }) => time(ms)),
    memory(validate.rss),
    memory(jsYaml?.rss ?? null),
  ]);
  return `## validate

\`blacklistctl validate\` reads a YAML file of one bot, checks all of it (syntax, schema, each number) and
produces the sorted set of its numbers. All are whole processes, start included. Compared with:

- a script that runs \`sort -u\` on the same numbers as plain text, one a line, then \`comm\` with a list of
  the same length, in the C locale: once with a second list that must be sorted, as the API returns
  it, and once with a sorted one;
- js-yaml, whose \`load\` parses the same YAML in its own process and checks nothing.

${table(head, rows)}`;
}
