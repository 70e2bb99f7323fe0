"""Files made to fill memory or time: each is read or refused within 10 s of a processor and 1 GiB.

Every file is read in a process of its own that the system ends at 10 s of processor; what it and its children held
at most is asked of the system.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="asks the system what a process held at most"),
]
ROOT = Path(__file__).parents[3]
SECONDS, BYTES = 10, 1 << 30
READ = """
import json, resource, sys, time
from pathlib import Path
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, resource.RLIM_INFINITY))
from layers.imports.errors import UnreadableFile
from layers.imports.formats.reading import read_source
try:
    told = len(read_source(Path(sys.argv[1])).geometry)
except UnreadableFile as error:
    told = error.message("en")
own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
# Not ru_maxrss of its own: that counts what the process held that started this one.
held = next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
print(json.dumps([told, own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime,
                  max(held, children.ru_maxrss) * 1024]))
"""


def geodatabase(tmp_path: Path) -> dict[str, bytes]:
    """Return the files of a sound geodatabase of three areas."""
    frame = gpd.GeoDataFrame(
        {"name": list("abc")}, geometry=[shapely.box(104 + i, 30, 104.5 + i, 30.5) for i in range(3)], crs=4490
    )
    frame.to_file(tmp_path / "a.gdb", driver="OpenFileGDB", layer="areas")
    return {one.name: one.read_bytes() for one in (tmp_path / "a.gdb").iterdir()}


def zipped(files: dict[str, bytes], folder: str = "a.gdb/") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(folder + name, data)
    return out.getvalue()


def patched(files: dict[str, bytes], ending: str, at: int, value: bytes) -> dict[str, bytes]:
    """Return a geodatabase with bytes of every such file written over."""
    return {
        name: data[:at] + value + data[at + len(value) :] if name.endswith(ending) and len(data) > at else data
        for name, data in files.items()
    }


def workbook(sheet: bytes | Callable[[zipfile.ZipFile], None], texts: bytes = b"") -> bytes:
    """Return a workbook of one sheet of the XML given."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        if texts:
            archive.writestr("xl/sharedStrings.xml", texts)
        archive.writestr("xl/worksheets/sheet1.xml", sheet) if isinstance(sheet, bytes) else sheet(archive)
    return out.getvalue()


_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_FAR = (
    _HEAD
    + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="%s1048576"><v>1</v></c></row></sheetData></worksheet>'
)


def _long_sheet(archive: zipfile.ZipFile) -> None:
    with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as file:
        file.write(_HEAD)
        for _ in range(400):
            file.write(b"<row><c><v>1</v></c></row>" * 40_000)
        file.write(b"</sheetData></worksheet>")


def _merged(count: int) -> bytes:
    cells = "".join(f'<mergeCell ref="A{i}:XFD{i + 1}"/>' for i in range(2, 2 + 2 * count, 2))
    row = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    return _HEAD + f"{row}</sheetData><mergeCells>{cells}</mergeCells></worksheet>".encode()


def parquet(columns: dict[str, Any], rows: int) -> bytes:
    """Return a Parquet in which every row has the same values, each kept once."""
    same = pa.array([0] * rows, pa.int32())
    out = io.BytesIO()
    table = pa.table(
        {name: pa.DictionaryArray.from_arrays(same, pa.array([one])) for name, one in columns.items()}
    )
    pq.write_table(table, out, compression="zstd", store_schema=False)
    return out.getvalue()


KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
HOSTILE: dict[str, tuple[str, Callable[[Path], bytes]]] = {
    "20,000 columns": (
        "a.csv",
        lambda _: (
            "\n".join([",".join(f"c{i}" for i in range(20_000)), *[",".join(["1"] * 20_000)] * 200])
        ).encode(),
    ),
    "20,000 columns with places": (
        "a.csv",
        lambda _: (
            "\n".join(
                [
                    "lon,lat," + ",".join(f"c{i}" for i in range(20_000)),
                    *["104,30," + ",".join(["1"] * 20_000)] * 50,
                ]
            )
        ).encode(),
    ),
    "one line of 40 MB": ("a.csv", lambda _: b"lon,lat,a\n104,30," + b"x" * 40_000_000),
    "separators": ("a.csv", lambda _: b"lon;lat\n" + b";" * 20_000_000),
    "a cell far out": ("a.xlsx", lambda _: workbook(_FAR % b"XFD")),
    "a cell far down": ("a.xlsx", lambda _: workbook(_FAR % b"ZZ")),
    "a sheet that inflates": ("a.xlsx", lambda _: workbook(_long_sheet)),
    "one long text in a million cells": (
        "a.xlsx",
        lambda _: workbook(
            _HEAD + (b"<row>" + b'<c t="s"><v>0</v></c>' * 50 + b"</row>") * 20_000 + b"</sheetData></worksheet>",
            b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>",
        ),
    ),
    "texts of 400 MB": (
        "a.xlsx",
        lambda _: workbook(_HEAD + b"</sheetData></worksheet>", b"<sst><si><t>" + b"x" * 400_000_000),
    ),
    "one long text in every row": (
        "a.parquet",
        lambda _: parquet({"lon": 104.0, "lat": 30.0, "t": "x" * 10**6}, 2_000),
    ),
    "one place in 60 million rows": ("a.parquet", lambda _: parquet({"lon": 104.0, "lat": 30.0}, 60_000_000)),
    "merged over all": ("a.xlsx", lambda _: workbook(_merged(50_000))),
    "geodatabase of zeros": ("a.zip", lambda _: zipped({"a00000001.gdbtable": bytes(700_000_000)})),
    "geodatabase with rows it has not": (
        "a.zip",
        lambda p: zipped(patched(geodatabase(p), ".gdbtable", 4, struct.pack("<I", 2**31 - 1))),
    ),
    "geodatabase with a row of 2 GB": (
        "a.zip",
        lambda p: zipped(patched(geodatabase(p), ".gdbtable", 8, struct.pack("<I", 2**31 - 1))),
    ),
    "geodatabase with blocks it has not": (
        "a.zip",
        lambda p: zipped(patched(geodatabase(p), ".gdbtablx", 4, struct.pack("<II", 2**31 - 1, 2**31 - 1))),
    ),
    "geodatabase with fields it has not": (
        "a.zip",
        lambda p: zipped(patched(geodatabase(p), ".gdbtable", 40, b"\xff" * 12)),
    ),
    "geodatabase cut off": (
        "a.zip",
        lambda p: zipped({name: data[: len(data) // 2] for name, data in geodatabase(p).items()}),
    ),
    "a zip in a geodatabase": (
        "a.zip",
        lambda p: zipped({**geodatabase(p), "a00000009.zip": zipped({"x": bytes(50_000_000)})}),
    ),
    "many geodatabases": (
        "a.zip",
        lambda _: zipped({f"{i}.gdb/a00000001.gdbtable": b"x" for i in range(20_000)}, ""),
    ),
    "tags never closed": (
        "a.kml",
        lambda _: KML.format("<GroundOverlay>" * 500_000 + '<Data name="a' * 500_000).encode(),
    ),
    "folders without end": ("a.kml", lambda _: KML.format("<Folder><name>a</name></Folder>" * 20_000).encode()),
    "fields without end": (
        "a.kml",
        lambda _: KML.format(
            "".join(
                f'<Placemark><ExtendedData><Data name="字{i}"><value>1</value></Data></ExtendedData></Placemark>'
                for i in range(5_000)
            )
        ).encode(),
    ),
    "other names in every feature": (
        "a.geojson",
        lambda _: json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "geometry": None, "properties": {f"k{i}_{j}": 1 for i in range(400)}}
                    for j in range(500)
                ],
            }
        ).encode(),
    ),
    "deep JSON": ("a.geojson", lambda _: b'{"type":"FeatureCollection","features":' + b"[" * 5_000_000),
    "curves with points they have not": (
        "a.csv",
        lambda _: (
            b"id,geom\n"
            + b"".join(
                b"%d,01%s\n" % (i, struct.pack("<II", 8 + i % 5, 2**31 - 1).hex().encode()) for i in range(20_000)
            )
        ),
    ),
    "curves within curves": ("a.csv", lambda _: b"id;wkt\n1;" + b"COMPOUNDCURVE(" * 200_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_costs_10_s_and_1_gib_at_most(tmp_path: Path, name: str) -> None:
    file, make = HOSTILE[name]
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / file
    path.write_bytes(make(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", READ.format(seconds=SECONDS), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told, seconds, held = json.loads(done.stdout.splitlines()[-1])
    print(f"{name}: {seconds:.1f} s, {held / 1e6:,.0f} MB: {str(told)[:120]}")  # noqa: T201 - shown with -rP
    assert seconds < SECONDS
    assert held < BYTES
