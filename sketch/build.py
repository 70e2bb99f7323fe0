"""Builds the bundled layers: the tables of items joined with the drawing. Same tables, same bytes.

usage: python sketch/build.py [--check]      --check compares with the files and changes nothing
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sketch.drawing import Placement, landuse, place_all  # noqa: E402 - the checkout's root must be on the path first

TABLES, DATA = HERE / "tables", HERE.parent / "data"
OUT = DATA / "geojson"
SCHEME = "MNR-2023"
DRAWN_ONLY = ("boundary", "yangtze_bank")  # layers that are not in the plan's inventory
NO_REASON = (
    "文本只说在区内，没有写位置",
    "the document only says that it is in the zone; it states no place",
)


class Chapters:
    """Which chapter a line of the plan's text belongs to."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self._first = [int(row["first_line"]) for row in rows]
        self._names = [(row["zh"], row["en"]) for row in rows]

    def of(self, line: int) -> tuple[str, str]:
        """Return the chapter's title in both languages."""
        return self._names[bisect_right(self._first, line) - 1]


def features(layer: str, placed: Mapping[str, Placement], chapters: Chapters) -> Iterator[dict[str, Any]]:
    """Yield every item of a layer, drawn or with the reason why not."""
    for item in json.loads((TABLES / "items" / f"{layer}.json").read_text("utf-8")):
        known = dict(item)
        key = known.pop("id")
        reason = known.pop("reason_zh", None), known.pop("reason_en", None)
        chapter = chapters.of(known.pop("quote_line"))  # the chapter of the words quoted, not of the first mention
        known |= {"chapter_zh": chapter[0], "chapter_en": chapter[1]}
        known |= where(placed.get(key), reason)
        yield feature(key, known, placed.get(key))


def where(place: Placement | None, reason: tuple[str | None, str | None]) -> dict[str, Any]:
    """Return how sure the place is, or why there is none."""
    if place is None:
        zh, en = (reason[0] or NO_REASON[0]), (reason[1] or NO_REASON[1])
        return {"position": "unplaced", "uncertainty_m": None, "unplaced_reason_zh": zh, "unplaced_reason_en": en}
    return {
        "position": place.position,
        "uncertainty_m": place.uncertainty_m,
        "position_source_zh": place.source_zh,
        "position_source_en": place.source_en,
    }


def feature(key: str, known: Mapping[str, Any], place: Placement | None) -> dict[str, Any]:
    """Return a GeoJSON feature, coordinates with 7 decimals."""
    geometry = None if place is None else json.loads(shapely.to_geojson(place.geometry))
    return {"type": "Feature", "id": key, "geometry": rounded(geometry), "properties": known}


def rounded(value: Any) -> Any:  # noqa: ANN401 - nested coordinates
    """Return coordinates with at most 7 decimals."""
    if isinstance(value, float):
        return round(value, 7)
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return value


def drawn_only(placed: Mapping[str, Placement]) -> Iterator[dict[str, Any]]:
    """Yield the context features that only the drawing has."""
    names = {row["id"]: row for row in json.loads((TABLES / "items" / "context.json").read_text("utf-8"))}
    for key, place in sorted(placed.items()):
        yield feature(key, {k: v for k, v in names[key].items() if k != "id"} | where(place, (None, None)), place)


def axes(placed: Mapping[str, Mapping[str, Placement]]) -> Iterator[dict[str, Any]]:
    """Yield the axis of every zone that has one: the line the plan says it follows, as far as it lies in the zone.

    It is as far off as its line may be.
    """
    with (TABLES / "drawing" / "zones.toml").open("rb") as file:
        drawn = tomllib.load(file)["zones"]
    items = {path.stem: json.loads(path.read_text("utf-8")) for path in (TABLES / "items").glob("*.json")}
    for entry in drawn:
        if "axis" not in entry:
            continue
        layer, _, key = str(entry["along"]).partition(".")
        zone, followed = (_item(items[of], one) for of, one in (("zones", entry["id"]), (layer, key)))
        known = {name: zone[name] for name in ("name_zh", "name_en", "kind", "lines", "quote", "anomalies")}
        known |= {name: zone[name] for name in ("short_zh", "short_en") if name in zone}
        known |= {
            "zone": entry["id"],
            "line_id": key,
            "line_zh": followed["name_zh"],
            "line_en": followed["name_en"],
        }
        place, within = placed[layer][key], placed["zones"][entry["id"]].geometry
        clipped = replace(place, geometry=shapely.line_merge(place.geometry.intersection(within)))
        yield feature(entry["axis"], known | where(clipped, (None, None)), clipped)


def _item(items: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(one for one in items if one["id"] == key)


def parcels(placed: Mapping[str, Mapping[str, Placement]]) -> Iterator[dict[str, Any]]:
    """Yield the illustrative land use."""
    with (DATA / "landuse_classes.csv").open(encoding="utf-8", newline="") as file:
        names = {r["code"]: (r["name_zh"], r["name_en"]) for r in csv.DictReader(file) if r["scheme"] == SCHEME}
    for number, (code, zone, shape) in enumerate(landuse(TABLES, placed), 1):
        known = {
            "class": code,
            "name_zh": names[code][0],
            "name_en": names[code][1],
            "zone": zone,
            "position": "schematic",
            "illustrative": True,
        }
        geometry = rounded(json.loads(shapely.to_geojson(shape)))
        yield {"type": "Feature", "id": f"lu-{number:05d}", "geometry": geometry, "properties": known}


def collection(rows: Iterator[dict[str, Any]]) -> bytes:
    """Return a feature collection, one feature a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def built() -> dict[str, bytes]:
    """Return every layer's file by layer id."""
    placed = place_all(TABLES)
    chapters = Chapters(TABLES / "chapters.csv")
    out = {name: collection(drawn_only(placed[name])) for name in DRAWN_ONLY}
    for path in sorted((TABLES / "items").glob("*.json")):
        if path.stem != "context":
            out[path.stem] = collection(features(path.stem, placed.get(path.stem, {}), chapters))
    out["axes"] = collection(axes(placed))
    out["landuse"] = collection(parcels(placed))
    return out


def main() -> int:
    """Write the layers, or with --check say which differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    OUT.mkdir(exist_ok=True)
    differ = []
    for name, body in built().items():
        path = OUT / f"{name}.geojson"
        if path.is_file() and path.read_bytes() == body:
            continue
        differ.append(path.name)
        if not check:
            part = path.with_suffix(".part")
            part.write_bytes(body)
            part.replace(path)
    sys.stdout.write(("differ: " if check else "written: ") + (", ".join(differ) or "none") + "\n")
    return 1 if check and differ else 0


if __name__ == "__main__":
    sys.exit(main())
