"""Functions generated from a book say what the conditions, read one by one, say."""

from __future__ import annotations

import ast
from datetime import date
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgrade.engine.bounds import IntervalSource
from leadgrade.engine.deriving import compile_formula
from leadgrade.engine.generated import (
    Source,
    first_ones,
    true_ones,
    unknown_ones,
    weighed_ones,
)
from leadgrade.engine.kleene import Reading
from leadgrade.rules.conditions import (
    ALWAYS,
    All,
    AnyOf,
    Between,
    Compare,
    Condition,
    Contains,
    Not,
    OneOf,
    Op,
    Presence,
)
from leadgrade.rules.formulas import Arithmetic, Call, Choose, Formula, Function, Number
from leadgrade.rules.formulas import Reading as Fact

HOSTILE = ['"', "'", "\\", "\n", "__import__('os')", "values", "k0", "})#", "中", "{0}", ""]
"""Ids and values that would be code if they got into it."""

ORDERS = {"size": {"s": 0, "m": 1, "l": 2}}
numbers = st.sampled_from([-1.0, 0.0, 0.1, 1.0, 2.5, 1e300])
names = st.sampled_from(["n", *HOSTILE])


def single_tests() -> st.SearchStrategy[Condition]:
    flags = st.booleans()
    sizes = st.sampled_from(list(ORDERS["size"]))
    texts = st.sampled_from(HOSTILE)
    return st.one_of(
        st.builds(Compare, names, st.sampled_from(Op), numbers, st.just("")),
        st.builds(Compare, st.just("size"), st.sampled_from(Op), sizes, st.just("")),
        st.builds(Between, names, numbers, numbers, st.just(""), flags),
        st.builds(Between, st.just("size"), sizes, sizes, st.just(""), flags),
        st.builds(OneOf, names, st.tuples(numbers, numbers), st.just(""), flags),
        st.builds(Contains, st.just("text"), texts, st.just(""), flags),
        st.builds(Compare, st.just("text"), st.just(Op.EQ), texts, st.just("")),
        st.builds(Presence, names, flags, st.just("")),
    )


conditions = st.recursive(
    single_tests(),
    lambda part: st.one_of(
        st.builds(Not, part),
        st.builds(All, st.lists(part, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(part, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)
leads = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("n", *HOSTILE), numbers),
        "size": st.sampled_from(list(ORDERS["size"])),
        "text": st.sampled_from([*HOSTILE, "".join(HOSTILE)]),
    },
)


@settings(max_examples=400)
@given(some=st.lists(conditions, max_size=5), known=leads)
def test_many_conditions_at_once(some: list[Condition], known: dict[str, Any]) -> None:
    truths = [Reading(ORDERS).condition(each)(known) for each in some]
    named = list(zip([HOSTILE[place] for place in range(len(some))], some, strict=True))
    true = [name for (name, _), truth in zip(named, truths, strict=True) if truth is True]
    unknown = [name for (name, _), truth in zip(named, truths, strict=True) if truth is None]
    assert true_ones(named, Source(ORDERS))(known) == true
    assert unknown_ones(named, Source(ORDERS))(known) == unknown
    assert weighed_ones(named, Source(ORDERS))(known) == (true, unknown)
    found, open_groups = first_ones(
        {'"': [(each, place) for place, each in enumerate(some)]}, Source(ORDERS)
    )(known)
    assert found == ({'"': truths.index(True)} if True in truths else {})
    assert open_groups == (['"'] if True not in truths and None in truths else [])


@pytest.mark.parametrize("levels", [1, 19, 20, 21, 60, 250])
@pytest.mark.parametrize("known", [{}, {"n": 1.0}, {"n": -1.0}])
def test_deep_conditions(levels: int, known: dict[str, Any]) -> None:
    """Python refuses code with more than 200 parentheses in each other."""
    test: Condition = Compare("n", Op.GT, 0.0, "")
    kinds = [All, AnyOf] * levels
    *_, deep = accumulate(
        kinds[:levels], lambda part, kind: kind((part, Presence("n", True, ""))), initial=test
    )
    assert true_ones([(1, deep)], Source({}))(known) == [1] * (
        Reading({}).condition(deep)(known) is True
    )
    assert unknown_ones([(1, deep)], Source({}))(known) == [1] * (
        Reading({}).condition(deep)(known) is None
    )


def test_a_value_named_twice_and_one_that_is_gone() -> None:
    """Constants are known by identity: a new one must never get the place of one that is gone."""
    source = Source({})
    for number in range(1000):
        assert source.constant(float(number)) == f"k{number}"
    kept = "x" * 100
    assert source.constant(kept) == source.constant(kept)


class Listening(Source):
    """Remembers the code."""

    code = ""

    def line(self, text: str) -> None:
        type(self).code += text + "\n"
        super().line(text)


@given(condition=conditions, name=st.sampled_from(HOSTILE))
def test_nothing_of_a_book_becomes_code(condition: Condition, name: str) -> None:
    Listening.code = ""
    weighed_ones([(name, condition)], Listening(ORDERS))
    for node in ast.walk(ast.parse(Listening.code)):
        assert (
            not isinstance(node, ast.Constant) or node.value is None or node.value in (True, False)
        )
        if isinstance(node, ast.Name):
            assert node.id in ("found", "unknown") or node.id[0] in "kvt"
            assert node.id in ("found", "unknown") or node.id[1:].isdigit()
        if isinstance(node, ast.Attribute):
            assert node.attr == "append"


def test_generated_code_reaches_no_builtins() -> None:
    source = Source({})
    source.line("import os")
    with pytest.raises(ImportError):
        source.function(result="os")({})


POINTS = frozenset({"points"})
interval = st.tuples(st.integers(-3, 3), st.integers(0, 3)).map(lambda p: (p[0], p[0] + p[1]))
rule_sets = st.frozensets(st.sampled_from(HOSTILE[:3]))
halves = st.sampled_from([-1.5, -1.0, 0.0, 0.5, 1.0, 2.0])
on_points = st.one_of(
    st.builds(Compare, st.just("points"), st.sampled_from(Op), halves, st.just("")),
    st.builds(Between, st.just("points"), halves, halves, st.just(""), st.booleans()),
    st.builds(OneOf, st.just("points"), st.tuples(halves, halves), st.just(""), st.booleans()),
    st.builds(Presence, st.just("points"), st.booleans(), st.just("")),
    st.builds(Contains, st.just("fired"), st.sampled_from(HOSTILE[:3]), st.just(""), st.booleans()),
)


@settings(max_examples=400)
@given(test=on_points, ends=interval, fired=rule_sets, may_fire=rule_sets)
def test_intervals_say_what_holds_for_all_their_points(
    test: Condition,
    ends: tuple[int, int],
    fired: frozenset[str],
    may_fire: frozenset[str],
) -> None:
    may_fire -= fired
    truth = Reading({}).condition(test)
    each = {
        truth({"points": points, "fired": fired | more})
        for points in range(ends[0], ends[1] + 1)
        for more in ({*may_fire}, frozenset(), *({rule} for rule in may_fire))
    }
    known = {"points": ends, "fired": (fired, may_fire)}
    found = weighed_ones([(1, test)], IntervalSource({}, POINTS))(known)
    true, false, unknown = ([1], []), ([], []), ([], [1])
    sure = true if each == {True} else false if each == {False} else unknown
    assert found == sure or (found == unknown and not _settled(test, ends))


def _settled(test: Condition, ends: tuple[int, int]) -> bool:
    """Return whether the bounds are tight. Points in between may be any number to them."""
    return ends[0] == ends[1] or isinstance(test, Contains | Presence)


def test_always_is_true() -> None:
    assert weighed_ones([(1, ALWAYS), (2, AnyOf(()))], Source({}))({}) == ([1], [])


DAY = date(2026, 1, 1)


def value(formula: Formula, **known: Any) -> float | None:
    return compile_formula(formula, DAY, ORDERS)(known)


def test_long_formulas() -> None:
    long: Formula = Fact("x")
    for _ in range(300):
        long = Arithmetic(long, "+", Number(1.0))
    assert value(long, x=1.0) == 301.0
    assert value(long) is None


def test_many_cases_of_a_formula() -> None:
    cases = tuple(
        (Compare("x", Op.EQ, float(number), ""), Number(-float(number))) for number in range(300)
    )
    assert value(Choose(cases, Fact("y")), x=7.0, y=1.0) == -7.0
    assert value(Choose(cases, Fact("y")), x=-7.0, y=1.0) == 1.0
    assert value(Choose(cases, None), x=-7.0) is None
    assert value(Choose(cases, Fact("y")), y=1.0) is None


def test_an_unknown_case_stops_those_behind_it() -> None:
    cases = ((Presence("x", False, ""), Number(1.0)), (Compare("z", Op.GT, 0.0, ""), Number(2.0)))
    assert value(Choose((*cases, (ALWAYS, Number(3.0))), None)) == 1.0
    assert value(Choose((*cases, (ALWAYS, Number(3.0))), None), x=1.0) is None
    assert value(Choose((*cases, (ALWAYS, Number(3.0))), None), x=1.0, z=0.0) == 3.0


def test_calls_with_unknown_arguments() -> None:
    both = (Fact("x"), Fact("y"))
    assert value(Call(Function.MIN, both), x=1.0) is None
    assert value(Call(Function.SUM_KNOWN, both), x=1.0) == 1.0
    assert value(Call(Function.FIRST_KNOWN, both), y=2.0) == 2.0
    assert value(Call(Function.FIRST_KNOWN, both)) is None
    assert value(Call(Function.ABS, (Fact("x"),)), x=-1.0) == 1.0
    assert value(Call(Function.DAYS_SINCE, (Fact("x"),)), x=date(2025, 12, 31)) == 1.0
    assert value(Call(Function.DAYS_BETWEEN, both), x=DAY, y="tomorrow") is None
