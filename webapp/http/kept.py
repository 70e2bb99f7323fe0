"""Bodies of answers, made once for what they are made of: the latest used ones, in bounded memory."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_LARGEST = 4  # a body may take one part in so many of the room
_AGAIN = 0.75  # of the room for what was asked for again
_BESIDE_B = 1000  # what a body takes beside itself: its digest, its key, its place


@dataclass(frozen=True)
class Kept:
    """A body and its SHA-256, 32 hexadecimal digits of it."""

    body: bytes
    digest: str


def digest_body(body: bytes) -> Kept:
    """Return a body with its digest."""
    return Kept(body, hashlib.sha256(body).hexdigest()[:32])


class Same:
    """Stands for one object in a key: equal to nothing but itself, however alike; it lives as long as the key."""

    __slots__ = ("_it",)

    def __init__(self, it: object) -> None:
        self._it = it

    @property
    def it(self) -> object:
        """The object."""
        return self._it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other._it is self._it

    def __hash__(self) -> int:
        return id(self._it)


def _taken_b(key: Hashable, made: Kept) -> int:
    """Return the memory a body takes with the texts of its key: many small ones take more than their bytes."""
    parts = key if isinstance(key, tuple) else (key,)
    return len(made.body) + _BESIDE_B + sum(_text_b(one) for one in parts)


def _text_b(part: object) -> int:
    held = part.it if isinstance(part, Same) else part
    if isinstance(held, str):
        return 4 * len(held)
    return len(held) if isinstance(held, bytes) else 0


class KeptBodies:
    """Bodies by what they are made of.

    A key has all that a body depends on: versions, language, and who reads where that decides what is told. What
    changes is in the key, so nothing is ever taken back; what nobody asks for any more makes room. What was asked
    for once only goes first: many different questions of one reader do not take the room of what all ask for.

    Parameters
    ----------
    most_b
        Bytes of all bodies together, with their keys.
    """

    def __init__(self, most_b: int) -> None:
        self._most_b, self._held_b, self._again_b = most_b, 0, 0
        self._once: OrderedDict[Hashable, Kept] = OrderedDict()
        self._again: OrderedDict[Hashable, Kept] = OrderedDict()  # asked for since they were kept
        self._lock = threading.Lock()

    @property
    def held_b(self) -> int:
        """Bytes of all bodies that are kept now, with their keys."""
        return self._held_b

    def find(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key."""
        with self._lock:
            found = self._again.get(key)
            if found is not None:
                self._again.move_to_end(key)
                return found
            found = self._once.pop(key, None)
            if found is not None:
                self._again[key] = found
                self._again_b += _taken_b(key, found)
                while self._again_b > self._most_b * _AGAIN:
                    old, made = self._again.popitem(last=False)
                    self._again_b -= _taken_b(old, made)
                    self._once[old] = made
            return found

    def keep(self, key: Hashable, made: Kept) -> None:
        """Keep a body; one that would take the room of many others is not kept."""
        taken_b = _taken_b(key, made)
        if taken_b > self._most_b // _LARGEST:
            return
        with self._lock:
            if key in self._once or key in self._again:  # made of the same, it is the same
                return
            self._held_b += taken_b
            self._once[key] = made
            while self._held_b > self._most_b:  # the others never take all of the room
                self._held_b -= _taken_b(*self._once.popitem(last=False))

    def once(self, key: Hashable, make: Callable[[], bytes]) -> Kept:
        """Return what is kept under a key, or made now; two who ask at once may both make it, alike."""
        found = self.find(key)
        if found is None:
            found = digest_body(make())
            self.keep(key, found)
        return found
