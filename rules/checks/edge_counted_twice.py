"""Two neighbouring rules, ``<= 5`` and ``>= 5``, that both take the value between them."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.edges import meetings
from leadgrade.rules.conditions import All
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the meetings of two rules where both hold."""
    for meeting in meetings(context):
        if meeting.twice:
            later = max(meeting.lower, meeting.upper, key=lambda part: part.span.line)
            first = min(meeting.lower, meeting.upper, key=lambda part: part.span.line)
            args = {
                "kind": later.kind,
                "name": later.id,
                "other": first.id,
                "fact": meeting.subject,
            }
            place = context.places.of(later.span, later.key)
            both = All((first.when, later.when))
            yield Hit(place, args, context.example(Goal(both)), about=both)


CHECK = Check(
    "edge-counted-twice",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: slow
        when: wait between 30 days and 60 days
        points: 2
      - id: slower
        when: wait between 60 days and 90 days
        points: 1
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: slow
        when:
          - wait >= 30 days
          - wait < 60 days
        points: 2
      - id: slower
        when: wait between 60 days and 90 days
        points: 1
""",
)
