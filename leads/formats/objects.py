"""JSON lines, and files that hold one array of objects, as tables of texts.

The headers are the names of all objects, in the order in which they first appear: so the file is
read once for them, and again for its rows.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from leadgrade.leads.formats.encoding import UNDECODED, find_encoding, text_of
from leadgrade.leads.formats.limits import within_limits
from leadgrade.leads.formats.records import LINE_LIMIT, Lines
from leadgrade.leads.formats.texts import as_text
from leadgrade.leads.formats.window import Window
from leadgrade.leads.terms import ListError, Rejected, Row, Table, clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from leadgrade.leads.formats.source import Source
    from leadgrade.leads.mapping.names import Names
    from leadgrade.leads.terms import Options


class _Found(NamedTuple):
    """An object of a list, and the text it was read from."""

    line: int
    values: dict[str, Any]
    raw: str


class _BadJsonError(ValueError):
    """A text that is not a JSON object. ``code`` names the message, ``reason`` is its argument."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


def json_lines_table(source: Source, options: Options, names: Names) -> Table:
    """Return a file with one JSON object a line as a table.

    Raises:
        ListError: ``no-such-encoding``, ``unknown-encoding`` or ``no-objects``.
    """
    encoding = find_encoding(source, options.encoding, names.written)
    return _table(source.name, encoding, lambda: _objects_of_lines(source, encoding))


def json_array_table(source: Source, options: Options, names: Names) -> Table:
    """Return a file that is one JSON array of objects as a table.

    Raises:
        ListError: ``no-such-encoding``, ``unknown-encoding``, ``bad-json-file`` with line and
            reason, or ``no-objects``.
    """
    encoding = find_encoding(source, options.encoding, names.written)
    return _table(source.name, encoding, lambda: _objects_of_array(source, encoding))


def _table(file: str, encoding: str, objects: Callable[[], Iterator[_Found | Rejected]]) -> Table:
    names: dict[str, None] = {}
    for found in objects():
        if isinstance(found, _Found):
            names.update(dict.fromkeys(found.values))
    if not names:
        raise ListError("no-objects", file=file)
    headers = tuple(names)

    def rows() -> Iterator[Row | Rejected]:
        return (
            found if isinstance(found, Rejected) else _row(found, headers, file)
            for found in objects()
        )

    return Table(headers, rows, encoding=encoding, kind="JSON")


def _row(found: _Found, headers: Sequence[str], file: str) -> Row | Rejected:
    cells = [as_text(found.values.get(header)) for header in headers]
    return within_limits(Row(found.line, cells, found.raw), file)


def _objects_of_lines(source: Source, encoding: str) -> Iterator[_Found | Rejected]:
    with text_of(source, encoding) as text:
        lines = Lines(text)
        for line in lines:
            lines.start()
            if not line.strip(" \t\r\n\ufeff"):
                continue
            try:
                if len(line) >= LINE_LIMIT:
                    raise _BadJsonError("row-too-long")
                yield _Found(lines.number, _object(line.strip("\ufeff")), line)
            except _BadJsonError as error:
                yield _rejected(source.name, lines.number, error, line)


def _objects_of_array(source: Source, encoding: str) -> Iterator[_Found | Rejected]:
    """Yield the elements of an array. Between broken elements there is no safe way to go on."""
    file = source.name
    with text_of(source, encoding) as stream:
        window = Window(stream)
        window.skip()
        window.take(1)  # the bracket
        window.skip()
        try:
            while window.peek() != "]":
                yield _element(window, file)
                window.skip()
                if window.peek() == ",":
                    window.take(1)
                    window.skip()
                elif window.peek() != "]":
                    raise _BadJsonError("bad-json", "no end of the array")
            window.take(1)
            window.skip()
            if window.peek():
                raise _BadJsonError("bad-json", "text after the array")
        except _BadJsonError as error:
            reason = error.reason or error.code
            raise ListError("bad-json-file", file=file, line=window.line, reason=reason) from error


def _element(window: Window, file: str) -> _Found | Rejected:
    """Take the next element; one that is whole and no object of a list is a rejection."""
    decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant)
    line = window.line
    try:
        value, raw = window.value(decoder)
    except _BadJsonError:
        raise
    except RecursionError:
        raise _BadJsonError("bad-json", "too deep") from None
    except ValueError as error:
        raise _BadJsonError("bad-json", str(error)) from None
    try:
        return _Found(line, _checked(value, raw), raw)
    except _BadJsonError as error:
        return _rejected(file, line, error, raw)


def _object(line: str) -> dict[str, Any]:
    try:
        value = json.loads(line, object_pairs_hook=_pairs, parse_constant=_constant)
    except _BadJsonError:
        raise
    except RecursionError:
        raise _BadJsonError("bad-json", "too deep") from None
    except ValueError as error:
        raise _BadJsonError("bad-json", str(error)) from None
    return _checked(value, line)


def _checked(value: object, raw: str) -> dict[str, Any]:
    """Return what was read if it is an object of whole texts.

    A lone surrogate escape is half a character.
    """
    if not raw.isascii() and UNDECODED.search(raw):
        raise _BadJsonError("invalid-bytes")
    if not isinstance(value, dict):
        raise _BadJsonError("not-an-object")
    halves = "\\ud" in raw or "\\uD" in raw
    if halves and any(UNDECODED.search(as_text(part)) for pair in value.items() for part in pair):
        raise _BadJsonError("bad-json", "half of a surrogate pair")
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _BadJsonError("bad-json", "a name stands twice in one object")
    return found


def _constant(name: str) -> str | None:
    """Return what is no JSON, but written by many: NaN is nothing, Infinity a text, no number."""
    return None if name == "NaN" else name


def _rejected(file: str, line: int, error: _BadJsonError, raw: str) -> Rejected:
    args = {"reason": error.reason} if error.reason else {}
    if error.code == "row-too-long":
        args = {"limit": str(LINE_LIMIT)}
    return Rejected(file, line, error.code, args, clip(raw))
