"""Derived facts: formulas in double precision, each step as ``engine/deriving.py`` takes it.

A step of ``+``, ``-``, ``*`` on what is no finite number gives no finite number again, so it is
enough to look at the end of a formula, and at what is divided by, chosen among or passed over.
What is looked at more than once becomes a column of a step before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import KW_ONLY, dataclass, replace

from sqlglot import exp

from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.expressions import (
    Sql,
    all_of,
    any_of,
    call,
    case,
    cast,
    column,
    digits,
    finite,
    known,
    null,
    number,
    paren,
)
from leadgrade.engine.sql.layout import Layout
from leadgrade.rules.conditions import Condition, Test, subjects_of
from leadgrade.rules.formulas import Arithmetic, Call, Choose, Formula, Function, Number, Reading


@dataclass(frozen=True)
class Part:
    """A part of a formula. ``sql`` may be asked for more than once only if it is ``cheap``."""

    sql: Callable[[], Sql]
    level: int
    """The steps of derived facts that have to be taken before."""
    _: KW_ONLY
    finite: bool
    """Whether it is surely a finite number where it is known."""
    cheap: bool = False
    may_be_unknown: bool = True


def derive_facts(layout: Layout, chain: Chain) -> None:
    """Add the derived facts, step by step."""
    deriving = _Deriving(layout)
    for fact in layout.book.derived.values():
        if fact.formula is not None:
            deriving.add(fact.id, fact.formula)
    for level, columns in sorted(deriving.columns.items()):
        chain.add(f"derived_{level}", columns, layout.about("step-derived"))


class _Deriving:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._levels: dict[str, int] = defaultdict(int)
        """The step that gives each derived fact; 0 for read ones."""
        self._fact = ""
        self.columns: dict[int, list[Column]] = defaultdict(list)

    def add(self, fact: str, formula: Formula) -> None:
        """Add a derived fact."""
        self._fact = fact
        part = self._part(formula)
        if not part.finite:
            part = self._once(part)
            sql = case([(finite(part.sql()), _without_sign(part.sql()))])
        else:
            sql = part.sql()
        name = self._layout.name("derived", fact)
        about = self._layout.about("fact", self._layout.book.derived[fact].label, name=fact)
        self.columns[part.level + 1].append(Column(name, sql, about))
        self._levels[fact] = part.level + 1
        self._layout.settle(fact, name, may_be_unknown=part.may_be_unknown or not part.finite)

    def _once(self, part: Part) -> Part:
        """Return a part that can be looked at often: a column, unless it is cheap anyway."""
        if part.cheap:
            return part
        level = part.level + 1
        name = self._column(part.sql(), level)
        return replace(part, sql=lambda: column(name), level=level, cheap=True)

    def _column(self, sql: Sql, level: int) -> str:
        name = self._layout.name("part", f"{self._fact}_{sum(map(len, self.columns.values()))}")
        self.columns[level].append(Column(name, sql))
        return name

    def _part(self, formula: Formula) -> Part:
        match formula:
            case Number(value):
                return Part(lambda: number(value), 0, finite=True, cheap=True, may_be_unknown=False)
            case Reading(fact):
                found = self._layout.fact(fact)
                level = self._levels[fact]
                unknown = found.may_be_unknown
                return Part(
                    lambda: column(found.name),
                    level,
                    finite=True,
                    cheap=True,
                    may_be_unknown=unknown,
                )
            case Arithmetic(left, sign, right):
                return self._arithmetic(self._part(left), sign, self._part(right))
            case Call(function, arguments):
                return self._call(function, [self._part(each) for each in arguments])
            case Choose(cases, otherwise):
                return self._choose(cases, otherwise)

    def _arithmetic(self, left: Part, sign: str, right: Part) -> Part:
        unknown = left.may_be_unknown or right.may_be_unknown
        if sign == "/":
            right = self._once(right)
            checks: list[Sql] = [exp.NEQ(this=right.sql(), expression=number(0.0))]
            checks += [] if right.finite else [finite(right.sql())]
            quotient = self._layout.dialect.arithmetic(left.sql(), sign, right.sql())
            sql = case([(all_of(checks), quotient)])
            return Part(lambda: sql, max(left.level, right.level), finite=False)
        result = self._layout.dialect.arithmetic(left.sql(), sign, right.sql())
        level = max(left.level, right.level)
        return Part(lambda: result, level, finite=False, may_be_unknown=unknown)

    def _call(self, function: Function, parts: list[Part]) -> Part:
        match function:
            case Function.ABS:
                sql = exp.Abs(this=parts[0].sql())
                return replace(parts[0], sql=lambda: sql, cheap=False)
            case Function.MIN | Function.MAX:
                return self._extreme(function, [self._once(each) for each in parts])
            case Function.SUM_KNOWN:
                return self._sum_known([self._once(each) for each in parts])
            case Function.FIRST_KNOWN:
                return _first_known([self._once(each) for each in parts])
            case Function.DAYS_BETWEEN:
                return _of_dates(parts, self._layout.dialect.days(parts[0].sql(), parts[1].sql()))
            case Function.DAYS_SINCE:
                days = self._layout.dialect.days(parts[0].sql(), self._layout.as_of.sql())
                return _of_dates(parts, days)
            case Function.MONTHS_BETWEEN:
                return _of_dates(parts, _months(parts[0].sql, parts[1].sql))

    def _sum_known(self, parts: list[Part]) -> Part:
        """Return the sum of what is known: an unknown part adds nothing."""
        total, *terms = [_or_zero(each) for each in parts]
        for term in terms:
            total = self._layout.dialect.arithmetic(total, "+", term)
        tests = [known(each.sql()) if each.finite else finite(each.sql()) for each in parts]
        sql = case([(any_of(tests), total)])
        return Part(lambda: sql, _level(parts), finite=False)

    def _extreme(self, function: Function, parts: list[Part]) -> Part:
        extreme = call(
            "LEAST" if function is Function.MIN else "GREATEST", *(each.sql() for each in parts)
        )
        checks = [
            known(each.sql()) if each.finite else finite(each.sql())
            for each in parts
            if each.may_be_unknown or not each.finite
        ]
        sql = case([(all_of(checks), extreme)]) if checks else extreme
        return Part(lambda: sql, _level(parts), finite=True, may_be_unknown=bool(checks))

    def _choose(
        self, cases: Iterable[tuple[Condition, Formula]], otherwise: Formula | None
    ) -> Part:
        reader = self._layout.reader
        level, branches, parts = 0, [], []
        for condition, formula in cases:
            start = max((self._levels[each] for each in subjects_of(condition)), default=0)
            part = self._part(formula)
            parts.append(part)
            unknown = reader.may_be_unknown(condition)
            if unknown and not isinstance(condition, Test):
                name, start = self._column(reader.read(condition), start + 1), start + 1
                tests = [column(name), known(column(name), negated=True)]
            else:
                tests = [reader.read(condition), *self._unknown(condition, unknown=unknown)]
            branches.append((tests[0], part.sql()))
            branches += [(each, null()) for each in tests[1:]]
            level = max(level, start, part.level)
        last = Part(null, 0, finite=True) if otherwise is None else self._part(otherwise)
        parts.append(last)
        sql = case(branches, last.sql())
        return Part(lambda: sql, max(level, last.level), finite=all(each.finite for each in parts))

    def _unknown(self, condition: Condition, *, unknown: bool) -> list[Sql]:
        """Return whether a single test is unknown: whether its fact is."""
        if not unknown:
            return []
        (fact,) = subjects_of(condition)
        return [known(column(self._layout.fact(fact).name), negated=True)]


def _or_zero(part: Part) -> Sql:
    if part.finite:
        return exp.Coalesce(this=part.sql(), expressions=[number(0.0)])
    return case([(finite(part.sql()), part.sql())], number(0.0))


def _first_known(parts: list[Part]) -> Part:
    found = [
        each.sql() if each.finite else case([(finite(each.sql()), each.sql())]) for each in parts
    ]
    sql = exp.Coalesce(this=found[0], expressions=found[1:])
    unknown = all(each.may_be_unknown or not each.finite for each in parts)
    return Part(lambda: sql, _level(parts), finite=True, may_be_unknown=unknown)


def _of_dates(dates: list[Part], measure: Sql) -> Part:
    sql = cast(measure, exp.DType.DOUBLE)
    unknown = any(each.may_be_unknown for each in dates)
    return Part(lambda: sql, _level(dates), finite=True, may_be_unknown=unknown)


def _months(first: Callable[[], Sql], last: Callable[[], Sql]) -> Sql:
    """Return whole calendar months; from the later to the earlier they are negative."""
    backwards = exp.LT(this=last(), expression=first())
    return case([(backwards, exp.Neg(this=paren(_forward(last, first))))], _forward(first, last))


def _forward(first: Callable[[], Sql], last: Callable[[], Sql]) -> Sql:
    """Return the months from the earlier date to the later."""

    def between(part: str) -> Sql:
        ends = [exp.Extract(this=exp.Var(this=part), expression=each()) for each in (last, first)]
        return paren(exp.Sub(this=ends[0], expression=ends[1]))

    years = exp.Mul(this=between("YEAR"), expression=digits(12))
    months = exp.Add(this=years, expression=between("MONTH"))
    short = exp.LT(this=between("DAY"), expression=digits(0))
    begun = case([(short, digits(1))], digits(0))
    return exp.Sub(this=months, expression=begun)


def _without_sign(sql: Sql) -> Sql:
    """Return a number without a negative zero, which prints and sorts differently."""
    return exp.Add(this=sql, expression=number(0.0))


def _level(parts: Iterable[Part]) -> int:
    return max(each.level for each in parts)
