"""Commands that write files, and what each of these may replace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

# ruff: noqa: PLC0415 - a command imports what it needs when it runs

_FILES = frozenset(
    {
        *(".csv", ".db", ".doc", ".docx", ".gz", ".html", ".json", ".jsonl", ".pdf", ".sqlite"),
        *(".tsv", ".txt", ".xls", ".xlsx", ".yaml", ".yml", ".zip"),
    }
)
"""Suffixes that no folder has."""


class Output(click.Path):
    """A file that a command writes; what is there is replaced only where it is of these kinds."""

    def __init__(self, *kinds: str) -> None:
        super().__init__(path_type=Path)
        self.kinds = kinds


class Writing(click.Command):
    """A command that writes files: before anything else it makes sure that nothing gets lost."""

    def invoke(self, ctx: click.Context) -> Any:
        """Look at what is at the places of the files, then run the command.

        Raises:
            OutputError: ``output-is-input``, ``output-is-other``.
        """
        for option in self.params:
            out = ctx.params.get(option.name or "")
            if isinstance(option.type, Output) and out is not None and str(out) != "-":
                from leadgrade.reports.replacing import refuse_input, refuse_other

                refuse_input(out, _inputs(self, ctx))
                refuse_other(out, option.type.kinds)
        return super().invoke(ctx)


def check_folder(out: Path, engine: str, *, dry_run: bool) -> None:
    """Refuse what cannot be the new folder of a run, before anything is read.

    Raises:
        OutputError: ``folder-wanted``.
        UsageError: the run would write none.
    """
    if dry_run:
        raise click.UsageError("--dry-run stores nothing: leave out --out.")
    if out.suffix.lower() in _FILES:
        from leadgrade.reports.answering import OutputError
        from leadgrade.reports.runs.export import EXPORTERS

        is_list = out.suffix.lower().removeprefix(".") in EXPORTERS
        file = out if is_list else out.with_suffix(".xlsx")
        raise OutputError("folder-wanted", out=out, file=file, folder=out.with_suffix(".parquet"))
    if engine in ("rete", "explainer"):
        raise click.UsageError(
            f"--engine {engine} writes no files: say columnar or spark, or leave it out."
        )


def _inputs(command: click.Command, ctx: click.Context) -> Iterator[Path]:
    """Yield whatever may name a file that the command reads: each text that was said."""
    for option in command.params:
        said = ctx.params.get(option.name or "")
        if isinstance(option.type, Output) or not said:
            continue
        if option.name == "db":
            yield from _record(said)
            continue
        if not isinstance(option.type, click.Choice):
            for each in _texts(said):
                yield from _files(Path(each), within=isinstance(option, click.Argument))


def _files(path: Path, *, within: bool) -> Iterator[Path]:
    """Yield a file if it is there, and what is in it if it is a folder of lists."""
    with suppress(OSError, ValueError):  # too long for a name, or not to be looked at
        if path.exists():
            yield path
        if within and path.is_dir():
            yield from path.iterdir()


def _texts(said: Any) -> Iterator[str]:
    """Yield the texts and paths in a value, which may be a tuple of tuples."""
    if isinstance(said, str | Path):
        yield str(said)
    elif isinstance(said, tuple):
        for each in said:
            yield from _texts(each)


def _record(db: str) -> Iterator[Path]:
    """Yield the files of a record in SQLite."""
    from leadgrade.storage.connect import read_target
    from leadgrade.storage.errors import StoreError
    from leadgrade.storage.sqlite import BESIDE

    try:
        file = read_target(db).file
    except StoreError:  # the command will say what is wrong with it
        return
    if file is not None:
        yield from (Path(f"{file}{end}") for end in BESIDE)
