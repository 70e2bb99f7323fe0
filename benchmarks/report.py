"""The measurements as a page of the docs."""

import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PACKAGES = ("shapely", "geopandas", "numpy", "pyproj", "duckdb", "duckdb-extension-spatial", "sedonadb")
TITLES = {
    "tabulate": "Area by zone and class (200 zones)",
    "cover_local": "Homes within 500 m of 5,000 parks, asked per home (the peers' best rewritten query)",
    "cover_dissolved": "Homes within 500 m of 5,000 parks, service areas dissolved first (the usual query)",
    "drawn": "A polygon drawn on the map, layer loaded",
}
OURS = "PlanAtlas"


@dataclass(frozen=True)
class Measured:
    """One engine, question and size; ``query_s`` is None when it took more than the cap or failed."""

    engine: str
    question: str
    count: int
    load_s: float | None
    query_s: float | None
    peak_mb: float | None
    total_m2: float | None
    note: str = ""


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


def page(results: list[Measured], *, cap_s: float, load: str) -> str:
    """Return the page in Markdown."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks`; every number of one table comes from one run on one machine.",
        "",
        f"Machine: {machine()}. Load before and after the run: {load}.",
        "",
        f"Versions: {versions()}, PostGIS from the system's packages.",
        "",
        "Data: parcels that tile 50 x 50 km exactly (20 vertices each), 200 zones with an edge every 40 m, 5,000",
        "parks; EPSG:4549. Homes are the parcels of one class (one in five). Each engine runs in a process of its",
        "own with two threads or workers. *Load* is reading the files the engine's own best way (PostGIS: copy,",
        "index, analyse); *query* is the answer alone; *times ours* is the query against ours at the same size.",
        "PlanAtlas measures on the ellipsoid and its query includes every check; the peers measure in the plane.",
        "Buffers have 16 segments a quarter circle for everyone here. Dissolve-first queries are stopped after",
        f"{cap_s:.0f} s. Peak memory is the process's resident peak, for PostGIS the server's processes with the",
        "shared buffers once.",
        "",
    ]
    for question, title in TITLES.items():
        rows = [result for result in results if result.question == question]
        if rows:
            lines += [f"## {title}", "", *_table(rows, question, results, cap_s), ""]
    return "\n".join(lines)


def _table(rows: list[Measured], question: str, results: list[Measured], cap_s: float) -> list[str]:
    unit = "parcels" if question in {"tabulate", "drawn"} else "homes from parcels"
    lines = [
        f"| {unit} | engine | load s | query s | times ours | peak MB | total m2 |",
        "|--:|---|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        ours = _ours(results, question, row.count)
        if row.query_s is not None:
            ratio = f"{row.query_s / ours:.1f}" if ours else ""
            query = f"{row.query_s:.3f}" if row.query_s < 1 else f"{row.query_s:.2f}"
        else:
            ratio = f"> {cap_s / ours:.0f}" if ours and not row.note else ""
            query = row.note or f"> {cap_s:.0f}"
        load = "" if row.load_s is None else f"{row.load_s:.1f}"
        peak = "" if row.peak_mb is None else f"{row.peak_mb:.0f}"
        total = "" if not row.total_m2 else f"{row.total_m2:.2f}"
        lines.append(f"| {row.count:,} | {row.engine} | {load} | {query} | {ratio} | {peak} | {total} |")
    return lines


def _ours(results: list[Measured], question: str, count: int) -> float | None:
    same = "cover_local" if question == "cover_dissolved" else question
    for row in results:
        if row.engine == OURS and row.question == same and row.count == count:
            return row.query_s
    return None
