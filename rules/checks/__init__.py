"""The checks of a book that can be read: one small module each, found by looking into here.

A module with a ``CHECK`` is a check; the others are what checks are made of. What cannot be read
at all is reported by the loader (see ``reference.yaml`` for its codes).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from leadgrade.rules.checks.base import Check, Group, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.source import Finding, Severity


@cache
def all_checks() -> dict[str, Check]:
    """Return every check by its code, those about logic first."""
    found = []
    for module in iter_modules(__path__):
        check = getattr(import_module(f"{__name__}.{module.name}"), "CHECK", None)
        if check is not None:
            found.append(check)
    return {each.code: each for each in sorted(found, key=lambda each: (each.group, each.code))}


def run_checks(
    context: Context,
    levels: Mapping[str, Level] | None = None,
    groups: Collection[Group] = frozenset(Group),
) -> Iterator[Finding]:
    """Yield what the checks of some groups find in a book, check by check.

    ``levels`` are by code, for those that are not to have their usual level. A finding on a line
    that ends in ``# allow: CODE`` is left out.
    """
    chosen = levels or {}
    for check in all_checks().values():
        level = chosen.get(check.code, check.level)
        if (
            level is Level.OFF
            or check.group not in groups
            or (check.needs_sample and not context.sample)
        ):
            continue
        for hit in check.run(context):
            args = {**hit.args, **context.touched(hit.about)}
            finding = Finding(
                check.code,
                hit.span,
                {name: str(value) for name, value in args.items()},
                hit.suggestion,
                Severity(level),
                hit.example,
            )
            if not context.places.allows(finding.span, check.code):
                yield finding


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order of the file."""
    seen: list[Finding] = []
    for finding in findings:
        if finding not in seen:
            seen.append(replace(finding))
    return sorted(seen, key=lambda each: (each.span.file, each.span.line, each.span.column))
