"""Random rule books, as texts in the language, and random leads for them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from leadgrade.engine.ranks import rankings_of
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead, Rank
from leadgrade.rules.model import NUMERIC, Book, Fact, FactType

AS_OF = date(2026, 1, 1)

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
HUGE = (1e16, 1e17, 1e300, -1e300, 5e-324, -5e-324, 1e-7, 2.0**53, 2.0**53 + 2, 0.1 + 0.2)
POINTS = (-15, -2.5, -0.25, 0, 0.5, 1, 3.75, 5, 8, 12)
ORDERING = ("=", "!=", "<", "<=", ">", ">=")

Draw = Any


@dataclass(frozen=True)
class Subject:
    """Something that a condition may speak of."""

    name: str
    values: tuple[str, ...]
    """The literals it may be compared with; in rising order where it is ordered."""
    ordered: bool = False
    is_flag: bool = False
    is_text: bool = False
    is_fact: bool = True
    is_fired: bool = False


def quoted(text: str) -> str:
    """Quote a literal. One with both kinds of quotes cannot be written in a line."""
    return f"'{text}'" if '"' in text else f'"{text}"'


def writable(text: str) -> bool:
    return bool(text) and not ("'" in text and '"' in text)


@st.composite
def facts(draw: Draw) -> dict[str, dict[str, Any]]:
    names = draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=8, unique=True))
    found = {}
    for name in names:
        kind = draw(st.sampled_from(list(FactType)))
        found[name] = {"type": str(kind)}
        if kind is FactType.CHOICE:
            choices = st.lists(st.sampled_from(CHOICES), min_size=1, max_size=4, unique=True)
            found[name] |= {"values": [c for c in draw(choices) if c] or ["only"]}
            found[name] |= {"ordered": draw(st.booleans())}
    return found


def subject_of(name: str, fact: dict[str, Any], place: int = 0) -> Subject:
    """Return the subject of a fact; ``place`` picks one of the units."""
    kind = FactType(fact["type"])
    if kind is FactType.CHOICE:
        values = tuple(quoted(value) for value in fact["values"] if writable(value))
        return Subject(name, values, ordered=fact["ordered"])
    if kind is FactType.TEXT:
        return Subject(name, tuple(quoted(t) for t in TEXTS if writable(t)), is_text=True)
    if kind is FactType.FLAG:
        return Subject(name, ("true", "no", "是"), is_flag=True)
    if kind is FactType.DATE:
        return Subject(name, DAYS, ordered=True)
    unit = UNITS[kind][place % len(UNITS[kind])]
    plain = [number for number in NUMBERS if "e" not in number or unit in ("", "%")]
    return Subject(name, tuple(f"{number}{unit}" for number in sorted(plain, key=float)), True)


@st.composite
def comparison(draw: Draw, subjects: Sequence[Subject]) -> str:
    subject = draw(st.sampled_from(subjects))
    name = subject.name
    if subject.is_fired:
        return f"fired contains {draw(st.sampled_from(subject.values))}"
    forms = ["="] if subject.values else []
    forms += ["known"] if subject.is_fact else []
    forms += ["alone"] if subject.is_flag else []
    forms += ["between", "order"] if subject.ordered and subject.values else []
    forms += ["contains"] if subject.is_text else []
    forms += ["in"] if subject.values else []
    form = draw(st.sampled_from(forms))

    def value() -> str:
        return str(draw(st.sampled_from(subject.values)))

    match form:
        case "known":
            return f"{name} is {draw(st.sampled_from(('known', 'missing')))}"
        case "alone":
            return name
        case "between":
            ends = draw(st.tuples(st.sampled_from(subject.values), st.sampled_from(subject.values)))
            low, high = sorted(ends, key=subject.values.index)
            return f"{name} between {low} and {high}"
        case "in":
            some = draw(st.lists(st.sampled_from(subject.values), min_size=1, max_size=4))
            return f"{name} {draw(st.sampled_from(('in', 'not in')))} [{', '.join(some)}]"
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
    shape = draw(st.sampled_from(shapes))
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


@st.composite
def rule(draw: Draw, name: str, known: dict[str, Any], subjects: Sequence[Subject]) -> Any:
    points = st.sampled_from(POINTS)
    fact = draw(st.sampled_from(sorted(known)))
    kind = FactType(known[fact]["type"])
    subject = subject_of(fact, known[fact])
    if draw(st.booleans()):
        return {"id": name, "when": draw(condition(subjects)), "points": draw(points)}
    if kind in NUMERIC or kind is FactType.DATE:
        return {"id": name, "fact": fact, "bands": draw(bands(kind, subject))}
    keys = (
        {"true": True, "no": False} if kind is FactType.FLAG else known[fact].get("values", TEXTS)
    )
    some = draw(st.lists(st.sampled_from(sorted(keys)), min_size=1, max_size=4, unique=True))
    return {"id": name, "fact": fact, "values": {key: draw(points) for key in some}}


@st.composite
def bands(draw: Draw, kind: FactType, subject: Subject) -> Any:
    points = st.sampled_from(POINTS)
    ends = ("0001-01-01", "1999-01-01", "2024-02-29", "2026-01-01")
    if kind is not FactType.DATE:
        unit = draw(st.sampled_from(UNITS[kind]))
        ends = tuple(f"{number}{unit}" for number in ("-1", "0", "0.3", "12.5", "100"))
    places = sorted(draw(st.sets(st.integers(0, len(ends) - 1), min_size=1)))
    found: list[dict[str, Any]] = [{"from": ends[p], "points": draw(points)} for p in places]
    if len(places) > 1 and draw(st.booleans()):
        del found[0]["from"]
        found[0]["to"] = ends[places[1]]
    return found


@st.composite
def book_texts(draw: Draw) -> str:
    """Return a whole rule book as text: JSON, which is YAML."""
    known = draw(facts())
    derived = draw(formulas(known))
    subjects = [subject_of(*each, place) for place, each in enumerate(known.items())]
    subjects += [subject_of(name, {"type": "number"}) for name in derived]
    subjects = [s for s in subjects if s.values or s.is_fact]
    names = [f"r-{n}" for n in range(draw(st.integers(1, 9)))]
    criteria: dict[str, Any] = {}
    for name in names:
        home = criteria.setdefault(draw(st.sampled_from(("能力", "risk", "need"))), {"rules": []})
        home["rules"].append(draw(rule(name, known, subjects)))
    for home in criteria.values():
        low, start, high = sorted(draw(st.tuples(*[st.sampled_from(POINTS)] * 3)))
        home |= {"range": [low, high], "start": start}
    literals = tuple(str(points) for points in POINTS)
    points = [Subject(n, literals, ordered=True, is_fact=False) for n in (*criteria, "score")]
    fired = Subject("fired", tuple(quoted(name) for name in names), is_fired=True, is_fact=False)
    after = [*subjects, *points, fired]
    grades = draw(ladders(after))
    graded = [*after, Subject("grade", tuple(reversed(grades)), ordered=True, is_fact=False)]
    book = {
        "book": "random",
        "facts": known,
        "derived": derived,
        "criteria": criteria,
        "knock_outs": [
            {
                "id": f"ko-{n}",
                "when": draw(condition(after)),
                "grade": draw(st.sampled_from([*grades])),
            }
            for n in range(draw(st.integers(0, 3)))
        ],
        "grades": grades,
    }
    if draw(st.booleans()):
        book["qualified"] = draw(condition(graded, 1))
    qualified = [*graded, Subject("qualified", ("yes", "no"), is_flag=True, is_fact=False)]
    classes = draw(classifications(known, qualified))
    everything = [
        *qualified,
        *(Subject(name, ("A1", '"not applicable"', "unknown"), is_fact=False) for name in classes),
    ]
    steps = [{"id": f"s-{n}", "do": "call", "when": draw(condition(everything))} for n in range(3)]
    book |= {"classes": classes, "next_steps": steps}
    return json.dumps(book, ensure_ascii=False)  # YAML does not join escaped surrogates


@st.composite
def formulas(draw: Draw, known: dict[str, Any]) -> dict[str, str]:
    numbers = [name for name, fact in known.items() if FactType(fact["type"]) in NUMERIC]
    dates = [name for name, fact in known.items() if fact["type"] == "date"]
    found = {}
    if numbers and draw(st.booleans()):
        a, b = draw(st.sampled_from(numbers)), draw(st.sampled_from(numbers))
        forms = (f"{a} / {b}", f"{a} - {b} * 3", f"min({a}, {b}, 7)", f"abs({a}) / 0.1", f"-({a})")
        found["率"] = draw(st.sampled_from(forms))
        found["higher"] = " * ".join(("率", *["1e15"] * 20))
    if dates and draw(st.booleans()):
        found["age"] = f"days_since({dates[0]})"
    return found


@st.composite
def ladders(draw: Draw, subjects: Sequence[Subject]) -> dict[str, Any]:
    names = ("甲", "B", "C", "D", "E")[: draw(st.integers(2, 5))]
    floors = sorted(draw(st.lists(st.sampled_from(POINTS), min_size=5, max_size=5)), reverse=True)
    ladder: dict[str, Any] = {}
    for name, floor in zip(names[:-1], floors, strict=False):
        form = draw(st.sampled_from(("from", "from", "needs", "both")))
        ladder[name] = {} if form == "needs" else {"from": floor}
        if form != "from":
            ladder[name]["needs"] = [draw(condition(subjects, 1))]
    return {**ladder, names[-1]: {}}


@st.composite
def classifications(draw: Draw, known: dict[str, Any], subjects: Sequence[Subject]) -> Any:
    choices = [name for name, fact in known.items() if fact["type"] == "choice"]
    numbers = [name for name, fact in known.items() if FactType(fact["type"]) in NUMERIC]
    found: dict[str, Any] = {}
    if choices and draw(st.booleans()):
        rows, columns = draw(st.sampled_from(choices)), draw(st.sampled_from(choices))
        cells = dict.fromkeys(known[columns]["values"], "A1")
        table = dict.fromkeys(known[rows]["values"], cells)
        found["cell"] = {"rows": rows, "columns": columns, "table": table}
    if numbers and draw(st.booleans()):
        top = {"1%": "A1", "20%": "gold"}
        found["等级"] = {"rank": draw(st.sampled_from(numbers)), "top": top, "rest": "lead"}
    for each in found.values():
        if draw(st.booleans()):
            each["applies_when"] = draw(condition(subjects, 1))
    return found


def edges(book: Book) -> dict[str, list[Value]]:
    """Return the values of each fact that lie on, beside and far from the book's thresholds."""
    return {fact.id: _edges(fact) for fact in book.facts.values()}


def _edges(fact: Fact) -> list[Value]:
    match fact.type:
        case FactType.CHOICE:
            return [choice.id for choice in fact.choices]
        case FactType.TEXT:
            return [*TEXTS, "", "\x00", "x" * 70_000]
        case FactType.FLAG:
            return [True, False]
        case FactType.DATE:
            days = [date.fromisoformat(day) for day in DAYS[1:]]
            near = [day + timedelta(step) for day in days for step in (-1, 0, 1)]
            return [*near, date.min, date.max]
    scales = {FactType.PERCENT: (1e-2,), FactType.MONEY: (1.0, 1e4, 1e6), FactType.DAYS: (1.0,)}
    found: list[Value] = list(HUGE)
    for number in NUMBERS:
        for scale in scales.get(fact.type, (1.0, 1e3)):
            value = float(number) * scale
            found += [value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf)]
    return found


@st.composite
def leads_for(draw: Draw, book: Book, count: int) -> list[Lead]:
    """Return leads with facts around the edges; about one in six is unknown."""
    values = edges(book)
    rankings = [each.id for each in rankings_of(book)]
    random = draw(st.randoms(use_true_random=True))  # seeded below: drawing each value is slow
    random.seed(draw(st.integers(0, 2**32)))
    found = []
    for number in range(count):
        known = {
            name: random.choice(some) for name, some in values.items() if random.random() > 1 / 6
        }
        places = ((each, random.randint(1, 30)) for each in rankings if random.random() > 1 / 6)
        ranks = {each: Rank(place, random.randint(place, 40)) for each, place in places}
        found.append(Lead(f"L{number}", known, ranks))
    return found
