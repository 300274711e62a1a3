"""Joined files, and the facts that are gathered from them: documents -> model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from leadgrade.rules.building.facts import build_facts, one_of
from leadgrade.rules.building.identity import key_part
from leadgrade.rules.building.names import Names, Stratum, Subject, SubjectKind
from leadgrade.rules.building.resolve import Resolver
from leadgrade.rules.conditions import All, Condition
from leadgrade.rules.documents.book import FactDoc
from leadgrade.rules.documents.kinds import nearest
from leadgrade.rules.documents.sources import ColumnDoc, SourceDoc
from leadgrade.rules.gathering import (
    ID,
    Aggregate,
    DateWriting,
    Gather,
    JoinedSource,
    KeyPart,
    Window,
)
from leadgrade.rules.model import NUMERIC, Fact, FactType
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Findings
from leadgrade.rules.text.nodes import Node, Scalar

MOST_YEARS = 100
"""A window is not longer."""

_WINDOW = re.compile(
    r"(\d{1,5})\s*(days?|weeks?|months?|years?|天|日|周|个?月|年)", re.ASCII | re.IGNORECASE
)
_DAYS = {"day": 1, "week": 7, "天": 1, "日": 1, "周": 7}
_MONTHS = {"month": 1, "year": 12, "个月": 1, "月": 1, "年": 12}

_FIXED = {Gather.COUNT: FactType.NUMBER, Gather.SHARE: FactType.PERCENT}
_DATES = frozenset({FactType.DATE})
_COLUMNS: dict[Gather, frozenset[FactType]] = {
    Gather.SUM: NUMERIC,
    Gather.MEAN: NUMERIC,
    Gather.MAX: NUMERIC | _DATES,
    Gather.MIN: NUMERIC | _DATES,
    Gather.FIRST: _DATES,
    Gather.LAST: _DATES,
}
"""The types of column that each way of gathering takes, and gives."""

_OF_LISTS = ("headers", "values", "ordered", "on_unreadable")
_OF_SOURCES = ("where", "window")


class Sources:
    """The joined files of one book, and what conditions may say of their columns."""

    def __init__(
        self, docs: Iterable[tuple[Scalar, SourceDoc]], names: Names, findings: Findings
    ) -> None:
        self._findings = findings
        self._columns: dict[str, Names] = {}
        self.built: dict[str, JoinedSource] = {}
        for name, doc in docs:
            if names.claim(name):
                self.built[name.text] = self._source(name, doc, names)

    def _source(self, name: Scalar, doc: SourceDoc, names: Names) -> JoinedSource:
        own = Names(self._findings)
        docs = [(key, _as_fact(each)) for key, each in doc.columns]
        columns = build_facts(docs, own, self._findings)
        for column in columns.values():
            subject = Subject(column.id, SubjectKind.FACT, Stratum.FACTS, column)
            own.add(subject, column.label.wordings)
        own.excuse(key.text for key, _ in doc.columns)
        self._columns[name.text] = own
        lead = KeyPart(ID) if doc.lead is None else key_part(doc.lead, names, self._findings)
        dated_by = self._date(doc.dated_by, columns)
        dates = None if doc.dates is None else one_of(doc.dates, DateWriting, self._findings)
        return JoinedSource(
            id=name.text,
            label=doc.label or Phrase(en=name.text),
            key=tuple(doc.key),
            lead=lead or KeyPart(ID),
            columns=columns,
            span=name.span,
            dated_by=dated_by,
            known_by=self._date(doc.known_by, columns) or dated_by,
            dates=dates,
            encoding=doc.encoding,
            sheet=doc.sheet,
        )

    def _date(self, node: Scalar | None, columns: Mapping[str, Fact]) -> str | None:
        if node is None:
            return None
        dates = [each.id for each in columns.values() if each.type is FactType.DATE]
        if node.text not in dates:
            likely = nearest(node.text, dates)
            self._findings.add("not-a-date-column", node.span, suggestion=likely, name=node.text)
            return None
        return node.text

    def gathered(
        self, docs: Iterable[tuple[Scalar, FactDoc]], facts: Mapping[str, Fact], resolver: Resolver
    ) -> dict[str, Fact]:
        """Return all facts, those that are gathered with how."""
        found = dict(facts)
        for name, doc in docs:
            if name.text in facts and (aggregate := self._aggregate(name, doc, resolver)):
                found[name.text] = self._checked(facts[name.text], doc, aggregate)
        return found

    def _aggregate(self, name: Scalar, doc: FactDoc, resolver: Resolver) -> Aggregate | None:
        """Return how a fact is gathered; None where it is not, or with a finding."""
        ways = [each for each in Gather if doc.has(each)]
        if not ways and not any(map(doc.has, ("from", *_OF_SOURCES))):
            return None
        if len(ways) != 1 or doc.from_ is None:
            self._findings.add("aggregate-form", name.span, name=name.text)
            return None
        source = doc.from_.text
        if source not in self.built:
            likely = nearest(source, self.built)
            self._findings.add("unknown-source", doc.from_.span, suggestion=likely, name=source)
            return None
        for key in filter(doc.has, _OF_LISTS):
            self._findings.add("aggregate-extra", doc.place(key), name=name.text, key=key)
        inside = replace(resolver, names=self._columns[source], conditions={})
        return Aggregate(
            source=source,
            function=ways[0],
            column=self._column(ways[0], doc, source),
            test=_condition(doc.share, inside),
            where=_both(_condition(_unless_all(doc.count), inside), _condition(doc.where, inside)),
            window=self._window(doc.window, source),
        )

    def _column(self, way: Gather, doc: FactDoc, source: str) -> str | None:
        if way not in _COLUMNS:
            return None
        node: Scalar = getattr(doc, way)
        subject = self._columns[source].find(node.text, node.span)
        if subject is not None and subject.type not in _COLUMNS[way]:
            words = {"name": subject.id, "type": subject.type, "way": way}
            self._findings.add("aggregate-column", node.span, **words)
            return None
        return None if subject is None else subject.id

    def _checked(self, fact: Fact, doc: FactDoc, aggregate: Aggregate) -> Fact:
        """Return the fact with its aggregate, whose type has to be its own."""
        columns = self.built[aggregate.source].columns
        type_ = _FIXED.get(aggregate.function)
        if aggregate.column is not None:
            type_ = columns[aggregate.column].type
        if type_ is not None and fact.type is not type_:
            words = {"name": fact.id, "way": aggregate.function, "type": type_}
            self._findings.add("aggregate-type", doc.type.span, suggestion=str(type_), **words)
        return replace(fact, aggregate=aggregate)

    def _window(self, node: Scalar | None, source: str) -> Window | None:
        if node is None:
            return None
        if self.built[source].dated_by is None:
            self._findings.add("window-without-date", node.span, source=source)
        found = _WINDOW.fullmatch(node.text.strip())
        unit = found[2].lower() if found else ""
        unit = unit.removesuffix("s")
        count = int(found[1]) if found else 0
        window = Window(count * _MONTHS.get(unit, 0), count * _DAYS.get(unit, 0))
        if not 0 < window.months * 30.5 + window.days <= MOST_YEARS * 366:
            self._findings.add("window-form", node.span, text=node.text)
            return None
        return window


def _as_fact(doc: ColumnDoc) -> FactDoc:
    return FactDoc(
        node=doc.node,
        type=doc.type,
        label=doc.label,
        headers=doc.headers,
        values=doc.values,
        ordered=doc.ordered,
        range=doc.range,
        on_unreadable=doc.on_unreadable,
    )


def _unless_all(node: Node | None) -> Node | None:
    """Return the condition of ``count``: none where it counts all rows."""
    return None if isinstance(node, Scalar) and node.text == "all" else node


def _condition(node: Node | None, resolver: Resolver) -> Condition | None:
    return None if node is None else resolver.condition(node, Stratum.FACTS)


def _both(one: Condition | None, other: Condition | None) -> Condition | None:
    return All((one, other)) if one and other else one or other
