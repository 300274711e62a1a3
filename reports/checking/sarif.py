"""Findings for other programs: SARIF 2.1.0, and the annotations of GitHub's log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

import leadgrade
from leadgrade.reports.checking.check_pages import title_of
from leadgrade.reports.checking.findings import help_text, message
from leadgrade.rules.source import Finding, Severity

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def sarif(findings: Sequence[Finding], lang: str) -> dict[str, Any]:
    """Return a log of one run. Columns count characters, ends are exclusive, as SARIF has them."""
    codes = list(dict.fromkeys(each.code for each in findings))
    driver = {
        "name": "leadgrade",
        "version": leadgrade.__version__,
        "rules": [
            {"id": code, "shortDescription": {"text": title_of(code, lang)}} for code in codes
        ],
    }
    results = [_result(each, codes.index(each.code), lang) for each in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, place: int, lang: str) -> dict[str, Any]:
    span = finding.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": max(span.end_column, span.column if span.line == span.end_line else 1),
    }
    artifact = {"uri": _uri(span.file)}
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": place,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": f"{message(finding, lang)}. {help_text(finding, lang)}"},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
    if finding.suggestion is not None:
        change = {"deletedRegion": region, "insertedContent": {"text": finding.suggestion}}
        changes = [{"artifactLocation": artifact, "replacements": [change]}]
        described = {"text": help_text(finding, lang)}
        result["fixes"] = [{"description": described, "artifactChanges": changes}]
    if finding.example is not None:
        result["properties"] = {"example": finding.example}
    return result


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else path.as_posix()


def github_lines(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """Yield a workflow command for each finding: GitHub shows it at the line of the change."""
    for each in findings:
        span = each.span
        place = {
            "file": span.file,
            "line": span.line,
            "col": span.column,
            "endLine": span.end_line,
            "endColumn": span.end_column,
            "title": each.code,
        }
        where = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
        text = _data(f"{message(each, lang)}\n{help_text(each, lang)}")
        yield f"::{_GITHUB_LEVELS[each.severity]} {where}::{text}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
