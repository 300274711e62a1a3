"""leadgrade's own engines on the same work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.lists import Facts, leads_of
from bench.peers.base import Seen
from bench.workload import AS_OF, Work
from leadgrade.engine.backends import base
from leadgrade.engine.backends.base import make_backend, why_unavailable
from leadgrade.engine.decision import Decision

ONE_BY_ONE = ("rete", "explainer")
"""Engines that decide one lead after another."""


ALL: tuple[str, ...] = getattr(base, "BACKENDS", base.ENGINES)


def names() -> tuple[str, ...]:
    """Return the engines that can run here."""
    return tuple(each for each in ALL if why_unavailable(each) is None)


def one_by_one() -> list[str]:
    """Return the engines that run here and decide one lead after another."""
    return [each for each in ONE_BY_ONE if each in names()]


def missing() -> dict[str, str]:
    """Return why the other engines cannot run here."""
    reasons = {each: why_unavailable(each) for each in ALL}
    return {engine: reason for engine, reason in reasons.items() if reason is not None}


def seen_by_us(work: Work, leads: Sequence[Facts], engine: str = "explainer") -> list[Seen]:
    """Return what leadgrade says of leads: what every other engine has to say, too."""
    backend: Any = make_backend(engine, work.book, AS_OF)
    seeing = Seeing(work)
    some = leads_of(leads)
    at_once = hasattr(backend, "decide_all")
    decisions = backend.decide_all(some) if at_once else map(backend.decide, some)
    return [seeing(each) for each in decisions]


class Seeing:
    """Brings decisions into the form that is compared."""

    def __init__(self, work: Work) -> None:
        self._places: dict[str, list[int]] = {}
        for number, each in enumerate(work.outcomes):
            self._places.setdefault(each.rule, []).append(number)
        self._outs = [each.id for each in work.knock_outs]

    def __call__(self, decision: Decision) -> Seen:
        """Return what a decision says; outcomes of a rule are numbered as the book has them."""
        fired = [
            self._places[line.rule][line.outcome]
            for line in decision.ledger
            if line.rule is not None and line.outcome is not None
        ]
        criteria = tuple(points // 100 for points in decision.criteria.values())
        outs = tuple(self._outs.index(each) for each in decision.knock_outs)
        return Seen(tuple(sorted(fired)), criteria, outs, decision.grade)
