"""A number for each of millions of ids, in some 30 bytes each: a table with open addressing.

Not the ids are kept but 96 bits of their hashes. Python keys its hashes anew in each process, so
nobody can choose ids that meet; by chance two of ten million do so once in 10 ** 15 runs.
"""

from __future__ import annotations

from array import array

_HALF = (1 << 32) - 1
_SMALLEST = 1 << 12
_FULLEST = 0.7


class IdTable:
    """Remembers numbers by ids."""

    def __init__(self) -> None:
        self._make(_SMALLEST)
        self._count = 0

    def settle(self, key: str, number: int) -> int:
        """Return the number of an id; where it has none it gets this one."""
        at, short, long = self._place(key)
        found = self._numbers[at]
        if found:
            return found - 1
        self._put(at, short, long, number)
        return number

    def replace(self, key: str, number: int) -> None:
        """Give an id this number, whatever it had."""
        at, short, long = self._place(key)
        if self._numbers[at]:
            self._numbers[at] = number + 1
        else:
            self._put(at, short, long, number)

    def _place(self, key: str) -> tuple[int, int, int]:
        """Return where an id stands, or may stand, and its hashes."""
        short, long = hash(key) & _HALF, hash(key + "\0")
        shorts, longs, numbers, mask = self._shorts, self._longs, self._numbers, self._mask
        at = short & mask
        while numbers[at] and not (longs[at] == long and shorts[at] == short):
            at = (at + 1) & mask
        return at, short, long

    def _put(self, at: int, short: int, long: int, number: int) -> None:
        self._shorts[at], self._longs[at], self._numbers[at] = short, long, number + 1
        self._count += 1
        if self._count > _FULLEST * len(self._numbers):
            self._grow()

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._shorts = array("I", bytes(4 * size))
        self._longs = array("q", bytes(8 * size))
        self._numbers = array("Q", bytes(8 * size))
        """One more than the number of an id; 0 where there is none."""

    def _grow(self) -> None:
        old = zip(self._shorts, self._longs, self._numbers, strict=True)
        self._make(2 * len(self._numbers))
        shorts, longs, numbers, mask = self._shorts, self._longs, self._numbers, self._mask
        for short, long, number in old:
            if number:
                at = short & mask
                while numbers[at]:
                    at = (at + 1) & mask
                shorts[at], longs[at], numbers[at] = short, long, number
