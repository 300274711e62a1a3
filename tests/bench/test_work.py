"""The measured work: a real book, lists that say the same, engines that agree or are refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import duckdb
import pytest

from bench import agreeing, lists, ours, peers
from bench.facts import FACTS
from bench.peers.query import query, seen
from bench.workload import AS_OF, Work, make_work
from leadgrade.engine.backends.base import make_backend
from leadgrade.leads import Options, read_lists
from leadgrade.rules.loader import load_book

LEADS = 120


@pytest.mark.parametrize("rules", [10, 41, 300])
def test_the_work_is_a_book_of_so_many_rules_and_the_same_each_time(rules: int) -> None:
    work = make_work(rules)
    assert len(work.book.rules) == rules
    assert set(work.book.facts) == {fact.id for fact in FACTS}
    assert make_work(rules).text == work.text


@pytest.mark.parametrize("share", [0.05, 0.25, 0.8])
def test_about_the_wanted_share_of_the_rules_fires(share: float) -> None:
    work = make_work(100, share)
    fired = [len(each.fired) for each in ours.seen_by_us(work, lists.facts_of_leads(400))]
    assert sum(fired) / 400 / 100 == pytest.approx(share, rel=0.15)


def test_every_grade_and_knock_out_turns_up() -> None:
    work = make_work(40)
    found = ours.seen_by_us(work, lists.facts_of_leads(1500))
    assert {each.grade for each in found} == set(work.grades)
    assert {out for each in found for out in each.knock_outs} == {0, 1, 2}
    tops = [high for _, high in work.ranges.values()]
    assert any(top in each.criteria for each in found for top in tops)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_written_list_says_the_same_as_leads_in_memory(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"leads.{kind}"
    lists.write(str(path), LEADS)
    work = make_work(10)
    with read_lists([path], work.book, Options()) as reading:
        read = [(lead.id, dict(lead.facts)) for lead in reading]
    expected = lists.leads_of(lists.facts_of_leads(LEADS))
    assert read == [(lead.id, dict(lead.facts)) for lead in expected]


@pytest.mark.parametrize("rules", [10, 130])
@pytest.mark.parametrize("engine", peers.WHERE)
def test_every_other_engine_says_what_the_explainer_says(engine: str, rules: int) -> None:
    if (reason := peers.why_missing(engine)) is not None:
        pytest.skip(reason)
    work, facts = make_work(rules), lists.facts_of_leads(LEADS)
    peer = peers.peer_class(engine)(work)
    answers = [peer.seen(each) for each in peer.decide_all(peer.prepare(facts))]
    agreeing.check(engine, work, facts, answers)


@pytest.mark.parametrize("engine", ours.names())
def test_every_engine_of_ours_says_what_the_explainer_says(engine: str) -> None:
    work, facts = make_work(41), lists.facts_of_leads(LEADS)
    agreeing.check(engine, work, facts, ours.seen_by_us(work, facts, engine))


def test_an_engine_that_says_something_else_is_not_measured() -> None:
    work, facts = make_work(10), lists.facts_of_leads(LEADS)
    wrong = dataclasses.replace(
        work, outcomes=(dataclasses.replace(work.outcomes[0], points=9), *work.outcomes[1:])
    )
    peer = peers.peer_class("plain")(wrong)
    answers = [peer.seen(each) for each in peer.decide_all(facts)]
    with pytest.raises(agreeing.DisagreementError, match="plain"):
        agreeing.check("plain", work, facts, answers)
    with pytest.raises(agreeing.DisagreementError, match="119 answers to 120 leads"):
        agreeing.check("plain", work, facts, answers[1:])


@pytest.mark.parametrize("rules", [10, 130])
def test_the_hand_written_query_says_all_that_the_explainer_says(rules: int) -> None:
    work, facts = make_work(rules), lists.facts_of_leads(LEADS)
    short, full = (rows_of(work, full=full) for full in (False, True))
    agreeing.check("duckdb", work, facts, [seen(work, row) for row in short])
    agreeing.check("duckdb", work, facts, [seen(work, row) for row in full])
    explainer = make_backend("explainer", work.book, AS_OF)
    for row, lead in zip(full, lists.leads_of(facts), strict=True):
        decision = explainer.decide(lead)
        low, high, worst, best = decision.possible
        assert (row["score"] * 100, row["high"] * 100) == (low, high)
        assert (row["worst"], row["best"], row["cell"]) == (worst, best, decision.classes["cell"])
        assert row["qualified"] == decision.qualified
        steps = [step.id for step in work.book.next_steps]
        assert named(row["steps"], steps) == decision.next_steps
        opened = [
            name
            for place, at in enumerate(range(0, rules, 60))
            for name in named(row[f"u{place}"], sorted(work.book.rules)[at : at + 60])
        ]
        outs = named(row["open_outs0"], [each.id for each in work.knock_outs])
        assert sorted([*opened, *outs]) == sorted(decision.open)


def rows_of(work: Work, *, full: bool) -> list[dict]:
    with duckdb.connect() as connection:
        text = query(work, f"({lists.typed_sql(LEADS)})", full=full)
        cursor = connection.execute(f"{text} ORDER BY lead_id")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def named(mask: int, names: list[str]) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(names) if mask >> place & 1)


def test_the_book_has_no_errors_when_it_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "bench.yaml"
    path.write_text(make_work(40).text, encoding="utf-8")
    assert load_book(path).sha256 == make_work(40).book.sha256
