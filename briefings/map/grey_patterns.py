"""Areas of different layers in a print without colour: those about as light as another have a pattern."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from layers.plan.catalog import Layer
from layers.plan.palettes import GREY, PALETTES, lab_of
from layers.plan.reader import Catalog
from layers.plan.style import legend_of

_STEP = 7.0  # of lightness, by which areas are told apart
_SEEN = 0.1  # of a fill's opacity, below which there is nothing to tell apart
_SPARSE = ("", "..", "//", "oo", "\\\\", "++", "--", "||")  # what leaves names readable first


def grey_patterns(catalog: Catalog, palette: str) -> Mapping[str, str]:
    """Return the patterns, by layer, of those whose areas are about as light as others'; none where colours print.

    A layer drawn by rules has patterns of its own; a numbered one has marks, one of classes theirs.

    Parameters
    ----------
    catalog
        Of the plan.
    palette
        One of ``PALETTES``.
    """
    if palette not in PALETTES or not PALETTES[palette].printed:
        return {}
    blocks = "" if catalog.plan.blocks is None else catalog.plan.blocks.layer
    plain = [
        one
        for one in sorted(catalog.layers.values(), key=lambda one: one.order)
        if one.geometry in ("polygon", "mixed")
        and not one.class_field
        and one.numbered is None
        and one.id != blocks
    ]
    seen: dict[str, list[float]] = {}
    for one in plain:
        if one.rules:
            for entry in legend_of(one, (), GREY).entries:
                if entry.look.fill is not None:
                    seen.setdefault(entry.look.pattern, []).append(_tone(entry.look.fill, entry.look.fill_opacity))
    out = dict[str, str]()
    found = [(list(_tones(catalog, one)), one) for one in plain if not one.rules]
    palest = sorted((pair for pair in found if pair[0]), key=lambda pair: -min(pair[0]))  # it has none, if any has
    for tones, one in palest:
        free = (
            mark
            for mark in _SPARSE
            if all(abs(tone - other) >= _STEP for tone in tones for other in seen.get(mark, ()))
        )
        mark = next(free, _SPARSE[len(out) % len(_SPARSE)])
        seen.setdefault(mark, []).extend(tones)
        out[one.id] = mark
    return {key: mark for key, mark in out.items() if mark}


def _tones(catalog: Catalog, layer: Layer) -> Iterator[float]:
    """Yield how light a layer's areas are on white, as its subject's and in the background."""
    if layer.style.fill is not None and layer.style.fill_opacity and layer.style.fill_opacity >= _SEEN:
        yield _tone(layer.style.fill, layer.style.fill_opacity)
        yield from (_tone(one.fill, 1.0) for one in catalog.background if one.layer == layer.id and one.fill)


def _tone(fill: str, opacity: float) -> float:
    return 100 - (100 - lab_of(fill)[0]) * opacity
