import { expect } from '../bench.mjs';
import { count, memory, ratioText, share, table, time } from '../format.mjs';
import { ratio, sideBySide, typical } from '../measure.mjs';

export const title = 'number files';

export async function measure(bench) {
  const sizes = [];
  for (const size of bench.sizes) {
    bench.say(`number files of ${count(size)}`);
    const { text, csv, yaml } = await bench.numberFiles(size);
    const validate = async (file) => {
      const result = await bench.tool(['validate', file]);
      expect('numbers in files', result.report.bots[0].count, size);
      return result;
    };
    const unique = async (...args) => {
      const result = await bench.script('rival-unique.sh', args);
      expect('numbers that sort found', Number(result.stdout), size);
      return result;
    };
    const runs = await sideBySide(
      {
        text: () => validate(yaml.text),
        csv: () => validate(yaml.csv),
        sort: () => unique(text),
        cut: () => unique(csv, '3'),
      },
      bench.rounds,
    );
    sizes.push({
      size,
      ...Object.fromEntries(Object.entries(runs).map(([name, all]) => [name, summary(all)])),
      textToSort: ratio(runs.text, runs.sort),
      csvToCut: ratio(runs.csv, runs.cut),
    });
  }
  return { sizes };
}

const summary = (runs) => ({ ms: typical(runs), rss: typical(runs, 'rss') });

export function targets({ sizes }) {
  const { size, text, csv, textToSort, csvToCut } = sizes.at(-1);
  const target = (what, { median }, limit) => ({
    what,
    target: `under ${limit}`,
    measured: share(median),
    met: median < limit,
  });
  const peak = Math.max(text.rss, csv.rss);
  return [
    target(`validate of a text file of ${count(size)}, time ÷ \`sort -u\``, textToSort, 0.6),
    target(`validate of a CSV file of ${count(size)}, time ÷ \`tail \\| cut \\| sort -u\``, csvToCut, 1.5),
    {
      what: 'the same, peak memory',
      target: 'under 200 MB',
      measured: memory(text.rss === null ? null : peak),
      met: text.rss === null ? null : peak < 200e6,
    },
  ];
}

export function render({ sizes }) {
  const head = ['numbers', 'text ÷ `sort -u`', 'CSV ÷ `tail \\| cut \\| sort -u`', 'text', '`sort -u`', 'CSV', '`cut`'];
  head.push('peak memory of text', 'of CSV');
  const rows = sizes.map(({ size, text, csv, sort, cut, textToSort, csvToCut }) => [
    count(size),
    ratioText(textToSort),
    ratioText(csvToCut),
    ...[text, sort, csv, cut].map(({ ms }) => time(ms)),
    memory(text.rss),
    memory(csv.rss),
  ]);
  return `## Number files

\`blacklistctl validate\` of a bot whose numbers are in another file, named under \`files:\`: as text with one
number a line, and in the third of four columns of a CSV file. It checks each number, keeps its line
and column, and produces the sorted set. Compared in the C locale with \`sort -u\` of the same text and
\`tail | cut | sort -u\` of the same CSV file, which check nothing and do not support commas in quotes.
All are whole processes, start included.

${table(head, rows)}

What bounds a text file of 1,000,000: about 0.14 s of it are the start of the process (see "Start-up"),
and \`sort\` uses all processors.`;
}
