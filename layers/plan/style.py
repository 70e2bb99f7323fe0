"""How features look and what the legend says, as the map page has it (static/js/style.js and legend.js)."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from geo.text import Text
from layers.messages import say
from layers.plan.catalog import Condition, LandClass, Layer, Style
from layers.plan.looks import LOOKS
from layers.plan.palettes import PALETTES, class_color, color_of_lab, grey_color, lab_of

GeometryKind = Literal["point", "line", "polygon"]
_DARKEST, _LIGHTEST = 38.0, 94.0  # L* of the fills that rules declare, in greys
_STEP = 8.0  # of L*, from which two greys are told apart
_DASHES = ((), (7.0, 2.5), (1.6, 2.2), (9.0, 2.0, 1.6, 2.0), (3.5, 3.5))
_STYLE_KEYS = tuple(f.name for f in fields(Style))


_NEAR = 10.0  # apart in CIE L*a*b*, colours that one takes for another on a map
# By which classes of nearly one colour are told apart, as matplotlib writes them.
PATTERNS = ("////", "....", "\\\\\\\\", "xxxx", "----", "||||", "//", "..", "++", "oo")


@dataclass(frozen=True)
class Look:
    """A symbol: colours ``#rrggbb``, width and radius in screen pixels, dash lengths in pixels.

    Over ``feather`` pixels an area fades at its edge instead of ending there.
    ``pattern`` is what a printed fill has over it: one of ``PATTERNS``, or empty.
    """

    color: str
    width: float
    opacity: float
    fill: str | None
    fill_opacity: float
    dash: tuple[float, ...] = ()
    radius: float = 6
    feather: float = 0
    pattern: str = ""


def class_patterns(classes: Sequence[LandClass], palette: str) -> dict[str, str]:
    """Return the patterns, by code, of those of some classes whose colour nearly is that of another of them.

    All patterns are used before one is used again: it is a class's sign as well.

    Examples
    --------
    >>> both = [LandClass("s", code, Text(code, code), "#ff0000", "#ff0000") for code in ("0901", "0902")]
    >>> class_patterns(both, "official")
    {'0902': '////'}
    """
    told: list[tuple[tuple[float, float, float], str]] = []
    out = dict[str, str]()
    often = dict.fromkeys(PATTERNS, 0)
    for one in classes:
        color = lab_of(class_color(one, palette).lower())
        near = [pattern for other, pattern in told if math.dist(color, other) < _NEAR]
        free = [way for way in PATTERNS if way not in near] or PATTERNS
        pattern = min(free, key=lambda way: often[way]) if "" in near else ""
        told.append((color, pattern))
        if pattern:
            out[one.code] = pattern
            often[pattern] += 1
    return out


@dataclass(frozen=True)
class LegendEntry:
    """One symbol with its words."""

    look: Look
    kind: GeometryKind
    label: Text


@dataclass(frozen=True)
class LegendSection:
    """A layer's part of the legend."""

    layer: str
    label: Text
    illustrative: bool
    entries: tuple[LegendEntry, ...]


def look_of(
    layer: Layer, known: Mapping[str, Any], kind: GeometryKind, classes: Sequence[LandClass], palette: str
) -> Look:
    """Return how a feature looks.

    Parameters
    ----------
    layer
        Its declaration.
    known
        Its properties.
    kind
        What its geometry is.
    classes
        The classes of the layer's scheme.
    palette
        one of ``layers.plan.palettes``.
    """
    style = declared_style(layer, known)
    color = _class_color(classes, known.get(layer.class_field), palette) if layer.class_field else None
    look = _drawn(style, kind, color)
    if palette in PALETTES and PALETTES[palette].printed:
        look = printed_look(look, layer)
    return look if layer.illustrative else mark_unsure(look, str(known.get("position") or ""), kind)


def printed_look(look: Look, layer: Layer) -> Look:
    """Return a look in greys: the fills that a layer's rules declare are as far apart in lightness as can be.

    Those that are alike nevertheless differ by a pattern, lines by their dashes.
    """
    fills = {one.fill or one.color for one in (layer.style, *layer.rules) if one.fill or one.color}
    order = sorted(fills, key=lambda color: lab_of(str(color))[0])
    fill = look.fill
    if fill in order and len(order) > 1:
        light = _DARKEST + (_LIGHTEST - _DARKEST) * order.index(fill) / (len(order) - 1)
        fill = color_of_lab(light, 0.0, 0.0)
    elif fill is not None:
        fill = grey_color(fill)
    pattern, dash = _printed_marks(layer, filled=fill is not None).get((look.color, look.fill), ("", ()))
    return replace(look, color=grey_color(look.color), fill=fill, pattern=pattern, dash=dash or look.dash)


_Mark = tuple[str, tuple[float, ...]]  # a pattern, dashes


def _printed_marks(layer: Layer, *, filled: bool) -> dict[tuple[str, str | None], _Mark]:
    """Return pattern and dashes, by colour and fill, of what a layer declares: other ones where two are alike."""
    kind: GeometryKind = "polygon" if filled else "line"
    declared = [_drawn(_overridden(layer.style, rule), kind) for rule in layer.rules]
    declared.append(_drawn(layer.style, kind))
    ways: list[_Mark] = [(one, ()) for one in ("", *PATTERNS)] if filled else [("", one) for one in _DASHES]
    seen: dict[_Mark, list[float]] = {}
    out = dict[tuple[str, str | None], _Mark]()
    order = sorted({str(one.fill) for one in declared}, key=lambda color: lab_of(color)[0]) if filled else []
    for one in declared:
        if (one.color, one.fill) in out:
            continue
        light = lab_of(one.color)[0]
        if filled and len(order) > 1:
            spread = _DARKEST + (_LIGHTEST - _DARKEST) * order.index(str(one.fill)) / (len(order) - 1)
            light = 100 - (100 - spread) * one.fill_opacity
        free = (way for way in ways if all(abs(light - other) >= _STEP for other in seen.get(way, ())))
        way = next(free, ways[len(out) % len(ways)])
        seen.setdefault(way, []).append(light)
        out[one.color, one.fill] = way
    return out


def declared_style(layer: Layer, known: Mapping[str, Any]) -> Style:
    """Return the declared style of a feature: the layer's, overridden by the first rule its properties meet."""
    rule = next((one for one in layer.rules if meets_condition(one.when, known)), None)
    return layer.style if rule is None else _overridden(layer.style, rule)


def fade_look(look: Look, share: float) -> Look:
    """Return a look with less of its opacity."""
    return replace(look, opacity=look.opacity * share, fill_opacity=look.fill_opacity * share)


def mark_unsure(look: Look, position: str, kind: GeometryKind) -> Look:
    """Make an unsure position look unsure: by its edge, never by dashes.

    Of an area that is approximate the line is thin, of one known by its locality it is a faint band, of a sketch
    there is none and its fill fades; a line known by its locality is a band; points are fainter.
    """
    unsure = LOOKS.unsure.get(position, {}).get(kind)
    if unsure is None or (kind == "polygon" and look.width == 0 and not unsure.feather):
        return look  # sure enough, or declared without an edge
    return replace(
        look,
        width=look.width if unsure.width is None else unsure.width,
        opacity=look.opacity * unsure.opacity,
        fill_opacity=look.fill_opacity * unsure.fill_opacity,
        feather=unsure.feather,
    )


def meets_condition(when: Condition, known: Mapping[str, Any]) -> bool:
    """Whether properties meet a condition."""
    value = known.get(when.field)
    if when.null is not None:
        return (value is None) == when.null
    if when.in_:
        return any(_same(value, one) for one in when.in_)
    return value is not None and _same(value, when.equals)


def _same(one: object, other: object) -> bool:
    """Whether two values are one to a browser: true is not 1, but 1.0 is."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def _overridden(base: Style, rule: Style) -> Style:
    values = {key: getattr(base, key) for key in _STYLE_KEYS}
    values |= {key: getattr(rule, key) for key in _STYLE_KEYS if getattr(rule, key) is not None}
    return Style(**values)


def _class_color(classes: Sequence[LandClass], code: object, palette: str) -> str | None:
    found = next((c for c in classes if c.code == code), None)
    return None if found is None else class_color(found, palette)


def _drawn(style: Style, kind: GeometryKind, color: str | None = None) -> Look:
    usual = LOOKS.usual[kind]
    line = style.color if style.color is not None else LOOKS.color
    width = style.width if style.width is not None else usual.width
    filled = style.fill_opacity if style.fill_opacity is not None else usual.fill_opacity
    return Look(
        color=line,
        width=width,
        opacity=style.opacity if style.opacity is not None else 1,
        fill=None if kind == "line" else color or style.fill or line,
        fill_opacity=filled,
        dash=tuple(float(part) for part in style.dash.replace(",", " ").split()) if style.dash else (),
        radius=style.radius if style.radius is not None else LOOKS.radius,
    )


def met_rules(layer: Layer, values: Mapping[str, Sequence[object]]) -> frozenset[int]:
    """Return which of a layer's style rules some features are drawn by; the number of rules stands for none.

    Parameters
    ----------
    layer
        As declared.
    values
        Of each field that the rules look at, one value a feature.
    """
    different = {tuple(map(repr, row)): row for row in zip(*values.values(), strict=True)}  # true is not 1
    known = [dict(zip(values, row, strict=True)) for row in different.values()]
    none = len(layer.rules)
    return frozenset(
        next((i for i, one in enumerate(layer.rules) if meets_condition(one.when, of)), none) for of in known
    )


def legend_of(
    layer: Layer,
    classes: Iterable[LandClass],
    palette: str,
    *,
    others: Iterable[Text] = (),
    met: Container[int] | None = None,
) -> LegendSection:
    """Return a layer's part of the legend.

    Parameters
    ----------
    layer
        As declared.
    classes
        Those it holds, in the scheme's order.
    palette
        one of ``layers.plan.palettes``.
    others
        What is said of features that have no class of the scheme.
    met
        The rules by which features are drawn, as of `met_rules`; all of them when None.
    """
    kind: GeometryKind = "polygon" if layer.geometry == "mixed" else layer.geometry
    entries = [
        LegendEntry(
            _drawn(layer.style, kind, class_color(c, palette)),
            kind,
            c.label,
        )
        for c in classes
    ]
    entries += [LegendEntry(_drawn(layer.style, kind), kind, label) for label in others]
    if not entries:
        entries = _ruled(layer, kind, met)
    if PALETTES[palette].printed if palette in PALETTES else False:
        entries = [replace(one, look=printed_look(one.look, layer)) for one in entries]
    label = layer.label
    if met is not None and len(entries) == 1 and entries[0].label != label:
        label = say("legend_only", layer=label, kind=entries[0].label)
    return LegendSection(layer.id, label, layer.illustrative, tuple(entries))


def _ruled(layer: Layer, kind: GeometryKind, met: Container[int] | None) -> list[LegendEntry]:
    """Return an entry for each labelled rule, and one for what none of them speaks of."""
    entries, rest = [], met is None or len(layer.rules) in met
    for i, rule in enumerate(layer.rules):
        if rule.label and (met is None or i in met):
            entries.append(LegendEntry(_drawn(_overridden(layer.style, rule), kind), kind, rule.label))
        rest = rest or (not rule.label and met is not None and i in met)
    if rest or not entries:
        told = layer.style.label or (say("legend_other") if any(r.label for r in layer.rules) else layer.label)
        entries.append(LegendEntry(_drawn(layer.style, kind), kind, told))
    return entries
