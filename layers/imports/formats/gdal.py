"""Reads a file with GDAL in its own process: few drivers, no network, bounded memory and time.

Run as ``python -m layers.imports.formats.gdal <task as JSON>``; writes Parquet (properties and WKB) batch by
batch, printing a JSON line after each and one at the end. What GDAL can open by content (VRT, pipelines,
services) is not among its drivers.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from layers.imports.errors import DamagedFile, UnreadableFile
from layers.imports.library_words import words_of_library

DISK_FAILS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS)
DRIVERS = ("ESRI Shapefile", "GPKG", "FlatGeobuf", "LIBKML", "KML", "DXF")
ARC_DEGREES = 0.5  # of an arc that one segment stands for: at most 1e-5 of the radius beside it
_MEMORY_BYTES, _SECONDS = 4_000_000_000, 180
_BATCH = 65_536  # features
_NO_LAYER = "no layer "
_OF_PYTHON = re.compile(r"^[\w.]+Error: ")  # whose error it was means nothing to people
_MOST_LAYERS, _LOOK_S = 500, 1.0
_OF_QGIS = ("layer_styles", "qgis_projects")  # tables QGIS keeps beside the layers of a GeoPackage
_DISK = 100  # how the child ends when the disk fails it: this and the place of the reason in DISK_FAILS


@dataclass(frozen=True, kw_only=True)
class GdalReading:
    """How a file is read.

    Attributes
    ----------
    encoding
        Of its texts; found by the driver when empty.
    merged
        Whether all its layers are read as one, with the name of each in the column ``folder``.
    config
        Of GDAL, beside our own, for the child only.
    drivers
        Which may open it.
    seconds, memory
        How long reading may take of a processor, s (five times as long on the clock), and bytes of memory.
    """

    encoding: str = ""
    merged: bool = False
    config: Mapping[str, str] | None = None
    drivers: tuple[str, ...] = DRIVERS
    seconds: float = _SECONDS
    memory: int = _MEMORY_BYTES


USUAL = GdalReading()


def read_with_gdal(
    path: Path,
    out: Path,
    how: GdalReading = USUAL,
    *,
    layer: str = "",
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> dict[str, Any]:
    """Read one layer of a vector file, or all of them, into Parquet.

    Parameters
    ----------
    path
        In a folder of its own.
    out
        Where the Parquet goes; must not exist.
    layer
        Its layer, when it has several; the first that holds features when not said.
    how
        Encoding, drivers and bounds.
    progress
        Is told the features read and how many there are, where the file says so.

    Returns
    -------
    dict
        ``crs`` (WKT or None), ``features``, ``layers`` (names), ``chosen``, ``kind`` (as declared), ``curves``
        (how many became segments), ``empty`` (names of layers without a feature).

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
        "GDAL_SKIP": ",".join(name for name in pyogrio.list_drivers() if name not in how.drivers),
        "GDAL_HTTP_PROXY": "127.0.0.1:9",
        "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "none",
        "PROJ_NETWORK": "OFF",
    }
    task = {
        "path": str(path),
        "layer": layer,
        "encoding": how.encoding,
        "out": str(out),
        "merged": how.merged,
        "config": dict(how.config or {}),
        "drivers": list(how.drivers),
        "memory": how.memory,
        "cpu_s": math.ceil(how.seconds),
    }
    command = [sys.executable, "-m", "layers.imports.formats.gdal", json.dumps(task)]
    root = Path(__file__).resolve().parents[3]
    with tempfile.TemporaryFile() as said:
        found, code, late = _followed(
            command, root, environment, said, progress, seconds=max(how.seconds * 5, _SECONDS / 3)
        )
        said.seek(0)
        errors = said.read().decode("utf-8", "replace").strip().splitlines()
    if late:
        why = f"超过 {how.seconds:.0f} 秒", f"it took longer than {how.seconds:.0f} s"
        raise UnreadableFile(file=path.name, why_zh=why[0], why_en=why[1])
    if 0 <= code - _DISK < len(DISK_FAILS):
        number = DISK_FAILS[code - _DISK]
        raise OSError(number, os.strerror(number))
    if code != 0:
        last = _OF_PYTHON.sub("", (errors or ["-"])[-1][:200].replace(str(path.parent), ""))
        if last.startswith(_NO_LAYER):
            wanted, _, there = last.removeprefix(_NO_LAYER).partition("; it has ")
            zh, en = f"没有图层 {wanted}；有 {there}", f"it has no layer {wanted}; it has {there}"
            raise UnreadableFile(file=path.name, why_zh=zh, why_en=en)
        words = words_of_library(last)
        zh, en = f"文件损坏或格式不受支持（{words.zh}）", f"damaged or of an unsupported format ({words.en})"
        raise DamagedFile(file=path.name, why_zh=zh, why_en=en)
    return found


def _followed(
    command: list[str],
    root: Path,
    environment: dict[str, str],
    said: IO[bytes],
    progress: Callable[[float, float], None],
    *,
    seconds: float,
) -> tuple[dict[str, Any], int, bool]:
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

        deadline, ended = threading.Timer(seconds, stop), False
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


class _Aside:
    """Keeps pyogrio and pyarrow from what they load wherever it is: it takes time, and nothing here needs it."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        """Answer for these that there is no such module; others are looked for as ever."""
        if name in ("geopandas", "pandas", "pyproj", "shapely"):
            raise ModuleNotFoundError(name=name)


def _main(task: dict[str, Any]) -> None:
    if os.name == "posix":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (task["memory"], task["memory"]))
        resource.setrlimit(resource.RLIMIT_CPU, (task["cpu_s"], task["cpu_s"] + 1))
    sys.meta_path.insert(0, _Aside())
    import pyogrio  # noqa: PLC0415

    # FlatGeobuf's own Arrow reader gives garbage lengths where a text is null beside a null geometry
    # and a block of a drawing that holds lines and texts would become a collection, which no layer takes
    pyogrio.set_gdal_config_options(
        {
            "OGR_FLATGEOBUF_STREAM_BASE_IMPL": "YES",
            "DXF_MERGE_BLOCK_GEOMETRIES": "FALSE",
            "OGR_ARC_STEPSIZE": str(ARC_DEGREES),
            **task["config"],
        }
    )
    path, options = task["path"], {"encoding": task["encoding"]} if task["encoding"] else {}
    listed = [(str(name), kind) for name, kind in pyogrio.list_layers(path)][:_MOST_LAYERS]
    listed = [one for one in listed if one[0].lower() not in _OF_QGIS] or listed
    names = [name for name, _ in listed]
    counts, called = _looked_at(path, names, options, drivers=task["drivers"])
    if not counts:
        raise SystemExit("nothing in it can be read")
    wanted = _wanted(task["layer"], counts, called, names)
    spatial = [name for name, kind in listed if kind is not None and name in counts] or list(counts)
    first = wanted or next((name for name in spatial if counts[name] != 0), spatial[0])
    chosen = list(counts) if task["merged"] and not wanted else [first]
    from layers.imports.formats.gdal_rows import Rows  # noqa: PLC0415 - in the child only

    rows = Rows(task["out"], folders=task["merged"])
    total, done = sum(max(counts[name], 0) for name in chosen), 0
    for name in chosen:
        for read in rows.take(path, name, options):
            sys.stdout.write(json.dumps({"read": done + read, "of": total}) + "\n")
            sys.stdout.flush()
        done += max(counts[name], 0)
    about = rows.close()
    if "OpenFileGDB" in task["drivers"]:
        from layers.imports.formats.filegdb_about import describe_gdb  # noqa: PLC0415 - in the child only

        about["gdb"] = describe_gdb(path, first)
    empty = [name for name in counts if counts[name] == 0]
    sys.stdout.write(
        json.dumps(
            {
                **about,
                "layers": names,
                "chosen": first if len(chosen) == 1 else "",
                "empty": empty,
                "spatial": spatial,
                "stated": total,
                "placeless": len(chosen) == 1 and dict(listed).get(first) is None,
            }
        )
    )


def _looked_at(
    path: str, names: list[str], options: dict[str, str], *, drivers: list[str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Return how many features each layer that opens has, and the layers by what they may be called.

    Of hundreds of layers those not come to in time are taken to open; how many features is not known (-1).
    """
    counts: dict[str, int] = {}
    called = {name.casefold(): name for name in reversed(names)}
    began = time.process_time()
    for name in names:
        if time.process_time() - began > _LOOK_S:
            counts[name] = -1
            continue
        told = _info(path, name, options)
        if told is None:
            continue
        if told["driver"] not in drivers:
            raise SystemExit(f"driver {told['driver']}")
        counts[name] = told["features"]
        alias = str((told.get("layer_metadata") or {}).get("ALIAS_NAME") or "")
        called.setdefault(alias.casefold(), name)
    return counts, called


def _wanted(said: str, counts: dict[str, int], called: dict[str, str], names: list[str]) -> str:
    """Return the layer that was said by its name, in other letters' case, or by its alias; "" where none was."""
    wanted = said if said in counts else called.get(said.casefold(), said) if said else ""
    if wanted and wanted not in counts:
        raise SystemExit(f"{_NO_LAYER}{wanted}; it has {', '.join(names)}")
    return wanted


def _info(path: str, layer: str, options: dict[str, str]) -> dict[str, Any] | None:
    """Return what a layer says of itself, None where it cannot be opened: it costs only itself."""
    import pyogrio  # noqa: PLC0415
    from pyogrio.errors import DataLayerError, DataSourceError, FeatureError  # noqa: PLC0415

    try:
        found = pyogrio.read_info(path, layer=layer, force_feature_count=False, **dict[str, Any](options))
    except (DataLayerError, DataSourceError, FeatureError):
        return None
    return dict(found)


if __name__ == "__main__":
    try:
        _main(json.loads(sys.argv[1]))
    except OSError as error:
        if error.errno in DISK_FAILS:
            sys.exit(_DISK + DISK_FAILS.index(error.errno))
        raise
