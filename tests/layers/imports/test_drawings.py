"""Drawings and archives: units, declared coordinate systems, blocks; one layer of several."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geo
from layers.imports.crs_gate import NeedsCRS
from layers.imports.errors import UnreadableFile
from layers.imports.formats.dxf import read_drawing
from layers.imports.formats.reading import read_source
from layers.imports.options import ImportOptions
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


DEFINITION = (
    '<?xml version="1.0"?>^J<Dictionary>^J<ProjectedCoordinateSystem id="CGCS2000/GK3d-105">^J<Name/>^J'
    '</ProjectedCoordinateSystem>^J<Alias id="{code}" type="CoordinateSystem">^J<ObjectId>x</ObjectId>^J'
    '<Namespace>EPSG Code</Namespace>^J</Alias>^J<Alias id="1043" type="Datum">^J<Namespace>EPSG Code</Namespace></Alias>'
)


def drawing(
    path: Path,
    *,
    unit: int | None = None,
    scale: float = 1.0,
    code: int = 0,
    kind: int = 2,
    geo_scale: float = 1.0,
    inserts: tuple[str, ...] = (),
) -> Path:
    x, y = (
        np.array(
            [shapely.get_coordinates(gpd.GeoSeries.from_wkt(["POINT (104.05 30.05)"], crs=4490).to_crs(4544))[0]]
        )
        / scale
    )[0]
    pairs: list[Any] = [0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, "AC1024"]
    pairs += [9, "$DIMSTYLE", 2, "Standard"]  # a name in the header, with the code of a section's
    pairs += [9, "$INSUNITS", 70, unit] if unit is not None else []
    pairs += [0, "ENDSEC", 0, "SECTION", 2, "BLOCKS"]
    pairs += [0, "BLOCK", 8, 0, 2, "TREE", 70, 0, 10, 0, 20, 0, 0, "CIRCLE", 8, 0, 10, 0, 20, 0, 40, 1 / scale]
    pairs += [0, "TEXT", 8, 0, 10, 0, 20, 0, 40, 1, 1, "INSERT", 0, "ENDBLK"]
    pairs += [0, "BLOCK", 8, 0, 2, "XREF", 70, 4, 10, 0, 20, 0, 1, "other.dwg", 0, "ENDBLK"]
    pairs += [0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    pairs += [0, "LINE", 8, "road", 10, x, 20, y, 11, x + 100 / scale, 21, y]
    for name in inserts:
        pairs += [0, "INSERT", 8, "t", 2, name, 10, x, 20, y]
    pairs += [0, "ENDSEC"]
    if code:
        text = DEFINITION.format(code=code)
        pairs += [
            0,
            "SECTION",
            2,
            "OBJECTS",
            0,
            "GEODATA",
            5,
            "A",
            100,
            "AcDbGeoData",
            90,
            2,
            70,
            kind,
            10,
            0,
            20,
            0,
        ]
        pairs += [40, geo_scale, 91, 6, 303, text[:250], 301, text[250:], 0, "ENDSEC"]
    path.write_text("".join(f"{one}\n" for one in [*pairs, 0, "EOF"]), "utf-8")
    return path


@pytest.mark.parametrize(
    ("unit", "scale"), [(6, 1.0), (4, 0.001), (7, 1000.0), (1, 0.0254), (2, 0.3048), (21, 1200 / 3937)]
)
def test_drawings_are_scaled_to_metres(library: Library, tmp_path: Path, unit: int, scale: float) -> None:
    report = bring(library, drawing(tmp_path / "a.dxf", unit=unit, scale=scale), crs="EPSG:4544")
    line = library.snapshot(library.layer("new")).geometry[0]
    assert line.coords[0] == pytest.approx((104.05, 30.05), abs=1e-9)
    assert geo.length_m(gpd.GeoSeries([line], crs=4490))[0] == pytest.approx(100, rel=1e-3)
    assert any("multiplied" in note.en for note in report.notes) == (scale != 1.0)


def test_a_unit_of_a_template_is_doubted_not_believed(library: Library, tmp_path: Path) -> None:
    path = drawing(tmp_path / "a.dxf", unit=4)  # says millimetres, is in metres
    with pytest.raises(UnreadableFile, match="say its unit"):
        bring(library, path, crs="EPSG:4544")
    assert "say its unit" in preview(library, path)["notes"][-1]["en"]
    assert preview(library, path, ImportOptions(unit="m"))["places"]
    bring(library, path, crs="EPSG:4544", unit="m")
    assert library.snapshot(library.layer("new")).geometry[0].coords[0] == pytest.approx((104.05, 30.05), abs=1e-9)
    with pytest.raises(UnreadableFile, match="parsec"):
        read_source(path, ImportOptions(unit="parsec"))  # type: ignore[arg-type]
    unsaid = drawing(tmp_path / "b.dxf")
    assert "states no unit" in read_source(unsaid).notes[0].en


def test_geodata_declares_the_crs(library: Library, tmp_path: Path) -> None:
    report = bring(
        library, drawing(tmp_path / "a.dxf", unit=4, code=4544)
    )  # GEODATA's metres against the template's
    assert report.crs.endswith("(EPSG:4544)")
    assert "GEODATA declares" in " ".join(note.en for note in report.notes)
    assert library.snapshot(library.layer("new")).geometry[0].coords[0] == pytest.approx((104.05, 30.05), abs=1e-9)
    with pytest.raises(NeedsCRS):
        bring(library, drawing(tmp_path / "b.dxf", code=4544, kind=1), layer="b")
    assert "local grid" in read_source(tmp_path / "b.dxf").notes[0].en
    mm = read_source(drawing(tmp_path / "c.dxf", code=4544, geo_scale=0.001, scale=0.001))
    assert mm.scaled == 0.001
    assert read_drawing(tmp_path / "c.dxf").crs == "EPSG:4544"


def test_blocks_are_counted(library: Library, tmp_path: Path) -> None:
    path = drawing(tmp_path / "a.dxf", unit=6, inserts=("TREE", "TREE", "GONE", "XREF"))
    found = read_drawing(path)
    assert (found.inserts, found.unreadable) == (4, 2)
    report = bring(library, path, crs="EPSG:4544")
    assert report.placed == 5  # a line, and twice a circle and a text
    assert "4 INSERT (blocks) are read as their parts; 2 of them could not be read" in " ".join(
        note.en for note in report.notes
    )
    assert ("block", 2, "left out") in [(one.kind, one.count, one.done) for one in report.problems]


def test_binary_drawings_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dxf").write_bytes(b"AutoCAD Binary DXF\r\n\x1a\x00" + bytes(50))
    with pytest.raises(UnreadableFile, match="binary"):
        read_source(tmp_path / "a.dxf")


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>{name}</name><Placemark><name>{name}</name>
<Point><coordinates>104.05,30.05</coordinates></Point></Placemark></Document></kml>"""


def test_kmz_is_read(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("files/icon.png", b"x")
        archive.writestr("doc.kml", KML.format(name="公园"))
    report = bring(library, tmp_path / "a.kmz")
    assert (report.format, report.placed) == ("KMZ", 1)
    assert "公园" in library.snapshot(library.layer("new")).content.values("Name")
    with zipfile.ZipFile(tmp_path / "b.kmz", "w") as archive:
        for name in ("b", "a"):
            archive.writestr(f"{name}.kml", KML.format(name=name))
    assert read_source(tmp_path / "b.kmz").layers == ("a", "b")
    assert read_source(tmp_path / "b.kmz", ImportOptions(sublayer="b")).properties.column("Name").to_pylist() == [
        "b"
    ]


def test_one_shapefile_of_several_is_chosen_by_name(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("parks", "roads"):
            gpd.GeoDataFrame({"n": [name]}, geometry=[shapely.Point(104, 30)], crs=4490).to_file(
                tmp_path / f"{name}.shp"
            )
            for part in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"{name}.{part}", f"资料/{name}.{part}")
    assert preview(library, tmp_path / "a.zip")["sublayers"] == ["parks", "roads"]
    for name in ("parks", "roads"):
        assert read_source(tmp_path / "a.zip", ImportOptions(sublayer=name)).properties.column(
            "n"
        ).to_pylist() == [name]
    assert "parks was read" in read_source(tmp_path / "a.zip").notes[-1].en
    with pytest.raises(UnreadableFile, match="parks, roads"):
        read_source(tmp_path / "a.zip", ImportOptions(sublayer="rivers"))
    (tmp_path / "n.zip").write_bytes((tmp_path / "a.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "n.zip", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read_source(tmp_path / "n.zip")


def test_arcs_become_segments_and_it_is_told_how_near(library: Library, tmp_path: Path) -> None:
    x, y = 408000, 3326000
    pairs: list[Any] = [0, "SECTION", 2, "HEADER", 9, "$INSUNITS", 70, 6, 0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"]
    pairs += [0, "ARC", 8, "a", 10, x, 20, y, 40, 50, 50, 0, 51, 90, 0, "CIRCLE", 8, "b", 10, x, 20, y, 40, 50]
    pairs += [0, "LWPOLYLINE", 8, "c", 90, 2, 70, 1, 10, x, 20, y, 42, 1, 10, x + 100, 20, y, 42, 1]
    pairs += [
        0,
        "LINE",
        8,
        "d",
        10,
        x,
        20,
        y,
        11,
        x + 9,
        21,
        y,
        0,
        "TEXT",
        8,
        "t",
        10,
        x,
        20,
        y,
        40,
        2,
        1,
        "滨江路",
    ]
    (tmp_path / "a.dxf").write_text("".join(f"{one}\n" for one in [*pairs, 0, "ENDSEC", 0, "EOF"]), "utf-8")
    report = bring(library, tmp_path / "a.dxf", crs="EPSG:4544")
    said = " ".join(note.en for note in report.notes)
    assert "3 arcs, circles, ellipses, splines or bulges are made into segments" in said
    assert "4 degrees each, at most 0.061% of the radius" in said
    found = library.snapshot(library.layer("new"))
    plane = gpd.GeoSeries(list(found.geometry), crs=4490).to_crs(4544)
    arc, circle, bulged = plane[0], plane[1], plane[2]
    assert arc.length == pytest.approx(np.pi * 25, rel=1e-3)
    assert circle.area == pytest.approx(np.pi * 2500, rel=1.3e-3)
    assert bulged.area == pytest.approx(np.pi * 2500, rel=1.3e-3)
    assert 0 < 50 - shapely.distance(shapely.get_exterior_ring(circle), shapely.Point(x, y)) < 50 * 0.00062
    assert found.content.values("Text") == [None, None, None, None, "滨江路"]
