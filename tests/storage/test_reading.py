"""Reading the record: order, limits, what is not there, and what was likely meant."""

from __future__ import annotations

import gc

import pytest

from leadgrade.storage.errors import StoreError


@pytest.fixture
def filled(store, made):
    """Run 1 has leads of all grades, run 2 only E1; grades go from S (best) to B."""
    leads = [
        made.make_decided("E1", grade="B", score=9900, line=2),
        made.make_decided("E2", grade="A", score=6000, line=3),
        made.make_decided("E3", grade="S", score=5000, line=4),
        made.make_decided("E4", grade="A", score=6100, line=5, high=6200),
        made.make_decided("E5", grade="A", score=6100, line=6, high=9000),
        made.make_decided("A6", grade="A", score=6100, line=7, high=6200),
    ]
    made.write_run(store, leads)
    made.write_run(store, [made.make_decided("E1")])
    return store


def leads(decisions):
    return [each.lead for each in decisions]


def refused(work):
    with pytest.raises(StoreError) as caught:
        work()
    details = dict(caught.value.details)
    assert "leads" in details.pop("path")
    return caught.value.code, details


def test_best_first_goes_by_grade_then_score_then_promise(filled):
    assert leads(filled.decisions(1)) == ["E3", "E5", "A6", "E4", "E2", "E1"]


def test_else_the_order_is_that_of_the_list(filled):
    assert leads(filled.decisions(1, best_first=False)) == ["E1", "E2", "E3", "E4", "E5", "A6"]


def test_some_decisions_only(filled):
    assert leads(filled.decisions(1, limit=2)) == ["E3", "E5"]
    assert leads(filled.decisions(1, grade="A", limit=3)) == ["E5", "A6", "E4"]
    assert leads(filled.decisions(1, grade="no such grade")) == []
    assert leads(filled.decisions(1, limit=0)) == []


def test_the_latest_run_unless_one_is_named(filled):
    assert leads(filled.decisions()) == ["E1"]
    assert filled.run().number == 2
    assert filled.decision(None, "E1").run == 2
    assert filled.decision(1, "E1").run == 1


def test_many_decisions_come_in_batches_and_in_order(store, made):
    count = 1203
    made.write_run(store, [made.make_decided(f"E{n:04}", score=n, line=n) for n in range(count)])
    expected = [f"E{n:04}" for n in range(count)]
    assert leads(store.decisions(best_first=False)) == expected
    found = list(store.decisions())
    assert leads(found) == expected[::-1]
    assert all(each.lead in each.facts and len(each.steps) == 2 for each in found)


def test_reading_may_stop_early(store, made):
    made.write_run(store, [made.make_decided(f"E{n}") for n in range(2000)])
    some = store.decisions()
    next(some)
    del some
    gc.collect()  # a connection left open would be a warning, and warnings are errors
    made.write_run(store, [])


def test_history_is_the_oldest_first(filled):
    assert [(each.run, each.grade) for each in filled.history("E1")] == [(1, "B"), (2, "A")]


def test_an_empty_record(store):
    assert store.runs() == []
    assert refused(store.run) == ("no-runs", {})
    assert refused(lambda: store.decision(None, "E1"))[0] == "no-runs"
    assert refused(lambda: list(store.decisions()))[0] == "no-runs"
    assert store.leads_like("E1") == []


def test_what_is_not_there(filled):
    missing = ("no-such-run", {"run": "9", "latest": "2"})
    assert refused(lambda: filled.run(9)) == missing
    assert refused(lambda: list(filled.decisions(9))) == missing
    assert refused(lambda: filled.run(0))[0] == "no-such-run"
    assert refused(lambda: filled.decision(2, "E5")) == (
        "not-in-run",
        {"lead": "E5", "run": "2", "latest": "1"},
    )
    unknown = ("no-such-lead", {"lead": "a6x", "nearest": "A6"})
    assert refused(lambda: filled.decision(None, "a6x")) == unknown
    assert refused(lambda: filled.history("a6x")) == unknown
    assert refused(lambda: filled.book("ff")) == ("no-such-book", {"sha256": "ff"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ACME-0012", ["ACME-0012"]),
        ("acme-0012", ["ACME-0012"]),
        ("0012", ["ACME-0012"]),
        ("ACME-012", ["ACME-0012"]),
        ("华为", ["华为技术有限公司"]),
        ("100%", ["100%_pure"]),
        ("%", ["100%_pure"]),
        ("_", ["100%_pure"]),
        ("zzz", []),
        ("", []),
    ],
)
def test_what_was_likely_meant(store, made, typed, meant):
    keys = ("ACME-0012", "华为技术有限公司", "100%_pure")
    made.write_run(store, [made.make_decided(key) for key in keys])
    assert store.leads_like(typed) == meant


def test_no_more_than_asked_for(store, made):
    made.write_run(store, [made.make_decided(f"E{n}") for n in range(20)])
    assert store.leads_like("E", limit=3) == ["E0", "E1", "E2"]
    assert store.leads_like("e1", limit=2) == ["E1", "E10"]


def test_a_reader_does_not_wait_for_what_it_does_not_need(filled, child):
    """Table definitions and Alembic take longer to import than a decision takes to find."""
    script = """
from leadgrade.storage.store import open_store
with open_store(sys.argv[1], create=True) as store:
    store.decision(None, "E1")
print(*{"sqlmodel", "pydantic", "alembic", "leadgrade.storage.tables"} & set(sys.modules))
"""
    process = child(script, filled.place)
    assert (process.answer.strip(), process.complaint) == ("", "")
