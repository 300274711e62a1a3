"""What can go wrong, as data: a code that names the message, and what fills it."""

from __future__ import annotations

from typing import ClassVar


class Problem(Exception):  # noqa: N818 - its kinds end in Error
    """Something that a person has to be told. How it reads is decided where texts are kept."""

    texts: ClassVar[str]
    """The group of texts that has the message, by ``code``."""

    def __init__(self, code: str, **details: object) -> None:
        self.code = code
        self.details = {name: str(value) for name, value in details.items()}
        super().__init__(" ".join([code, *(f"{k}={v}" for k, v in self.details.items())]))
