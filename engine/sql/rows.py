"""The rows to store, as ``engine/decision.py:Decided`` has them: written by a query alone.

Facts as canonical JSON are what DuckDB alone can write. For another dialect it writes them into the
list beforehand (``texts_statement``), and all the rest is left to that one.

A salt is a hash of the row's number behind a key that is made for one run and kept nowhere: whoever
has one of them cannot guess another. What is hashed is worded by ``engine/sealing.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlglot import exp

from leadgrade.engine.decision import Decided
from leadgrade.engine.sealing import SALT, leaf_text, sealed_text
from leadgrade.engine.sql.chain import Chain, Column
from leadgrade.engine.sql.deriving import derive_facts
from leadgrade.engine.sql.evidence import write_evidence
from leadgrade.engine.sql.expressions import (
    Sql,
    call,
    case,
    column,
    concatenated,
    digits,
    identifier,
    known,
    switch,
    text,
    truth,
    whole,
)
from leadgrade.engine.sql.facts import settle_facts
from leadgrade.engine.sql.json_text import as_text, json_of, mended, number_json, quoted
from leadgrade.engine.sql.layout import PLACES, Layout
from leadgrade.engine.sql.names import KEYS
from leadgrade.engine.sql.statement import decide_leads, results
from leadgrade.rules.model import Fact, FactType

JSON = ("facts", "file")
"""What a list has as JSON where the dialect cannot write that."""


def rows_statement(layout: Layout, table: str) -> exp.Select:
    """Return the query of the rows of a list behind their ``n``, given the places of its leads.

    It has one parameter: the key of the salts, a text.
    A dialect that cannot write JSON finds it in the list: see ``texts_statement``.
    """
    chain = Chain(exp.Table(this=identifier(table)))
    if layout.dialect.json:
        _write_texts(layout, chain)
    chain.add("salts", list(_salts(layout)))
    settle_facts(layout, chain)
    derive_facts(layout, chain)
    decide_leads(layout, chain)
    said = [Column("evidence", write_evidence(layout, chain)), *results(layout)]
    chain.add("said", [Column(layout.name("said", each.name), each.sql) for each in said])
    chain.add("sealed", [Column(layout.name("sealed"), _hash(_sealed(layout)))])
    columns = {name: column(layout.name("said", name)) for name in Decided._fields}
    columns |= {
        "n": column("n"),
        "lead": column("lead"),
        "file": column("source"),
        "line": column("line"),
    }
    columns |= {name: column(layout.name("text", name)) for name in ("facts", "ranks")}
    columns["salt"] = call("UNHEX", column(layout.name("text", "salt")))
    columns["leaf"] = _hash(_leaf(layout))
    return chain.end([Column(name, columns[name]) for name in ("n", *Decided._fields)], narrow=True)


def texts_statement(layout: Layout, table: str, reader: Layout) -> exp.Select:
    """Return the query of a list with its facts and files as JSON, for a dialect that reads it.

    What is added is called as in the layout of the ``reader``; all else is as it is in the list.
    """
    chain = Chain(exp.Table(this=identifier(table)))
    _write_texts(layout, chain)
    given = [Column(name, column(name)) for name in (*KEYS, *layout.read.values())]
    added = [Column(reader.name("text", name), column(layout.name("text", name))) for name in JSON]
    return chain.end([*given, *added], narrow=True)


def _write_texts(layout: Layout, chain: Chain) -> None:
    chain.add("quoted_texts", list(_quoted(layout)))
    chain.add("texts", list(_texts(layout)))


def _quoted(layout: Layout) -> Iterator[Column]:
    """Yield the texts as DuckDB quotes them."""
    yield Column(layout.name("quoted_file"), quoted("source"))
    for fact in layout.book.facts.values():
        if fact.type is FactType.TEXT:
            yield Column(layout.name("quoted", fact.id), quoted(layout.read[fact.id]))


def _texts(layout: Layout) -> Iterator[Column]:
    """Yield the facts and the file of a lead as JSON."""
    yield Column(layout.name("text", "facts"), _facts(layout))
    file = mended(layout.name("quoted_file"))
    yield Column(
        layout.name("text", "file"), exp.Coalesce(this=file, expressions=[text(json_of(None))])
    )


def _salts(layout: Layout) -> Iterator[Column]:
    """Yield what else is known before anything is decided: the places as JSON, the salt."""
    yield Column(layout.name("text", "ranks"), _ranks(layout))
    number = concatenated([exp.Placeholder(), text(" "), as_text(column("n"))])
    salt = call("SUBSTR", _hash(number), digits(1), digits(2 * SALT))
    yield Column(layout.name("text", "salt"), salt)


def _facts(layout: Layout) -> Sql:
    """Return the facts as they were read, as ``rules/lead.py:facts_to_json`` writes them."""
    facts = sorted(layout.book.facts.values(), key=lambda fact: fact.id)
    return _object([_member(fact, layout) for fact in facts])


def _object(members: list[Sql]) -> Sql:
    """Return a JSON object; a member that is NULL is left out."""
    if not members:
        return text("{}")
    return concatenated([text("{"), call("CONCAT_WS", text(","), *members), text("}")])


def _member(fact: Fact, layout: Layout) -> Sql:
    """Return ``"id":value``, NULL where the fact is unknown."""
    name, key = layout.read[fact.id], f"{json_of(fact.id)}:"
    match fact.type:
        case FactType.FLAG:
            values = [(truth(each), text(key + json_of(each))) for each in (True, False)]
            return switch(column(name), values)
        case FactType.CHOICE:
            ids = [each.id for each in fact.choices]
            return switch(column(name), [(text(it), text(key + json_of(it))) for it in ids])
        case FactType.DATE:
            parts = [text(f'{key}"'), as_text(column(name)), text('"')]
        case FactType.TEXT:
            parts = [text(key), mended(layout.name("quoted", fact.id))]
        case _:
            parts = [text(key), number_json(name)]
    return case([(known(column(name)), concatenated(parts))])


def _ranks(layout: Layout) -> Sql:
    """Return the places as ``engine/ranks.py:places_to_json`` writes them."""
    members = []
    for ranking, names in sorted(layout.places.items()):
        key = f"{json_of(ranking)}:["
        found = _place(key, names, names)
        if len(names) > len(PLACES):
            nothing = exp.EQ(this=column(names["total"]), expression=whole(0))
            found = case([(nothing, _place(key, names, PLACES))], found)
        members.append(case([(known(column(names["position"])), found)]))
    return _object(members)


def _place(key: str, names: Mapping[str, str], kinds: Iterable[str]) -> Sql:
    numbers = [as_text(column(names[kind])) for kind in kinds]
    return concatenated([text(key), call("CONCAT_WS", text(","), *numbers), text("]")])


class _Slot:
    """Stands for a value in a text that a function words, and is found there again."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __format__(self, _: str) -> str:
        return f"\0{self._name}\0"


def _worded(words: Callable[..., str], values: Mapping[str, Callable[[], Sql]]) -> Sql:
    """Return the text that a function words of some values, in SQL."""
    slots: Any = {name: _Slot(name) for name in values}
    parts = words(**slots).split("\0")
    return concatenated(
        values[part]() if place % 2 else text(part) for place, part in enumerate(parts)
    )


def _sealed(layout: Layout) -> Sql:
    def made(name: str) -> Callable[[], Sql]:
        return lambda: column(layout.name("text", name))

    line = as_text(column("line"))
    values = {name: made(name) for name in ("salt", "file", "ranks", "facts")}
    values["line"] = lambda: exp.Coalesce(this=line, expressions=[text("")])
    values["evidence"] = lambda: column(layout.name("said", "evidence"))
    values["lead"] = lambda: column("lead")
    return _worded(sealed_text, values)


def _leaf(layout: Layout) -> Sql:
    def said(name: str) -> Callable[[], Sql]:
        return lambda: column(layout.name("said", name))

    def as_number(name: str) -> Callable[[], Sql]:
        return lambda: as_text(said(name)())

    values = {name: said(name) for name in ("grade", "worst", "best")}
    values |= {name: as_number(name) for name in ("score", "low", "high")}
    values["qualified"] = lambda: case([(said("qualified")(), text("1"))], text("0"))
    values["sealed"] = lambda: column(layout.name("sealed"))
    return _worded(leaf_text, values)


def _hash(sql: Sql) -> Sql:
    """Return the SHA-256 of a text, in hex."""
    return exp.SHA2(this=sql, length=digits(256))
