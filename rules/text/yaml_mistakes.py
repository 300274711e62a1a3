"""What people get wrong in YAML, recognised from the parser's error and the line it points at."""

from __future__ import annotations

import re

import yaml

from leadgrade.rules.source import Findings, Span

_BLOCK_HEADER = re.compile(r"(?:^|[:\-]\s+)([>|][=\s]*[^\s#].*)$")
_TEXT_KEY = re.compile(r"^\s*(?:- )?(?!(?:when|needs|qualified|applies_when|any|all|not)\b)\w+:\s")
"""The start of a line that holds a wording; a condition is not mended by quotes."""

_NO_SPACE = re.compile(r"^\s*(?:- )?([^\s:：#\"'{\[]+)(?::(?=[^\s:/])|：\s*(?=\S))(.*)$")
_NO_SPACE_AFTER_DASH = re.compile(r"^\s*(-)([^\s\-:]+:\s.*)$")
_COLON_IN_TEXT = re.compile(r"^\s*(?:- )?[^\s:#\"'{\[]+:\s+([^\s\"'{\[&*!|>].*?:\s.*?)\s*$")
_BEHIND_QUOTE = re.compile(
    r"""(?:^|[:\-]\s+)((?P<quote>["'])([^"']*)(?P=quote)\s*([^\s#].*?))\s*$"""
)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INDENTATION = re.compile("block.*did not find expected|mapping values are not allowed")
_OPENED = {"'": "quote", '"': "quote", "{": "bracket", "[": "bracket"}
_CLOSING = {"{": "}", "[": "]"}


def report_forbidden_character(text: str, file: str, findings: Findings) -> bool:
    """Add a finding for the first character that no YAML text may hold; whether there is one."""
    found = _FORBIDDEN.search(text)
    if found is None:
        return False
    before = text[: found.start()].splitlines() or [""]
    if text[: found.start()].endswith(("\n", "\r", "\x85", "\u2028", "\u2029")):
        before.append("")
    line, column = len(before), len(before[-1]) + 1
    place = Span(file, line, column, line, column + 1)
    findings.add("yaml-character", place, character=f"U+{ord(found[0]):04X}")
    return True


def report_yaml_error(error: yaml.YAMLError, text: str, file: str, findings: Findings) -> None:
    """Add a finding for a YAML text that the parser refuses: one that names the mistake."""
    lines = text.splitlines() or [""]
    mark = getattr(error, "problem_mark", None)
    number = min(mark.line if mark else 0, len(lines) - 1)
    if _report_left_open(error, lines, file, findings):
        return
    if not _report_known_mistake(lines, number, file, findings):
        parts = (getattr(error, "context", None), getattr(error, "problem", None) or str(error))
        reason = ": ".join(part for part in parts if part)
        place = _place(file, lines, number, mark.column if mark else 0)
        if _INDENTATION.search(reason):
            findings.add("yaml-indentation", place)
        else:
            findings.add("yaml-syntax", place, problem=reason)


def _report_left_open(
    error: yaml.YAMLError, lines: list[str], file: str, findings: Findings
) -> bool:
    """Add a finding at the quote or bracket that is not closed on its line, if that is it."""
    mark = getattr(error, "context_mark", None)
    if mark is None or mark.line >= len(lines) or mark.column >= len(lines[mark.line]):
        return False
    line = lines[mark.line]
    opened, rest = line[mark.column], line[mark.column :]
    kind = _OPENED.get(opened)
    to_the_end = kind == "quote" and "unexpected end of stream" not in str(error)
    closed_again = opened in _CLOSING and rest.count(opened) <= rest.count(_CLOSING[opened])
    if kind is None or to_the_end or closed_again:
        return False
    place = Span(file, mark.line + 1, mark.column + 1, mark.line + 1, len(line.rstrip()) + 1)
    findings.add(f"yaml-open-{kind}", place, opened=opened)
    return True


def _report_known_mistake(lines: list[str], number: int, file: str, findings: Findings) -> bool:
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        at = indent.index("\t")
        findings.add("yaml-tab", Span(file, number + 1, at + 1, number + 1, len(indent) + 1))
    elif header := _BLOCK_HEADER.search(line):
        place = _place(file, lines, number, header.start(1))
        mend = f'"{header[1]}"' if _TEXT_KEY.match(line) else None
        findings.add("yaml-block-scalar", place, suggestion=mend)
    else:
        # The parser notices a missing space only when the next key comes.
        return any(
            _report_missing_space(lines, each, file, findings)
            for each in (number, number - 1)
            if each >= 0
        ) or (
            _report_text_behind_quote(lines, number, file, findings)
            or _report_colon(lines, number, file, findings)
        )
    return True


def _report_missing_space(lines: list[str], number: int, file: str, findings: Findings) -> bool:
    if pair := _NO_SPACE.match(lines[number]):
        place = _place(file, lines, number, pair.start(1))
        mend = f"{pair[1]}: {pair[2]}"
        findings.add("yaml-space-after-colon", place, suggestion=mend)
    elif pair := _NO_SPACE_AFTER_DASH.match(lines[number]):
        place = _place(file, lines, number, pair.start(1))
        findings.add("yaml-space-after-dash", place, suggestion=f"- {pair[2]}")
    return pair is not None


def _report_text_behind_quote(lines: list[str], number: int, file: str, findings: Findings) -> bool:
    found = _BEHIND_QUOTE.search(lines[number])
    if found is None or found[4].startswith(":"):
        return False
    place = Span(file, number + 1, found.start(4) + 1, number + 1, found.end(4) + 1)
    findings.add("yaml-text-behind-quote", place)
    return True


def _report_colon(lines: list[str], number: int, file: str, findings: Findings) -> bool:
    pair = _COLON_IN_TEXT.match(lines[number])
    if pair is not None:
        place = _place(file, lines, number, pair.start(1))
        findings.add("yaml-colon-in-text", place, suggestion=f'"{pair[1]}"')
    return pair is not None


def _place(file: str, lines: list[str], number: int, column: int) -> Span:
    width = max(len(lines[number].rstrip()), column + 1)
    return Span(file, number + 1, column + 1, number + 1, width + 1)
