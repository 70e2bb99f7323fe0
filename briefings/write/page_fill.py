"""How things find room on pages: what stays together, how high pictures are, so that no page is half empty.

A page is filled from its top. Pieces that stay together go over together; pictures may be lower or higher than
usual. Of all ways the one is taken that leaves the least white, pictures near their usual height. A page that lies
may have two columns, where what stands below each other leaves it half empty.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

_FULL, _LOOSE = 0.72, 0.12  # of a page: below which it looks half empty; what may be white of it before it counts
_STEP = 4.0  # points: ends of pages nearer to each other are the same
_STRETCHES = (1.0, 0.9, 0.8, 0.7, 1.12, 1.24, 1.36, 1.5, 1.7, 2.0)
_EMPTY, _UNEVEN, _WHITE, _STRETCHED = (
    60.0,
    30.0,
    1.0,
    0.35,
)  # what half-empty, uneven, white pages, stretching cost
_LOWERED = 15.0  # how much more it costs that a picture is lower than usual: a map reads less well
_EXACT = 0.01  # points, that sums of heights may be over a page's end
_OVER = 20.0  # what a point over a page's end costs
_COLUMNED, _ONE_SIDED = 0.25, 0.3  # what a page of two columns costs, and the white of its emptier one
_APART = 6.0  # what it costs that what is read together stands on two pages
_LEFT, _RIGHT = 1, 2  # columns of a page that has two


@dataclass(frozen=True)
class PagePiece:
    """What stands on one page: its height in points, and whether it stays with what follows.

    ``least`` and ``most`` are the heights a picture may have; ``again`` is what is set above it where it begins a
    page, a table's head; ``turns`` that it begins a page; ``page`` is that page's height where it has another.
    ``narrow`` is the same in a column of a page that has two, if it finds room there; what is ``inside`` a table
    cannot begin a page of another kind. ``near`` is a piece that is read with what follows, and stands on its page
    where that leaves no other half empty.
    """

    high: float
    kept: bool = False
    least: float = 0.0
    most: float = 0.0
    again: float = 0.0
    turns: bool = False
    page: float = 0.0
    narrow: PagePiece | None = None
    inside: bool = False
    near: bool = False

    @property
    def ways(self) -> tuple[float, ...]:
        """The heights it may have, the usual one first."""
        if not self.most:
            return (self.high,)
        found = (min(max(self.high * one, self.least), self.most) for one in _STRETCHES)
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class PagesFilled:
    """The height of each piece, the page it stands on, from 1, and its column: 0 where that page has one."""

    heights: tuple[float, ...]
    pages: tuple[int, ...]
    columns: tuple[int, ...]


@dataclass(frozen=True)
class _Way:
    """How the pieces so far stand: what it costs, the last page's height and how far its last column is filled.

    ``beside`` is how far the column before is filled.
    """

    cost: float
    y: float
    room: float
    before: _Way | None = None
    heights: tuple[float, ...] = ()
    turned: tuple[bool, ...] = ()
    column: int = 0
    beside: float = 0.0

    @property
    def ended(self) -> float:
        """What it costs with its last page ended."""
        cost = self.cost + _emptiness(1 - max(self.y, self.beside) / self.room)
        return cost + (_ONE_SIDED * (1 - min(self.y, self.beside) / self.room) if self.column else 0.0)


def fill_pages(pieces: Sequence[PagePiece], room: float) -> PagesFilled:
    """Return how pieces stand on pages.

    Parameters
    ----------
    pieces
        In their order.
    room
        Height of a page, points.

    Examples
    --------
    >>> words, drawn = PagePiece(40.0), PagePiece(50.0, least=40.0, most=65.0)
    >>> fill_pages((words, drawn), 100.0).pages, fill_pages((words, words, drawn, words), 100.0).heights[2]
    ((1, 1), 50.0)
    >>> few, chart, table, rest = PagePiece(30.0), PagePiece(60.0, near=True), PagePiece(35.0), PagePiece(90.0)
    >>> fill_pages((few, chart, table, rest), 100.0).pages  # a chart is read with its table
    (1, 2, 2, 3)
    >>> half = PagePiece(60.0, narrow=PagePiece(60.0))
    >>> fill_pages((half, half), 100.0).pages, fill_pages((half, half), 100.0).columns
    ((1, 1), (1, 2))
    """
    ways, near = [_Way(0.0, 0.0, room)], False
    for unit in _units(pieces, room):
        found = dict[tuple[int, ...], _Way]()
        for way in ways:
            for placed in _placed(way, unit):
                made = replace(placed, cost=placed.cost + _APART * (near and placed.turned[0]))
                key = made.column, round(made.y / _STEP), round(made.beside / _STEP)
                if key not in found or made.cost < found[key].cost:
                    found[key] = made
        ways, near = list(found.values()), unit[-1].near
    step: _Way | None = min(ways, key=lambda one: one.cost)
    heights, turned, columns = list[float](), list[bool](), list[int]()
    while step is not None:
        heights[:0], turned[:0], columns[:0] = step.heights, step.turned, (step.column,) * len(step.heights)
        step = step.before
    return PagesFilled(tuple(heights), tuple(accumulate(turned, initial=1))[1:], tuple(columns))


def _units(pieces: Sequence[PagePiece], room: float) -> Iterator[list[PagePiece]]:
    """Yield the pieces that stay together; more than a page holds is parted anywhere."""
    unit = list[PagePiece]()
    for piece in pieces:
        unit.append(piece)
        if piece.kept and piece is not pieces[-1]:
            continue
        if sum(one.least or one.high for one in unit) <= room:
            yield unit
        else:
            yield from ([replace(one, kept=False)] for one in unit)
        unit = []


def _placed(way: _Way, unit: Sequence[PagePiece]) -> Iterator[_Way]:
    """Yield the ways in which a unit stands after others, on pages of one column or of two."""
    narrow = [one.narrow for one in unit if one.narrow is not None]
    for column, pieces in ((0, unit), (_LEFT, narrow)):
        alike = bool(way.column) == bool(column)
        if len(pieces) < len(unit) or (unit[0].inside and not alike):
            continue
        room = pieces[0].page or way.room
        if column and sum(one.least or one.high for one in pieces) > room:
            continue
        low = sum(max(1 - few.high / one.high, 0.0) for one, few in zip(unit, pieces, strict=True) if few.most)
        for heights in _heights(pieces, {room, room - way.y}):
            for made in _stood(way, pieces, heights, column):
                yield replace(made, cost=made.cost + low * _LOWERED * _STRETCHED)


def _stood(way: _Way, unit: Sequence[PagePiece], heights: tuple[float, ...], column: int) -> Iterator[_Way]:
    """Yield the ways in which a unit so high stands: below others where it finds room, else in what comes next.

    Parameters
    ----------
    way
        What stands before it.
    unit, heights
        The unit, and how high each of its pieces is.
    column
        Whether it stands in a column of two.
    """
    first, whole, stays = unit[0], sum(heights), (False,) * len(unit)
    room = first.page or way.room
    drawn = [high / one.high - 1 for high, one in zip(heights, unit, strict=True) if one.most]
    bent = sum(_LOWERED * -one if one < 0 else one for one in drawn)
    cost = bent * _STRETCHED + _OVER * max(whole - room, 0.0)
    begins = way.y == 0
    if begins or (bool(way.column) == bool(column) and not first.turns and way.y + whole <= room + _EXACT):
        fresh = column * begins
        at = fresh or way.column
        new = way.cost + cost + _COLUMNED * bool(fresh)
        yield _Way(new, min(way.y + whole, room), room, way, heights, stays, at, way.beside)
        if begins or not unit[-1].near:  # else it may go over with what it is read with
            return
    y = min(whole + first.again, room)
    if column and way.column == _LEFT and not first.turns:
        yield _Way(way.cost + cost, y, room, way, heights, stays, _RIGHT, way.y)
    cost += way.ended + _COLUMNED * bool(column)
    yield _Way(cost, y, room, way, heights, (True, *stays[1:]), column)


def _emptiness(white: float) -> float:
    """Return what a page costs of which a part is white: one that is half empty more than two that are less so."""
    uneven, half = max(white - _LOOSE, 0.0), max(white - (1 - _FULL), 0.0)
    return _WHITE * white + _UNEVEN * uneven**2 + _EMPTY * half


def _heights(unit: Sequence[PagePiece], rooms: Collection[float]) -> Iterator[tuple[float, ...]]:
    """Yield the heights a unit may have: all pictures in it stretched alike, or one so that it fills a room."""
    for n in range(max(len(one.ways) for one in unit)):
        yield tuple(one.ways[min(n, len(one.ways) - 1)] for one in unit)
    drawn = [one for one in unit if one.most]
    if len(drawn) != 1:
        return
    for room in rooms:
        fitting = room - sum(one.high for one in unit if not one.most)
        if drawn[0].least <= fitting <= drawn[0].most:
            yield tuple(fitting if one.most else one.high for one in unit)
