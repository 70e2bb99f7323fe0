"""One engine, one question, one size, in a process of its own: prints one line of JSON."""

import json
import shutil
import signal
import statistics
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path

from benchmarks import engines
from benchmarks.postgis import PostGIS
from benchmarks.questions import BESIDE, LAYERS, SIZED

ENGINES = {
    "PlanAtlas": engines.PlanAtlas,
    "PlanAtlas, nothing known": engines.Unknown,
    "PlanAtlas, from file": engines.PlanAtlasParts,
    "geopandas": engines.GeoPandas,
    "geopandas, tuned": engines.Tuned,
    "DuckDB spatial": engines.DuckDB,
    "SedonaDB": engines.SedonaDB,
    "PostGIS": PostGIS,
}


def peak_mb() -> float:
    """Return this process's peak resident memory (``ru_maxrss`` would include the parent's at the fork)."""
    lines = Path("/proc/self/status").read_text().split("\n")
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


AGAIN = ("PlanAtlas", "PlanAtlas, nothing known")
FACTS = "facts"  # asked for in the place of an engine


def _cpu_s(engine: object) -> float:
    return engine.cpu_s() if isinstance(engine, PostGIS) else time.process_time()


def find(question: str, folder: str, count: str) -> None:
    """Find and keep the facts of a question's layers anew, as an import does, and print the seconds it took.

    What is found for some questions alone is found beside what is known already.
    """
    for name in LAYERS[question] if question not in BESIDE else ():
        kept = Path(folder) / (f"facts-{name}_{count}" if name in SIZED else f"facts-{name}")
        shutil.rmtree(kept, ignore_errors=True)
    engine = engines.PlanAtlas()
    engine.load(Path(folder), int(count), question)
    start, before = time.perf_counter(), time.process_time()
    engine.find(question)
    seconds, cpu = time.perf_counter() - start, time.process_time() - before
    print(json.dumps({"facts_s": seconds, "facts_cpu_s": cpu, "facts_peak_mb": peak_mb()}))


def ask(engine: engines.Engine, name: str, question: str) -> dict[str, object]:
    """Ask an engine that has loaded its layers, and return what was measured."""
    before, begun = _cpu_s(engine), time.perf_counter()
    if question == "drawn":
        times = {size: statistics.median(found) for size, found in engine.drawn_s().items()}
        answer: dict[str, object] = {"total_m2": 0.0, "query_s": None, "drawn_s": times}
    else:
        answer = {"total_m2": engine.answer(question)}
        answer["query_s"] = time.perf_counter() - begun
    answer["cpu_s"] = _cpu_s(engine) - before
    if name in AGAIN and question != "drawn":  # a layer's facts are found once and kept with it
        begun, before = time.perf_counter(), _cpu_s(engine)
        engine.answer(question)
        answer["again_s"], answer["again_cpu_s"] = time.perf_counter() - begun, _cpu_s(engine) - before
    return answer | {"peak_mb": engine.peak_mb if isinstance(engine, PostGIS) else peak_mb()}


def main(name: str, questions: str, folder: str, count: str) -> None:
    """Measure and print a line for each question."""
    warnings.simplefilter("ignore")
    if name == FACTS:
        find(questions, folder, count)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a server started here is stopped
    engine = ENGINES[name]()
    try:
        for question in questions.split(","):
            start = time.perf_counter()
            engine.load(Path(folder), int(count), question)
            loaded = time.perf_counter() - start
            if isinstance(engine, PostGIS):
                loaded = engine.loaded_s(question)
            try:
                answer = ask(engine, name, question)
            except engines.StoppedError:
                answer = {"query_s": None, "peak_mb": None, "total_m2": None}
            print(json.dumps({"load_s": loaded, **answer}), flush=True)
    finally:
        if isinstance(engine, PostGIS):
            with suppress(OSError):
                engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
