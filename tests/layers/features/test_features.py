"""Feature files: strict reading, every fault told, nothing wrong let through, the rest kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from layers.errors import LayerUnavailable
from layers.features.snapshot import Snapshot
from layers.figures.inputs import layer_frame
from layers.library.library import Library
from tests.small_plan import CATALOG, feature, line, point, square, write_layer, write_plan


def _snapshot(folder: Path, features: list[Any], layer: str = "zones") -> Snapshot:
    write_plan(folder / "p")
    write_layer(folder / "p", layer, features)
    library = Library(folder / "p")
    return library.snapshot(library.layer(layer))


def test_good_features_are_kept_as_they_are(tmp_path: Path) -> None:
    given = feature("z-1", square(104, 30, 0.1), name_zh="东区", n=None, share=0.1)
    found = _snapshot(tmp_path, [given])
    assert found.problems == ()
    assert json.loads(found.features[0].json) == given
    frame = layer_frame(found, "EPSG:4549")
    assert frame.crs.to_epsg() == 4326
    assert list(frame.index) == ["z-1"]


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (
            {"type": "Polygon", "coordinates": [[[30.0, 104.0], [30.1, 104.0], [30.1, 104.1], [30.0, 104.0]]]},
            "swapped",
        ),
        ({"type": "Polygon", "coordinates": [[[5e5, 3e6], [6e5, 3e6], [6e5, 4e6], [5e5, 3e6]]]}, "not_degrees"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], [1, 2], [3, 4], ["a", "b"]]]}, "position"),
        ({"type": "Polygon", "coordinates": [[[True, False], [1, 2], [3, 4], [True, False]]]}, "position"),
        ({"type": "Polygon", "coordinates": [[[1], [1], [1], [1]]]}, "position"),
        ({"type": "Polygon", "coordinates": None}, "coordinates"),
        ({"type": "Polygon", "coordinates": []}, "coordinates"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [104.1, 30]]]}, "invalid"),
        ({"type": "Polygon", "coordinates": [[[104, 30]]]}, "unreadable"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [104, 30], [104, 30], [104, 30]]]}, "invalid"),
        ({"type": "Point", "coordinates": [104, 30]}, "wrong_type"),
        ({"type": "GeometryCollection", "geometries": []}, "wrong_type"),
        ({"type": {}, "coordinates": []}, "wrong_type"),
        ({"type": ["Polygon"], "coordinates": []}, "wrong_type"),
        ("text", "wrong_type"),
    ],
)
def test_a_geometry_that_cannot_be_used_stays_off_the_map_with_a_reason(
    tmp_path: Path, geometry: Any, code: str
) -> None:
    found = _snapshot(tmp_path, [feature("bad", geometry), feature("good", square(104, 30, 0.1))])
    assert [p.code for p in found.problems] == [code]
    assert found.problems[0].feature == "bad"
    assert found.find("bad").geometry is None
    assert found.placed == 1


def test_repairs_are_told(tmp_path: Path) -> None:
    bow = {"type": "Polygon", "coordinates": [[[104, 30], [104.1, 30.1], [104.1, 30], [104, 30.1], [104, 30]]]}
    unclosed = {"type": "Polygon", "coordinates": [[[104, 30], [104.1, 30], [104.1, 30.1]]]}
    found = _snapshot(tmp_path, [feature("bow", bow), feature("open", unclosed)])
    assert [p.code for p in found.problems] == ["repaired", "ring_closed"]
    assert all(f.geometry.is_valid for f in found.features)
    assert all("已" in p.zh for p in found.problems)


def test_ids_are_made_unique_and_told(tmp_path: Path) -> None:
    rows = [feature("a", None), feature("a", None), {"type": "Feature", "geometry": None, "properties": None}, 7]
    found = _snapshot(tmp_path, rows)
    assert [f.id for f in found.features] == ["a", "a-2", "row-2"]
    assert [p.code for p in found.problems] == ["duplicate_id", "no_id", "not_a_feature"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{",
        b'{"type":"FeatureCollection"}',
        b'{"features":{}}',
        b'{"features":[nan]}',
        "{'a'}".encode("utf-16"),
        b'{"features":' + b"[" * 100_000,
        b'{"crs":{"type":"link","properties":{"href":"http://127.0.0.1:9/x"}},"features":[]}',
        b'{"crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[]}',
        '{"features":[{"type":"Feature","properties":{"n":"滨江"}}]}'.encode("gbk"),
    ],
)
def test_a_file_that_is_no_feature_collection_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = write_plan(tmp_path / "p")
    (folder / "geojson" / "zones.geojson").write_bytes(content)
    library = Library(folder)
    with pytest.raises(LayerUnavailable) as caught:
        library.snapshot(library.layer("zones"))
    assert "geojson/zones.geojson" in caught.value.message("zh")
    assert [s.layer.id for s in library.readable()] == ["rivers", "sites"]


def test_a_missing_file_or_one_outside_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "p")
    (folder / "geojson" / "zones.geojson").unlink()
    (tmp_path / "secret.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    catalog = (folder / "catalog.toml").read_text("utf-8").replace("geojson/rivers", "../secret")
    (folder / "catalog.toml").write_text(catalog, "utf-8")
    library = Library(folder)
    with pytest.raises(LayerUnavailable, match="missing"):
        library.snapshot(library.layer("zones"))
    with pytest.raises(LayerUnavailable, match="leaves the data folder"):
        library.snapshot(library.layer("rivers"))


def test_the_version_is_the_content(tmp_path: Path) -> None:
    one = _snapshot(tmp_path / "a", [feature("a", square(104, 30, 0.1))])
    same = _snapshot(tmp_path / "b", [feature("a", square(104, 30, 0.1))])
    other = _snapshot(tmp_path / "c", [feature("a", square(104, 30, 0.2))])
    assert one.version == same.version != other.version


def test_a_layer_without_places_works(tmp_path: Path) -> None:
    found = _snapshot(tmp_path, [feature("a", None)])
    assert found.bounds is None
    assert found.placed == 0
    assert len(found.features) == 1


def test_points_and_lines_are_read(tmp_path: Path) -> None:
    assert _snapshot(tmp_path / "a", [feature("p", point(104, 30))], "sites").bounds == (104, 30, 104, 30)
    assert _snapshot(tmp_path / "b", [feature("l", line((104, 30), (105, 31)))], "rivers").placed == 1


@pytest.mark.parametrize("datum", ["GCJ02", "BD09"])
def test_shifted_data_are_moved_to_where_they_belong(tmp_path: Path, datum: str) -> None:
    given = {"GCJ02": (120.30462841, 31.89806645), "BD09": (120.31120367, 31.90371141)}[datum]
    folder = write_plan(
        tmp_path / "p", catalog=CATALOG.replace('geometry = "point"', f'geometry = "point"\ndatum = "{datum}"')
    )
    write_layer(folder, "sites", [feature("s", point(*given))])
    library = Library(folder)
    found = library.snapshot(library.layer("sites")).features[0]
    assert found.geometry.x == pytest.approx(120.3, abs=2e-8)
    assert found.geometry.y == pytest.approx(31.9, abs=2e-8)
    assert json.loads(found.json)["geometry"]["coordinates"] == pytest.approx([120.3, 31.9], abs=2e-8)
