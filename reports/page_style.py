"""How the HTML pages look: on a screen, on paper, in high contrast."""

# ruff: noqa: E501 - a rule of style in one line

STYLE = """\
:root {
  color-scheme: light;
  --ink: #1b2430; --quiet: #55606e; --line: #d5dbe3; --paper: #ffffff; --tint: #f4f6f9;
  --gain: #1a7f4b; --loss: #b3261e; --sum: #5b6b80; --clamp: #8a6100; --score: #1f4e9c;
  --warm: #fdf4e3; --cool: #eef3fb;
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--tint); color: var(--ink); text-align: right;
  font: 16px/1.5 system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
}
main { max-width: 62rem; margin: .5rem auto 2rem; padding: 1.75rem 2.25rem 2rem; background: var(--paper); text-align: left; border: 1px solid var(--line); border-radius: .6rem; }
#in-en:not(:checked) ~ main.en, #in-zh:not(:checked) ~ main.zh { display: none; }
input { position: absolute; opacity: 0; }
label { display: inline-block; margin-top: .75rem; padding: .1rem .9rem; border: 1px solid var(--line); background: var(--paper); color: var(--quiet); font-size: .85rem; cursor: pointer; }
label:last-of-type { margin-right: max(1rem, calc(50vw - 31rem)); }
input:checked + label { background: var(--score); border-color: var(--score); color: var(--paper); }
input:focus-visible + label { outline: 3px solid var(--clamp); outline-offset: 1px; }
.book { margin: 0; color: var(--quiet); font-size: .9rem; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0 0 .6rem; font-size: 1.1rem; line-height: 1.3; }
section { margin-top: 2.2rem; }
.figures { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; }
.figures div { padding: .55rem 1.2rem .65rem; border: 1px solid var(--line); border-radius: .5rem; min-width: 8rem; background: var(--tint); }
dt { color: var(--quiet); font-size: .85rem; }
dd { margin: 0; font-size: 1.6rem; line-height: 1.2; }
dd small { color: var(--quiet); font-size: 1rem; font-weight: normal; }
.grade { color: var(--score); }
.meaning { margin: 0; font-size: 1.15rem; }
.possible { margin: .3rem 0 0; color: var(--quiet); }
.by-hand { margin: .6rem 0; padding: .5rem .9rem; border-left: 4px solid var(--score); background: var(--cool); }
.reasons { display: grid; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); gap: 0 2.25rem; }
.reasons section { border-top: 3px solid var(--gain); margin-top: 1.75rem; padding-top: .6rem; }
.reasons .against { border-top-color: var(--loss); }
.held { padding: .8rem 1.1rem .9rem; border-left: 4px solid var(--clamp); background: var(--warm); }
.quiet { color: var(--quiet); font-size: .875rem; }
ul, ol { margin: 0; padding-left: 1.3rem; }
li { margin: .3rem 0; overflow-wrap: anywhere; }
li strong { font-weight: 600; }
figure { margin: 0; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 40rem; height: auto; font-size: 13px; }
figcaption, .note, footer { color: var(--quiet); font-size: .85rem; }
svg text { fill: var(--ink); }
svg text.axis { fill: var(--quiet); font-size: 12px; }
svg line.axis { stroke: var(--line); stroke-dasharray: 3 3; }
svg line.thread { stroke: var(--sum); }
.gain rect { fill: var(--gain); }
.loss rect { fill: var(--loss); }
.clamp rect { fill: var(--warm); stroke: var(--clamp); stroke-width: 1.5; stroke-dasharray: 4 2; }
.sum rect { fill: var(--sum); }
.score rect { fill: var(--score); }
.range rect { fill: var(--cool); stroke: var(--score); stroke-width: 1.2; stroke-dasharray: 2 2; }
.sum text, .score text { font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: .95rem; }
th, td { padding: .35rem .6rem; text-align: left; vertical-align: top; font-weight: normal; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { white-space: nowrap; color: var(--quiet); font-size: .85rem; border-bottom: 2px solid var(--line); }
.points, .pairs td:first-child { text-align: right; white-space: nowrap; width: 5.5rem; font-variant-numeric: tabular-nums; }
.ledger thead th:first-child, .pairs thead th:first-child { text-align: right; }
.points.gain { color: var(--gain); }
.points.loss { color: var(--loss); }
.ledger tbody th[scope="row"] { padding-left: 1.6rem; width: 32%; }
.total td, .total th, tfoot td, tfoot th { font-weight: 600; background: var(--tint); }
.total td:last-child { font-weight: normal; color: var(--quiet); }
tfoot td, tfoot th { border-top: 2px solid var(--line); }
.facts th[scope="row"] { width: 40%; }
.classes th[scope="row"] { width: 34%; }
.classes td:nth-child(2) { font-weight: 600; width: 24%; }
.rules tbody th { font-weight: 600; overflow-wrap: break-word; }
.rules.work tbody th { min-width: 4.5rem; }
.rules.work td + td { min-width: 5.4rem; }
.rules.scores td:first-child { text-align: right; white-space: nowrap; width: 4.5rem; font-variant-numeric: tabular-nums; font-weight: 600; }
.rules.scores thead th:first-child { text-align: right; }
.rules.scores tbody th { width: 26%; font-weight: normal; }
.rules.scores tbody tr:has(th:empty) th, .rules.scores tbody tr:has(+ tr th:empty) > * { border-bottom-color: transparent; }
.rules.matrix { width: auto; min-width: 50%; }
.rules.matrix tbody td { border: 1px solid var(--line); background: var(--cool); text-align: center; font-weight: 600; }
.rules.matrix thead th:not(:first-child) { text-align: center; }
header .quiet { margin-top: .4rem; }
footer { margin-top: 2.2rem; padding-top: .8rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
footer p { margin: .15rem 0; }
@media (max-width: 40rem) {
  main { padding: 1rem; border-width: 1px 0; border-radius: 0; }
}
@media print {
  @page { margin: 14mm; }
  input, label { display: none; }
  body, main { background: none; }
  html { font-size: 12px; }
  body { font-size: 1rem; }
  th, td { padding: .18rem .5rem; }
  main { max-width: none; margin: 0; padding: 0; border: 0; }
  section { margin-top: 1.2rem; }
  svg { min-width: 0; width: 82%; }
  section, tr, li, figure { break-inside: avoid; }
  section:has(table) { break-inside: auto; }
  h2 { break-after: avoid; }
  tfoot { display: table-row-group; }  /* the score once, not on every page */
  rect, .figures div, .held, .by-hand, .total td, .total th, tfoot td, tfoot th { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
