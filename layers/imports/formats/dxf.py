"""What a DXF drawing says of itself that GDAL does not read: its unit, its coordinate system, blocks it lacks.

References
----------
Autodesk DXF reference: ``$INSUNITS`` of HEADER, GEODATA of OBJECTS, BLOCK and INSERT.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.text import Text
from layers.features.columns import Objects
from layers.imports.cell_encoding import best_of
from layers.imports.charset import wide_name
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.formats.dxf_asides import Asides, with_asides
from layers.imports.formats.dxf_blocks import MOST_LEVELS, MOST_PARTS, Expansion
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import read_vector
from layers.imports.options import UNITS

_FOOT = 1200 / 3937  # US survey foot, m
# $INSUNITS: Chinese, English, metres
_UNITS = {
    1: ("英寸", "inches", 0.0254),
    2: ("英尺", "feet", 0.3048),
    3: ("英里", "miles", 1609.344),
    4: ("毫米", "millimetres", 0.001),
    5: ("厘米", "centimetres", 0.01),
    6: ("米", "metres", 1.0),
    7: ("千米", "kilometres", 1000.0),
    10: ("码", "yards", 0.9144),
    14: ("分米", "decimetres", 0.1),
    21: ("美国测量英尺", "US survey feet", _FOOT),
    22: ("美国测量英寸", "US survey inches", _FOOT / 12),
    23: ("美国测量码", "US survey yards", _FOOT * 3),
    24: ("美国测量英里", "US survey miles", _FOOT * 5280),
}
_SAID = {"in": 1, "ft": 2, "mm": 4, "cm": 5, "m": 6, "km": 7, "us-ft": 21}
_ALIAS = re.compile(
    r'<Alias\s+id="(\d{4,6})"\s+type="CoordinateSystem"\s*>(?:(?!</Alias>).)*?<Namespace>\s*EPSG', re.DOTALL
)
_NAMED = re.compile(r'<(?:Projected|Geographic|Geodetic)CoordinateSystem\s+id="([^"]{1,60})"')
_HEADER = {(70, b"$INSUNITS"), (1, b"$ACADVER"), (3, b"$DWGCODEPAGE")}
_LOCAL_GRID = 1
_CURVES, _BULGE = (b"ARC", b"CIRCLE", b"ELLIPSE", b"SPLINE"), 42
ARC_DEGREES = 4  # of an arc that one segment stands for: blocks of trees hold circles by the thousand
_UTF8_SINCE = "AC1021"  # AutoCAD 2007: from there on text is UTF-8, whatever the code page says
_GDAL_NAMES = {"gb18030": "CP936", "utf-8": "UTF-8", "big5": "CP950"}
_SAMPLE_BYTES = 8_000_000
_EXTERNAL = 4 | 8 | 16 | 32  # flags of a BLOCK that stands in another file


@dataclass(frozen=True)
class Drawing:
    """What a drawing says: ``$INSUNITS``, its GEODATA, how many INSERT it has and how many of blocks it lacks."""

    unit: int = 0
    definition: str = ""
    coordinate_type: int = 0
    metres_a_unit: float | None = None
    inserts: int = 0
    unreadable: int = 0
    version: str = ""
    codepage: str = ""
    curves: int = 0  # arcs, circles, ellipses, splines and bulges of polylines
    asides: Asides = field(default_factory=Asides)

    @property
    def crs(self) -> str | None:
        """The EPSG code its coordinate system is declared by, None on a local grid or without one."""
        found = _ALIAS.search(self.definition)
        return f"EPSG:{found[1]}" if found and self.coordinate_type != _LOCAL_GRID else None


class _Curves:
    """Counts what is bent as a drawing's pairs pass by; a polyline with several bulges counts once."""

    def __init__(self) -> None:
        self.count = 0
        self._entity, self._bent = b"", False

    def add(self, code: int, value: bytes) -> None:
        """Take one pair."""
        if code == 0:
            self._entity, self._bent = value, value in _CURVES
            self.count += self._bent
        elif (
            code == _BULGE
            and not self._bent
            and self._entity in (b"LWPOLYLINE", b"VERTEX")
            and _number(value) != 0
        ):
            self._bent = True
            self.count += 1


def read_drawing(path: Path) -> Drawing:
    """Return what an ASCII DXF says of itself.

    Raises
    ------
    UnreadableFile
        Blocks within blocks make more parts than can be read.
    """
    section = entity = variable = block = b""
    found: dict[str, float] = {}
    said: dict[bytes, str] = {}
    definition: list[bytes] = []
    inserts: Counter[bytes] = Counter()
    blocks: dict[bytes, bool] = {}
    size = Expansion()
    curves, asides = _Curves(), Asides()
    for code, value in _pairs(path):
        size.add(code, value, section)
        curves.add(code, value)
        asides.add(code, value, section)
        if code == 0:
            entity = value
        elif code == 2 and entity == b"SECTION":
            section, entity = value, b""  # a header's own names have that code too
        elif section == b"HEADER":
            variable = value if code == 9 else variable
            said |= {variable: value.decode("ascii", "ignore")[:20]} if (code, variable) in _HEADER else {}
        elif section == b"BLOCKS" and entity == b"BLOCK":
            block = value if code == 2 else block
            # 70 comes after the name, as every writer puts it
            blocks |= {block: code == 70 and bool(int(_number(value)) & _EXTERNAL)} if code in (2, 70) else {}
        elif section == b"ENTITIES" and entity == b"INSERT" and code == 2:
            inserts[value] += 1  # GDAL looks blocks up by their exact name
        elif section == b"OBJECTS" and entity == b"GEODATA":
            definition += [value] if code in (301, 303) else []
            found = ({f"geodata {code}": _number(value)} if code in (40, 70) else {}) | found  # the first holds
    _refuse_endless(*size.parts_and_levels(), path.name)
    return Drawing(
        int(_number(said.get(b"$INSUNITS", "0").encode())),
        b"".join(definition).decode("utf-8", "replace").replace("^J", "\n"),
        int(found.get("geodata 70", 0)),
        found.get("geodata 40"),
        inserts.total(),
        sum(n for name, n in inserts.items() if blocks.get(name, True)),
        said.get(b"$ACADVER", ""),
        said.get(b"$DWGCODEPAGE", ""),
        curves.count,
        asides,
    )


def _refuse_endless(parts: int, levels: int, file: str) -> None:
    if parts > MOST_PARTS:
        zh = f"图块引用展开后超过 {MOST_PARTS:,} 个图元；请先分解或清理"
        en = f"its blocks, unfolded, make more than {MOST_PARTS:,} parts; explode or purge them first"
        raise refuse_file(file, zh, en)
    if levels > MOST_LEVELS:
        zh = f"图块嵌套 {levels:,} 层，最多 {MOST_LEVELS} 层；请先分解图块"
        en = f"its blocks lie {levels:,} deep in each other, where {MOST_LEVELS} is the most; explode them first"
        raise refuse_file(file, zh, en)


def wrong_unit(draft: Draft, fits: Callable[[Objects], bool]) -> Text | None:
    """Return what to say where a drawing fits only unscaled: its stated unit is a template's, not its own.

    Parameters
    ----------
    draft
        A drawing in metres by the unit it states.
    fits
        Whether coordinates could lie near the plan.
    """
    known = draft.geometry[~shapely.is_missing(draft.geometry)]
    if draft.scaled == 1.0 or not len(known) or fits(known):
        return None
    if not fits(shapely.transform(known, lambda xy: xy / draft.scaled)):
        return None
    return Text(
        "按图中说明的单位换算后不在规划附近，不换算则在附近；请说明图形单位（unit，如 m）",
        "by the unit it states it lies nowhere near the plan, unscaled it does; say its unit (such as m)",
    )


def place_drawing(draft: Draft, drawing: Drawing, file: str, unit: str = "") -> Draft:
    """Return what GDAL read of a drawing with its coordinates in metres and its declared CRS, with notes.

    Parameters
    ----------
    draft
        As GDAL read it.
    drawing
        What it says of itself.
    file
        For messages.
    unit
        What a person says its unit is (one of `UNITS`), against what it says itself.

    Raises
    ------
    UnreadableFile
        No such unit.
    """
    if unit and unit not in _SAID:
        raise refuse_file(file, f"没有单位 {unit[:20]}", f"there is no unit {unit[:20]}; {', '.join(UNITS)}")
    notes, found = list(draft.notes), list(draft.found)
    crs = drawing.crs
    if crs is not None:
        notes.append(Text(f"坐标系取自图中的 GEODATA：{crs}", f"its GEODATA declares the CRS: {crs}"))
    elif drawing.definition:
        named = _NAMED.search(drawing.definition)
        name = named[1] if named else "-"
        zh, en = f"图中的 GEODATA（{name}）", f"its GEODATA ({name})"
        local = drawing.coordinate_type == _LOCAL_GRID
        zh += "是局部坐标网，未使用" if local else "没有 EPSG 代码，请指定坐标系"
        notes.append(
            Text(zh, en + (" is of a local grid and not used" if local else " has no EPSG code; say the CRS"))
        )
    shapes, factor = draft.geometry, _factor(drawing, unit, crs, notes)
    if factor != 1.0:
        shapes = _scaled(shapes, factor)
    if drawing.curves:
        share = 1 - math.cos(math.radians(ARC_DEGREES / 2))
        zh = f"图中 {drawing.curves} 处圆弧、圆、椭圆或样条已化为折线"
        zh += f"（圆弧每段 {ARC_DEGREES} 度，偏离不超过半径的 {share:.3%}）"
        en = f"{drawing.curves} arcs, circles, ellipses, splines or bulges are made into segments"
        en += f" (arcs: {ARC_DEGREES} degrees each, at most {share:.3%} of the radius beside them)"
        notes.append(Text(zh, en))
        found.append(Found("curve", "曲线化为折线", "curves made into segments", "mended", count=drawing.curves))
    if drawing.inserts:
        zh = f"{drawing.inserts} 个图块引用（INSERT）按其组成读取"
        en = f"{drawing.inserts} INSERT (blocks) are read as their parts"
        if drawing.unreadable:
            zh += f"，其中 {drawing.unreadable} 个的图块不在文件中或是外部参照，未能读取"
            en += f"; {drawing.unreadable} of them could not be read: their blocks are not in the file"
            found.append(
                Found(
                    "block", "图块不在文件中", "its block is not in the file", "left out", count=drawing.unreadable
                )
            )
        notes.append(Text(zh, en))
    return replace(
        draft, geometry=shapes, crs=draft.crs or crs, notes=tuple(notes), found=tuple(found), scaled=factor
    )


def _scaled(shapes: Objects, factor: float) -> Objects:
    out: Objects = shapely.transform(shapes, lambda xy: xy * factor)
    raised = shapely.has_z(shapes)
    out[raised] = shapely.transform(shapes[raised], lambda xyz: xyz * factor, include_z=True)
    return out


def _factor(drawing: Drawing, unit: str, crs: str | None, notes: list[Text]) -> float:
    """Return how many metres a unit of the drawing is, and say it where it is not one."""
    if unit:
        zh, en, factor = _UNITS[_SAID[unit]]
        notes.append(Text(f"图形单位按指定为{zh}", f"the drawing's unit is {en}, as said"))
        return factor
    if crs is not None and _in_degrees(crs):
        return 1.0
    known = _UNITS.get(drawing.unit)
    stated = drawing.metres_a_unit if crs is not None else None
    if stated is not None and stated > 0 and (known is None or abs(stated - known[2]) > 1e-9 * stated):
        if stated != 1.0 or known is not None:
            zh, en = (
                f"坐标按 GEODATA 的单位（{stated:g} 米）换算为米",
                f"coordinates scaled by {stated:g} m, as GEODATA says",
            )
            notes.append(Text(f"{zh}；$INSUNITS 为 {drawing.unit}", f"{en}; $INSUNITS is {drawing.unit}"))
        return stated
    if known is None:
        notes.append(
            Text(
                "图中没有说明单位，坐标按米读取", "the drawing states no unit; its coordinates are taken as metres"
            )
        )
        return 1.0
    if known[2] != 1.0:
        notes.append(
            Text(
                f"图形单位为{known[0]}，坐标已乘以 {known[2]:.10g} 换算为米",
                f"the drawing is in {known[1]}; its coordinates are multiplied by {known[2]:.10g} to be metres",
            )
        )
    return known[2]


def _encoding(source: Source, drawing: Drawing, notes: list[Text]) -> str:
    """Return how the texts of a drawing are encoded: as said, else as its bytes read, else as it declares."""
    if source.options.encoding:
        return wide_name(source.options.encoding) or source.options.encoding
    with source.path.open("rb") as file:
        lines = [line.strip() for line in file.read(_SAMPLE_BYTES).split(b"\n") if not line.isascii()]
    if not lines:
        return ""
    declared = "utf-8" if drawing.version >= _UTF8_SINCE else wide_name(drawing.codepage)
    found = best_of(lines, dict.fromkeys(["utf-8", declared or "gb18030", "gb18030"]))
    best = found[0][0] if not found[0][1] else declared
    if drawing.version < _UTF8_SINCE and drawing.codepage and best and best != wide_name(drawing.codepage):
        zh = f"文字按 {best} 读取（图中写的是 {drawing.codepage}，但读不通）"
        notes.append(
            Text(zh, f"its text is read as {best}: as {drawing.codepage}, which it states, it makes no sense")
        )
    return best


def read_dxf(source: Source) -> Draft:
    """Read a drawing: closed lines as areas, blocks as their parts, texts as labels with their place."""
    if source.head.startswith(b"AutoCAD"):
        raise refuse_file(
            source.name, "是二进制 DXF，请另存为 ASCII DXF", "it is a binary DXF; save it as ASCII DXF"
        )
    drawing, notes = read_drawing(source.path), list[Text]()
    encoding = _encoding(source, drawing, notes)
    config = (
        {"DXF_ENCODING": _GDAL_NAMES.get(encoding, encoding), "OGR_ARC_STEPSIZE": str(ARC_DEGREES)}
        if encoding
        else {"OGR_ARC_STEPSIZE": str(ARC_DEGREES)}
    )
    draft = read_vector(source, GdalReading(config=config))
    draft = with_asides(draft, drawing.asides, encoding)
    draft = replace(draft, format="DXF", encoding=encoding or "utf-8", notes=(*notes, *draft.notes))
    return place_drawing(draft, drawing, source.name, source.options.unit)


def _in_degrees(crs: str) -> bool:
    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False


def _pairs(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield group codes and values; ends where the file is no longer in pairs."""
    with path.open("rb") as file:
        for code, value in zip(file, file, strict=False):
            try:
                yield int(code), value.strip()
            except ValueError:
                return


def _number(value: bytes) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


def _is_drawing(source: Source) -> bool:
    return source.head.startswith((b"  0", b"0\r\n", b"0\n", b"AutoCAD Binary DXF")) or source.ending == "dxf"


FORMAT = ImportFormat("DXF", Text("DXF", "DXF"), ("dxf",), _is_drawing, read_dxf, rank=25)
