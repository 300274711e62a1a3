"""The views for people with SQL show what the record reads from evidence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.legend import Legend
from leadgrade.engine.pool_worker import row_of
from leadgrade.rules.lead import Lead
from leadgrade.rules.loader import read_book

AS_OF = date(2026, 11, 23)
RULES = 11
"""More than two digits of marks."""

BOOK = read_book(
    "\n".join(
        [
            "book: views",
            "facts:",
            *(f"  f{n}: {{type: flag}}" for n in range(RULES)),
            "  size: {type: number}",
            "criteria:",
            "  c:",
            "    range: [0, 100]",
            "    rules:",
            *(f"      - {{id: r{n}, when: f{n}, points: {n}}}" for n in range(RULES)),
            "      - {id: size, fact: size, bands: [{from: 100, points: 8}, {from: 9, points: 4}]}",
            "grades: {A: {from: 20}, B: {}}",
            "next_steps:",
            *(
                f"  - {{id: s{n}, when: f{n}, do: Do, owner: o{n}, within: {n} days}}"
                for n in range(RULES)
            ),
            "  - {id: far, when: size >= 100, do: Wait, within: 3650 days}",
            "  - {id: open, when: size < 100, do: Ask, channel: phone}",
        ]
    )
)
LEGEND = Legend.of(BOOK)


def leads():
    flags = st.dictionaries(st.sampled_from([f"f{n}" for n in range(RULES)]), st.booleans())
    sizes = st.fixed_dictionaries({}, optional={"size": st.sampled_from([5.0, 50.0, 500.0])})
    facts = st.builds(lambda one, other: {**one, **other}, flags, sizes)
    return st.lists(facts, min_size=1, max_size=6)


def seen(store, view, columns, run):
    with store.engine.connect() as connection:
        query = f"""
            SELECT lead.key, {columns} FROM {view} JOIN lead ON lead.id = {view}.lead_id
            WHERE run_id = {run} ORDER BY lead.key, position
        """  # noqa: S608 - our own names
        return [tuple(row) for row in connection.exec_driver_sql(query)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(leads())
def test_views_show_what_evidence_says(store, made, found):
    explainer = Explainer(BOOK, AS_OF)
    given = [Lead(f"L{n}", facts, {}, "leads.csv", n + 2) for n, facts in enumerate(found)]
    rows = [row_of(LEGEND, lead, explainer.decide(lead)) for lead in given]
    run = made.write_run(store, rows, facts=made.make_facts(BOOK, as_of=AS_OF))
    decisions = list(store.decisions(run, best_first=False))
    steps = [
        (each.lead, step.id, step.owner, step.channel, step.due.isoformat() if step.due else None)
        for each in decisions
        for step in each.steps
    ]
    assert seen(store, "next_step", "step, owner, channel, due", run) == steps
    fired = [
        (each.lead, line.criterion, line.rule, line.outcome, line.points)
        for each in decisions
        for line in each.decision.ledger
        if line.rule is not None
    ]
    assert seen(store, "fired_rule", "criterion, rule, outcome, points", run) == fired
    assert [each.decision for each in decisions] == [explainer.decide(lead) for lead in given]


@pytest.mark.parametrize("days_left", [0, 1, 400])
def test_nothing_is_due_after_the_end_of_the_calendar(store, made, days_left):
    day = date.max - timedelta(days=days_left)
    made.write_run(store, [made.make_decided()], facts=made.make_facts(as_of=day))
    due = min(day + timedelta(days=min(1, days_left)), date.max).isoformat()
    assert seen(store, "next_step", "step, due", 1) == [
        ("E1", "close", due),
        ("E1", "nurture", None),
    ]


def test_what_was_forgotten_is_not_shown(store, made):
    made.write_run(store, [made.make_decided("E1"), made.make_decided("E2")])
    store.forget("E1", by="Lin", reason="asked to")
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT lead_id, step FROM next_step ORDER BY position")
        assert [row.step for row in rows] == ["close", "nurture"]
