"""Random parts of a book that read facts: criteria, ladder, limits, classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from leadgrade.rules.model import NUMERIC, FactType

from .book_conditions import TEXTS, Draw, Subject, condition
from .book_facts import Vocabulary

POINTS = (-15, -2.5, -0.25, 0, 0.5, 1, 3.75, 5, 8, 12)
MOST = (-10_000_000, 10_000_000)
"""As many points as a book may give: three rules of a criterion are more than 32 bits hold."""

FADING = (-2.5, 0, 0.5, 1, 3)
HALF_LIVES = ("1 day", "30 days", "2 weeks", "365天")
TURNS = ("2025-12-31", "2026-01-01", "2026-01-02")
"""Days on which something comes into force or goes out of it."""

GRADES = ("甲", "B", "C", "D", "E")
CLASSES = ("A1", "gold", "铂金", "it's", "a b", "010")


@st.composite
def in_force(draw: Draw) -> dict[str, str]:
    """Return the days from and until when something is in force; mostly it always is."""
    form = draw(st.sampled_from(("", "", "", "", "from", "until", "both")))
    first, last = sorted(draw(st.tuples(st.sampled_from(TURNS), st.sampled_from(TURNS))))
    found = {"valid_from": first} if form in ("from", "both") else {}
    return found | ({"valid_until": last} if form in ("until", "both") else {})


@st.composite
def criteria(draw: Draw, words: Vocabulary) -> dict[str, Any]:
    found: dict[str, Any] = {}
    points = st.sampled_from(draw(st.sampled_from((POINTS, POINTS, POINTS, MOST))))
    for number in range(draw(st.integers(1, 9))):
        home = found.setdefault(draw(st.sampled_from(("能力", "risk", "need"))), {"rules": []})
        home["rules"].append({"id": f"r-{number}", **draw(rule(words, points)), **draw(in_force())})
    for home in found.values():
        low, start, high = sorted(draw(st.tuples(*[points] * 3)))
        home |= {"range": [low, high], "start": start}
    return found


@st.composite
def rule(draw: Draw, words: Vocabulary, points: st.SearchStrategy[float]) -> dict[str, Any]:
    dates = [name for name in words.of_type(FactType.DATE) if name in words.facts]
    form = draw(st.sampled_from(("when", "when", "fact", "fade" if dates else "fact")))
    if form == "when":
        return {"when": draw(condition(words.subjects)), "points": draw(points)}
    if form == "fade":
        return {
            "when": draw(condition(words.subjects, 1)),
            "points": draw(st.sampled_from(FADING)),
            "half_life": draw(st.sampled_from(HALF_LIVES)),
            "age_of": draw(st.sampled_from(dates)),
        }
    fact = draw(st.sampled_from([*words.facts, *words.derived]))
    kind = words.type_of(fact)
    if kind in NUMERIC or kind is FactType.DATE:
        ends = words.literals(fact)
        return {"fact": fact, "bands": draw(bands(ends, "points", points))}
    flags = {"true": True, "no": False}
    keys = flags if kind is FactType.FLAG else words.facts[fact].get("values", TEXTS)
    some = draw(st.lists(st.sampled_from(sorted(keys)), min_size=1, max_size=4, unique=True))
    return {"fact": fact, "values": {key: draw(points) for key in some}}


@st.composite
def bands(draw: Draw, ends: Sequence[str], key: str, gives: st.SearchStrategy[Any]) -> Any:
    """Return bands that begin at some of the ``ends``, in any order."""
    places = sorted(draw(st.sets(st.integers(0, len(ends) - 1), min_size=1, max_size=5)))
    found: list[dict[str, Any]] = [{"from": ends[place], key: draw(gives)} for place in places]
    if len(places) > 1 and draw(st.booleans()):
        del found[0]["from"]
        found[0]["to"] = ends[places[1]]
    if len(places) > 2 and draw(st.booleans()):  # a gap, or what would be there anyway
        found[1]["to"] = ends[draw(st.integers(places[1] + 1, places[2]))]
    return list(reversed(found)) if draw(st.booleans()) else found


@st.composite
def ladders(draw: Draw, subjects: Sequence[Subject]) -> dict[str, Any]:
    names = GRADES[: draw(st.integers(2, 5))]
    floors = draw(st.lists(st.sampled_from(POINTS), min_size=5, max_size=5))
    if draw(st.integers(0, 3)):
        floors.sort(reverse=True)
    ladder: dict[str, Any] = {}
    for name, floor in zip(names[:-1], floors, strict=False):
        form = draw(st.sampled_from(("from", "from", "needs", "both")))
        ladder[name] = {} if form == "needs" else {"from": floor}
        if form != "from":
            ladder[name]["needs"] = [draw(condition(subjects, 1))]
    return {**ladder, names[-1]: {}}


@st.composite
def limits(draw: Draw, subjects: Sequence[Subject], grades: list[str]) -> dict[str, Any]:
    """Return knock-outs, floors and ceilings."""
    grade = st.sampled_from(grades)

    def cases(name: str) -> list[dict[str, Any]]:
        return [
            {"id": f"{name}-{n}", "when": draw(condition(subjects)), **draw(in_force())}
            for n in range(draw(st.integers(0, 3)))
        ]

    return {
        "knock_outs": [{**each, "grade": draw(grade)} for each in cases("ko")],
        "limits": [
            {**each, draw(st.sampled_from(("at_most", "at_least"))): draw(grade)}
            for each in cases("limit")
        ],
    }


@st.composite
def classifications(
    draw: Draw,
    words: Vocabulary,
    points: Sequence[Subject],
    grades: list[str],
    subjects: Sequence[Subject],
) -> list[tuple[str, dict[str, Any]]]:
    """Return classifications by name, each with its possible classes under ``labels``."""
    axes = {name: list(words.facts[name]["values"]) for name in words.of_type(FactType.CHOICE)}
    axes["grade"] = grades
    found: list[tuple[str, dict[str, Any]]] = []
    for name in ("cell", "等级", "zone", "outcome")[: draw(st.integers(0, 4))]:
        form = draw(st.sampled_from((first_match, matrix, class_bands, ranking)))
        each = draw(form(words, axes, points, subjects))  # type: ignore[operator]
        if draw(st.booleans()):
            each["applies_when"] = draw(condition(subjects, 1))
        labels = [*each["labels"], "not applicable", "unknown"]
        treated = draw(st.lists(st.sampled_from(labels), max_size=2, unique=True))
        each["treatments"] = {label: {"do": "call", "within": "2 days"} for label in treated}
        axes[name] = each["labels"]
        found.append((name, each))
    return found


@st.composite
def matrix(draw: Draw, _words: Any, axes: dict[str, list[str]], *_: Any) -> dict[str, Any]:
    rows, columns = draw(st.sampled_from(list(axes))), draw(st.sampled_from(list(axes)))
    label = st.sampled_from(CLASSES)
    table = {row: {column: draw(label) for column in axes[columns]} for row in axes[rows]}
    labels = dict.fromkeys(each for cells in table.values() for each in cells.values())
    return {"rows": rows, "columns": columns, "table": table, "labels": list(labels)}


@st.composite
def first_match(
    draw: Draw, _words: Any, _axes: Any, _points: Any, subjects: Sequence[Subject]
) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from(CLASSES), min_size=2, max_size=4))
    cases = [{"when": draw(condition(subjects, 1)), "class": name} for name in names[:-1]]
    labels = list(dict.fromkeys(names))
    return {"first_match": cases, "otherwise": names[-1], "labels": labels}


@st.composite
def class_bands(
    draw: Draw, words: Vocabulary, _axes: Any, points: Sequence[Subject], _subjects: Any
) -> dict[str, Any]:
    lines = {name: words.literals(name) for name in words.of_type(*NUMERIC, FactType.DATE)}
    lines |= {each.name: each.values for each in points}
    fact = draw(st.sampled_from(list(lines)))
    found = draw(bands(lines[fact], "class", st.sampled_from(CLASSES)))
    labels = dict.fromkeys(each["class"] for each in found)
    if not draw(st.booleans()):
        return {"fact": fact, "bands": found, "labels": list(labels)}
    return {"fact": fact, "bands": found, "otherwise": "rest", "labels": [*labels, "rest"]}


@st.composite
def ranking(draw: Draw, words: Vocabulary, axes: Any, points: Any, subjects: Any) -> dict[str, Any]:
    numbers = words.of_type(*NUMERIC)
    if not numbers:
        return draw(first_match(words, axes, points, subjects))  # type: ignore[no-any-return]
    way = draw(st.sampled_from(("top", "quantiles", "share_of_total")))
    found: dict[str, Any] = {"rank": draw(st.sampled_from(numbers))}
    if way == "quantiles":
        names = [f"Q{n}" for n in range(1, draw(st.integers(2, 5)) + 1)]
        return {**found, "quantiles": names, "labels": names}
    shares = draw(st.sampled_from(({"1%": "A1", "20%": "gold"}, {"80%": "it's"}, {"100%": "铂金"})))
    return {**found, way: shares, "rest": "lead", "labels": [*shares.values(), "lead"]}
