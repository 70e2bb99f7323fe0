"""One command: `python -m benchmarks.importing [--parcels 1M]`; imports and opens them every way, writes a page.

The same parcels lie in a GeoPackage and in a table of a PostGIS server started for the run; each way is a process
of its own, and the server's processes are watched besides.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from benchmarks import generate, report
from benchmarks.measure import peak_mb
from benchmarks.postgresql import Server
from benchmarks.questions import count_of
from layers.imports.database import Named, TakeBounds, take_table
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library.library import Library

CATALOG = """
[plan]
id = "bench"
title = {zh = "测试", en = "Bench"}
subtitle = {zh = "测试", en = "bench"}
document = {zh = "测试", en = "bench"}
document_no = "B"
document_date = "2024-05-01"
bounds = [120.0, 31.6, 120.6, 32.1]
center = [120.3, 31.8]
zoom = 11
plane_crs = "EPSG:4549"
notice = {zh = "示意", en = "Schematic"}
[groups.space]
label = {zh = "空间", en = "Space"}
"""
HEAD = """# Importing and opening a million parcels

Written by `python -m benchmarks.importing`; one run on one machine.

Machine: {machine}. Load before and after the run: {load}.

Data: {count:,} parcels of 20 vertices with five fields, EPSG:4549, in a GeoPackage ({size} MB) and as a table of
a PostGIS server on the same machine. Importing is everything: reading, the coordinate gate, checks of every
geometry, recognising fields, writing the version and the catalog. Peak memory is that of the importing process
(its GDAL child holds {child} MB at the most); of the server's processes the private part, with the shared buffers
once. Opening is reading the layer's newest version into the service, in a fresh process.

| from | store | import s | peak MB | server MB | open s | peak MB |
|---|---|--:|--:|--:|--:|--:|
"""
STORES = {"folder": "in the data folder", "postgis": "PostGIS"}


def prepare(folder: Path, server: Server, count: int) -> None:
    """Write the parcels as a GeoPackage and as a table with a primary key."""
    parcels = generate.parcels(count, np.random.default_rng(7))
    number = np.arange(len(parcels))
    frame = gpd.GeoDataFrame(
        {
            "gid": number,
            "class": parcels["class"],
            "area_m2": parcels.area.round(2),
            "far": number % 37 / 10,
            "surveyed": [f"20{i % 20 + 10}-05-01" for i in number],
        },
        geometry=parcels.geometry.values,
        crs=generate.CRS,
    )
    frame.to_file(folder / "parcels.gpkg")
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE parcels (gid integer, class text, area_m2 numeric(14,2), far double precision, "
            f"surveyed date, geom geometry(Geometry, {generate.CRS}))"
        )
        wkb = shapely.to_wkb(shapely.set_srid(frame.geometry.values, generate.CRS), hex=True, include_srid=True)
        with connection.cursor() as cursor, cursor.copy("COPY parcels FROM STDIN") as copy:
            for row in zip(*(frame[name] for name in frame.columns[:-1]), wkb, strict=True):
                copy.write_row([one.item() if isinstance(one, np.generic) else one for one in row])
        connection.execute("ALTER TABLE parcels ADD PRIMARY KEY (gid)")
        connection.execute("ANALYZE parcels")


class Watch:
    """The most memory that the server's processes hold, private parts and the shared buffers once, in MB."""

    def __init__(self, data: Path) -> None:
        self.peak, self._stopped = 0.0, threading.Event()
        self._main = int((data / "postmaster.pid").read_text().split("\n")[0])
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while not self._stopped.wait(0.2):
            children = Path(f"/proc/{self._main}/task/{self._main}/children").read_text().split()
            held = [_memory(pid) for pid in (str(self._main), *children)]
            self.peak = max(
                self.peak, sum(own for own, _ in held) + max((shared for _, shared in held), default=0)
            )

    def stop(self) -> float:
        """Return the peak."""
        self._stopped.set()
        return self.peak


def _memory(pid: str) -> tuple[float, float]:
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{pid}/status").read_text().split("\n")
        values = [next(int(x.split()[1]) for x in lines if x.startswith(name)) for name in ("RssAnon", "RssShmem")]
        return values[0] / 1024, values[1] / 1024
    return 0.0, 0.0


def one(verb: str, source: str, store: str, folder: Path, address: str) -> None:
    """Import or open, in this process; print what it took."""
    plan = folder / f"plan-{source}-{store}"
    plan.mkdir(exist_ok=True)
    if verb == "import":
        (plan / "catalog.toml").write_text(CATALOG, "utf-8")
    library = Library(plan, store=f"{address}?schema={source}" if store == "postgis" else "")
    wanted, start = (
        ImportOptions(layer="parcels", label_zh="地块", label_en="Parcels", id_field="gid"),
        time.perf_counter(),
    )
    if verb == "open":
        features = len(library.snapshot(library.layer("parcels")).features)
    elif source == "GeoPackage":
        features = import_layer(library, folder / "parcels.gpkg", wanted, who="bench").version.features
    else:
        path = folder / f"taken-{store}.parquet"
        origin = take_table(
            Named("bench", address), "public.parcels", path, bounds=TakeBounds(seconds=600, most=10**10)
        )
        features = import_layer(library, path, wanted, who="bench", origin=origin).version.features
    print(
        json.dumps({"s": time.perf_counter() - start, "mb": peak_mb(), "features": features, "child": _child_mb()})
    )


def _child_mb() -> float:
    import resource  # noqa: PLC0415 - not on Windows

    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Run every way and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.importing", description=__doc__)
    parser.add_argument("--parcels", default="1M")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks-import.md"))
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        verb, source, store, folder, address = options.one
        one(verb, source, store, Path(folder), address)
        return
    server, rows, child = Server("planatlas-bench-", ["shared_buffers=256MB", "max_wal_size=4GB"]), [], 0.0
    try:
        with tempfile.TemporaryDirectory() as folder:
            prepare(Path(folder), server, count_of(options.parcels))
            before = os.getloadavg()[0]
            for source in ("GeoPackage", "table"):
                for store in STORES:
                    watch = Watch(server.data)
                    told = [_child(verb, source, store, folder, server.address) for verb in ("import", "open")]
                    rows.append((source, store, *told, watch.stop()))
                    child = max(child, told[0]["child"] if source == "GeoPackage" else 0.0)
                    print(rows[-1], flush=True)
            head = HEAD.format(
                machine=report.machine(),
                load=f"{before:.2f}, {os.getloadavg()[0]:.2f}",
                child=round(child),
                count=rows[0][2]["features"],
                size=round((Path(folder) / "parcels.gpkg").stat().st_size / 1e6),
            )
    finally:
        server.close()
    lines = [_line(*row) for row in rows]
    options.out.write_text(head + "\n".join(lines) + "\n", "utf-8")


def _line(source: str, store: str, brought: dict[str, float], opened: dict[str, float], server: float) -> str:
    told = "table of PostGIS" if source == "table" else source
    held = f"{server:.0f}" if source == "table" or store == "postgis" else ""
    numbers = f"{brought['s']:.1f} | {brought['mb']:.0f} | {held} | {opened['s']:.1f} | {opened['mb']:.0f}"
    return f"| {told} | {STORES[store]} | {numbers} |"


def _child(*told: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.importing", "--one", *told]
    found: dict[str, float] = json.loads(subprocess.check_output(command, text=True).strip().split("\n")[-1])
    return found


if __name__ == "__main__":
    main()
