"""A bounded load run against the service as readers meet it: ``python -m benchmarks.load --minutes 10``.

Fifty viewers open pages, layers, searches and features, ask a statistic once in fifty and a picture once in a
hundred requests, while one statistic after the other is computed that nobody asked before; then sixteen
connections ask for cached layers; then the same beside two combs of 4,000 vertices and a star. What is written
tells quantiles, errors, memory in the course of time, files and threads as they were.
"""

from __future__ import annotations

import argparse
import gzip
import http.client
import json
import math
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import quote

from benchmarks.processes import Use, machine, use_of
from layers.figures.answer import needs_drawn
from layers.figures.question import question_words, read_questions

VIEWERS, CACHED = 50, 16
LATE_MS = 150
PAUSE_S = 0.25  # between two looks at a job
SAMPLES = 20  # of memory at least, and one a minute at least
READY_S = 300.0
PAGES = ("/", "/about", "/statistics", "/indicators", "/limits", "/briefing")
WORDS = ("公园", "河", "a", "park", "项目", "路")


@dataclass
class Seen:
    """What was measured: seconds by kind, and what was not as it should be."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, seconds: float, status: int | str) -> None:
        with self.lock:
            self.seconds[kind].append(seconds)
            if status not in (200, 202, 304, "done"):
                self.wrong[f"{kind} {status}"] += 1

    def at(self, kind: str, share: float) -> float:
        """Return a quantile of a kind's waits in ms; 0 where nothing was asked."""
        found = sorted(self.seconds[kind])
        return found[min(int(len(found) * share), len(found) - 1)] * 1000 if found else 0.0

    def rows(self) -> Iterator[str]:
        for kind, found in sorted(self.seconds.items()):
            found.sort()
            at = [found[min(int(len(found) * share), len(found) - 1)] * 1000 for share in (0.5, 0.95, 0.99)]
            yield f"| {kind} | {len(found):,} | {at[0]:.0f} | {at[1]:.0f} | {at[2]:.0f} | {found[-1] * 1000:.0f} |"


class Client:
    """One reader with a connection that is kept open."""

    def __init__(self, port: int, seen: Seen, address: str) -> None:
        self.port, self.seen, self.address = port, seen, address
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, kind: str, path: str, body: object = None) -> tuple[int, bytes]:
        began = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=120, source_address=(self.address, 0)
                )
            method = "GET" if body is None else "POST"
            data = None if body is None else json.dumps(body)
            headers = {
                "Content-Type": "application/json",
                "Origin": f"http://127.0.0.1:{self.port}",
                "Accept-Encoding": "gzip",  # as a browser does
            }
            self.connection.request(method, path, data, headers)
            answer = self.connection.getresponse()
            status, told = answer.status, answer.read()
            seconds = time.monotonic() - began
            if answer.headers.get("Content-Encoding") == "gzip":
                told = gzip.decompress(told)
            if answer.will_close:
                self.connection = None
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            self.seen.note(kind, time.monotonic() - began, type(error).__name__)
            return 0, b""
        self.seen.note(kind, seconds, status)
        return status, told


def view(client: Client, chance: random.Random, layers: list[str], over: float) -> None:
    """Read as a person does: look, wait a little, look again."""
    asked = chance.randrange(100)
    while time.monotonic() < over:
        asked += 1
        layer = chance.choice(layers)
        if asked % 100 == 0:
            client.ask("picture", f"/render/map.png?size={chance.choice(('social', 'slide'))}")
        elif asked % 50 == 0:
            client.ask("statistic", f"/api/statistics/{chance.choice(STATISTICS)}")
        else:
            way = chance.randrange(10)
            if way < 3:
                client.ask("page", chance.choice(PAGES))
            elif way < 7:
                client.ask("layer", f"/layers/{layer}.geojson")
            elif way < 9:
                client.ask("search", f"/api/search?q={quote(chance.choice(WORDS))}")
            else:
                _, told = client.ask("layer", f"/layers/{layer}.geojson?limit=20")
                found = json.loads(told)["features"] if told[:1] == b"{" else []
                if found:
                    one = quote(str(chance.choice(found)["id"]), safe="")
                    client.ask("feature", f"/features/{layer}/{one}")
        time.sleep(chance.uniform(0.2, 1.0))


STATISTICS: list[str] = []


def cached(client: Client, chance: random.Random, layers: list[str], over: float) -> None:
    """Ask for layers that are kept ready, one after the other without waiting."""
    while time.monotonic() < over:
        client.ask("cached layer", f"/layers/{chance.choice(layers)}.geojson")


def star(lon: float, lat: float, vertices: int = 1500) -> list[list[float]]:
    step = vertices // 2 - 1
    turns = [2 * math.pi * (i * step % vertices) / vertices for i in range(vertices)]
    ring = [[lon + 0.05 * math.cos(a), lat + 0.05 * math.sin(a)] for a in turns]
    return [*ring, ring[0]]


def comb(lon: float, lat: float, *, upright: bool, teeth: int = 1000) -> list[list[float]]:
    """Return a ring of 4,000 vertices: valid, and dear to cut another with."""
    ring = [[0.0, 0.0]]
    for tooth in range(teeth):
        at = 0.001 + tooth * 0.098 / teeth
        ring += [[at, 0.001], [at, 0.1], [at + 0.00002, 0.1], [at + 0.00002, 0.001]]
    ring += [[0.1, 0.0], [0.0, 0.0]]
    return [[lon + x, lat + y] if upright else [lon + y, lat + x] for x, y in ring]


def attack(client: Client, _chance: random.Random, center: list[float], over: float) -> None:
    """Ask what is dear again and again; it is refused or ends at its deadline, and that is no error."""
    lat, lon = center
    while time.monotonic() < over:
        for ring in (
            comb(lon - 0.05, lat - 0.05, upright=True),
            comb(lon - 0.05, lat - 0.05, upright=False),
            star(lon, lat),
        ):
            client.ask("dear", "/api/polygon", {"polygon": {"type": "Polygon", "coordinates": [ring]}})


def ask_anew(client: Client, question: dict[str, object], over: float) -> None:
    """Have a question computed again and again, by another distance each time; wait for each as a page does."""
    number = 0
    while time.monotonic() < over:
        number += 1
        reach = question.get("distance_m")
        changed = {"distance_m": reach + number / 1000} if isinstance(reach, int | float) else {}
        began = time.monotonic()
        told = client.ask("running statistic, asked", "/api/figures", {**question, **changed})[1]
        state = json.loads(told or b"{}")
        while state.get("state") in ("waiting", "running"):
            time.sleep(PAUSE_S)
            state = json.loads(client.ask("its state", f"/api/jobs/{state['job']}")[1] or b"{}")
        client.seen.note("running statistic, until done", time.monotonic() - began, str(state.get("state")))


def running_question(folder: Path) -> dict[str, object]:
    """Return the question that is computed beside the viewers: a statistic of a distance, if the plan has one."""
    known = [one for one in read_questions(folder).statistics.values() if not needs_drawn(one)]
    return question_words(next((one for one in known if one.distance_m), known[0]))


def make_ready(client: Client) -> None:
    """Ask for every statistic until all are there, as a service that has run for a while has them."""
    waiting, end = list(STATISTICS), time.monotonic() + READY_S
    while waiting and time.monotonic() < end:
        answers = ((one, client.ask("statistic", f"/api/statistics/{one}")) for one in waiting)
        waiting = [one for one, (status, _) in answers if status in (202, 503)]
        time.sleep(0.2)


@contextmanager
def served(folder: Path) -> Iterator[tuple[int, int]]:
    """Serve a plan; yield process and port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "webapp.cli", "serve", "--data", str(folder), "--port", str(port)]
    wide = {"PLANATLAS_MAX_VISITOR_FIGURES": "100000"}  # all fifty sit behind a few addresses here
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ | wide
    )
    assert process.stdout
    for line in process.stdout:
        if "Ctrl+C" in line:
            break
    threading.Thread(target=process.stdout.read, daemon=True).start()
    try:
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)


def phase(port: int, seconds: float, people: list[Callable[[Client, random.Random, float], None]]) -> Seen:
    """Let so many people at it, each from one of ten addresses; return what they saw."""
    seen, over = Seen(), time.monotonic() + seconds
    threads = [
        threading.Thread(
            target=one, args=(Client(port, seen, f"127.0.0.{10 + number % 10}"), random.Random(number), over)
        )
        for number, one in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def main() -> None:
    """Run the phases and write what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument(
        "--minutes", type=float, default=10, help="of the viewers; the other phases take a tenth each"
    )
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks-load.md"))
    options = parser.parse_args()
    load = [f"{os.getloadavg()[0]:.1f}"]
    with served(options.data) as (process, port):
        first = Client(port, Seen(), "127.0.0.1")
        catalog = json.loads(first.ask("layer", "/api/catalog")[1])
        layers = [
            key for key, one in catalog["layers"].items() if one["status"] == "ok" and not one.get("restricted")
        ]
        STATISTICS.extend(one["id"] for one in json.loads(first.ask("layer", "/api/statistics")[1])["statistics"])
        center = catalog["plan"]["center"]
        make_ready(first)
        look = [lambda c, r, over: view(c, r, layers, over)]
        steady = [lambda c, r, over: cached(c, r, layers, over)]
        question = running_question(options.data)
        computing = [lambda c, _r, over: ask_anew(c, question, over)]
        dear = [lambda c, r, over: attack(c, r, center, over)]
        seconds = options.minutes * 60
        phase(port, max(seconds / 10, 10), look * options.viewers)  # what is made once is made
        before, began = use_of(process), time.monotonic()
        samples = [(0.0, before)]
        sampling = threading.Event()

        def sample() -> None:
            while not sampling.wait(max(min(seconds / SAMPLES, 60), 1)):
                samples.append((time.monotonic() - began, use_of(process)))

        thread = threading.Thread(target=sample)
        thread.start()
        viewers = phase(port, seconds, look * options.viewers + computing)
        sampling.set()
        thread.join()
        after = use_of(process)
        samples.append((time.monotonic() - began, after))
        still = phase(port, seconds / 10, steady * CACHED)
        beside = phase(port, seconds / 10, steady * CACHED + dear * 3)
        last = use_of(process)
    load.append(f"{os.getloadavg()[0]:.1f}")
    head = (
        f"{options.viewers} viewers for {options.minutes:g} minutes beside one running statistic after the other, "
        f"on {date.today().isoformat()}, on the same machine as the service"
    )
    rows = [
        "# Load",
        "",
        f"Written by `python -m benchmarks.load`: {head}.",
        f"{machine()}.",
        f"Load of the machine before and after: {', '.join(load)} (over 0.5 before: others used it).",
        "",
        *told("Viewers", viewers),
        *told(f"{CACHED} connections on cached layers", still),
        *told("The same beside two combs and a star", beside),
        "## The service's process",
        "",
        "| when | resident MB | files | threads | all processes MB |",
        "|---|--:|--:|--:|--:|",
    ]
    most = Use(
        *(
            max(getattr(one, name) for _, one in samples)
            for name in ("rss_kb", "files", "threads", "all_kb", "anonymous_kb")
        )
    )
    for when, one in (("once warm", before), ("most", most), ("after the viewers", after), ("at the end", last)):
        memory = f"{one.rss_kb / 1000:.0f} | {one.files} | {one.threads} | {one.all_kb / 1000:.0f}"
        rows.append(f"| {when} | {memory} |")
    rows += ["", *curve(samples), "", *held(viewers, samples)]
    options.out.write_text("\n".join(rows) + "\n", "utf-8")
    print("\n".join(rows))


def curve(samples: list[tuple[float, Use]]) -> Iterator[str]:
    """Yield what the service held in the course of the viewers' phase."""
    yield from ("## Memory in the course of the viewers", "")
    yield "*All processes* counts once what several hold in common; *no file's* are pages that stay."
    yield from ("", "| s | the service MB | all processes MB | of it no file's MB |", "|--:|--:|--:|--:|")
    for at, one in samples:
        yield f"| {at:.0f} | {one.rss_kb / 1000:.0f} | {one.all_kb / 1000:.0f} | {one.anonymous_kb / 1000:.0f} |"


def held(seen: Seen, samples: list[tuple[float, Use]]) -> Iterator[str]:
    """Yield each target of the viewers' phase with what was seen."""
    yield from ("## Targets", "", "| target | seen | held |", "|---|---|---|")
    wrong, before, after = sum(seen.wrong.values()), samples[0][1], samples[-1][1]
    yield _verdict("no error", f"{wrong}", kept=wrong == 0)
    for kind in sorted(seen.seconds):
        if not kind.endswith("until done"):
            late = seen.at(kind, 0.95)
            yield _verdict(f"p95 under {LATE_MS} ms: {kind}", f"{late:.0f} ms", kept=late < LATE_MS)
    at_first = [one.all_kb for at, one in samples if at <= samples[-1][0] / 2]
    later = [one.all_kb for at, one in samples if at > samples[-1][0] / 2]
    grown = max(later) / max(at_first) - 1
    yield _verdict(
        "all processes: most in the second half within 10 % of the first", f"{grown:+.1%}", kept=grown <= 0.1
    )
    yield _verdict("files constant", f"{before.files}, {after.files}", kept=after.files <= before.files + 2)
    yield _verdict("threads constant", f"{before.threads}, {after.threads}", kept=after.threads <= before.threads)


def _verdict(target: str, found: str, *, kept: bool) -> str:
    return f"| {target} | {found} | {'yes' if kept else 'no'} |"


def told(title: str, seen: Seen) -> list[str]:
    """Return a phase as rows of a page; what is dear may be refused."""
    wrong = [
        f"{kind}: {count}"
        for kind, count in sorted(seen.wrong.items())
        if not kind.startswith("dear 4") and kind != "dear 503"
    ]
    total = sum(map(len, seen.seconds.values()))
    heads = ["| what | requests | p50 ms | p95 ms | p99 ms | most ms |", "|---|--:|--:|--:|--:|--:|"]
    end = f"{total:,} requests; answered otherwise than well: {', '.join(wrong) or 'none'}."
    return [f"## {title}", "", *heads, *seen.rows(), "", end, ""]


if __name__ == "__main__":
    main()
