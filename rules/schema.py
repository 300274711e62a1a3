"""The JSON Schema of a rule book, from the same documents that read it: for editors.

With a book at hand the schema also knows its facts, grades and criteria, so that an editor can
complete them.
"""

from __future__ import annotations

import inspect
from typing import Any

from leadgrade.rules.document import BookDoc
from leadgrade.rules.kinds import (
    MADE_OF,
    Document,
    Entry,
    Reader,
    condition,
    phrase,
    points,
    scalar,
    truth,
    word,
)
from leadgrade.rules.model import Book, FactType

Schema = dict[str, Any]

_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_PHRASE: Schema = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "properties": {"en": {"type": "string"}, "zh": {"type": "string"}},
            "additionalProperties": False,
        },
    ]
}
_PLAIN: dict[Reader, Schema] = {
    scalar: _TEXT,
    word: _TEXT,
    truth: {"type": "boolean"},
    points: {"type": "number", "multipleOf": 0.01},
    phrase: _PHRASE,
    condition: {"$ref": "#/$defs/condition"},
}
_NAMES_OF: dict[str, str] = {
    "fact": "fact",
    "rank": "fact",
    "rows": "fact",
    "columns": "fact",
    "age_of": "fact",
    "dated_by": "fact",
    "lead_name": "fact",
    "at_most": "grade",
    "at_least": "grade",
}
"""Keys whose values name something of the book."""


def schema_of(book: Book | None = None) -> Schema:
    """Return the schema of rule books, or of one book with its own names in it."""
    return _SchemaWriter(book).whole()


class _SchemaWriter:
    """Writes the schema document by document."""

    def __init__(self, book: Book | None) -> None:
        self._defs: dict[str, Schema] = {}
        self._names: dict[str, list[str]] = {}
        if book is not None:
            self._names = {"fact": [*book.all_facts], "grade": [*book.grade_ids]}
            self._names["subject"] = [*book.all_facts, *book.criteria, "score", "grade"]

    def whole(self) -> Schema:
        self._defs["condition"] = self._condition()
        root = self._record(BookDoc)
        return {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "leadgrade rule book",
            **root,
            "$defs": self._defs,
        }

    def _condition(self) -> Schema:
        line: Schema = {
            "type": ["string", "boolean"],
            "description": "one comparison: `fact operator value`",
        }
        examples = [f"{name} " for name in self._names.get("subject", ())]
        inner = {"$ref": "#/$defs/condition"}
        return {
            "anyOf": [
                {**line, "examples": examples} if examples else line,
                {"type": "array", "items": inner, "minItems": 1},
                {
                    "type": "object",
                    "properties": {"any": inner, "all": inner, "not": inner},
                    "additionalProperties": False,
                    "minProperties": 1,
                    "maxProperties": 1,
                },
            ]
        }

    def _record(self, shape: type[Document]) -> Schema:
        properties = {key: self._key(key, each) for key, each in shape.entries.items()}
        required = [key for key, each in shape.entries.items() if each.required]
        found: Schema = {
            "type": ["object", "null"],
            "description": inspect.cleandoc(shape.__doc__ or ""),
            "properties": properties,
            "additionalProperties": False,
        }
        # What a book includes or extends may bring what it lacks itself.
        return {**found, "required": required} if required and shape is not BookDoc else found

    def _key(self, name: str, entry: Entry) -> Schema:
        found = dict(self._reader(entry.reader))
        if name == "type":
            found = {"enum": [str(each) for each in FactType]}
        elif entry.reader is scalar and (names := self._names.get(_NAMES_OF.get(name, ""))):
            found = {"anyOf": [{"enum": names}, _TEXT]}
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
                return {"anyOf": [one, {"type": "array", "items": one}]}
            case "named":
                return {"type": ["object", "null"], "additionalProperties": self._reader(inside)}
            case "record":
                return self._defined(inside)
        return {}

    def _defined(self, shape: type[Document]) -> Schema:
        name = shape.__name__.removesuffix("Doc").lower()
        if name not in self._defs:
            self._defs[name] = {}  # a place for it, should it come back to itself
            self._defs[name] = self._record(shape)
        return {"$ref": f"#/$defs/{name}"}
