"""Places in a file, and findings about them: data. How they read is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def within(self, start: int, end: int) -> Span:
        """Return the part from ``start`` to ``end``, in characters from the span's first column.

        Only a span of a single line can be narrowed; a longer one is returned whole.
        """
        if self.line != self.end_line:
            return self
        return Span(self.file, self.line, self.column + start, self.line, self.column + end)


Days = tuple["date | None", "date | None"]
"""A stretch of days: the first and the last of them; None where it has no end."""


JsonFacts = dict[str, bool | int | float | str]
"""Facts of a lead by id, as JSON writes them."""


class Severity(StrEnum):
    """How bad a finding is. An error of the reader keeps the book from being used."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong in a book. ``code`` names the message, ``args`` fill it."""

    code: str
    span: Span
    args: dict[str, str] = field(default_factory=dict)
    suggestion: str | None = None
    """What to write instead, when one thing is likely meant."""
    severity: Severity = Severity.ERROR
    example: JsonFacts | None = None
    """The facts of a lead that shows the matter, as JSON writes them."""
    days: tuple[Days, ...] = ()
    """The days on which it is so; none where it is always so."""


MOST_FINDINGS = 200
"""Nobody reads more of them; a file with as many is no rule book."""


class TooManyFindingsError(Exception):
    """There is so much wrong that reading on helps nobody."""


class Findings:
    """Collects what is wrong, so that a person sees all of it at once."""

    def __init__(self) -> None:
        self._found: list[Finding] = []

    def add(self, code: str, span: Span, *, suggestion: str | None = None, **args: object) -> None:
        """Note an error.

        Raises:
            TooManyFindingsError: there are ``MOST_FINDINGS`` already.
        """
        self._note(Finding(code, span, _words(args), suggestion))

    def add_shown(self, code: str, span: Span, lead: JsonFacts | None, **args: object) -> None:
        """Note an error with the facts of a lead that shows it."""
        self._note(Finding(code, span, _words(args), example=lead))

    def _note(self, finding: Finding) -> None:
        if finding in self._found:
            return
        if len(self._found) == MOST_FINDINGS:
            words = {"count": str(MOST_FINDINGS)}
            self._found.append(Finding("too-many-findings", finding.span, words))
            raise TooManyFindingsError
        self._found.append(finding)

    def add_unless_any(self, code: str, span: Span, **args: object) -> None:
        """Note an error only where nothing else explains it."""
        if not self._found:
            self.add(code, span, **args)  # type: ignore[arg-type]

    @property
    def all(self) -> tuple[Finding, ...]:
        """What was found, in the order of the file."""
        return tuple(sorted(self._found, key=lambda each: (each.span.line, each.span.column)))

    def __bool__(self) -> bool:
        return bool(self._found)


def _words(args: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in args.items()}


class BookError(Exception):
    """A book that cannot be used: all of its findings, with the texts they point into."""

    def __init__(self, findings: Sequence[Finding], texts: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{f.span.line}:{f.span.column} {f.code}" for f in findings))
        self.findings = tuple(findings)
        self.texts = dict(texts)
        """The texts that the findings point into, by file."""

    def __reduce__(self) -> tuple[type[BookError], tuple[Sequence[Finding], Mapping[str, str]]]:
        """Let the error cross from a worker process."""
        return BookError, (self.findings, self.texts)
