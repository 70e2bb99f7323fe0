"""The measurements as a page of the docs."""

import math
import platform
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from benchmarks.compared import beside_peers, lost, unanswered
from benchmarks.measured import OURS, SERVER, Measured
from benchmarks.questions import DRAWN_M

PACKAGES = ("shapely", "geopandas", "numpy", "pyproj", "duckdb", "duckdb-extension-spatial", "sedonadb")
YARDSTICKS = {
    "tiling": "First yardstick: parcels of 20 vertices that tile the square, zones with an edge every 40 m",
    "irregular": "Second yardstick: edges bent at 1 to 14 places, one zone of 20,000 vertices, clustered parks",
    "real": "Third yardstick: real shapes repeated: thin streets, quarters, lakes, swamps, ice; they overlap",
}
TITLES = {
    "tabulate": "Area by zone and class (200 zones)",
    "cover_local": "Homes within 500 m of 5,000 parks, asked per home (the peers' best rewritten query)",
    "cover_dissolved": "Homes within 500 m of 5,000 parks, service areas dissolved first (the usual query)",
    "cover": "Homes within 500 m of 5,000 parks (the peers dissolve first, in parts, and cut what is not inside)",
    "points": "Points by zone",
    "band": "Area within 1 km of 25 winding rivers (ours by `band`)",
    "band_covered": "The same by `coverage`, ground once (*facts*: beside those of area)",
    "drawn": "Polygons drawn on the map, 1, 5 and 20 km across, layer loaded: median ms",
}
BUSY = 3.0  # load of the machine from where its clock says little


def machine() -> str:
    """Return the machine in one line."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().split("\n")
            if "model name" in line
        ),
        platform.machine(),
    )
    cores = Path("/proc/cpuinfo").read_text().count("processor\t")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) / 2**20
    return f"{model}, {cores} cores, {memory:.0f} GB, Linux, Python {platform.python_version()}"


def versions() -> str:
    """Return the versions measured."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


BESIDE = ("waiting.md", "load.md")  # pages of other commands, kept beside the measurements


def beside(folder: Path) -> list[str]:
    """Return what `benchmarks.waiting` and `benchmarks.load` wrote into the folder, one heading lower."""
    found = [folder / name for name in BESIDE]
    lines = [line for path in found if path.exists() for line in [*path.read_text("utf-8").splitlines(), ""]]
    return [f"#{line}" if line.startswith("#") else line for line in lines]


def page(results: list[Measured], *, load: str, more: Sequence[str] = ()) -> str:
    """Return the page in Markdown, with what other commands measured at its end."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks`; every number comes from one machine. Measurements are kept as they",
        "are made, so that a run that was stopped goes on with what is missing. Where the time goes, what the",
        "limits are and what a service with a million parcels holds stand in",
        "[benchmarks-profile.md](benchmarks-profile.md).",
        "",
        f"Machine: {machine()}. Load before and after the run: {load}.",
        "",
        f"Versions: {versions()}, PostGIS from the system's packages. {_absent(results)}",
        "",
        "Data: 50 x 50 km in EPSG:4549. Homes are the parcels of one class (one in five). Each engine runs in a",
        "process of its own with two threads or workers. *Load* is reading the files the engine's own best way",
        "(PostGIS: copy, index, analyse); *query* is the answer alone, the first one of a fresh process; *times",
        "ours* is the query against ours at the same size; *CPU* is processor time of the query, which a busy",
        f"machine changes less: what was measured while the load was above {BUSY:.0f} has the load beside its",
        "name, and its seconds of the clock say little. *Again* is ours asked a second time in the same process.",
        "*PlanAtlas* is asked of layers as they are after an import: what a layer's own shapes are (boxes,",
        "validity, areas, overlaps) was found once, is kept on the disk with the version and goes with it;",
        "*facts* is what finding that took, of all layers of the question, beside the load and in no other",
        "number, as a peer's index. *PlanAtlas, nothing known* finds it all within the query. PlanAtlas",
        "measures on the ellipsoid and tells ground counted twice; the peers measure in the plane and check",
        "nothing. Where shapes lie over one another ours tells the ground they cover, once: of each class in each",
        "zone, of all, of what is served. There (third yardstick) every peer is asked for the same, by its best",
        "query: area, homes, the band by `coverage`, drawn polygons; the band by `band` and points are sums.",
        "Buffers have 16 segments a quarter circle for everyone here. A query that takes longer than it may is",
        "stopped (*> 30*), and that engine is not asked the same of more; drawn polygons are asked, small ones",
        "first, until that time is over. Peak memory is the process's resident peak, for PostGIS the server's",
        "processes with the shared buffers once. The tables *ours and the best peer* have, by clock and by",
        "processor seconds, how many times ours the best peer took: below 1 is lost.",
        "The best is the quickest of all that were asked; the first questions are put to us and to those who were",
        "the best before, of every yardstick and size, so that what is not run when the time is over tells least.",
        "",
        "## What we lose at",
        "",
        *lost(results),
        "",
        "## What has no answer, and why",
        "",
        *unanswered(results),
        "",
    ]
    for yardstick, about in YARDSTICKS.items():
        mine = [result for result in results if result.yardstick == yardstick]
        if mine:
            lines += [f"## {about}", "", "### Ours and the best peer", "", *beside_peers(mine), ""]
        for question, title in TITLES.items():
            rows = [result for result in mine if result.question == question]
            if rows:
                table = _drawn(rows) if question == "drawn" else _table(rows, question, mine)
                lines += [f"### {title}", "", *table, ""]
    return "\n".join([*lines, *more])


def _absent(results: list[Measured]) -> str:
    """Return which peers were not there to be asked."""
    asked = {one.engine for one in results}
    absent = [name for name in ("DuckDB spatial", SERVER, "SedonaDB") if name not in asked]
    return f"Not installed or left out, so not asked: {', '.join(absent)}." if absent else ""


def _name(one: Measured) -> str:
    """Return an engine's name, with the load of a busy machine."""
    return f"{one.engine} (load {one.load:.0f})" if one.load is not None and one.load > BUSY else one.engine


def _drawn(rows: list[Measured]) -> list[str]:
    lines = ["| parcels | engine | 1 km | 5 km | 20 km | peak MB |", "|--:|---|--:|--:|--:|--:|"]
    for row in rows:
        found = row.drawn_s or {}
        stopped = row.note or f"> {1000 * row.cap_s:.0f} in all"
        cells = [f"{1000 * found[size]:.3g}" if size in found else stopped for size in DRAWN_M]
        peak = "" if row.peak_mb is None else f"{row.peak_mb:.0f}"
        lines.append(f"| {row.count:,} | {_name(row)} | {' | '.join(cells)} | {peak} |")
    return lines


def _table(rows: list[Measured], question: str, results: list[Measured]) -> list[str]:
    unit = (
        "homes from parcels" if question.startswith("cover") else "points" if question == "points" else "parcels"
    )
    lines = [
        f"| {unit} | engine | load s | facts s | query s | times ours | CPU s | again s | peak MB | total |",
        "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        ours = _ours(results, question, row.count)
        if row.query_s is not None:
            ratio = f"{row.query_s / ours:.1f}" if ours else ""
            query = f"{row.query_s:.3f}" if row.query_s < 1 else f"{row.query_s:.2f}"
        else:
            ratio = f"> {row.cap_s / ours:.0f}" if ours and not row.note else ""
            query = row.note or f"> {row.cap_s:.0f}"
        load = "" if row.load_s is None else f"{row.load_s:.1f}"
        peak = "" if row.peak_mb is None else f"{row.peak_mb:.0f}"
        total = "" if not row.total_m2 else f"{row.total_m2:.2f}"
        cpu = "" if row.cpu_s is None else f"{row.cpu_s:.2f}"
        again = "" if row.again_s is None else f"{row.again_s:.2f}"
        facts = "" if row.facts_s is None else "stopped" if math.isinf(row.facts_s) else f"{row.facts_s:.1f}"
        cells = (f"{row.count:,}", _name(row), load, facts, query, ratio, cpu, again, peak, total)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _ours(results: list[Measured], question: str, count: int) -> float | None:
    same = "cover" if question.startswith("cover") else question
    for row in results:
        if row.engine == OURS and row.question == same and row.count == count:
            return row.query_s
    return None
