"""What would be made of a list: shown column by column, and written as a mapping file to edit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.leads.mapping.matching import Sure
from leadgrade.leads.mapping.proposal import Proposal, Proposed
from leadgrade.leads.values.policy import Policy
from leadgrade.reports.answering import OutputError
from leadgrade.reports.files import write_text
from leadgrade.reports.lists.policies import by_key, policy_words, word_of
from leadgrade.reports.wording import list_name, say

_STYLES = {Sure.CERTAIN: "green", Sure.LIKELY: "", Sure.DOUBTFUL: "yellow"}
_COLUMNS = ("column", "fact", "why", "sure", "known", "readable", "samples")


def mapping_json(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as plain data. Shares are numbers from 0 to 1."""
    table, preset = proposal.table, proposal.preset
    return {
        "file": proposal.file,
        "format": table.kind,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "sheet": table.sheet,
        "header_row": table.header_line,
        "preset": None if preset is None else {"id": preset.id, "title": preset.title},
        "id": proposal.id_column,
        "settled": proposal.settled,
        "rows": proposal.rows,
        "columns": [_column_json(column) for column in proposal.columns],
    }


def mapping_text(proposal: Proposal, lang: str) -> RenderableType:
    """Return a proposal as something a console prints."""
    return Group(
        *(Text(line) for line in _head(proposal, lang)), Text(), _table(proposal, lang),
        *(Text(line, style="yellow") for line in _questions(proposal, lang)),
    )  # fmt: skip


def mapping_yaml(proposal: Proposal, lang: str) -> str:
    """Return a proposal as a mapping file. What is doubtful stands in comments."""
    table = proposal.table
    file = json.dumps(list_name(proposal.file, lang))[1:-1]
    lines = [f"# {say('mapping.file-head', lang, file=file)}"]
    if proposal.preset:
        lines.append(f"# {say('mapping.preset', lang, title=proposal.preset.title)}")
    lines += _entries(
        id=proposal.id_column,
        encoding=table.encoding,
        delimiter="tab" if table.delimiter == "\t" else table.delimiter,
        sheet=table.sheet,
    )
    if table.header_line != 1 and (table.delimiter or table.sheet):
        lines.append(f"header_row: {table.header_line}")
    lines.append("columns:")
    for column in proposal.columns:
        lines += _column_yaml(column, proposal, lang)
    return "\n".join(lines) + "\n"


def write_mapping(out: Path, text: str, *, force: bool) -> None:
    """Write a mapping file. One that says something else was edited, and stays.

    Args:
        out: the file.
        text: what is in it.
        force: whether one that was edited may be replaced.

    Raises:
        OutputError: ``mapping-edited``, or the file cannot be written.
    """
    with suppress(OSError):  # where it cannot be read, writing says why
        if not force and out.is_file() and out.read_bytes() not in (b"", text.encode("utf-8")):
            raise OutputError("mapping-edited", file=out)
    write_text(out, text)


def _column_json(column: Proposed) -> dict[str, Any]:
    return {
        "header": column.header,
        "fact": column.fact,
        "candidates": list(column.match.facts),
        "rivals": list(column.rivals),
        "why": str(column.match.why),
        "sure": str(column.sure),
        "policy": by_key(column.policy.settled()),
        "known": round(column.known, 4),
        "readable": None if column.readable is None else round(column.readable, 4),
        "samples": list(column.samples),
    }


def _head(proposal: Proposal, lang: str) -> Iterator[str]:
    table = proposal.table
    parts = [table.kind, table.encoding, table.sheet]
    yield say(
        "mapping.head",
        lang,
        file=list_name(proposal.file, lang),
        format=" ".join(part for part in parts if part),
        rows=f"{proposal.rows:,}",
    )
    if table.above:
        yield say("mapping.above", lang, row=table.header_line, count=len(table.above))
    if proposal.preset:
        yield say("mapping.preset", lang, title=proposal.preset.title)
    if proposal.id_column:
        yield say("mapping.id", lang, column=proposal.id_column)


def _table(proposal: Proposal, lang: str) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in _COLUMNS:
        right = name in ("known", "readable")
        table.add_column(
            say(f"mapping.column-{name}", lang), justify="right" if right else "left",
            overflow="fold",
        )  # fmt: skip
    for column in proposal.columns:
        table.add_row(
            column.header,
            _fact(column),
            say(f"mapping.why-{column.match.why}", lang),
            say(f"mapping.sure-{column.sure}", lang) if column.match.facts else "",
            f"{column.known:.0%}",
            "" if column.readable is None else f"{column.readable:.0%}",
            " · ".join(column.samples),
            style=_STYLES[column.sure] if column.match.facts else "dim",
        )
    return table


def _fact(column: Proposed) -> str:
    named = " | ".join(column.match.facts)
    if column.doubt or (named and column.fact is None):
        named += "?"
    policies = _policies(column.policy)
    return f"{named} ({policies})" if named and policies else named


def _policies(policy: Policy) -> str:
    return ", ".join(policy_words(policy.settled()))


def _questions(proposal: Proposal, lang: str) -> Iterator[str]:
    """Say what a person has to settle before the list can be read."""
    questions = []
    for column in proposal.columns:
        if len(column.match.facts) > 1 and column.doubt:
            facts = ", ".join(column.match.facts)
            questions.append(say("mapping.ask-fact", lang, column=column.header, facts=facts))
        elif column.rivals and column.doubt:
            rivals = ", ".join((column.header, *column.rivals))
            fact = column.match.facts[0]
            questions.append(say("mapping.ask-column", lang, fact=fact, columns=rivals))
        elif column.proposed:
            words = {"column": column.header, "fact": _fact(column).replace("?", "", 1)}
            questions.append(say("mapping.ask-proposed", lang, **words))
    if open_ := [column.header for column in proposal.columns if column.open and column.fact]:
        questions.append(say("lists.read-open", lang, columns=", ".join(open_)))
    if proposal.id_column is None:
        questions.append(say("mapping.ask-id", lang))
    if not any(column.fact for column in proposal.columns):
        questions.append(say("mapping.ask-any", lang))
    yield from ("", *questions) if questions else ()


def _entries(**said: str | None) -> Iterator[str]:
    for key, value in said.items():
        if value is not None:
            yield f"{key}: {_quoted(value)}"


def _column_yaml(column: Proposed, proposal: Proposal, lang: str) -> Iterator[str]:
    """Return one column; a title that stands there twice is only a comment."""
    header = f"  {_quoted(column.header)}:"
    twice = sum(each.header == column.header for each in proposal.columns) > 1
    value = f" {_value(column, column.match.facts[0])}" if column.match.facts else ""
    if column.fact is not None and not twice:
        why = say(f"mapping.why-{column.match.why}", lang)
        sure = say(f"mapping.sure-{column.sure}", lang)
        yield f"{header}{value}  # {why}, {sure}"
    elif column.match.facts:
        facts = ", ".join(column.match.facts)
        yield f"  # {say('mapping.file-doubt', lang, facts=facts)}"
        yield f"  # {header.strip()}{value}" if twice else f"{header}  #{value}"
    else:
        yield header


def _value(column: Proposed, fact: str) -> str:
    settled = [
        f"{key}: {_policy_yaml(value)}" for key, value in by_key(column.policy.settled()).items()
    ]
    return f"{{{', '.join([f'fact: {fact}', *settled])}}}" if settled else fact


def _policy_yaml(value: str) -> str:
    return word_of(value) if value.isascii() and value.isalnum() else _quoted(value)


def _quoted(text: str) -> str:
    """Return a text as YAML that reads as itself."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
