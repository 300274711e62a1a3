"""What went wrong, in words a person can act on, and the exit code that goes with it.

Exit codes: 0 done; 1 the honest answer is no; 2 it could not be done.
"""

from __future__ import annotations

from leadgrade.engine.backends.base import EngineFault, EngineUnavailableError
from leadgrade.engine.decision import LedgerError
from leadgrade.reports.checking.findings import findings_text
from leadgrade.reports.reasons import problem_text
from leadgrade.reports.wording import printable, say
from leadgrade.rules.library import NoSuchBookError
from leadgrade.rules.problem import Problem
from leadgrade.rules.source import BookError

DONE, NO, FAILED = 0, 1, 2
DUCKDB_STOPPED = "Query interrupted"
"""What DuckDB makes of Ctrl-C while a query runs: a plain RuntimeError that says so."""


def failure_text(error: BaseException, lang: str) -> str:
    """Return the message of an error; for what we did not foresee, one that says so."""
    return printable(_text(error, lang))


def _text(error: BaseException, lang: str) -> str:
    match error:
        case BookError():
            return findings_text(error.findings, error.texts, lang)
        case Problem():
            message = problem_text(error, lang)
        case NoSuchBookError():
            known = ", ".join(error.known)
            message = say("screens.no-such-book", lang, name=error.name, known=known)
        case EngineUnavailableError():
            message = say("screens.engine-unavailable", lang, engine=error.engine, reason=error)
        case EngineFault():
            message = say("screens.engine-fault", lang, message=error)
        case LedgerError():
            message = say("screens.ledger-broken", lang, message=error)
        case MemoryError():
            message = say("screens.out-of-memory", lang)
        case KeyboardInterrupt():
            message = say("screens.interrupted", lang)
        case RuntimeError() if str(error) == DUCKDB_STOPPED:
            message = say("screens.interrupted", lang)
        case _:
            kind = type(error).__name__
            message = say("screens.internal", lang, kind=kind, message=error)
    return say("screens.error", lang, message=message)
