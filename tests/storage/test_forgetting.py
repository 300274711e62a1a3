"""Forgetting: what is personal is gone, from the bytes of the file too; what is left is proved."""

from __future__ import annotations

from datetime import date

import pytest

from leadgrade.storage.errors import StoreError
from leadgrade.storage.records import RejectedRow

NEEDLE = "needle-4711"
AFTER_ALL = date(2100, 1, 1)


@pytest.fixture
def filled(store, made):
    """Two runs with three leads; E1 is in everything."""
    rejected = [
        RejectedRow("leads.csv", 9, "duplicate-id", {"id": "E1"}, "E1,again"),
        RejectedRow("leads.csv", 10, "bad", {}, "E10,other"),
    ]
    leads = [made.make_decided(f"E{n}", facts=f'{{"n":"{NEEDLE}-{n}"}}', line=n) for n in (1, 2, 3)]
    for _ in range(2):
        made.write_run(store, leads, rejected, notes=[{"lead": "E1"}, {"lead": "E2"}])
    days = {"since": date(2026, 1, 1), "until": date(2026, 12, 31), "by": "Lin"}
    store.override("E1", grade="B", reason="said so", **days)
    store.override("E2", grade="B", reason="said so", **days)
    return store


def proved(store):
    return store.check(store.run_numbers(), everything=True) == []


def test_a_lead_is_forgotten_in_every_run(filled):
    bundle = filled.bundle(1, None)
    found = filled.forget("E1", by="Lin", reason="asked to")
    assert (found.leads, found.decisions, found.rejected, found.notes) == (1, 2, 2, 2)
    assert found.head == filled.head()
    for missing in (lambda: filled.history("E1"), lambda: filled.decision(1, "E1")):
        with pytest.raises(StoreError) as caught:
            missing()
        assert caught.value.code == "no-such-lead"
    for run in (1, 2):
        assert [each.lead for each in filled.decisions(run)] == ["E2", "E3"]
        assert [each.raw for each in filled.rejected(run)] == ["E10,other"]
        assert filled.run(run).notes == [{"lead": "E2"}]
        assert filled.run(run).decided == 3
    assert [each.lead for each in filled.overrides()] == ["E2"]
    assert proved(filled)
    after = filled.bundle(1, None)
    assert after["roots"] == bundle["roots"]
    assert "E1" not in {row["key"] for row in after["parts"]["decision"]}


def test_the_tombstone_says_nothing_of_the_lead(filled):
    filled.forget("E1", by="Lin", reason="asked to")
    with filled.engine.connect() as connection:
        row = connection.exec_driver_sql("SELECT * FROM decision WHERE number = 1").first()
        assert (row.lead_id, row.snapshot_id, row.source, row.line, row.salt) == (None,) * 5
        assert (row.evidence, row.ranks, row.grade) == ("", "{}", "A")
        assert len(row.sealed) == 64
        assert connection.exec_driver_sql("SELECT count(*) FROM lead").scalar() == 2
        assert connection.exec_driver_sql("SELECT count(*) FROM snapshot").scalar() == 2


def test_the_bytes_are_gone(filled, path):
    assert f"{NEEDLE}-1".encode() in everything(path)
    filled.forget("E1", by="Lin", reason="asked to")
    left = everything(path)
    assert f"{NEEDLE}-1".encode() not in left
    assert f"{NEEDLE}-2".encode() in left


def everything(path):
    return b"".join(each.read_bytes() for each in path.parent.glob("leads.db*"))


def test_a_forgotten_lead_may_come_back_as_another(filled, made):
    filled.forget("E1", by="Lin", reason="asked to")
    made.write_run(filled, [made.make_decided("E1"), made.make_decided("E4")])
    assert [each.run for each in filled.history("E1")] == [3]
    assert [each.run for each in filled.history("E4")] == [3]
    assert proved(filled)


def test_retention_keeps_the_leads_that_are_still_seen(filled, database):
    database.tamper("UPDATE run SET started_at = '2020-01-01T00:00:00.000Z' WHERE id = 1")
    found = filled.forget_before(date(2021, 1, 1), by="Lin", reason="too old")
    assert (found.leads, found.decisions, found.rejected, found.notes) == (0, 3, 2, 2)
    assert list(filled.decisions(1)) == []
    # Not even that a lead of today was there in that run is left.
    query = "SELECT count(*) FROM decision WHERE run_id = 1 AND lead_id IS NOT NULL"
    assert database.rows(query) == [(0,)]
    assert [each.run for each in filled.history("E1")] == [2]
    assert filled.forget_before(date(2021, 1, 1), by="Lin", reason="too old") is None


def test_retention_of_everything_leaves_no_lead(filled, monkeypatch):
    from leadgrade.storage import forgetting  # noqa: PLC0415 - here alone

    monkeypatch.setattr(forgetting, "_AT_ONCE", 2)  # in several parts
    found = filled.forget_before(AFTER_ALL, by="Lin", reason="the end")
    assert (found.leads, found.decisions, found.rejected, found.notes) == (3, 6, 4, 4)
    assert proved(filled)
    with filled.engine.connect() as connection:
        for table in ("lead", "snapshot"):
            count = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608
            assert count == 0
    assert filled.forget_before(AFTER_ALL, by="Lin", reason="again") is None


def test_who_is_not_there_cannot_be_forgotten(filled):
    before = filled.head()
    with pytest.raises(StoreError) as caught:
        filled.forget("E99", by="Lin", reason="asked to")
    assert caught.value.code == "no-such-lead"
    assert filled.head() == before
