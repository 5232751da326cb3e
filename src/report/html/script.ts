import { SHORT } from './parts.ts';

/**
 * The script of the HTML report: search, filters and pages over the numbers, which the page contains as JSON. Foreign
 * text only becomes the text of a node. The script runs in the browser, so it is not type-checked.
 */
export const script = `
'use strict';
const PAGE = 100;
const SHORT = ${SHORT};
const element = (id) => document.getElementById(id);
const grouped = new Intl.NumberFormat('en').format;
const bots = JSON.parse(element('data').textContent);
const changes = bots.flatMap((bot) =>
  bot.groups.flatMap(({ direction, term, kind, why, numbers }) =>
    numbers.map((entry) => {
      const [number, own] = [].concat(entry);
      const facts = { term, kind, why, note: '', ...own };
      return { bot, direction, number, ...facts, words: [bot.id, facts.term, facts.why, facts.note].join(' ').toLowerCase() };
    }),
  ),
);
const noun = element('status').dataset.noun;
let found = changes;
let page = 0;

function find() {
  const words = element('search').value.trim().toLowerCase();
  const digits = words.replace(/[ ().-]/g, '');
  const bot = bots[element('bot').value];
  const direction = document.querySelector('input[name=direction]:checked').value;
  found = changes.filter(
    (change) =>
      (!bot || change.bot === bot) &&
      (!direction || change.direction === direction) &&
      (!words || (digits && change.number.includes(digits)) || change.words.includes(words)),
  );
  show(0);
}

function show(at) {
  page = at;
  const start = page * PAGE;
  const rows = found.slice(start, start + PAGE);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  element('rows').replaceChildren(...rows.map(row));
  element('list').scrollTop = 0;
  const of = found.length === changes.length ? '' : ' of ' + grouped(changes.length);
  const range = pages > 1 ? ', showing ' + grouped(start + 1) + '–' + grouped(start + rows.length) : '';
  element('status').textContent =
    found.length === 0 && changes.length > 0
      ? 'No ' + noun + ' matches'
      : grouped(found.length) + of + ' ' + noun + (changes.length === 1 ? '' : 's') + range;
  element('page').textContent = 'Page ' + grouped(page + 1) + ' of ' + grouped(pages);
  element('pages').hidden = pages === 1;
  // Not "disabled": a button that is disabled under the finger loses the focus.
  element('previous').setAttribute('aria-disabled', page === 0);
  element('next').setAttribute('aria-disabled', page === pages - 1);
}

const fields = Array.from(document.querySelectorAll('#list th'), (head) => head.dataset.field);

// Narrow windows lay rows out as blocks, which would take the roles of a table away.
function row(change) {
  const { bot } = change;
  const line = Object.assign(document.createElement('tr'), { role: 'row' });
  for (const field of fields) {
    const kind = field === 'term' ? change.kind : field === 'bot' && bot.id.length > SHORT ? 'long bot' : field;
    const textContent = field === 'bot' ? bot.id : change[field];
    line.append(Object.assign(document.createElement('td'), { textContent, className: kind + '-cell', role: 'cell' }));
  }
  return line;
}

function turn(by) {
  const to = page + by;
  if (to >= 0 && to * PAGE < found.length) show(to);
}

for (const bot of document.querySelectorAll('button.bot')) {
  bot.disabled = false;
  bot.addEventListener('click', () => {
    element('bot').value = bot.value;
    find();
    element('bot').focus();
  });
}
element('filters').addEventListener('input', find);
element('previous').addEventListener('click', () => turn(-1));
element('next').addEventListener('click', () => turn(1));
element('idle').remove();
element('browser').hidden = false;
find();
`;
