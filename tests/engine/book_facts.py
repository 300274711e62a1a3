"""Random facts of a book: read ones, and derived ones with their formulas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from leadgrade.rules.model import NUMERIC, FactType

from .book_conditions import Draw, Subject, condition, literals_of, named, plain, subject_of

IDS = (
    "revenue",
    "年营收",
    "überfällig",
    "f_4",
    "z0",
    "a0",
    "id_",
    "sid",
    "prime",
    "支付",
    "q9",
    "k",
)
CHOICES = ("low", "mid", "high", "无意向", "it's", 'say "yes"', "a b", "010", "NO", "\x01", "")
LABELS = ("了解中", "Comparing prices", "比价中", "Ready", "准备签约")
AGES = ("0 days", "1 day", "30 days", "90天", "2 weeks")
FIGURES = ("0", "3", "0.1", "20%", "1e15", "2万")
DERIVED = ("率", "higher", "lifetime_value", "d_3")


@dataclass
class Vocabulary:
    """What the conditions of a book may name, and the parts of the book that this needs."""

    facts: dict[str, dict[str, Any]]
    derived: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    subjects: list[Subject] = field(default_factory=list)
    presence: bool = True
    """Whether something may hang on a fact's being known."""

    def of_type(self, *kinds: FactType) -> list[str]:
        """Return the read and derived facts of some types."""
        every = {**self.facts, **self.derived}
        return [name for name in every if self.type_of(name) in kinds]

    def type_of(self, name: str) -> FactType:
        """Return the type of a fact; one that is just a formula is a number."""
        fact = self.facts.get(name) or self.derived[name]
        return FactType(fact.get("type", "number") if isinstance(fact, dict) else "number")

    def literals(self, name: str, place: int = 0) -> tuple[str, ...]:
        """Return the literals of a fact; parameters may stand for some."""
        known = self.facts.get(name, {"type": str(self.type_of(name))})
        standing = {each: f"cut_{name}" for each in (self.parameters.get(f"cut_{name}"),) if each}
        return tuple(standing.get(each, each) for each in literals_of(known, place))


@st.composite
def facts(draw: Draw, *, presence: bool) -> dict[str, dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=8, unique=True))
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        kind = draw(st.sampled_from(list(FactType)))
        found[name] = {"type": str(kind)}
        if kind is FactType.CHOICE:
            found[name] |= draw(choices())
        if draw(st.booleans()):
            found[name]["label"] = f"标签 of {name}"
    dates = [name for name, fact in found.items() if fact["type"] == "date"]
    for place, fact in enumerate(found.values()):
        if dates and draw(st.integers(0, 3)) == 3:
            fact |= {
                "max_age": draw(st.sampled_from(AGES)),
                "dated_by": draw(st.sampled_from(dates)),
            }
        values = literals_of(fact, place)
        if presence and values and draw(st.integers(0, 4)) == 4:
            fact["if_unknown"] = f"value {plain(draw(st.sampled_from(values)))}"
    return found


@st.composite
def choices(draw: Draw) -> dict[str, Any]:
    some = draw(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=4, unique=True))
    ids = [each for each in some if each] or ["only"]
    labelled = dict(zip(ids, LABELS, strict=False)) if draw(st.booleans()) else ids
    return {"values": labelled, "ordered": draw(st.booleans())}


@st.composite
def vocabularies(draw: Draw, *, whole: bool, presence: bool) -> Vocabulary:
    """Return facts, derived facts, parameters, named lists and conditions that go together."""
    words = Vocabulary(draw(facts(presence=presence)), presence=presence)
    for place, name in enumerate(words.facts):
        words.subjects.append(draw(subject(words, name, place)))
    words.conditions["read_only"] = draw(condition(words.subjects, 1))
    words.subjects.append(named("read_only"))
    for name in DERIVED[: draw(st.integers(0, len(DERIVED)))]:
        words.derived[name] = draw(derived(words) if whole else simple_formulas(words))
    if draw(st.booleans()):  # what a formula reads may stand behind it
        words.derived = dict(reversed(words.derived.items()))
    for place, name in enumerate(words.derived):
        words.subjects.append(draw(subject(words, name, place)))
    words.conditions["条件"] = draw(condition(words.subjects, 1))
    words.subjects.append(named("条件"))
    return words


@st.composite
def subject(draw: Draw, words: Vocabulary, name: str, place: int) -> Subject:
    """Return a fact as a subject; it may get a parameter and a list of its own."""
    known = words.facts.get(name, {"type": str(words.type_of(name))})
    found = subject_of(name, known, place)
    if not words.presence and found.values:
        found = replace(found, forms=found.forms[1:])
    if found.values and draw(st.booleans()):
        words.parameters.setdefault(f"cut_{name}", plain(draw(st.sampled_from(found.values))))
        found = replace(found, values=_with_parameter(words, name, found.values))
    if found.values and draw(st.booleans()):
        some = draw(st.lists(st.sampled_from(found.values), min_size=1, max_size=3))
        words.lists[f"list_{name}"] = [plain(each) for each in some]
        found = replace(found, named_list=f"list_{name}")
    return found


def _with_parameter(words: Vocabulary, name: str, values: Sequence[str]) -> tuple[str, ...]:
    parameter = f"cut_{name}"
    return tuple(parameter if plain(v) == words.parameters[parameter] else v for v in values)


@st.composite
def derived(draw: Draw, words: Vocabulary) -> Any:
    """Return a derived fact over the read facts and the derived ones so far."""
    text = formulas(words)
    if draw(st.integers(0, 2)) == 0:
        earlier = [draw(subject(words, each, place)) for place, each in enumerate(words.derived)]
        subjects = [*words.subjects, *earlier]
        cases = [
            {"when": draw(condition(subjects, 1)), "value": draw(text)}
            for _ in range(draw(st.integers(1, 3)))
        ]
        found: dict[str, Any] = {"cases": cases}
        if draw(st.booleans()):
            found["otherwise"] = draw(text)
    else:
        found = {"formula": draw(text)}
        if draw(st.integers(0, 5)) == 5:  # no finite number
            found["formula"] = " * ".join((f"({found['formula']})", *["1e15"] * 20))
        elif draw(st.booleans()):
            return found["formula"]
    kinds = st.sampled_from([str(each) for each in sorted(NUMERIC)])
    return {**found, "type": draw(kinds)} if draw(st.booleans()) else found


@st.composite
def simple_formulas(draw: Draw, words: Vocabulary) -> str:
    numbers = words.of_type(*NUMERIC) or ["7"]
    dates = words.of_type(FactType.DATE)
    a, b = draw(st.sampled_from(numbers)), draw(st.sampled_from(numbers))
    forms = [f"{a} / {b}", f"{a} - {b} * 3", f"min({a}, {b}, 7)", f"abs({a}) / 0.1", f"-({a})"]
    return draw(st.sampled_from([*forms, *(f"days_since({each})" for each in dates)]))  # type: ignore[no-any-return]


@st.composite
def formulas(draw: Draw, words: Vocabulary, depth: int = 2) -> str:
    dates = words.of_type(FactType.DATE)
    leaves = [*words.of_type(*NUMERIC), *FIGURES[:2], *_numbers_of(words)]
    forms = ["leaf", "sign", "figure"]
    forms += ["sign", "call", "call", "minus"] if depth else []
    forms += ["of_known"] if depth and words.presence else []
    forms += ["since", "between"] if dates else []
    form = draw(st.sampled_from(forms))

    def part() -> str:
        return str(draw(formulas(words, depth - 1))) if depth else draw(st.sampled_from(leaves))

    match form:
        case "figure":
            return draw(st.sampled_from(FIGURES))  # type: ignore[no-any-return]
        case "sign":
            left, right = part(), part()
            text = f"{left} {draw(st.sampled_from('+-*/'))} {right}"
            return f"({text})" if draw(st.booleans()) else text
        case "call":
            name = draw(st.sampled_from(("min", "max", "abs")))
            return f"{name}({part()})" if name == "abs" else f"{name}({part()}, {part()})"
        case "of_known":
            name = draw(st.sampled_from(("sum_known", "first_known")))
            return f"{name}({', '.join(part() for _ in range(draw(st.integers(2, 3))))})"
        case "minus":
            return f"-({part()})"
        case "since":
            return f"days_since({draw(st.sampled_from(dates))})"
        case "between":
            name = draw(st.sampled_from(("days_between", "months_between")))
            return f"{name}({draw(st.sampled_from(dates))}, {draw(st.sampled_from(dates))})"
    return draw(st.sampled_from(leaves))  # type: ignore[no-any-return]


def _numbers_of(words: Vocabulary) -> list[str]:
    """Return the parameters that a formula may read: those without a unit of days."""
    return [
        f"cut_{name}"
        for name in words.of_type(*NUMERIC)
        if f"cut_{name}" in words.parameters and words.type_of(name) is not FactType.DAYS
    ]
