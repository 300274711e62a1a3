"""What is asked and what would lift a lead, against trying values one after another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations, product

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from leadgrade.engine.asking import Asking
from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.branching import changed
from leadgrade.engine.improving import Improving
from leadgrade.engine.places import double_at, ends_of, place_of
from leadgrade.engine.searching import Searching
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book
from leadgrade.rules.model import NUMERIC, Actionable, Book, Fact, FactType

from .books import AS_OF, book_texts, edges, leads_for

MANY = settings(
    max_examples=50,
    phases=[Phase.generate],  # shrinking whole books takes minutes
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def sayable(fact: Fact, value: object) -> bool:
    """Whether a list can say the value: within the range, else within 2**53."""
    if fact.type not in NUMERIC and fact.type is not FactType.DATE:
        return value != ""
    low, high = ends_of(fact)
    return low <= place_of(value) <= high  # type: ignore[arg-type]


def samples(book: Book) -> dict[str, list]:
    return {
        name: [value for value in values if sayable(book.facts[name], value)]
        for name, values in edges(book).items()
    }


@pytest.mark.parametrize("number", [0.0, -0.0, 5e-324, -5e-324, 0.1, -1e300, 2.0**53, 1.0])
def test_places_count_doubles_one_by_one(number: float) -> None:
    place = place_of(number)
    assert double_at(place) == number
    assert double_at(place - 1) < number < double_at(place + 1)


@MANY
@given(data=st.data())
def test_a_question_has_exactly_the_answers_that_trying_finds(data: st.DataObject) -> None:
    book = read_book(data.draw(book_texts()))
    explainer, asking = Explainer(book, AS_OF), Asking(book, AS_OF)
    tried = samples(book)
    for lead in data.draw(leads_for(book, 4)):
        for fact in (each for each in book.facts if each not in lead.facts):
            question = asking.question(lead, fact)
            answers = {each.grade: each for each in question.answers}

            def decide(value: object, lead: Lead = lead, fact: str = fact):
                return explainer.decide(replace(lead, facts={**lead.facts, fact: value}))

            for answer in question.answers:  # what it says can be had
                scores = []
                for cell in answer.cells:
                    ends = [each for each in (cell.low, cell.high) if each is not None]
                    ends = ends if question.exact else []
                    found = {(each.grade, each.score) for each in map(decide, [cell.value, *ends])}
                    assert len(found) == 1, (fact, cell)
                    scores.append(found.pop())
                assert {grade for grade, _ in scores} == {answer.grade}
                assert min(scores)[1] == answer.low
                assert max(scores)[1] == answer.high
            for value in tried[fact]:  # and what can be had it says
                found = decide(value)
                if question.exact:
                    assert found.grade in answers, (fact, value)
                    answer = answers[found.grade]
                    assert answer.low <= found.score <= answer.high


@MANY
@given(data=st.data())
def test_questions_are_the_facts_that_move_the_lead(data: st.DataObject) -> None:
    book = read_book(data.draw(book_texts()))
    explainer, asking = Explainer(book, AS_OF), Asking(book, AS_OF)
    tried = samples(book)
    for lead in data.draw(leads_for(book, 3)):
        now = explainer.decide(lead)
        asked = {each.fact for each in asking.ask(lead, now).questions}
        for fact in (each for each in book.facts if each not in lead.facts):
            moves = [
                value
                for value in tried[fact]
                if (found := explainer.decide(replace(lead, facts={**lead.facts, fact: value})))
                and (found.grade, found.score) != (now.grade, now.score)
                and asking.question(lead, fact).exact
            ]
            assert not moves or fact in asked, (fact, moves[:3])


@MANY
@given(data=st.data())
def test_no_smaller_change_reaches_the_grade(data: st.DataObject) -> None:
    book = read_book(data.draw(book_texts()))
    explainer, improving = Explainer(book, AS_OF), Improving(book, AS_OF)
    tried = {name: values[:: max(1, len(values) // 12)] for name, values in samples(book).items()}
    target = book.grade_ids[data.draw(st.integers(0, len(book.grade_ids) - 2))]
    wanted = book.grade_ids.index(target)
    movable = [name for name, fact in book.facts.items() if fact.actionable is not Actionable.NO]
    for lead in data.draw(leads_for(book, 2)):
        found = improving.improve(lead, target)
        if found.changes is not None:
            reached = explainer.decide(changed(lead, found.changes))
            assert book.grade_ids.index(reached.grade) <= wanted
        most = 3 if found.price is None else found.price[0]
        if not found.proved:
            continue
        for size in range(min(most, 3)):
            for names in combinations(movable, size):
                for values in product(*(tried[name] for name in names)):
                    facts = {**lead.facts, **dict(zip(names, values, strict=True))}
                    other = explainer.decide(replace(lead, facts=facts))
                    assert book.grade_ids.index(other.grade) > wanted, (names, values)


BOOK = """\
book: small
facts:
  revenue: {type: money, range: [0, 1亿], actionable: up}
  debts: {type: money, range: [0, 1亿], actionable: down, cost: 3}
  age: {type: number, actionable: false}
  since: {type: date}
  size: {type: choice, values: [small, mid, large], ordered: true, actionable: up, cost: 2}
  signed: {type: flag, actionable: up}
  refused: {type: flag, actionable: false}
  note: {type: text}
derived:
  cover: revenue / debts
  share: revenue / (revenue + debts)
  days: days_since(since)
criteria:
  power:
    range: [0, 30]
    rules:
      - {id: big, when: revenue >= 100, points: 5}
      - {id: covered, when: cover >= 2, points: 5}
      - {id: large, fact: size, values: {small: 0, mid: 3, large: 6}}
      - {id: signed-up, when: signed, points: 4}
      - {id: fresh, when: days < 30, points: 2}
      - {id: old, when: age > 40, points: 9}
      - {id: said, when: note contains good and note != "not good", points: 1}
knock_outs:
  - {id: out, when: refused, grade: C}
grades:
  A: {from: 15}
  B: {from: 7}
  C: {}
"""


@pytest.fixture(scope="module")
def book() -> Book:
    return read_book(BOOK)


def lead(**facts: object) -> Lead:
    return Lead("x", facts)  # type: ignore[arg-type]


def test_thresholds_of_a_formula_are_carried_back_to_the_fact(book: Book) -> None:
    found = Searching(book, AS_OF).cells("revenue", {"debts": 30.0})
    assert found.exact
    assert [each.low for each in found.cells] == [0.0, 60.0, 100.0]
    falling = Searching(book, AS_OF).cells("debts", {"revenue": 3e7})
    assert [each.low for each in falling.cells][-1] == 15_000_000.000000002
    assert Explainer(book, AS_OF).decide(lead(revenue=3e7, debts=1.5e7)).score == 1000


def test_a_formula_that_rises_and_falls_is_only_sampled_and_says_so() -> None:
    tested = BOOK.replace("cover >= 2", "share >= 50%")
    tested = tested.replace(
        "share: revenue / (revenue + debts)",
        "share: {type: percent, formula: revenue / (revenue + debts)}",
    )
    found = Searching(read_book(tested), AS_OF).cells("revenue", {"debts": 30.0})
    assert not found.exact
    alone = Searching(read_book(tested), AS_OF).cells("debts", {})
    assert alone.exact  # the other part is unknown, and so is the formula


def test_dates_are_carried_back_through_the_days(book: Book) -> None:
    found = Searching(book, AS_OF).cells("since", {}).cells
    assert [each.low for each in found] == [date.min, date(2025, 12, 3)]


def test_texts_are_those_named_and_those_with_the_parts(book: Book) -> None:
    found = Searching(book, AS_OF).cells("note", {}).cells
    assert [(each.low, each.holds) for each in found] == [
        ("not good", ()),
        (None, ()),
        (None, ("good",)),
    ]


def test_changes_go_the_way_that_the_book_allows(book: Book) -> None:
    improving = Improving(book, AS_OF)
    found = improving.improve(lead(revenue=50.0, debts=40.0, size="small", signed=False), "B")
    assert found.proved
    assert [(each.fact, each.value) for each in found.changes or ()] == [("revenue", 100.0)]
    assert found.price == (1, 100)
    down = improving.improve(lead(revenue=90.0, debts=1.0, size="mid", signed=True), "B")
    assert down.changes == ()


def test_among_as_many_facts_the_declared_cost_decides(book: Book) -> None:
    known = {"revenue": 100_000_000.0, "size": "mid", "signed": False, "note": "bad", "age": 1.0}
    found = Improving(book, AS_OF).improve(lead(**known, debts=90_000_000.0), "A")
    names = {each.fact for each in found.changes or ()}
    assert found.price is not None
    assert found.proved
    assert "debts" not in names or found.price[0] == 3


def test_what_cannot_be_changed_is_a_proof(book: Book) -> None:
    found = Improving(book, AS_OF).improve(lead(refused=True, revenue=500.0), "B")
    assert (found.changes, found.proved) == (None, True)


def test_a_search_that_is_cut_claims_no_proof(book: Book) -> None:
    found = Improving(book, AS_OF).improve(lead(revenue=1.0), "A", most_tried=5)
    assert not found.proved


def test_facts_that_only_matter_together_are_named(book: Book) -> None:
    explainer = Explainer(book, AS_OF)
    one = lead(size="mid", signed=True, refused=False, age=1.0, note="x")
    asked = Asking(book, AS_OF).ask(one, explainer.decide(one))
    assert "since" in {each.fact for each in asked.questions}
    assert asked.together == ()


def test_the_date_of_a_fact_counts_as_well() -> None:
    dated = BOOK.replace(
        "age: {type: number, actionable: false}",
        "age: {type: number, actionable: false, max_age: 100 days, dated_by: since}",
    )
    book = read_book(dated)
    stale = lead(age=50.0, since=date(2025, 1, 1), debts=0.0, size="large", signed=True)
    assert Explainer(book, AS_OF).decide(stale).score == 1000
    found = Improving(book, AS_OF).improve(stale, "A")
    assert [each.fact for each in found.changes or ()] == ["since"]
    assert found.changes is not None
    assert found.changes[0].value == date(2025, 9, 23)


@pytest.mark.parametrize(
    ("fact", "formula"),
    [("{type: number, if_unknown: value 0}", "age * 1"), ("{type: number}", "sum_known(age, 0)")],
)
def test_what_the_book_assumes_is_asked_as_well(fact: str, formula: str) -> None:
    """Nothing is open, since a value is assumed; still, knowing better moves the lead."""
    book = read_book(
        f"book: b\nfacts:\n  age: {fact}\nderived:\n  years: {formula}\n"
        "criteria:\n  c: {range: [0, 9], rules: [{id: r, when: years > 40, points: 9}]}\n"
        "grades:\n  A: {from: 5}\n  B: {}\n"
    )
    one = lead()
    now = Explainer(book, AS_OF).decide(one)
    assert (now.grade, now.open) == ("B", ())
    (question,) = Asking(book, AS_OF).ask(one, now).questions
    assert (question.possible.best, question.possible.worst, question.settles) == ("A", "B", True)
