"""What people get wrong in YAML, recognised from the parser's error and the line it points at."""

from __future__ import annotations

import re

import yaml

from leadgrade.rules.source import Findings, Span

_BLOCK_HEADER = re.compile(r"(?:^|[:\-]\s+)([>|][=\s]*[^\s#].*)$")
_NO_SPACE = re.compile(r"^\s*(?:- )?([^\s:#\"'{\[]+):([^\s:/].*)$")


def report_yaml_error(error: yaml.YAMLError, text: str, file: str, findings: Findings) -> None:
    """Add a finding for a YAML text that the parser refuses: one that names the mistake."""
    lines = text.splitlines() or [""]
    mark = getattr(error, "problem_mark", None)
    if mark is None:  # the reader's own errors: a character that YAML does not allow
        position = getattr(error, "position", 0) or 0
        number = min(text.count("\n", 0, position), len(lines) - 1)
        findings.add("yaml-character", _place(file, lines, number, 0))
        return
    number = min(mark.line, len(lines) - 1)
    if not _report_known_mistake(lines, number, file, findings):
        parts = (getattr(error, "context", None), getattr(error, "problem", None) or str(error))
        reason = ": ".join(part for part in parts if part)
        findings.add("yaml-syntax", _place(file, lines, number, mark.column), problem=reason)


def _report_known_mistake(lines: list[str], number: int, file: str, findings: Findings) -> bool:
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        findings.add("yaml-tab", _place(file, lines, number, indent.index("\t")))
    elif header := _BLOCK_HEADER.search(line):
        place = _place(file, lines, number, header.start(1))
        findings.add("yaml-block-scalar", place, suggestion=f'"{header[1]}"')
    else:
        # The parser notices a missing space only when the next key comes.
        for each in (number, number - 1):
            if each >= 0 and (pair := _NO_SPACE.match(lines[each])):
                place = _place(file, lines, each, pair.start(1))
                mend = f"{pair[1]}: {pair[2]}"
                findings.add("yaml-space-after-colon", place, suggestion=mend)
                return True
        return False
    return True


def _place(file: str, lines: list[str], number: int, column: int) -> Span:
    width = max(len(lines[number].rstrip()), column + 1)
    return Span(file, number + 1, column + 1, number + 1, width + 1)
