"""``leadgrade check --fix``: what can be meant in one way only is mended in the text itself.

Certain is: an operator of another language, a missing percent sign of a number above one, spaces
that YAML wants, and a misspelt name with exactly one likely neighbour. Every edit stands at the
place of its finding, and only where that place still holds what the finding is about.
"""

from __future__ import annotations

import difflib
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from leadgrade.reports.files import whole_file
from leadgrade.rules.checks.places import scalars
from leadgrade.rules.loader import read_book
from leadgrade.rules.problem import Problem
from leadgrade.rules.source import BookError, Finding, Findings, Span
from leadgrade.rules.text.nodes import Mapping as MappingNode
from leadgrade.rules.text.nodes import Node, read_nodes
from leadgrade.rules.values import ValueReadError, split_unit

MOST_ROUNDS = 10
"""Mending one mistake of YAML may lay others open."""

_ALWAYS = frozenset(
    {"operator-of-another-language", "yaml-space-after-colon", "yaml-space-after-dash"}
)
_NAMES: dict[str, str | None] = {
    "unknown-key": "keys",
    "unknown-value": "values",
    "unknown-grade": "grades",
    "want-one-of": "known",
    "unknown-function": "functions",
    "unknown-name": None,
    "unknown-id": None,
}
"""Codes about misspelt names, and the detail that lists what there is; else the whole book."""

_ALIKE = 0.75
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")


class MendError(Problem):
    """A file that cannot be mended."""

    texts: ClassVar[str] = "screens"


@dataclass(frozen=True, slots=True)
class Mended:
    """A file before and after."""

    file: str
    before: str
    after: str
    count: int

    @property
    def diff(self) -> str:
        """The changed lines, as a unified diff."""
        before, after = (text.splitlines(keepends=True) for text in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, self.file, self.file))


def mended(path: str) -> Mended:
    """Return a book's own file with all that is certain mended; nothing is written.

    Raises:
        MendError: the file cannot be read.
    """
    try:
        before = Path(path).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MendError("cannot-write", file=path, reason=error) from error
    text, count = before, 0
    for _ in range(MOST_ROUNDS):
        findings = _findings(text, path)
        edits = [each for each in findings if each.span.file == path and is_certain(each, text)]
        changed = with_edits(text, edits)
        worse = len(_findings(changed, path)) > len(findings) and _is_read(text)
        if changed == text or worse:
            break
        text, count = changed, count + len(edits)
    return Mended(path, before, text, count)


def _findings(text: str, path: str) -> Sequence[Finding]:
    try:
        read_book(text, path)
    except BookError as error:
        return error.findings
    return ()


def _is_read(text: str) -> bool:
    return read_nodes(text, "", Findings()) is not None


def is_certain(finding: Finding, text: str) -> bool:
    """Whether a finding has a mend that can be meant in one way only."""
    suggestion, code = finding.suggestion, finding.code
    if suggestion is None or finding.span.line != finding.span.end_line:
        return False
    if code in _ALWAYS:
        return True
    if code == "value-percent-without-sign":
        return _is_above_one(finding.args["text"])
    if code not in _NAMES:
        return False
    listed = _NAMES[code]
    wrong = finding.args.get("key") or finding.args.get("name") or finding.args.get("text") or ""
    if code == "unknown-value":
        wrong = finding.args["text"]
    known = finding.args[listed].split(", ") if listed else _names(text)
    return _neighbours(wrong, known) == {suggestion} and _slice(text, finding.span) == wrong


def _is_above_one(text: str) -> bool:
    """Whether a bare number can only be a percentage: 0.2 might be a share, 20 cannot."""
    try:
        return abs(split_unit(text)[0]) > 1
    except ValueReadError:
        return False


def _neighbours(wrong: str, known: Iterable[str]) -> set[str]:
    """Return the names that are much like a word."""
    by_fold = {each.casefold(): each for each in known}
    found = difflib.get_close_matches(wrong.casefold(), by_fold, n=3, cutoff=_ALIKE)
    return {by_fold[each] for each in found}


def _names(text: str) -> set[str]:
    """Return what a book may call something: keys, ids, labels."""
    return set(_called(read_nodes(text, "", Findings())))


def _called(node: Node | None) -> Iterator[str]:
    if isinstance(node, MappingNode):
        for key, value in node.entries:
            yield key.text
            if key.text in ("id", "label", "book"):
                yield from (each.text for each in scalars(value))
            else:
                yield from _called(value)
        return
    for item in getattr(node, "items", ()):
        yield from _called(item)


def with_edits(text: str, findings: Iterable[Finding]) -> str:
    """Return a text with the suggestions of findings in place; the last place first."""
    lines = _lines(text)
    last: Span | None = None
    ordered = sorted(findings, key=lambda each: (each.span.line, each.span.column), reverse=True)
    for finding in ordered:
        span, suggestion = finding.span, finding.suggestion
        apart = last is None or (span.line, span.end_column) <= (last.line, last.column)
        if suggestion is None or not apart or span.line > len(lines):
            continue
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + suggestion + line[span.end_column - 1 :]
        last = span
    return "".join(lines)


def _lines(text: str) -> list[str]:
    """Return the lines as YAML counts them, with their ends."""
    ends = [found.end() for found in _BREAK.finditer(text)]
    starts = [0, *ends]
    return [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]


def _slice(text: str, span: Span) -> str:
    lines = _lines(text)
    return lines[span.line - 1][span.column - 1 : span.end_column - 1] if lines else ""


def write(result: Mended) -> None:
    """Write a mended file, whole or not at all; what stands before it (a BOM, its mode) stays.

    Raises:
        OutputError: it cannot be written.
    """
    path = Path(result.file)
    with whole_file(path, sync=True) as file:
        mark = BOM_UTF8 if path.read_bytes().startswith(BOM_UTF8) else b""
        file.write(mark + result.after.encode("utf-8"))
