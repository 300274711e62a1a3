"""What can go wrong with the record, as data: how it reads is decided elsewhere."""

from __future__ import annotations

import errno
import sqlite3
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from leadgrade.rules.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.exc import DBAPIError

_BY_SQLITE_CODE = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_FULL: "disk-full",
    sqlite3.SQLITE_CANTOPEN: "no-access",
    sqlite3.SQLITE_PERM: "no-access",
    sqlite3.SQLITE_AUTH: "no-access",
    sqlite3.SQLITE_NOTADB: "not-a-database",
    sqlite3.SQLITE_CORRUPT: "damaged",
}
_BY_ERRNO = {
    errno.ENOSPC: "disk-full",
    errno.EDQUOT: "disk-full",
    errno.EROFS: "read-only",
    errno.EACCES: "no-access",
    errno.EPERM: "no-access",
}
_BY_SQLSTATE = {  # PostgreSQL
    "25006": "read-only",
    "42501": "no-access",
    "53100": "disk-full",
    "55P03": "locked",
    "40P01": "locked",
    "22003": "unstorable",
    "22021": "unstorable",
}


class StoreError(Problem):
    """The record cannot be read or written. Nothing was changed: what was begun is rolled back."""

    texts: ClassVar[str] = "store"


@contextmanager
def readable(code: str, **details: object) -> Iterator[None]:
    """Turn what a stored value raises that was changed until it cannot be read into an error.

    Raises:
        StoreError: with this code and these details: which run, which lead.
    """
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        raise StoreError(code, **details) from error


@contextmanager
def store_errors(place: str) -> Iterator[None]:
    """Turn what a driver or the file system raises inside into a ``StoreError`` about ``place``.

    A ``StoreError`` that does not say where it happened gets the place as its ``path``.
    """
    try:
        yield
    except StoreError as error:
        error.details.setdefault("path", place)
        raise
    except _wrapped_errors() as error:
        raise store_error(error.orig or error, place) from error
    except (sqlite3.Error, OSError) as error:
        raise store_error(error, place) from error
    except (UnicodeEncodeError, OverflowError) as error:
        # Text that is no Unicode (half of a surrogate pair), a number beyond 64 bits.
        raise StoreError("unstorable", path=place, detail=error) from error


def _wrapped_errors() -> tuple[type[DBAPIError], ...]:
    """Return how SQLAlchemy wraps what a driver raises; nothing does where it is not imported."""
    found = sys.modules.get("sqlalchemy.exc")
    return (found.DBAPIError,) if found else ()


def store_error(error: BaseException, place: str) -> StoreError:
    """Return the ``StoreError`` that says what a driver's or the system's error means."""
    code = None
    if isinstance(error, sqlite3.Error):
        # The low byte is the kind; an error that the driver itself raises has no code.
        code = _BY_SQLITE_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    elif isinstance(error, OSError):
        code = _BY_ERRNO.get(error.errno or 0)
    else:
        code = _BY_SQLSTATE.get(getattr(error, "sqlstate", None) or "")
    return StoreError(code or "failed", path=place, detail=error)
