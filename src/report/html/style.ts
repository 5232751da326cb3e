/** The style sheet of the HTML report. Colors are never the only sign: removals are hatched, and every bar has counts. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --panel: #fff; --text: #1b1f24; --muted: #59626e; --line: #dde1e6; --focus: #0b5fd0;
  --remove: #b3261e; --add: #0b6b4b; --keep: #cfd5dc; --warn: #8a5a00; --bad-panel: #fdf1f0; --warn-panel: #fdf6e7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #101317; --panel: #171b20; --text: #e4e7eb; --muted: #9aa4b0; --line: #2a3038; --focus: #7ab5ff;
    --remove: #ff8f84; --add: #62cfa4; --keep: #3b434d; --warn: #e2b04a; --bad-panel: #2a1a1a; --warn-panel: #262012;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 110rem; padding: 1.25rem clamp(.75rem, 2vw, 2rem) 2rem; background: var(--page); color: var(--text);
  font: .875rem/1.45 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums;
}
h1, h2, h3, p, ul, dl, dd, pre, fieldset { margin: 0; padding: 0; }
h1 { font-size: 1.375rem; line-height: 1.25; font-weight: 600; }
h2 { font-size: 1rem; font-weight: 600; }
h3 { font-size: .875rem; font-weight: 600; }
code, pre, .message, .number-cell { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .8125rem; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: .5rem; top: .5rem; padding: .25rem .5rem; background: var(--panel); }
.muted, dt, th, legend, label { color: var(--muted); }
.remove, .remove-cell { color: var(--remove); }
.add, .add-cell { color: var(--add); }
.open-cell { color: var(--warn); }

header { display: grid; gap: .5rem; margin-bottom: 1.25rem; }
.outcome { padding: .05rem .5rem; border: 1px solid; border-radius: 1rem; font-size: .75rem; font-weight: 600; white-space: nowrap; }
.good { color: var(--add); }
.open { color: var(--warn); }
.bad { color: var(--remove); }
h1 .outcome { vertical-align: .2em; margin-left: .5rem; }
.counts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .25rem 0; }
.counts div { display: flex; flex-direction: column-reverse; }
.counts dd { font-size: 1.25rem; font-weight: 600; line-height: 1.2; }
.counts dt, th, .fingerprint { font-size: .75rem; }
.origin { display: flex; flex-wrap: wrap; gap: .25rem 2rem; color: var(--muted); font-size: .75rem; }
.run span { white-space: nowrap; }
.run span:last-child { white-space: normal; overflow-wrap: anywhere; }
.run code { font-size: inherit; }
.fingerprint code { color: var(--text); overflow-wrap: anywhere; user-select: all; }
.fingerprint b { border-bottom: 2px solid var(--focus); }

section { min-width: 0; }
.troubles { margin-bottom: 1.25rem; display: grid; gap: .75rem 1.25rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 34rem), 1fr)); align-items: start; }
.troubles div { min-width: 0; border-left: 3px solid var(--remove); background: var(--bad-panel); padding: .6rem .9rem; }
.troubles .warnings { border-color: var(--warn); background: var(--warn-panel); }
.troubles ul { list-style: none; display: grid; grid-template-columns: minmax(0, 1fr); gap: .35rem; margin-top: .35rem; }
q { quotes: none; overflow-wrap: anywhere; font-family: ui-monospace, "Liberation Mono", monospace; font-size: .8125rem; }
.option { white-space: nowrap; }
pre { overflow-x: auto; }
.message { overflow-wrap: anywhere; }

.panel { background: var(--panel); border: 1px solid var(--line); border-radius: .375rem; overflow: hidden; }
.panel > *, details > pre { padding: .6rem .9rem; }
.panel > .scroll, .panel > #browser { padding: 0; }
[role=search], .status { padding: .6rem .9rem; }
.panel > h2 + :not(.scroll, #browser), .panel > :not(h2) + * { padding-top: 0; }
.panel > h3:not(:first-child) { margin-top: .5rem; }
.panel ul { list-style: none; }
.panel li { overflow-wrap: anywhere; }
details > pre { padding: .6rem 0 0; }
summary { cursor: pointer; font-weight: 600; overflow-wrap: anywhere; }
.legend { color: var(--muted); font-size: .75rem; }
.legend span { white-space: nowrap; margin-left: .5rem; }
.legend svg { width: .9rem; height: .7rem; vertical-align: -.05em; }
.scroll { overflow: auto; border-top: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .9rem; text-align: left; vertical-align: baseline; }
th { font-weight: 500; position: sticky; top: 0; background: var(--panel); white-space: nowrap; }
tbody th { min-width: 7rem; position: static; font-weight: inherit; font-size: inherit; color: inherit; overflow-wrap: anywhere; }
tbody tr { border-top: 1px solid var(--line); }
.count { text-align: right; white-space: nowrap; }
thead .count { white-space: normal; }
.share-column { width: 34%; min-width: 3.5rem; }
td.none, dd.none { color: var(--muted); }
.open-cell, .remove-cell, .add-cell, .number-cell, .bot-cell, tbody th { white-space: nowrap; }
.long.bot-cell, tbody th.long { white-space: normal; }
.bot-cell, .why-cell, .note-cell { overflow-wrap: anywhere; }
.bot { font: inherit; font-weight: 600; color: inherit; background: none; border: 0; padding: 0; text-align: left; overflow-wrap: anywhere; }
.bot:enabled { cursor: pointer; text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .2em; }
.bot:enabled:hover { text-decoration-color: currentColor; }
tbody tr.notes { border: 0; font-size: .75rem; color: var(--muted); }
.notes td { padding-top: 0; }
td svg { display: block; width: 100%; height: .7rem; }
.patterns { position: absolute; width: 0; height: 0; }
rect.remove { fill: url(#hatch); }
#hatch rect { fill: var(--remove); }
#hatch line { stroke: var(--panel); stroke-width: 1.5; }
rect.add { fill: var(--add); }
rect.open { fill: var(--warn); }
rect.keep { fill: var(--keep); }

[role=search] { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; }
[role=search] p > label { display: block; margin-bottom: .15rem; font-size: .75rem; }
[role=search] .wide { flex: 1 1 14rem; }
input[type=search], select, nav button {
  font: inherit; font-size: .875rem; color: var(--text); background: var(--panel); border: 1px solid var(--muted); border-radius: .25rem;
  padding: .25rem .5rem; min-height: 2rem; max-width: 100%; width: 100%;
}
select { max-width: 16rem; }
fieldset { border: 0; min-width: 0; }
legend { font-size: .75rem; padding: 0; margin-bottom: .15rem; }
.choices { display: flex; gap: .9rem; min-height: 2rem; align-items: center; }
.choices label { color: var(--text); white-space: nowrap; }
.choices input { margin: 0 .25rem 0 0; vertical-align: -.1em; accent-color: var(--focus); }
.status { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; justify-content: space-between; border-top: 1px solid var(--line); }
nav { display: flex; gap: .75rem; align-items: center; }
nav button { width: auto; cursor: pointer; }
nav button[aria-disabled=true] { color: var(--muted); border-color: var(--line); cursor: default; }

.stack, .columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
@media (min-width: 75rem) {
  .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); align-items: start; }
  .columns .scroll { max-height: max(20rem, calc(100vh - 12rem)); }
}
@media (max-width: 30rem) {
  .share-column, .share-cell, .legend { display: none; }
  .cards thead { position: absolute; left: -99rem; }
  .cards tbody tr { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .75rem; padding: .35rem .9rem; }
  .cards td, .cards tbody th { padding: 0; min-width: 0; }
  .cards td:empty { display: none; }
  .cards tbody th, .why-cell, .note-cell { flex-basis: 100%; }
  .cards .count::after { content: " " attr(data-name); font-size: .75rem; color: var(--muted); }
  .why-cell, .note-cell { color: var(--muted); }
  .cards tbody tr.notes { padding-top: 0; margin-top: -.25rem; }
}
[hidden] { display: none !important; }
`;
