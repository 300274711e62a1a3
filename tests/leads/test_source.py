from __future__ import annotations

import hashlib
import io
import os
import threading
from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.formats.source import BLOCK, Kind, kind_of, open_source
from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def refusal(path: Path | str) -> str:
    with pytest.raises(ListError) as caught:
        open_source(path)
    assert caught.value.details["file"] == str(path)
    return caught.value.code


def test_what_cannot_be_opened(tmp_path: Path, write: Callable[..., Path]) -> None:
    assert refusal(tmp_path / "none.csv") == "no-such-file"
    assert refusal("a\0b") == "no-such-file"
    assert refusal(tmp_path) == "is-a-directory"
    assert refusal(write("")) == "empty-file"
    assert refusal(write("x") / "under.csv") == "unreadable-file"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(write: Callable[..., Path]) -> None:
    path = write("id\n1\n")
    path.chmod(0)
    assert refusal(path) == "not-permitted"


def test_the_hash_is_of_the_bytes(write: Callable[..., Path]) -> None:
    source = open_source(write(b"\xef\xbb\xbfid\r\n1"))
    assert source.sha256 == hashlib.sha256(b"\xef\xbb\xbfid\r\n1").hexdigest()
    source.close()


def test_standard_input_is_kept_to_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"id\n1\n")))
    source = open_source("-")
    assert b"".join(source.blocks()) == b"".join(source.blocks()) == b"id\n1\n"
    assert source.name == "-"
    source.close()


def test_a_pipe_is_kept_to_be_read_again(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"id\n1\n",))
    writer.start()
    source = open_source(pipe)
    writer.join()
    assert source.head() == b"id\n1\n"
    source.close()


def test_a_file_may_be_deleted_or_grow_meanwhile(write: Callable[..., Path]) -> None:
    path = write(b"x" * BLOCK * 2)
    source = open_source(path)
    with path.open("ab") as file:
        file.write(b"more")
    assert sum(map(len, source.blocks())) == 2 * BLOCK
    path.unlink()
    assert sum(map(len, source.blocks())) == 2 * BLOCK
    source.close()


@pytest.mark.parametrize("change", [b"y", b""])
def test_a_file_that_changes_or_shrinks_is_noticed(
    write: Callable[..., Path], change: bytes
) -> None:
    path = write(b"x" * 100)
    source = open_source(path)
    with path.open("wb") as file:
        file.write(change * 100)
    with pytest.raises(ListError, match="changed-while-read"):
        list(source.blocks())
    source.close()


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"id,name\n1,a\n", "a.csv", Kind.CSV),
        (b"id,name\n1,a\n", "a", Kind.CSV),
        (b"[id],name\n1,a\n", "a.csv", Kind.CSV),
        (b'{"id": 1}\n', "a.jsonl", Kind.JSON_LINES),
        (b'{"id": 1}\n', "-", Kind.JSON_LINES),
        (b'\xef\xbb\xbf {"id": 1}\n', "a.json", Kind.JSON_LINES),
        ('{"id": 1}\n'.encode("utf-16"), "a.json", Kind.JSON_LINES),
        (b'\n[{"id": 1}]', "a.json", Kind.JSON_ARRAY),
        (b"PK\x03\x04...", "a.csv", Kind.SHEET),
        (b"id,name\n", "a.xlsx", "not-a-spreadsheet"),
        (b"PAR1....", "a.parquet", Kind.PARQUET),
        (b"%PDF-1.7", "a.pdf", "unsupported-kind"),
        (b"id,name\n", "a.parquet", "not-parquet"),
    ],
)
def test_the_kind(write: Callable[..., Path], content: bytes, name: str, kind: str) -> None:
    source = open_source(write(content, name))
    try:
        assert kind_of(source) == kind
    except ListError as error:
        assert error.code == kind  # noqa: PT017 (either is fine, as the table says)
    source.close()
