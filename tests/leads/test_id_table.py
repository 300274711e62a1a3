"""Numbers of ids, kept in little memory: like a dict, whatever the ids."""

from __future__ import annotations

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from leadgrade.leads.identity.id_table import IdTable

IDS = st.text("ab1", max_size=3) | st.text(max_size=5)


@given(st.lists(st.tuples(IDS, st.integers(0, 2**40), st.booleans())))
def test_it_is_a_dict(steps: list[tuple[str, int, bool]]) -> None:
    table, plain = IdTable(), dict[str, int]()
    for key, number, replace in steps:
        if replace:
            table.replace(key, number)
            plain[key] = number
        else:
            assert table.settle(key, number) == plain.setdefault(key, number)
    for key, number in plain.items():
        assert table.settle(key, 0) == number


def test_it_grows() -> None:
    table = IdTable()
    for number in range(20_000):
        assert table.settle(f"L-{number}", number) == number
    assert all(table.settle(f"L-{number}", 0) == number for number in range(20_000))


def test_a_million_ids_take_little_memory() -> None:
    """In a process of its own, since memory is not given back; a dict takes more than 180 MB."""
    code = """
import resource
from leadgrade.leads.identity.id_table import IdTable
table = IdTable()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for number in range(1_000_000):
    table.settle(f"customer-{number}", number)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 90
