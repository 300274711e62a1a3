"""A PostgreSQL server for the tests: made, started and stopped by them, on a socket of their own.

Any installed PostgreSQL will do; nothing of it but its programs is used. It does not run as root,
so root runs it as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def find_programs() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``, of the newest version; None without."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/pg_ctl")
    newest = sorted(debian, key=lambda path: int(path.parts[-3]))
    return newest[-1].parent if newest else None


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
    data, log = folder / "data", folder / "log"

    def run(program: str, *args: object) -> None:
        done = subprocess.run(
            [programs / program, *map(str, args)],
            user=user.pw_name if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
        told = log.read_text() if log.exists() else ""
        assert done.returncode == 0, f"{program}: {done.stderr.decode()}{told}"

    try:
        run("initdb", "-D", data, "-U", "leadgrade", "-A", "trust", "-E", "UTF8", "--no-sync")
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
            file.write(f"unix_socket_directories = '{folder}'\n")
        run("pg_ctl", "-D", data, "-l", log, "-w", "-t", PATIENCE, "start")
        try:
            yield f"postgresql+psycopg://leadgrade@/{{name}}?host={folder}"
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(url: str) -> Iterator[str]:
    """Make a database of a server, and yield its URL."""
    import psycopg  # noqa: PLC0415 - an extra

    name = f"leads_{secrets.token_hex(6)}"
    server_url = url.format(name="postgres").replace("+psycopg", "")
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield url.format(name=name)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
