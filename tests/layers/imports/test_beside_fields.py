"""What KML and GeoJSON say outside a feature's own fields is kept, as precise as it is written, and told."""

from __future__ import annotations

import json
from pathlib import Path

from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import held, library, points, said, text_file

__all__ = ["library"]
AT = "<Point><coordinates>104.0{},30.05</coordinates></Point>"


def kml(tmp_path: Path, *placemarks: str) -> Path:
    marks = "".join(f"<Placemark>{one}{AT.format(i + 1)}</Placemark>" for i, one in enumerate(placemarks))
    return text_file(
        tmp_path, f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>', "a.kml"
    )


def test_a_span_has_both_ends_and_each_its_precision(library: Library, tmp_path: Path) -> None:
    bring(
        library,
        kml(
            tmp_path,
            "<TimeSpan><begin>2020-01</begin><end>2021</end></TimeSpan>",
            "<TimeSpan><end>2022-05-06</end></TimeSpan>",
            "<TimeSpan><begin>2019</begin></TimeSpan>",
        ),
    )
    assert held(library).values("begin") == ["2020-01", None, "2019"]
    assert held(library).values("end") == ["2021", "2022-05-06", None]
    assert [(one.id, one.type) for one in library.layer("new").fields if one.id in ("begin", "end")] == [
        ("begin", "date"),
        ("end", "date"),
    ]


def test_a_moment_stays_as_it_is_written(library: Library, tmp_path: Path) -> None:
    when = "<TimeStamp><when>{}</when></TimeStamp>".format
    bring(library, kml(tmp_path, when("2022-05-06T08:00:00Z"), when("2022-05")))
    assert held(library).values("timestamp") == ["2022-05-06T08:00:00Z", "2022-05"]


def test_style_address_and_telephone_are_fields(library: Library, tmp_path: Path) -> None:
    bring(
        library,
        kml(
            tmp_path,
            "<address>澄江路1号 &amp; 2号</address><phoneNumber>0510-88</phoneNumber><styleUrl>#green</styleUrl>",
            '<styleUrl>#red</styleUrl><ExtendedData><Data name="address"><value>own</value></Data></ExtendedData>',
        ),
    )
    content = held(library)
    assert content.values("address_kml") == ["澄江路1号 & 2号", None]
    assert content.values("address") == [None, "own"]
    assert content.values("phone") == ["0510-88", None]
    assert content.values("style") == ["#green", "#red"]


def test_one_style_for_all_says_nothing(library: Library, tmp_path: Path) -> None:
    bring(library, kml(tmp_path, *["<name>a</name><styleUrl>#pushpin</styleUrl>"] * 2))
    assert "style" not in held(library).names


def test_a_collection_among_the_features(library: Library, tmp_path: Path) -> None:
    def feature(at: int) -> dict[str, object]:
        where = {"type": "Point", "coordinates": [104 + at / 100, 30.05]}
        return {"type": "Feature", "properties": {"a": at}, "geometry": where}

    def collection(*rows: object) -> dict[str, object]:
        return {"type": "FeatureCollection", "features": list(rows)}

    nested = collection(feature(1), collection(feature(2), collection(feature(3))), feature(4))
    report = bring(library, text_file(tmp_path, json.dumps(nested), "a.geojson"))
    assert held(library).values("a") == [1, 2, 3, 4]
    assert points(library) == [(104.01, 30.05), (104.02, 30.05), (104.03, 30.05), (104.04, 30.05)]
    assert "1 collection of features stands among the features; their 2 features are read" in said(report)


def test_plain_data_beside_those_of_a_schema_are_kept(library: Library, tmp_path: Path) -> None:
    schema = (
        '<Schema id="s" name="s"><SimpleField type="string" name="编号"/>'
        '<SimpleField name="层数" type="int"/></Schema>'
    )
    mark = (
        "<Placemark><TimeStamp><when>2022-05</when></TimeStamp><ExtendedData>"
        '<Data name="用地(2020)"><value>R2</value></Data><SchemaData schemaUrl="#s">'
        '<SimpleData name="编号">1.10</SimpleData><SimpleData name="层数">6</SimpleData></SchemaData></ExtendedData>'
        "<Point><coordinates>104.05,30.05</coordinates></Point></Placemark>"
    )
    head = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    bring(library, text_file(tmp_path, f"{head}{schema}{mark}</Document></kml>", "a.kml"))
    content = held(library)
    found = {name: content.values(name) for name in ("编号", "层数", "用地(2020)", "timestamp")}
    assert found == {"编号": ["1.10"], "层数": [6], "用地(2020)": ["R2"], "timestamp": ["2022-05"]}


def test_a_kml_over_50_mb_gives_what_a_small_one_gives(library: Library, tmp_path: Path) -> None:
    mark = (
        '<Placemark><ExtendedData><Data name="用地性质(2020)"><value>R2</value></Data>'
        '<Data name="用地性质/2020"><value>M1</value></Data></ExtendedData>'
        "<Point><coordinates>104.05,30.05</coordinates></Point></Placemark>"
    )
    filling = f"<!--{' ' * 51_000_000}-->"
    path = text_file(
        tmp_path,
        f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark}{filling}</Document></kml>',
        "a.kml",
    )
    bring(library, path)
    assert held(library).values("用地性质(2020)") == ["R2"] and held(library).values("用地性质/2020") == ["M1"]
