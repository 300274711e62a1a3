"""Engines that fail, for the tests of the pool. Worker processes import this module by name."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import date

from leadgrade.engine.backends.explainer import Explainer
from leadgrade.engine.decision import Decision
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book


class Faulty(Explainer):
    """Fails on leads by what their id says."""

    def decide(self, lead: Lead) -> Decision:
        if "crash" in lead.id:
            os.abort()
        if "hang" in lead.id:
            time.sleep(600)
        if "raise" in lead.id:
            raise RuntimeError("no answer to that")
        decision = super().decide(lead)
        return replace(decision, score=decision.score + 1) if "wrong" in lead.id else decision


def open_faulty(_: str, book: Book, as_of: date) -> Faulty:
    return Faulty(book, as_of)


def open_not_at_all(_: str, book: Book, as_of: date) -> Faulty:
    raise MemoryError("too large a book")


def open_and_die(_: str, book: Book, as_of: date) -> Faulty:
    os.abort()
