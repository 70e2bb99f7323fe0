"""Reads a file with GDAL in its own process: few drivers, no network, bounded memory and time.

Run as ``python -m layers.imports.child <file> <layer> <encoding> <out>``; writes ``out`` (Parquet: properties and
WKB) and prints one JSON line. What GDAL can open by content (VRT, pipelines, services) is not among its drivers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from geo.errors import PlanAtlasError

_DRIVERS = ("ESRI Shapefile", "GPKG", "FlatGeobuf", "LIBKML", "KML", "DXF")
_MEMORY_BYTES, _SECONDS = 4_000_000_000, 180


class UnreadableFile(PlanAtlasError):
    """A file cannot be read as what it seems to be."""

    code = "unreadable_file"
    zh = "无法读取 {file}：{why_zh}。"
    en = "{file} cannot be read: {why_en}."


def read_with_gdal(path: Path, out: Path, *, layer: str = "", encoding: str = "") -> dict[str, Any]:
    """Read one layer of a vector file into Parquet.

    Parameters
    ----------
    path
        Shapefile, GeoPackage, FlatGeobuf, KML or DXF, in a folder of its own.
    out
        Where the Parquet goes; must not exist.
    layer
        Its layer, when it has several.
    encoding
        Of its text, for a Shapefile.

    Returns
    -------
    dict
        ``crs`` (WKT or None), ``features``, ``layers`` (names).

    Raises
    ------
    UnreadableFile
        Not such a file, damaged, too large, or reading took too long.
    """
    import pyogrio  # noqa: PLC0415 - GDAL only where a file is imported

    environment = {
        **os.environ,
        "GDAL_SKIP": ",".join(name for name in pyogrio.list_drivers() if name not in _DRIVERS),
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        "PROJ_NETWORK": "OFF",
    }
    command = [sys.executable, "-m", "layers.imports.child", str(path), layer, encoding, str(out)]
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            command, cwd=root, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False,
            start_new_session=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        why = f"超过 {_SECONDS} 秒", f"it took longer than {_SECONDS} s"
        raise UnreadableFile(file=path.name, why_zh=why[0], why_en=why[1]) from None
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["-"])[-1][:200].replace(str(path.parent), "")
        raise UnreadableFile(
            file=path.name,
            why_zh=f"文件损坏或格式不受支持（{last}）",
            why_en=f"damaged or of an unsupported format ({last})",
        )
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def _main(path: str, layer: str, encoding: str, out: str) -> None:
    if os.name == "posix":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    names = [str(name) for name, _ in pyogrio.list_layers(path)]
    driver = pyogrio.read_info(path, layer=layer or names[0])["driver"]
    if driver not in _DRIVERS:
        raise SystemExit(f"driver {driver}")
    options = {"encoding": encoding} if encoding else {}
    # FlatGeobuf's own Arrow reader gives garbage lengths where a text is null beside a null geometry
    # and a block of a drawing that holds lines and texts would become a collection, which no layer takes
    pyogrio.set_gdal_config_options(
        {"OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES", "DXF_MERGE_BLOCK_GEOMETRIES": "FALSE"}
    )
    meta, table = pyogrio.read_arrow(path, layer=layer or names[0], **options)
    geometry = meta["geometry_name"] or "wkb_geometry"
    plain = pa.table({name: table.column(name) for name in table.schema.names if name != geometry})
    whole = plain.append_column("__wkb__", table.column(geometry))
    pq.write_table(whole.replace_schema_metadata(), out)
    sys.stdout.write(
        json.dumps({"crs": meta["crs"], "features": whole.num_rows, "layers": names, "driver": driver})
    )


if __name__ == "__main__":
    _main(*sys.argv[1:5])
