"""Bodies of answers, made once for what they are made of: the latest used ones, in bounded memory."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_LARGEST = 4  # a body may take one part in so many of the room


@dataclass(frozen=True)
class Kept:
    """A body and its SHA-256, 32 hexadecimal digits of it."""

    body: bytes
    digest: str


def digested(body: bytes) -> Kept:
    """Return a body with its digest."""
    return Kept(body, hashlib.sha256(body).hexdigest()[:32])


class Same:
    """Stands for one object in a key: equal to nothing but itself, however alike; it lives as long as the key."""

    __slots__ = ("_it",)

    def __init__(self, it: object) -> None:
        self._it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other._it is self._it

    def __hash__(self) -> int:
        return id(self._it)


class KeptBodies:
    """Bodies by what they are made of.

    A key has all that a body depends on: versions, language, and who reads where that decides what is told. What
    changes is in the key, so nothing is ever taken back; what nobody asks for any more makes room.

    Parameters
    ----------
    most_b
        Bytes of all bodies together.
    """

    def __init__(self, most_b: int) -> None:
        self._most_b, self._held_b = most_b, 0
        self._bodies: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def held_b(self) -> int:
        """Bytes of all bodies that are kept now."""
        return self._held_b

    def find(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key."""
        with self._lock:
            found = self._bodies.get(key)
            if found is not None:
                self._bodies.move_to_end(key)
            return found

    def keep(self, key: Hashable, made: Kept) -> None:
        """Keep a body; one that would take the room of many others is not kept."""
        if len(made.body) > self._most_b // _LARGEST:
            return
        with self._lock:
            before = self._bodies.pop(key, None)
            self._held_b += len(made.body) - (len(before.body) if before else 0)
            self._bodies[key] = made
            while self._held_b > self._most_b:
                self._held_b -= len(self._bodies.popitem(last=False)[1].body)

    def once(self, key: Hashable, make: Callable[[], bytes]) -> Kept:
        """Return what is kept under a key, or made now; two who ask at once may both make it, alike."""
        found = self.find(key)
        if found is None:
            found = digested(make())
            self.keep(key, found)
        return found
