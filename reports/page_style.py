"""How the HTML pages look: on a screen, on paper, in high contrast."""

# ruff: noqa: E501 - a rule of style in one line

STYLE = """\
:root {
  color-scheme: light;
  --ink: #1b2430; --quiet: #55606e; --line: #d5dbe3; --paper: #fff; --tint: #f4f6f9;
  --gain: #1a7f4b; --loss: #b3261e; --sum: #5b6b80; --clamp: #8a6100; --score: #1f4e9c;
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--tint); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 2rem 2rem; background: var(--paper); }
h1 { margin: 0 0 .75rem; font-size: 1.7rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0; }
.figures div { padding: .5rem 1.1rem .6rem; border: 1px solid var(--line); border-radius: .5rem; min-width: 8rem; }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; font-size: 1.5rem; line-height: 1.2; }
dd small { color: var(--quiet); font-size: 1rem; font-weight: normal; }
.grade { color: var(--score); }
.meaning { margin: .9rem 0 0; font-size: 1.1rem; }
.possible { margin: .35rem 0 0; color: var(--quiet); }
.reasons { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2rem; }
.reasons section { border-top: 3px solid var(--gain); margin-top: 1.5rem; }
.reasons .against { border-top-color: var(--loss); }
.reasons h2 { margin-top: .6rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; font-size: 13px; }
figcaption, .note, .origin { color: var(--quiet); font-size: .85rem; }
svg text { fill: var(--ink); }
svg text.axis { fill: var(--quiet); font-size: 12px; }
svg line.axis { stroke: var(--line); stroke-dasharray: 3 3; }
.gain rect { fill: var(--gain); }
.loss rect { fill: var(--loss); }
.clamp rect { fill: var(--paper); stroke: var(--clamp); stroke-width: 1.5; stroke-dasharray: 4 2; }
.sum rect { fill: var(--sum); }
.score rect { fill: var(--score); }
.sum text, .score text { font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { padding: .3rem .6rem; text-align: left; vertical-align: top; font-weight: normal; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { color: var(--quiet); font-size: .85rem; }
.points { text-align: right; white-space: nowrap; width: 4.5rem; font-variant-numeric: tabular-nums; }
.ledger th[scope="row"] { padding-left: 1.6rem; width: 32%; }
.total td, .total th, tfoot td, tfoot th { font-weight: 600; background: var(--tint); }
.total td:last-child { font-weight: normal; color: var(--quiet); }
.ledger tfoot th[scope="row"] { padding-left: .6rem; }
.tests { color: var(--quiet); font-size: .85rem; }
.facts th[scope="row"] { width: 45%; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); }
@media print {
  @page { margin: 14mm; }
  body, main { background: none; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  section, tr, li, figure { break-inside: avoid; }
  section:has(table) { break-inside: auto; }
  h2 { break-after: avoid; margin-top: 1.2rem; }
  rect, .total td, .total th, tfoot td, tfoot th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
