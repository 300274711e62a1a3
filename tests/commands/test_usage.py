"""What click says of a command line that is wrong: usage, exit code 2."""

from __future__ import annotations

import pytest

from leadgrade.cli import COMMANDS
from leadgrade.commands.options import default_language


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("fly", "No such command 'fly'."),
        ("top --wide", "No such option '--wide'."),
        ("top --limit 0", "'--limit': 0 is not in the range x>=1."),
        ("top --run x", "'--run': 'x' is not a valid integer."),
        ("top --lang fr", "'--lang': 'fr' is not one of 'en', 'zh'."),
        ("qualify", "Missing argument 'FILES...'."),
        ("explain", "Missing argument 'LEAD'."),
        ("qualify leads.csv --engine warp", "'warp' is not one of "),
        ("qualify leads.csv --workers 0", "0 is not in the range x>=1."),
        ("qualify leads.csv --as-of tomorrow", "'tomorrow' does not match the format '%Y-%m-%d'."),
        ("qualify leads.csv --as-of 2026-02-30", "'2026-02-30' does not match"),
        ("qualify leads.csv --as-of 9999-12-31", "between 1900-01-01 and 2999-12-31."),
        ("verify --head 7769cbca104b", "'7769cbca104b': a head has 64 digits and letters"),
        ("export --format docx", "'docx' is not one of "),
    ],
)
def test_a_command_line_that_is_wrong(leadgrade, folder, command, message) -> None:
    seen = leadgrade(*command.split())
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith("Usage: ")
    assert message in seen.stderr.replace("No such option: --wide", "No such option '--wide'")
    assert not (folder / "leadgrade.db").exists()


def test_a_language_that_is_not_spoken(leadgrade, decided, monkeypatch) -> None:
    monkeypatch.setenv("LEADGRADE_LANG", "fr")
    seen = leadgrade("runs")
    assert seen.code == 2
    assert "'--lang': 'fr' is not one of 'en', 'zh'." in seen.stderr


@pytest.mark.parametrize(
    ("system", "variable", "spoken"),
    [
        ("zh_CN", "", "zh"),
        ("Chinese (Simplified)_China", "", "zh"),
        ("German_Germany", "", "en"),
        (None, "", "en"),
        (ValueError("unknown locale: 936"), "", "en"),
        ("zh_CN", "de_DE.UTF-8", "en"),
        ("en_US", "zh_CN.UTF-8", "zh"),
    ],
)
def test_the_language_of_the_system(monkeypatch, system, variable, spoken) -> None:
    """Windows sets no variables: there it is the locale, which they go before."""

    def getlocale() -> tuple[str | None, str]:
        if isinstance(system, ValueError):
            raise system
        return system, "936"

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", variable)
    monkeypatch.setattr("locale.getlocale", getlocale)
    assert default_language() == spoken


@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_each_command_has_help(leadgrade, command) -> None:
    seen = leadgrade(*command.split(), "--help")
    assert (seen.code, seen.stderr) == (0, "")
    assert seen.stdout.startswith("Usage: ")


def test_a_name_that_the_system_does_not_know(leadgrade, folder, monkeypatch) -> None:
    """As in a container that runs under a number without a name."""

    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert leadgrade("qualify", "leads.csv", "--engine", "explainer").code == 0
    assert leadgrade("show", "--json").json["by"].startswith("uid ")


def test_what_we_did_not_foresee_is_a_message_too(leadgrade, decided, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a \x1b[31msurprise")

    monkeypatch.setattr("leadgrade.storage.store.Store.run", fail)
    seen = leadgrade("top")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: Something went wrong inside leadgrade (RuntimeError: a �[31msurprise). A run is "
        "stored whole or not at all; `leadgrade runs` lists them. Run again with "
        "LEADGRADE_DEBUG=1 for the details to report.\n"
    )
    monkeypatch.setenv("LEADGRADE_DEBUG", "1")
    assert leadgrade("top").code == 1  # the traceback itself, for us
