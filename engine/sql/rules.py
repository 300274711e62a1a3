"""Which rules fire: a column for each, and the points that they come to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import (
    Sql,
    case,
    column,
    greatest,
    known,
    least,
    null,
    opposite,
    switch,
    total,
    whole,
)
from leadgrade.engine.sql.layout import Layout, RuleColumn
from leadgrade.engine.sql.subjects import Ids, Points, PointsBetween
from leadgrade.rules.conditions import All, Condition
from leadgrade.rules.model import Criterion, Rule, RuleKind


def fire_rules(layout: Layout, chain: Chain) -> None:
    """Add what each rule comes to."""
    chain.add("guards", list(_guards(layout)), layout.about("step-guards"))
    columns = []
    for rule in layout.book.rules.values():
        found = RuleColumn(layout.name("rule", rule.id), rule, _may_be_open(rule, layout))
        layout.rules[rule.id] = found
        sql = layout.as_of.within(rule.valid, _verdict(found, layout), found.nothing)
        home = layout.book.criterion_of[rule.id].id
        about = layout.about(
            "rule", rule.label, rule.why, name=rule.id, criterion=home, source=rule.source
        )
        columns.append(Column(found.name, sql, about))
    chain.add("rules", columns, layout.about("step-rules"))
    layout.subjects["fired"] = Ids({name: each.fired for name, each in layout.rules.items()})
    layout.thinkable["fired"] = Ids({name: each.fires for name, each in layout.rules.items()})


def _may_be_open(rule: Rule, layout: Layout) -> bool:
    return any(layout.reader.may_be_unknown(outcome.when) for outcome in rule.outcomes)


def _guards(layout: Layout) -> Iterator[Column]:
    """Yield the conditions that all outcomes of a fading rule have in common."""
    for rule in layout.book.rules.values():
        if rule.kind is RuleKind.DECAY and len(rule.outcomes) > 1:
            guard, _ = _fading(rule.outcomes[0].when)
            yield Column(layout.name("guard", rule.id), layout.reader.read(guard))


def _fading(when: Condition) -> tuple[Condition, Condition]:
    """Return the condition of a rule that fades, and the ages of one outcome."""
    assert isinstance(when, All)  # noqa: S101 - rules/building/decay.py makes them so
    return when.parts[0], All(when.parts[1:])


def _verdict(found: RuleColumn, layout: Layout) -> Sql:
    """Return whether a rule fires, or which of its outcomes does."""
    rule = found.rule
    if found.is_truth:
        return layout.reader.read(rule.outcomes[0].when)
    if rule.kind is RuleKind.DECAY:
        return _faded(rule, layout)
    outcomes = [layout.reader.read(outcome.when) for outcome in rule.outcomes]
    branches = [(when, whole(number)) for number, when in enumerate(outcomes, start=1)]
    if found.may_be_open:
        (fact,) = rule.subjects
        unknown = known(column(layout.fact(fact).name), negated=True)
        branches.insert(0, (unknown, null()))
    return case(branches, whole(0))


def _faded(rule: Rule, layout: Layout) -> Sql:
    """Return the outcome by age where the condition is true; its order decides among them."""
    guard = column(layout.name("guard", rule.id))
    ages = [_fading(outcome.when)[1] for outcome in rule.outcomes]
    stage = case(
        [(layout.reader.read(age), whole(number)) for number, age in enumerate(ages, start=1)]
    )
    none = opposite(column(layout.name("guard", rule.id)))
    return case([(guard, stage), (none, whole(0))])


def add_points(layout: Layout, chain: Chain) -> None:
    """Add subtotals, criteria and score; and what they may become by rules that are open."""
    criteria = layout.book.criteria.values()
    subtotals = [each for crit in criteria for each in _subtotals(crit, layout)]
    chain.add("subtotals", subtotals, layout.about("step-subtotals"))
    clamped = [each for crit in criteria for each in _clamped(crit, layout)]
    chain.add("criteria", clamped, layout.about("step-criteria"))
    ends = ("score", "score_low", "score_high")
    sums = [
        total(column(_end_of(crit, end, layout)) for crit in criteria)
        for end in ("points", "points_low", "points_high")
    ]
    columns = [Column(layout.name(end), sql) for end, sql in zip(ends, sums, strict=True)]
    chain.add("scores", columns, layout.about("step-scores"))
    layout.subjects["score"] = Points(layout.name("score"))
    layout.thinkable["score"] = PointsBetween(layout.name("score_low"), layout.name("score_high"))
    for crit in criteria:
        low, high = (_end_of(crit, end, layout) for end in ("points_low", "points_high"))
        layout.subjects[crit.id] = Points(layout.name("points", crit.id))
        layout.thinkable[crit.id] = PointsBetween(low, high)


def _end_of(criterion: Criterion, end: str, layout: Layout) -> str:
    """Return the column of what a criterion comes to at an end: its points if nothing is open."""
    swings = any(layout.rules[rule.id].may_be_open for rule in criterion.rules)
    return layout.name(end if swings else "points", criterion.id)


def _subtotals(criterion: Criterion, layout: Layout) -> Iterator[Column]:
    """Yield what the rules of a criterion give, and how far the open ones may yet move it."""
    rules = [layout.rules[rule.id] for rule in criterion.rules]
    most = abs(criterion.start) + sum(
        max(map(abs, _points(each.rule)), default=0) for each in rules
    )
    given = total([whole(criterion.start), *filter(None, map(_given, rules))], most)
    yield Column(layout.name("subtotal", criterion.id), given)
    if any(each.may_be_open for each in rules):
        for kind, end in (("fall", min), ("rise", max)):
            swings = [
                case([(each.is_open(), whole(swing))], whole(0))
                for each in rules
                if each.may_be_open and (swing := end(0, *_points(each.rule)))
            ]
            yield Column(layout.name(kind, criterion.id), total(swings, most))


def _points(rule: Rule) -> list[int]:
    return [outcome.points for outcome in rule.outcomes]


def _given(found: RuleColumn) -> Sql | None:
    """Return the points that a rule gives; None where it never gives any."""
    points = _points(found.rule)
    if not any(points):
        return None
    if found.is_truth:
        return case([(column(found.name), whole(points[0]))], whole(0))
    values = [(whole(at), whole(each)) for at, each in enumerate(points, start=1) if each]
    return switch(column(found.name), values, whole(0))


def _clamped(criterion: Criterion, layout: Layout) -> Iterator[Column]:
    subtotal = layout.name("subtotal", criterion.id)
    about = layout.about("criterion", criterion.label, name=criterion.id, source=criterion.source)
    yield Column(layout.name("points", criterion.id), _kept(column(subtotal), criterion), about)
    if _end_of(criterion, "points_low", layout) != layout.name("points", criterion.id):
        for end, kind in (("points_low", "fall"), ("points_high", "rise")):
            moved = exp.Add(
                this=column(subtotal), expression=column(layout.name(kind, criterion.id))
            )
            yield Column(layout.name(end, criterion.id), _kept(moved, criterion))


def _kept(points: Sql, criterion: Criterion) -> Sql:
    """Return points within the range of a criterion."""
    return least(greatest(points, whole(criterion.low)), whole(criterion.high))
