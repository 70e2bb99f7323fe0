"""PostGIS in a temporary cluster of its own: a fresh folder, a Unix socket, stopped and removed afterwards."""

import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import shapely

from benchmarks.engines import StoppedError, _tables, _timed, asked_once
from benchmarks.postgresql import Server
from benchmarks.questions import (
    COVER,
    COVER_DISSOLVED,
    COVER_LOCAL,
    COVER_ONCE,
    DRAWN,
    DRAWN_ONCE,
    LAYERS,
    POINTS,
    SEGMENTS,
    TABULATE_ONCE,
    TABULATE_SPLIT,
    reach_of,
)

SETTINGS = (
    "shared_buffers=512MB work_mem=128MB maintenance_work_mem=256MB max_parallel_workers_per_gather=2 "
    "max_parallel_workers=2 max_worker_processes=4 parallel_setup_cost=0 parallel_tuple_cost=0 "
    "min_parallel_table_scan_size=0 jit=off fsync=off synchronous_commit=off full_page_writes=off autovacuum=off "
    "max_wal_size=4GB"
)

STOPPED = "statement timeout"  # in the message of a query that was stopped


class PostGIS:
    """PostGIS, indexed and analysed tables, two parallel workers; a table is loaded once for all questions."""

    def __init__(self) -> None:
        self.server = Server("planatlas-bench-", SETTINGS.split())
        self.folder, self.data = self.server.folder, self.server.data
        self.peak_mb, self.stopped = 0.0, threading.Event()
        self.took_s: dict[str, float] = {}
        threading.Thread(target=self._watch, daemon=True).start()

    def load(self, folder: Path, count: int, question: str) -> None:
        """Copy the layers in as WKB that are not there yet, index and analyse them."""
        os.environ.pop("PGOPTIONS", None)
        self.source, self.once = folder, asked_once(folder, count, question)
        self.sql("drop table if exists parts, reach")
        for name, path in _tables(folder, count, question).items():
            if name not in self.took_s:
                start = time.perf_counter()
                self._load_table(name, path)
                self.took_s[name] = time.perf_counter() - start
        self.peak_mb = 0.0
        os.environ["PGOPTIONS"] = f"-c statement_timeout={os.environ.get('BENCHMARK_CAP_S', '0')}s"

    def loaded_s(self, question: str) -> float:
        """Return the seconds the tables of a question took, whichever question they were loaded for."""
        return sum(self.took_s[name] for name in LAYERS[question])

    def _load_table(self, name: str, path: Path) -> None:
        frame = gpd.read_parquet(path)
        label = next((field for field in ("class", "zone") if field in frame), None)
        staged = self.folder / f"{name}.txt"
        labels = frame[label] if label else range(len(frame))
        with staged.open("w") as out:
            for row, (text, wkb) in enumerate(zip(labels, shapely.to_wkb(frame.geometry.values, hex=True))):
                out.write(f"{row}\t{text}\t{wkb}\n")
        del frame
        self.sql(f"create table {name} (id int, {label or 'label'} text, geometry geometry)")
        with staged.open() as rows:
            self.sql(f"copy {name} from stdin", stdin=rows)
        staged.unlink()
        self._index(name)

    def sql(self, text: str, *, stdin: object = None) -> str:
        """Run SQL and return what it prints.

        Raises
        ------
        StoppedError
            When it took longer than it may.
        """
        try:
            return self.server.sql(text, stdin=stdin)
        except subprocess.CalledProcessError as error:
            if STOPPED in (error.stderr or ""):
                raise StoppedError from error
            raise

    def _index(self, name: str) -> None:
        self.sql(f"create index on {name} using gist (geometry)")
        self.sql(f"vacuum analyze {name}")

    def answer(self, question: str) -> float:
        """Run the query."""
        if question == "tabulate":
            parted = "select zone, ST_Subdivide(geometry, 128) geometry from zones"
            self.sql(f"create table parts as select row_number() over () id, zone, geometry from ({parted}) t")
            self._index("parts")
            query = self.tabulate_once if self.once else TABULATE_SPLIT
            return float(self.sql(f"select sum(area) from ({query}) t{' where class is not null' * self.once}"))
        if question == "points":
            return float(self.sql(POINTS))
        table, around, within = reach_of(question)
        buffer = f"ST_Buffer(geometry, {within}, {SEGMENTS})"
        whole = {
            "cover_dissolved": f"(ST_Dump(ST_Union({buffer}))).geom",
            "cover_local": buffer,
        }.get(question, f"ST_Subdivide(ST_Union({buffer}), 128)")
        parted = f"select {whole} geometry from {around}"
        self.sql(f"create table reach as select row_number() over () id, geometry from ({parted}) t")
        self._index("reach")
        if question in ("cover", "band", "band_covered"):
            once = COVER_ONCE if self.once else COVER
            return float(self.sql(once.format(table=table, union="ST_Union")))
        query = COVER_DISSOLVED if question == "cover_dissolved" else COVER_LOCAL.format(union="ST_Union")
        return float(self.sql(query))

    tabulate_once = TABULATE_ONCE.format(union="ST_Union", zones="parts", part="z.id")

    def drawn_s(self) -> dict[int, list[float]]:
        """Return the seconds drawn polygons take, a connection's start taken off."""
        start = time.perf_counter()
        self.sql("select 1")
        empty = time.perf_counter() - start

        query = DRAWN_ONCE if self.once else DRAWN

        def given(shape: shapely.Geometry) -> str:
            return query.format(shape=f"ST_GeomFromText('{shape.wkt}')", union="ST_Union")

        times = _timed(self.source, self.sql, given)
        return {size: [max(one - empty, 0.0) for one in found] for size, found in times.items()}

    def cpu_s(self) -> float:
        """Return the processor seconds of the server and all of its ended processes."""
        time.sleep(0.3)  # the last one is counted a moment after it ended
        leader = (self.data / "postmaster.pid").read_text().split()[0]
        fields = Path(f"/proc/{leader}/stat").read_text().rsplit(") ", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def _watch(self) -> None:
        """Note the peak of the server's private memory, and of the shared buffers it has touched."""
        leader = (self.data / "postmaster.pid").read_text().split()[0]
        while not self.stopped.wait(0.1):
            seen = [memory for memory in map(_memory_kb, _family(leader)) if memory]
            private = sum(memory["RssAnon"] for memory in seen)
            shared = max((memory["RssFile"] + memory["RssShmem"] for memory in seen), default=0)
            self.peak_mb = max(self.peak_mb, (private + shared) / 1024)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stopped.set()
        self.server.close()


def _family(leader: str) -> list[str]:
    """Return a process and its children."""
    found = [leader]
    with suppress(OSError):
        found += Path(f"/proc/{leader}/task/{leader}/children").read_text().split()
    return found


def _memory_kb(process: str) -> dict[str, int]:
    """Return the resident memory of a process by kind; nothing when it is gone."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().split("\n")
    except OSError:
        return {}
    kinds = ("RssAnon", "RssFile", "RssShmem")
    return {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(kinds)}
