"""Night after night: what was known stays, a lead that is as it was costs no snapshot."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from leadgrade.storage import staging, writing
from leadgrade.storage.errors import StoreError
from leadgrade.storage.store import open_store

NAMES = [f"L{n}" for n in range(6)]
NIGHTS = st.lists(
    st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2), min_size=1), min_size=1, max_size=6
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(NIGHTS, st.integers(1, 4))
def test_any_nights(store, made, nights, at_once):
    """Leads come, change, stay away and come back, whatever the parts in which they are stored."""
    before = len(store.runs())
    told = {name: [] for name in NAMES}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "AT_ONCE", at_once)
        for night in nights:
            rows = [
                made.make_decided(f"{before}-{n}", facts=f'{{"a":{a}}}') for n, a in night.items()
            ]
            number = made.write_run(store, rows)
            assert [each.lead for each in store.decisions(number, best_first=False)] == [
                row.lead for row in rows
            ]
            for name, known in night.items():
                told[name].append((number, f'{{"a":{known}}}'))
    for name, expected in told.items():
        if expected:
            found = [(each.run, each.facts) for each in store.history(f"{before}-{name}")]
            assert found == expected
    assert store.check([run.number for run in store.runs()[before:]], everything=True) == []
    assert snapshots(store, f"{before}-%") == sum(
        1 + sum(one[1] != other[1] for one, other in pairwise(each))
        for each in told.values()
        if each
    )


def snapshots(store, leads):
    with store.engine.connect() as connection:
        query = text("""
            SELECT count(DISTINCT decision.snapshot_id) FROM decision
            JOIN lead ON lead.id = decision.lead_id WHERE lead.key LIKE :leads
        """)
        return connection.execute(query, {"leads": leads}).scalar_one()


def test_leads_that_were_hashed_otherwise_are_refused(store, made):
    good = made.make_decided("E1")
    with store.writing(made.make_facts()) as opened, pytest.raises(ValueError, match="E1"):
        opened.add_decided([good._replace(grade="B")])
    assert store.runs() == []


def test_plain_tuples_will_do(store, made):
    """As a query gives them."""
    with store.writing(made.make_facts()) as opened:
        opened.add_source(made.make_source(1))
        opened.add_decided([tuple(made.make_decided("E1"))])
        opened.finish(rows_read=1, seconds=0)
    assert store.decision(1, "E1").grade == "A"
    assert store.check([1], everything=True) == []


def test_a_lead_twice_in_one_part_or_in_two_is_refused(store, made, monkeypatch):
    for at_once in (1, 10):
        monkeypatch.setattr(writing, "AT_ONCE", at_once)
        with pytest.raises(StoreError):
            made.write_run(store, [made.make_decided("E1"), made.make_decided("E1")])
        assert store.runs() == []


def test_two_runs_on_one_connection_do_not_meet(made):
    """A database in memory has one connection; the staging table must not stay on it."""
    with open_store("sqlite://", create=True) as memory:
        for _ in range(2):
            made.write_run(memory, [made.make_decided("E1")])
        with pytest.raises(RuntimeError), memory.writing(made.make_facts()) as broken:  # noqa: PT012
            broken.add_decided([made.make_decided("E2")])
            raise RuntimeError
        made.write_run(memory, [made.make_decided("E3")])
        assert [run.number for run in memory.runs()] == [1, 2, 3]


def test_the_staging_table_takes_a_decided_lead_as_it_is():
    names = [column.name for column in staging._INCOMING.columns]
    assert names == ["place", *staging.Decided._fields]
