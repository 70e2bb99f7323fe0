"""A File Geodatabase comes in as a zipped folder: every sublayer told, aliases, domains; bombs are refused.

``files/bureau.gdb.zip`` was made with GDAL 3.6 of Debian: two feature classes (EPSG:4528, one in a feature dataset), a
table, aliases, a coded and a range domain.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from layers.imports.errors import UnreadableFile
from layers.imports.formats.filegdb_about import domain_of, relationship_of
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan
from tests.waiting import processor_s

pytestmark = pytest.mark.slow

BUREAU = Path(__file__).parent / "files" / "bureau.gdb.zip"
RELATED = """<typens:DERelationshipClassInfo xmlns:typens="http://www.esri.com/schemas/ArcGIS/10.3">
<Name>DLTB_QLR</Name><Cardinality>esriRelCardinalityOneToMany</Cardinality>
<OriginClassNames><Name>DLTB</Name></OriginClassNames><DestinationClassNames><Name>QLR</Name></DestinationClassNames>
</typens:DERelationshipClassInfo>"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "plan"))


def test_what_it_says_of_itself_is_taken_over(library: Library) -> None:
    report = bring(library, BUREAU)
    layer = library.layer("new")
    fields = {one.id: one for one in layer.fields}
    assert fields["DLBM"].label.zh == "地类编码"
    assert {code: text.zh for code, text in fields["DLBM"].values.items()} == {
        "R2": "二类居住用地",
        "M1": "一类工业用地",
    }
    content = library.snapshot(layer).content
    assert content.values("BSM") == ["320281000000000001", "320281000000000002"]
    assert content.values("TBMJ") == [12345.67, None]
    assert layer.datum == "CGCS2000"
    said = " ".join(note.zh for note in report.notes)
    for word in (
        "XMZD（项目站点） Point Z 1",
        "QLR（权利人） 表 1",
        "TBMJ=图斑面积",
        "R2=二类居住用地",
        "0 – 100",
    ):
        assert word in said


def with_an_arc(folder: Path) -> Path:
    """Write a geodatabase of one line from (0, 0) to (100, 0), and bend it over (50, 50): GDAL writes no arcs.

    References
    ----------
    ESRI, Extended Shapefile Record Format (2012): a general polyline with one segment that is a circular arc.
    """
    line = shapely.LineString([(529350, 3529866), (529450, 3529866)])
    gpd.GeoDataFrame({"name": ["环路"]}, geometry=[line], crs=4549).to_file(folder / "a.gdb", driver="OpenFileGDB")
    table = max((folder / "a.gdb").glob("a*.gdbtable"))
    data, at = table.read_bytes(), int.from_bytes(table.with_suffix(".gdbtablx").read_bytes()[16:21], "little")
    row = data[at + 4 :]
    size, shape, rest = row[1], row[2 : 2 + row[1]], row[2 + row[1] :]
    assert (size, shape[:3]) == (len(shape), b"\x03\x02\x01"), "a polyline of two points in one part"
    kind = bytes((50 | 0x80, 0x80, 0x80, 0x80, 0x02))  # 50, with the flag of curves, seven bits a byte
    arc = bytes((0, 1)) + struct.pack("<ddI", 529400.0, 3529916.0, 0x80)  # segment 0 goes over this point
    bent = kind + shape[1:3] + b"\x01" + shape[3:] + arc
    row = row[:1] + bytes((len(bent),)) + bent + rest
    whole = bytearray(data[:at] + struct.pack("<I", len(row)) + row)
    struct.pack_into("<I", whole, 8, len(row))
    struct.pack_into("<Q", whole, 24, len(whole))
    table.write_bytes(whole)
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for one in (folder / "a.gdb").iterdir():
            archive.write(one, f"a.gdb/{one.name}")
    return folder / "a.zip"


def test_an_arc_becomes_segments_and_is_told(library: Library, tmp_path: Path) -> None:
    report = bring(library, with_an_arc(tmp_path))
    held = library.snapshot(library.layer("new")).content.geometry[0]
    assert shapely.get_num_coordinates(held) >= 361  # half a circle, a segment each half degree at least
    assert "1 feature holds curves, made into segments of 0.5 degrees" in " ".join(n.en for n in report.notes)


@pytest.mark.parametrize("said", ["XMZD", "项目站点", "xmzd"])
def test_a_sublayer_is_named_by_its_name_or_its_alias(library: Library, said: str) -> None:
    bring(library, BUREAU, sublayer=said)
    assert len(library.snapshot(library.layer("new")).features) == 1


def test_a_sublayer_that_is_not_there_is_told_with_those_that_are(library: Library) -> None:
    with pytest.raises(UnreadableFile, match="has no layer 不存在; it has DLTB, XMZD, QLR"):
        bring(library, BUREAU, sublayer="不存在")


def test_another_sublayer_with_heights(library: Library) -> None:
    bring(library, BUREAU, sublayer="XMZD")
    found = library.snapshot(library.layer("new"))
    assert found.geometry[0].z == 8.75
    assert found.content.values("MC") == ["滨江站"]


def test_the_preview_lists_what_can_be_chosen(library: Library) -> None:
    assert preview(library, BUREAU)["sublayers"] == ["DLTB", "XMZD", "QLR"]


def test_a_table_without_places_says_where_to_go(library: Library) -> None:
    with pytest.raises(UnreadableFile, match="QLR"):
        bring(library, BUREAU, sublayer="QLR")


def test_a_relationship_class_is_told_and_coded_values_become_words(library: Library) -> None:
    """``related.gdb.zip`` was made with GDAL 3.6 of Debian: 1 居住, 2 工业 of a domain, and a 9 that is not in it."""
    report = bring(library, Path(__file__).parent / "files" / "related.gdb.zip")
    said = " ".join(note.en for note in report.notes)
    assert "relationship classes are not imported: parcels_owners: parcels → owners (OneToMany)" in said
    assert "the domain of kind is 用地性质: 1=居住, 2=工业" in said
    assert "owners table 1" in said
    field = next(one for one in library.layer("new").fields if one.id == "kind")
    assert {code: text.zh for code, text in field.values.items()} == {"1": "居住", "2": "工业"}
    assert library.snapshot(library.layer("new")).content.values("kind") == [1, 2, 9], "the codes stay codes"


def test_relationships_and_domains_are_read_from_their_definitions() -> None:
    kind = "{B606A7E1-FA5B-439C-849C-6E9C2481537B}"
    found = relationship_of(kind, RELATED)
    assert found == {"name": "DLTB_QLR", "origin": "DLTB", "destination": "QLR", "cardinality": "OneToMany"}
    assert relationship_of("{0}", RELATED) is None
    entity = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><GPRangeDomain2><DomainName>&a;</DomainName></GPRangeDomain2>'
    assert "root:" not in str(domain_of(entity))


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def members() -> dict[str, bytes]:
    with zipfile.ZipFile(BUREAU) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("kind", ["zeros", "many rows", "cut", "compressed", "noise"])
def test_hostile_geodatabases_are_refused_in_time(library: Library, tmp_path: Path, kind: str) -> None:
    held = members()
    first = next(name for name in held if name.endswith("a00000001.gdbtable"))
    largest = max((n for n in held if n.endswith(".gdbtable")), key=lambda n: len(held[n]))
    if kind == "zeros":
        held[largest] = held[largest] + bytes(300_000_000)
    elif kind == "many rows":  # the header of every table promises two thousand million rows
        held = {n: d[:4] + b"\xff\xff\xff\x7f" + d[8:] if n.endswith(".gdbtable") else d for n, d in held.items()}
    elif kind == "cut":
        held = {n: d[: len(d) // 2] for n, d in held.items()}
    elif kind == "compressed":
        held |= {first.replace("a00000001.gdbtable", "a0000000b.cdf"): b"x"}
    else:
        held[largest] = bytes(range(256)) * 400
    path = packed(tmp_path / "hostile.gdb.zip", held)
    before = processor_s()
    try:
        bring(library, path)
    except UnreadableFile as error:
        assert "hostile.gdb.zip" in error.message("zh")
    else:
        assert kind in ("many rows", "noise"), "what GDAL itself mends or leaves out"
    assert processor_s() - before < 60, "the child's own deadline is some 10 s"
    assert library.catalog.layers.keys() >= {"zones"}
