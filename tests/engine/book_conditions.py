"""Random conditions, as texts in the language, and the subjects that they speak of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from leadgrade.rules.model import NUMERIC, FactType

TEXTS = (
    *("Stadtwerke", "上海电气", "O'Neil & Söhne", 'the "best"', "中", "0", "1", "true", "a\tb"),
    *("\x01\x02", "\\u4e2d", "back\\slash", "e\u0301", "é", "😀", "}", '"],"x":1', "$nex", "null"),
)
NUMBERS = ("0", "1", "-1", "0.1", "0.3", "100", "-0.5", "1e-7", "123456.789", "1e15", "12", "12.5")
UNITS = {
    FactType.MONEY: ("", "万", "M"),
    FactType.NUMBER: ("", "k"),
    FactType.PERCENT: ("%",),
    FactType.DAYS: ("", " days", "天"),
}
DAYS = ("0001-01-01", "1999-01-01", "2024-02-29", "2025-12-31", "2026-01-01")
ORDERING = ("=", "!=", "<", "<=", ">", ">=")

Draw = Any


@dataclass(frozen=True)
class Subject:
    """Something that a condition may speak of."""

    name: str
    """What a condition calls it: an id or a label."""
    values: tuple[str, ...] = ()
    """The literals it may be compared with; in rising order where it is ordered."""
    forms: tuple[str, ...] = ("=", "in")
    """The kinds of tests that it allows."""
    named_list: str | None = None


def quoted(text: str) -> str:
    """Quote a literal. One with both kinds of quotes cannot be written in a line."""
    return f"'{text}'" if '"' in text else f'"{text}"'


def plain(literal: str) -> str:
    """Return a literal as it stands alone, outside of a line."""
    return literal[1:-1] if literal[0] in "\"'" else literal


def writable(text: str) -> bool:
    return bool(text) and not ("'" in text and '"' in text)


def literals_of(fact: dict[str, Any], place: int = 0) -> tuple[str, ...]:
    """Return the literals of a fact, rising where it is ordered; ``place`` picks a unit or name."""
    kind = FactType(fact["type"])
    match kind:
        case FactType.CHOICE:
            choices = fact["values"]
            names = list(choices.values()) if isinstance(choices, dict) and place % 2 else choices
            return tuple(quoted(name) for name in names if writable(name))
        case FactType.TEXT:
            return tuple(quoted(text) for text in TEXTS if writable(text))
        case FactType.FLAG:
            return ("true", "no", "是")
        case FactType.DATE:
            return DAYS
    unit = UNITS[kind][place % len(UNITS[kind])]
    numbers = [number for number in NUMBERS if "e" not in number or unit in ("", "%")]
    return tuple(f"{number}{unit}" for number in sorted(numbers, key=float))


def subject_of(name: str, fact: dict[str, Any], place: int = 0) -> Subject:
    """Return the subject of a fact; ``place`` picks one of its names and units."""
    kind = FactType(fact["type"])
    values = literals_of(fact, place)
    forms = ["known"]
    if values:
        forms += ["=", "in"]
    if values and (kind in NUMERIC or kind is FactType.DATE or fact.get("ordered")):
        forms += ["between", "order"]
    if kind is FactType.FLAG:
        forms += ["alone"]
    if kind is FactType.TEXT:
        forms += ["contains"]
    called = fact["label"] if "label" in fact and place % 3 == 0 else name
    return Subject(called, values, tuple(forms))


def ordered(name: str, values: Sequence[str]) -> Subject:
    """Return the subject of points or of the grade, its values in rising order."""
    return Subject(name, tuple(values), ("=", "in", "between", "order"))


def named(name: str) -> Subject:
    """Return the subject that stands for a named condition."""
    return Subject(name, (), ("named",))


@st.composite
def comparison(draw: Draw, subjects: Sequence[Subject]) -> str:
    subject = draw(st.sampled_from(subjects))
    name = subject.name
    form = draw(st.sampled_from(subject.forms))

    def value() -> str:
        return str(draw(st.sampled_from(subject.values)))

    match form:
        case "known":
            return f"{name} is {draw(st.sampled_from(('known', 'missing')))}"
        case "alone" | "named":
            return name
        case "between":
            ends = draw(st.tuples(st.sampled_from(subject.values), st.sampled_from(subject.values)))
            low, high = sorted(ends, key=subject.values.index)
            return f"{name} between {low} and {high}"
        case "in":
            way = draw(st.sampled_from(("in", "not in")))
            if subject.named_list is not None and draw(st.booleans()):
                return f"{name} {way} {subject.named_list}"
            some = draw(st.lists(st.sampled_from(subject.values), min_size=1, max_size=4))
            return f"{name} {way} [{', '.join(some)}]"
        case "contains":
            return f"{name} contains {value()}"
        case "order":
            return f"{name} {draw(st.sampled_from(ORDERING))} {value()}"
    return f"{name} {draw(st.sampled_from(('=', '!=')))} {value()}"


@st.composite
def line(draw: Draw, subjects: Sequence[Subject]) -> str:
    one = draw(comparison(subjects))
    form = draw(st.sampled_from(("one", "one", "one", "not", "and", "or", "both")))
    if form == "one":
        return str(one)
    if form == "not":
        return f"not {one}"
    other = draw(comparison(subjects))
    if form == "both":
        return f"not ({one} or {other}) and {draw(comparison(subjects))}"
    return f"{one} {form} {other}"


@st.composite
def condition(draw: Draw, subjects: Sequence[Subject], depth: int = 2) -> Any:
    shapes = ("line", "line", "all", "any", "not", "wide", "deep") if depth else ("line",)
    shape = draw(st.sampled_from(shapes if depth > 1 else shapes[:5]))
    if shape == "line":
        return draw(line(subjects))
    if shape == "not":
        return {"not": draw(condition(subjects, depth - 1))}
    if shape == "wide":  # multiplies out to more alternatives than one rule should have
        any_of = st.lists(comparison(subjects), min_size=3, max_size=5)
        return [{"any": draw(any_of)} for _ in range(draw(st.integers(2, 3)))]
    if shape == "deep":  # and so on several levels
        walls = st.lists(comparison(subjects), min_size=3, max_size=4)
        inner = [{"any": draw(walls)} for _ in range(3)]
        return [{"any": [inner, draw(comparison(subjects))]}, {"any": draw(walls)}, *inner[:2]]
    parts = draw(st.lists(condition(subjects, depth - 1), min_size=1, max_size=3))
    return parts if shape == "all" else {"any": parts}
