"""Logins in the addresses of lists: neither a person nor the record sees them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "***"
_SECRET = re.compile(r"pass|pwd|token|secret|key|sig", re.IGNORECASE)
_SCHEME = re.compile(
    r"(?:jdbc:[\w+.-]+:(?:thin:|oci8?:)?|[a-z][\w+.-]*:)(?P<slashes>//)?", re.IGNORECASE
)
_HOST_AND_PORT = re.compile(r"[^/:]*:\d{1,5}(/.*)?")
_OPTION = re.compile(r"(?<=[?;&])([^=?;&]+)=(\{[^}]*\}|[^;&]*)")


class Address(NamedTuple):
    """An address as it may be shown, and what must not be seen of it anywhere."""

    shown: str
    secrets: tuple[str, ...]


def is_secret(name: str) -> bool:
    """Whether an option of that name has a value that nobody should see."""
    return _SECRET.search(name) is not None


def read_address(url: str) -> Address:
    """Return what may be shown of a URL, also of one whose password is not escaped as it should.

    So a login ends at the last `@`, and a slash before that is part of it. Where options have an
    `@`, too, nobody can tell where the login ends, and all of it is hidden. Options of databases,
    which may hold passwords, are left out.
    """
    options = tuple(value for name, value in _OPTION.findall(url) if is_secret(name))
    scheme = _SCHEME.match(url)
    if scheme is None or scheme[0].lower() == "file://":
        return Address(url, options)
    before, after = url[: scheme.end()], url[scheme.end() :]
    head, tail = _split_options(after)
    shown_tail = "" if url.lower().startswith("jdbc:") else tail
    if not _may_have_login(head, tail, slashes=bool(scheme["slashes"])):
        return Address(f"{before}{head}{shown_tail}", options)
    if "@" in tail:
        ends = [found.start() for found in re.finditer("@", after)]
        hidden = [each for end in ends for each in _secrets_of(after[:end])]
        return Address(before + HIDDEN, (*hidden, *options))
    login, _, place = head.rpartition("@")
    return Address(f"{before}{HIDDEN}@{place}{shown_tail}", (*_secrets_of(login), *options))


def _split_options(address: str) -> tuple[str, str]:
    found = re.search("[?;]", address)
    return (address, "") if found is None else (address[: found.start()], address[found.start() :])


def _may_have_login(head: str, tail: str, *, slashes: bool) -> bool:
    """Whether there may be one, in what stands before options and in what begins with them."""
    if "@" not in head + tail:
        return False
    if "@" not in head and _HOST_AND_PORT.fullmatch(head):  # the `@` is within an option
        return False
    return not slashes or re.search("[:@]", head.partition("/")[0]) is not None


def _secrets_of(login: str) -> tuple[str, str]:
    """Return a login with the sign that ends it, and its password."""
    return f"{login}@", login.partition(":" if ":" in login else "/")[2]


def without_secrets(said: str, secrets: Iterable[str]) -> str:
    """Return the first line of what a database or Spark says, without what nobody should see."""
    line = said.strip().partition("\n")[0]
    written = {form for each in secrets for form in (each, unquote(each)) if form}
    for secret in sorted(written, key=len, reverse=True):
        line = line.replace(secret, HIDDEN)
    return line
