"""The JSON Schema of a rule book, from the same documents that read it: for editors.

With a book at hand the schema knows its names too, so that an editor can complete them. A name that
it does not know is not an error there: it may have been added a moment ago.
"""

from __future__ import annotations

import inspect

from leadgrade.rules.documents import book as document
from leadgrade.rules.documents import sources as document_sources
from leadgrade.rules.documents.kinds import (
    MADE_OF,
    MOST_POINTS,
    Document,
    Entry,
    Reader,
    choices,
    condition,
    phrase,
    points,
    scalar,
    trial,
    truth,
    word,
)
from leadgrade.rules.documents.schema_names import NamesOf, Schema, either
from leadgrade.rules.gathering import DateWriting, Precedence
from leadgrade.rules.model import Actionable, Book, FactType, OnUnreadable

TITLE = "leadgrade rule book"
TEXT: Schema = {"type": ["string", "number", "boolean"]}
_PHRASE: Schema = {
    "anyOf": [
        {"type": ["string", "number", "boolean"]},
        {
            "type": "object",
            "properties": {
                "en": {"description": "in English", "type": "string"},
                "zh": {"description": "in Chinese", "type": "string"},
            },
            "additionalProperties": False,
        },
    ]
}
_PLAIN: dict[Reader, Schema] = {
    scalar: TEXT,
    word: TEXT,
    truth: {"type": "boolean"},
    points: {"type": "number", "minimum": -MOST_POINTS, "maximum": MOST_POINTS},
    phrase: _PHRASE,
    condition: {"$ref": "#/$defs/condition"},
    choices: {
        "anyOf": [
            {"type": "array", "items": TEXT},
            {"type": "object", "additionalProperties": _PHRASE},
        ]
    },
    trial: {
        "anyOf": [
            {"enum": ["knock-out always wins", "range never exceeded"]},
            {
                "type": "object",
                "properties": {"monotone": {**TEXT, "description": "a fact that has an order"}},
                "required": ["monotone"],
                "additionalProperties": False,
            },
        ]
    },
}
_TYPES: dict[FactType, str] = {
    FactType.MONEY: "an amount in the book's currency: 500万, 2.5M",
    FactType.NUMBER: "any other number",
    FactType.PERCENT: "a share, always written with its sign: 20%",
    FactType.DAYS: "a length of time: 90 days, 2 weeks",
    FactType.DATE: "a day: 2026-01-31",
    FactType.CHOICE: "one of the `values`",
    FactType.FLAG: "yes or no",
    FactType.TEXT: "any text",
}
_ONE_OF: dict[str, Schema] = {
    "type": {"enum": [*map(str, _TYPES)], "enumDescriptions": [*_TYPES.values()]},
    "on_unreadable": {"enum": [*map(str, OnUnreadable)]},
    "actionable": {"enum": [True, False, str(Actionable.UP), str(Actionable.DOWN)]},
    "precedence": {"enum": [*map(str, Precedence)]},
    "dates": {"enum": [*map(str, DateWriting)]},
    "basis": {"enum": ["stated", "proposed"]},
}
"""Keys that take nothing but these words."""

_PROPOSED: dict[str, list[str]] = {
    "if_unknown": ["leave", "reject", "value 0"],
    "max_age": ["90 days", "52 weeks"],
    "half_life": ["30 days"],
    "within": ["1 day", "1 week"],
    "window": ["12 months"],
    "currency": ["CNY", "USD", "EUR"],
}
_GO_TOGETHER: dict[type[Document], dict[str, list[str]]] = {
    document.FactDoc: {"max_age": ["dated_by"], "dated_by": ["max_age"]},
    document.RuleDoc: {
        "when": ["points"],
        "points": ["when"],
        "bands": ["fact"],
        "values": ["fact"],
        "half_life": ["age_of", "when"],
        "age_of": ["half_life"],
    },
    document.ClassDoc: {
        "rows": ["columns", "table"],
        "columns": ["rows", "table"],
        "table": ["rows", "columns"],
        "top": ["rank", "rest"],
        "share_of_total": ["rank", "rest"],
        "quantiles": ["rank"],
        "first_match": ["otherwise"],
        "bands": ["fact"],
    },
    document_sources.MergeDoc: {"by": ["precedence"]},
}
"""Keys that mean nothing without others, by the document that they stand in."""

_IDS: Schema = {
    "pattern": r"^[^\s\d,.:;/()+*%=<>!'\"\[\]{}#&@|-][^\s,.:;/()+*%=<>!'\"\[\]{}#&@|-]*$"
}
"""Names that conditions speak of: no space, no hyphen, no digit first."""

_MERGED = (document.BookDoc, document.CriterionDoc)
"""Documents that may lack what a file that is included or extended brings."""

_ALONE: Schema = {
    "required": ["book"],
    "not": {"anyOf": [{"required": ["extends"]}, {"required": ["include"]}]},
}

_NAMED_BY_IDS = frozenset(
    {"facts", "derived", "criteria", "classes", "parameters", "lists", "conditions"}
)


def schema_of(book: Book | None = None) -> Schema:
    """Return the schema of rule books, or of one book with its own names in it."""
    return _SchemaWriter(NamesOf(book)).whole()


class _SchemaWriter:
    """Writes the schema document by document."""

    def __init__(self, names: NamesOf) -> None:
        self._names = names
        self._defs: dict[str, Schema] = {}

    def whole(self) -> Schema:
        self._defs["condition"] = self._condition()
        root = self._record(document.BookDoc)
        criteria = _required(document.CriterionDoc)
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": f"{TITLE} {self._names.book}" if self._names.book else TITLE,
            **root,
            "if": _ALONE,
            "then": {
                "required": _required(document.BookDoc),
                "properties": {"criteria": {"additionalProperties": {"required": criteria}}},
            },
            "$defs": self._defs,
        }

    def _condition(self) -> Schema:
        line: Schema = {
            "type": ["string", "boolean"],
            "description": "one comparison: `fact operator value`",
            **self._names.lines(),
        }
        inner = {"$ref": "#/$defs/condition"}
        groups = {
            "any": {**inner, "description": "true when one of these is"},
            "all": {**inner, "description": "true when all of these are"},
            "not": {**inner, "description": "true when this is false"},
        }
        return {
            "anyOf": [
                line,
                {"type": "array", "items": inner, "minItems": 1},
                {
                    "type": "object",
                    "properties": groups,
                    "additionalProperties": False,
                    "minProperties": 1,
                    "maxProperties": 1,
                },
            ]
        }

    def _record(self, shape: type[Document]) -> Schema:
        found: Schema = {
            "type": ["object", "null"],
            "description": inspect.cleandoc(shape.__doc__ or ""),
            "properties": {key: self._key(shape, key, each) for key, each in shape.entries.items()},
            "additionalProperties": False,
        }
        if shape not in _MERGED and (required := _required(shape)):
            found |= {"type": "object", "required": required}
        if shape in _GO_TOGETHER:
            found["dependencies"] = _GO_TOGETHER[shape]
        return found

    def _key(self, shape: type[Document], key: str, entry: Entry) -> Schema:
        found = dict(_ONE_OF.get(key) or self._reader(entry.reader))
        if key in _PROPOSED:
            found["examples"] = _PROPOSED[key]
        if shape is document.BookDoc and key in _NAMED_BY_IDS:
            found["propertyNames"] = _IDS
        found = self._names.completed(shape, key, found)
        return {"description": entry.about, **found}

    def _reader(self, reader: Reader) -> Schema:
        if reader in _PLAIN:
            return _PLAIN[reader]
        kind, inside = MADE_OF.get(reader, ("", None))
        match kind:
            case "many":
                return {"type": ["array", "null"], "items": self._reader(inside)}
            case "one_or_many":
                one = self._reader(inside)
                return either(one, {"type": "array", "items": one})
            case "named":
                return {"type": ["object", "null"], "additionalProperties": self._reader(inside)}
            case "record":
                return self._defined(inside)
            case "text_or":
                return either(TEXT, self._defined(inside))
        return {}

    def _defined(self, shape: type[Document]) -> Schema:
        name = shape.__name__.removesuffix("Doc").lower()
        if name not in self._defs:
            self._defs[name] = {}  # a place for it, should it come back to itself
            self._defs[name] = self._record(shape)
        return {"$ref": f"#/$defs/{name}"}


def _required(shape: type[Document]) -> list[str]:
    return [key for key, each in shape.entries.items() if each.required]
