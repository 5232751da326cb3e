import type { Problem } from '../../model/failure.ts';
import { isComparison, type Report } from '../../model/report.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import type { Changes } from '../words/changes.ts';
import { faultLines, firstOfEach } from '../words/faults.ts';
import { writtenFiles } from '../words/files.ts';
import { byUrgency, columnsOf, quietBots, troubled } from '../words/rows.ts';
import { clip, count, quote, sum } from '../words/text.ts';
import { withheldOf, withheldWords } from '../words/users.ts';

/** The most withheld removals that are shown; the JSON report lists all. */
const SHOWN = 20;

/** Characters of an id that fit into one line of a phone. */
export const SHORT = 32;

/** Writes errors, bots that need attention, withheld removals and warnings. */
export function troubles(report: Report, clean: Sanitizer): string {
  const item = (fault: Problem) => {
    const [message = '', ...source] = faultLines(fault, clean, '', clip).map(escapeHtml);
    const below = source.length > 0 ? `<pre>${source.join('\n')}</pre>` : '';
    return `<li><p class="message">${message}</p>${below}</li>`;
  };
  const dress = (text: string) => `<q>${escapeHtml(text)}</q>`;
  const entries = troubled(byUrgency(report, clean), dress);
  const bots = entries.map(({ id, text }) => `<li><b>${name(id, clean)}</b> ${text}</li>`);
  const block = (heading: string, kind: string, items: readonly string[]) =>
    items.length > 0 ? `<div class="${kind}"><h2>${heading}</h2><ul>${items.join('\n')}</ul></div>\n` : '';
  const all = withheldOf(report);
  const shown = all.slice(0, SHOWN).map((each) => {
    return `<li><b>${name(each.bot, clean)}</b> ${escapeHtml(withheldWords(each, clean))}</li>`;
  });
  const more = all.length > shown.length ? [`<li>and ${count(all.length - shown.length)} more</li>`] : [];
  const blocks = [
    block('Needs attention', 'errors', [...firstOfEach(report.errors, 'error').map(item), ...bots]),
    block(report.kind === 'result' ? 'Withheld' : 'Apply may withhold', 'warnings', [...shown, ...more]),
    block('Warnings', 'warnings', firstOfEach(report.warnings, 'warning').map(item)),
  ];
  return blocks.some(Boolean) ? `<section class="troubles" aria-label="Problems">\n${blocks.join('')}</section>\n` : '';
}

const name = (id: string, clean: Sanitizer) => escapeHtml(quote(id, clean));

/**
 * Writes a row for each bot, and one for bots in sync that are alike. A button shows the changes of its bot; its
 * value is the index of the bot in `changing`.
 */
export function botTable(report: Report, changing: readonly Changes[], clean: Sanitizer): string {
  const bots = byUrgency(report, clean);
  if (bots.length === 0) return '';
  const hasShare = isComparison(report);
  const columns = columnsOf(report);
  const heads = [
    '<th role="columnheader" scope="col">Bot</th>',
    ...(hasShare ? ['<th role="columnheader" scope="col" class="share-column">Share</th>'] : []),
    ...columns.map(({ name }) => `<th role="columnheader" scope="col" class="count">${name}</th>`),
  ];
  const places = new Map(changing.map(({ id }, index) => [id, index]));
  const quiet = isComparison(report) ? quietBots(report, clean) : [];
  const folded = new Set(quiet.flatMap(({ ids }) => [...ids]));
  const rest = bots.filter(({ id }) => !folded.has(id));
  const last = quiet.map(({ words, unchanged, settings }) => {
    const counts = columns.map((_, at) => (at === columns.length - 1 ? unchanged : 0));
    return {
      label: escapeHtml(words),
      isLong: false,
      counts,
      notes: settings ? [{ words: settings, urgent: false }] : [],
    };
  });
  const own = rest.map(({ id, counts, notes }) => {
    const place = places.get(id);
    const shownId = name(id, clean);
    const button = `<button type="button" class="bot" value="${place}" disabled>${shownId}</button>`;
    return { label: place === undefined ? shownId : button, isLong: id.length > SHORT, counts, notes };
  });
  const rows = [...own, ...last].map(({ label, isLong, counts, notes }) => {
    const head = `<th role="rowheader" scope="row" class="${isLong ? 'long' : ''}">${label}</th>${hasShare ? `<td role="cell" class="share-cell">${bar(counts ?? [], columns)}</td>` : ''}`;
    const cells = columns.map((column, at) => {
      const number = counts?.[at] ?? null;
      return `<td role="cell" class="count ${number ? (column.side ?? '') : 'none'}" data-name="${nameOf(column)}">${number === null ? '–' : count(number)}</td>`;
    });
    const shown = notes.map(({ words, urgent }) => `<span class="${urgent ? 'bad' : ''}">${escapeHtml(words)}</span>`);
    const below = `<tr role="row" class="notes"><td role="cell" colspan="${heads.length}">${shown.join('; ')}</td></tr>`;
    return `<tr role="row">${head}${cells.join('')}</tr>${shown.length > 0 ? below : ''}`;
  });
  return `<section class="panel" aria-labelledby="bots">
<h2 id="bots">Bots</h2>
${hasShare ? legend(columns) : ''}<div class="scroll" role="region" aria-labelledby="bots" tabindex="0">
<table role="table" class="cards">
<thead role="rowgroup"><tr role="row">${heads.join('')}</tr></thead>
<tbody role="rowgroup">
${rows.join('\n')}
</tbody>
</table>
</div>
</section>
`;
}

type Column = ReturnType<typeof columnsOf>[number];

const kindOf = ({ name, side }: Column) => side ?? (name === 'Unchanged' ? 'keep' : 'open');
const nameOf = ({ name }: Column) => name[0]!.toLowerCase() + name.slice(1);

/** Explains the colors of the bars, in the words of the columns. */
function legend(columns: readonly Column[]): string {
  const items = columns.map((column) => {
    return `<span><svg aria-hidden="true"><rect class="${kindOf(column)}" width="100%" height="100%"/></svg> ${nameOf(column)}</span>`;
  });
  return `<p class="legend">Share of the list: ${items.join(' ')}</p>\n`;
}

/** Draws the shares of one bot's list. A share that is not zero is at least 3 % wide. */
function bar(counts: readonly number[], columns: readonly Column[]): string {
  const total = sum(counts, Number);
  if (total === 0) return '';
  const widths = counts.map((size) => (size > 0 ? Math.max(size / total, 0.03) : 0));
  const scale = 100 / sum(widths, Number);
  let x = 0;
  const rects = columns.map((column, at) => {
    const width = widths[at]! * scale;
    const rect = `<rect class="${kindOf(column)}" x="${x.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
    x += width;
    return width > 0 ? rect : '';
  });
  const percent = (size: number) => (size > 0 && size / total < 0.01 ? 'under 1' : Math.round((size / total) * 100));
  const label = columns.map((column, at) => `${percent(counts[at]!)} % ${nameOf(column)}`).join(', ');
  return `<svg role="img" aria-label="${label}">${rects.join('')}</svg>`;
}

export function written(report: Report, clean: Sanitizer): string {
  const shown = (name: string) => `<code>${escapeHtml(clip(clean.file(name)))}</code>`;
  const items = writtenFiles(report).map(({ name, words }) => `<li>${words} ${shown(name)}</li>`);
  if (items.length === 0) return '';
  const steps = (report.kind === 'init' ? report.next : []).map((line) => escapeHtml(clean.text(line)));
  const after = steps.length > 0 ? `<h2>Next</h2>\n<pre>${steps.join('\n')}</pre>\n` : '';
  return `<section class="panel"><h2>Files</h2>\n<ul>${items.join('\n')}</ul>\n${after}</section>\n`;
}
