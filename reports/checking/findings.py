"""Findings about a rule book -> what a person reads: the message, the line itself, how to mend it.

```
book.yaml:12:15: error: `revnue` is not a fact or result of this book [unknown-name]
   12 |         when: revnue > 5
      |               ^^^^^^
      = help: declare it under `facts:` …
      = did you mean `revenue`?
```
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from leadgrade.reports.wording import say, texts
from leadgrade.rules.source import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leadgrade.rules.source import Days, Finding, Span

MOST_COLUMNS = 100
"""Of a shown line, on the screen; a longer one is cut around its span."""

MOST_OF_A_WORD = 300
"""Characters of one word of a message; a longer one is cut."""

_BEFORE_SPAN = 30
_CUT = "…"


def findings_text(findings: Sequence[Finding], found_in: Mapping[str, str], lang: str) -> str:
    """Return all findings about some texts (by file), and a last line that counts them."""
    lines = {file: text.splitlines() for file, text in found_in.items()}
    parts = [_one(finding, lines.get(finding.span.file, ()), lang) for finding in findings]
    return "\n\n".join([*parts, _total(findings, lang)])


def finding_text(finding: Finding, text: str, lang: str) -> str:
    """Return one finding with the line that it points into."""
    return _one(finding, text.splitlines(), lang)


def message(finding: Finding, lang: str) -> str:
    """Return what is wrong."""
    return _filled(finding.code, finding, lang)


def help_text(finding: Finding, lang: str) -> str:
    """Return how to mend it."""
    return _filled(f"{finding.code}.help", finding, lang)


def as_json(finding: Finding, lang: str = "en") -> dict[str, Any]:
    """Return a finding as plain data. Lines and columns count from 1; the end is exclusive."""
    span = finding.span
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": message(finding, lang),
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "suggestion": finding.suggestion,
        "help": help_text(finding, lang),
        "example": finding.example,
        "days": [
            {"from": first and first.isoformat(), "until": last and last.isoformat()}
            for first, last in finding.days
        ],
    }


def text_of(name: str, lang: str) -> str:
    """Return a text of the reader of books or of a check, not yet filled.

    Raises:
        KeyError: there is no such text.
    """
    known = texts("findings")
    return (known if name in known else texts("checks"))[name][lang]


def _filled(name: str, finding: Finding, lang: str) -> str:
    return text_of(name, lang).format_map(_words(finding, lang))


def _one(finding: Finding, lines: Sequence[str], lang: str) -> str:
    span = finding.span
    severity = say(f"findings.line.{finding.severity}", lang)
    place = f"{_visible(span.file)}:{span.line}:{span.column}"
    head = f"{place}: {severity}: {message(finding, lang)} [{finding.code}]"
    helps = [say("findings.line.help", lang, help=help_text(finding, lang))]
    if finding.suggestion is not None:
        shown = _short(finding.suggestion)
        helps.append(say("findings.line.did-you-mean", lang, suggestion=shown))
    helps += _shown_by(finding, lang)
    excerpt = _excerpt(span, lines)
    margin = " " * (_width_of_number(span) + 1)
    return "\n".join([head, *excerpt, *(f"{margin}= {each}" for each in helps)])


def _shown_by(finding: Finding, lang: str) -> Iterator[str]:
    """Yield the lead that shows a finding, and how many leads of a list it touches."""
    if finding.example is not None:
        lead = json.dumps(finding.example, ensure_ascii=False)
        key = "example" if finding.example else "example-empty"
        yield say(f"findings.line.{key}", lang, lead=lead)
    if finding.days:
        days = say("findings.days.and", lang).join(_days(each, lang) for each in finding.days)
        yield say("findings.line.days", lang, days=days)
    if "touches" in finding.args:
        yield say(
            "findings.line.touches", lang, count=finding.args["touches"], of=finding.args["leads"]
        )


def _days(days: Days, lang: str) -> str:
    first, last = days
    if first is not None and first == last:
        return say("findings.days.one", lang, day=first)
    key = "between" if first and last else "from" if first else "until"
    return say(f"findings.days.{key}", lang, first=first, last=last)


def _excerpt(span: Span, lines: Sequence[str]) -> list[str]:
    """Return the line that a span begins in, and carets under the span."""
    if not 1 <= span.line <= len(lines):
        return []
    line = lines[span.line - 1]
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    shown, start, width = _window(line, start, max(start, min(end, len(line))))
    margin = _width_of_number(span)
    return [
        f"{span.line:>{margin}} | {shown}".rstrip(),
        f"{'':>{margin}} | {' ' * start}{'^' * max(1, width)}",
    ]


def _width_of_number(span: Span) -> int:
    return max(4, len(str(span.line)))


def _window(line: str, start: int, end: int) -> tuple[str, int, int]:
    """Return what is shown of a line, and where the span is in it: column and width on screen."""
    first, last = 0, len(line)
    if _cells(line[: 4 * MOST_COLUMNS]) > MOST_COLUMNS:
        first = max(0, start - _BEFORE_SPAN) if start > MOST_COLUMNS // 2 else 0
        last = _fitting(line, first)
    before, inside = line[first:start], line[start : min(end, last)]
    behind = line[min(end, last) : last]
    left = _CUT if first else ""
    right = _CUT if last < len(line) else ""
    shown = left + _visible(before) + _visible(inside) + _visible(behind) + right
    return shown, _cells(left + before), _cells(inside)


def _fitting(line: str, first: int) -> int:
    """Return the offset up to which a line fits on the screen, from ``first`` on."""
    room = MOST_COLUMNS
    for offset in range(first, len(line)):
        room -= _cells(line[offset])
        if room < 0:
            return offset
    return len(line)


def _cells(text: str) -> int:
    """Return the columns that a text takes on the screen, as it is made visible."""
    return sum(map(_width, _visible(text)))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _visible(text: str) -> str:
    """Return a text with its control and format characters made visible."""
    return "".join(each if each.isprintable() else _picture(each) for each in text)


def _picture(character: str) -> str:
    code = ord(character)
    if character == "\t":
        return "→"
    if code < 0x20:
        return chr(0x2400 + code)
    return " " if unicodedata.category(character) == "Zs" else f"<U+{code:04X}>"


def _words(finding: Finding, lang: str) -> dict[str, str]:
    """Return the args of a message: short, visible, and in the reader's language."""
    kinds = {**texts("findings"), **texts("checks")}
    words = {name: _short(value) for name, value in finding.args.items()}
    kind = f"kind.{words.get('kind')}"
    return {**words, "kind": kinds[kind][lang]} if kind in kinds else words


def _short(text: str) -> str:
    cut = text if len(text) <= MOST_OF_A_WORD else text[: MOST_OF_A_WORD - 1] + _CUT
    return _visible(cut)


def _total(findings: Sequence[Finding], lang: str) -> str:
    files = ", ".join(dict.fromkeys(_visible(finding.span.file) for finding in findings))
    counts = []
    for severity in Severity:
        count = sum(finding.severity is severity for finding in findings)
        if count:
            key = f"findings.total.{severity}.{'one' if count == 1 else 'many'}"
            counts.append(say(key, lang, count=count, files=files))
    return "\n".join(counts)
