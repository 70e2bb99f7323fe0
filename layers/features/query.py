"""Which features of a snapshot a reader asked for: a box, declared filters, a search."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely

from geo.text import Text
from layers.errors import BadBox
from layers.features.columns import Bools
from layers.features.names import Match, NameMatch
from layers.features.near_words import normal_form
from layers.features.snapshot import Feature, Features, Snapshot
from layers.plan.catalog import Layer

_LETTERS_DIGITS = re.compile(r"(?<=[a-z]) ?(?=\d)")
_NUMBER = re.compile(  # of what, a sign of a number, the number, of what
    r"(?P<of>[^\W\d]*?) ?(?P<sign>no|nr|number|第|编号|序号|#)?[.: ]*"
    r"(?P<number>\d{1,6}) ?(?P<after>号)?(?P<kind>[^\W\d]*)"
)
_MOST_NUMBERED = 3  # of a layer
_GOLDEN = 2_654_435_761


@dataclass(frozen=True)
class OtherLayer:
    """Another layer that a condition looks at: as it is declared, its version, and how many features are named."""

    layer: Layer
    version: str
    features: int


class FilterCondition(Protocol):
    """What features must meet: a field's value, or a place."""

    @property
    def text(self) -> str:
        """As it is written in addresses, the API, the command line and briefings."""

    @property
    def rests_on(self) -> OtherLayer | None:
        """The other layer it looks at; None where there is none."""

    @property
    def asks_unknown(self) -> bool:
        """Whether what is not known is asked for itself, so that nobody is left out for it."""

    def words(self) -> Text:
        """Return it in words."""

    def mask(self, features: Features) -> Sequence[bool] | Bools:
        """Tell which of some features meet it, in their order."""

    def unknown(self, features: Features) -> Sequence[bool] | Bools:
        """Tell of which of some features it cannot be said whether they do, in their order."""


def parse_box(text: str) -> tuple[float, float, float, float]:
    """Read ``west,south,east,north`` in degrees.

    Raises
    ------
    BadBox
        Not four finite numbers in range and in order.

    Examples
    --------
    >>> parse_box("120.2,31.7,120.4,32.0")
    (120.2, 31.7, 120.4, 32.0)
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadBox(found=text[:80]) from None
    ordered = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not ordered or not all(map(math.isfinite, (west, south, east, north))):
        raise BadBox(found=text[:80])
    return west, south, east, north


def select(
    snapshot: Snapshot,
    *,
    box: tuple[float, float, float, float] | None = None,
    filters: Iterable[FilterCondition] = (),
) -> Features:
    """Return the features that touch the box and meet every filter, in file order.

    With a box, features without a place are left out; without one they are kept.
    """
    chosen = snapshot.features
    if box is not None:
        chosen = Features(snapshot.content, snapshot.content.meeting(shapely.box(*box)))
    for one in sorted(filters, key=lambda one: one.text.startswith("@")):  # places are dearer than fields
        chosen = chosen.where(np.asarray(one.mask(chosen), dtype=bool))
    return chosen


def select_open(snapshot: Snapshot, filters: Iterable[FilterCondition]) -> Features:
    """Return the features of which nobody can tell whether they meet every filter, in file order.

    None of the filters is failed by them, and one at least asks for what is not known of them.

    Parameters
    ----------
    snapshot
        A layer's features.
    filters
        What is asked of them.
    """
    left, sure = snapshot.features, np.ones(len(snapshot.features), dtype=bool)
    for one in sorted(filters, key=lambda one: one.text.startswith("@")):
        met = np.asarray(one.mask(left), dtype=bool)
        unknown = (
            np.zeros(len(left), dtype=bool) if one.asks_unknown else np.asarray(one.unknown(left), dtype=bool)
        )
        left, sure = left.where(met | unknown), (sure & met)[met | unknown]
    return left.where(~sure)


def largest_features(snapshot: Snapshot, chosen: Features, most: int) -> Features:
    """Return at most so many features, the largest, in file order: what is seen from afar.

    Features of a like size (within a factor of two) are thinned evenly, always the same ones.
    """
    if len(chosen) <= most:
        return chosen
    spread = chosen.positions * _GOLDEN % 2**32 / 2**32  # Knuth's multiplicative hash
    size = np.floor(np.log2(np.maximum(snapshot.extents[chosen.positions], 1e-12))) + spread
    first = len(chosen) - most
    kept = np.argpartition(size, min(first, len(chosen) - 1))[first:]
    return Features(snapshot.content, chosen.positions[np.sort(kept)])


@dataclass(frozen=True)
class Hit:
    """A feature a search found, with why; ``named`` is None where the words are its id."""

    layer: Layer
    feature: Feature
    named: NameMatch | None

    @property
    def match(self) -> Match:
        """How well it answers to the words."""
        return self.named.match if self.named else Match.NUMBER


@dataclass(frozen=True)
class Hits:
    """What a search found: how many, and the best of them."""

    total: int
    hits: tuple[Hit, ...]


def search(snapshots: Iterable[Snapshot], text: str, *, most: int, near: Iterable[Sequence[str]] = ()) -> Hits:
    """Find features by name, number, id, pinyin or other text, best first; where nothing answers, what is alike.

    Parameters
    ----------
    snapshots
        The layers to look in; the order of equal hits.
    text
        Words, all of which must be found.
    most
        Hits to return.
    near
        Groups of words that mean about the same.
    """
    looked, near = list(snapshots), tuple(near)
    written = _as_ids(text)
    rows = [(at, one.position(name)) for at, one in enumerate(looked) for name in written]
    by_id = {
        (at, row): Hit(looked[at].layer, looked[at].features[row], None) for at, row in rows if row is not None
    }
    by_id |= {key: hit for key, hit in _numbered(looked, normal_form(text)).items() if key not in by_id}
    found = [one.names.find(text, near=near) for one in looked]
    if not by_id and not any(found):
        found = [one.names.find_translated(text, near=near) for one in looked]
    if not by_id and not any(found):
        found = [one.names.find_alike(text) for one in looked]
    ranked = sorted(
        (told[row][:2], at, row)
        for at, told in enumerate(found)
        for row in told.first(most + len(by_id))
        if (at, row) not in by_id
    )
    first = [(at, row, found[at][row]) for _, at, row in ranked[:most]]
    made = _features(looked, [(at, row) for at, row, _ in first])
    best = [Hit(looked[at].layer, made[at, row], looked[at].names.named(row, answer)) for at, row, answer in first]
    hits = sorted([*by_id.values(), *best], key=lambda hit: hit.match)
    total = sum(map(len, found)) + sum(row not in found[at] for at, row in by_id)
    return Hits(total, tuple(hits[:most]))


def _numbered(looked: Sequence[Snapshot], text: str) -> dict[tuple[int, int], Hit]:
    """Return the features that have a number people name as such: No. 5, 5 号, 项目5, project 5."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return {}
    kind = " ".join(found.group("of", "kind")).strip().rstrip("s")
    if not (kind or found["sign"] or found["after"]):  # a bare number is found as any text
        return {}
    out: dict[tuple[int, int], Hit] = {}
    for at, one in enumerate(looked):
        label = one.layer.label
        if (
            kind
            and kind not in label.zh
            and kind not in {word.rstrip("s") for word in label.en.casefold().split()}
        ):
            continue
        answers = one.names.find(found["number"])
        for row in answers.first(_MOST_NUMBERED):
            if answers[row][0] == Match.NUMBER:
                out[at, row] = Hit(one.layer, one.features[row], one.names.named(row, answers[row]))
    return out


def _as_ids(text: str) -> list[str]:
    """Return the ids that words may mean: as written, in either case, full-width, without their hyphen (P34)."""
    plain = normal_form(text)
    forms = (plain, _LETTERS_DIGITS.sub("-", plain))
    return list(dict.fromkeys((text.strip(), *forms, *(one.upper() for one in forms))))


def _features(looked: Sequence[Snapshot], wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Feature]:
    """Return features by snapshot and row, those of a snapshot made together."""
    made: dict[tuple[int, int], Feature] = {}
    for at in {at for at, _ in wanted}:
        rows = [row for one, row in wanted if one == at]
        made |= {(at, row): one for row, one in zip(rows, looked[at].features.taken(np.array(rows)), strict=True)}
    return made
