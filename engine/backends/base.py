"""What every backend offers, and how to get one by name."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from typing import Protocol

from leadgrade.engine.decision import Decision
from leadgrade.rules.lead import Lead
from leadgrade.rules.model import Book

ENGINES = ("rete", "explainer")
"""The names of the backends that decide one lead after another."""

LISTWISE = ("columnar", "spark")
"""The names of those that decide a whole list at once: see their modules."""

BACKENDS = (*ENGINES, *LISTWISE)
"""The names of all backends."""


class EngineFault(Exception):  # noqa: N818 - a fault of the engine, not of what it was given
    """The engine failed on a lead, and failed again after a fresh start."""


class EngineUnavailableError(Exception):
    """The engine cannot run here. The text says why."""

    def __init__(self, reason: str, engine: str = "rete") -> None:
        super().__init__(reason)
        self.engine = engine


class Backend(Protocol):
    """Decides leads by one book as of one day."""

    name: str

    def __init__(self, book: Book, as_of: date) -> None: ...

    def decide(self, lead: Lead) -> Decision:
        """Return the decision about one lead.

        Raises:
            EngineFault: the engine failed; the next lead is not affected.
            ValueError, TypeError, KeyError: a fact has a value that its type does not allow.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds. Nothing can be decided any more."""


def why_unavailable(engine: str) -> str | None:
    """Return why an engine cannot run here, None where it can.

    Raises:
        ValueError: there is no engine of that name.
    """
    if engine not in BACKENDS:
        raise ValueError(f"no engine is called {engine!r}")
    if engine == "rete":
        from leadgrade.engine.backends import rete_network  # noqa: PLC0415 - only where wanted

        return rete_network.why_unavailable()
    if engine == "columnar":
        missing = [each for each in ("duckdb", "sqlglot") if find_spec(each) is None]
        return f"{' and '.join(missing)} cannot be found" if missing else None
    if engine == "spark":
        from leadgrade.engine.backends import spark_session  # noqa: PLC0415 - only where wanted

        problem = spark_session.missing()
        return None if problem is None else f"{problem.code.removeprefix('no-')} cannot be found"
    return None


def make_backend(engine: str, book: Book, as_of: date) -> Backend:
    """Return the backend of that name for a book.

    Raises:
        EngineUnavailableError: it cannot run here.
        SparkError: so does Spark, which says what is missing.
        ValueError: there is no engine of that name.
    """
    if engine == "spark":
        from leadgrade.engine.backends.spark import Spark  # noqa: PLC0415 - slow to import

        return Spark(book, as_of)
    reason = why_unavailable(engine)
    if reason is not None:
        raise EngineUnavailableError(reason, engine)
    if engine == "rete":
        from leadgrade.engine.backends.rete import Rete  # noqa: PLC0415 - only where wanted

        return Rete(book, as_of)
    if engine == "columnar":
        from leadgrade.engine.backends.columnar import Columnar  # noqa: PLC0415 - slow to import

        return Columnar(book, as_of)
    from leadgrade.engine.backends.explainer import Explainer  # noqa: PLC0415

    return Explainer(book, as_of)
