"""Which rows are the same lead.

Those that share a key, unless both know a stronger key and differ in it: then nothing is guessed,
and they stay apart, as a doubt. What is the same does not depend on the order of the rows.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadgrade.leads.identity.keys import Keys


class Doubt(NamedTuple):
    """Rows that share a key and differ in a stronger one; by the numbers of their rows."""

    level: int
    value: str
    stronger: int
    rows: tuple[int, ...]


@dataclass(slots=True)
class Groups:
    """Which rows are the same lead. Rows are numbered from 0 as they are noted."""

    names: list[str] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    _parents: array[int] = field(default_factory=lambda: array("q"))
    _sizes: array[int] = field(default_factory=lambda: array("q"))
    _known: list[int] = field(default_factory=list)
    _of_group: dict[int, int] = field(default_factory=dict)
    _best: dict[int, tuple[int, int]] = field(default_factory=dict)
    _shared: dict[int, int] = field(default_factory=dict)
    _rows: defaultdict[tuple[int, str], list[int]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def note(self, name: str, keys: Keys) -> None:
        """Take the next row: what it would be called alone, and its keys."""
        number = len(self.names)
        self.names.append(name)
        self._parents.append(number)
        self._sizes.append(1)
        known = 0
        for level, value in enumerate(keys):
            if value is not None:
                known |= 1 << level
                self._rows[level, value].append(number)
        self._known.append(known)

    def settle(self) -> None:
        """Find out who is who. Nothing is noted after that."""
        shared = {key: rows for key, rows in self._rows.items() if len(rows) > 1}
        self._rows.clear()
        for (level, _), rows in shared.items():  # those that this key names
            self._join([row for row in rows if not self._known[row] % (1 << level)], level)
        for level, value in sorted(shared):
            roots = sorted({self.group(row) for row in shared[level, value]})
            stronger = self._contradiction(roots, level)
            if stronger is None:
                self._join(roots, level)
            else:
                self.doubts.append(Doubt(level, value, stronger, tuple(shared[level, value])))
        self.doubts = [each for each in self.doubts if len(set(map(self.group, each.rows))) > 1]

    def group(self, row: int) -> int:
        """Return the first row of the lead that a row belongs to."""
        root = row
        while self._parents[root] != root:
            root = self._parents[root]
        while self._parents[row] != root:
            self._parents[row], row = root, self._parents[row]
        return root

    def size(self, root: int) -> int:
        """Return how many rows a lead has."""
        return self._sizes[root]

    def shared(self, root: int) -> tuple[int, ...]:
        """Return the keys that tie the rows of a lead together."""
        levels = self._shared.get(root, 0)
        return tuple(level for level in range(levels.bit_length()) if levels >> level & 1)

    def together(self) -> dict[int, list[int]]:
        """Return the rows of every lead that has several."""
        found: dict[int, list[int]] = defaultdict(list)
        for row in range(len(self.names)):
            root = self.group(row)
            if self._sizes[root] > 1:
                found[root].append(row)
        return found

    def name(self, root: int) -> str:
        """Return what a lead is called: as its row with the strongest key is, the first of them."""
        return self.names[self._named_by(root)[1]]

    def _named_by(self, root: int) -> tuple[int, int]:
        known = self._known[root]
        strongest = (known & -known).bit_length() if known else 1 << 30
        return self._best.get(root, (strongest, root))

    def _contradiction(self, roots: Sequence[int], level: int) -> int | None:
        """Return the strongest key that two of these know; they differ in it, or were joined."""
        if len(roots) < 2:
            return None
        seen = twice = 0
        for root in roots:
            own = self._group_known(root) & ((1 << level) - 1)
            twice |= seen & own
            seen |= own
        return (twice & -twice).bit_length() - 1 if twice else None

    def _group_known(self, root: int) -> int:
        return self._of_group.get(root, self._known[root])

    def _join(self, rows: Sequence[int], level: int) -> None:
        """Make one lead of the leads of these rows. The smallest number stands for it."""
        roots = sorted({self.group(row) for row in rows})
        for other in roots[1:]:
            first = roots[0]
            self._parents[other] = first
            self._sizes[first] += self._sizes[other]
            self._best[first] = min(self._named_by(first), self._named_by(other))
            self._of_group[first] = self._group_known(first) | self._group_known(other)
            self._shared[first] = self._shared.get(first, 0) | self._shared.pop(other, 0)
        if len(roots) > 1:
            self._shared[roots[0]] = self._shared.get(roots[0], 0) | 1 << level
