"""Audit bundles: written to a file, and verified without the database."""

from __future__ import annotations

import io
import json
import time
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from leadgrade.reports.files import whole_file
from leadgrade.reports.record.verifying import Progress, Replay, Replayed, Verdict
from leadgrade.reports.wording import say
from leadgrade.rules.loader import read_kept_book
from leadgrade.rules.problem import Problem
from leadgrade.rules.source import BookError
from leadgrade.storage.bundling import Bundle, bundle_findings
from leadgrade.storage.errors import StoreError
from leadgrade.storage.finding import Finding


class BundleError(Problem):
    """A bundle that cannot be read, or a file that is none."""

    texts: ClassVar[str] = "record"


def write_bundle(out: Path, bundle: dict[str, Any]) -> None:
    """Write a bundle as JSON. The file appears whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    with whole_file(out) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        json.dump(bundle, text, ensure_ascii=False, indent=1)
        text.write("\n")
        text.flush()
        text.detach()


def bundle_text(out: Path, bundle: dict[str, Any], lang: str) -> RenderableType:
    """Return what was written, and the head to note."""
    read = Bundle(bundle)
    words = {"file": str(out), "run": read.run["id"], "decisions": f"{len(read.rows):,}"}
    return Group(
        Text(say("record.bundle-written", lang, **words)),
        Text(say("record.head", lang, head=read.head)),
    )


def read_bundle(file: Path) -> Bundle:
    """Return a bundle as it was read, not yet checked.

    Raises:
        BundleError: ``cannot-read``, ``not-a-bundle``.
    """
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BundleError("cannot-read", file=file, reason=reason) from error
    except (ValueError, RecursionError) as error:
        raise BundleError("not-a-bundle", file=file) from error
    if not isinstance(data, dict) or "leadgrade_bundle" not in data:
        raise BundleError("not-a-bundle", file=file)
    return Bundle(data)


def verify_bundle(
    bundle: Bundle, progress: Progress, *, noted: str | None = None, workers: int | None = None
) -> Verdict:
    """Check a bundle and make its decisions again, without a database.

    Raises:
        EngineUnavailableError: no engine can run here with the book of the bundle.
    """
    began = time.monotonic()
    verdict = Verdict()
    verdict.findings = bundle_findings(bundle, noted)
    if verdict.proved:
        verdict.head = bundle.head
        try:
            _replay(bundle, verdict, progress, workers)
        except (StoreError, ValueError, TypeError, KeyError) as error:
            # Made up, and hashed as it should be: nothing but reading it shows that.
            detail = f"{type(error).__name__}: {error}"
            number = int(bundle.run["id"])
            verdict.findings.append(Finding("unreadable", "run", number, str(number), detail))
    verdict.seconds = time.monotonic() - began
    return verdict


def _replay(bundle: Bundle, verdict: Verdict, progress: Progress, workers: int | None) -> None:
    run, kept = bundle.run, bundle.book
    number, engine = int(run["id"]), str(run["engine"])
    try:
        book = read_kept_book(kept["text"], kept["path"], json.loads(run["parameters"]))
    except BookError as error:
        finding = Finding("book-unreadable", "book", number, kept["book_id"], str(error))
        verdict.findings.append(finding)
        return
    replay = Replay(book, date.fromisoformat(run["as_of"]), engine, workers)
    for count, findings in replay.findings(bundle.decisions()):
        progress(count)
        verdict.findings += findings
    verdict.runs.append(Replayed(number, replay.count, engine, replay.engine))
