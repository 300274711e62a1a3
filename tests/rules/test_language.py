"""The larger constructs of the language: what they become in the model, and what they decide."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from leadgrade.engine.backends.base import make_backend, why_unavailable
from leadgrade.engine.decision import Decision
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.oracle import Oracle
from leadgrade.engine.ranks import with_ranks
from leadgrade.rules.building.decay import stages
from leadgrade.rules.checks import run_checks
from leadgrade.rules.checks.context import Context
from leadgrade.rules.conditions import OneOf
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Ranking, RuleKind
from leadgrade.rules.source import BookError

DAY = date(2026, 6, 30)
HEAD = """
book: small
facts:
  revenue: {type: money}
  costs: {type: money}
  visited: {type: date}
  checked: {type: date}
  industry: {type: choice, values: [retail, trade, other]}
  size: {type: choice, values: [small, large]}
  refused: {type: flag}
"""
TAIL = """
criteria:
  power:
    range: [0, 100]
    rules:
      - {id: base, fact: revenue, bands: [{from: 100, points: 50}, {from: 1000, points: 80}]}
grades:
  A: {from: 80}
  B: {from: 50}
  C: {}
qualified: grade >= B
"""


def decide(text: str, day: date = DAY, **facts: object) -> Decision:
    """Decide on every engine that runs here; they must agree."""
    book = read_book(text)
    lead = Lead("x", facts)  # type: ignore[arg-type]
    engines = [each for each in ("explainer", "rete") if why_unavailable(each) is None]
    found = [make_backend(each, book, day).decide(lead) for each in engines]
    assert all(each == found[0] for each in found)
    found[0].check_ledger()
    return found[0]


def test_named_lists_and_conditions_stand_for_what_they_say() -> None:
    text = HEAD + (
        "lists: {targets: [retail, trade]}\n"
        "conditions: {wanted: [industry in targets, not gone], gone: refused}\n"
    )
    text += TAIL.replace(
        "      - {id: base", "      - {id: hit, when: wanted, points: 5}\n      - {id: base"
    )
    book = read_book(text)
    test = book.rules["hit"].outcomes[0].when.parts[0]  # type: ignore[union-attr]
    assert test == OneOf("industry", ("retail", "trade"), "in targets [retail, trade]")
    assert decide(text, industry="trade", refused=False).fired == ("hit",)
    assert decide(text, industry="trade", refused=True).fired == ()
    assert "hit" in decide(text, industry="trade").open


def test_parameters_can_be_said_anew() -> None:
    text = "parameters: {cut: 1000}\n" + HEAD.lstrip() + TAIL.replace("from: 1000", "from: cut")
    assert read_book(text, overrides={"cut": "2000"}).overrides == {"cut": "2000"}
    with pytest.raises(BookError) as caught:
        read_book(text, overrides={"cuts": "2000"})
    assert [(each.code, each.suggestion) for each in caught.value.findings] == [
        ("unknown-parameter", "cut")
    ]
    with pytest.raises(BookError) as caught:
        read_book(text, overrides={"cut": "20%"})
    assert caught.value.findings[0].code == "value-percent-sign"


LIMITS = """
limits:
  - {id: known, when: size = large, at_least: B}
  - {id: weak, when: costs > 500, at_most: B, why: "costs are {costs}"}
knock_outs:
  - {id: gone, when: refused, grade: C}
"""


@pytest.mark.parametrize(
    ("facts", "grade", "limits"),
    [
        ({"revenue": 5000.0, "refused": False}, "A", ()),
        ({"revenue": 1.0, "size": "large", "refused": False}, "B", ("known",)),
        ({"revenue": 5000.0, "costs": 900.0, "refused": False}, "B", ("weak",)),
        ({"revenue": 1.0, "size": "large", "costs": 900.0}, "B", ("known", "weak")),
        ({"revenue": 5000.0, "size": "large", "refused": True}, "C", ("known",)),
    ],
)
def test_floors_lift_ceilings_lower_knock_outs_win(facts, grade, limits) -> None:
    found = decide(HEAD + TAIL + LIMITS, **facts)
    assert (found.grade, found.limits) == (grade, limits)


def test_limits_that_are_unknown_count_both_ways() -> None:
    possible = decide(HEAD + TAIL + LIMITS, revenue=200.0, refused=False).possible
    assert (possible.worst, possible.best) == ("B", "B")
    possible = decide(HEAD + TAIL + LIMITS, revenue=1.0, refused=False).possible
    assert (possible.worst, possible.best) == ("C", "B")
    possible = decide(HEAD + TAIL + LIMITS, revenue=5e3, refused=False).possible
    assert (possible.worst, possible.best) == ("B", "A")


@pytest.mark.parametrize(
    "when", ["score < 60", "power between 0 and 60", "not fired contains base", "score in [50]"]
)
def test_a_condition_on_points_that_are_open_counts_both_ways(when) -> None:
    always = TAIL.replace("from: 80", "from: 0")
    text = HEAD + always + f"limits: [{{id: cap, when: '{when}', at_most: C}}]\n"
    possible = decide(text).possible
    assert (possible.worst, possible.best) == ("C", "A")


CLASSES = """
classes:
  standing:
    first_match:
      - {when: refused, class: gone}
      - {when: [grade = A, industry = retail], class: target}
    otherwise: rest
    treatments:
      target: {do: Visit, within: 2 days, basis: stated}
  volume:
    {fact: revenue, bands: [{from: 100, class: mid}, {from: 1000, class: big}], otherwise: low}
  points: {fact: score, bands: [{from: 50, class: high}, {to: 50, class: low}]}
  cell:
    rows: volume
    columns: size
    table:
      low: {small: a, large: b}
      mid: {small: c, large: d}
      big: {small: e, large: f}
  outcome:
    first_match: [{when: knocked_out, class: disqualified}, {when: qualified, class: qualified}]
    otherwise: nurture
knock_outs: [{id: gone, when: refused, grade: C}]
"""


@pytest.mark.parametrize(
    ("facts", "classes"),
    [
        ({}, ("unknown", "unknown", "low", "unknown", "nurture")),
        ({"refused": False, "revenue": 5.0}, ("rest", "low", "low", "unknown", "nurture")),
        (
            {"refused": False, "revenue": 5.0, "industry": "trade", "size": "large"},
            ("rest", "low", "low", "b", "nurture"),
        ),
        (
            {"refused": True, "revenue": 5e3, "size": "small"},
            ("gone", "big", "high", "e", "disqualified"),
        ),
        ({"revenue": 5e3, "industry": "retail"}, ("target", "big", "high", "unknown", "qualified")),
    ],
)
def test_classes_by_first_match_bands_and_earlier_classes(facts, classes) -> None:
    expected = dict(zip(("standing", "volume", "points", "cell", "outcome"), classes, strict=True))
    assert decide(HEAD + TAIL + CLASSES, **facts).classes == expected


def test_a_class_brings_its_treatment() -> None:
    found = decide(HEAD + TAIL + CLASSES, revenue=5e3, industry="retail", refused=False)
    assert found.next_steps == ("standing.target",)
    step = read_book(HEAD + TAIL + CLASSES).next_steps[-1]
    assert (step.within_days, step.basis, step.do.en) == (2, "stated", "Visit")


def test_quantiles_and_shares_of_the_total() -> None:
    text = (
        HEAD
        + TAIL
        + (
            "classes:\n"
            "  zone: {rank: revenue, quantiles: [Q1, Q2, Q3]}\n"
            "  pareto: {rank: revenue, share_of_total: {80%: key}, rest: tail}\n"
        )
    )
    book = read_book(text)
    zone = book.classes["zone"]
    assert isinstance(zone, Ranking)
    assert zone.shares == ((Fraction(1, 3), "Q1"), (Fraction(2, 3), "Q2"))
    leads = [
        Lead(name, {"revenue": value})
        for name, value in zip("abcdef", (70.0, 15.0, 5.0, 5.0, 5.0, -9.0), strict=True)
    ]
    explainer = make_backend("explainer", book, DAY)
    found = [explainer.decide(lead).classes for lead in with_ranks(book, leads, DAY)]
    assert [each["zone"] for each in found] == ["Q1", "Q1", "Q2", "Q2", "Q3", "Q3"]
    assert [each["pareto"] for each in found] == ["key", "key", "tail", "tail", "tail", "tail"]


def test_who_begins_where_a_share_of_the_total_ends_is_beyond_it() -> None:
    text = "classes: {pareto: {rank: revenue, share_of_total: {80%: key}, rest: tail}}\n"
    book = read_book(HEAD + TAIL + text)
    explainer = make_backend("explainer", book, DAY)
    for first, expected in ((80.0, "tail"), (79.99, "key")):
        leads = [Lead("a", {"revenue": first}), Lead("b", {"revenue": 100 - first})]
        found = explainer.decide(with_ranks(book, leads, DAY)[1])
        assert found.classes["pareto"] == expected


def test_numbers_beyond_all_measure_are_ranked_too() -> None:
    text = HEAD + TAIL + "classes: {pareto: {rank: huge, share_of_total: {80%: key}, rest: tail}}\n"
    book = read_book(text + "derived: {huge: revenue * 1000000000000000}\n")
    leads = [Lead("a", {"revenue": 1.0}), Lead("b", {"revenue": 1e292}), Lead("c", {})]
    explainer = make_backend("explainer", book, DAY)
    found = [explainer.decide(lead).classes["pareto"] for lead in with_ranks(book, leads, DAY)]
    assert found == ["tail", "key", "unknown"]


DERIVED = """
derived:
  total: sum_known(revenue, costs)
  first: first_known(costs, revenue, 7)
  months: months_between(visited, checked)
  weight:
    cases:
      - {when: refused, value: 0}
      - {when: "industry = retail", value: revenue * 2}
    otherwise: revenue
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, {"first": 7.0}),
        ({"revenue": 5.0}, {"total": 5.0, "first": 5.0}),
        ({"revenue": 5.0, "costs": 3.0}, {"total": 8.0, "first": 3.0}),
        (
            {"visited": date(2026, 1, 31), "checked": date(2026, 3, 30)},
            {"months": 1.0, "first": 7.0},
        ),
        (
            {"visited": date(2026, 3, 30), "checked": date(2026, 1, 31)},
            {"months": -1.0, "first": 7.0},
        ),
        ({"refused": True}, {"weight": 0.0, "first": 7.0}),
        (
            {"refused": False, "industry": "retail", "revenue": 4.0},
            {"weight": 8.0, "total": 4.0, "first": 4.0},
        ),
        (
            {"refused": False, "industry": "other", "revenue": 4.0},
            {"weight": 4.0, "total": 4.0, "first": 4.0},
        ),
        ({"industry": "retail", "revenue": 4.0}, {"total": 4.0, "first": 4.0}),
    ],
)
def test_derived_facts_of_all_kinds(facts, expected) -> None:
    book = read_book(HEAD + DERIVED + TAIL)
    values = Deriver(book, DAY).derive(facts)
    assert {name: values[name] for name in book.derived if name in values} == expected


def test_a_stale_fact_is_unknown_and_an_unknown_one_may_be_assumed() -> None:
    head = HEAD.replace(
        "revenue: {type: money}",
        "revenue: {type: money, max_age: 90 days, dated_by: checked, if_unknown: value 200}",
    )
    old, new = DAY - timedelta(days=91), DAY - timedelta(days=90)
    assert decide(head + TAIL, revenue=5e3, checked=new).score == 8000
    assert decide(head + TAIL, revenue=5e3, checked=old).score == 5000
    assert decide(head + TAIL, revenue=5e3).score == 8000  # nobody says that it is old
    assert decide(head + TAIL).score == 5000


def test_what_is_not_in_force_does_not_count() -> None:
    rules = TAIL.replace(
        "      - {id: base",
        "      - {id: spring, when: revenue > 0, points: 9, valid_from: 2026-03-01, "
        "valid_until: 2026-05-31}\n      - {id: base",
    )
    for day, fired in (
        (date(2026, 2, 28), ()),
        (date(2026, 3, 1), ("spring",)),
        (date(2026, 5, 31), ("spring",)),
        (date(2026, 6, 1), ()),
    ):
        assert decide(HEAD + rules, day, revenue=1.0).fired == fired
    assert "spring" not in decide(HEAD + rules, date(2026, 6, 1)).open


def test_points_fade_by_half_points_each_day_alike_everywhere() -> None:
    rules = TAIL.replace(
        "      - {id: base",
        "      - {id: visit, when: not refused, points: 8, half_life: 30 days, age_of: visited}\n"
        "      - {id: base",
    )
    assert read_book(HEAD + rules).rules["visit"].kind is RuleKind.DECAY
    for age, points in ((-5, 800), (0, 800), (30, 400), (60, 200), (90, 100), (400, 0)):
        found = decide(HEAD + rules, visited=DAY - timedelta(days=age), refused=False)
        assert (age, found.score) == (age, points)
    found = decide(HEAD + rules, refused=False)
    assert "visit" in found.open
    assert found.possible[:2] == (0, 8800)
    assert "visit" in decide(HEAD + rules, visited=DAY - timedelta(days=30)).open


@pytest.mark.parametrize("points", [50, 300, -250, 10_000])
@pytest.mark.parametrize("half_life", [1, 7, 30, 365, 3650])
def test_the_stages_of_fading_follow_the_formula(points, half_life) -> None:
    found = stages(points, half_life)
    assert (found[0][0], found[0][2]) == (None, points)
    assert found[-1][1:] == (None, 0)
    assert [first for first, _, _ in found[1:]] == [last for _, last, _ in found[:-1]]
    whole = abs(points) // 50
    for first, last, given in found:
        steps = abs(given) // 50
        assert given == 0 or (given > 0) == (points > 0)
        for day in (first or 0, *(() if last is None else (last - 1,))):
            # steps - 1/2 <= whole * 2 ** (-day / half_life) < steps + 1/2, in whole numbers
            exact = (2 * whole) ** half_life
            assert steps == 0 or (2 * steps - 1) ** half_life << day <= exact
            assert exact < (2 * steps + 1) ** half_life << day


def test_a_wrong_parameter_is_a_finding_where_it_stands() -> None:
    text = HEAD + "parameters:\n  cut: {value: 20%}\n" + TAIL.replace("from: 1000", "from: cut")
    with pytest.raises(BookError) as caught:
        read_book(text)
    finding = caught.value.findings[0]
    assert (finding.code, finding.span.line) == ("value-percent-sign", 12)


def test_a_misspelt_parameter_is_named() -> None:
    text = HEAD + "parameters: {our_cut: 500}\n" + TAIL.replace("from: 1000", "from: our_cot")
    with pytest.raises(BookError) as caught:
        read_book(text)
    assert [(each.code, each.suggestion) for each in caught.value.findings] == [
        ("unknown-name", "our_cut")
    ]


@pytest.mark.parametrize("reason", ["", ", justification: the law asks for it"])
def test_a_personal_attribute_wants_a_reason_in_a_knock_out_too(reason: str) -> None:
    text = HEAD.replace("refused: {type: flag}", "refused: {type: flag, personal: true}") + TAIL
    book = read_book(text + f"knock_outs: [{{id: gone, when: refused, grade: C{reason}}}]\n")
    found = [each.code for each in run_checks(Context(book, Oracle(book)))]
    assert ("personal-attribute" in found) is not bool(reason)
