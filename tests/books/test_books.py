"""The shipped books: sound, tested by their examples, complete, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from leadgrade.engine.backends.base import Backend, make_backend, why_unavailable
from leadgrade.engine.decision import Decision
from leadgrade.engine.examples import example_lead, run_examples
from leadgrade.engine.explain import Explaining, Explanation
from leadgrade.engine.in_force import DEFAULT_DAY
from leadgrade.engine.ranks import with_ranks
from leadgrade.leads import Options, Rejected, read_lists
from leadgrade.reports.book.starting import sample_of
from leadgrade.reports.checking.checks import checked_books
from leadgrade.reports.explanation.data import Occasion, explanation_json
from leadgrade.reports.explanation.text import explanation_text
from leadgrade.reports.explanation.web import explanation_html
from leadgrade.reports.next_steps import step_words
from leadgrade.rules.lead import Lead
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import Book, FirstMatch, Matrix, Ranking

BOOKS = sorted(shipped_books())
DAY = date(2026, 1, 22)
every_book = pytest.mark.parametrize("name", BOOKS)
OF_LISTS = {"pyramid", "zone", "pareto", "rfm_level"}
"""Classifications by places in the list, which a single example has not."""
HELPERS = {"spend_fifth"}
"""Classes that conditions read, and that call for nothing by themselves."""


@cache
def book_of(name: str) -> Book:
    return load_book(shipped_books()[name])


@cache
def sample(name: str) -> list[Lead]:
    with read_lists([str(sample_of(name))], book_of(name), Options()) as reading:
        return [each for each in reading if not isinstance(each, Rejected)]


@cache
def engine_of(name: str, day: date) -> Backend:
    return make_backend("explainer", book_of(name), day)


@cache
def explained(name: str, example: int) -> Explanation:
    book = book_of(name)
    lead = book.examples[example]
    return Explaining(book, lead.as_of or DEFAULT_DAY).explain(example_lead(book, lead))


def plain(answer: RenderableType) -> str:
    page = Console(file=StringIO(), width=10_000)
    page.print(answer)
    return page.file.getvalue()


@cache
def decided(name: str) -> tuple[Decision, ...]:
    """Decide the examples and the sample list; the list under each purpose that a book has."""
    book = book_of(name)
    found = [
        engine_of(name, each.as_of or DEFAULT_DAY).decide(example_lead(book, each))
        for each in book.examples
    ]
    engine = engine_of(name, DAY)
    purposes = [{}] if "purpose" not in book.facts else [{}, {"purpose": "all"}]
    for purpose in purposes:
        leads = [replace(lead, facts={**lead.facts, **purpose}) for lead in sample(name)]
        found += [engine.decide(lead) for lead in with_ranks(book, leads, DAY)]
    return tuple(found)


def test_the_books_are_all_there() -> None:
    assert {"b2b-leads", "consumer", "credit", "customer-value", "starter", "trade"} <= set(BOOKS)


@every_book
def test_check_finds_nothing(name: str) -> None:
    report = checked_books([name], "en")
    assert report.good
    assert [each for book in report.as_json for each in book["findings"]] == []


@every_book
@pytest.mark.parametrize("engine", ["explainer", "rete"])
def test_examples_hold(name: str, engine: str) -> None:
    if why_unavailable(engine) is not None:
        pytest.skip("this engine does not run here")
    found = run_examples(book_of(name), engine)
    assert len(found) == len(book_of(name).examples)
    assert [each for each in found if each.differences] == []


@every_book
def test_everything_is_reached(name: str) -> None:
    """Each knock-out, next step, grade and class comes out somewhere."""
    book, found = book_of(name), decided(name)
    fired = {rule for each in found for rule in each.fired}
    knocked = {each for one in found for each in one.knock_outs}
    steps = {step for each in found for step in each.next_steps}
    assert set(book.rules) - fired == set()
    assert {each.id for each in book.knock_outs} - knocked == set()
    assert {each.id for each in book.next_steps} - steps == set()
    assert {each.id for each in book.grades} - {each.grade for each in found} == set()
    for one in book.classes.values():
        assert labels(one) - {each.classes[one.id] for each in found} == set(), one.id


def labels(one: FirstMatch | Matrix | Ranking) -> set[str]:
    match one:
        case Matrix():
            return {cell for row in one.table.values() for cell in row.values()}
        case Ranking():
            return {label for _, label in one.shares} | {one.rest}
        case FirstMatch():
            return {label for _, label in one.cases} | {one.otherwise} - {"unknown"}


@every_book
def test_everything_has_its_source_and_both_languages(name: str) -> None:
    book = book_of(name)
    parts = [*book.rules.items(), *book.criteria.items(), *book.classes.items()]
    parts += [(each.id, each) for each in (*book.knock_outs, *book.next_steps)]
    assert [part for part, thing in parts if not thing.source] == []
    for phrase in phrases(book):
        assert phrase.en, phrase
        assert phrase.zh, phrase


def phrases(book: Book) -> Iterator:
    yield from (book.title, book.about)
    yield from (each.label for each in (*book.facts.values(), *book.criteria.values()))
    yield from (each.ask for each in book.facts.values() if each.ask)
    yield from (choice.label for each in book.facts.values() for choice in each.choices)
    yield from (each.label for each in (*book.derived.values(), *book.classes.values()))
    yield from (each.label for each in (*book.grades, *book.knock_outs))
    yield from (each.label for each in book.rules.values())
    yield from (words for each in book.classes.values() for _, words in each.labels)
    for step in book.next_steps:
        yield from filter(None, (step.do, step.owner, step.channel, step.product))


@every_book
def test_next_steps_need_no_interpretation(name: str) -> None:
    """What, who, how, with what, by when, whose idea it is, and where that stands."""
    for step in book_of(name).next_steps:
        named = (step.owner, step.channel, step.product, step.within_days, step.basis, step.source)
        assert None not in named, step.id
        assert step.basis in ("stated", "proposed")


LETTERS = {"value_cell", "spend_fifth", "recency_fifth", "frequency_fifth", "money_fifth"}
"""Classes that are named by a letter and a digit in every language."""


@every_book
def test_every_class_has_a_name_in_words(name: str) -> None:
    for one in book_of(name).classes.values():
        if one.id not in LETTERS:
            named = {label for label, _ in one.labels}
            left = {each for each in labels(one) - named if not each.startswith("Q")}
            assert left == set(), one.id


BASIS = {
    ("en", "stated"): "stated by {}",
    ("en", "proposed"): "proposed for {}",
    ("zh", "stated"): "{} 原文",
    ("zh", "proposed"): "针对 {} 的建议",
}


@every_book
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_explanations_say_what_the_source_states_and_what_we_propose(name: str, lang: str) -> None:
    """Each next step of a lead, in the text, on the page and in the JSON."""
    book = book_of(name)
    steps = {each.id: each for each in book.next_steps}
    place = max(range(len(book.examples)), key=lambda each: len(decided(name)[each].next_steps))
    day = book.examples[place].as_of or DEFAULT_DAY
    occasion, seen = Occasion(book, day, "explainer", 1), explained(name, place)
    text = plain(explanation_text(occasion, seen, lang))
    page = unescape(explanation_html(occasion, seen, lang))
    data = explanation_json(occasion, seen, lang)["next_steps"]
    assert [each["id"] for each in data] == list(decided(name)[place].next_steps)
    for each in data:
        step = steps[each["id"]]
        assert (each["basis"], each["source"]) == (step.basis, step.source)
        action, details = step_words(step, day, lang)
        assert BASIS[lang, str(step.basis)].format(step.source) in details
        for shown in (text, page):
            assert action in shown
            assert details in shown


@every_book
def test_every_class_has_a_treatment(name: str) -> None:
    """A class has one of its own, or next steps ask for it, or it is a side of a later matrix."""
    book = book_of(name)
    matrices = [each for each in book.classes.values() if isinstance(each, Matrix)]
    sides = {side for each in matrices for side in (each.rows, each.columns)}
    asked = " ".join(str(each.when) for each in book.next_steps)
    treated = {each.id for each in book.next_steps}
    for one in book.classes.values():
        for label in labels(one) if one.id not in sides | HELPERS else ():
            named = f"subject='{one.id}'" in asked and f"'{label}'" in asked
            assert f"{one.id}.{label}" in treated or named, f"{one.id}.{label}"


@every_book
def test_personal_attributes_count_for_no_points(name: str) -> None:
    book = book_of(name)
    assert [each.id for each in book.rules.values() if each.justification] == []
    personal = {each.id for each in book.facts.values() if each.personal}
    for lead in (*(example_lead(book, each) for each in book.examples), *sample(name)):
        bare = replace(lead, facts={k: v for k, v in lead.facts.items() if k not in personal})
        engine = engine_of(name, DAY)
        with_them, without = engine.decide(lead), engine.decide(bare)
        assert (with_them.score, with_them.grade) == (without.score, without.grade)


def test_the_rep_is_believed_only_where_facts_are_missing() -> None:
    facts = {"attractiveness": "low", "closing_likelihood": "low"}
    engine = make_backend("explainer", book_of("b2b-leads"), DAY)
    assert engine.decide(Lead("x", facts)).classes["value_cell"] == "C1"


LISTED = {
    "pyramid": {"P1_platinum": 1, "P2_gold": 1, "P3_iron": 3, "P4_lead": 18},
    "zone": {"Q1": 5, "Q2": 5, "Q3": 4, "Q4": 5, "Q5": 4},
}


@pytest.mark.parametrize("system", sorted(LISTED))
def test_places_in_the_list_of_customers(system: str) -> None:
    book = book_of("customer-value")
    leads = [replace(each, facts={**each.facts, "purpose": "all"}) for each in sample(book.id)]
    engine = make_backend("explainer", book, DAY)
    found = [engine.decide(each).classes[system] for each in with_ranks(book, leads, DAY)]
    counts = {label: found.count(label) for label in set(found) & set(LISTED[system])}
    assert counts == LISTED[system]
    assert found.count("not applicable") == 2  # two have left


@pytest.mark.parametrize("years", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("rate", [0.0, 0.08, 0.25, 1.0])
def test_lifetime_value_is_the_discounted_sum(years: int, rate: float) -> None:
    from leadgrade.engine.deriving import Deriver  # noqa: PLC0415 - only here

    facts = {
        "contribution_per_purchase": 300.0,
        "purchases_per_year": 4.0,
        "purchase_probability": 0.5,
        "cross_sell_per_year": 100.0,
        "recommend_likelihood": 0.2,
        "referral_value": 50.0,
        "historical_value": 1000.0,
        "horizon_years": float(years),
        "discount_rate": rate,
    }
    found = Deriver(book_of("customer-value"), DAY).derive(facts)
    a_year = 0.5 * (4 * 300 + 100 + 0.2 * 50)
    exact = 1000 + sum(a_year / (1 + rate) ** year for year in range(1, years + 1))
    assert found["ltv"] == pytest.approx(exact)


def test_samples_are_read_whole() -> None:
    for name in set(BOOKS) - {"starter", "b2b-leads"}:
        rows = sample_of(name).read_text(encoding="utf-8").splitlines()[1:]
        assert len(sample(name)) == len(rows), name


def test_the_catalogue_knows_every_source() -> None:
    root = Path(__file__).parent.parent.parent
    entries = (root / "docs" / "knowledge.yaml").read_text(encoding="utf-8")
    for name in BOOKS:
        book = book_of(name)
        said = [each.source for each in (*book.rules.values(), *book.next_steps)]
        for source in json.loads(json.dumps(said)):
            for entry in source.split(", "):
                assert f"\n{entry}:\n" in entries, f"{name}: {entry}"


INCLUDING = """
include: credit
book: mine
title: {en: Mine, zh: 我的}
facts:
  need: {type: flag, label: {en: Need, zh: 需求}}
criteria:
  wish: {range: [0, 20], rules: [{id: need, when: need, points: 20}]}
"""


def test_credit_can_be_brought_into_a_book(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(INCLUDING, encoding="utf-8")
    found = load_book(path)
    credit = book_of("credit")
    assert found.id == "mine"
    assert list(found.criteria) == [*credit.criteria, "wish"]
    assert set(credit.classes) <= set(found.classes)
