from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from leadgrade.leads.formats.encoding import find_encoding, text_of
from leadgrade.leads.formats.source import BLOCK, open_source
from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CHINESE = (
    "客户编号,公司名称,年营收,状态\n"
    "1,深圳市鑫淼贸易有限公司,1200万,未知\n2,上海昊天科技,300万,跟进中\n"
)
ENGLISH = "Lead ID,Company,Revenue\n1,Acme,1200\n2,Globex,300\n"
TAIWAN = "客戶編號,公司名稱,年營收\n1,臺灣積體電路製造股份有限公司,1200萬\n2,鴻海精密工業,300萬\n"
JAPANESE = "顧客番号,会社名,年間売上\n1,トヨタ自動車株式会社,1200万\n2,ソニーグループ,300万\n"
KOREAN = "고객번호,회사명,매출\n1,삼성전자 주식회사,1200만\n2,현대자동차,300만\n"
RUSSIAN = "Номер,Компания,Выручка\n1,Газпром нефть,1200\n2,Сбербанк России,300\n"
FRENCH = "id,société,chiffre\n1,Générale de crédit,12\n2,Hôtel d'été à côté,3\n"


def found(path: Path, wanted: str | None = None, expected: tuple[str, ...] = ()) -> str:
    source = open_source(path)
    try:
        encoding = find_encoding(source, wanted, expected)
        with text_of(source, encoding) as text:
            text.read()
    except ListError as error:
        return error.code
    finally:
        source.close()
    return encoding


@pytest.mark.parametrize(
    ("text", "written", "encoding"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (CHINESE, "utf-32", "utf-32"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gb2312", "gb18030"),
        (ENGLISH, "ascii", "utf-8"),
        (ENGLISH, "utf-16-le", "utf-16-le"),
        ("id,note\n1,a\0b\n", "utf-8", "utf-8"),
        ("名称,年营收\n" * 3, "utf-16-le", "utf-16-le"),
        (TAIWAN, "utf-8", "utf-8"),
        (TAIWAN, "big5", "unknown-encoding"),
        (JAPANESE, "shift-jis", "unknown-encoding"),
        (JAPANESE, "euc-jp", "unknown-encoding"),
        (KOREAN, "cp949", "unknown-encoding"),
        (RUSSIAN, "cp1251", "unknown-encoding"),
        (FRENCH, "cp1252", "unknown-encoding"),
    ],
)
def test_detection(write: Callable[..., Path], text: str, written: str, encoding: str) -> None:
    if written == "gb2312":
        text = text.replace("淼", "水").replace("鑫", "金").replace("昊", "天")
    assert found(write(text, encoding=written)) == encoding


def test_an_expected_header_settles_gb18030(write: Callable[..., Path]) -> None:
    rare = write("编号,龘靐\n1,齉爩鱻\n", encoding="gb18030")
    assert found(rare) == "unknown-encoding"
    assert found(rare, expected=("编号", "ID")) == "gb18030"


def test_utf_8_that_breaks_is_not_read_as_chinese(write: Callable[..., Path]) -> None:
    broken = CHINESE.encode() + "3,光".encode() + b"\xe9,5\n"
    path = write(broken)
    source = open_source(path)
    with pytest.raises(ListError) as caught:
        find_encoding(source, None, ())
    source.close()
    details = caught.value.details
    assert details["line"] == "4"
    assert details["offset"] == str(broken.index(b"\xe9,5"))


def test_a_break_beyond_the_first_block_is_found(write: Callable[..., Path]) -> None:
    body = ENGLISH.encode() + b"3,x,1\n" * (BLOCK // 6)
    source = open_source(write(body + b"4,\xff\n"))
    with pytest.raises(ListError) as caught:
        find_encoding(source, None, ())
    source.close()
    assert caught.value.details["offset"] == str(len(body) + 2)


@pytest.mark.parametrize("tail", [b"\xe5", b"\xe5\xb9"])
def test_a_text_that_ends_within_a_character(write: Callable[..., Path], tail: bytes) -> None:
    assert found(write(CHINESE.encode() + tail)) == "unknown-encoding"


@pytest.mark.parametrize(
    ("wanted", "encoding"),
    [
        ("latin-1", "iso8859-1"),
        ("cp1252", "cp1252"),
        ("GBK", "gb18030"),
        ("UTF8", "utf-8"),
        ("klingon", "no-such-encoding"),
        ("hex", "no-such-encoding"),
        ("rot13", "no-such-encoding"),
        ("", "no-such-encoding"),
        ("\0", "no-such-encoding"),
    ],
)
def test_the_encoding_may_be_said(write: Callable[..., Path], wanted: str, encoding: str) -> None:
    assert found(write(ENGLISH), wanted) == encoding


def test_a_mark_is_honoured_when_utf_8_is_said(write: Callable[..., Path]) -> None:
    assert found(write(CHINESE, encoding="utf-8-sig"), "utf-8") == "utf-8-sig"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le", "ascii", "cp1252"])
def test_bytes_that_are_not_in_a_said_encoding_are_marked(
    write: Callable[..., Path], encoding: str
) -> None:
    source = open_source(write(b"a\x81\xff\x00\xd8\x81"))
    with text_of(source, encoding) as text:
        assert text.read()
    source.close()
