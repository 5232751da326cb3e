// Draws a log-log plot as SVG, in the light or dark colors of the reader's system.
const WIDTH = 640;
const HEIGHT = 360;
const AREA = { left: 64, right: 112, top: 16, bottom: 44 };

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .grid { stroke: #d8dee4; stroke-width: 1 }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round }
  .faint { stroke-dasharray: 4 4 }
  .c0 { stroke: #0969da } text.c0, circle.c0 { stroke: none; fill: #0969da }
  .c1 { stroke: #bc4c00 } text.c1, circle.c1 { stroke: none; fill: #bc4c00 }
  .c2 { stroke: #6e7781 } text.c2, circle.c2 { stroke: none; fill: #6e7781 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .grid { stroke: #30363d }
    .c0 { stroke: #58a6ff } text.c0, circle.c0 { fill: #58a6ff }
    .c1 { stroke: #f0883e } text.c1, circle.c1 { fill: #f0883e }
    .c2 { stroke: #8b949e } text.c2, circle.c2 { fill: #8b949e }
  }
`;

/** @param lines { name, points: [numbers, ms][], faint? }, one to three of them. */
export function plot(lines) {
  const x = scale(
    lines.flatMap(({ points }) => points.map(([value]) => value)),
    AREA.left,
    WIDTH - AREA.right,
  );
  const y = scale(
    lines.flatMap(({ points }) => points.map(([, value]) => value)),
    HEIGHT - AREA.bottom,
    AREA.top,
  );
  const grid = [
    ...x.decades.map((value) => {
      const at = x.of(value);
      const label = `<text x="${at}" y="${HEIGHT - AREA.bottom + 18}" text-anchor="middle">${value.toLocaleString('en-US')}</text>`;
      return `<path class="grid" d="M${at} ${AREA.top}V${HEIGHT - AREA.bottom}"/>${label}`;
    }),
    ...y.decades.map((value) => {
      const at = y.of(value);
      const label = `<text x="${AREA.left - 8}" y="${at + 4}" text-anchor="end">${duration(value)}</text>`;
      return `<path class="grid" d="M${AREA.left} ${at}H${WIDTH - AREA.right}"/>${label}`;
    }),
  ];
  const labels = spread(lines.map(({ points }) => y.of(points.at(-1)[1])));
  const drawn = lines.map(({ name, points, faint }, at) => {
    const dots = points.map(([a, b]) => [x.of(a), y.of(b)]);
    return [
      `<path class="line c${at}${faint ? ' faint' : ''}" d="M${dots.map((dot) => dot.join(' ')).join('L')}"/>`,
      ...(faint ? [] : dots.map(([cx, cy]) => `<circle class="c${at}" cx="${cx}" cy="${cy}" r="3"/>`)),
      `<text class="c${at}" x="${WIDTH - AREA.right + 10}" y="${labels[at] + 4}">${name}</text>`,
    ].join('');
  });
  const title = 'Time over the length of the list, both axes logarithmic';
  const axis = `<text x="${(AREA.left + WIDTH - AREA.right) / 2}" y="${HEIGHT - 6}" text-anchor="middle">numbers in the list</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    `<title>${title}</title><style>${STYLE}</style>`,
    ...grid,
    axis,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

/** Makes a logarithmic scale over whole decades. */
function scale(values, from, to) {
  const first = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const of = (value) => Number((from + ((Math.log10(value) - first) / (last - first)) * (to - from)).toFixed(1));
  return { of, decades: Array.from({ length: last - first + 1 }, (_, at) => 10 ** (first + at)) };
}

/** Moves overlapping labels apart. */
function spread(heights) {
  const order = heights.map((height, at) => ({ height, at })).sort((a, b) => a.height - b.height);
  const result = [];
  let least = Number.NEGATIVE_INFINITY;
  for (const { height, at } of order) {
    result[at] = Math.max(height, least);
    least = result[at] + 15;
  }
  return result;
}

const duration = (ms) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);
