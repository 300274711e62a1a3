"""A named list that no rule uses."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.uses import unused_names


def run(context: Context) -> Iterator[Hit]:
    """Yield the lists that stand nowhere else."""
    for name in unused_names(context, "lists"):
        yield Hit(name.span, {"name": name.text})


CHECK = Check(
    "unused-list",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
lists:
  near: [north, south]
""",
    good="""\
lists:
  near: [north]
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: branch in near
        points: 5
""",
)
