"""How far reading is: told now and then, so that telling costs nothing beside reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Progress = Callable[[float, float], None]
_EVERY = 10_000


def tell_nobody(_done: float, _total: float) -> None:
    """Tell nobody."""


def counted_rows(items: Sequence[T], progress: Progress) -> Iterator[T]:
    """Yield items in order; ``progress`` is told how many of how many every few thousand and at the end.

    Examples
    --------
    >>> list(counted_rows("ab", lambda done, of: print(done, of)))
    2 2
    ['a', 'b']
    """
    for number, item in enumerate(items):
        if number and number % _EVERY == 0:
            progress(number, len(items))
        yield item
    if items:
        progress(len(items), len(items))
