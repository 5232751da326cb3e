/**
 * The script of the HTML report: search, filters and pages over the numbers, which stand as JSON in the page. Foreign text
 * only ever becomes the text of a node. Written for the browser, so the types of this project do not reach it.
 */
export const script = `
'use strict';
const PAGE = 100;
const element = (id) => document.getElementById(id);
const grouped = new Intl.NumberFormat('en').format;
const bots = JSON.parse(element('data').textContent);
const changes = bots.flatMap((bot) =>
  bot.groups.flatMap(({ direction, term, why, numbers }) =>
    numbers.map((entry) => {
      const [number, reason = ''] = [].concat(entry);
      return { bot, direction, term, why, number, reason };
    }),
  ),
);
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
      (!words || (digits && change.number.includes(digits)) || change.bot.id.toLowerCase().includes(words) || change.why.toLowerCase().includes(words)),
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
      ? 'No change matches'
      : grouped(found.length) + of + (changes.length === 1 ? ' change' : ' changes') + range;
  element('page').textContent = 'Page ' + grouped(page + 1) + ' of ' + grouped(pages);
  element('pages').hidden = pages === 1;
  // Not "disabled": a button that is disabled under the finger loses the focus.
  element('previous').setAttribute('aria-disabled', page === 0);
  element('next').setAttribute('aria-disabled', page === pages - 1);
}

function row({ bot, direction, term, why, number, reason }) {
  const cell = (text, kind = '') => Object.assign(document.createElement('td'), { textContent: text, className: kind });
  const line = document.createElement('tr');
  line.append(cell(term, direction), cell(number, 'number'), cell(bot.id));
  if (element('why')) line.append(cell(why));
  if (element('reason')) line.append(cell(reason));
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
