"""One command: `python -m benchmarks [--sizes 20k,200k,1M]`; writes a page of the docs.

What was measured is kept in the folder of the data, so that the command given again goes on where it was stopped.
What `benchmarks.waiting` and `benchmarks.load` wrote there (``--out FOLDER/waiting.md``, ``--out FOLDER/load.md``)
goes to the end of the page.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import zip_longest
from pathlib import Path

import numpy as np

from benchmarks import generate, report, shapes
from benchmarks.compared import PEERS_ASK
from benchmarks.measure import ENGINES, FACTS
from benchmarks.measured import NO_ANSWER, OURS, SERVER, TIME_OVER, Log, Measured
from benchmarks.postgresql import binaries
from benchmarks.questions import BESIDE, LAYERS, QUESTIONS, SO_FAR, count_of

FIRST = ("tabulate", "cover", "drawn", "cover_local", "cover_dissolved")  # of the first yardstick
LATER = ("tabulate", "cover", "points", "band", "drawn", "band_covered")  # of the second and third
ALONE = {
    "PlanAtlas, from file": ("tabulate",),
    "PlanAtlas": ("tabulate", "cover", "points", "band", "band_covered", "drawn"),
    "PlanAtlas, nothing known": ("tabulate", "cover", "points", "band", "band_covered"),
    "DuckDB spatial": (
        "tabulate",
        "cover_local",
        "cover_dissolved",
        "cover",
        "points",
        "band",
        "drawn",
        "band_covered",
    ),
    "PostGIS": ("tabulate", "cover_local", "cover_dissolved", "cover", "points", "band", "drawn", "band_covered"),
    "geopandas": ("tabulate", "cover_local", "cover_dissolved"),
    "geopandas, tuned": ("tabulate", "cover", "points", "band", "drawn", "band_covered"),
    "SedonaDB": ("tabulate", "cover_local", "cover_dissolved"),
}

FIRST_ALONE = ("geopandas", "SedonaDB")  # asked of the first yardstick alone: of the others they take minutes
NEEDS = {"DuckDB spatial": "duckdb", "SedonaDB": "sedonadb"}  # packages of peers that may not be installed
USUAL = ("cover_local", "cover_dissolved")  # asked last: slower ways to what `cover` asks
ROUNDS = (  # all sizes and yardsticks of one before the next: what is missing when the time is over tells least
    (("PlanAtlas", "geopandas, tuned", "PostGIS"), False),
    (("DuckDB spatial",), False),
    (tuple(ENGINES), True),  # and the usual ways
)
STOPPED_S = 60.0  # that a child which was told to stop may take, beside the time its answers may


def run(engine: str, questions: Sequence[str], folder: Path, count: int, *, cap_s: float) -> list[Measured]:
    """Measure in a child process; what takes longer than the cap, and what its load may take, is stopped.

    Parameters
    ----------
    engine
        Of `benchmarks.measure.ENGINES`.
    questions
        One, or several that a server is asked one after the other.
    folder
        The yardstick's files.
    count
        Of parcels, homes or points.
    cap_s
        What a query may take.
    """
    command = [sys.executable, "-m", "benchmarks.measure", engine, ",".join(questions), str(folder), str(count)]
    server = engine == SERVER
    longest = len(questions) * (cap_s + STOPPED_S + count / 8_000) if server else cap_s + 5.0 + count / 25_000
    given = os.environ | {"BENCHMARK_CAP_S": str(cap_s)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=given) as child:
        try:
            out, err = child.communicate(timeout=longest)
        except subprocess.TimeoutExpired:
            child.terminate()
            try:
                out, err = child.communicate(timeout=STOPPED_S)
            except subprocess.TimeoutExpired:
                child.kill()
                out, err = child.communicate()
            err = ""
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    answers = [line for line in lines if SO_FAR not in line]
    if len(answers) < len(questions) and lines and SO_FAR in lines[-1]:  # it was stopped among drawn polygons
        nothing = {"load_s": None, "query_s": None, "peak_mb": None, "total_m2": None}
        answers.append(nothing | {"drawn_s": lines[-1][SO_FAR]})
    reason = err.strip().split("\n")[-1][:70]
    note = f"failed: {reason}" if reason and child.returncode else ""
    missing = {"load_s": None, "query_s": None, "peak_mb": None, "total_m2": None, "note": note}
    found = []
    for question, answer in zip_longest(questions, answers, fillvalue=None):
        told = missing | (answer or {})
        told["drawn_s"] = {int(size): seconds for size, seconds in (told.get("drawn_s") or {}).items()}
        found.append(Measured(engine, str(question), count, **told))
    return found


def facts_s(question: str, folder: Path, count: int, *, cap_s: float) -> float | None:
    """Find what an import finds of a question's layers, in a child process.

    None when that fails, infinite when it takes longer than it may.
    """
    command = [sys.executable, "-m", "benchmarks.measure", FACTS, question, str(folder), str(count)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=cap_s)
    except subprocess.TimeoutExpired:
        print(f"facts of {question} {count}: stopped after {cap_s:.0f} s", flush=True)
        return math.inf
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


@dataclass(frozen=True)
class Task:
    """A yardstick of one size, and what is asked of it."""

    yardstick: str
    count: int
    questions: tuple[str, ...]


def _tasks(options: argparse.Namespace) -> Iterator[Task]:
    """Yield what is asked, small sizes first."""
    for text in options.sizes.split(","):
        for yardstick in options.yardsticks.split(","):
            if yardstick == "real" and options.real is None:
                continue
            usual = FIRST if yardstick == "tiling" else LATER
            asked = options.questions.split(",") if options.questions else usual
            few = options.dissolved_sizes.split(",") if options.dissolved_sizes else [text]
            yield Task(yardstick, count_of(text), tuple(q for q in asked if q != "cover_dissolved" or text in few))


def _answers(engine: str, question: str, yardstick: str) -> bool:
    """Whether an engine is asked a question; where parcels do not overlap, both bands are one to the peers."""
    if question in PEERS_ASK and yardstick != "real" and not engine.startswith(OURS):
        return False
    if engine in NEEDS and find_spec(NEEDS[engine]) is None:
        return False
    return question in ALONE.get(engine, QUESTIONS) and (engine != SERVER or binaries() is not None)


class Run:
    """What is measured in one go of the command; everything is put down as soon as it is known."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.log = options, Log(options.folder / "measured.jsonl")
        self.end_s = time.monotonic() + 60.0 * options.minutes
        if options.anew:
            self.log.path.unlink(missing_ok=True)
        self.results = [one for one in self.log.read() if not one.failed]  # what failed is asked again
        self.engines = [name for name in options.engines.split(";") if name] or list(ENGINES)

    def measure(self, task: Task, engines: Sequence[str], *, usual: bool) -> None:
        """Measure what is missing of a task.

        Parameters
        ----------
        task
            What is asked.
        engines
            Of whom.
        usual
            Whether what is asked in usual ways is asked too.
        """
        missing = {
            engine: [question for question in questions if usual or question not in USUAL]
            for engine, questions in self._missing(task).items()
            if engine in engines
        }
        if any(missing.values()) and self._in_time():
            _write(task.yardstick, self.options.folder / task.yardstick, task.count, self.options.real)
        for engine, questions in missing.items():
            together = [questions] if engine == SERVER else [[question] for question in questions]
            for some in together:
                if some and self._in_time():
                    self._measure(task, engine, some)

    def _missing(self, task: Task) -> dict[str, list[str]]:
        return {
            engine: [
                q
                for q in task.questions
                if _answers(engine, q, task.yardstick) and not self._known(task, q, engine)
            ]
            for engine in self.engines
            if task.yardstick == "tiling" or engine not in FIRST_ALONE
        }

    def not_run(self, task: Task) -> list[Measured]:
        """Return what of a task nothing is known of, as the page tells it."""
        return [
            Measured(engine, question, task.count, None, None, None, None, TIME_OVER, yardstick=task.yardstick)
            for engine, questions in self._missing(task).items()
            for question in questions
        ]

    def _measure(self, task: Task, engine: str, questions: list[str]) -> None:
        capped = questions[0] == "cover_dissolved" and len(questions) == 1
        cap = self.options.cap_dissolved if capped else self.options.cap
        folder, load = self.options.folder / task.yardstick, os.getloadavg()[0]
        asked = [one for one in questions if not self._stopped(task, one, engine)]
        facts = self._facts_s(task, questions[0]) if engine == OURS else None
        found = run(engine, asked, folder, task.count, cap_s=cap) if asked else []
        if found and all(one.failed for one in found):  # a server may not have come up
            print(f"once more: {found[0]}", flush=True)
            found = run(engine, asked, folder, task.count, cap_s=cap)
        skipped = [one for one in questions if one not in asked]
        found += [Measured(engine, one, task.count, None, None, None, None, note=NO_ANSWER) for one in skipped]
        for one in found:
            told = replace(one, yardstick=task.yardstick, facts_s=facts, cap_s=cap, load=load)
            self.results.append(told)
            self.log.add(told)
            print(told, flush=True)

    def _facts_s(self, task: Task, question: str) -> float | None:
        """Have the facts of a question's layers found, once for all that are asked of its first layer."""
        same = [one for one in QUESTIONS if LAYERS[one][0] == LAYERS[question][0] and one not in BESIDE]
        same = [question] if question in BESIDE else same
        for one in self.results:
            mine = (one.yardstick, one.count, one.engine) == (task.yardstick, task.count, OURS)
            if mine and one.question in same and one.facts_s is not None:
                return one.facts_s
        folder = self.options.folder / task.yardstick
        return facts_s(question, folder, task.count, cap_s=self.options.cap_facts)

    def _known(self, task: Task, question: str, engine: str) -> bool:
        return any(
            (one.yardstick, one.question, one.count, one.engine) == (task.yardstick, question, task.count, engine)
            for one in self.results
        )

    def _stopped(self, task: Task, question: str, engine: str) -> bool:
        """Whether an engine had no answer in time to a question of fewer parcels."""
        return any(
            (one.yardstick, one.question, one.engine) == (task.yardstick, question, engine)
            and one.count < task.count
            and one.query_s is None
            and not one.failed
            and not one.drawn_s
            for one in self.results
        )

    def _in_time(self) -> bool:
        return time.monotonic() < self.end_s


def main() -> None:
    """Run what was asked and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="20k,200k,1M")
    parser.add_argument("--yardsticks", default="irregular,real,tiling", help="in the order they are asked in")
    parser.add_argument("--questions", default="", help="those of the yardstick by default")
    parser.add_argument(
        "--real", type=Path, help="folder of the real sets; without it the third yardstick is left out"
    )
    parser.add_argument(
        "--engines", default="", help="names separated by semicolons; all that are installed by default"
    )
    parser.add_argument("--cap", type=float, default=150.0, help="seconds a query may take")
    parser.add_argument("--cap-dissolved", type=float, default=120.0, help="the same for dissolve-first coverage")
    parser.add_argument("--cap-facts", type=float, default=600.0, help="the same for finding a layer's facts")
    parser.add_argument("--dissolved-sizes", default="", help="sizes of dissolve-first coverage; all by default")
    parser.add_argument(
        "--minutes",
        type=float,
        default=math.inf,
        help="after which nothing more is begun; given again, it goes on",
    )
    parser.add_argument("--folder", type=Path, default=Path("instance/bench"), help="where data are generated")
    parser.add_argument("--anew", action="store_true", help="measure again what an earlier run measured")
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    options = parser.parse_args()
    before, one_go, tasks = os.getloadavg()[0], Run(options), list(_tasks(options))
    for engines, usual in ROUNDS:
        for task in tasks:
            one_go.measure(task, engines, usual=usual)
    missing = [one for task in tasks for one in one_go.not_run(task)]
    results = sorted([*one_go.results, *missing], key=lambda one: (one.count, list(ENGINES).index(one.engine)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    load = f"{before:.2f}, {os.getloadavg()[0]:.2f}"
    options.out.write_text(report.page(results, load=load, more=report.beside(options.folder)), encoding="utf-8")
    print(options.out)


if __name__ == "__main__":
    main()
