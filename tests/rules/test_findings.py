"""Every finding: a small book that causes exactly it, at its place, and a twin that is right.

In a wrong book ``⟦`` and ``⟧`` stand around the place that the finding must point at.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

import leadgrade.rules
from leadgrade.reports.checking.findings import as_json
from leadgrade.reports.wording import LANGUAGES, texts
from leadgrade.rules.loader import LARGEST_FILE, load_book, read_book
from leadgrade.rules.source import BookError, Finding

BOOK = """\
book: small
facts:
  revenue: {type: money}
  late: {type: percent}
  since: {type: date}
  wait: {type: days}
  size: {type: choice, values: [small, large], ordered: true}
  branch: {type: choice, values: [north, south]}
  refused: {type: flag}
  industry: {type: text}
derived:
  ratio: revenue / wait
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
      - id: tier
        fact: revenue
        bands:
          - {from: 500万, points: 4}
knock_outs:
  - id: out
    when: refused
    grade: B
grades:
  A: {from: 10}
  B: {}
qualified: grade = A
classes:
  cell:
    rows: size
    columns: branch
    table:
      small: {north: s1, south: s2}
      large: {north: l1, south: l2}
  standing:
    rank: revenue
    top: {5%: gold}
    rest: other
next_steps:
  - id: call
    when: qualified
    do: Call
examples:
  - name: refused
    given: {refused: yes}
    expect: {grade: B}
"""

WHEN = "revenue > 500万"
FORMULA = "revenue / wait"
FACTS_TO_WHEN = BOOK[BOOK.index("  industry:") : BOOK.index(WHEN) + len(WHEN)]
TWINS = "  twin_1: {type: flag, label: 乙}\n  twin_2: {type: flag, label: 乙}\n"
INDUSTRY = "  industry: {type: text}"
BANDS = "- {from: 500万, points: 4}"
TIER = "        fact: revenue\n        bands:\n          - {from: 500万, points: 4}"
TITLE = "book: small"
DEEP = "not " * 60 + "refused"
LONG = "industry = " + "x" * 60_000


@dataclass(frozen=True)
class Case:
    """What stands in place of ``old`` in the wrong and in the right book."""

    code: str
    old: str
    wrong: str
    right: str
    suggestion: str | None = None

    def book(self, new: str) -> str:
        assert BOOK.count(self.old) == 1, self.old
        return BOOK.replace(self.old, new)


WHEN_LINE = f"        when: {WHEN}"


def gathered(
    how: str,
    source: str = "invoices",
    *,
    name: str = "n",
    kind: str = "number",
    dated: str = "dated_by: due",
) -> str:
    """Return a fact that is gathered from a joined file, and that file."""
    return f"""\
  industry: {{type: text}}
  {name}: {{type: {kind}, from: {source}, {how}}}
sources:
  invoices:
    key: customer
    {dated}
    columns:
      amount: {{type: money}}
      due: {{type: date}}
      status: {{type: text}}"""


CASES = [
    # the file
    Case("book-empty", BOOK, "⟦⟧# nothing\n", BOOK),
    Case("too-large", BOOK, f"a: [{'a,' * 99_999}⟦a⟧, a]\n", BOOK),
    Case("too-deep", BOOK, f"{'[' * 40}⟦[⟧{'[' * 100_000}", BOOK),
    Case("too-many-findings", BOOK, "\n".join(f"key{n}: 1" for n in range(200)) + "\n⟦x⟧: 1", BOOK),
    # YAML
    Case("yaml-character", TITLE, "book: sm⟦\x00⟧all", TITLE),
    Case("yaml-character", TITLE, "book: 小\U0001f600⟦\ud800⟧", "book: 小\U0001f600"),
    Case("yaml-tab", f"        when: {WHEN}", f"⟦\t⟧when: {WHEN}", f"        when: {WHEN}"),
    Case("yaml-block-scalar", WHEN, "⟦>= 5⟧", "revenue >= 5"),
    Case("yaml-block-scalar", "do: Call", "do: ⟦> 5 calls⟧", 'do: "> 5 calls"', '"> 5 calls"'),
    Case(
        "yaml-space-after-colon",
        f"when: {WHEN}",
        "⟦when:refused⟧",
        "when: refused",
        "when: refused",
    ),
    Case(
        "yaml-space-after-colon",
        f"when: {WHEN}",
        "⟦when：refused⟧",
        "when: refused",
        "when: refused",
    ),
    Case("yaml-space-after-dash", "- id: big", "⟦-id: big⟧", "- id: big", "- id: big"),
    Case(
        "yaml-colon-in-text",
        TITLE,
        f"{TITLE}\ntitle: ⟦B2B: leads⟧",
        f'{TITLE}\ntitle: "B2B: leads"',
        '"B2B: leads"',
    ),
    Case("yaml-text-behind-quote", WHEN, '"revenue" ⟦> 5⟧', '"revenue > 5"'),
    Case("yaml-open-quote", TITLE, 'book: ⟦"small⟧', 'book: "small"'),
    Case("yaml-open-bracket", "{from: 10}", "⟦{from: 10⟧", "{from: 10}"),
    Case("yaml-indentation", "        points: 5\n", "       ⟦points: 5⟧\n", "        points: 5\n"),
    Case(
        "yaml-indentation", "        points: 5\n", "          points⟦: 5⟧\n", "        points: 5\n"
    ),
    Case("yaml-syntax", TITLE, "book: ⟦@small⟧", 'book: "@small"'),
    Case("yaml-tag", TITLE, "book: ⟦!!str small⟧", "book: small"),
    Case("unknown-alias", TITLE, "book: ⟦*small⟧", 'book: "*small"'),
    Case(
        "second-document",
        "expect: {grade: B}\n",
        "expect: {grade: B}\n⟦---⟧\nbook: other\n",
        "expect: {grade: B}\n",
    ),
    Case("key-not-text", "south: s2}", "south: s2, ⟦[x]⟧: s3}", "south: s2}"),
    Case("duplicate-key", "points: 5", "points: 5\n        ⟦points⟧: 6", "points: 5"),
    Case("comma-in-braces", "do: Call", "do: {zh: 致电,⟦约定日期⟧}", 'do: {zh: "致电,约定日期"}'),
    # keys and kinds
    Case("unknown-key", "points: 5", "⟦poins⟧: 5", "points: 5", "points"),
    Case("unknown-key", TITLE, f"{TITLE}\n⟦zzz⟧: 1", TITLE),
    Case("missing-key", "    do: Call\n", "", "    do: Call\n"),
    Case("want-text", TITLE, "book: ⟦[small]⟧", TITLE),
    Case("want-true-or-false", "ordered: true", "ordered: ⟦yes⟧", "ordered: false"),
    Case("want-points", "points: 5", "points: ⟦five⟧", "points: -5.25"),
    Case("want-points", "points: 5", "points: ⟦.nan⟧", "points: 0"),
    Case("want-points", "points: 5", "points: ⟦NaN⟧", "points: 0"),
    Case("points-too-fine", "points: 5", "points: ⟦0.001⟧", "points: 0.01"),
    Case("points-too-fine", "points: 5", "points: ⟦1e9999999⟧", "points: 1e3"),
    Case("points-too-fine", "points: 5", "points: ⟦1e-9999999⟧", "points: 1e-2"),
    Case("points-too-fine", "points: 5", f"points: ⟦1.{'0' * 40}1⟧", f"points: 1.{'0' * 40}"),
    Case("want-phrase", "do: Call", "do: ⟦[Call]⟧", "do: {en: Call}"),
    Case("want-list", "range: [0, 30]", "range: ⟦30⟧", "range: [-30, 30]"),
    Case("want-names", "top: {5%: gold}", "top: ⟦gold⟧", "top: {5%: gold}"),
    Case("want-keys", "  A: {from: 10}", "  A: ⟦10⟧", "  A: {from: 10}"),
    Case("want-one-of", "{type: flag}", "{type: ⟦flagg⟧}", "{type: flag}", "flag"),
    Case(
        "want-one-of", "do: Call", "do: Call\n    basis: ⟦guessed⟧", "do: Call\n    basis: stated"
    ),
    Case(
        "want-choices",
        "values: [north, south]",
        "values: ⟦north⟧",
        "values: {north: 北, south: 南}",
    ),
    Case("want-share", "{5%: gold}", "{⟦5⟧: gold}", "{5％: gold}"),
    Case("want-share", "{5%: gold}", "{⟦101%⟧: gold}", "{100%: gold}"),
    Case("want-days", "do: Call", "do: Call\n    within: ⟦soon⟧", "do: Call\n    within: 2 weeks"),
    Case("want-days", "do: Call", "do: Call\n    within: ⟦-1 day⟧", "do: Call\n    within: 0 days"),
    # names
    Case(
        "bad-name",
        INDUSTRY,
        f"{INDUSTRY}\n  ⟦5 years⟧: {{type: flag}}",
        f"{INDUSTRY}\n  五年: {{type: flag}}",
    ),
    Case(
        "reserved-name",
        INDUSTRY,
        f"{INDUSTRY}\n  ⟦score⟧: {{type: flag}}",
        f"{INDUSTRY}\n  scores: {{type: flag}}",
    ),
    Case(
        "reserved-name",
        INDUSTRY,
        f"{INDUSTRY}\n  ⟦OR⟧: {{type: flag}}",
        f"{INDUSTRY}\n  Oregon: {{type: flag}}",
    ),
    Case("reserved-name", "north: s1", "north: ⟦unknown⟧", "north: known"),
    Case("duplicate-id", "- id: tier", "- id: ⟦big⟧", "- id: tier"),
    Case("duplicate-id", "  power:\n", "  ⟦revenue⟧:\n", "  strength:\n"),
    Case("unknown-name", WHEN, "⟦revnue⟧ > 5", "Revenue > 5", "revenue"),
    Case("unknown-name", FORMULA, "⟦revenu⟧ / wait", FORMULA, "revenue"),
    Case(
        "ambiguous-label",
        FACTS_TO_WHEN,
        f"{TWINS}{FACTS_TO_WHEN.replace(WHEN, '⟦乙⟧')}",
        f"{TWINS}{FACTS_TO_WHEN.replace(WHEN, 'twin_1')}",
    ),
    Case("decided-later", WHEN, "⟦score⟧ > 5", WHEN),
    Case("decided-later", WHEN, "⟦cell⟧ = s1", WHEN),
    Case(
        "decided-later",
        "qualified: grade = A",
        "qualified: ⟦standing⟧ = gold",
        "qualified: score > 5",
    ),
    Case(
        "decided-later",
        "        points: 5",
        "        points: 5\n        why: ⟦score {score}⟧",
        "        points: 5\n        why: of {revenue}",
    ),
    Case("decided-later", "fact: revenue", "fact: ⟦power⟧", "fact: ratio"),
    Case("unknown-id", "{grade: B}", "{fired: [⟦bigg⟧]}", "{fired: [big]}", "big"),
    Case("unknown-grade", "grade: B\n", "grade: ⟦b⟧\n", "grade: B\n", "B"),
    # facts and formulas
    Case("values-and-choice", "{type: flag}", "{type: flag, values: ⟦[a, b]⟧}", "{type: flag}"),
    Case(
        "values-and-choice",
        INDUSTRY,
        f"{INDUSTRY}\n  kind: ⟦{{type: choice}}⟧",
        f"{INDUSTRY}\n  kind: {{type: choice, values: [a]}}",
    ),
    Case(
        "ordered-and-choice",
        "{type: flag}",
        "{type: flag, ordered: ⟦true⟧}",
        "{type: flag, ordered: false}",
    ),
    Case(
        "fact-range",
        "{type: percent}",
        "{type: percent, range: ⟦[0%]⟧}",
        "{type: percent, range: [0%, 100%]}",
    ),
    Case("fact-range", "{type: flag}", "{type: flag, range: ⟦[0, 1]⟧}", "{type: flag}"),
    Case(
        "direction-without-order",
        INDUSTRY,
        f"{INDUSTRY}\n  kind: {{type: choice, values: [a, b], actionable: ⟦up⟧}}",
        f"{INDUSTRY}\n  kind: {{type: choice, values: [a, b], actionable: up, ordered: true}}",
    ),
    Case(
        "cost-below-zero",
        "{type: percent}",
        "{type: percent, cost: ⟦-1⟧}",
        "{type: percent, cost: 0.5, actionable: down}",
    ),
    Case(
        "range-upside-down",
        "{type: percent}",
        "{type: percent, range: ⟦[100%, 0%]⟧}",
        "{type: percent, range: [0%, 0%]}",
    ),
    Case("range-upside-down", "range: [0, 30]", "range: ⟦[30, 0]⟧", "range: [0, 0]"),
    Case(
        "duplicate-value",
        INDUSTRY,
        f"{INDUSTRY}\n  kind: {{type: choice, values: [a, ⟦A⟧]}}",
        f"{INDUSTRY}\n  kind: {{type: choice, values: [a, b]}}",
    ),
    Case(
        "duplicate-value",
        TIER,
        "        fact: branch\n        values: {north: 1, ⟦North⟧: 2}",
        "        fact: branch\n        values: {north: 1, south: 2}",
    ),
    Case(
        "derived-type",
        f"ratio: {FORMULA}",
        f"ratio: {{formula: {FORMULA}, type: ⟦date⟧}}",
        f"ratio: {{formula: {FORMULA}, type: days}}",
    ),
    Case(
        "derived-in-circle", f"ratio: {FORMULA}", "⟦a⟧: b + 1\n  b: a + 1", "a: 1 + 1\n  b: a + 1"
    ),
    Case("formula-syntax", FORMULA, "revenue ⟦^⟧ 2", "revenue * 2"),
    Case("formula-incomplete", FORMULA, "revenue ⟦/⟧", FORMULA),
    Case("formula-type", FORMULA, "revenue / ⟦since⟧", "revenue / days_since(since)"),
    Case("formula-type", FORMULA, "days_since(⟦wait⟧)", "days_since(since)"),
    Case("formula-wants-date", FORMULA, "days_since(⟦5⟧)", "days_since(since)"),
    Case("unknown-function", FORMULA, "⟦maxx(revenue, 1)⟧", "max(revenue, 1)", "max"),
    Case("function-arguments", FORMULA, "⟦max(revenue)⟧", "max(revenue, 0, wait)"),
    Case(
        "parameter-not-a-number",
        f"derived:\n  ratio: {FORMULA}",
        "parameters:\n  cut: 2026-01-01\nderived:\n  ratio: revenue / ⟦cut⟧",
        "parameters:\n  cut: 500万\nderived:\n  ratio: revenue / cut",
    ),
    Case(
        "lead-name-not-text",
        TITLE,
        f"{TITLE}\nlead_name: ⟦revenue⟧",
        f"{TITLE}\nlead_name: industry",
    ),
    # conditions
    Case("condition-empty", WHEN, "⟦[]⟧", f"[{WHEN}]"),
    Case("condition-empty", WHEN, '⟦""⟧', f'"{WHEN}"'),
    Case("condition-empty", WHEN, "{any: ⟦[]⟧}", f"{{any: [{WHEN}]}}"),
    Case("condition-keys", WHEN, "{⟦anny⟧: [refused]}", "{any: [refused]}", "any"),
    Case(
        "condition-keys",
        WHEN,
        "⟦{any: [refused], all: [refused]}⟧",
        "[any: [refused], all: [refused]]",
    ),
    Case("condition-syntax", WHEN, "revenue is ⟦not⟧ known", "revenue is missing"),
    Case("condition-syntax", WHEN, "size in [⟦]⟧", "size in [small]"),
    Case("condition-incomplete", WHEN, "revenue ⟦>⟧", "revenue > 5"),
    Case("condition-incomplete", WHEN, "not (refuse⟦d⟧", "not (refused)"),
    Case("operator-of-another-language", WHEN, "revenue ⟦==⟧ 5", "revenue = 5", "="),
    Case("operator-of-another-language", WHEN, "revenue ⟦=>⟧ 5", "revenue >= 5", ">="),
    Case(
        "operator-of-another-language",
        WHEN,
        "refused ⟦&&⟧ late > 1%",
        "refused and late > 1%",
        "and",
    ),
    Case("operator-of-another-language", WHEN, "⟦!⟧refused", "not refused", "not"),
    Case(
        "and-or-mixed",
        WHEN,
        "refused and late > 1% ⟦or⟧ wait > 5",
        "(refused and late > 1%) or wait > 5",
    ),
    Case("line-too-long", WHEN, f"⟦{LONG}⟧", LONG[:40_000]),
    Case("line-too-deep", WHEN, f"⟦{DEEP}⟧", "not not not refused"),
    Case("line-too-deep", FORMULA, f"⟦{'wait + ' * 5000}wait⟧", f"{'wait + ' * 20}wait"),
    Case("currency-sign", WHEN, "revenue > ⟦¥⟧500万", "revenue > 500万"),
    Case("currency-sign", WHEN, "revenue > ⟦$⟧5", "revenue > 5"),
    Case("comma-in-number", WHEN, "revenue > ⟦5,000⟧", "revenue > 5000", "5000"),
    Case(
        "comma-in-number",
        WHEN,
        "revenue > ⟦1,200.50⟧ and refused",
        "revenue > 1200.50 and refused",
        "1200.50",
    ),
    Case("not-a-flag", WHEN, "⟦revenue⟧", "refused"),
    Case(
        "always-known",
        "qualified: grade = A",
        "qualified: ⟦score is known⟧",
        "qualified: revenue is known",
    ),
    Case("contains-needs-text", WHEN, "⟦revenue contains 5⟧", "industry contains 5"),
    Case(
        "fired-needs-contains",
        "    when: refused",
        "    when: ⟦fired = big⟧",
        "    when: fired contains big",
    ),
    Case("no-order", WHEN, "⟦industry > a⟧", "size > small"),
    Case("no-order", WHEN, "⟦branch between north and south⟧", "size between small and large"),
    Case(
        "between-upside-down",
        WHEN,
        "wait between ⟦60 and 30⟧",
        "wait between 30 and 30",
        "30 and 60",
    ),
    Case(
        "between-upside-down",
        WHEN,
        "size between ⟦large and small⟧",
        "size between small and small",
        "small and large",
    ),
    Case("fact-against-fact", WHEN, "revenue > ⟦wait⟧", "ratio > 1"),
    # values
    Case("unknown-value", WHEN, "size = ⟦smal⟧", "size = Small", "small"),
    Case(
        "unknown-value",
        "qualified: grade = A",
        "qualified: grade = ⟦a⟧",
        "qualified: grade = A",
        "A",
    ),
    Case("value-not-a-number", WHEN, "revenue > ⟦lots⟧", "revenue > .5"),
    Case("value-not-a-number", WHEN, "revenue > ⟦1e999999999⟧", "revenue > 1e9"),
    Case("value-percent-sign", WHEN, "revenue > ⟦20%⟧", "revenue > 20"),
    Case("value-percent-without-sign", WHEN, "late > ⟦20⟧", "late > 20%", "20%"),
    Case("value-percent-without-sign", WHEN, "late > ⟦0.2⟧", "late > 20 %", "20%"),
    Case("value-percent-without-sign", WHEN, "late > ⟦0⟧", "late > ０％", "0%"),
    Case("value-percent-without-sign", WHEN, "late > ⟦-50⟧", "late > －50％", "-50%"),
    Case("value-unknown-unit", WHEN, "revenue > ⟦500万元⟧", "revenue > ５００万", "500万"),
    Case("value-unknown-unit", WHEN, "wait > ⟦9 weeksz⟧", "wait > 9 weeks", "9 weeks"),
    Case("value-unknown-unit", WHEN, "wait > ⟦3个月⟧", "wait > 3周"),
    Case("value-not-a-date", WHEN, "since > ⟦2026-02-30⟧", "since > 2026-02-28"),
    Case(
        "value-not-a-date",
        "given: {refused: yes}",
        "as_of: ⟦today⟧\n    given: {refused: yes}",
        "as_of: 2026-01-01\n    given: {refused: yes}",
    ),
    Case("value-too-large", WHEN, "revenue > ⟦1e400⟧", "revenue > 9000万亿"),
    Case("value-not-a-flag", WHEN, "refused = ⟦maybe⟧", "refused = 否"),
    Case(
        "value-not-points",
        "qualified: grade = A",
        "qualified: score > ⟦ten⟧",
        "qualified: score > 10",
    ),
    Case(
        "value-not-points",
        "qualified: grade = A",
        "qualified: score > ⟦nan⟧",
        "qualified: score > -1.5",
    ),
    # criteria and rules
    Case("criterion-range", "range: [0, 30]", "range: ⟦[30]⟧", "range: [0, 0]"),
    Case(
        "start-outside-range",
        "range: [0, 30]",
        "range: [0, 30]\n    start: ⟦31⟧",
        "range: [0, 30]\n    start: 30",
    ),
    Case(
        "rule-form",
        f"- id: big\n        when: {WHEN}\n        points: 5",
        f"- id: ⟦big⟧\n        when: {WHEN}",
        f"- id: big\n        when: {WHEN}\n        points: 0",
    ),
    Case(
        "rule-form",
        "- id: tier\n        fact: revenue",
        "- id: ⟦tier⟧",
        "- id: tier\n        fact: revenue",
    ),
    Case(
        "values-need-choice",
        f"- id: tier\n{TIER}",
        "- id: ⟦tier⟧\n        fact: revenue\n        values: {5: 1}",
        "- id: tier\n        fact: refused\n        values: {否: 1}",
    ),
    Case(
        "bands-need-number",
        "- id: tier\n        fact: revenue",
        "- id: ⟦tier⟧\n        fact: size",
        "- id: tier\n        fact: ratio",
    ),
    Case("band-without-end", BANDS, "- ⟦{points: 4}⟧", "- {to: 5, points: 4}"),
    Case(
        "band-empty", BANDS, "- ⟦{from: 5, to: 5, points: 4}⟧", "- {from: 5, to: 5.01, points: 4}"
    ),
    Case(
        "bands-overlap",
        BANDS,
        "- {from: 5, points: 4}\n          - ⟦{from: 1, to: 6, points: 4}⟧",
        "- {from: 5, points: 4}\n          - {from: 1, to: 5, points: 4}",
    ),
    Case(
        "bands-overlap",
        BANDS,
        "- {from: 5, points: 4}\n          - ⟦{from: 5, points: 3}⟧",
        "- {from: 5, points: 4}\n          - {from: 6, points: 3}",
    ),
    Case(
        "bands-overlap",
        BANDS,
        "- {to: 5, points: 4}\n          - ⟦{to: 5, points: 3}⟧",
        "- {to: 5, points: 4}\n          - {to: 6, points: 3}",
    ),
    # grades, classes, examples
    Case(
        "no-grades",
        "grades:\n  A: {from: 10}\n  B: {}\nqualified: grade = A\n",
        "grades: ⟦{}⟧\nqualified: score > 5\n",
        "grades:\n  A: {from: 10}\n  B: {}\n",
    ),
    Case("grade-fits-all", "  A: {from: 10}", "  ⟦A⟧: {}", "  A: {needs: refused}"),
    Case("no-last-grade", "  B: {}", "  ⟦B⟧: {from: 5}", "  B:"),
    Case("class-form", "    rank: revenue\n", "", "    rank: revenue\n"),
    Case(
        "class-otherwise",
        "  standing:\n    rank: revenue\n    top: {5%: gold}\n    rest: other\n",
        "  ⟦standing⟧:\n    first_match: [{when: refused, class: gone}]\n",
        "  standing:\n    first_match: [{when: refused, class: gone}]\n    otherwise: here\n",
    ),
    Case(
        "unknown-list",
        WHEN_LINE,
        "        when: branch in ⟦markets⟧",
        "        when: branch in [north]",
        "[markets]",
    ),
    Case(
        "condition-in-circle",
        "criteria:\n",
        "conditions:\n  one: ⟦one⟧\ncriteria:\n",
        "conditions:\n  one: refused\ncriteria:\n",
    ),
    Case(
        "if-unknown-form",
        "  refused: {type: flag}",
        "  refused: {type: flag, if_unknown: ⟦no⟧}",
        "  refused: {type: flag, if_unknown: value no}",
        "value no",
    ),
    Case(
        "age-and-date",
        "  wait: {type: days}",
        "  wait: {type: days, max_age: ⟦30 days⟧}",
        "  wait: {type: days, max_age: 30 days, dated_by: since}",
    ),
    Case(
        "not-a-date-fact",
        "  wait: {type: days}",
        "  ⟦wait⟧: {type: days, max_age: 30 days, dated_by: sinces}",
        "  wait: {type: days, max_age: 30 days, dated_by: since}",
        "since",
    ),
    Case("formula-number", FORMULA, "revenue * ⟦1e200⟧", "revenue * 1e2"),
    Case(
        "derived-form",
        "  ratio: revenue / wait",
        "  ⟦ratio⟧: {label: Ratio}",
        "  ratio: {cases: [{when: refused, value: 0}], otherwise: revenue}",
    ),
    Case(
        "never-in-force",
        "        points: 5\n",
        "        points: 5\n        valid_from: 2026-02-01\n        valid_until: ⟦2026-01-01⟧\n",
        "        points: 5\n        valid_from: 2026-01-01\n        valid_until: 2026-01-01\n",
    ),
    Case(
        "half-life-form",
        "      - id: big\n",
        "      - id: ⟦big⟧\n        half_life: 30 days\n",
        "      - id: big\n        half_life: 30 days\n        age_of: since\n",
    ),
    Case(
        "half-life-points",
        "        points: 5\n",
        "        points: ⟦5.2⟧\n        half_life: 30 days\n        age_of: since\n",
        "        points: 5.5\n        half_life: 30 days\n        age_of: since\n",
    ),
    Case(
        "limit-form",
        "qualified: grade = A\n",
        "limits: [{id: ⟦cap⟧, when: refused}]\nqualified: grade = A\n",
        "limits: [{id: cap, when: refused, at_most: B}]\nqualified: grade = A\n",
    ),
    Case("axis-not-choice", "rows: size", "rows: ⟦revenue⟧", "rows: size"),
    Case(
        "cells-missing",
        "      small: {north: s1, south: s2}",
        "      ⟦small⟧: {north: s1}",
        "      small: {north: s1, south: s1}",
    ),
    Case("rank-not-number", "rank: revenue", "rank: ⟦size⟧", "rank: late"),
    Case("shares-not-rising", "{5%: gold}", "⟦{5%: gold, 1%: best}⟧", "{1%: best, 5%: gold}"),
    Case("given-not-a-fact", "given: {refused: yes}", "given: {⟦ratio⟧: 5}", "given: {revenue: 5}"),
    Case(
        "rows-form",
        "    given: {refused: yes}\n    expect: {grade: B}",
        "    rows: ⟦refused⟧",
        "    rows: |\n      refused, grade\n      yes, B",
    ),
    Case(
        "row-too-long",
        "    given: {refused: yes}\n    expect: {grade: B}",
        "    rows: |\n      refused, grade\n      yes, B, ⟦A⟧",
        "    rows: |\n      refused, grade\n      yes, B",
    ),
    Case(
        "unknown-property",
        "examples:",
        "properties:\n  - ⟦rising⟧\nexamples:",
        "properties:\n  - monotone: revenue\nexamples:",
    ),
    # joined files and identity
    Case(
        "unknown-source",
        INDUSTRY,
        gathered("count: all", "⟦invoces⟧"),
        gathered("count: all"),
        "invoices",
    ),
    Case("aggregate-form", INDUSTRY, gathered("", name="⟦n⟧"), gathered("count: all")),
    Case(
        "aggregate-form",
        INDUSTRY,
        gathered("count: all, sum: amount", name="⟦n⟧"),
        gathered("count: all"),
    ),
    Case(
        "aggregate-extra",
        INDUSTRY,
        gathered("count: all, headers: ⟦[Number]⟧"),
        gathered("count: all, label: Number"),
    ),
    Case(
        "aggregate-column",
        INDUSTRY,
        gathered("sum: ⟦status⟧"),
        gathered("count: status = paid"),
    ),
    Case(
        "aggregate-type",
        INDUSTRY,
        gathered("sum: amount", kind="⟦number⟧"),
        gathered("sum: amount", kind="money"),
        "money",
    ),
    Case(
        "aggregate-type",
        INDUSTRY,
        gathered("share: amount > 5", kind="⟦number⟧"),
        gathered("share: amount > 5", kind="percent"),
        "percent",
    ),
    Case(
        "window-form",
        INDUSTRY,
        gathered("count: all, window: ⟦12 moons⟧"),
        gathered("count: all, window: 12 months"),
    ),
    Case(
        "window-form",
        INDUSTRY,
        gathered("count: all, window: ⟦101 years⟧"),
        gathered("count: all, window: 90 天"),
    ),
    Case(
        "window-without-date",
        INDUSTRY,
        gathered("count: all, window: ⟦12 months⟧", dated=""),
        gathered("count: all", dated=""),
    ),
    Case(
        "not-a-date-column",
        INDUSTRY,
        gathered("count: all", dated="dated_by: ⟦amount⟧"),
        gathered("count: all", dated="dated_by: due"),
    ),
    Case(
        "identity-not-text", TITLE, f"{TITLE}\nidentity: ⟦revenue⟧", f"{TITLE}\nidentity: industry"
    ),
    Case(
        "identity-not-text",
        TITLE,
        f"{TITLE}\nidentity: [id, [industry, ⟦ratio⟧]]",
        f"{TITLE}\nidentity: [id, [industry, industry as phone]]",
    ),
    Case(
        "merge-by",
        TITLE,
        f"{TITLE}\nmerge: {{precedence: ⟦newest⟧}}",
        f"{TITLE}\nmerge: {{precedence: newest, by: since}}",
    ),
    Case(
        "merge-by",
        TITLE,
        f"{TITLE}\nmerge: {{precedence: ⟦last⟧, by: since}}",
        f"{TITLE}\nmerge: {{precedence: last}}",
    ),
]

FILES: dict[str, bytes | None] = {
    "book-unreadable": None,
    "not-utf8": "book: 小企业\n".encode("gb18030"),
    "too-large": b"#" * (LARGEST_FILE + 1),
}


def findings_of(text: str) -> tuple[Finding, ...]:
    try:
        read_book(text, "book.yaml")
    except BookError as error:
        return error.findings
    return ()


def unmark(text: str) -> tuple[str, tuple[int, int, int, int] | None]:
    """Return a text without its marks, and the place between them."""
    if "⟦" not in text:
        return text, None
    before, inside, behind = text.replace("⟧", "⟦").split("⟦")
    return before + inside + behind, (*_place(before), *_place(before + inside))


def _place(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def test_the_book_of_the_table_is_right() -> None:
    assert findings_of(BOOK) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.wrong[:20]!a}")
def test_a_mistake_is_one_finding_at_its_place(case: Case) -> None:
    text, place = unmark(case.book(case.wrong))
    found = findings_of(text)
    if case.code == "too-many-findings":  # the last of many
        found = found[-1:]
    assert [(each.code, each.suggestion) for each in found] == [(case.code, case.suggestion)]
    span = found[0].span
    if place is not None:
        assert (span.line, span.column, span.end_line, span.end_column) == place


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.right[:20]!a}")
def test_its_twin_is_right(case: Case) -> None:
    assert findings_of(case.book(case.right)) == ()


@pytest.mark.parametrize("code", FILES)
def test_a_file_that_cannot_be_read_is_one_finding(code: str, tmp_path: Path) -> None:
    path = tmp_path / "book.yaml"
    content = FILES[code]
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BookError) as error:
        load_book(path)
    assert [(each.code, each.span.file) for each in error.value.findings] == [(code, str(path))]


PLACEHOLDERS = {
    "start": ("condition", "formula"),
    "kind": ("quote", "bracket"),
    "problem.code": (
        "not-a-number",
        "percent-sign",
        "percent-without-sign",
        "unknown-unit",
        "not-a-date",
        "too-large",
    ),
}
"""What the placeholders of codes that are put together may be."""

REPORTERS = {"add", "add_shown", "add_unless_any", "Finding", "MisreadError", "_TooMuchError"}


def emitted_codes() -> set[str]:
    """Return every code that the sources of the rules can report."""
    folder = Path(leadgrade.rules.__file__).parent
    codes: set[str] = set()
    for path in folder.rglob("*.py"):
        if path.parent.name == "checks":  # whose codes stand in its own pages
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[code, *_]):
                    codes |= set(_codes(code)) if name in REPORTERS else set()
                case ast.Assign(targets=[ast.Name(id="code")], value=value):
                    codes |= set(_codes(value))
                case ast.FunctionDef(name="_misfit"):
                    returns = [each for each in ast.walk(node) if isinstance(each, ast.Return)]
                    codes |= {code for each in returns for code in _codes(each.value)}
    return codes


def _codes(node: ast.expr | None) -> list[str]:
    match node:
        case ast.Constant(value=str(code)):
            return [code]
        case ast.IfExp(body=one, orelse=other):
            return [*_codes(one), *_codes(other)]
        case ast.JoinedStr(values=parts):
            names = [
                ast.unparse(part.value) for part in parts if isinstance(part, ast.FormattedValue)
            ]
            written = ast.unparse(node)[2:-1]
            return [written.replace(f"{{{names[0]}}}", each) for each in PLACEHOLDERS[names[0]]]
    return []


def texts_of_codes() -> set[str]:
    return {name for name in texts("findings") if "." not in name}


ELSEWHERE = {
    "unknown-parameter",  # test_language
    "included-twice",  # this and the following: test_including
    "no-such-include",
    "include-in-circle",
    "too-many-files",
    "nothing-to-remove",
    "file-of-kept-book",
}


def test_every_code_has_a_fixture() -> None:
    assert emitted_codes() == {case.code for case in CASES} | set(FILES) | ELSEWHERE


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    assert emitted_codes() == texts_of_codes()


def test_every_text_has_a_help_in_both_languages() -> None:
    written = texts("findings")
    for code in texts_of_codes():
        for name in (code, f"{code}.help"):
            assert set(written[name]) == set(LANGUAGES), name
            assert all(written[name].values()), name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fixture_can_be_said(lang: str) -> None:
    for case in CASES:
        text, _ = unmark(case.book(case.wrong))
        for finding in findings_of(text)[-1:]:
            said = as_json(finding, lang)
            assert said["message"]
            assert said["help"]


@pytest.mark.parametrize(
    ("old", "new", "lead"),
    [
        (BANDS, "- {from: 500万, points: 4}\n          - {from: 300万, to: 600万, points: 1}", 5e6),
        (BANDS, "- {to: 500万, points: 4}\n          - {to: 500万, points: 1}", 4_999_999),
    ],
)
def test_an_overlap_is_shown_by_a_lead_in_both_bands(old: str, new: str, lead: float) -> None:
    (found,) = findings_of(BOOK.replace(old, new))
    assert (found.code, found.example) == ("bands-overlap", {"revenue": lead})


def test_a_missing_cell_is_shown_by_the_lead_that_falls_into_it() -> None:
    row = findings_of(BOOK.replace("small: {north: s1, south: s2}", "small: {north: s1}"))
    assert [each.example for each in row] == [{"size": "small", "branch": "south"}]
    table = findings_of(BOOK.replace("      large: {north: l1, south: l2}\n", ""))
    assert [each.example for each in table] == [{"size": "large"}]
