"""A small book without a fault, in which the tests put parts of their own."""

from __future__ import annotations

import re

from leadgrade.engine.oracle import Oracle
from leadgrade.rules.checks import run_checks
from leadgrade.rules.checks.base import Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.loader import read_book
from leadgrade.rules.source import Finding

BOOK = """\
book: small
title: {en: Small, zh: 小}
facts:
  revenue: {type: money, label: {en: Revenue, zh: 营收}}
  late: {type: percent, range: [0%, 100%], label: {en: Late, zh: 逾期}}
  wait: {type: days, range: [0 days, 3650 days], label: {en: Wait, zh: 付款天数}}
  size:
    type: choice
    values: {small: {en: small, zh: 小}, large: {en: large, zh: 大}}
    ordered: true
    label: {en: Size, zh: 规模}
  branch: {type: choice, values: [north, south], label: {en: Branch, zh: 分部}}
  refused: {type: flag, label: {en: Has refused, zh: 已拒绝}}
derived:
  ratio:
    formula: revenue / wait
    label: {en: Ratio, zh: 比值}
criteria:
  power:
    label: {en: Power, zh: 实力}
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
  pace:
    label: {en: Pace, zh: 速度}
    range: [0, 30]
    rules:
      - id: prompt
        when:
          - late <= 10%
          - ratio > 2
        points: 3
knock_outs:
  - id: out
    when: refused
    grade: B
grades:
  A: {from: 5, label: {en: good, zh: 好}}
  B: {label: {en: others, zh: 其他}}
qualified: grade = A
classes:
  cell:
    label: {en: Cell, zh: 单元}
    rows: size
    columns: branch
    table:
      small: {north: s1, south: s2}
      large: {north: l1, south: l2}
next_steps:
  - id: call
    do: {en: Call, zh: 致电}
examples:
  - name: refused us
    given: {refused: yes, revenue: 600万, late: 5%, wait: 30 days}
    expect: {grade: B}
"""

_ENTRY = re.compile(r"^(?=  \w)", re.MULTILINE)
_SECTION = re.compile(r"^(?=\w)", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """Return the text of each top-level key."""
    parts = [part for part in _SECTION.split(text) if part]
    return {part.split(":", 1)[0]: part for part in parts}


def _entries(section: str) -> dict[str, str]:
    """Return the text of each key of a section."""
    parts = [part for part in _ENTRY.split(section.split("\n", 1)[1]) if part]
    return {part.split(":", 1)[0]: part for part in parts}


def with_parts(fragment: str) -> str:
    """Return the small book with the sections of a fragment in place of its own.

    Facts and criteria join those of the book; a section with nothing in it is left out.
    """
    found = sections(BOOK)
    for key, text in sections(fragment).items():
        if key in ("facts", "criteria"):
            found[key] = f"{key}:\n" + "".join({**_entries(found[key]), **_entries(text)}.values())
        elif text.rstrip().endswith(": # nothing") or text.rstrip().endswith(":  # nothing"):
            del found[key]
        else:
            found[key] = text
    return "".join(found.values())


def findings(fragment: str, levels: dict[str, Level] | None = None) -> list[Finding]:
    """Return what the checks find in the small book with these sections."""
    book = read_book(with_parts(fragment), "book.yaml")
    return list(run_checks(Context(book, Oracle(book)), levels))
