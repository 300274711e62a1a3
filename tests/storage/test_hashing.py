"""The tree over hashes: its definition, however the leaves come, and the way up from any leaf."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgrade.storage.hashing import Tree, climb, path

EDGES = [0, 1, 2, 15, 16, 17, 31, 32, 255, 256, 257, 272, 273, 4096, 4097]


def hashed(text):
    return sha256(text.encode()).hexdigest()


def leaves(count):
    return [hashed(f"leaf {n}") for n in range(count)]


def root(level):
    """As docs/record.md has it, word by word."""
    if not level:
        return hashed("")
    while len(level) > 1:
        groups = [level[at : at + 16] for at in range(0, len(level), 16)]
        level = [hashed("\n".join(["node", *group])) for group in groups]
    return level[0]


@pytest.mark.parametrize("count", EDGES)
def test_the_root_is_as_written_down(count):
    assert Tree(leaves(count)).root() == root(leaves(count))


@given(st.lists(st.integers(0, 300), max_size=8))
def test_it_makes_no_difference_in_how_many_parts_leaves_come(parts):
    tree, whole = Tree(), leaves(sum(parts))
    at = 0
    for part in parts:
        tree.add(whole[at : at + part])
        at += part
    assert tree.root() == root(whole)
    assert tree.root() == root(whole)  # asking changes nothing


@pytest.mark.parametrize("count", EDGES[1:])
def test_the_way_up_leads_from_each_leaf_to_the_root(count):
    whole = leaves(count)
    for index in {0, count // 2, count - 1}:
        way = path(whole, index)
        assert climb(whole[index], way) == (index, root(whole))
        assert all(len(group) <= 16 for group in way)


@pytest.mark.parametrize("count", EDGES[2:])
def test_the_way_up_from_another_leaf_leads_elsewhere(count):
    whole = leaves(count)
    way = path(whole, count - 1)
    assert climb(hashed("another"), way) == (0, "")
    # A group that was made longer, so that another leaf fits in, is none any more.
    forged = [[*way[0], hashed("another")], *way[1:]]
    assert climb(hashed("another"), forged)[1] != root(whole)


def test_a_node_cannot_be_taken_for_a_leaf():
    whole = leaves(17)
    first, second = (hashed("\n".join(["node", *part])) for part in (whole[:16], whole[16:]))
    assert Tree([first, second]).root() == Tree(whole).root()  # the same hashes, one level lower
    assert first not in whole  # but nothing that is hashed as a leaf begins with "node"
