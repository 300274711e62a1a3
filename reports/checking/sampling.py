"""The leads that ``check --on`` looks at: those of a list, or of a stored run."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from leadgrade.engine.oracle import Oracle, values_of
from leadgrade.leads import read_lists
from leadgrade.rules.checks.context import Seen
from leadgrade.rules.conditions import Value
from leadgrade.rules.lead import Lead, facts_from_json
from leadgrade.rules.model import Book
from leadgrade.storage.store import open_store

Facts = Mapping[str, Value]


def seen_in_list(book: Book, file: str) -> list[Seen]:
    """Return the leads of a list as a book decides them today.

    Raises:
        ListError: the list cannot be used as a whole.
    """
    with read_lists([file], book) as reading:
        return list(_seen(book, date.today(), (x.facts for x in reading if isinstance(x, Lead))))


def seen_in_run(book: Book, db: str, run: int) -> list[Seen]:
    """Return the leads of a stored run as a book decides them on the day of the run.

    The book need not be the one of the run; facts that it does not have are left out.

    Raises:
        StoreError: no such run, or the record cannot be read.
    """
    with open_store(db, create=False) as store:
        found = store.run(run)
        facts = (_known(book, each.facts) for each in store.decisions(found.number))
        return list(_seen(book, found.as_of, facts))


def _known(book: Book, text: str) -> Facts:
    known = {name: value for name, value in json.loads(text).items() if name in book.facts}
    return facts_from_json(book, json.dumps(known))


def _seen(book: Book, as_of: date, leads: Iterable[Facts]) -> Iterator[Seen]:
    oracle = Oracle(book, as_of)
    for facts in leads:
        decision = oracle.decide(facts)
        values = values_of(oracle.derive(facts), decision)
        yield Seen(facts, values, (*decision.fired, *decision.knock_outs))
