"""What a person waits for, on a newcomer's path: `python -m benchmarks.waiting PLAN LAYER` prints a table.

PLAN is a data folder, LAYER a layer of it, large or not. A command is started, the service is started, the first
map is asked for as the page asks for it, then steps to the side, cards, a search, the same in a browser; at the
end what the idle service holds, and how soon figures that nobody asks for are ready. Seconds are those of the
clock, which other programmes lengthen, and those of the processors, which they hardly do: one run beside others
compares by the second column only. A row whose clock misses its target says whether its processor seconds keep it.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from benchmarks.processes import family, machine, memory_kb, runs
from layers.figures.answer import figure_id, needs_drawn
from layers.figures.question import read_questions
from layers.figures.uses import find_uses
from layers.library.library import Library
from webapp.accounts.accounts import Accounts
from webapp.http.access import Keyring

COMMAND, MAP = "a command's own start (the list of statistics)", "start to the first map"
LOOK, SHEET = "the first look at a file to import", "a sheet of a part of the layer, A4 (PNG)"
STATISTICS, TOGGLE = "all statistics of the plan", "in the browser: a layer on or off, until drawn"
CARD, FILTER = "in the browser: a card", "in the browser: a filter"
PAN = "in the browser: a step to the side, until drawn"
TARGETS_S = {
    COMMAND: 1.2,
    MAP: 4.0,
    LOOK: 2.0,
    SHEET: 4.0,
    STATISTICS: 6.0,
    TOGGLE: 0.150,
    CARD: 0.100,
    FILTER: 0.100,
    PAN: 0.100,
    "a card": 0.100,
    "a step to the side": 0.100,
}
DEEDS = 10  # times a reader's deed is done in the browser
OFTEN = 15  # times a short wait is measured; its median is told
LONGEST_S = 30.0  # that the workers of a service that was ended are waited for
PAUSE_S = 0.08  # between a page's first two looks at a job
IN_THE_BROWSER = Path(__file__).with_name("waiting.js")
READY_S = 120.0  # that figures nobody asks for are waited for
DRAWN_WHOLE = 20_000  # features of a layer that the page draws whole
ON_A_SHEET, SHEET_PX = 100_000, 1100  # features of a layer on a sheet, and about how wide its map is
IDLE_S = 75.0  # after which workers have let go of what they used


class Service:
    """The service in processes of its own, asked over its port; what it keeps lies apart from the plan."""

    def __init__(self, plan: Path, port: int, instance: Path, *, warm: bool = False) -> None:
        command = [sys.executable, "-m", "webapp.cli", "serve", "--port", str(port), "--data", str(plan)]
        self.address = f"http://127.0.0.1:{port}"
        given = {
            "instance": str(instance),
            "max_visitor_figures": "100000",
            "warm_figures": "yes" if warm else "no",
        }
        around = os.environ | {f"PLANATLAS_{name.upper()}": value for name, value in given.items()}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=around)

    def ask(self, path: str, body: bytes | None = None, *, method: str = "GET", token: str = "") -> bytes:
        """Return the answer to a request."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        asked = urllib.request.Request(f"{self.address}{path}", body, headers, method=method)
        with urllib.request.urlopen(asked, timeout=600) as answer:
            told: bytes = answer.read()
        return told

    def get(self, path: str, **asked: object) -> bytes:
        """Return the answer to a reader's request."""
        return self.ask(f"{path}?{urllib.parse.urlencode(asked)}" if asked else path)

    def answers(self) -> None:
        """Wait until it answers."""
        while True:
            try:
                self.get("/healthz")
            except OSError:
                time.sleep(0.02)
            else:
                return

    def ended(self, job: bytes, token: str) -> str:
        """Wait for a job as a page does, and return how it ended."""
        told = json.loads(job)
        while told["state"] in ("waiting", "running"):
            time.sleep(0.1)
            told = json.loads(self.ask(f"/api/jobs/{told['job']}", token=token))
        return str(told["state"])

    def cpu_s(self) -> float:
        """Return the processor seconds of all of them, those that ended before left out."""
        return cpu_s_of(self.process.pid)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it, and wait until its workers are gone too."""
        processes = list(family(self.process.pid))
        self.process.send_signal(how)
        self.process.wait(30)
        end = time.monotonic() + LONGEST_S
        while any(map(runs, processes)) and time.monotonic() < end:
            time.sleep(0.02)


def cpu_s_of(process: int) -> float:
    """Return the processor seconds of a process and all its children, those that ended before left out."""
    ticks = 0
    for folder in family(process):
        with suppress(OSError):
            stat = folder.joinpath("stat").read_text().rpartition(")")[2].split()
            ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(plan: Path, port: int, instance: Path, *, warm: bool = False) -> Iterator[Service]:
    """Give a service that is stopped afterwards; ``warm``: it computes figures that nobody asks for."""
    service = Service(plan, port, instance, warm=warm)
    try:
        yield service
    finally:
        if service.process.poll() is None:
            service.stop()


ROWS: list[str] = []


def say(line: str) -> None:
    """Print a line and keep it for the page."""
    ROWS.append(line)
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def row(what: str, clock_s: float, cpu_s: float | None = None, *, note: str = "", at_once: int = 1) -> None:
    """Tell a line of the table, with its target; ``at_once``: how many processors could work on it."""
    cpu, target = "" if cpu_s is None else f"{cpu_s:.3f}", TARGETS_S.get(what)
    met = "" if target is None else "yes" if clock_s < target else "no"
    if met == "no" and target is not None and cpu_s is not None:
        met = "by processor s" if cpu_s / at_once < target else "no"
    say(f"| {what} | {clock_s:.3f} | {cpu} | {'' if target is None else f'{target:g}'} | {met} | {note} |")


def commanded(plan: Path, what: str, *words: str) -> None:
    """Measure a command from its start to its end."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "webapp.cli", *words]
    ended = subprocess.run(
        [*command, "--data", str(plan)] if words[0] != "--help" else command, capture_output=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    row(what, time.perf_counter() - began, cpu_s, note="" if ended.returncode in (0, 3) else "failed")


def once(service: Service, what: str, ask: Callable[[], object], *, at_once: int = 1) -> None:
    """Measure something once; what it returns is noted."""
    before, began = service.cpu_s(), time.perf_counter()
    found = ask()
    seconds = time.perf_counter() - began
    row(what, seconds, service.cpu_s() - before, note=str(found or ""), at_once=at_once)


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
    ids = [str(one["id"]) for one in json.loads(service.get(path, limit=OFTEN))["features"]]
    cards = [f"/features/{layer}/{urllib.parse.quote(one, safe='')}" for one in ids]
    often(service, "a step to the side", lambda number: service.get(path, bbox=box(number), limit=3000))
    often(service, "a card", lambda number: service.get(cards[number % len(cards)]))
    often(service, "a search", lambda number: service.get("/api/search", q=ids[number % len(ids)]))
    kept_bytes(service, "/api/catalog", "the catalog")
    kept_bytes(service, f"{path}?limit=3000", "3,000 features")
    once(service, "a sheet of the plan, A4 (PNG)", lambda: sheet(service))
    count = json.loads(service.get("/api/catalog"))["layers"][layer]["count"]
    share = math.sqrt(min(1.0, ON_A_SHEET / max(count, 1)))  # of the layer's width and height
    degrees = max((east - west) * share, 1e-6)
    zoom, middle = math.log2(SHEET_PX * 360 / 256 / degrees), ((south + north) / 2, (west + east) / 2)
    view = f"z={zoom:.2f}&c={middle[0]:.5f},{middle[1]:.5f}&on={layer}"
    once(service, SHEET, lambda: f"{sheet(service, v=view)}, about {count * share * share:,.0f} features")


def kept_bytes(service: Service, path: str, what: str) -> None:
    """Ask for an answer as browsers do, packed, again and again; then whether it is still the same."""
    headers = {"Accept-Encoding": "br, gzip"}
    tag, size = "", 0

    def ask(**more: str) -> int:
        nonlocal tag, size
        asked = urllib.request.Request(f"{service.address}{path}", headers=headers | more)
        try:
            with urllib.request.urlopen(asked, timeout=600) as answer:
                tag, size = str(answer.headers["ETag"]), len(answer.read())
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    once(service, f"{what}, packed", lambda: f"{ask() and size / 1000:.1f} kB")
    often(service, f"{what}, packed, again", lambda _number: ask())
    once(service, f"{what}, whether it is still the same", lambda: ask(**{"If-None-Match": tag}))


def sheet(service: Service, **view: str) -> str:
    """Have the plan, or a view of it, drawn on paper."""
    return f"{len(service.get('/render/map.png', size='a4-landscape', **view)) / 1000:.0f} kB"


def in_browser(service: Service) -> None:
    """Do on the page what a reader does, with the largest layer drawn whole; left out without a browser."""
    if find_spec("playwright") is None:
        say("| in the browser: not measured, there is none | | | | | |")
        return
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - where it is installed

    from tests.chromium import FLAGS, browser_path  # noqa: PLC0415 - it needs the same

    known = json.loads(service.get("/api/catalog"))["layers"]
    whole = [one for one in known.values() if one["status"] == "ok" and 0 < one["count"] <= DRAWN_WHOLE]
    layer = max(whole, key=lambda one: int(one["count"]))
    features = json.loads(service.get(f"/layers/{layer['id']}.geojson"))["features"]
    field = layer.get("class_field") or layer["fields"][0]["id"]
    classes = list(dict.fromkeys(str(one["properties"].get(field)) for one in features))
    deeds = (
        (TOGGLE, "toggle", [""] * DEEDS),
        (CARD, "card", [str(one["id"]) for one in features[:: max(len(features) // DEEDS, 1)]][:DEEDS]),
        (PAN, "pan", ["200", "-200"] * (DEEDS // 2)),
        (FILTER, "filter", [f"{field}={one}" for one in classes[:DEEDS]]),
    )
    script = IN_THE_BROWSER.read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{service.address}/?lang=en")
        page.wait_for_selector("html[data-ready]", state="attached")
        page.wait_for_timeout(2000)
        for what, deed, values in deeds:
            before = cpu_s_of(os.getpid())
            told = page.evaluate(script, {"what": deed, "layer": layer["id"], "values": values})
            seconds = sorted(map(float, told))
            cpu_s = (cpu_s_of(os.getpid()) - before) / len(seconds)
            note = f"slowest {seconds[-1]:.3f}, {layer['count']:,} features"
            row(what, statistics.median(seconds), cpu_s, note=note)
        browser.close()


def ready_unasked(plan: Path, port: int, instance: Path) -> None:
    """Start a service that computes what nobody asks for, and wait until all statistics are there."""
    library = Library(plan)
    declared = [one for one in read_questions(plan).statistics.values() if not needs_drawn(one)]
    ids = {figure_id(one, find_uses(library, one.inputs)) for one in declared}
    for what in ("start until all statistics are ready, nobody asking", "the same after a restart"):
        began = time.perf_counter()
        with running(plan, port, instance, warm=True) as service:
            service.answers()
            while not ids <= {path.stem for path in (instance / "figures").glob("*.json")}:
                time.sleep(0.1)
                if time.perf_counter() - began > READY_S:
                    break
            row(what, time.perf_counter() - began, service.cpu_s(), note=f"{len(ids)} figures")


def look_at_a_file(service: Service, token: str, middle: list[float]) -> str:
    """Bring a small file and look at it, as the page of imports does."""
    ring: list[list[float]] = [[0, 0], [0.001, 0], [0.001, 0.001], [0, 0.001], [0, 0]]
    features: list[object] = []
    for number in range(32):
        shape = [[round(middle[0] + x + number / 900, 7), round(middle[1] + y, 7)] for x, y in ring]
        geometry = {"type": "Polygon", "coordinates": [shape]}
        features.append({"type": "Feature", "geometry": geometry, "properties": {"name": f"n {number}"}})
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    begin = json.dumps({"name": "small.geojson", "size": len(body)}).encode()
    upload = json.loads(service.ask("/api/uploads", begin, method="POST", token=token))["upload"]
    service.ask(f"/api/uploads/{upload}?at=0", body, method="PUT", token=token)
    job = service.ask(f"/api/uploads/{upload}/preview", b"{}", method="POST", token=token)
    return f"{len(body) / 1000:.0f} kB, {service.ended(job, token)}"


def all_statistics(service: Service) -> str:
    """Ask for every declared statistic, two at a time as the page of statistics does, until all are there."""
    asked = [str(one["id"]) for one in json.loads(service.get("/api/statistics"))["statistics"]]

    def ready(one: str) -> bool:
        """Whether a statistic was computed; a job is watched with the page's pauses."""
        try:
            told = json.loads(service.get(f"/api/statistics/{one}"))
            pause = PAUSE_S
            while told.get("state") in ("waiting", "running"):
                time.sleep(pause)
                pause = min(1.1 * pause, 1.0)
                told = json.loads(service.get(f"/api/jobs/{told['job']}"))
        except urllib.error.HTTPError:
            return False
        return told.get("state") not in ("failed", "cancelled")

    with ThreadPoolExecutor(2) as pool:
        failed = list(pool.map(ready, asked)).count(False)
    return f"{len(asked)} statistics, {failed} failed"


def started(plan: Path, layer: str, port: int, instance: Path) -> str:
    """Walk from the start of the service to its end; return what the idle one holds."""
    began = time.perf_counter()
    with running(plan, port, instance) as service:
        service.answers()
        row("start to the first answer", time.perf_counter() - began, service.cpu_s(), note="workers start beside")
        service.get("/")
        bounds = json.loads(service.get("/api/catalog"))["layers"][layer]["bounds"]
        middle = [(bounds[i] + bounds[i + 2]) / 2 for i in (0, 1)]
        near = ",".join(f"{x + step:.5f}" for step in (-0.01, 0.01) for x in middle)
        service.get(f"/layers/{layer}.geojson", bbox=near, limit=3000)
        row(MAP, time.perf_counter() - began, service.cpu_s(), note="workers start beside", at_once=2)
        token = Accounts(instance).issue(Keyring(instance), ("layers:write",), days=1)[1]
        once(service, LOOK, lambda: look_at_a_file(service, token, middle), at_once=2)
        once(service, "the next look", lambda: look_at_a_file(service, token, middle))
        look_around(service, layer, bounds)
        once(service, STATISTICS, lambda: all_statistics(service), at_once=2)
        once(service, "all statistics again", lambda: all_statistics(service))
        in_browser(service)
        time.sleep(IDLE_S)
        whole, anonymous = (kb / 1024 for kb in memory_kb(service.process.pid))
        before = time.perf_counter()
        service.stop(signal.SIGKILL)
        row("killed, until all its processes are gone", time.perf_counter() - before)
    began = time.perf_counter()
    with running(plan, port, instance) as service:
        service.answers()
        row("start after that to the first answer", time.perf_counter() - began, service.cpu_s())
        before = time.perf_counter()
        service.stop()
        row("told to stop, until all its processes are gone", time.perf_counter() - before)
    ready_unasked(plan, port, instance / "ahead")
    return f"Idle, all processes: {whole:.0f} MB, {anonymous:.0f} MB of it no file's pages."


def main() -> None:
    """Walk the path once."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.waiting", description=__doc__)
    parser.add_argument("plan", type=Path)
    parser.add_argument("layer")
    parser.add_argument("--port", type=int, default=8419)
    parser.add_argument("--out", type=Path, help="file that the table is written to")
    asked = parser.parse_args()
    plan = asked.plan.resolve()
    size = sum(path.stat().st_size for path in plan.rglob("*") if path.is_file())
    say(f"{machine()}; load before {os.getloadavg()[0]:.1f}; a plan of {size / 1e6:.0f} MB.\n")
    say("| what | clock s | processor s | target s | met | |\n|---|--:|--:|--:|---|---|")
    commanded(plan, "a command's help", "--help")
    commanded(plan, COMMAND, "statistic", "--list")
    first = next(iter(tomllib.loads((plan / "statistics.toml").read_text("utf-8"))["statistics"]))
    commanded(plan, "a statistic of the plan, alone", "statistic", first, "--no-publish")
    with tempfile.TemporaryDirectory(prefix="planatlas-waiting-") as folder:
        idle = started(plan, asked.layer, asked.port, Path(folder))
    say(f"\n{idle}\nLoad of the machine afterwards: {os.getloadavg()[0]:.1f}.")
    if asked.out:
        command = f"python -m benchmarks.waiting {asked.plan.name} {asked.layer}"
        head = f"# Waiting\n\nWritten by `{command}` on {date.today().isoformat()}.\n\n"
        asked.out.write_text(head + "\n".join(ROWS) + "\n", "utf-8")


if __name__ == "__main__":
    main()
