"""What does not arrive is counted where the person who brought it reads: in the report of preview and import."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.conftest import issue
from tests.webapp.layers.test_imports import bring, finished

pytestmark = pytest.mark.slow

POINT = {"type": "Point", "coordinates": [104.05, 30.05]}
KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>a</name>
<Point><coordinates>104.05,30.05</coordinates></Point></Placemark>
<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>
<NetworkLink><Link><href>http://127.0.0.1:1/y.kml</href></Link></NetworkLink></Document></kml>"""


def collection(*features: str) -> bytes:
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()


def one(properties: str = "{}", geometry: str = json.dumps(POINT), key: str = "geometry") -> str:
    return f'{{"type":"Feature","properties":{properties},"{key}":{geometry}}}'


@pytest.fixture
def reported(app: Flask, client: FlaskClient) -> Callable[[bytes, str], tuple[str, list[dict[str, Any]]]]:
    editor = issue(app, "layers:write")

    def report(data: bytes, name: str) -> tuple[str, list[dict[str, Any]]]:
        key = bring(client, data, name, editor, step=1 << 20)
        wanted = {"layer": "new", "label_zh": "新", "crs": "EPSG:4490"}
        seen = finished(client, client.post(f"/api/uploads/{key}/preview", json={}, headers=editor))
        done = finished(client, client.post(f"/api/uploads/{key}/import", json=wanted, headers=editor))
        assert done["error"] is None, done
        told = [note["en"] for note in done["rows"]["notes"]]
        assert all(note["zh"] and note["zh"] != note["en"] for note in done["rows"]["notes"])
        before = " ".join(note["en"] for note in seen["rows"]["notes"])
        assert seen["error"] is None
        held = client.get("/layers/new.geojson").get_json()["features"]
        return " | ".join(told) + " || " + before, held

    return report


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (collection(one(), one("[1]"), one('"x"')), "a.geojson", "properties of 2 features are no object"),
        (collection(one(), one(key="geom")), "a.geojson", "member geom"),
        (collection(one('{"a":1,"a":2}'), one('{"a":1}')), "a.geojson", "give a key twice"),
        (collection(one('{"a":"x\\u0000y\\u0000"}')), "a.geojson", "2 NUL characters were taken out"),
        (collection(one(), "null", "7"), "a.geojson", "2 members are no features"),
        (KML.encode(), "a.kml", "2 network links"),
    ],
)
def test_it_is_counted(reported: Callable[[bytes, str], Any], data: bytes, name: str, words: str) -> None:
    told, held = reported(data, name)
    in_import, _, in_preview = told.partition(" || ")
    assert words in in_import
    assert words in in_preview
    assert held


def test_long_numbers_arrive_digit_by_digit(reported: Callable[[bytes, str], Any]) -> None:
    numbers = (2**64, -(2**63) - 1, 2**53 + 1, 10**29 + 1)
    _, held = reported(collection(*(one(f'{{"n":{number}}}') for number in numbers)), "a.geojson")
    assert [str(feature["properties"]["n"]) for feature in held] == [str(number) for number in numbers]


def test_every_height_arrives_or_is_counted(reported: Callable[[bytes, str], Any]) -> None:
    _, held = reported(
        collection(one(geometry='{"type":"Point","coordinates":[104.05,30.05,12.345678]}')), "a.geojson"
    )
    assert 12.345678 in [*held[0]["geometry"]["coordinates"], *held[0]["properties"].values()]


@pytest.mark.parametrize("cut_b", [30, 100, 250])
def test_a_shapefile_that_is_cut_off_tells_how_many_are_lost(
    reported: Callable[[bytes, str], Any], tmp_path: Path, cut_b: int
) -> None:
    boxes = [shapely.box(104.05 + i / 1000, 30.05, 104.0505 + i / 1000, 30.051) for i in range(5)]
    gpd.GeoDataFrame({"n": range(5)}, geometry=boxes, crs=4490).to_file(tmp_path / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj"):
            data = (tmp_path / f"a.{ending}").read_bytes()
            archive.writestr(f"a.{ending}", data[:-cut_b] if ending == "shp" else data)
    lost = -(-cut_b // 136)  # a record of a rectangle: 8 bytes before it, 128 of its own
    told, held = reported((tmp_path / "a.zip").read_bytes(), "a.zip")
    assert len(held) == 5
    assert sum(feature["geometry"] is None for feature in held) == lost
    assert f"the .shp is cut off: the shapes of {lost} feature" in told
