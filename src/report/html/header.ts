import { type ComparedBot, postponedIn } from '../../model/compared.ts';
import { type Comparison, type EditedEntry, isComparison, isListing, type Report } from '../../model/report.ts';
import { TONES, verdict } from '../verdict/index.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import { byDrift } from '../words/causes.ts';
import { sinceBots, sinceCounts, wholeBots } from '../words/changes.ts';
import { countEdits } from '../words/files.ts';
import { overrideNotes, savedNotes } from '../words/notes.ts';
import { runNotes } from '../words/provenance.ts';
import { comparedColumns } from '../words/rows.ts';
import { countResults, hasContents, isComplete, resultCounts, title, totalNumbers, totals } from '../words/summary.ts';
import { clip, count, sum } from '../words/text.ts';

/** Names of reports that differ from their command. */
const NAMES: Readonly<Record<string, string>> = { fmt: 'Format' };

/** The words for outcomes whose code is not a phrase. */
const OUTCOMES: Readonly<Record<string, string>> = {
  'in-sync': 'in sync',
  'nothing-selected': 'nothing selected',
  partial: 'applied in part',
};

/** `Plan 7d1f0c22`: the command, and the plan that it showed or applied. */
function heading(report: Report, clean: Sanitizer): string {
  const command = report.kind === 'plan' && report.command === 'show' ? 'plan' : clip(clean.text(report.command));
  const name = NAMES[command] ?? capital(command);
  const fingerprint = isComparison(report) ? report.fingerprint : null;
  return fingerprint === null ? name : `${name} ${fingerprint.slice(0, 8)}`;
}

/** The title of the document: the summary. The heading precedes it if the summary does not say what ran. */
export function pageTitle(report: Report, clean: Sanitizer): string {
  const words = title(report);
  const isOther = report.kind === 'init' || (report.kind === 'plan' && report.command === 'apply');
  if (words.includes(': ') && !isOther) return words;
  return `${heading(report, clean)}: ${words.replace(/^[^:]*: /, '')}`;
}

/** `refused`, `in sync`; `nothing to add` if only removals wait; `drift` for a drift report with differences. */
function outcomeWords(report: Report): string {
  const { kind, outcome } = report;
  if (kind === 'plan' && outcome === 'partial') return 'nothing to add';
  if (kind === 'result' && outcome === 'partial' && isComplete(report.bots)) return 'not finished';
  return kind === 'drift' && outcome === 'changes' ? 'drift' : (OUTCOMES[outcome] ?? outcome);
}

/** Writes the command, its outcome and counts, and the version, time, commit and paths of the run. */
export function header(report: Report, clean: Sanitizer): string {
  const fingerprint = isComparison(report) ? report.fingerprint : null;
  const { tone, text } = verdict(report, clean, (foreign) => {
    return `<code${foreign.startsWith('--') ? ' class="option"' : ''}>${escapeHtml(foreign)}</code>`;
  });
  const counted = counts(report).map(([name, number, side = '']) => {
    return `<div><dt>${name}</dt><dd class="${number > 0 ? side : 'none'}">${count(number)}</dd></div>`;
  });
  const dress = (text: string) => `<code>${escapeHtml(text)}</code>`;
  const notes = [
    ...savedNotes(report).map((note) => `<p class="muted">${note}</p>\n`),
    ...overrideNotes(report, clean, dress).map((note) => `<p class="open">${note}</p>\n`),
  ];
  const facts = runNotes(report, clean, dress);
  const origin = facts.map((note, at) => `<span>${note}${at < facts.length - 1 ? ' ·' : ''}</span>`);
  const whole = fingerprint && `<b>${escapeHtml(fingerprint.slice(0, 8))}</b>${escapeHtml(fingerprint.slice(8))}`;
  return `<header>
<h1>${escapeHtml(heading(report, clean))} <span class="outcome ${TONES[tone].kind}">${outcomeWords(report)}</span></h1>
${text && `<p>${text}</p>\n`}${notes.join('')}${counted.length > 0 ? `<dl class="counts">${counted.join('')}</dl>\n` : ''}<div class="origin">
${whole ? `<p class="fingerprint">Fingerprint <code>${whole}</code></p>\n` : ''}${origin.length > 0 ? `<p class="run">${origin.join(' ')}</p>\n` : ''}</div>
</header>
`;
}

type Count = [name: string, number: number, side?: 'add' | 'remove' | undefined];

function counts(report: Report): Count[] {
  const bots: Count = ['Bots', 'bots' in report ? report.bots.length : 0];
  const files: Count = ['Files', 'files' in report ? report.files.length : 0];
  const counted = (some: Count[]) => (hasContents(report) ? some : []);
  if (report.kind === 'check' || isListing(report)) return counted([['Numbers', totalNumbers(report.bots)], bots]);
  if (report.kind === 'import') return counted([['Imported', sum(report.bots, ({ imported }) => imported)], bots]);
  if (report.kind === 'edit') {
    const of = (change: EditedEntry['change']) => countEdits(report, change);
    return [['Added', of('added'), 'add'], ['Changed', of('renewed')], ['Removed', of('removed'), 'remove'], files];
  }
  if (report.kind === 'init') return [['Written', report.files.length]];
  if (report.kind === 'format') {
    const changed = report.files.filter((file) => file.changed).length;
    return [[report.outcome === 'changes' ? 'Not formatted' : 'Rewritten', changed], files];
  }
  if (report.kind === 'result') {
    const [added, removed, ...rest] = resultCounts(countResults(report.bots)).map(capitalized);
    const { unchanged } = totals(report.bots);
    return [[...removed!, 'remove'], [...added!, 'add'], ...rest, ...postponed(report), ['Unchanged', unchanged], bots];
  }
  if (!isComparison(report)) return [];
  const since = sinceCounts(sinceBots(report)).filter(([name, number]) => name !== 'not known' || number > 0);
  // Zeros would read as a list that was compared.
  if ((report.bots as readonly ComparedBot[]).every(({ guard }) => !guard)) return [bots];
  const isSkipped = report.kind === 'plan' && report.state === 'skipped';
  const writes: Count[] = isSkipped ? [] : [['Writes needed', report.requests.write]];
  return [...planned(report), bots, ...writes, ...since.map(capitalized)];
}

/** Counts the numbers that differ between the lists and the files, and the numbers that do not. */
function planned(report: Comparison): Count[] {
  const { kind, bots } = report;
  const { remove, add, unchanged } = totals(bots);
  if (kind === 'drift') {
    const all = wholeBots(report);
    return comparedColumns(report).map(({ name, side, count }) => [name, count(all), side]);
  }
  const due = byDrift(bots);
  const drift: Count[] = due === null ? [] : [['By drift', due]];
  return [
    ['To remove', remove, 'remove'],
    ['To add', add, 'add'],
    ...drift,
    ...postponed(report),
    ['Unchanged', unchanged],
  ];
}

const postponed = ({ addsOnly, bots }: Comparison): Count[] =>
  addsOnly ? [['Removals that wait', sum<ComparedBot>(bots, postponedIn)]] : [];

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
const capitalized = ([name, number]: readonly [string, number, ...unknown[]]): [string, number] => [
  capital(name),
  number,
];
