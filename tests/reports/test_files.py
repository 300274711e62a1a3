"""Files that we write: whole or not at all, whoever else writes, and whatever stands in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leadgrade.reports.answering import OutputError
from leadgrade.reports.checking.mending import Mended, write
from leadgrade.reports.files import whole_file, write_text
from leadgrade.reports.record.audit import write_bundle

PLACES = [
    (".", "Is a directory"),
    ("/", "Is a directory"),
    ("nowhere/x.json", "No such file or directory"),
]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> list[str]:
    return sorted(each.name for each in Path().iterdir())


@pytest.mark.parametrize(("place", "reason"), PLACES)
def test_what_is_in_the_way_is_said(place: str, reason: str) -> None:
    for writing in (
        lambda: write_text(Path(place), "x"),
        lambda: write_bundle(Path(place), {}),
        lambda: write(Mended(place, "a", "b", 1)),
    ):
        with pytest.raises(OutputError) as caught:
            writing()
        assert (caught.value.code, caught.value.details["reason"]) == ("cannot-write", reason)
    assert names() == []


def test_two_that_write_at_once_do_not_mix() -> None:
    out = Path("out.txt")
    with whole_file(out) as first:
        first.write(b"first")
        with whole_file(out) as second:
            second.write(b"second")
        assert out.read_bytes() == b"second"
    assert out.read_bytes() == b"first"
    assert names() == ["out.txt"]


def test_a_bundle_goes_where_a_link_points() -> None:
    Path("link.json").symlink_to("real.json")
    write_bundle(Path("link.json"), {"名": "乙"})
    assert Path("link.json").is_symlink()
    assert Path("real.json").read_bytes() == '{\n "名": "乙"\n}\n'.encode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_bundle_is_written_to_a_device() -> None:
    with pytest.raises(OutputError, match="cannot-write"):
        write_bundle(Path("/dev/full"), {})
    assert Path("/dev/full").is_char_device()


def test_who_could_not_read_a_file_cannot_read_the_next() -> None:
    out = Path("out.txt")
    out.touch(0o600)
    with whole_file(out) as file:
        (draft,) = Path().glob(".out.txt.*.part")
        assert draft.stat().st_mode & 0o777 == 0o600
        file.write(b"secret")
    assert (out.stat().st_mode & 0o777, out.read_bytes()) == (0o600, b"secret")


def test_mending_that_fails_leaves_the_book_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise OSError(28, os.strerror(28))

    Path("book.yaml").write_text("before", encoding="utf-8")
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OutputError, match="cannot-write"):
        write(Mended("book.yaml", "before", "after", 1))
    assert names() == ["book.yaml"]
    assert Path("book.yaml").read_text(encoding="utf-8") == "before"
