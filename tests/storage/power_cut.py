"""A disk on which the power is cut: what a process did to its files, and what may be left of it.

The model is that of a file system after a crash. What was written to a file before its last sync is
there. Of what came later any part may be: each write whole, in single sectors, or not at all. Names
are made and taken away in order; those after the folder's last sync may be lost from some point on.
"""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from random import Random
from typing import NamedTuple

SOURCE = Path(__file__).with_name("disk_log.c")
SECTOR = 512
_HEAD = struct.Struct("<iiqq")


class Kind(IntEnum):
    """What a process did; the numbers are those of ``disk_log.c``."""

    WRITE = 1
    TRUNCATE = 2
    SYNC = 3
    UNLINK = 4
    LINK = 5
    CREATE = 6


class Act(NamedTuple):
    """One thing that was done to a file."""

    kind: Kind
    path: str
    offset: int
    data: bytes


def build(folder: Path, compiler: str) -> Path:
    """Compile the library that writes a log, and return it."""
    library = folder / "disk_log.so"
    options = ["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror"]
    subprocess.run([compiler, *options, "-o", library, SOURCE, "-ldl"], check=True)
    return library


def read_log(log: Path) -> list[Act]:
    """Return what was done, in its order."""
    content, at, acts = log.read_bytes(), 0, []
    while at < len(content):
        kind, path, offset, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        name = content[at : at + path].decode()
        at += path
        has_data = kind in (Kind.WRITE, Kind.LINK)
        data = content[at : at + length] if has_data else b""
        at += len(data)
        acts.append(Act(Kind(kind), name, offset, data))
    return acts


@dataclass
class _File:
    """A file whatever it is called: what is on the disk, and what may not have got there."""

    content: bytearray = field(default_factory=bytearray)
    pending: list[Act] = field(default_factory=list)

    def sync(self) -> None:
        for act in self.pending:
            _apply(self.content, act)
        self.pending.clear()

    def after_the_cut(self, random: Random) -> bytes:
        content = bytearray(self.content)
        for act in self.pending:
            match random.randrange(3):
                case 0:
                    _apply(content, act)
                case 1 if act.kind is Kind.WRITE:
                    _tear(content, act, random)
        return bytes(content)


def _apply(content: bytearray, act: Act) -> None:
    if act.kind is Kind.TRUNCATE:
        del content[act.offset :]
        content.extend(bytes(act.offset - len(content)))
    else:
        content.extend(bytes(max(0, act.offset - len(content))))
        content[act.offset : act.offset + len(act.data)] = act.data


def _tear(content: bytearray, act: Act, random: Random) -> None:
    """Let some of the sectors of a write arrive."""
    first = act.offset // SECTOR * SECTOR
    for start in range(first, act.offset + len(act.data), SECTOR):
        if random.random() < 0.5:
            begin, end = max(start, act.offset), min(start + SECTOR, act.offset + len(act.data))
            part = act.data[begin - act.offset : end - act.offset]
            _apply(content, act._replace(offset=begin, data=part))


def cut(acts: Sequence[Act], random: Random) -> dict[str, bytes]:
    """Return the files that may be found when the power was cut after these acts, by path."""
    files: dict[str, _File] = {}
    names: dict[str, _File] = {}
    durable: dict[str, _File] = {}
    renamed: list[tuple[str, _File | None]] = []
    for act in acts:
        if act.kind is Kind.CREATE:
            files[act.path] = _File()
            renamed.append((act.path, files[act.path]))
        elif act.kind is Kind.LINK:
            other = act.data.decode()
            files[other] = files[act.path]
            renamed.append((other, files[act.path]))
        elif act.kind is Kind.UNLINK:
            files.pop(act.path, None)
            renamed.append((act.path, None))
        elif act.kind is Kind.SYNC and act.path not in files:  # the folder
            _rename(durable, renamed)
            renamed.clear()
        elif act.kind is Kind.SYNC:
            files[act.path].sync()
        elif act.path in files:
            files[act.path].pending.append(act)
    names = dict(durable)
    _rename(names, renamed[: random.randint(0, len(renamed))])
    return {path: file.after_the_cut(random) for path, file in names.items()}


def _rename(names: dict[str, _File], changes: Sequence[tuple[str, _File | None]]) -> None:
    for path, file in changes:
        if file is None:
            names.pop(path, None)
        else:
            names[path] = file
