"""What a database holds beside its rows is checked: triggers, and views in the place of ours."""

from __future__ import annotations

import pytest

from leadgrade.storage.store import open_store

from .tampering import found, named

VIEW = "SELECT 1 AS run_id, 1 AS lead_id, 1 AS position, 'x' AS step"
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER up AFTER INSERT ON override BEGIN UPDATE override SET grade = 'A'; END"
    ],
    "postgresql": [
        """CREATE FUNCTION raise_grade() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN NEW.grade = ''A''; RETURN NEW; END'""",
        "CREATE TRIGGER up BEFORE INSERT ON override FOR EACH ROW EXECUTE FUNCTION raise_grade()",
    ],
}
RULE = "CREATE RULE up AS ON INSERT TO outcome DO INSTEAD NOTHING"
POLICY = "CREATE POLICY up ON decision USING (grade = 'A')"


def told(findings):
    return [(each.code, each.table, each.name) for each in findings]


def test_a_trigger_is_found(recorded, backend):
    findings = found(recorded, *TRIGGERS[backend.name])
    assert told(findings) == [("schema-added", "trigger", "up")]
    named(findings, "trigger")
    assert findings[0].detail == "override"


@pytest.mark.parametrize("statement", [RULE, POLICY])
def test_what_acts_like_a_trigger_is_found(recorded, backend, statement):
    if backend.name == "sqlite":
        pytest.skip("SQLite has neither rules nor policies")
    assert told(found(recorded, statement)) == [("schema-added", "trigger", "up")]


def test_a_view_in_the_place_of_ours_is_found(recorded):
    findings = found(recorded, "DROP VIEW next_step", f"CREATE VIEW next_step AS {VIEW}")
    assert told(findings) == [("schema-changed", "view", "next_step")]
    named(findings, "view")


def test_what_is_no_more_or_of_another_kind_is_found(recorded):
    assert told(found(recorded, "DROP VIEW fired_rule", "DROP INDEX ix_outcome_lead_id")) == [
        ("schema-missing", "view", "fired_rule"),
        ("schema-missing", "index", "ix_outcome_lead_id"),
    ]
    swapped = ("ALTER TABLE erased RENAME TO other", "CREATE VIEW erased AS SELECT * FROM other")
    assert ("schema-added", "view", "erased") in told(found(recorded, *swapped))
    assert ("schema-missing", "table", "erased") in told(found(recorded, *swapped))


def test_a_table_that_was_changed_is_found(recorded, backend):
    if backend.name != "sqlite":
        pytest.skip("on a server only what acts on rows is looked for")
    statement = "ALTER TABLE decision ADD COLUMN mine VARCHAR"
    assert told(found(recorded, statement)) == [("schema-changed", "table", "decision")]


def test_what_people_keep_beside_our_tables_is_left_alone(recorded):
    own = (
        "CREATE TABLE mine (id INTEGER PRIMARY KEY, words VARCHAR)",
        "CREATE VIEW my_best AS SELECT * FROM decision WHERE grade = 'A'",
        "CREATE INDEX my_grades ON decision (grade)",
        "ANALYZE",
    )
    assert found(recorded, *own) == []


def test_an_index_that_does_not_fit_its_table_is_found(record, backend):
    """What it left out would not be found by whoever looks for it."""
    if backend.name != "sqlite":
        pytest.skip("about files of SQLite")
    record.tamper(
        "PRAGMA writable_schema = ON",
        "CREATE TABLE empty (lead_id BIGINT)",
        "CREATE INDEX ix_empty ON empty (lead_id)",
        """UPDATE sqlite_master SET rootpage = (
            SELECT rootpage FROM sqlite_master WHERE name = 'ix_empty'
        ) WHERE name = 'ix_outcome_lead_id'""",
    )
    with open_store(record.target, create=False) as store:
        findings = store.check([1, 2, 3], everything=True)
    assert "damaged" in {each.code for each in findings}
    named(findings, "chain")
