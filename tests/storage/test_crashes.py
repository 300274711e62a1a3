"""Writers that are killed or cut off from power at any moment, and several at once.

Every finished run is there whole afterwards, and no half of another.
"""

from __future__ import annotations

# ruff: noqa: S311 - random for no secret
import os
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from .crash_work import left
from .power_cut import Kind, build, cut, read_log

WORK = Path(__file__).with_name("crash_work.py")


def start(*args: object) -> subprocess.Popen[str]:
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([sys.executable, WORK, *map(str, args)], text=True, **pipes)


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_kill_9_at_random_points(path, kills):
    process = start("kill", path, kills, 20260122)
    answer, complaint = process.communicate(timeout=20 * kills)
    assert (process.returncode, complaint) == (0, "")
    survived, cut_short = map(int, answer.split())
    assert survived == kills
    assert cut_short >= kills // 3  # the others had finished before


@pytest.mark.parametrize(
    ("writers", "readers", "times"), [(2, 2, 2), pytest.param(4, 4, 10, marks=pytest.mark.soak)]
)
def test_several_write_and_read_at_once(path, writers, readers, times):
    first = start("write", path, 1)
    assert first.communicate(timeout=120) == ("1\n", "")
    reading = [start("read", path) for _ in range(readers)]
    writing = [start("write", path, times) for _ in range(writers)]
    numbers = [1]
    for process in writing:
        answer, complaint = process.communicate(timeout=300)
        assert (process.returncode, complaint) == (0, "")
        numbers += map(int, answer.split())
    for process in reading:
        answer, complaint = process.communicate("stop\n", timeout=300)
        assert (process.returncode, complaint) == (0, "")
        assert int(answer) >= 1
    assert sorted(numbers) == [*range(1, writers * times + 2)]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """All that a writer did to its disk, from making the database to forgetting a lead."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("no C compiler to build the library that records writes")
    tools, folder = tmp_path_factory.mktemp("tools"), tmp_path_factory.mktemp("disk")
    library, log = build(tools, compiler), tools / "log"
    process = subprocess.run(
        [sys.executable, WORK, "live", folder / "leads.db", folder / "finished"],
        env={
            **os.environ,
            "LD_PRELOAD": str(library),
            "DISK_LOG": str(log),
            "DISK_LOG_FOLDER": str(folder),
        },
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, b"")
    return folder, read_log(log)


def restore(files, old, new):
    """Put what was found after a cut into a folder of its own."""
    for path, content in files.items():
        if not path.endswith("-shm"):  # memory that a file stands for: gone with the power
            (new / Path(path).relative_to(old)).write_bytes(content)


@pytest.mark.parametrize("cuts", [15, pytest.param(400, marks=pytest.mark.soak)])
def test_the_power_may_be_cut_at_any_moment(recorded, tmp_path, cuts):
    folder, acts = recorded
    random = Random(20260122)
    found = []
    for number in range(cuts):
        moment = random.randrange(1, len(acts) + 1)
        disk = tmp_path / str(number)
        disk.mkdir()
        restore(cut(acts[:moment], random), folder, disk)
        done = [act for act in acts[:moment] if act.path.endswith("finished")]
        told = sum(act.kind is Kind.WRITE for act in done)
        runs = left(str(disk / "leads.db"), leads=60)
        assert len(runs) in (told, told + 1), f"cut {number} after {moment} acts: {told}, {runs}"
        found.append(len(runs))
        shutil.rmtree(disk)
    assert set(found) == {0, 1, 2}


def test_the_disk_forgets_what_was_not_synced(recorded):
    """The model itself: without syncs nothing is sure, with them all is."""
    folder, acts = recorded
    database = str(folder / "leads.db")
    whole = Path(database).read_bytes()
    assert all(cut(acts, Random(seed))[database] == whole for seed in range(5))
    loose = [act for act in acts if act.kind is not Kind.SYNC]
    assert any(cut(loose, Random(seed)).get(database) != whole for seed in range(5))
