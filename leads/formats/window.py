"""A text that is looked at through a window: JSON values one by one, without holding the rest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from leadgrade.leads.formats.records import LINE_LIMIT

if TYPE_CHECKING:
    from typing import Any, TextIO

_SPACE = re.compile(r"[ \t\r\n\ufeff]*")
_BLOCK = 1 << 16


class Window:
    """The part of a text that is at hand, from the place that was reached."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._buffer = ""
        self._at = 0
        self._ended = False
        self.line = 1
        """The line that was reached, counted from 1."""

    def peek(self) -> str:
        """Return the next character, "" at the end."""
        if self._at == len(self._buffer):
            self._more()
        return self._buffer[self._at : self._at + 1]

    def take(self, length: int) -> str:
        """Return so many characters that are at hand, and go on behind them."""
        taken = self._buffer[self._at : self._at + length]
        self._at += length
        self.line += taken.count("\n")
        return taken

    def skip(self) -> None:
        """Pass over white space."""
        while self.peek():
            found = _SPACE.match(self._buffer, self._at)
            if not found or not found[0]:
                return
            self.take(len(found[0]))

    def value(self, decoder: json.JSONDecoder) -> tuple[Any, str]:
        """Take the next JSON value, with its text.

        Raises:
            ValueError: it is none, or its text is longer than a row may be. What the hooks of the
                decoder raise passes through.
        """
        while True:
            try:
                value, end = decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if self._ended or len(self._buffer) - self._at > LINE_LIMIT:
                    raise
            else:
                if end < len(self._buffer) or self._ended:  # else a number may go on
                    return value, self.take(end - self._at)
            self._more()

    def _more(self) -> None:
        """Read as much again as there is at hand, and forget what was taken."""
        rest = self._buffer[self._at :]
        block = self._text.read(max(_BLOCK, len(rest)))
        self._ended = not block
        self._buffer, self._at = rest + block, 0
