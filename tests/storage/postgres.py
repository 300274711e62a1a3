"""A PostgreSQL server for the tests: made, started and stopped by them, on a socket of their own.

Any installed PostgreSQL will do; nothing of it but its programs is used. It does not run as root,
so root runs it as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "40",
    "shared_buffers": "16MB",
}
"""Quick, and deaf but for its socket. What is lost in a power cut is no matter here."""

PATIENCE = 120
"""Seconds that a program may take on a busy machine."""

UNTIL_NOBODY_LISTENS = '"$0" "$@" & server=$!; cat >/dev/null; kill -QUIT $server; wait $server'
"""A shell that stops the server when whoever holds its standard input is gone, however."""


def find_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``postgres``, of the newest version; None without."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(debian, key=lambda path: int(path.parts[-3]))
    return newest[-1].parent if newest else None


@cache
def why_not() -> str | None:
    """Return why no server can run here; None where one can."""
    try:
        import psycopg  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return "psycopg is not installed (leadgrade[postgresql])"
    if find_programs() is None:
        return "PostgreSQL is not installed"
    return "only root is here to run it" if os.geteuid() == 0 and _other_user() is None else None


def _other_user() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


@contextmanager
def server() -> Iterator[str]:
    """Run a server, and yield its URL without a database: ``…/{name}?host=…`` to be filled."""
    programs = find_programs()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="leadgrade-pg-"))  # a socket's path has to be short
    user = _other_user() if os.geteuid() == 0 else None
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    how: dict[str, Any] = {
        "cwd": folder,
        "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        **({"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}),
    }
    try:
        _make(programs, folder, how)
        with (folder / "log").open("wb") as log:
            command = ["sh", "-c", UNTIL_NOBODY_LISTENS, programs / "postgres", "-D", "data"]
            running = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **how,
            )
        url = f"postgresql+psycopg://leadgrade@/{{name}}?host={folder}"
        with running:  # which closes its input in the end, and waits for it
            _wait_for(url, running, folder / "log")
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(programs: Path, folder: Path, how: dict[str, Any]) -> None:
    """Make the files of a server in ``data``."""
    options = ["-D", "data", "-U", "leadgrade", "-A", "trust", "-E", "UTF8", "--no-sync"]
    done = subprocess.run(
        [programs / "initdb", *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        **how,
    )
    assert done.returncode == 0, done.stderr.decode()
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
        file.write(f"unix_socket_directories = '{folder}'\n")


def _wait_for(url: str, running: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg  # noqa: PLC0415 - an extra

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(url.format(name="postgres").replace("+psycopg", "")).close()
        except psycopg.OperationalError:
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        else:
            return
