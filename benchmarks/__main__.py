"""One command: `python -m benchmarks [--sizes 20k,200k,1M]`; writes a page of the docs.

What was measured is kept in the folder of the data, so that the command given again goes on where it was stopped.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks import generate, report, shapes
from benchmarks.measure import ENGINES, FACTS
from benchmarks.postgresql import binaries
from benchmarks.questions import QUESTIONS, count_of

FIRST = ("tabulate", "cover_local", "cover_dissolved", "drawn")  # of the first yardstick
LATER = ("tabulate", "cover", "points", "band", "band_covered", "drawn")  # of the second and third
ALONE = {
    "PlanAtlas, from file": ("tabulate",),
    "PlanAtlas": ("tabulate", "cover_local", "cover", "points", "band", "band_covered", "drawn"),
    "PlanAtlas, nothing known": ("tabulate", "cover_local", "cover", "points", "band", "band_covered"),
    "DuckDB spatial": ("tabulate", "cover_local", "cover_dissolved", "cover", "points", "band", "drawn"),
    "PostGIS": ("tabulate", "cover_local", "cover_dissolved", "cover", "points", "band", "drawn"),
    "geopandas": ("tabulate", "cover_local", "cover_dissolved"),
    "geopandas, tuned": ("tabulate", "cover", "points", "band", "drawn"),
    "SedonaDB": ("tabulate", "cover_local", "cover_dissolved"),
}


def run(engine: str, question: str, folder: Path, count: int, *, cap_s: float) -> report.Measured:
    """Measure in a child process; a child over the cap is stopped (its load gets the cap again)."""
    command = [sys.executable, "-m", "benchmarks.measure", engine, question, str(folder), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            out, err = child.communicate(timeout=cap_s + 5.0 + count / 15_000 * (engine == "PostGIS"))
        except subprocess.TimeoutExpired:
            child.terminate()
            try:
                child.communicate(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()
            return report.Measured(engine, question, count, None, None, None, None)
    if child.returncode != 0:
        reason = err.strip().split("\n")[-1][:70]
        return report.Measured(engine, question, count, None, None, None, None, note=f"failed: {reason}")
    found = json.loads(out.strip().split("\n")[-1])
    found["drawn_s"] = {int(size): seconds for size, seconds in found.get("drawn_s", {}).items()}
    return report.Measured(engine, question, count, **found)


def facts_s(question: str, folder: Path, count: int) -> float | None:
    """Find what an import finds of a question's layers, in a child process; None when that fails."""
    command = [sys.executable, "-m", "benchmarks.measure", FACTS, question, str(folder), str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return None
    found = json.loads(done.stdout.strip().split("\n")[-1])
    print(f"facts of {question} {count}: {found}", flush=True)
    return float(found["facts_s"])


def _write(yardstick: str, folder: Path, count: int, real: Path | None) -> None:
    """Write a yardstick's files where they are missing."""
    if yardstick == "tiling":
        generate.write(folder, count=count)
        if not (folder / "drawn.parquet").exists():
            shapes.drawn(np.random.default_rng(21)).to_parquet(folder / "drawn.parquet")
    else:
        made = shapes.irregular_parcels if real is None or yardstick == "irregular" else shapes.real_parcels(real)
        shapes.write(folder, count=count, parcels=made)


def _asked(options: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Yield yardsticks, questions and sizes."""
    for yardstick in options.yardsticks.split(","):
        if yardstick == "real" and options.real is None:
            continue
        usual = FIRST if yardstick == "tiling" else LATER
        for question in options.questions.split(",") if options.questions else usual:
            few = question == "cover_dissolved" and options.dissolved_sizes
            for text in (options.dissolved_sizes if few else options.sizes).split(","):
                yield yardstick, question, count_of(text)


def _answers(engine: str, question: str) -> bool:
    """Whether an engine is asked a question."""
    return question in ALONE.get(engine, QUESTIONS) and (engine != "PostGIS" or binaries() is not None)


def main() -> None:
    """Run what was asked and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="20k,200k,1M")
    parser.add_argument("--yardsticks", default="tiling,irregular,real")
    parser.add_argument("--questions", default="", help="those of the yardstick by default")
    parser.add_argument(
        "--real", type=Path, help="folder of the real sets; without it the third yardstick is left out"
    )
    parser.add_argument(
        "--engines", default="", help="names separated by semicolons; all that are installed by default"
    )
    parser.add_argument("--cap", type=float, default=150.0, help="seconds a query may take")
    parser.add_argument("--cap-dissolved", type=float, default=120.0, help="the same for dissolve-first coverage")
    parser.add_argument("--dissolved-sizes", default="", help="sizes of dissolve-first coverage; all by default")
    parser.add_argument("--folder", type=Path, default=Path("instance/bench"), help="where data are generated")
    parser.add_argument("--anew", action="store_true", help="measure again what an earlier run measured")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    options = parser.parse_args()
    wanted = [name for name in options.engines.split(";") if name] or list(ENGINES)
    before = os.getloadavg()[0]
    log = report.Log(options.folder / "measured.jsonl")
    if options.anew:
        log.path.unlink(missing_ok=True)
    results = log.read()
    done = {(one.yardstick, one.question, one.count, one.engine) for one in results}
    for yardstick, question, count in _asked(options):
        folder = options.folder / yardstick
        engines = [one for one in wanted if _answers(one, question)]
        if all((yardstick, question, count, engine) in done for engine in engines):
            continue
        _write(yardstick, folder, count, options.real)
        for engine in engines:
            if (yardstick, question, count, engine) in done:
                continue
            cap = options.cap_dissolved if question == "cover_dissolved" else options.cap
            known = facts_s(question, folder, count) if engine == report.OURS else None
            measured = run(engine, question, folder, count, cap_s=cap)
            measured = replace(measured, yardstick=yardstick, facts_s=known, cap_s=cap)
            results.append(measured)
            log.add(measured)
            print(measured, flush=True)
    results.sort(key=lambda one: (one.count, list(ENGINES).index(one.engine)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    load = f"{before:.2f}, {os.getloadavg()[0]:.2f}"
    options.out.write_text(report.page(results, load=load), encoding="utf-8")
    print(options.out)


if __name__ == "__main__":
    main()
