import { createHash } from 'node:crypto';
import type { Explained } from '../../model/answer.ts';
import { isComparison, isListing, type Report } from '../../model/report.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import { answerBlocks, answerSentence } from '../words/answers.ts';
import { changesOf } from '../words/changes.ts';
import { filePatch, shownFiles } from '../words/files.ts';
import { listLines } from '../words/provenance.ts';
import { plural, quote } from '../words/text.ts';
import { browser, data } from './changes.ts';
import { header, pageTitle } from './header.ts';
import { botTable, troubles, written } from './parts.ts';
import { script } from './script.ts';
import { style } from './style.ts';

/** Writes one page that loads nothing else. Its policy allows only its own script and style. */
export function* html(report: Report, { clean }: { readonly clean: Sanitizer }): Generator<string> {
  const changing = changesOf(report);
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(pageTitle(report, clean))}</title>
<style>${style}</style>
</head>
<body>
${HATCH}
${changing.length > 0 ? '<a class="skip" href="#changes">Skip to the list</a>\n' : ''}`;
  yield header(report, clean);
  yield `<main>\n${troubles(report, clean)}`;
  yield `<div class="${changing.length > 0 ? 'columns' : 'stack'}">\n`;
  for (const file of shownFiles(report)) {
    yield `<section class="panel"><pre>${escapeHtml(filePatch(file, clean))}</pre></section>\n`;
  }
  yield botTable(report, changing, clean);
  if (changing.length > 0) yield browser(report, changing, clean);
  if (report.kind === 'answer') yield answer(report.explained, clean);
  yield* lists(report, clean);
  yield written(report, clean);
  yield '</div>\n</main>\n';
  if (changing.length > 0) {
    yield '<script type="application/json" id="data">';
    yield* data(report, changing, clean);
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

/** Yields the numbers of a list, or the added numbers with their declarations. */
function* lists(report: Report, clean: Sanitizer): Generator<string> {
  const added = isComparison(report) ? report.bots.filter(({ declarations }) => declarations) : [];
  const listed = isListing(report) ? report.bots : added.map((bot) => ({ ...bot, numbers: bot.add }));
  for (const bot of listed) {
    if (bot.numbers.size === 0) continue;
    const size = plural(bot.numbers.size, 'number');
    const head = `${escapeHtml(quote(bot.id, clean))}: ${isListing(report) ? size : `declarations of ${size}`}`;
    yield `<section class="panel"><details><summary>${head}</summary>\n<pre>`;
    for (const line of listLines(bot, clean)) yield `${escapeHtml(line)}\n`;
    yield '</pre></details></section>\n';
  }
}

/** Stripes for removals, so that bars are readable without colors. */
const HATCH = `<svg class="patterns" aria-hidden="true"><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4"/><line x1="0" y1="0" x2="0" y2="4"/></pattern></svg>`;

function policy(): string {
  const hash = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  return `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
}
