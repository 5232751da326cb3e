import { createHash } from 'node:crypto';
import type { Explained } from '../../model/answer.ts';
import { isComparison, type Report } from '../../model/report.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import { long, pieces } from '../voice/json.ts';
import { answerBlocks, answerSentence } from '../words/answers.ts';
import { detailsOf, groupsByWhy, groupsOf, termOf } from '../words/causes.ts';
import { type Changes, changesOf } from '../words/changes.ts';
import { filePatch, shownFiles } from '../words/files.ts';
import { listLines } from '../words/provenance.ts';
import { title } from '../words/summary.ts';
import { plural, quote } from '../words/text.ts';
import { botTable, browser, header, troubles, written } from './parts.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** A longer piece of data ends its line: editors choke on lines of megabytes. */
const LONG = 1000;

/** One page that contains all and requests nothing. Its policy lets only its own script and style work. */
export function* html(report: Report, { clean }: { readonly clean: Sanitizer }): Generator<string> {
  const changing = changesOf(report);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title(report))}</title>
<style>${style}</style>
</head>
<body>
${HATCH}
${changing.length > 0 ? '<a class="skip" href="#changes">Skip to the changes</a>\n' : ''}`;
  yield header(report, clean);
  yield `<main>\n${troubles(report, clean)}`;
  yield `<div class="${changing.length > 0 ? 'columns' : ''}">\n`;
  for (const file of shownFiles(report)) {
    yield `<section class="panel"><pre>${escapeHtml(filePatch(file, clean))}</pre></section>\n`;
  }
  yield botTable(report, changing, clean);
  if (changing.length > 0) yield browser(changing, clean);
  if (report.kind === 'answer') yield answer(report.explained, clean);
  yield* lists(report, clean);
  yield written(report, clean);
  yield '</div>\n</main>\n';
  if (changing.length > 0) {
    yield '<script type="application/json" id="data">';
    yield* data(changing, clean);
    yield `</script>\n<script>${script}</script>\n`;
  }
  yield '</body>\n</html>\n';
}

function answer(explained: Explained, clean: Sanitizer): string {
  const blocks = answerBlocks(explained, clean).map(({ id, headline, lines }) => {
    const items = lines.map((line) => `<li>${escapeHtml(line)}</li>`);
    return `<h3>${escapeHtml(id)}: ${headline}</h3>\n${items.length > 0 ? `<ul>${items.join('\n')}</ul>\n` : ''}`;
  });
  return `<section class="panel"><h2>${clean.number(explained.number)}</h2>\n<p>${escapeHtml(answerSentence(explained, clean))}</p>\n${blocks.join('')}</section>\n`;
}

/** The numbers of an answer, or the added ones with their declarations. Piece by piece. */
function* lists(report: Report, clean: Sanitizer): Generator<string> {
  const added = isComparison(report) ? report.bots.filter(({ declarations }) => declarations) : [];
  const listed = report.kind === 'list' ? report.bots : added.map((bot) => ({ ...bot, numbers: bot.add }));
  const what = report.kind === 'list' ? 'listed' : 'added, and where they stand';
  for (const bot of listed) {
    if (bot.numbers.size === 0) continue;
    const head = `${escapeHtml(quote(bot.id, clean))}: ${plural(bot.numbers.size, 'number')} ${what}`;
    yield `<section class="panel"><details><summary>${head}</summary>\n<pre>`;
    for (const line of listLines(bot, clean)) yield `${escapeHtml(line)}\n`;
    yield '</pre></details></section>\n';
  }
}

/** The stripes of removals, so that a bar can be read without colour. */
const HATCH = `<svg class="patterns" aria-hidden="true"><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4"/><line x1="0" y1="0" x2="0" y2="4"/></pattern></svg>`;

function policy(): string {
  const hash = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
}

/** The numbers as JSON that cannot end the script element around it. A rejected one is a pair with its reason. */
function* data(bots: readonly Changes[], clean: Sanitizer): Generator<string> {
  const all = bots.map((bot) => {
    const groups = groupsByWhy(groupsOf(bot), detailsOf(bot, clean)).map(({ why, ...group }) => {
      const { direction, numbers } = group;
      const refused = bot.rejected.filter((rejection) => rejection.direction === direction);
      const reasons = new Map(refused.map(({ number, reason }) => [number, quote(reason, clean)]));
      const entry = (number: number | string) =>
        reasons.has(number) ? [clean.number(number), reasons.get(number)] : clean.number(number);
      const sign = direction === 'add' ? '+' : '−';
      const term = bot.kind === 'drift' ? termOf(group, bot, bot.kind) : `${sign} ${direction}`;
      return { direction, term, why, numbers: long(numbers.values, entry) };
    });
    return { id: quote(bot.id, clean), groups };
  });
  for (const piece of pieces(all)) {
    yield piece.replaceAll('<', '\\u003c') + (piece.length > LONG ? '\n' : '');
  }
}
