"""How many parts a drawing's blocks make with each INSERT unfolded: told before anything unfolds them."""

from __future__ import annotations

from collections import Counter

MOST_PARTS = 5_000_000
MOST_LEVELS = 128  # of blocks within blocks: what lies deeper GDAL leaves out without a word


class Expansion:
    """Counts entities and INSERT (with their rows and columns) as a drawing's pairs pass by."""

    def __init__(self) -> None:
        self._own: Counter[bytes] = Counter()
        self._uses: dict[bytes, Counter[bytes]] = {}
        self._block = b""
        self._entity = b""
        self._name = b""
        self._times = [1, 1]

    def add(self, code: int, value: bytes, section: bytes) -> None:
        """Take one pair of the section named."""
        if code == 0:
            self._end()
            self._entity, self._name, self._times = value, b"", [1, 1]
            if section == b"ENTITIES" or value == b"ENDSEC":
                self._block = b""
            if section in (b"BLOCKS", b"ENTITIES"):
                self._own[self._block] += 1
        elif code == 2 and self._entity in (b"BLOCK", b"INSERT"):
            self._name = value.upper()
            if self._entity == b"BLOCK":
                self._block = self._name
        elif code in (70, 71) and self._entity == b"INSERT":
            self._times[code - 70] = max(int(value), 1) if value.isdigit() and len(value) < 10 else 1

    def _end(self) -> None:
        if self._entity == b"INSERT" and self._name:
            uses = self._uses.setdefault(self._block, Counter())
            uses[self._name] += self._times[0] * self._times[1]

    def parts_and_levels(self) -> tuple[int, int]:
        """Return how many entities the drawing has, unfolded, and how many blocks lie within each other at most.

        A block within itself counts as too many entities.
        """
        self._end()
        self._entity = b""
        known: dict[bytes, int] = {}
        levels: dict[bytes, int] = {}
        waiting, open_now = [b""], set[bytes]()
        while waiting:
            block = waiting[-1]
            if block in known:
                waiting.pop()
                continue
            missing = [name for name in self._uses.get(block, ()) if name not in known]
            if not missing or block in open_now:
                uses = self._uses.get(block, Counter[bytes]())
                inner = sum(times * known.get(name, MOST_PARTS + 1) for name, times in uses.items())
                known[block] = min(self._own[block] + inner, MOST_PARTS + 1)
                levels[block] = max((levels.get(name, 0) + 1 for name in uses), default=0)
                waiting.pop()
                continue
            open_now.add(block)
            waiting += missing
        return known[b""], levels[b""]
