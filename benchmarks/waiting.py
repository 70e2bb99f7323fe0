"""What a person waits for, on a newcomer's path: `python -m benchmarks.waiting PLAN LAYER` prints a table.

PLAN is a data folder, LAYER a layer of it, large or not. A command is started, the service is started, the first
map is asked for as the page asks for it, then steps to the side, cards, a search; at the end what the idle service
holds. Seconds are those of the clock, which other programmes lengthen, and those of the processors, which
they hardly do: one run beside others compares by the second column only.
"""

import argparse
import json
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import time
import tomllib
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OFTEN = 15  # times a short wait is measured; its median is told
IDLE_S = 75.0  # after which workers have let go of what they used


class Service:
    """The service in processes of its own, asked over its port."""

    def __init__(self, plan: Path, port: int) -> None:
        command = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(port), "--data", str(plan)]
        self.address = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def get(self, path: str, **asked: object) -> bytes:
        """Return the answer to a request."""
        query = f"?{urllib.parse.urlencode(asked)}" if asked else ""
        with urllib.request.urlopen(f"{self.address}{path}{query}", timeout=600) as answer:
            body: bytes = answer.read()
        return body

    def answers(self) -> None:
        """Wait until it answers."""
        while True:
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.02)
            else:
                return

    def processes(self) -> Iterator[Path]:
        """Yield the folders in /proc of the service and its workers."""
        todo = [self.process.pid]
        while todo:
            folder = Path(f"/proc/{todo.pop()}")
            if folder.exists():
                yield folder
                todo += [int(n) for task in folder.glob("task/*/children") for n in task.read_text().split()]

    def cpu_s(self) -> float:
        """Return the processor seconds of all of them, those that ended before left out."""
        tick = os.sysconf("SC_CLK_TCK")
        stats = (folder.joinpath("stat").read_text().rpartition(")")[2].split() for folder in self.processes())
        return sum(int(stat[11]) + int(stat[12]) for stat in stats) / tick

    def memory_mb(self) -> tuple[float, float]:
        """Return what all hold together, and how much of it is no file's page (the system takes those back)."""
        rows = [folder.joinpath("smaps_rollup").read_text() for folder in self.processes()]
        pss, anonymous = (
            sum(int(found[1]) for row in rows if (found := re.search(rf"^{name}:\s+(\d+)", row, re.MULTILINE)))
            for name in ("Pss", "Pss_Anon")
        )
        return pss / 1024, anonymous / 1024

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@contextmanager
def running(plan: Path, port: int) -> Iterator[Service]:
    """Give a service that is stopped afterwards."""
    service = Service(plan, port)
    try:
        yield service
    finally:
        service.stop()


def row(what: str, clock_s: float, cpu_s: float | None = None, *, note: str = "") -> None:
    """Print a line of the table."""
    cpu = "" if cpu_s is None else f"{cpu_s:.3f}"
    sys.stdout.write(f"| {what} | {clock_s:.3f} | {cpu} | {note} |\n")
    sys.stdout.flush()


def commanded(plan: Path, what: str, *words: str) -> None:
    """Measure a command from its start to its end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "webapp.cli", *words]
    ended = subprocess.run(
        [*command, "--data", str(plan)] if words[0] != "--help" else command, capture_output=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row(what, time.perf_counter() - began, cpu_s, note="" if ended.returncode == 0 else "failed")


def often(service: Service, what: str, ask: Callable[[int], object]) -> None:
    """Measure something short many times and tell its median."""
    seconds, before = [], service.cpu_s()
    for number in range(OFTEN):
        began = time.perf_counter()
        ask(number)
        seconds.append(time.perf_counter() - began)
    row(what, statistics.median(seconds), (service.cpu_s() - before) / OFTEN, note=f"slowest {max(seconds):.3f}")


def look_around(service: Service, layer: str, bounds: list[float]) -> None:
    """Move over a layer as a reader does."""
    west, south, east, north = bounds
    wide, high = (east - west) / 40, (north - south) / 40

    def box(number: int) -> str:
        x, y = west + (number % 30 + 4) * wide, south + (number * 7 % 30 + 4) * high
        return f"{x:.5f},{y:.5f},{x + wide:.5f},{y + high:.5f}"

    path = f"/layers/{layer}.geojson"
    ids = [one["id"] for one in json.loads(service.get(path, bbox=box(0), limit=OFTEN))["features"]]
    often(service, "a step to the side", lambda number: service.get(path, bbox=box(number), limit=3000))
    often(service, "a card", lambda number: service.get(f"/features/{layer}/{ids[number % len(ids)]}"))
    often(service, "a search", lambda number: service.get("/api/search", q=f"{ids[number % len(ids)]}"))
    often(service, "the catalog again", lambda _number: service.get("/api/catalog"))


def main() -> None:
    """Walk the path once."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("plan", type=Path)
    parser.add_argument("layer")
    parser.add_argument("--port", type=int, default=8419)
    asked = parser.parse_args()
    sys.stdout.write("| what | clock s | processor s | |\n|---|--:|--:|---|\n")
    commanded(asked.plan, "a command's help", "--help")
    first = next(iter(tomllib.loads((asked.plan / "statistics.toml").read_text("utf-8"))["statistics"]))
    commanded(asked.plan, "a statistic of the plan, alone", "statistic", first, "--no-publish")
    began = time.perf_counter()
    with running(asked.plan, asked.port) as service:
        service.answers()
        row("start to the first answer", time.perf_counter() - began, service.cpu_s(), note="workers start beside")
        service.get("/")
        catalog = json.loads(service.get("/api/catalog"))
        bounds = catalog["layers"][asked.layer]["bounds"]
        middle = [(bounds[i] + bounds[i + 2]) / 2 for i in (0, 1)]
        near = ",".join(f"{x + step:.5f}" for step in (-0.01, 0.01) for x in middle)
        service.get(f"/layers/{asked.layer}.geojson", bbox=near, limit=3000)
        row("start to the first map", time.perf_counter() - began, service.cpu_s(), note="workers start beside")
        look_around(service, asked.layer, bounds)
        time.sleep(IDLE_S)
        whole, anonymous = service.memory_mb()
        sys.stdout.write(f"\nIdle, all processes: {whole:.0f} MB, {anonymous:.0f} MB of it no file's pages.\n")


if __name__ == "__main__":
    main()
