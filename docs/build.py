"""Writes the pages of the docs that come from the code: ``python docs/build.py``.

``docs/language.md`` comes from ``rules/documents/book.py`` and the books in ``docs/constructs``,
``docs/cli.md`` from the commands' help, ``docs/checks.md`` from the checks and their texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml

from leadgrade.cli import cli
from leadgrade.reports.book.schema_file import SCHEMA_FILE, schema_text
from leadgrade.reports.checking.check_pages import checks_page
from leadgrade.rules.documents import book as document
from leadgrade.rules.documents import sources as document_sources
from leadgrade.rules.documents.kinds import Document
from leadgrade.rules.formulas import ARITY
from leadgrade.rules.library import shipped_books
from leadgrade.rules.loader import load_book
from leadgrade.rules.model import FactType
from leadgrade.rules.values import DAY_UNITS, MAGNITUDES

HERE = Path(__file__).parent
CONSTRUCTS = sorted((HERE / "constructs").glob("[0-9]*.yaml"))
"""Small books that show one construct each; a test runs their examples."""

SHAPES: tuple[tuple[str, type[Document]], ...] = (
    ("A book", document.BookDoc),
    ("A parameter", document.ParameterDoc),
    ("A fact", document.FactDoc),
    ("A derived fact", document.DerivedDoc),
    ("A case of a derived fact", document.CaseDoc),
    ("A joined file", document_sources.SourceDoc),
    ("A column of a joined file", document_sources.ColumnDoc),
    ("Merging rows", document_sources.MergeDoc),
    ("A criterion", document.CriterionDoc),
    ("A rule", document.RuleDoc),
    ("A band", document.BandDoc),
    ("A knock-out", document.KnockOutDoc),
    ("A ceiling or a floor", document.LimitDoc),
    ("A grade", document.GradeDoc),
    ("A classification", document.ClassDoc),
    ("A case of a classification", document.ClassCaseDoc),
    ("A band of a classification", document.ClassBandDoc),
    ("A treatment", document.TreatmentDoc),
    ("A next step", document.NextStepDoc),
    ("An example", document.ExampleDoc),
    ("What an example expects", document.ExpectDoc),
)


def language_page() -> str:
    """Return the reference of the rule language."""
    head = (HERE / "language.head.md").read_text(encoding="utf-8")
    words = {
        "types": ", ".join(f"`{each}`" for each in FactType),
        "magnitudes": ", ".join(f"`{each}`" for each in MAGNITUDES),
        "day_units": ", ".join(f"`{each}`" for each in DAY_UNITS),
        "functions": ", ".join(f"`{each}`" for each in ARITY),
    }
    for name, text in words.items():
        head = head.replace(f"<!-- {name} -->", text)
    keys = "\n".join(line for title, shape in SHAPES for line in _shape(title, shape))
    grammar = (HERE / "grammar.lark").read_text(encoding="utf-8").split("\n\nOPERATOR", 1)[0]
    return (
        f"{head}{keys}\n\n## Examples to run\n{''.join(map(_construct, CONSTRUCTS))}"
        f"\n## The grammar of a line\n\nHow words, amounts and quotes are told apart stands in"
        f" [grammar.lark](grammar.lark).\n\n```text\n{grammar}\n```\n"
    )


def _construct(path: Path) -> str:
    """Return a small book that shows one construct, under the first line of its comment."""
    comment, _, text = path.read_text(encoding="utf-8").partition("\nbook:")
    lines = [line.removeprefix("#").strip() for line in comment.splitlines()]
    name = f"`leadgrade test docs/constructs/{path.name}`"
    return (
        f"\n### {lines[0].split(':')[0]}\n\n{' '.join(lines)} {name}\n\n```yaml\nbook:{text}```\n"
    )


def _shape(title: str, shape: type[Document]) -> Iterator[str]:
    yield f"\n### {title}\n"
    yield f"{(shape.__doc__ or '').strip()}\n"
    yield "| key | | what it is |"
    yield "|---|---|---|"
    for key, entry in shape.entries.items():
        what = entry.about.replace("|", "\\|")
        yield f"| `{key}` | {'required' if entry.required else ''} | {what} |"


def cli_page() -> str:
    """Return the reference of the commands."""
    head = (HERE / "cli.head.md").read_text(encoding="utf-8")
    context = click.Context(cli, info_name="leadgrade", terminal_width=100, **cli.context_settings)
    pages = [_help("leadgrade", cli, context)]
    for name in cli.list_commands(context):
        command: Any = cli.get_command(context, name)
        inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
        pages.append(_help(f"leadgrade {name}", command, inner))
    return head + "\n".join(pages)


def _help(title: str, command: click.Command, context: click.Context) -> str:
    return f"\n## {title}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


def checks_reference() -> str:
    """Return the reference of what `leadgrade check` finds."""
    return checks_page((HERE / "checks.head.md").read_text(encoding="utf-8"))


GROUPS = {
    "C": "Criteria and rules",
    "K": "Further classifications",
    "T": "Processes and treatments",
    "R": "What a system has to do",
    "O": "Out of scope",
}
SHOWN = 4
"""So many places of one book are named; the rest is counted."""


def knowledge_page() -> str:
    """Return the table of the catalogue's entries and how each ended."""
    head = (HERE / "knowledge.head.md").read_text(encoding="utf-8")
    entries = yaml.safe_load((HERE / "knowledge.yaml").read_text(encoding="utf-8"))
    places = sources_of_books()
    ends = {name: "book" if name in places else entry["ends"] for name, entry in entries.items()}
    counts = [f"| {end} | {list(ends.values()).count(end)} |" for end in sorted(set(ends.values()))]
    lines = ["| how it ended | entries |", "|---|---|", *counts, f"| all | {len(ends)} |"]
    for letter, title in GROUPS.items():
        lines += [f"\n## {title}\n", "| entry | what | how it ended | where, or why not |"]
        lines.append("|---|---|---|---|")
        for name, entry in entries.items():
            if name.startswith(f"{letter}-"):
                why = "; ".join(filter(None, (_named(places.get(name, {})), entry.get("why"))))
                lines.append(f"| {name} | {entry['en']} · {entry['zh']} | {ends[name]} | {why} |")
    return head + "\n" + "\n".join(lines) + "\n"


def sources_of_books() -> dict[str, dict[str, list[str]]]:
    """Return what of the shipped books names each entry as its source: entry, book, parts."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, path in shipped_books().items():
        book = load_book(path)
        parts = [
            *book.criteria.items(),
            *book.rules.items(),
            *book.classes.items(),
            *((each.id, each) for each in (*book.knock_outs, *book.next_steps)),
        ]
        said = [(part, thing.source) for part, thing in parts]
        for derived, doc in yaml.safe_load(book.text).get("derived", {}).items():
            said.append((derived, doc.get("source")))
        for part, source in said:
            for entry in re.findall(r"[CKTR]-\d\d", source or ""):
                known = found.setdefault(entry, {}).setdefault(name, [])
                if part not in known:
                    known.append(part)
    return found


def _named(places: dict[str, list[str]]) -> str:
    said = []
    for book, parts in places.items():
        more = f" and {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
        said.append(f"{book}: " + ", ".join(f"`{part}`" for part in parts[:SHOWN]) + more)
    return "; ".join(said)


PAGES = {
    "language.md": language_page,
    "knowledge.md": knowledge_page,
    "cli.md": cli_page,
    "checks.md": checks_reference,
}

SCHEMA = HERE.parent / "rules" / "books" / SCHEMA_FILE
"""The schema that the first line of each shipped book points to."""

if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8", newline="\n")
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8", newline="\n")
