"""The databases that the tests of the record run on, and what they have in common."""

from __future__ import annotations

import subprocess
import sys

import pytest

from leadgrade.storage.store import open_store

from . import making
from .databases import SqliteFiles, postgres_server
from .postgres import why_not
from .tampering import make_recorded


def pytest_generate_tests(metafunc):
    """Run what asks for a database on each kind; with a ``path`` it is about files of SQLite."""
    if "backend" in metafunc.fixturenames:
        on_server = pytest.param("postgresql", marks=pytest.mark.postgresql)
        kinds = ["sqlite"] if "path" in metafunc.fixturenames else ["sqlite", on_server]
        metafunc.parametrize("backend", kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
def backend(request):
    """Where the databases of the tests are."""
    if request.param == "sqlite":
        yield SqliteFiles()
        return
    if reason := why_not():
        pytest.skip(reason)
    with postgres_server() as running:
        yield running


@pytest.fixture
def database(backend, tmp_path):
    """A database that nobody has opened yet."""
    return backend.new(tmp_path)


@pytest.fixture(scope="session")
def recorded(backend, tmp_path_factory):
    """A record with rows in every table, as long as nobody changes it for good."""
    return make_recorded(backend, tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def record(recorded, tmp_path):
    """A copy, for changes that stay."""
    return recorded.copy(tmp_path)


@pytest.fixture
def path(tmp_path):
    """The file of the database: for what is about files."""
    return tmp_path / "leads.db"


@pytest.fixture
def store(database):
    with open_store(database.target, create=True, timeout=0.2) as opened:
        yield opened


@pytest.fixture
def made():
    """What makes books, leads and runs."""
    return making


@pytest.fixture
def child():
    """Run Python in a process of its own; ``made`` has the functions of ``making``."""

    def start(script, *args, wait=True, **options):
        prelude = f"import runpy, sys; made = runpy.run_path({making.__file__!r})\n"
        command = [sys.executable, "-c", prelude + script, *map(str, args)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )
        started.append(process)
        if wait:
            process.answer, process.complaint = process.communicate(timeout=60)
        return process

    started = []
    yield start
    for process in started:
        process.kill()
        process.communicate()
