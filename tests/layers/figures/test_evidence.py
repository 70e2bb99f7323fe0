"""Evidence: kept whole, told in part where a page draws it, the same in every file."""

from __future__ import annotations

import io
import json

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from layers.figures import evidence
from layers.figures.evidence import Evidence, evidence_frame, evidence_geojson, shown_evidence


def _pieces(count: int) -> gpd.GeoDataFrame:
    x = 120.0 + np.arange(count) * 1e-4
    shapes = [shapely.box(at, 31.9, at + 1e-5 * (1 + row), 31.9001) for row, at in enumerate(x)]
    names = [f"<b>{i}" for i in range(count)]
    return gpd.GeoDataFrame({"feature": names, "area_m2": np.arange(count) + 0.5}, geometry=shapes, crs=4490)


def test_no_pieces_are_no_evidence() -> None:
    assert Evidence.of(None) is None
    assert Evidence.of(_pieces(0)) is None


def test_every_piece_is_kept_and_the_same_pieces_give_the_same_hash() -> None:
    one, again = Evidence.of(_pieces(40)), Evidence.of(_pieces(40))
    assert one is not None
    assert again is not None
    assert one.plain() == again.plain() == {"pieces": 40, "sha256": one.sha256}
    back = evidence_frame(one.data)
    assert list(back["feature"]) == list(_pieces(40)["feature"])
    assert np.abs(back.total_bounds - _pieces(40).total_bounds).max() <= 0.5e-7


def test_many_pieces_are_written_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = _pieces(8)
    shapes = frame.geometry.to_numpy().copy()
    shapes[1], shapes[4], shapes[6] = None, shapely.Point(119, 32, 5), shapely.LineString([(120, 30), (121, 31)])
    frame = frame.assign(zone=[None, None, None, None, "z", "z", None, "y"]).set_geometry(
        gpd.GeoSeries(shapes, crs=4490)
    )
    few = Evidence.of(frame)
    monkeypatch.setattr(evidence, "_SHAPES", 3)
    many = Evidence.of(frame)
    assert few is not None
    assert many is not None
    files = [pq.ParquetFile(io.BytesIO(one.data)) for one in (few, many)]
    assert [one.num_row_groups for one in files] == [1, 3]
    whole, blocks = (one.read() for one in files)
    assert blocks.equals(whole)
    told = [one.metadata.metadata for one in files]
    assert [json.loads(one[b"geo"]) for one in told][1] == json.loads(told[0][b"geo"])
    assert json.loads(told[0][b"geo"])["columns"]["geometry"]["geometry_types"] == [
        "LineString",
        "Point Z",
        "Polygon",
    ]
    assert told[1][b"pandas"] == told[0][b"pandas"]
    assert_geodataframe_equal(evidence_frame(many.data), evidence_frame(few.data))


def test_a_page_draws_the_largest_in_the_order_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST_SHOWN", 5)
    assert list(shown_evidence(_pieces(12))["feature"]) == [f"<b>{i}" for i in range(7, 12)]
    assert len(shown_evidence(_pieces(5))) == 5


def test_geojson_is_one_collection_however_many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "_BLOCK", 3)
    frame = _pieces(8)
    told = json.loads(b"".join(evidence_geojson(frame, {"numberMatched": 8})))
    assert told["numberMatched"] == 8
    assert [f["properties"]["area_m2"] for f in told["features"]] == list(frame["area_m2"])
    back = gpd.read_file(io.BytesIO(b"".join(evidence_geojson(frame))))
    assert shapely.equals(back.geometry.to_numpy(), frame.geometry.to_numpy()).all()
    assert json.loads(b"".join(evidence_geojson(_pieces(0))))["features"] == []
