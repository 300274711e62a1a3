"""Forgetting asks before anything is gone for good."""

from __future__ import annotations

from datetime import date

import pytest

FORGET = ["forget", "L-1", "--reason", "asked to"]
OLD = ["forget", "--older-than", "0d", "--reason", "too old"]
WOULD = {
    "en": "Lead: L-1 · {name}\nTo be forgotten: 1 leads, 1 decisions, 1 rejected rows, 0 notes,",
    "zh": "线索：L-1 · {name}\n将清除：1 个线索、1 个决定、1 个被拒绝的行、0 条备注、",
}


class Later(date):
    """Days as they are counted long after the run."""

    @classmethod
    def today(cls) -> Later:
        return cls(2100, 1, 1)


@pytest.fixture
def known(leadgrade, decided, monkeypatch):
    """What stands in the record before anything is forgotten: the head, and the leads."""
    monkeypatch.setattr("leadgrade.commands.proof.date", Later)

    def look() -> tuple[object, list[str]]:
        leads = [each["lead"] for each in leadgrade("top", "--json").json["leads"]]
        return leadgrade("verify", "--json").json["head"], leads

    return look


@pytest.fixture
def terminal(monkeypatch):
    """Let the tests answer as a person at a terminal."""
    from click.testing import _NamedTextIOWrapper  # noqa: PLC0415 - what it reads from

    monkeypatch.setattr(_NamedTextIOWrapper, "isatty", lambda _: True, raising=False)


@pytest.mark.parametrize("said", [FORGET, OLD])
def test_without_a_terminal_it_has_to_be_said(leadgrade, known, said) -> None:
    before = known()
    for lang, says in (("en", "say --yes to do it"), ("zh", "请加 --yes 执行")):
        seen = leadgrade(*said, "--lang", lang)
        assert (seen.code, seen.stdout) == (2, "")
        assert says in seen.stderr
    assert known() == before
    assert leadgrade(*said, "--yes").code == 0
    assert "L-1" not in known()[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_dry_run_says_whom_and_what_and_keeps_it(leadgrade, known, lang) -> None:
    before = known()
    name = leadgrade("top", "--json").json["leads"][0]["name"]
    seen = leadgrade(*FORGET, "--dry-run", "--lang", lang)
    assert seen.code == 0
    assert seen.stdout.startswith(WOULD[lang].format(name=name))
    found = leadgrade(*FORGET, "--dry-run", "--json").json
    assert (found["erasure"], found["head"], found["runs"]) == (None, None, [1])
    assert leadgrade(*OLD, "--dry-run", "--json").json["decisions"] == 6
    assert known() == before
    done = leadgrade(*FORGET, "--yes", "--json").json
    assert {**found, "erasure": 1, "head": done["head"]} == done
    assert leadgrade("verify", "--all").code == 0


@pytest.mark.parametrize("said", [FORGET, OLD])
def test_at_a_terminal_it_is_shown_and_asked(leadgrade, known, terminal, said) -> None:
    before = known()
    for answer in (b"n\n", b"\n"):
        seen = leadgrade(*said, stdin=answer)
        assert (seen.code, seen.stdout) == (1, "")
        assert "To be forgotten: " in seen.stderr
        assert seen.stderr.endswith("Nothing was forgotten.\n")
        assert known() == before
    seen = leadgrade(*said, stdin=b"y\n")
    assert (seen.code, seen.stdout.startswith("Forgotten: ")) == (0, True)
    assert "L-1" not in known()[1]


def test_where_there_is_nothing_nobody_is_asked(leadgrade, decided) -> None:
    seen = leadgrade("forget", "--older-than", "2y", "--reason", "too old")
    assert (seen.code, seen.stdout) == (
        0,
        "No run is older than that: there was nothing to forget.\n",
    )
    assert leadgrade("forget", "L-99", "--reason", "asked to").code == 2
