"""Every engine has to say the same as leadgrade's explainer before its speed means anything."""

from __future__ import annotations

from collections.abc import Sequence

from bench.lists import Facts
from bench.ours import seen_by_us
from bench.peers.base import Seen
from bench.workload import Work


class DisagreementError(Exception):
    """An engine said something else than leadgrade's explainer."""


def check(name: str, work: Work, leads: Sequence[Facts], answers: Sequence[Seen]) -> None:
    """Compare what an engine said of leads with what the explainer says.

    Raises:
        DisagreementError: they differ; the text shows the first lead.
    """
    expected = seen_by_us(work, leads)
    if len(answers) != len(expected):
        raise DisagreementError(f"{name}: {len(answers)} answers to {len(expected)} leads")
    for lead, answer, right in zip(leads, answers, expected, strict=True):
        if answer != right:
            raise DisagreementError(f"{name}: {lead}: says {answer}, explainer says {right}")
