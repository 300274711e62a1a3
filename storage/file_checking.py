"""Checking the files of a run: what is missing, changed, swapped or added is named.

Whether their rows are those that were recorded is checked like any other rows, by their marks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from leadgrade.storage.errors import StoreError, store_errors
from leadgrade.storage.files import digest_of, drafts, files_of, paths_of_runs
from leadgrade.storage.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from leadgrade.storage.records import DecisionFile


class CheckedFiles(NamedTuple):
    """What was found of the files of a run, and those whose rows can be looked at.

    ``lost`` are the numbers of the decisions in the others.
    """

    findings: list[Finding]
    readable: list[DecisionFile]
    lost: list[range]


def check_files(connection: Connection, run: int) -> CheckedFiles:
    """Check the files of a run; none where its decisions are in the database.

    Finding codes: ``file-missing``, ``file-changed``, ``file-swapped``, ``file-unreadable``, and
    ``row-changed`` where the record itself counts them otherwise.
    """
    files, findings, readable = files_of(connection, run), [], []
    lost: list[range] = []
    owners = {each.sha256: each.path.name for each in files}
    for place, file in enumerate(files, start=1):
        if file.position != place:
            findings.append(_finding("row-changed", run, file))
        try:
            with store_errors(str(file.path)):
                found = list(_check(file, owners))
                holds_its_own = _holds_its_own(file)
        except StoreError as error:
            code = "file-missing" if error.code == "file-missing" else "file-unreadable"
            found, holds_its_own = [(code, str(error.details.get("detail", "")))], False
        findings += (_finding(code, run, file, detail) for code, detail in found)
        if holds_its_own:
            readable.append(file)
            continue
        lost.append(file.numbers)
        if not found:
            findings.append(_finding("file-changed", run, file))
    return CheckedFiles(findings, readable, lost)


def _finding(code: str, run: int, file: DecisionFile, detail: str = "") -> Finding:
    return Finding(code, "decision_file", run, str(file.path), detail)


def _check(file: DecisionFile, owners: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a file, or with what is noted of it: a code and its detail."""
    from leadgrade.storage.filed import numbers_of  # noqa: PLC0415 - DuckDB is slow to import

    if not file.path.is_file():
        raise StoreError("file-missing", path=file.path)
    digest = digest_of(file.path)
    if digest != file.sha256:
        owner = owners.get(digest)
        yield ("file-changed", "") if owner is None else ("file-swapped", owner)
    elif numbers_of(file)[0] != file.rows:
        yield "row-changed", ""


def _holds_its_own(file: DecisionFile) -> bool:
    """Tell whether any row of a file can be its own: else the whole file is another one."""
    from leadgrade.storage.filed import numbers_of  # noqa: PLC0415 - DuckDB is slow to import

    _, first, last = numbers_of(file)
    return first < file.numbers.stop and last >= file.first


def stray_files(connection: Connection) -> Iterator[Finding]:
    """Look for files that no run has, in the folders of runs, and for drafts of such folders.

    Finding codes: ``file-stray``, ``draft-left``.
    """
    known = paths_of_runs(connection)
    for folder in sorted({path.parent for path in known}):
        if folder.is_dir():
            for path in sorted(folder.iterdir()):
                if path not in known:
                    yield Finding("file-stray", "decision_file", name=str(path))
    for path in drafts(connection):
        yield Finding("draft-left", "decision_file", name=str(path))
