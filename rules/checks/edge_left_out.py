"""Two neighbouring rules, ``< 5`` and ``> 5``, that both leave out the value between them."""

from __future__ import annotations

from collections.abc import Iterator

from leadgrade.rules.checks.base import Check, Group, Hit, Level
from leadgrade.rules.checks.context import Context
from leadgrade.rules.checks.edges import meetings
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.proving.proof import Goal


def run(context: Context) -> Iterator[Hit]:
    """Yield the meetings of two rules where neither holds."""
    for meeting in meetings(context):
        if not meeting.twice and meeting.value is not None:
            later = max(meeting.lower, meeting.upper, key=lambda part: part.span.line)
            first = min(meeting.lower, meeting.upper, key=lambda part: part.span.line)
            exactly = Compare(meeting.subject, Op.EQ, meeting.value, "")
            args = {
                "kind": later.kind,
                "name": later.id,
                "other": first.id,
                "fact": meeting.subject,
            }
            place = context.places.of(later.span, later.key)
            yield Hit(place, args, context.example(Goal(exactly)), about=exactly)


CHECK = Check(
    "edge-left-out",
    Group.LOGIC,
    Level.WARNING,
    run,
    bad="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue > 500万
        points: 5
      - id: small
        when: revenue < 500万
        points: 1
""",
    good="""\
criteria:
  power:
    range: [0, 30]
    rules:
      - id: big
        when: revenue >= 500万
        points: 5
      - id: small
        when: revenue < 500万
        points: 1
""",
)
