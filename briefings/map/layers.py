"""Draws layers into a matplotlib axes: one collection for all features that look alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.path import Path

from briefings.map.frame import Frame
from briefings.map.grouping import NamedGroup
from layers.features.snapshot import Features, Snapshot
from layers.plan.catalog import BackgroundLayer, LandClass, Layer
from layers.plan.style import GeometryKind, Look, fade_look, look_of

_LIGHT = 0.62  # luminance of a fill from which a pattern over it is dark
_POINTS_PER_PIXEL = 0.72  # a screen pixel as points on paper
_STEPS = 6  # of the fading of an edge
_OVER_FILL = 0.01  # of a pattern's order, above its fill
_MANY, _SEAM = 20_000, 0.3  # parcels from which lines between them would hide them; pixels that close a seam
_SLIT = 4.0  # times how exact a line is drawn: a pixel
LAND = "#ece8dd"  # what lies around
_ENDS_M, _FADE_M, _FADES, _SHADE = 60.0, 900.0, 14, 0.16  # where data end: how near, how wide, in how many steps
_BANK_PX = 1.4
_FEW = 10  # areas that are made one by one
_TOGETHER = 500  # areas with a pattern that are drawn as one
_KINDS: tuple[GeometryKind, GeometryKind, GeometryKind] = ("point", "line", "polygon")
_SINGLE = (shapely.GeometryType.POINT, shapely.GeometryType.LINESTRING, shapely.GeometryType.POLYGON)


def features_near(frames: Sequence[Frame], chosen: Features) -> Features:
    """Return the features that lie in one of the frames, at least in part."""
    return chosen.meeting(shapely.union_all([frame.region for frame in frames]))


def draw_background(
    axes: Axes,
    frame: Frame,
    parts: Sequence[tuple[BackgroundLayer, Snapshot]],
    *,
    exact_m: float,
    order: float = 0.0,
    marks: Mapping[str, str] | None = None,
) -> None:
    """Draw the plan's own light background.

    Parameters
    ----------
    axes
        Where to draw, in the plane of ``frame``.
    frame
        The ground that is drawn.
    parts
        Each background layer with its features, lowest first.
    exact_m
        Detail below so many metres is left out.
    order
        What has more is drawn above.
    marks
        Patterns by layer.
    """
    if parts:
        with NamedGroup(axes, "background" if order == 0 else "background-above", order):
            _background(axes, frame, parts, exact_m, order, marks or {})


def _background(
    axes: Axes,
    frame: Frame,
    parts: Sequence[tuple[BackgroundLayer, Snapshot]],
    exact_m: float,
    order: float,
    marks: Mapping[str, str],
) -> None:
    """Draw it; areas whose data end within the map have no line there."""
    wide = frame.region
    for entry, snapshot in parts:
        if entry.min_zoom > 11:
            continue
        placed = snapshot.content.shapes(snapshot.content.meeting(wide))
        for kind, mine in _by_kind(frame.bring(placed, exact_m=exact_m)):
            fill = entry.fill if entry.fill and kind == "polygon" else None
            lined = bool(entry.stroke) and not (kind == "polygon" and _ends(snapshot.layer))
            look = Look(entry.stroke or entry.fill or "#cccccc", entry.width if lined else 0.0, 1, fill, 1)
            look = replace(look, pattern=marks.get(entry.layer, "") if fill else "")
            if kind != "point":
                draw_shapes(axes, kind, mine, look, order=order)


def _ends(layer: Layer) -> bool:
    return any(one.fades_at for one in (layer.style, *layer.rules))


@dataclass(frozen=True, kw_only=True)
class LayerLook:
    """How a layer is drawn.

    Attributes
    ----------
    classes
        Of the layer's scheme.
    palette
        One of ``PALETTES``.
    opacity
        Of the whole layer, up to 1.
    patterns
        By class, of those whose colour another class has too.
    pattern
        Of all areas that have none of their own.
    dissolved
        Whether neighbours that look alike are one area, without a line between them.
    """

    classes: Sequence[LandClass]
    palette: str
    opacity: float = 1.0
    patterns: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    dissolved: bool = False


def draw_layer(
    axes: Axes,
    frame: Frame,
    snapshot: Snapshot,
    shown: Features,
    how: LayerLook,
    *,
    exact_m: float,
) -> None:
    """Draw the features of a layer that lie in the frame, as one group.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    snapshot
        The layer's features at one version.
    shown
        As ``near`` gives them.
    how
        Classes, palette and opacity.
    exact_m
        How far a drawn line may lie from the true one.
    """
    shapes = shown.geometry
    brought = frame.bring(shapes, exact_m=exact_m)
    order = snapshot.layer.order + 1.0
    with NamedGroup(axes, group_name(snapshot.layer), order):
        for (kind, look), rows in _alike(snapshot.layer, shown, how, shapes).items():
            drawn, seen = brought[rows], look
            if how.dissolved and kind == "polygon":
                drawn, seen = _dissolved(drawn, look, many=len(shown) > _MANY, least_m=exact_m * _SLIT)
            draw_shapes(axes, kind, drawn, fade_look(seen, how.opacity), order=order)


def _alike(
    layer: Layer,
    shown: Features,
    how: LayerLook,
    shapes: Any,  # noqa: ANN401 - an array of shapely geometries
) -> dict[tuple[GeometryKind, Look], list[int]]:
    """Return the features (rows) of one kind that look alike; who has the same values is looked at once.

    Parameters
    ----------
    layer, shown, how
        As for ``draw_layer``.
    shapes
        Of the features.
    """
    names = list(dict.fromkeys([layer.class_field, "position", *(rule.when.field for rule in layer.rules)]))
    columns = [shown.values(name) for name in names]
    keys = zip(shapely.get_dimensions(shapes).tolist(), *map(_told_apart, columns), strict=True)
    rows_of: dict[tuple[object, ...], list[int]] = {}
    groups: dict[tuple[GeometryKind, Look], list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key not in rows_of:
            known, kind = {name: column[row] for name, column in zip(names, columns, strict=True)}, _KINDS[key[0]]
            look = look_of(layer, known, kind, how.classes, how.palette)
            mark = how.patterns.get(str(known[layer.class_field])) if how.patterns else None
            mark = mark or look.pattern or (how.pattern if kind == "polygon" and look.fill else "")
            rows_of[key] = groups[kind, replace(look, pattern=mark)]
        rows_of[key].append(row)
    return groups


def _told_apart(values: list[Any]) -> Sequence[object]:
    """Return what stands for each value in a key: 1, 1.0, true and "1" are four values, and a list is none."""
    plain = set(map(type, values)) <= {str, type(None)}
    return values if plain else list(map(repr, values))


def _dissolved(shapes: Any, look: Look, *, many: bool, least_m: float) -> tuple[Any, Look]:  # noqa: ANN401
    """Return areas that look alike as one, and their look; of very many only the lines go.

    Parameters
    ----------
    shapes, look
        Areas, and how they are drawn.
    many
        Whether there are very many.
    least_m
        How wide a gap within them is at least, to be one.
    """
    if many:
        return shapes, replace(look, color=look.fill or look.color, width=min(look.width, _SEAM))
    try:
        parts = shapely.get_parts(shapely.disjoint_subset_union_all(shapes))  # a third of the time of one union
        return np.array([_without_slits(one, least_m) for one in parts], dtype=object), look
    except shapely.errors.GEOSException:  # outlines that cross themselves: drawn as they are
        return shapes, look


def _without_slits(area: Any, least_m: float) -> Any:  # noqa: ANN401 - a shapely geometry
    """Return an area without the holes that are mere slits between neighbours."""
    if not shapely.get_num_interior_rings(area):
        return area
    outer, *inner = shapely.get_rings(area)
    holes = shapely.polygons(inner)
    kept = 2 * shapely.area(holes) > least_m * shapely.length(holes)
    return shapely.polygons(outer, np.asarray(inner, dtype=object)[kept])


def fade_edge(axes: Axes, frame: Frame, shape: Any, ends: Any, *, bank: str, order: float) -> None:  # noqa: ANN401
    """Let an area fade into the land where its edge is the outline of others; elsewhere its edge is a thin line.

    Parameters
    ----------
    axes, frame
        Where it is drawn, and the ground it shows.
    shape
        The area, longitude and latitude.
    ends
        n areas or lines at whose outlines its data end, longitude and latitude.
    bank
        Colour of the line, by which water is told from land as light as it.
    order
        Of what is drawn.
    """
    whole = frame.plane(np.array([shape], dtype=object))[0]
    others = shapely.get_parts(shapely.union_all(frame.plane(np.asarray(ends, dtype=object))))
    flat = shapely.get_dimensions(others) == 2
    outlines = shapely.union_all(np.where(flat, shapely.boundary(others), others))
    near = shapely.intersection(shapely.boundary(whole), shapely.buffer(outlines, _ENDS_M))
    edge = shapely.difference(shapely.boundary(whole), shapely.buffer(near, _ENDS_M))
    edge = shapely.intersection(edge, shapely.box(*frame.bounds))
    draw_shapes(axes, "line", np.array([edge], dtype=object), Look(bank, _BANK_PX, 1, None, 0), order=order)
    if shapely.is_empty(near):
        return
    window = shapely.intersection(shapely.buffer(whole, _ENDS_M, quad_segs=2), shapely.box(*frame.bounds))
    for step in range(_FADES):
        band = shapely.intersection(shapely.buffer(near, _FADE_M * (1 - step / _FADES), quad_segs=4), window)
        draw_shapes(axes, "polygon", np.array([band], dtype=object), Look(LAND, 0, 0, LAND, _SHADE), order=order)


def group_name(layer: Layer) -> str:
    """Return the id of a layer's group in an SVG."""
    return f"layer-{layer.id}"


def _by_kind(shapes: Any) -> list[tuple[GeometryKind, Any]]:  # noqa: ANN401 - arrays of shapely geometries
    dimensions = shapely.get_dimensions(shapes)
    return [(kind, shapes[dimensions == i]) for i, kind in enumerate(_KINDS) if (dimensions == i).any()]


def draw_shapes(axes: Axes, kind: GeometryKind, shapes: Any, look: Look, *, order: float) -> None:  # noqa: ANN401
    """Draw shapes of one kind that look alike, in the plane of the axes.

    Parameters
    ----------
    axes
        Where they are drawn.
    kind
        ``point``, ``line`` or ``polygon``; other parts are left out.
    shapes
        n geometries in the plane of the axes.
    look
        Colour, width, fill and mark, in pixels of the page.
    order
        What has more is drawn above.
    """
    width = look.width * _POINTS_PER_PIXEL
    dash: Any = (0, tuple(x * _POINTS_PER_PIXEL / max(width, 0.5) for x in look.dash)) if look.dash else "-"
    edge = to_rgba(look.color, look.opacity)
    face = (0.0, 0.0, 0.0, 0.0) if look.fill is None else to_rgba(look.fill, look.fill_opacity)
    parts = shapes
    if not np.isin(shapely.get_type_id(shapes), _SINGLE).all():
        parts = shapely.get_parts(shapely.get_parts(shapes))  # clipping may leave a collection
    parts = parts[(shapely.get_dimensions(parts) == _KINDS.index(kind)) & ~shapely.is_empty(parts)]
    if kind == "polygon" and look.feather and look.fill is not None:
        return _feathered(axes, parts, look, order)
    for made in _collections(axes, kind, parts, look, face=face, edgecolors=[edge], linewidths=width):
        if kind == "polygon":
            made.set(linestyle=dash, hatch=look.pattern or None, hatchcolor=pattern_color(look))
        elif kind == "line":
            made.set(linestyle=dash, capstyle="round")
        made.set_zorder(order)
        if kind != "point":
            axes.add_collection(made, autolim=False)


def _feathered(axes: Axes, parts: Any, look: Look, order: float) -> None:  # noqa: ANN401
    """Draw areas that fade at their edge: one above the other, each smaller, together as opaque as the look."""
    west, east = axes.get_xlim()
    points = axes.get_window_extent().width / axes.figure.dpi * 72
    pixel_m = (east - west) / points * _POINTS_PER_PIXEL
    face = to_rgba(look.fill or look.color, 1 - (1 - look.fill_opacity) ** (1 / _STEPS))
    if look.pattern:
        for made in _collections(axes, "polygon", parts, look, face="none", edgecolors="none", linewidths=0):
            made.set(zorder=order + _OVER_FILL, hatch=look.pattern, hatchcolor=pattern_color(look))
            axes.add_collection(made, autolim=False)
    for step in range(_STEPS):
        rings = shapely.buffer(parts, look.feather * pixel_m * (0.5 - (step + 0.5) / _STEPS), quad_segs=4)
        rings = shapely.get_parts(rings)
        plain = rings[~shapely.is_empty(rings)]
        for made in _collections(axes, "polygon", plain, look, face=face, edgecolors="none", linewidths=0):
            made.set_zorder(order)
            axes.add_collection(made, autolim=False)


def pattern_color(look: Look) -> str:
    """Return the colour of a pattern over a fill: light on dark, dark on light."""
    red, green, blue, _ = to_rgba(look.fill or "#ffffff")
    light = 1 - (1 - 0.299 * red - 0.587 * green - 0.114 * blue) * look.fill_opacity  # on white
    return "#ffffff" if light < _LIGHT else "#6b6455"


def _collections(axes: Axes, kind: GeometryKind, parts: Any, look: Look, *, face: Any, **paint: Any) -> list[Any]:  # noqa: ANN401
    if kind == "point":
        size = (look.radius * 2 * _POINTS_PER_PIXEL) ** 2 * 0.7
        return [axes.scatter(shapely.get_x(parts), shapely.get_y(parts), s=size, facecolors=[face], **paint)]
    if kind == "line":
        return [LineCollection([shapely.get_coordinates(line) for line in parts], **paint)]
    parts = shapely.orient_polygons(parts) if look.pattern else parts  # a hole is one whatever lies over it
    holed = shapely.get_num_interior_rings(parts) > 0
    paths = [_outlines(parts[~holed]), [_path(p) for p in parts[holed]]]
    if look.pattern:  # drawn anew for each path: areas are one
        every = [*paths[0], *paths[1]]
        ways = range(0, len(every), _TOGETHER)
        paths = [[Path.make_compound_path(*every[i : i + _TOGETHER]) for i in ways]]
    return [PathCollection(some, facecolors=[face], **paint) for some in paths if some]


def _outlines(polygons: Any) -> list[Path]:  # noqa: ANN401 - an array of shapely polygons
    """Return polygons without holes as paths: many of as many corners are made together, ten times as fast."""
    outer = shapely.get_exterior_ring(polygons)
    counts = shapely.get_num_coordinates(outer)
    made: Any = np.empty(len(outer), dtype=object)
    for many in np.unique(counts).tolist():
        here = np.flatnonzero(counts == many)
        if len(here) < _FEW:
            made[here] = [_path(one) for one in polygons[here]]
            continue
        xy: Any = shapely.get_coordinates(outer[here]).reshape(len(here), many, 2)
        made[here] = PolyCollection(xy).get_paths()
    return list(made)


def _path(polygon: Any) -> Path:  # noqa: ANN401 - a shapely polygon
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(polygon)]
    codes = [[Path.MOVETO] + [Path.LINETO] * (len(ring) - 2) + [Path.CLOSEPOLY] for ring in rings]
    return Path(np.concatenate(rings), np.concatenate(codes))
