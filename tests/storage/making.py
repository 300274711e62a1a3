"""A small book, made leads and runs, for the tests of the record.

Also what their child processes use: it imports nothing of the tests.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date

from sqlalchemy import event

from leadgrade.engine.decision import Decided
from leadgrade.engine.sealing import leaf_of
from leadgrade.rules.conditions import Compare, Op
from leadgrade.rules.model import Book, Grade, NextStep
from leadgrade.rules.phrase import Phrase
from leadgrade.rules.source import Span
from leadgrade.storage.records import RunFacts, Source

AS_OF = date(2026, 11, 23)


def make_book(text="book: 线索\n", **changes):
    here = Span("b.yaml", 1, 1, 1, 2)
    ready = Compare("ready", Op.EQ, True, "")
    steps = (
        NextStep(
            "close",
            ready,
            Phrase("Call", "致电"),
            here,
            owner=Phrase("key account", "大客户"),
            channel=Phrase(zh="电话"),
            within_days=1,
        ),
        NextStep("nurture", ready, Phrase("Write"), here),
    )
    grades = tuple(Grade(each, Phrase(each), here) for each in ("S", "A", "B"))
    parts = {
        **dict.fromkeys(Book.__dataclass_fields__),
        "id": "b2b-leads",
        "title": Phrase("B2B leads", "企业线索"),
        "criteria": {},
        "knock_outs": (),
        "limits": (),
        "grades": grades,
        "classes": {},
        "next_steps": steps,
        "path": "b.yaml",
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    return Book(**{**parts, **changes})


def make_facts(book=None, **changes):
    known = {
        "book": book or make_book(),
        "as_of": AS_OF,
        "by": "李雷",
        "engine": "rete",
        "engine_version": "2.0.28",
        "leadgrade_version": "0.1.0",
        "python_version": "3.11.7",
        "parameters": {"floor": 55},
    }
    return RunFacts(**{**known, **changes})


def make_decided(lead="E1", *, grade="A", score=6100, file="leads.csv", line=2, **changes):
    """Return a row to store; its evidence marks both steps, and A as the grade that was earned."""
    facts = json.dumps({"name": lead, "revenue": 120}, ensure_ascii=False)
    parts = {
        "lead": lead,
        "file": file,
        "line": line,
        "facts": facts,
        "ranks": "{}",
        "qualified": grade != "B",
        "grade": grade,
        "score": score,
        "low": score - 100,
        "high": score + 100,
        "worst": "B",
        "best": "S",
        "evidence": "....c..1",
        "salt": hashlib.sha256(lead.encode("utf-8", "surrogatepass")).digest()[:16],
        "leaf": "",
        **changes,
    }
    row = Decided(**parts)
    return row._replace(leaf=leaf_of(row))


def make_source(rows=1, file="leads.csv", **changes):
    known = {"sha256": "ab" * 32, "format": "csv", "encoding": "gb18030", "mapping": {"营收": "r"}}
    return Source(file=file, rows_read=rows, **{**known, **changes})


def write_run(store, decided, rejected=(), facts=None, **finish):
    """Store one run of these leads and return its number."""
    rows = len(decided) + len(rejected)
    with store.writing(facts or make_facts()) as writing:
        writing.add_source(make_source(rows))
        writing.add_decided(decided)
        writing.add_rejected(rejected)
        return writing.finish(rows_read=rows, seconds=0.5, **finish)


def make_small(engine_of, pages):
    """Wrap what makes engines: their databases hold so many pages, then the disk is full."""

    def small(*args, **options):
        engine = engine_of(*args, **options)
        limit_pages(engine, pages)
        return engine

    return small


def limit_pages(engine, pages):
    def limit(connection, _):
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "connect", limit)
