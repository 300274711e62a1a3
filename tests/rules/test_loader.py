"""Whole books: the one of the design, hostile ones, and any text at all."""

from __future__ import annotations

import random
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgrade.rules.conditions import All, AnyOf, Compare, OneOf, Op
from leadgrade.rules.loader import load_book, read_book, read_kept_book
from leadgrade.rules.model import Book, FactType, Matrix, Ranking, RuleKind
from leadgrade.rules.source import MOST_FINDINGS, BookError

BOOKS = Path(__file__).with_name("books")
DESIGN = (BOOKS / "design.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def design() -> Book:
    return load_book(BOOKS / "design.yaml")


def codes_of(text: str) -> list[str]:
    try:
        read_book(text)
    except BookError as error:
        return [finding.code for finding in error.findings]
    return []


def test_the_facts_of_the_design(design: Book) -> None:
    assert (design.id, design.title.zh, design.currency) == ("b2b-leads", "企业线索评级", "CNY")
    revenue, intent = design.facts["annual_revenue"], design.facts["intent"]
    assert revenue.names == (
        "annual_revenue",
        "Annual revenue",
        "年营收",
        "Annual Revenue",
        "年营业额",
        "年收入",
    )
    assert revenue.type is FactType.MONEY
    assert [choice.id for choice in intent.choices] == ["none", "exploring", "comparing", "ready"]
    assert intent.choices[0].label.zh == "无意向"
    assert intent.ordered
    assert design.facts["overdue_share"].ask is not None
    assert list(design.derived) == ["cash_ratio"]


def test_the_rules_of_the_design(design: Book) -> None:
    size, late = design.rules["revenue-size"], design.rules["chronic-late-payer"]
    assert size.kind is RuleKind.BANDS
    lowest, _, highest = size.outcomes
    assert lowest.when == All(
        (
            Compare("annual_revenue", Op.GE, 5e6, ">= 500万"),
            Compare("annual_revenue", Op.LT, 2e7, "< 2000万"),
        )
    )
    assert highest.when == Compare("annual_revenue", Op.GE, 1e8, ">= 1亿")
    assert [outcome.points for outcome in size.outcomes] == [400, 800, 1200]
    assert late.outcomes[0].points == -1500
    assert late.outcomes[0].when == All(
        (
            Compare("overdue_share", Op.GT, 0.2, "> 20%"),
            AnyOf(
                (
                    Compare("payment_days", Op.GT, 90.0, "> 90 days"),
                    OneOf("credit_grade", ("C", "D"), "in [C, D]"),
                )
            ),
        )
    )
    assert late.why is not None
    assert late.why.zh == "付款拖延:逾期{overdue_share}"


def test_the_results_of_the_design(design: Book) -> None:
    risk = design.criteria["payment_risk"]
    assert (risk.low, risk.high, risk.start) == (0, 2500, 2500)
    assert design.grade_ids == ("A", "B", "C", "D")
    assert design.grades[0].needs == Compare("payment_risk", Op.GE, 1000.0, ">= 10")
    assert design.knock_outs[0].when == Compare("refused", Op.EQ, value=True, test="= true")
    cell, tier = design.classes["value_cell"], design.classes["spend_tier"]
    assert isinstance(cell, Matrix)
    assert cell.table["high"] == {"low": "B1", "medium": "A2", "high": "A1"}
    assert isinstance(tier, Ranking)
    assert tier.shares[0] == (Fraction(1, 100), "platinum")
    assert design.next_steps[0].within_days == 1
    assert design.examples[0].given["annual_revenue"] == 2e8


SMALL = """\
book: small
facts:
  revenue: {type: money, label: {en: Revenue, zh: 营收}}
  late: {type: percent}
  refused: {type: flag}
  size: {type: choice, values: [1-50, 51-200, 否, NO, '1:30']}
criteria:
  power:
    range: [-30, 30]
    rules:
      - id: one
WRITTEN
grades: {A: {from: 10}, B: {}}
"""


def test_a_book_is_the_same_without_its_examples(design: Book) -> None:
    whole = read_book(design.text + "properties: [knock-out always wins]\n")
    assert whole.examples
    assert whole.properties
    read = read_kept_book(whole.text)
    assert read == replace(whole, examples=(), properties=())


def outcomes(written: str) -> list[tuple[object, int]]:
    indented = "\n".join(f"        {line}" for line in written.splitlines())
    book = read_book(SMALL.replace("WRITTEN", indented))
    return [(outcome.when, outcome.points) for outcome in book.rules["one"].outcomes]


def bands(written: str) -> list[tuple[list[str], int]]:
    found = []
    for when, points in outcomes(f"fact: revenue\nbands: [{written}]"):
        tests = when.parts if isinstance(when, All) else (when,)
        found.append(([test.test for test in tests], points))
    return found


def test_bands_take_their_open_ends_from_their_neighbours() -> None:
    assert bands("{from: 5, points: 2}, {from: 1, points: 1}") == [
        ([">= 1", "< 5"], 100),
        ([">= 5"], 200),
    ]
    assert bands("{to: 1, points: 1}, {to: 5, points: 2}") == [
        (["< 1"], 100),
        ([">= 1", "< 5"], 200),
    ]
    assert bands("{to: 1, points: 1}, {from: 5, points: 2}") == [(["< 1"], 100), ([">= 5"], 200)]
    assert bands("{from: -5, to: 0, points: -1.25}") == [([">= -5", "< 0"], -125)]


@pytest.mark.parametrize("choice", ["1-50", "51-200", "否", "NO", "1:30"])
def test_odd_choices_stay_as_typed(choice: str) -> None:
    expected = [(Compare("size", Op.EQ, choice, f"= {choice}"), 100)]
    assert outcomes(f"when: size = {choice}\npoints: 1") == expected
    assert outcomes(f"fact: size\nvalues: {{'{choice}': 1}}") == expected


def test_any_of_one_list_is_still_all_of_that_list() -> None:
    flat = outcomes("when: refused and late > 1%\npoints: 1")
    assert isinstance(flat[0][0], All)
    assert outcomes("when: {any: [refused and late > 1%]}\npoints: 1") == flat
    assert outcomes("when: {any: [[refused, late > 1%]]}\npoints: 1") == flat
    assert isinstance(outcomes("when: {any: [refused, late > 1%]}\npoints: 1")[0][0], AnyOf)


def test_keywords_may_be_written_in_capitals() -> None:
    small = outcomes("when: not refused and late > 1%\npoints: 1")
    assert outcomes("when: NOT refused AND late > 1%\npoints: 1") == small


def test_names_are_found_however_they_are_typed() -> None:
    assert outcomes("when: ＲＥＶＥＮＵＥ > 5\npoints: 1") == outcomes(
        "when: revenue > 5\npoints: 1"
    )
    assert outcomes("when: 营收 ≥ ５\npoints: 1")[0][0] == Compare("revenue", Op.GE, 5.0, "≥ ５")


def test_a_parameter_shows_its_value() -> None:
    text = SMALL.replace("WRITTEN", "        when: late > cut\n        points: 1")
    book = read_book(text.replace("criteria:", "parameters: {cut: 20%}\ncriteria:"))
    assert book.rules["one"].outcomes[0].when == Compare("late", Op.GT, 0.2, "> cut (20%)")


@pytest.mark.parametrize(
    ("right", "wrong", "codes"),
    [
        ("revenue: {type: money,", "revenue: {type: mony,", ["want-one-of"]),
        ("revenue: {type: money,", "revenue: {", ["missing-key"]),
        ("points: 1", "point: 1", ["unknown-key"]),
        ("points: 1", "points: lots", ["want-points"]),
        ("range: [-30, 30]", "range: [-30, x]", ["want-points"]),
        ("range: [-30, 30]", "rang: [-30, 30]", ["unknown-key"]),
        ("A: {from: 10}", "A: 10", ["want-keys"]),
    ],
)
def test_one_mistake_is_one_finding_however_often_it_matters(
    right: str, wrong: str, codes: list[str]
) -> None:
    text = SMALL.replace("WRITTEN", "        when: revenue > 5\n        points: 1")
    text += "qualified: grade = A and revenue > 7\n"
    assert codes_of(text) == []
    assert text.count(right) == 1
    assert codes_of(text.replace(right, wrong)) == codes


def test_all_findings_come_in_the_order_of_the_file() -> None:
    text = SMALL.replace("WRITTEN", "        when: revnue > 5\n        points: lots")
    text = text.replace("refused: {type: flag}", "refused: {type: flg}")
    assert codes_of(text) == ["want-one-of", "unknown-name", "want-points"]


# --- hostile books

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
TOWER = "x0: &x0 [x]\n" + "".join(
    f"x{n}: &x{n} {'[' * 30}*x{n - 1}{']' * 30}\n" for n in range(1, 100)
)
MOST_CALLS = 4_000_000
"""Calls of functions, returns included: a few dozen for each entry of the largest of these."""

BOMBS = {
    "aliases": (LAUGHS, "too-large"),
    "tower of aliases": (TOWER, "too-deep"),
    "brackets": ("[" * 100_000, "too-deep"),
    "braces": ("{" * 100_000, "too-deep"),
    "dashes": ("- " * 100_000, "too-deep"),
    "four megabytes of entries": ("a: [" + "a," * 2_000_000 + "]", "too-large"),
    "five megabytes of one word": (f"{DESIGN}about_us: {'x' * 5_000_000}", "too-large"),
    "unknown keys": ("".join(f"key{n}: 1\n" for n in range(40_000)), "too-many-findings"),
    "duplicate keys": ("a: 1\n" * 40_000, "too-many-findings"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_finding_at_once(name: str) -> None:
    text, code = BOMBS[name]
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)  # work, not seconds: those depend on what else the machine does
    try:
        codes = codes_of(text)
    finally:
        sys.setprofile(before)
    assert calls < MOST_CALLS
    assert code in codes
    assert len(codes) <= MOST_FINDINGS + 1


@pytest.mark.parametrize(
    "line", ["(" * 5000 + "refused" + ")" * 5000, "not " * 5000 + "refused", "(" * 5000]
)
def test_a_tangled_line_ends_in_a_book_or_a_finding(line: str) -> None:
    text = SMALL.replace("WRITTEN", f"        when: {line}\n        points: 1")
    assert codes_of(text) in ([], ["line-too-deep"], ["condition-incomplete"])


# --- anything at all raises BookError and nothing else


def only_book_errors(text: str) -> None:
    try:
        read_book(text)
    except BookError as error:
        assert error.findings  # noqa: PT017 - a book may also be right


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_is_a_book_or_has_findings(text: str) -> None:
    only_book_errors(text)


@given(st.binary())
def test_any_bytes_are_a_book_or_have_findings(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "book.yaml"
    path.write_bytes(raw)
    with pytest.raises(BookError):
        load_book(path)


@settings(max_examples=300)
@given(st.integers(), st.integers(1, 5))
def test_a_spoiled_book_is_a_book_or_has_findings(seed: int, times: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    text = DESIGN
    for _ in range(times):
        text = spoiled(text, chance)
    only_book_errors(text)


def spoiled(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    at = chance.randrange(len(text))
    odd = chance.choice("\x00\t\n :{}[],&*!|>'\"%@`-#？：0万%\ud800\u2028")
    match chance.randrange(6):
        case 0:
            lines[one] = ""
        case 1:
            lines[one] *= 2
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case 3:
            return text[:at] + text[at + 1 :]
        case 4:
            return text[:at] + odd + text[at:]
        case _:
            return text[:at] + odd + text[at + 1 :]
    return "".join(lines) or " "


@given(st.sampled_from(["when", "points", "values", "fact", "why", "label", "id"]), st.text())
def test_any_value_of_a_key_is_right_or_has_findings(key: str, value: str) -> None:
    quoted = value.replace("'", "''")
    only_book_errors(SMALL.replace("WRITTEN", f"        {key}: '{quoted}'"))


@given(st.text("revnulatsiz andorotb()[],=<>!%5.-+*/ \"'是", max_size=40))
def test_any_condition_is_right_or_has_findings(line: str) -> None:
    quoted = line.replace("'", "''")
    text = SMALL.replace("WRITTEN", f"        when: '{quoted}'\n        points: 1")
    only_book_errors(text)
    only_book_errors(text.replace("criteria:", f"derived: {{x: '{quoted}'}}\ncriteria:"))
