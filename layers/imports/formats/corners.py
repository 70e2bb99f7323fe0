"""Corner points of plots as land bureaus hand them on: a text with the plane in its head, plot by plot below.

References
----------
Ministry of Land and Resources, format of boundary points for filing plots (勘测定界界址点坐标交换格式).
``[属性描述]`` names datum, width of zones and zone. ``[地块坐标]`` has a line of each plot (points, area in ha,
number, name, kind, sheet, use, class, ``@``), then a line of each point (name, ring, x to the north, y to east).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import pyarrow as pa
import shapely

from geo.text import Text
from layers.imports.charset import decode
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.formats.registry import ImportFormat, Source

_MARK = "[地块坐标]"
_NAMES = ("地块面积（公顷）", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
# EPSG codes of a datum's planes: zones of 3 degrees with and without the zone in y, then those of 6
_PLANES = {"2000": (4513, 4534, 4491, 4502), "80": (2349, 2370, 2327, 2338)}
_FIRST, _LAST = {3: 25, 6: 13}, {3: 45, 6: 23}
_ZONED = 1_000_000  # a y of that or more has the zone before it
_LARGEST = 200_000_000  # bytes


@dataclass
class _Plot:
    """A plot: the line that begins it, and its points (ring, y, x; not a number where one cannot be read)."""

    line: int
    told: list[str]
    points: list[tuple[str, float, float]] = field(default_factory=list)


def read_corners(source: Source) -> Draft:
    """Read plots with the plane their head names; what names none is asked."""
    if source.path.stat().st_size > _LARGEST:
        raise refuse_file(
            source.name, "文本过大，请分成几个文件", "it is too long a text; cut it into several files"
        )
    read = decode(source.path.read_bytes(), source.options.encoding, file=source.name)
    head, _, body = read.text.partition(_MARK)
    plots = list(_plots(body, head.count("\n") + 1))
    if not plots:
        raise refuse_file(source.name, "没有地块（以 @ 结尾的行）", "it has no plot, a line that ends with @")
    notes = list(read.notes)
    shapes = np.array([_shape(one) for one in plots], dtype=object)
    east = [y for one in plots for _, y, _ in one.points if np.isfinite(y)]
    said = dict(re.findall(r"(?m)^\s*(\S+?)\s*=[ \t]*(\S*)", head))
    crs = _plane(said, bool(east) and min(east) >= _ZONED)
    if crs is None and (datum := said.get("坐标系", "")[:30]):
        zh = f"文件头写的坐标系是“{datum}”，但带号或分带不明；请选择属于它的坐标系"
        en = f"its head names the datum “{datum}” without a zone that is known; choose a plane of that datum"
        notes.append(Text(zh, en))
    if crs is not None:
        notes.append(Text(f"坐标系取自文件头：{crs}", f"its head names the plane: {crs}"))
    found = []
    if bad := _rows(shapely.is_missing(shapes)):
        found.append(Found("unreadable", "界址点无法组成图形", "its points make no shape", "left unplaced", bad))
        notes.append(
            Text(f"{len(bad)} 个地块的界址点无法组成图形", f"the points of {len(bad)} plots make no shape")
        )
    if other := [one for one in plots if not _counted(one)]:
        zh = f"{len(other)} 个地块的界址点数与所写不符（如第 {other[0].line} 行写 {other[0].told[0]}）"
        en = f"{len(other)} plots have more or fewer points than they say, such as that of line {other[0].line}"
        notes.append(Text(zh, f"{en}: {other[0].told[0]}"))
    columns = {name: [_cell(one.told, at + 1) for one in plots] for at, name in enumerate(_NAMES)}
    held = {name: pa.array(cells, pa.string()) for name, cells in columns.items() if any(cells)}
    return Draft(
        "Corners",
        pa.table(held),
        shapes,
        None,
        crs,
        read.encoding,
        tuple(notes),
        found=tuple(found),
        questions=read.questions,
    )


def _rows(chosen: Sequence[bool]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.flatnonzero(np.asarray(chosen, dtype=bool)))


def _plots(body: str, before: int) -> Iterator[_Plot]:
    plot: _Plot | None = None
    for number, line in enumerate(body.splitlines(), before):
        cells = [cell.strip() for cell in line.replace("，", ",").split(",")]
        if cells[-1] == "@" or line.rstrip().endswith("@"):
            if plot is not None:
                yield plot
            plot = _Plot(number, [cell.rstrip("@") for cell in cells])
        elif plot is not None and any(cells):
            ring, x, y = cells[1:4] if len(cells) >= 4 else ("", "", "")
            plot.points.append((ring, _number(y), _number(x)))
    if plot is not None:
        yield plot


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _shape(plot: _Plot) -> shapely.Geometry | None:
    """Return a plot's ground, or its points or line where it says so; None where one cannot be read."""
    at = np.array([point[1:] for point in plot.points], dtype=float).reshape(-1, 2)
    if not len(at) or not np.isfinite(at).all():
        return None
    kind = _cell(plot.told, 4) or "面"
    if kind == "点":
        return shapely.Point(at[0]) if len(at) == 1 else shapely.MultiPoint(at)
    rings = [[point[1:] for point in part] for _, part in groupby(plot.points, key=lambda point: point[0])]
    if kind == "线":
        if any(len(ring) < 2 for ring in rings):
            return None
        return shapely.MultiLineString(rings) if len(rings) > 1 else shapely.LineString(at)
    if any(len(set(ring)) < 3 for ring in rings):
        return None
    return _ground([shapely.Polygon(ring) for ring in rings])


def _ground(parts: list[shapely.Polygon]) -> shapely.Geometry:
    """Return rings as one ground: one that lies in another is a hole of it, one in a hole is ground again."""
    rings = np.array(parts, dtype=object)
    size = np.empty(len(rings), dtype=np.int64)
    size[np.argsort(-shapely.area(rings), kind="stable")] = np.arange(len(rings))
    inner, outer = shapely.STRtree(rings).query(rings, predicate="within")
    inner, outer = (one[size[outer] < size[inner]] for one in (inner, outer))
    depth = np.bincount(inner, minlength=len(rings))
    holes: dict[int, list[shapely.LinearRing]] = {one: [] for one in np.flatnonzero(depth % 2 == 0).tolist()}
    beside = (depth[inner] % 2 == 1) & (depth[outer] == depth[inner] - 1)
    for one, over in zip(inner[beside].tolist(), outer[beside].tolist(), strict=True):
        holes[over].append(parts[one].exterior)
    made = [shapely.Polygon(parts[one].exterior, mine) for one, mine in holes.items()]
    return made[0] if len(made) == 1 else shapely.MultiPolygon(made)


def _counted(plot: _Plot) -> bool:
    """Tell whether a plot has as many points as it says, those that close its rings counted or not."""
    said, points, rings = _cell(plot.told, 0) or "", len(plot.points), len({p[0] for p in plot.points})
    return not said.isdecimal() or said.lstrip("0") in (str(points), str(points - rings))


def _cell(cells: Sequence[str], at: int) -> str | None:
    return cells[at] or None if at < len(cells) else None


def _plane(said: dict[str, str], zoned: bool) -> str | None:
    """Return the plane a head names; None where it names none that is known."""
    datum = next((key for key in _PLANES if key in said.get("坐标系", "")), "")
    width, zone = (
        int(text) if (text := said.get(name, "")[:3]).isdecimal() else 0 for name in ("几度分带", "带号")
    )
    if not datum or width not in _FIRST or not _FIRST[width] <= zone <= _LAST[width]:
        return None
    first = _PLANES[datum][(0 if width == 3 else 2) + (0 if zoned else 1)]
    return f"EPSG:{first + zone - _FIRST[width]}"


def _is_corners(source: Source) -> bool:
    return any(_MARK.encode(name) in source.head for name in ("utf-8", "gb18030", "utf-16-le"))


FORMAT = ImportFormat(
    "Corners",
    Text("界址点坐标文本（txt）", "corner points of plots (txt)"),
    ("txt",),
    _is_corners,
    read_corners,
    rank=70,
)
