"""A named condition that no rule uses."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.uses import unused_names


def run(context: Context) -> Iterator[Hit]:
    """Yield the named conditions that stand nowhere else."""
    for name in unused_names(context, "conditions"):
        yield Hit(name.span, {"name": name.text})


CHECK = Check(
    "unused-condition",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
conditions:
  strong: revenue > 500万
""",
    good="""\
conditions:
  strong: revenue > 500万
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: strong
        points: 5
""",
)
