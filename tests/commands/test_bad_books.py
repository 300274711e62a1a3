"""Rule books that cannot be used: findings with their place, exit code 2, nothing stored."""

from __future__ import annotations

import pytest

from leadgrade.rules.library import shipped_books
from leadgrade.rules.source import BookError

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
GOOD_END = (
    "criteria: {c: {range: [0, 1], rules: [{id: r, when: RULE, points: 1}]}}\ngrades: {A: {}}\n"
)
FACTS = "book: x\nfacts: {share: {type: percent}, money: {type: money}, days: {type: days}}\n"
BAD = {
    "no YAML": (b"book: [unclosed\nfacts: }\n", "yaml-open-bracket"),
    "no mapping": (b"just a sentence\n", "want-keys"),
    "empty": (b"", "book-empty"),
    "no text": (bytes(range(128, 256)), "not-utf8"),
    "a NUL byte": (b"book: x\0y\n", "yaml-character"),
    "a bomb": (BOMB.encode(), "too-large"),
    "deep brackets": (b"book: " + b"[" * 5000, "too-deep"),
    "a tag": (b"book: !!python/object:os.system x\n", "yaml-tag"),
    "an unknown fact": (FACTS + GOOD_END.replace("RULE", "shar > 20%"), "unknown-name"),
    "a share without its sign": (FACTS + GOOD_END.replace("RULE", "share > 20"), None),
    "days of money": (FACTS + GOOD_END.replace("RULE", "money > 5 days"), None),
    "money of days": (FACTS + GOOD_END.replace("RULE", "days > 500万"), None),
}


@pytest.mark.parametrize("case", BAD)
def test_a_book_that_cannot_be_used(leadgrade, decided, case) -> None:
    content, code = BAD[case]
    content = content if isinstance(content, bytes) else content.encode()
    (decided / "book.yaml").write_bytes(content)
    before = (decided / "leadgrade.db").read_bytes()
    seen = leadgrade("qualify", "leads.csv", "--as-of", "2026-01-22")
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr.startswith("book.yaml")
    assert ": error: " in seen.stderr
    assert len(seen.stderr) < 20_000
    assert "Traceback" not in seen.stderr
    assert (decided / "leadgrade.db").read_bytes() == before
    checked = leadgrade("check")
    assert (checked.code, checked.stderr) == (1, "")
    # The same findings (the end of the output may differ by a line).
    assert checked.stdout.strip() == seen.stderr.strip()
    findings = leadgrade("check", "--json").json[0]["findings"]
    assert findings
    assert code is None or code in {each["code"] for each in findings}
    assert leadgrade("test").code == 2
    # What was decided before can be explained all the same: the record has its own book.
    assert leadgrade("explain", "L-1").code == 0


@pytest.mark.parametrize("command", ["check", "test", "qualify leads.csv"])
def test_a_book_that_is_not_there(leadgrade, folder, command) -> None:
    name = ["--book", "no-such"] if "qualify" in command else ["no-such"]
    seen = leadgrade(*command.split(), *name)
    assert (seen.code, seen.stdout) == (2, "")
    assert seen.stderr == (
        "error: There is no rule book `no-such`. "
        f"Give a file, or one of: {', '.join(shipped_books())}.\n"
    )
    assert not (folder / "leadgrade.db").exists()


def test_a_book_that_is_a_folder(leadgrade, folder) -> None:
    (folder / "sub.yaml").mkdir()
    for command in (["check", "sub.yaml"], ["qualify", "leads.csv", "--book", "sub.yaml"]):
        seen = leadgrade(*command)
        assert seen.code in (1, 2)
        assert "Traceback" not in seen.stdout + seen.stderr
        assert "inside leadgrade" not in seen.stderr


def test_several_books_are_all_checked(leadgrade, folder) -> None:
    (folder / "bad.yaml").write_text("book: x\n", encoding="utf-8")
    seen = leadgrade("check", "bad.yaml", "book.yaml")
    assert seen.code == 1
    assert "bad.yaml" in seen.stdout
    assert "bad.yaml:1:1: error: " in seen.stdout
    assert "book.yaml" in seen.stdout.splitlines()[-1]  # the good one too
    assert issubclass(BookError, Exception)
