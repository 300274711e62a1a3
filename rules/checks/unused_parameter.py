"""A named threshold that no rule uses: who changes it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.uses import unused_names


def run(context: Context) -> Iterator[Hit]:
    """Yield the parameters that stand nowhere else."""
    for name in unused_names(context, "parameters"):
        yield Hit(name.span, {"name": name.text})


CHECK = Check(
    "unused-parameter",
    Group.HYGIENE,
    Level.WARNING,
    run,
    bad="""\
parameters:
  big_from: 500万
""",
    good="""\
parameters:
  big_from: 500万
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > big_from
        points: 5
""",
)
