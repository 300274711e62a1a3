"""Cases: one lead on which engines disagreed, in a small file that anybody can decide again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

import leadgrade
from leadgrade.engine.backends.base import BACKENDS, make_backend, why_unavailable
from leadgrade.engine.cross_check import ALIKE, Disagreement, lead_of
from leadgrade.engine.legend import Legend
from leadgrade.engine.pool_worker import row_of
from leadgrade.reports.files import write_text
from leadgrade.reports.wording import say
from leadgrade.rules.loader import read_kept_book
from leadgrade.rules.model import Book
from leadgrade.rules.problem import Problem
from leadgrade.rules.source import BookError

FORMAT = 1


class CaseError(Problem):
    """Engines disagree; or a case that cannot be read."""

    texts: ClassVar[str] = "record"


@dataclass(frozen=True, slots=True)
class Case:
    """A lead, and what each engine that runs here says of it, by the field of the row."""

    lead: str
    answers: Mapping[str, Mapping[str, Any]]

    @property
    def differing(self) -> tuple[str, ...]:
        """The fields of which not all say the same."""
        said = list(self.answers.values())
        return tuple(name for name in ALIKE if len({repr(each[name]) for each in said}) > 1)


def write_case(folder: Path, book: Book, as_of: date, engine: str, found: Disagreement) -> Path:
    """Write a case into a folder, and return the file. ``engine`` decided the list.

    Raises:
        OutputError: it cannot be written.
    """
    row = found.row
    case = {
        "leadgrade_case": FORMAT,
        "leadgrade": leadgrade.__version__,
        "book": {"path": book.path, "text": book.text, "parameters": book.overrides},
        "as_of": as_of.isoformat(),
        "lead": row.lead,
        "facts": row.facts,
        "ranks": row.ranks,
        engine: {name: mine for name, (mine, _) in found.differences.items()},
        found.engine: {name: its for name, (_, its) in found.differences.items()},
    }
    text = json.dumps(case, ensure_ascii=False, indent=1)
    file = folder / f"leadgrade-case-{sha256(text.encode()).hexdigest()[:8]}.json"
    write_text(file, text + "\n")
    return file


def read_case(file: Path) -> Case:
    """Decide the lead of a case by every engine that runs here; by Spark, if the case is its own.

    Raises:
        CaseError: ``cannot-read``, ``not-a-case``.
        EngineFault: an engine failed on it.
    """
    try:
        data = json.loads(file.read_bytes())
        kept = data["book"]
        book = read_kept_book(kept["text"], kept["path"], kept["parameters"])
        lead = lead_of(book, data["lead"], data["facts"], data["ranks"])
        day = date.fromisoformat(data["as_of"])
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CaseError("cannot-read", file=file, reason=reason) from error
    except (ValueError, KeyError, TypeError, RecursionError, BookError) as error:
        raise CaseError("not-a-case", file=file) from error
    answers = {}
    for engine in BACKENDS:
        if (engine != "spark" or engine in data) and why_unavailable(engine) is None:
            with closing(make_backend(engine, book, day)) as backend:
                answers[engine] = row_of(Legend.of(book), lead, backend.decide(lead))._asdict()
    return Case(lead.id, answers)


def case_json(case: Case) -> dict[str, Any]:
    """Return a case as it is documented."""
    differing = case.differing
    return {
        "lead": case.lead,
        "agree": not differing,
        "engines": list(case.answers),
        "differences": {
            name: {engine: said[name] for engine, said in case.answers.items()}
            for name in differing
        },
    }


def case_text(case: Case, lang: str) -> RenderableType:
    """Return what each engine says, as something a console prints."""
    engines = ", ".join(case.answers)
    if not case.differing:
        return Text(say("record.case-agrees", lang, lead=case.lead, engines=engines))
    table = Table("", *case.answers)
    for name in case.differing:
        table.add_row(name, *(str(said[name]) for said in case.answers.values()))
    return Group(Text(say("record.case-differs", lang, lead=case.lead)), table)
