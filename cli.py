"""The command line. The commands are in ``commands/``, by subject; each is found here by name."""

from __future__ import annotations

import click

import leadgrade
from leadgrade.commands.group import Guarded

COMMANDS = {
    "qualify": "lists:qualify",
    "top": "answers:top",
    "targeting": "answers:targeting",
    "profit": "answers:profit",
    "outcomes": "outcomes:outcomes",
    "measure": "outcomes:measure",
    "explain": "answers:explain",
    "ask": "questions:ask",
    "improve": "questions:improve",
    "whatif": "questions:whatif",
    "compare": "changes:compare",
    "history": "changes:history",
    "diff": "changes:diff",
    "runs": "record:runs",
    "show": "record:show",
    "verify": "proof:verify",
    "override": "proof:override",
    "overrides": "proof:overrides",
    "forget": "proof:forget",
    "export": "lists:export",
    "rejects": "lists:rejects",
    "duplicates": "lists:duplicates",
    "map": "lists:map_list",
    "profile": "lists:profile_list",
    "check": "books:check",
    "test": "books:test",
    "schema": "schema:schema",
    "sql": "warehouse:as_sql",
    "books": "books:list_books",
    "init": "books:init",
}
"""Where each command is: module of ``commands/`` and function, in the order of the help."""


@click.group(
    cls=Guarded, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(leadgrade.__version__, prog_name="leadgrade")
def cli() -> None:
    """Qualify leads by a rule book, and say why.

    Start with `leadgrade init my-leads`: it writes a rule book to edit and a sample list.
    Exit codes: 0 done; 1 the honest answer is no; 2 it could not be done.
    """
