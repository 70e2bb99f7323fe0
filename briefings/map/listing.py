"""Numbers on the map, names at its side: the list of a layer whose sites are too small for their names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from briefings.map.fonts import drawable_text, width_em
from briefings.messages import say
from geo.text import Text
from layers.features.snapshot import Feature, Features, Snapshot
from layers.plan.catalog import Layer
from layers.plan.palettes import PALETTES
from layers.plan.style import legend_of, meets_condition
from layers.units import CURRENCIES, MONEY_SCALES

_MOST_ROWS = 160
_MARKS = ("o", "h", "s", "D", "p")  # that are told apart without colour
_DECIMALS = re.compile(r"(?<=\d)(\.\d+)?$")
_YI, _BILLION = 1e8, 1e9


@dataclass(frozen=True)
class ListedRow:
    """One of a list: its number, its name, what stands at its right, and whether it is on the map."""

    feature: str
    number: str
    name: str
    amount: str
    placed: bool


@dataclass(frozen=True)
class ListedGroup:
    """What looks alike on the map: a colour with its words, and the rows it holds, the placed ones first.

    ``mark`` is the shape around its numbers, as matplotlib writes it: in greys each group has another. A part of a
    group says of ``whole`` how many rows it has and how many of them are placed; ``again`` that it goes on.
    """

    label: str
    color: str
    rows: tuple[ListedRow, ...]
    mark: str = "o"
    whole: tuple[int, int] | None = None
    again: bool = False

    @property
    def counted(self) -> tuple[int, int]:
        """How many rows it has, and how many of them are placed: all of them, on each of its pages."""
        return self.whole or (len(self.rows), sum(row.placed for row in self.rows))


@dataclass(frozen=True)
class Listing:
    """The list of one layer, in the order of its legend; ``unit`` is that of the amounts without one."""

    layer: str
    groups: tuple[ListedGroup, ...]
    unit: str
    language: str

    def parted(self, features: Collection[str], *, after: Collection[str] = (), heads: bool = False) -> Listing:
        """Return the list of some features; those ``after`` which it goes on were listed before.

        With ``heads`` each group on the map has its heading, without a row too: it is the key to its numbers.
        """
        kept, known = set(features), set(after)
        groups = (
            replace(
                one,
                rows=tuple(row for row in one.rows if row.feature in kept),
                whole=one.counted,
                again=one.again or any(row.feature in known for row in one.rows),
            )
            for one in self.groups
        )
        return replace(self, groups=tuple(one for one in groups if one.rows or (heads and one.counted[1])))

    @cached_property
    def decimals(self) -> float:
        """How wide the decimals of its plain numbers are at most, in ems."""
        told = (decimals_em(row.amount) for one in self.groups for row in one.rows)
        return max((one for one in told if one is not None), default=0.0)

    @property
    def marks(self) -> dict[str, str]:
        """The shape around the number of each placed feature."""
        return {row.feature: one.mark for one in self.groups for row in one.rows if row.placed}

    @property
    def colors(self) -> dict[str, tuple[str, str]]:
        """The number and the colour of each placed feature."""
        return {row.feature: (row.number, one.color) for one in self.groups for row in one.rows if row.placed}


@lru_cache(maxsize=1024)
def decimals_em(amount: str) -> float | None:
    """Return how wide the decimals of a plain number are, in ems; None where an amount is none.

    Examples
    --------
    >>> decimals_em("24"), decimals_em("0.3 USD")
    (0, None)
    """
    end = _DECIMALS.search(amount)
    return None if end is None else width_em(end.group())


def listing_of(
    snapshot: Snapshot, chosen: Features, *, language: str, palette: str = "official"
) -> Listing | None:
    """Return the list of a layer that is numbered on its sheets; None for others, and where it is endless.

    Parameters
    ----------
    snapshot
        The layer at its version.
    chosen
        Those of its features that are shown.
    language
        ``zh`` or ``en``.
    palette
        One of ``PALETTES``.
    """
    layer = snapshot.layer
    if layer.numbered is None or not 0 < len(chosen) <= _MOST_ROWS:
        return None
    numbers = _numbers(layer, chosen)
    plain, unit = _currency(layer, chosen, language)
    entries = legend_of(layer, (), palette).entries
    found: dict[int, list[ListedRow]] = {}
    for one, number in zip(chosen, numbers, strict=True):
        labelled = [i for i, rule in enumerate(layer.rules) if rule.label]
        met = next(
            (at for at, i in enumerate(labelled) if meets_condition(layer.rules[i].when, one.properties)), -1
        )
        row = ListedRow(
            str(one.id),
            number,
            drawable_text(one.short_name(layer, language)),
            _amount(layer, one, plain, language),
            one.geometry is not None,
        )
        found.setdefault(met % len(entries), []).append(row)
    groups = tuple(
        ListedGroup(
            drawable_text(entries[at].label[language]),
            entries[at].look.fill or entries[at].look.color,
            tuple(sorted(found[at], key=lambda row: not row.placed)),
            _MARKS[at % len(_MARKS)] if palette in PALETTES and PALETTES[palette].printed else "o",
        )
        for at in sorted(found)
    )
    return Listing(layer.id, groups, unit, language)


def _numbers(layer: Layer, chosen: Sequence[Feature]) -> list[str]:
    """Return the numbers as they are written: one that is there twice has a letter behind it."""
    assert layer.numbered is not None
    said = [one.properties.get(layer.numbered.field) for one in chosen]
    plain = ["" if one is None else f"{one:g}" if isinstance(one, float) else str(one) for one in said]
    out, seen = [], dict[str, int]()
    for one in plain:
        seen[one] = seen.get(one, 0) + 1
        more = chr(ord("a") + (seen[one] - 1) % 26) if one and plain.count(one) > 1 else ""
        out.append(drawable_text(one, longest=4) + more)
    return out


def _currency(layer: Layer, chosen: Sequence[Feature], language: str) -> tuple[str, str]:
    """Return the currency that stands without its name in a list, the commonest, and what is said of its unit."""
    assert layer.numbered is not None
    field = next((one for one in layer.fields if one.id == layer.numbered.amount), None)
    if field is None or not field.currency:
        return "", ""
    codes = [str(one.properties.get(field.currency) or "") for one in chosen]
    plain = max(sorted(set(filter(None, codes))), key=codes.count, default="")
    return plain, say("list_unit", currency=_named(plain))[language]


def _named(code: str) -> Text:
    return Text(CURRENCIES.get(code, code), code)


def _amount(layer: Layer, one: Feature, plain: str, language: str) -> str:
    assert layer.numbered is not None
    field = next((f for f in layer.fields if f.id == layer.numbered.amount), None)
    value = one.properties.get(layer.numbered.amount)
    if field is None or isinstance(value, bool) or not isinstance(value, int | float):
        return "—" if field is not None else ""
    code = str(one.properties.get(field.currency) or "") if field.currency else ""
    scaled = value * MONEY_SCALES.get(field.unit, 1.0) / (_YI if language == "zh" else _BILLION)
    told = f"{scaled:,.2f}".rstrip("0").rstrip(".") if abs(scaled) >= 0.01 else f"{scaled:.2g}"
    return told if code in ("", plain) else say("list_other", amount=told, currency=_named(code))[language]
