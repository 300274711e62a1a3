"""The plain Python reading: formulas, three-valued logic, ledger, bounds, evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import (
    Decision,
    LedgerError,
    LineKind,
    Possible,
    decision_from_json,
    decision_to_json,
)
from leadgrade.engine.deriving import Deriver
from leadgrade.engine.examples import run_examples
from leadgrade.engine.explain import Explaining
from leadgrade.engine.ranks import with_ranks
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import Book

from .books import AS_OF, book_texts, edges, leads_for
from .standing import counting_as_they_stand

BOOK = """
book: small
facts:
  revenue: {type: money}
  costs: {type: money}
  overdue: {type: percent, ask: Ask finance}
  days: {type: days}
  met: {type: date}
  grade_of_bank: {type: choice, values: [A, B, C], ordered: true}
  size: {type: choice, values: [small, large]}
  refused: {type: flag}
  note: {type: text}
derived:
  margin: (revenue - costs) / revenue
  age: days_since(met)
  least: min(revenue, costs)
criteria:
  power:
    range: [0, 20]
    rules:
      - id: size-of-revenue
        fact: revenue
        bands: [{from: 100, points: 8}, {from: 1000, points: 12}]
      - {id: margin-good, when: margin >= 0.2, points: 10.5}
  risk:
    range: [0, 25]
    start: 25
    rules:
      - id: late
        when: [overdue > 20%, {any: [days > 90 days, "grade_of_bank >= C"]}]
        points: -15
      - {id: large, fact: size, values: {large: 2, small: -30}}
knock_outs:
  - {id: refused-us, when: refused, grade: D}
  - {id: risky, when: risk < 5, grade: C}
grades:
  A: {from: 40, needs: [risk >= 10]}
  B: {from: 30}
  C: {from: 20}
  D: {}
qualified: grade >= B
classes:
  cell:
    rows: size
    columns: grade_of_bank
    table: {small: {A: s1, B: s2, C: s3}, large: {A: l1, B: l2, C: l3}}
    applies_when: not refused
  tier: {rank: revenue, top: {1%: first, 50%: upper}, rest: lower}
next_steps:
  - {id: call, when: "grade = A and cell in [l1, l2]", do: Call, within: 1 day}
  - {id: ask, when: overdue is missing, do: Ask}
  - {id: warn, when: fired contains late, do: Warn}
examples:
  - {name: holds, given: {revenue: 1000}, expect: {grade: B, score: 37, fired: [size-of-revenue]}}
  - name: does not
    given: {revenue: 99}
    expect: {grade: A, score: 40, not_fired: [late], qualified: true}
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(BOOK)


def decide(book: Book, **facts: object) -> Decision:
    return Explainer(book, AS_OF).decide(Lead("x", facts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"revenue": 100.0, "costs": 80.0}, {"margin": 0.2, "least": 80.0}),
        ({"revenue": 0.0, "costs": 80.0}, {"least": 0.0}),  # division by zero is unknown
        ({"revenue": 100.0}, {}),
        ({"revenue": -0.0, "costs": 0.0}, {"least": 0.0}),
        ({"met": date(2025, 12, 31)}, {"age": float((AS_OF - date(2025, 12, 31)).days)}),
    ],
)
def test_formulas_are_unknown_where_they_cannot_be_told(book, facts, expected) -> None:
    derived = Deriver(book, AS_OF).derive(facts)
    assert {name: derived[name] for name in derived if name in book.derived} == expected


def test_overflow_is_unknown() -> None:
    grown = read_book(BOOK.replace("(revenue - costs) / revenue", "revenue * revenue"))
    assert "margin" not in Deriver(grown, AS_OF).derive({"revenue": 1e200})


def test_the_ledger_adds_up_line_by_line(book) -> None:
    found = decide(book, revenue=5000.0, costs=1000.0, overdue=0.3, days=91.0, size="small")
    assert [(each.criterion, each.kind, each.points, each.rule) for each in found.ledger] == [
        ("power", LineKind.RULE, 1200, "size-of-revenue"),
        ("power", LineKind.RULE, 1050, "margin-good"),
        ("power", LineKind.CLAMP, -250, None),
        ("risk", LineKind.START, 2500, None),
        ("risk", LineKind.RULE, -1500, "late"),
        ("risk", LineKind.RULE, -3000, "large"),
        ("risk", LineKind.CLAMP, 2000, None),
    ]
    assert (found.score, found.criteria) == (2000, {"power": 2000, "risk": 0})
    assert (found.earned, found.grade, found.knock_outs) == ("C", "C", ("risky",))
    found.check_ledger()


def test_a_ledger_that_does_not_add_up_is_refused(book) -> None:
    found = decide(book, revenue=5000.0)
    broken = decision_from_json(decision_to_json(found).replace("1200", "1300", 1))
    with pytest.raises(LedgerError):
        broken.check_ledger()


def test_unknown_is_neither_true_nor_false(book) -> None:
    """One part of `late` is unknown: the rule is open, and a false part settles it."""
    assert decide(book, overdue=0.3).open == (
        "size-of-revenue",
        "margin-good",
        "late",
        "large",
        "refused-us",
    )
    assert "late" not in decide(book, overdue=0.2).open
    assert "late" in decide(book, overdue=0.3, days=91.0).fired
    assert "late" in decide(book, overdue=0.3, days=1.0).open
    assert "late" not in decide(book, overdue=0.3, days=1.0, grade_of_bank="B").open


def test_a_knock_out_never_lifts_a_lead(book) -> None:
    low = decide(book, revenue=1.0, size="small", overdue=0.0, refused=False)
    assert (low.earned, low.knock_outs, low.grade) == ("D", ("risky",), "D")


@pytest.mark.parametrize(
    ("facts", "classes"),
    [
        ({}, {"cell": "unknown", "tier": "unknown"}),
        ({"refused": True}, {"cell": "not applicable", "tier": "unknown"}),
        (
            {"refused": False, "size": "small", "grade_of_bank": "C"},
            {"cell": "s3", "tier": "unknown"},
        ),
    ],
)
def test_every_lead_has_one_class_of_each(book, facts, classes) -> None:
    expected = classes if "refused" in facts else {**classes, "cell": "not applicable"}
    assert decide(book, **facts).classes == expected


def test_ranks_break_ties_by_lead_id_whatever_the_order(book) -> None:
    leads = [Lead(name, {"revenue": value}) for name, value in (("b", 5.0), ("a", 5.0), ("c", 9.0))]
    leads.append(Lead("d", {}))
    tier = replace(book.classes["tier"], by_total=True)
    by_total = replace(book, classes={**book.classes, "tier": tier})
    for order in (leads, leads[::-1]):
        ranks = {each.id: each.ranks for each in with_ranks(book, order, AS_OF)}
        places = {"c": Rank(1, 3), "a": Rank(2, 3), "b": Rank(3, 3)}
        assert ranks == {**{name: {"tier": each} for name, each in places.items()}, "d": {}}
        assert {each.id: each.ranks for each in with_ranks(by_total, order, AS_OF)} == {
            "c": {"tier": Rank(1, 3, before=0, total=1900)},
            "a": {"tier": Rank(2, 3, before=900, total=1900)},
            "b": {"tier": Rank(3, 3, before=1400, total=1900)},
            "d": {},
        }
    tiers = [
        Explainer(book, AS_OF).decide(lead).classes["tier"]
        for lead in with_ranks(book, sorted(leads, key=lambda lead: lead.id), AS_OF)
    ]
    assert tiers == ["upper", "lower", "first", "unknown"]


def test_next_steps_see_everything_that_was_decided(book) -> None:
    best = {"revenue": 5000.0, "costs": 10.0, "size": "large", "grade_of_bank": "A"}
    found = decide(book, **best, overdue=0.1, refused=False)
    assert (found.grade, found.classes["cell"], found.next_steps) == ("A", "l1", ("call",))
    assert decide(book, revenue=1.0).next_steps == ("ask",)
    assert decide(book, overdue=0.3, days=99.0).next_steps == ("warn",)


def test_possible_takes_open_rules_one_by_one(book) -> None:
    found = decide(book, revenue=1000.0, refused=False)
    assert found.open == ("margin-good", "late", "large")
    assert found.possible == Possible(low=1200, high=4500, worst="D", best="A")


RANDOM = settings(
    max_examples=120,
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@RANDOM
@given(data=st.data())
def test_whatever_becomes_known_the_decision_stays_within_the_possible(data) -> None:
    presence = data.draw(st.sampled_from((False, False, False, True)))
    book = read_book(data.draw(book_texts(whole=True, presence=presence)))
    explainer = Explainer(book, AS_OF)
    left_out = counting_as_they_stand(book)
    values = {name: some for name, some in edges(book).items() if name not in left_out}
    random = data.draw(st.randoms(use_true_random=True))
    random.seed(data.draw(st.integers(0, 2**32)))
    ladder = book.grade_ids.index
    for lead in data.draw(leads_for(book, 15, unknown=0)):
        share = random.choice((0.1, 0.3, 0.6))
        fewer = {name: each for name, each in lead.facts.items() if random.random() > share}
        possible = explainer.decide(Lead(lead.id, fewer)).possible
        for _ in range(8):
            learnt = {name: random.choice(some) for name, some in values.items()}
            later = explainer.decide(Lead(lead.id, {**learnt, **fewer}))
            assert possible.low <= later.score <= possible.high
            assert ladder(possible.best) <= ladder(later.grade) <= ladder(possible.worst)


@RANDOM
@given(data=st.data())
def test_where_everything_is_known_only_the_decision_is_possible(data) -> None:
    book = read_book(data.draw(book_texts(whole=True)))
    explainer, derive = Explainer(book, AS_OF), Deriver(book, AS_OF).derive
    for lead in data.draw(leads_for(book, 10, unknown=0)):
        if derive(lead.facts).keys() == book.all_facts.keys():
            found = explainer.decide(lead)
            assert found.open == ()
            assert found.possible == (found.score, found.score, found.grade, found.grade)


def test_an_explanation_shows_tests_values_misses_and_questions(book) -> None:
    lead = Lead(
        "x", {"revenue": 900.0, "costs": 800.0, "days": 91.0, "refused": False, "size": "large"}
    )
    seen = Explaining(book, AS_OF).explain(lead)
    assert [(e.test, e.holds) for e in seen.evidence["size-of-revenue"]] == [
        (">= 100", True),
        ("< 1000", True),
    ]
    miss = seen.near_misses[0]
    assert (miss.rule, miss.points, miss.evidence.short_by) == ("size-of-revenue", 400, 100.0)
    found = [(each.fact, each.possible.worst, each.possible.best) for each in seen.asked.questions]
    assert found == [("overdue", "C", "B")]  # exact: `days` settles what the bank could say
    assert seen.unknown == ("overdue", "met", "grade_of_bank", "note")


def test_evidence_of_an_alternative_shows_the_part_that_held(book) -> None:
    lead = Lead("x", {"overdue": 0.3, "days": 5.0, "grade_of_bank": "C"})
    found = Explaining(book, AS_OF).explain(lead).evidence["late"]
    assert [(each.subject, each.test) for each in found] == [
        ("overdue", "> 20%"),
        ("grade_of_bank", ">= C"),
    ]


@pytest.mark.parametrize("engine", ["explainer", "rete"])
def test_examples_tell_expected_from_got(book, engine) -> None:
    if engine == "rete":
        pytest.importorskip("durable_rules_engine", reason="durable_rules does not import here")
    good, bad = run_examples(book, engine)
    assert good.differences == ()
    assert [(each.what, each.expected, each.got) for each in bad.differences] == [
        ("grade", "A", "C"),
        ("qualified", "true", "false"),
        ("score", "40", "25"),
    ]


def test_a_decision_survives_its_record(book) -> None:
    found = decide(book, revenue=5000.0, overdue=0.3, days=99.0, refused=True)
    assert decision_from_json(decision_to_json(found)) == found
