"""What stands in each column of a list, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from leadgrade.leads.mapping.profile import MOST_DISTINCT, ColumnProfile, Profile
from leadgrade.reports.lists.policies import by_key, policy_words
from leadgrade.reports.reasons import unread_text
from leadgrade.reports.wording import list_name, say

_COLUMNS = ("column", "fact", "kind", "known", "distinct", "longest", "examples", "doubtful")
_RIGHT = ("known", "distinct", "longest", "doubtful")


def profile_json(profile: Profile) -> dict[str, Any]:
    """Return a profile as plain data. Distinct values are counted up to ``MOST_DISTINCT``."""
    listing = profile.listing
    preset = listing.headers.preset
    return {
        "file": listing.file,
        "format": listing.format,
        "encoding": listing.encoding,
        "delimiter": listing.delimiter,
        "sheet": listing.sheet,
        "header_row": listing.header_line,
        "preset": None if preset is None else {"id": preset.id, "title": preset.title},
        "id": listing.headers.id_header,
        "rows": profile.rows,
        "leads": listing.leads,
        "rejected": profile.rejected,
        "columns": [_column_json(column, profile) for column in profile.columns],
    }


def profile_text(profile: Profile, lang: str) -> RenderableType:
    """Return a profile as something a console prints."""
    return Group(
        *(Text(line) for line in _head(profile, lang)),
        Text(),
        _table(profile, lang),
        *(Text(line, style="yellow") for line in _doubts(profile, lang)),
    )


def _column_json(column: ColumnProfile, profile: Profile) -> dict[str, Any]:
    policy = {} if column.policy is None else dict(column.policy.settled())
    return {
        "header": column.header,
        "fact": column.fact,
        "kind": column.kind,
        "known": _share(column, profile),
        "distinct": column.distinct,
        "longest": column.longest,
        "examples": column.examples,
        "policy": by_key(policy.items()),
        "doubtful": [asdict(each) for each in column.unread],
    }


def _share(column: ColumnProfile, profile: Profile) -> float:
    whole = max(profile.cells, 1)
    return round(column.known / whole, 4)


def _head(profile: Profile, lang: str) -> Iterator[str]:
    listing = profile.listing
    parts = (listing.format, listing.encoding, listing.sheet)
    yield say(
        "mapping.profile-head",
        lang,
        file=list_name(listing.file, lang),
        format=" ".join(part for part in parts if part),
        rows=f"{profile.rows:,}",
        leads=f"{listing.leads:,}",
        rejected=f"{listing.rejected:,}",
    )
    if listing.headers.preset:
        yield say("mapping.preset", lang, title=listing.headers.preset.title)
    yield say("mapping.id", lang, column=listing.headers.id_header)


def _table(profile: Profile, lang: str) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in _COLUMNS:
        justify: Any = "right" if name in _RIGHT else "left"
        table.add_column(say(f"mapping.column-{name}", lang), justify=justify, overflow="fold")
    for column in profile.columns:
        more = "+" if column.distinct >= MOST_DISTINCT else ""
        doubtful = sum(each.count for each in column.unread)
        table.add_row(
            column.header,
            column.fact or "",
            say(f"mapping.kind-{column.kind}", lang),
            f"{_share(column, profile):.0%}",
            f"{column.distinct:,}{more}",
            f"{column.longest:,}",
            " · ".join(column.examples),
            f"{doubtful:,}" if doubtful else "",
            style="" if column.fact else "dim",
        )
    return table


def _doubts(profile: Profile, lang: str) -> Iterator[str]:
    lines = []
    for column in profile.columns:
        settled = policy_words(column.policy.settled()) if column.policy else []
        if settled:
            words = ", ".join(settled)
            lines.append(say("mapping.policy", lang, column=column.header, policy=words))
        lines += [unread_text(asdict(each), profile.listing.file, lang) for each in column.unread]
    open_ = profile.listing.open_decimals
    if columns := [column.header for column in profile.columns if column.fact in open_]:
        lines.append(say("lists.read-open", lang, columns=", ".join(columns)))
    for code, count in profile.rejected.items():
        lines.append(say("mapping.rejected", lang, code=code, count=f"{count:,}"))
    yield from ("", *lines) if lines else ()
