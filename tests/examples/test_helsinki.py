"""A second plan, of real open data, in another country: replacing the folder is enough."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyproj
import pytest
import shapely

from layers.figures.figure import Figure
from layers.library.library import Library
from layers.plan.statistics import read_promises
from tests.answered import answered
from webapp import create_app
from webapp.settings import read_settings

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "examples" / "helsinki"
GEOD = pyproj.Geod(ellps="WGS84")
STATISTICS = read_promises(PLAN).statistics
MISSING = {"tree_canopy"}  # its layer is not in the data: it says so


@pytest.fixture(scope="module")
def library() -> Library:
    return Library(PLAN)


@pytest.fixture(scope="module")
def figures(library: Library) -> dict[str, Figure]:
    return {key: answered(library, one) for key, one in STATISTICS.items()}


def shapes(layer: str, **wanted: str) -> dict[str, Any]:
    rows = json.loads((PLAN / "geojson" / f"{layer}.geojson").read_text())["features"]
    return {
        row["id"]: shapely.make_valid(shapely.from_geojson(json.dumps(row["geometry"])))
        for row in rows
        if row["geometry"] and all(row["properties"].get(k) == v for k, v in wanted.items())
    }


def area_m2(shape: Any) -> float:
    """Geodesic area of a shape whose edges, straight in longitude and latitude, are cut so short that both agree."""
    return abs(float(GEOD.geometry_area_perimeter(shapely.segmentize(shape, 1e-5))[0]))


def test_the_layers_are_what_the_extract_says() -> None:
    told = subprocess.run(
        [sys.executable, "examples/build_helsinki.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, told.stdout) == (0, "differ: none\n"), told.stderr


def test_everything_declared_is_read() -> None:
    assert Library(PLAN).catalog.problems == ()
    assert read_promises(PLAN).problems == ()


def test_the_source_is_named_wherever_data_are_shown(library: Library) -> None:
    for layer in library.catalog.layers.values():
        assert "© OpenStreetMap contributors" in layer.source.en and "ODbL" in layer.licence.en, layer.id
        assert "© OpenStreetMap 贡献者" in layer.source.zh and "ODbL" in layer.licence.zh, layer.id


def test_what_the_edge_cuts_has_a_row_and_a_reason_but_no_shape(library: Library) -> None:
    west, south, east, north = next(iter(shapes("extent").values())).bounds
    for name in ("parks", "buildings", "blocks", "homes"):
        snapshot = library.snapshot(library.layer(name))
        bare = [f for f in snapshot.features if f.geometry is None]
        assert bare and all(f.properties["unplaced_reason_en"] for f in bare), name
        for shape in shapes(name).values():  # and what has one lies within the frame
            box = shape.bounds
            assert west <= box[0] and south <= box[1] and box[2] <= east and box[3] <= north


@pytest.mark.parametrize("key", sorted(STATISTICS))
def test_every_statistic_with_its_layers_is_computed(key: str, figures: dict[str, Figure]) -> None:
    figure = figures[key]
    if key in MISSING:
        assert figure.state == "not_computable" and figure.value is None
        assert figure.sentence.en == "Not computable: needs a layer of tree canopy."
        return
    assert figure.state == "computed" and figure.value is not None and math.isfinite(figure.value)
    assert figure.sentence.zh and figure.sentence.en


def test_areas_are_those_of_another_computation(figures: dict[str, Figure]) -> None:
    whole = area_m2(next(iter(shapes("extent").values())))
    parks = shapely.union_all(list(shapes("parks").values()))
    assert figures["park_share"].value == pytest.approx(100 * area_m2(parks) / whole, rel=1e-9)
    blocks = shapely.union_all(list(shapes("blocks").values()))
    built = shapely.union_all(list(shapes("buildings").values())).intersection(blocks)
    assert figures["building_coverage"].value == pytest.approx(100 * area_m2(built) / area_m2(blocks), rel=1e-9)


def test_lengths_are_those_of_another_computation(figures: dict[str, Figure]) -> None:
    frame = next(iter(shapes("extent").values()))
    ways = shapes("streets", group="main").values()
    metres = sum(GEOD.geometry_length(way.intersection(frame)) for way in ways)
    assert figures["street_density"].value == pytest.approx(metres / 1000 / (area_m2(frame) / 1e6), rel=1e-9)


def test_a_walk_is_never_shorter_than_the_straight_line(figures: dict[str, Figure]) -> None:
    assert 0 < figures["park_300_walk"].value < figures["park_300"].value <= 100


def test_parts_sum_to_the_whole(figures: dict[str, Figure]) -> None:
    *parts, total = (row["count"] for row in figures["services"].rows)
    assert sum(parts) == total == figures["services"].value == 102


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Any:
    given = {"data": str(PLAN), "instance": str(tmp_path_factory.mktemp("instance"))}
    return create_app(read_settings({}, given)).test_client()


PAGES = (
    "/",
    "/about",
    "/statistics",
    "/indicators",
    "/unplaced",
    "/briefing",
    "/limits",
    "/login",
    "/api/catalog",
    "/api/layers",
    "/api/statistics",
    "/api/indicators",
    "/api/anomalies",
    "/api/views",
    "/api/messages",
    "/api/openapi.json",
    "/api/site?lon=24.9443&lat=60.1717",
    "/render/landuse.json",
    "/export/blocks.html",
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_no_page_knows_of_the_first_plan(page: str, language: str, client: Any) -> None:
    answered = client.get(f"{page}{'&' if '?' in page else '?'}lang={language}")
    assert answered.status_code == 200
    assert re.findall("江阴|高新区|长江|Jiangyin|High-tech Zone|Yangtze|澄高管", answered.text) == []


def test_names_are_found_in_every_language_the_data_have(client: Any) -> None:
    for text in ("Kaisaniemi Park", "Kajsaniemiparken", "Kaisaniemen puisto"):
        hits = client.get("/api/search", query_string={"q": text}).get_json()["results"]
        assert "r6627217" in {hit["id"] for hit in hits}, (text, hits)
