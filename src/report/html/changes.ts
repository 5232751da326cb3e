import type { Cause } from '../../model/compared.ts';
import type { Direction, Ledger } from '../../model/ledger.ts';
import { isComparison, type Report } from '../../model/report.ts';
import { escapeHtml, type Sanitizer } from '../voice/index.ts';
import { long, pieces } from '../voice/json.ts';
import {
  ADDED_OUTSIDE,
  causeWords,
  detailsOf,
  groupsByWhy,
  groupsOf,
  REMOVED_OUTSIDE,
  termOf,
} from '../words/causes.ts';
import { type Changes, sinceBots, type WholeBot, wholeBots } from '../words/changes.ts';
import { countResults, NOUNS, STATES } from '../words/summary.ts';
import { quote, said } from '../words/text.ts';

/** A longer piece of data ends its line: editors choke on lines of megabytes. */
const LONG = 1000;

/** Writes the list of changes and its filters. The list is empty until the script fills it. */
export function browser(report: Report, changing: readonly Changes[], clean: Sanitizer): string {
  const options = changing.map(({ id }, index) => `<option value="${index}">${escapeHtml(quote(id, clean))}</option>`);
  const choice = (value: string, label: string, checked = '') =>
    `<label><input type="radio" name="direction" value="${value}"${checked}>${label}</label>`;
  const heads = [
    ['Change', 'term'],
    ['Number', 'number'],
    ['Bot', 'bot'],
    ...(changing.some((bot) => bot.reasons?.length || bot.mayWithhold || groupsOf(bot).some(causeWords))
      ? [['Why', 'why']]
      : []),
    ...noteHeads(report, changing),
  ].map(([name, field]) => `<th role="columnheader" scope="col" data-field="${field}">${name}</th>`);
  const isDrift = report.kind === 'drift';
  const noun = isDrift ? 'difference' : 'change';
  const [where, remove, add] = isDrift ? ['Found', 'Live only', 'Files only'] : ['Direction', 'Remove', 'Add'];
  return `<section class="panel" aria-labelledby="changes">
<h2 id="changes" tabindex="-1">${isDrift ? 'Differences' : 'Changes'}</h2>
<p class="status" id="idle">The list needs JavaScript.</p>
<div id="browser" hidden>
<div role="search" id="filters" aria-label="Filter the ${noun}s">
<p class="wide"><label for="search">Number, bot or reason</label><input type="search" id="search" autocomplete="off" spellcheck="false"></p>
<p><label for="bot">Bot</label><select id="bot"><option value="">All bots</option>${options.join('')}</select></p>
<fieldset><legend>${where}</legend><div class="choices">
${choice('', 'Both', ' checked')}${choice('remove', remove!)}${choice('add', add!)}
</div></fieldset>
</div>
<div class="status"><p id="status" data-noun="${noun}" role="status" aria-live="polite"></p>
<nav id="pages" aria-label="Pages">
<button type="button" id="previous">Previous</button><span id="page"></span><button type="button" id="next">Next</button>
</nav></div>
<div class="scroll" id="list" role="region" aria-labelledby="changes" tabindex="0">
<table role="table" class="cards">
<thead role="rowgroup"><tr role="row">${heads.join('')}</tr></thead>
<tbody role="rowgroup" id="rows"></tbody>
</table>
</div>
</div>
</section>
`;
}

/**
 * Returns the heading of the column of notes: the reasons of rejections, or the comparison with an earlier
 * report.
 */
function noteHeads(report: Report, changing: readonly Changes[]): string[][] {
  if (sinceBots(report).some(({ since }) => since)) return [['Since the earlier report', 'note']];
  return changing.some(({ rejected }) => rejected.length > 0) ? [["The server's answer", 'note']] : [];
}

/**
 * The fields of a change in the list. `kind` is its color: `open` if the change is not done, or may not be.
 */
interface Facts {
  readonly term?: string;
  readonly kind?: Direction | 'open';
  readonly note?: string;
}

/** A number, with the facts that differ from the rest of its group. */
type Entry = string | readonly [number: string, own: Facts];

/** Writes the numbers as JSON that cannot end the script element around it. */
export function* data(report: Report, changing: readonly Changes[], clean: Sanitizer): Generator<string> {
  const isCompared = sinceBots(report).length > 0;
  const wholes = isComparison(report) ? wholeBots(report) : [];
  const bots = new Map(wholes.map((bot) => [bot.id, isCompared ? bot : { ...bot, since: null }]));
  const all = changing.map((bot) => {
    const whole = bots.get(bot.id);
    const groups = groupsByWhy(groupsOf(bot), detailsOf(bot, clean)).map(({ why, ...group }) => {
      const { direction, numbers } = group;
      const own = factsOf(direction, whole, clean);
      const entry = (number: number | string): Entry => {
        const facts = own.get(number);
        return facts ? [clean.number(number), facts] : clean.number(number);
      };
      const shared = report.kind === 'result' ? resultFacts(direction, whole!) : plannedFacts(group, bot);
      return { direction, ...shared, why, numbers: long(clean.order(numbers.values), entry) };
    });
    return { id: quote(bot.id, clean), groups };
  });
  for (const piece of pieces(all)) {
    yield piece.replaceAll('<', '\\u003c') + (piece.length > LONG ? '\n' : '');
  }
}

/**
 * Returns the term and the color. Drift has the color of the change outside Git, not of the change that an
 * apply would make.
 */
function plannedFacts(group: Cause, bot: Changes): Facts {
  const { direction } = group;
  if (bot.kind === 'import') return { term: 'imported', kind: direction };
  const term = termOf(group, bot, bot.kind);
  if (bot.kind !== 'drift') return { term, kind: direction };
  return { term, kind: term === ADDED_OUTSIDE ? 'add' : term === REMOVED_OUTSIDE ? 'remove' : 'open' };
}

/**
 * `added`, `removal not sent`. A report counts failed numbers without naming them, so if some numbers were added and
 * others failed, each of them is `added or failed`.
 */
function resultFacts(direction: Direction, bot: WholeBot): Facts {
  const { applied, failed, unknown, skipped, pending } = countResults([bot]);
  const [end, ...others] = Object.entries({ applied, failed, unknown, skipped, pending })
    .filter(([, split]) => split[direction] > 0)
    .map(([end]) => end as keyof Ledger);
  if (!end) return {}; // each number has facts of its own
  if (others.length === 0) return endFacts(end, direction);
  const words = [end, ...others].map((each) => (each === 'applied' ? DONE[direction] : STATES[each]));
  return { term: words.join(' or '), kind: 'open' };
}

const DONE: Readonly<Record<Direction, string>> = { add: 'added', remove: 'removed' };

/** `added`, `removal withheld`. */
function endFacts(end: keyof Ledger, direction: Direction): Facts {
  if (end === 'applied') return { term: DONE[direction], kind: direction };
  return { term: `${NOUNS[direction]} ${STATES[end]}`, kind: 'open' };
}

/** Collects the facts that differ from number to number. */
function factsOf(direction: Direction, bot: WholeBot | undefined, clean: Sanitizer) {
  const facts = new Map<number | string, Facts>();
  if (!bot) return facts;
  const { since, results } = bot;
  for (const note of ['new', 'still'] as const) {
    const values = since?.[note][direction].values ?? [];
    for (const number of Array.from(values)) facts.set(number, { note: note === 'new' ? 'new' : 'still there' });
  }
  for (const { number, reason, ...rejection } of results.rejected) {
    if (rejection.direction !== direction) continue;
    facts.set(number, { ...endFacts('rejected', direction), note: said(reason, clean) });
  }
  for (const { number } of direction === 'remove' ? results.withheld : []) {
    facts.set(number, endFacts('withheld', direction));
  }
  return facts;
}
