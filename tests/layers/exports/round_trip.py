"""Twelve layers that differ in kind: what leaves in the tests of the way out and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely

from layers.features.columns import Content, content_of
from layers.library.library import Library

DATA = Path(__file__).parents[3] / "data"
RESERVED = {
    "fid": 7,
    "id": "K1",
    "feature_id": "F1",
    "geom": "g",
    "geometry": "h",
    "ogc_fid": 3,
    "planatlas": "x",
    "wkt": "text",
    "Name": "N",
    "name": "n",
    "description": "<b>d</b>",
    "timestamp": "ab",
    "icon": "i",
    "OBJECTID": 5,
    "Shape": "s",
    "编号": "e",
    "经度": "f",
}


def at(x: float, y: float) -> shapely.Point:
    return shapely.Point(104.05 + x / 1000, 30.05 + y / 1000)


def box(x: float, y: float, size: float = 0.8) -> shapely.Polygon:
    return shapely.box(104.05 + x / 1000, 30.05 + y / 1000, 104.05 + (x + size) / 1000, 30.05 + (y + size) / 1000)


def raised(shape: Any, z: float) -> Any:
    return shapely.force_3d(shape, z)


def made(shapes: list[Any], rows: list[dict[str, Any]]) -> Content:
    return content_of([f"z-{i}" for i in range(len(shapes))], shapes, rows)


def points(rows: list[dict[str, Any]]) -> Content:
    return made([at(i, i / 3) for i in range(len(rows))], rows)


def areas() -> Content:
    ring = box(0, 0).difference(shapely.box(104.0502, 30.0502, 104.0504, 30.0504))
    many = shapely.MultiPolygon([box(2, 0), box(4, 0, 0.3)])
    fine = shapely.Polygon([(104.05123456789, 30.07), (104.06, 30.07), (104.06, 30.08123456789)])
    rows = [
        {"名称": n, "面积亩": 1.5 * i, "Count": i, "count": -i}
        for i, n in enumerate(["滨江", "白屈港", "无处", "尖"])
    ]
    return made([ring, many, None, fine], rows)


def lines() -> Content:
    one = shapely.LineString([at(0, 0), at(1, 1), at(3, 1)])
    return made(
        [one, shapely.MultiLineString([[at(0, 2), at(1, 2)], [at(2, 2), at(3, 3)]])],
        [{"路名": "滨江路", "红线宽_m": 40}, {"路名": None, "红线宽_m": None}],
    )


def mixed() -> Content:
    return made(
        [box(0, 0), shapely.LineString([at(0, 2), at(1, 3)]), at(4, 4), None], [{"类": c} for c in "面线点无"]
    )


def numbers() -> Content:
    return points(
        [
            {
                "big": 9007199254740993,
                "int": 1,
                "ok": True,
                "real": 0.1 + 0.2,
                "long": "320281000000000001",
                "null": None,
            },
            {
                "big": 9223372036854775807,
                "int": None,
                "ok": None,
                "real": 12.5,
                "long": "320281000000000002",
                "null": None,
            },
            {"big": -5, "int": -2147483649, "ok": False, "real": None, "long": None, "null": None},
        ]
    )


def dates() -> Content:
    return points(
        [
            {"日": "2021-03-05", "混": "2021-03", "时刻": "2021-03-05T08:30:00+08:00", "分": "2021-03-05T08:30"},
            {"日": "1899-12-31", "混": "2021", "时刻": "2021-12-31T18:05:09+08:00", "分": "2021-12-31T18:05"},
            {"日": None, "混": None, "时刻": None, "分": None},
        ]
    )


def texts() -> Content:
    return points(
        [
            {"t": "=1+1", "u": "0012", "v": "1.10"},
            {"t": "'引号", "u": "1e5", "v": "1.1"},
            {"t": "'=x", "u": "12.5 ha", "v": "-"},
            {"t": "两\n行", "u": "2021.1", "v": "𠮷🌳한글"},
            {"t": " 空格 ", "u": 'a;b,c\t"d"', "v": "<b>&amp;"},
            {"t": "用地" * 150, "u": None, "v": "R2"},
        ]
    )


def nested() -> Content:
    return points(
        [
            {"tags": ["甲", "乙"], "o": {"a": 1, "b": [1, 2]}, "m": 1, "u": 18446744073709551615},
            {"tags": ["丙；丁"], "o": None, "m": "二", "u": 1},
            {"tags": [], "o": {"a": "x"}, "m": 2.5, "u": None},
            {"tags": None, "o": None, "m": None, "u": None},
            {"tags": None, "o": None, "m": "1", "u": None},
            {"tags": None, "o": None, "m": "true", "u": None},
            {"tags": None, "o": None, "m": True, "u": None},
        ]
    )


def heights() -> Content:
    return made([raised(at(0, 0), 8.75), raised(at(1, 1), 12.5), raised(at(2, 2), -3)], [{"n": c} for c in "abc"])


def contours() -> Content:
    shapes = [raised(box(0, 0), 13.25), raised(shapely.MultiPolygon([box(2, 0), box(4, 0)]), 20)]
    return made(shapes, [{"高程": 13.25}, {"高程": 20.0}])


def bundled(name: str, most: int) -> Content:
    library = Library(DATA)
    found = library.snapshot(library.layer(name, restricted=True)).content
    return found.take(list(range(min(most, len(found)))))  # type: ignore[arg-type]


LAYERS = {
    "areas": areas,
    "lines": lines,
    "mixed": mixed,
    "numbers": numbers,
    "dates": dates,
    "texts": texts,
    "nested": nested,
    "heights": heights,
    "contours": contours,
    "reserved": lambda: points([RESERVED, RESERVED | {"fid": 8, "wkt": None}]),
    "projects": lambda: bundled("projects", 60),
    "landuse": lambda: bundled("landuse", 80),
}


def plain(value: object) -> object:
    """Return a value so that two that are equal compare so."""
    return json.loads(json.dumps(value, ensure_ascii=False))
