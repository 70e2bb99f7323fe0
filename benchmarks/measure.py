"""One engine, one question, one size, in a process of its own: prints one line of JSON."""

import json
import signal
import statistics
import sys
import time
import warnings
from contextlib import suppress
from pathlib import Path

from benchmarks import engines
from benchmarks.postgis import PostGIS

ENGINES = {
    "PlanAtlas": engines.PlanAtlas,
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


AGAIN = ("PlanAtlas",)


def _cpu_s(engine: object) -> float:
    return engine.cpu_s() if isinstance(engine, PostGIS) else time.process_time()


def main(name: str, question: str, folder: str, count: str) -> None:
    """Measure and print."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that a server started here is stopped
    engine = ENGINES[name]()
    try:
        start = time.perf_counter()
        engine.load(Path(folder), int(count), question)
        loaded, before = time.perf_counter(), _cpu_s(engine)
        if question == "drawn":
            answer = {"total_m2": 0.0, "query_s": None, "drawn_s": {}}
            answer["drawn_s"] = {size: statistics.median(found) for size, found in engine.drawn_s().items()}
        else:
            answer = {"total_m2": engine.answer(question)}
            answer["query_s"] = time.perf_counter() - loaded
        answer["cpu_s"] = _cpu_s(engine) - before
        if name in AGAIN and question != "drawn":  # a layer's facts are found once and kept with it
            asked, before = time.perf_counter(), _cpu_s(engine)
            engine.answer(question)
            answer["again_s"], answer["again_cpu_s"] = time.perf_counter() - asked, _cpu_s(engine) - before
        peak = engine.peak_mb if isinstance(engine, PostGIS) else peak_mb()
        print(json.dumps({"load_s": loaded - start, "peak_mb": peak, **answer}))
    finally:
        if isinstance(engine, PostGIS):
            with suppress(OSError):
                engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
