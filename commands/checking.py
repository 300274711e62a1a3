"""The options of `check` and `test`."""

from __future__ import annotations

import click

from leadgrade.commands.options import options

CHECKING = options(
    click.option(
        "--format",
        "kind",
        type=click.Choice(["text", "json", "sarif", "github"]),
        default="text",
        show_default=True,
        help="What to print: for people, for programs, for code scanning, for GitHub's log.",
    ),
    click.option("--strict", is_flag=True, help="Exit 1 when there are warnings, too."),
    click.option(
        "--level",
        "said",
        multiple=True,
        metavar="CODE=LEVEL",
        help="Make a check an error, a warning, info, or off; else leadgrade.toml says it.",
    ),
    click.option("--on", metavar="LIST|RUN", help="Look at the leads of a list or of a run, too."),
    click.option("--fix", is_flag=True, help="Mend what can be meant in one way only."),
    click.option("--diff", is_flag=True, help="Show what --fix would mend."),
    click.option("--explain", "code", metavar="CODE", help="Say what a finding means, and stop."),
)
"""How books are checked."""

TESTING = options(
    click.option("--coverage", "cover", is_flag=True, help="Show what the examples do not reach."),
    click.option("--suggest", is_flag=True, help="Write the examples that are missing, as YAML."),
    click.option(
        "--property",
        "properties",
        multiple=True,
        metavar="TEXT",
        help="Try on generated leads: `monotone: FACT`, `knock-out always wins`, "
        "`range never exceeded`.",
    ),
    click.option("--from", "lead", metavar="LEAD", help="Write a stored decision as an example."),
)
"""How books are tested."""
