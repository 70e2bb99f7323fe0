"""Reads a file with GDAL in its own process: few drivers, no network, bounded memory and time.

Run as ``python -m layers.imports.readers.gdal <file> <layer> <encoding> <out>``; writes ``out`` (Parquet:
properties and WKB) batch by batch, printing a JSON line after each and one at the end. What GDAL can open
by content (VRT, pipelines, services) is not among its drivers.
"""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from geo.errors import PlanAtlasError

DISK_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
_DRIVERS = ("ESRI Shapefile", "GPKG", "FlatGeobuf", "LIBKML", "KML", "DXF")
_MEMORY_BYTES, _SECONDS = 4_000_000_000, 180
_BATCH = 65_536  # features
_DISK = 100  # how the child ends when the disk fails it: this and the place of the reason in DISK_FAILS


class UnreadableFile(PlanAtlasError):
    """A file cannot be read as what it seems to be."""

    code = "unreadable_file"
    zh = "无法读取 {file}：{why_zh}。"
    en = "{file} cannot be read: {why_en}."


def read_with_gdal(
    path: Path, out: Path, *, layer: str = "", encoding: str = "",
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> dict[str, Any]:  # fmt: skip
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
    progress
        Is told the features read and how many there are, where the file says so.

    Returns
    -------
    dict
        ``crs`` (WKT or None), ``features``, ``layers`` (names).

    Raises
    ------
    UnreadableFile
        Not such a file, damaged, too large, or reading took too long.
    OSError
        The disk that ``out`` is on is full or fails.
    """
    import pyogrio  # noqa: PLC0415 - GDAL only where a file is imported

    environment = {
        **os.environ,
        "GDAL_SKIP": ",".join(name for name in pyogrio.list_drivers() if name not in _DRIVERS),
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        "PROJ_NETWORK": "OFF",
    }
    command = [sys.executable, "-m", "layers.imports.readers.gdal", str(path), layer, encoding, str(out)]
    root = Path(__file__).resolve().parents[3]
    with tempfile.TemporaryFile() as said:
        found, code, late = _followed(command, root, environment, said, progress)
        said.seek(0)
        errors = said.read().decode("utf-8", "replace").strip().splitlines()
    if late:
        why = f"超过 {_SECONDS} 秒", f"it took longer than {_SECONDS} s"
        raise UnreadableFile(file=path.name, why_zh=why[0], why_en=why[1])
    if 0 <= code - _DISK < len(DISK_FAILS):
        number = DISK_FAILS[code - _DISK]
        raise OSError(number, os.strerror(number))
    if code != 0:
        last = (errors or ["-"])[-1][:200].replace(str(path.parent), "")
        raise UnreadableFile(
            file=path.name,
            why_zh=f"文件损坏或格式不受支持（{last}）",
            why_en=f"damaged or of an unsupported format ({last})",
        )
    return found


def _followed(
    command: list[str], root: Path, environment: dict[str, str], said: IO[bytes],
    progress: Callable[[float, float], None],
) -> tuple[dict[str, Any], int, bool]:  # fmt: skip
    """Run the child; return its last line, how it ended, and whether it was stopped for taking too long.

    An error of ``progress`` (the import was cancelled) ends the child.
    """
    found: dict[str, Any] = {}
    late = threading.Event()
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=said, text=True, start_new_session=True
    ) as process:

        def stop() -> None:
            late.set()
            process.kill()

        deadline, ended = threading.Timer(_SECONDS, stop), False
        deadline.start()
        try:
            for line in process.stdout or ():
                found = json.loads(line) if line.startswith("{") else found
                if found.get("of"):
                    progress(found["read"], found["of"])
            ended = True
        finally:
            deadline.cancel()
            if not ended:
                process.kill()
    return found, process.returncode, late.is_set()


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
    count, rows = pyogrio.read_info(path, layer=layer or names[0], **options)["features"], 0
    with pyogrio.open_arrow(path, layer=layer or names[0], use_pyarrow=True, batch_size=_BATCH, **options) as (
        meta,
        batches,
    ):
        geometry = meta["geometry_name"] or "wkb_geometry"
        kept = [field for field in batches.schema if field.name != geometry]
        held = batches.schema.field(geometry).type
        schema = pa.schema([pa.field(f.name, f.type) for f in kept] + [pa.field("__wkb__", held)])
        with pq.ParquetWriter(out, schema) as writer:
            for batch in batches:
                columns = [batch.column(name) for name in (*(f.name for f in kept), geometry)]
                writer.write_batch(pa.record_batch(columns, schema=schema))
                rows += batch.num_rows
                sys.stdout.write(json.dumps({"read": rows, "of": max(count, 0)}) + "\n")
                sys.stdout.flush()
    sys.stdout.write(json.dumps({"crs": meta["crs"], "features": rows, "layers": names, "driver": driver}))


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:5])
    except OSError as error:
        if error.errno in DISK_FAILS:
            sys.exit(_DISK + DISK_FAILS.index(error.errno))
        raise
