"""leadgrade's own engines on the same work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.lists import Facts, leads_of
from bench.peers.base import Seen
from bench.workload import AS_OF, Work
from leadgrade.engine.backends.base import make_backend
from leadgrade.engine.decision import Decision


def seen_by_us(work: Work, leads: Sequence[Facts], engine: str = "explainer") -> list[Seen]:
    """Return what leadgrade says of leads: what every other engine has to say, too."""
    backend = make_backend(engine, work.book, AS_OF)
    seeing = Seeing(work)
    return [seeing(backend.decide(lead)) for lead in leads_of(leads)]


class Seeing:
    """Brings decisions into the form that is compared."""

    def __init__(self, work: Work) -> None:
        places: dict[str, list[int]] = {}
        for number, each in enumerate(work.outcomes):
            places.setdefault(each.rule, []).append(number)
        self._places = places
        self._outs = [each.id for each in work.knock_outs]

    def __call__(self, decision: Decision) -> Seen:
        """Return what a decision says; bands are numbered from the lowest, here as in the work."""
        fired: list[int] = []
        for line in decision.ledger:
            if line.rule is not None and line.outcome is not None:
                fired.append(self._places[line.rule][line.outcome])
        criteria: list[Any] = [points // 100 for points in decision.criteria.values()]
        outs = tuple(self._outs.index(each) for each in decision.knock_outs)
        return Seen(tuple(sorted(fired)), tuple(criteria), outs, decision.grade)
