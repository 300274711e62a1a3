r"""How the bytes of a list become text.

In order: a byte order mark, the zero bytes of UTF-16, strict UTF-8, strict GB18030 that reads as
Chinese. Almost any bytes are valid GB18030, so the text itself must agree. Anything else has to
be said by the person: it is never guessed.

Bytes that cannot be decoded become surrogates (``UNDECODED``), so that only their rows are lost.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import TYPE_CHECKING

from leadgrade.leads.terms import ListError

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import TextIO

    from leadgrade.leads.formats.source import Source

UNDECODED = re.compile("[\ud800-\udfff]")
"""Finds what stands for bytes that could not be decoded."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
STRICT = frozenset({"utf-8", "utf-16-le", "utf-16-be", "gb18030"})
"""Those that are detected by reading the whole text."""

MARK_BYTES = "leadgrade.mark-bytes"
"""The name of what makes surrogates of bytes that cannot be decoded."""

_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "hz": "hz"}

_COMMON = frozenset(
    "的一是不了在人有我他这中大来上个国和地到说时要就出会可也你对生能子得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但"
    "因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重"
    "并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门"
    "任常先海通教东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少"
    "报才结反受目太量再感建务做接必场件计管期市直德资金指统区保至队社便空决治展科司五基书非则"
    "达光放强像权思王完设式色路记南品住告类求据程北边张该交规万取格望术确传师清今切院让候带导"
    "客户企编号营收称商贸限额款销售源线索行省城职邮箱手微备注状态负责龙江州宁广河山京深"
)
"""Characters that any Chinese list has many of: the most frequent ones, and those of headers."""

_MOSTLY_ASCII = 0.4
"""A text with so many zero bytes on one side is UTF-16, whatever else it may be."""

_SOME_ASCII = 0.05
"""So many are enough for a text that is not UTF-8."""

_ENOUGH_USUAL = 0.7
_ENOUGH_COMMON = 0.2
_KANA = 0.02


def _mark_bytes(error: UnicodeError) -> tuple[str, int]:
    """Stand in for bytes that cannot be decoded: one surrogate each."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in bad), error.end


codecs.register_error(MARK_BYTES, _mark_bytes)


def text_of(source: Source, encoding: str) -> TextIO:
    """Return the text of a source from the beginning, its line ends as they are."""
    return io.TextIOWrapper(source.checked(), encoding=encoding, errors=MARK_BYTES, newline="")


def find_encoding(source: Source, wanted: str | None, expected: Collection[str]) -> str:
    """Return the name of a source's encoding, as Python calls it.

    ``wanted`` is what the person says. ``expected`` are names that may stand among the headers:
    a Chinese one there settles GB18030.

    Raises:
        ListError: ``no-such-encoding``, or ``unknown-encoding`` with the line (by newlines) and
            the byte offset at which the text stops being UTF-8.
    """
    head = source.head()
    if wanted is not None:
        return _known(wanted, head, source.name)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    wide, share = _without_mark(head[:65536])
    if share > _MOSTLY_ASCII and _first_error(source, wide) is None:
        return wide
    offset = _first_error(source, "utf-8")
    if offset is None:
        return "utf-8"
    if share > _SOME_ASCII and _first_error(source, wide) is None:
        return wide
    if _first_error(source, "gb18030") is None and _is_chinese(source, expected):
        return "gb18030"
    line = 1 + _newlines(source, offset)
    raise ListError("unknown-encoding", file=source.name, line=line, offset=offset)


def _known(wanted: str, head: bytes, file: str) -> str:
    try:
        b"a".decode(wanted, "replace")
        name = codecs.lookup(wanted).name
    except (LookupError, UnicodeError, ValueError) as error:
        raise ListError("no-such-encoding", file=file, encoding=wanted) from error
    if name == "utf-8" and head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return _WIDER.get(name, name)


def _without_mark(head: bytes) -> tuple[str, float]:
    """Return which UTF-16 it would be by the zero bytes of ASCII characters, all on one side.

    With it comes the share of such characters: 0 where there are zero bytes on both sides.
    """
    even, odd = head[::2].count(0), head[1::2].count(0)
    name = "utf-16-le" if odd > even else "utf-16-be"
    few, many = sorted((even, odd))
    return name, 0.0 if few * 10 > many else many / (len(head) / 2)


def _first_error(source: Source, encoding: str) -> int | None:
    """Return the offset of the first byte that is not in the encoding, None if all are."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    for block in source.blocks():
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return done - pending + error.start
        done += len(block)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return done - len(decoder.getstate()[0])
    return None


def _newlines(source: Source, offset: int) -> int:
    counted = 0
    for block in source.blocks():
        counted += block[:offset].count(b"\n")
        offset -= len(block)
        if offset <= 0:
            break
    return counted


def _is_chinese(source: Source, expected: Collection[str]) -> bool:
    """Whether the beginning of a text that is valid GB18030 reads as Chinese."""
    text = source.head().decode("gb18030", "ignore")
    first_line = text.lstrip("\r\n").partition("\n")[0]
    if any(name in first_line for name in expected if not name.isascii()):
        return True
    foreign = [character for character in text if not character.isascii()]
    if not foreign:  # the Chinese comes later than the beginning
        return False
    usual = sum(map(_is_usual, foreign))
    common = sum(character in _COMMON for character in foreign)
    kana = sum("\u3041" <= character <= "\u30ff" for character in foreign)
    if kana > _KANA * len(foreign):  # EUC-JP has kanji and kana where GB18030 has hanzi and kana
        return False
    return usual >= _ENOUGH_USUAL * len(foreign) and common >= _ENOUGH_COMMON * len(foreign)


def _is_usual(character: str) -> bool:
    """Whether a character is punctuation or one of the first-level hanzi of GB 2312."""
    code = character.encode("gb2312", "ignore")
    return len(code) == 2 and (0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7)
