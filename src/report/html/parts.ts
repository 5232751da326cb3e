import type { Problem } from '../../model/failure.ts';
import { type Comparison, isComparison, type Report } from '../../model/report.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import { ADDED_OUTSIDE, byDrift, causeWords, driftCounts, groupsOf, REMOVED_OUTSIDE } from '../words/causes.ts';
import { type Changes, sinceBots, sinceCounts } from '../words/changes.ts';
import { faultLines } from '../words/faults.ts';
import { writtenFiles } from '../words/files.ts';
import { byUrgency, columnsOf, overrideNotes, savedNotes, troubled } from '../words/notes.ts';
import { countResults, hasContents, resultCounts, title, totalNumbers, totals } from '../words/summary.ts';
import { clip, count, quote, sum } from '../words/text.ts';
import { withheldOf, withheldWords } from '../words/users.ts';
import { TONES, verdict } from '../words/verdict.ts';

/** Withheld removals that are listed; the JSON report has all. */
const SHOWN = 20;

/** What was run, what came of it, and what it counts. */
export function header(report: Report, clean: Sanitizer): string {
  const { command, outcome } = report;
  const fingerprint = isComparison(report) ? report.fingerprint : null;
  const { tone, text } = verdict(report, clean, (foreign) => {
    return `<code${foreign.startsWith('--') ? ' class="option"' : ''}>${escapeHtml(foreign)}</code>`;
  });
  const counted = counts(report).map(([name, number, side = '']) => {
    return `<div><dt>${name}</dt><dd class="${number > 0 ? side : 'none'}">${count(number)}</dd></div>`;
  });
  const dress = (url: string) => `<code>${escapeHtml(url)}</code>`;
  const notes = [
    ...savedNotes(report).map((note) => `<p class="muted">${note}</p>\n`),
    ...overrideNotes(report, clean, dress).map((note) => `<p class="open">${note}</p>\n`),
  ];
  const whole = fingerprint && `<b>${escapeHtml(fingerprint.slice(0, 8))}</b>${escapeHtml(fingerprint.slice(8))}`;
  return `<header>
<p class="muted">blacklistctl ${escapeHtml(command)}</p>
<h1>${escapeHtml(title(report).split(':')[0]!)} <span class="outcome ${TONES[tone].kind}">${outcome}</span></h1>
${text && `<p>${text}</p>\n`}${notes.join('')}<dl class="counts">${counted.join('')}</dl>
${whole ? `<p class="fingerprint">Fingerprint <code>${whole}</code></p>\n` : ''}</header>
`;
}

type Count = [name: string, number: number, side?: 'add' | 'remove'];

function counts(report: Report): Count[] {
  const bots: Count = ['Bots', 'bots' in report ? report.bots.length : 0];
  const files: Count = ['Files', 'files' in report ? report.files.length : 0];
  const counted = (some: Count[]) => (hasContents(report) ? some : []);
  if (report.kind === 'check' || report.kind === 'list') return counted([['Numbers', totalNumbers(report.bots)], bots]);
  if (report.kind === 'import') return counted([['Imported', sum(report.bots, ({ imported }) => imported)], bots]);
  if (report.kind === 'init') return [['Written', report.files.length], files];
  if (report.kind === 'format') {
    return [['Not as they were', report.files.filter(({ changed }) => changed).length], files];
  }
  if (report.kind === 'result') {
    return [...resultCounts(countResults(report.bots)).map(capital), ...planned(report), bots];
  }
  if (!isComparison(report)) return [];
  const since = sinceCounts(sinceBots(report)).filter(([name, number]) => name !== 'not known' || number > 0);
  return [...planned(report), bots, ['Writes needed', report.requests.write], ...since.map(capital)];
}

/** What a plan changes in the lists, and what stays. */
function planned({ kind, bots }: Comparison): Count[] {
  const { remove, add, unchanged } = totals(bots);
  if (kind === 'drift') {
    const { added, removed, toAdd, toRemove } = driftCounts(bots);
    const outside: Count[] = [
      [ADDED_OUTSIDE, added, 'remove'],
      [REMOVED_OUTSIDE, removed, 'add'],
    ];
    const open: Count[] = toAdd + toRemove > 0 ? [['Not applied yet', toAdd + toRemove]] : [];
    return [...outside.map(capital), ...open, ['Unchanged', unchanged]];
  }
  const due = byDrift(bots);
  const drift: Count[] = due === null ? [] : [['By drift', due]];
  return [['To remove', remove, 'remove'], ['To add', add, 'add'], ...drift, ['Unchanged', unchanged]];
}

const capital = ([name, ...rest]: Readonly<Count>): Count => [name[0]!.toUpperCase() + name.slice(1), ...rest];

export function troubles(report: Report, clean: Sanitizer): string {
  const item = (fault: Problem) => `<li><pre>${escapeHtml(faultLines(fault, clean, '', clip).join('\n'))}</pre></li>`;
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
    block('Needs attention', 'errors', [...report.errors.map(item), ...bots]),
    block(report.kind === 'result' ? 'Withheld' : 'Apply may withhold', 'warnings', [...shown, ...more]),
    block('Warnings', 'warnings', report.warnings.map(item)),
  ];
  return blocks.some(Boolean) ? `<section class="troubles" aria-label="Problems">\n${blocks.join('')}</section>\n` : '';
}

const name = (id: string, clean: Sanitizer) => escapeHtml(quote(id, clean));

/** A row a bot. A bot that changes is a button, which shows its changes; its value is its place among the changing ones. */
export function botTable(report: Report, changing: readonly Changes[], clean: Sanitizer): string {
  const bots = byUrgency(report, clean);
  if (bots.length === 0) return '';
  const hasShare = isComparison(report);
  const columns = columnsOf(report);
  const heads = ['Bot', ...(hasShare ? ['Share'] : []), ...columns.map(({ name }) => name)];
  const places = new Map(changing.map(({ id }, index) => [id, index]));
  const rows = bots.map(({ id, counts, sides, notes }) => {
    const place = places.get(id);
    const shownId = name(id, clean);
    const button = `<button type="button" class="bot" value="${place}" disabled>${shownId}</button>`;
    const head = `<th scope="row">${place === undefined ? shownId : button}</th>${hasShare ? `<td>${bar(counts ? [sides.remove, sides.add, counts.at(-1)!] : [])}</td>` : ''}`;
    const cells = columns.map(({ side = '' }, at) => {
      const number = counts?.[at] ?? null;
      return `<td class="count ${number ? side : 'none'}">${number === null ? '–' : count(number)}</td>`;
    });
    const shown = notes.map(({ words, urgent }) => `<span class="${urgent ? 'bad' : ''}">${escapeHtml(words)}</span>`);
    const below = `<tr class="notes"><td colspan="${heads.length}">${shown.join('; ')}</td></tr>`;
    return `<tr>${head}${cells.join('')}</tr>${shown.length > 0 ? below : ''}`;
  });
  const columnHead = (name: string) =>
    `<th scope="col" class="${name.toLowerCase().replace(' ', '-')}-column">${name}</th>`;
  return `<section class="panel" aria-labelledby="bots">
<h2 id="bots">Bots</h2>
<div class="scroll" role="region" aria-labelledby="bots" tabindex="0">
<table>
<thead><tr>${heads.map(columnHead).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
</div>
</section>
`;
}

/** Proportions of one bot's list. What is there at all is at least visible. */
function bar([remove = 0, add = 0, keep = 0]: readonly number[]): string {
  const total = remove + add + keep;
  if (total === 0) return '';
  const sides = Object.entries({ remove, add, keep }).filter(([, size]) => size > 0);
  const shares = sides.map(([, size]) => Math.max(size / total, 0.03));
  const scale = 100 / sum(shares, Number);
  let x = 0;
  const rects = sides.map(([kind], index) => {
    const width = shares[index]! * scale;
    const rect = `<rect class="${kind}" x="${x.toFixed(2)}%" width="${width.toFixed(2)}%" height="100%"/>`;
    x += width;
    return rect;
  });
  const percent = (size: number) => (size > 0 && size / total < 0.01 ? 'under 1' : Math.round((size / total) * 100));
  const label = `${percent(remove)} % to remove, ${percent(add)} % to add, ${percent(keep)} % unchanged`;
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

/** The list of changes and what filters it: empty, until the script fills it. */
export function browser(changing: readonly Changes[], clean: Sanitizer): string {
  const options = changing.map(({ id }, index) => `<option value="${index}">${name(id, clean)}</option>`);
  const choice = (value: string, label: string, checked = '') =>
    `<label><input type="radio" name="direction" value="${value}"${checked}>${label}</label>`;
  const isRejected = changing.some(({ rejected }) => rejected.length > 0);
  const reason = isRejected ? '<th scope="col" id="reason">Rejected: the server said</th>' : '';
  const why = changing.some((bot) => bot.reasons || bot.mayWithhold || groupsOf(bot).some(causeWords))
    ? '<th scope="col" id="why">Why</th>'
    : '';
  return `<section class="panel" aria-labelledby="changes">
<h2 id="changes" tabindex="-1">Changes</h2>
<p class="status" id="idle">The list needs JavaScript.</p>
<div id="browser" hidden>
<div role="search" id="filters" aria-label="Filter the changes">
<p class="wide"><label for="search">Number, bot or cause</label><input type="search" id="search" autocomplete="off" spellcheck="false"></p>
<p><label for="bot">Bot</label><select id="bot"><option value="">All bots</option>${options.join('')}</select></p>
<fieldset><legend>Direction</legend><div class="choices">
${choice('', 'Both', ' checked')}${choice('remove', 'Remove')}${choice('add', 'Add')}
</div></fieldset>
</div>
<div class="status"><p id="status" role="status" aria-live="polite"></p>
<nav id="pages" aria-label="Pages">
<button type="button" id="previous">Previous</button><span id="page"></span><button type="button" id="next">Next</button>
</nav></div>
<div class="scroll" id="list" role="region" aria-labelledby="changes" tabindex="0">
<table>
<thead><tr><th scope="col">Change</th><th scope="col">Number</th><th scope="col">Bot</th>${why}${reason}</tr></thead>
<tbody id="rows"></tbody>
</table>
</div>
</div>
</section>
`;
}
