"""Everything a checkout answers on the bundled plan: addresses, figures, files, pictures and the command line."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.answers.canonical import canonical

FORMATS = ("geojson", "gpkg", "fgb", "parquet", "shp.zip", "kml", "csv", "xlsx")
FIGURE_FILES = ("csv", "xlsx", "geojson", "gpkg")
PICTURES = ("png", "svg", "pdf")
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[120.30, 31.90], [120.34, 31.90], [120.34, 31.93], [120.30, 31.93], [120.30, 31.90]]],
}
QUESTIONS: dict[str, dict[str, Any]] = {
    "area by class and zone": {
        "function": "tabulate",
        "unit": "ha",
        "inputs": {"classes": {"layer": "landuse"}, "zones": {"layer": "zones"}},
    },
    "area by class in a drawn polygon": {
        "function": "tabulate",
        "unit": "ha",
        "inputs": {"classes": {"layer": "landuse"}, "zones": {"layer": "@drawn"}},
        "polygon": SQUARE,
    },
    "share": {
        "function": "share",
        "inputs": {"part": {"layer": "landuse", "classes": ["10"]}, "whole": {"layer": "landuse"}},
    },
    "coverage of points": {
        "function": "coverage",
        "distance_m": 500,
        "inputs": {
            "demand": {"layer": "landuse", "classes": ["07"]},
            "facilities": {"layer": "facilities"},
            "zones": {"layer": "zones"},
        },
    },
    "coverage by class": {
        "function": "coverage",
        "by": "kind",
        "radii": {"school": 500, "health": 1000},
        "inputs": {"demand": {"layer": "landuse", "classes": ["07"]}, "facilities": {"layer": "facilities"}},
    },
    "coverage on foot": {
        "function": "coverage",
        "along": "network",
        "distance_m": 500,
        "inputs": {
            "demand": {"layer": "landuse", "classes": ["07"]},
            "facilities": {"layer": "parks"},
            "roads": {"layer": "roads"},
        },
    },
    "density": {
        "function": "density",
        "measure": "length",
        "inputs": {"part": {"layer": "roads"}, "whole": {"layer": "zones"}},
    },
    "band": {
        "function": "band",
        "distance_m": 1000,
        "measure": "area",
        "unit": "ha",
        "inputs": {"part": {"layer": "landuse"}, "line": {"layer": "rivers"}},
    },
    "nearest": {"function": "nearest", "inputs": {"part": {"layer": "projects"}, "line": {"layer": "rail"}}},
    "crossing": {"function": "crossing", "inputs": {"part": {"layer": "roads"}, "line": {"layer": "rivers"}}},
    "overlap": {
        "function": "overlap",
        "unit": "ha",
        "inputs": {"part": {"layer": "landuse"}, "constraints": {"layer": "parks"}},
    },
    "count by zone": {
        "function": "count",
        "by": "kind",
        "inputs": {"items": {"layer": "facilities"}, "zones": {"layer": "zones"}},
    },
    "a layer that is not there": {"function": "count", "inputs": {"items": {"layer": "nothing"}}},
}
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--help",),
    ("check-data",),
    ("statistic", "--list"),
    ("tabulate", "landuse", "--zones", "zones", "--no-publish"),
    (
        "tabulate",
        "landuse",
        "--zones",
        "zones",
        "--classes",
        "07,10",
        "--unit",
        "mu",
        "--format",
        "csv",
        "--language",
        "en",
        "--no-publish",
    ),
    (
        "coverage",
        "landuse",
        "--classes",
        "07",
        "--facilities",
        "parks",
        "--distance",
        "300",
        "--zones",
        "zones",
        "--no-publish",
    ),
    (
        "coverage",
        "landuse",
        "--classes",
        "07",
        "--facilities",
        "parks",
        "--size-rule",
        "5000::500",
        "--roads",
        "roads",
        "--barriers",
        "rivers",
        "--no-publish",
    ),
    ("proximity", "landuse", "--to", "rivers", "--distance", "100", "--measure", "area", "--no-publish"),
    ("proximity", "projects", "--to", "rail", "--function", "nearest", "--no-publish"),
    ("proximity", "roads", "--to", "rivers", "--function", "crossing", "--no-publish"),
    ("proximity", "landuse", "--to", "parks", "--function", "overlap", "--language", "en", "--no-publish"),
    ("ask", json.dumps(QUESTIONS["share"]), "--format", "json", "--no-publish"),
    ("ask", "{}"),
    ("statistic", "no_such_statistic"),
    ("export-html", "structure", "-o", "out.html"),
    ("render", "landuse", "-o", "out.svg", "--size", "a4", "--lang", "en", "--grid"),
    *(
        ("briefing", "overview", "-o", f"out.{kind}", "--lang", language)
        for kind in ("pptx", "docx", "html", "pdf")
        for language in ("zh", "en")
    ),
    ("briefing", "overview", "-o", "out.zip"),
    ("export", "landuse", "-o", "out.csv", "--crs", "EPSG:4549"),
    ("export", "parks", "-o", "out.geojson", "--crs", "GCJ02", "--decimals", "6"),
    ("verify",),
)


@dataclass
class Recording:
    """Answers by what was asked, kept as one file each with an index."""

    folder: Path
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)

    def keep(self, asked: str, status: object, kind: str, text: str) -> None:
        """Keep one answer."""
        name = f"{len(self.asked):05}.txt"
        (self.folder / name).write_text(text, encoding="utf-8")
        self.asked[asked] = {"status": status, "type": kind, "file": name}

    def close(self) -> None:
        """Write the index."""
        (self.folder / "index.json").write_text(json.dumps(self.asked, ensure_ascii=False, indent=1))


def read_recording(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what was asked, each with its status, type and ``text``."""
    index: dict[str, dict[str, Any]] = json.loads((folder / "index.json").read_text())
    return {key: {**one, "text": (folder / one["file"]).read_text(encoding="utf-8")} for key, one in index.items()}


@dataclass(frozen=True)
class Service:
    """A running service of a checkout."""

    checkout: Path
    python: str
    module: str
    data: Path
    instance: Path
    port: int

    @property
    def masks(self) -> dict[str, str]:
        """What differs from run to run."""
        return {
            str(self.data): "<data>",
            str(self.instance): "<instance>",
            str(self.checkout): "<checkout>",
            f"127.0.0.1:{self.port}": "<service>",
            f"127.0.0.1%3A{self.port}": "<service>",
            f":{self.port}": ":<port>",
        }

    def ask(self, address: str, body: object = None) -> tuple[int, str, bytes]:
        """Return status, content type and body of an address."""
        url = f"http://127.0.0.1:{self.port}{address}"
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.port}"} if data else {}
        request = urllib.request.Request(url, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=300) as found:
                return found.status, found.headers.get("Content-Type", ""), found.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Content-Type", ""), error.read()

    def run(self, words: tuple[str, ...], at: Path) -> subprocess.CompletedProcess[bytes]:
        """Run a command of the service in a folder of its own."""
        placed = tuple(str(at / w) if w.startswith("out.") else w for w in words)
        data = () if words[0].startswith("-") else ("--data", str(self.data))
        command = [self.python, "-m", self.module, *placed, *data]
        return subprocess.run(
            command, cwd=self.checkout, env=_environment(self.instance), capture_output=True, check=False
        )


def _environment(instance: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PLANATLAS_")}
    return kept | {"PLANATLAS_INSTANCE": str(instance), "PLANATLAS_MAX_SECONDS": "600", "PYTHONHASHSEED": "0"}


def command_line(checkout: Path) -> str:
    """Return the module that is a checkout's command line, as its front door names it."""
    doors = [p for name in ("setup", "workbench") if (p := checkout / name / "verbs.py").is_file()]
    found = re.search(r'"(webapp\.[\w.]+)"', doors[0].read_text()) if doors else None
    return found.group(1) if found else "webapp.cli"


@contextlib.contextmanager
def serving(checkout: Path, plan: str) -> Iterator[Service]:
    """Serve a copy of a checkout's plan on a free port until the block ends."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        shutil.copytree(checkout / plan, folder / "plan", symlinks=True)
        python = str(checkout / ".venv" / "bin" / "python")
        service = Service(checkout, python, command_line(checkout), folder / "plan", folder / "instance", port)
        with (folder / "log").open("wb") as log:
            child = subprocess.Popen(
                [python, "-m", service.module, "serve", "--port", str(port), "--data", str(service.data)],
                cwd=checkout,
                env=_environment(service.instance),
                stdout=log,
                stderr=log,
            )
        try:
            _wait(service, child, folder / "log")
            yield service
        finally:
            child.terminate()
            child.wait(timeout=30)


def _wait(service: Service, child: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError):
            if service.ask("/healthz")[0] == 200:
                return
        if child.poll() is not None:
            break
        time.sleep(0.1)
    raise SystemExit(f"the service does not start:\n{log.read_text()}")


def record(checkout: Path, folder: Path, *, plan: str = "data", like: Path | None = None) -> Recording:
    """Ask a checkout everything and keep its answers.

    Parameters
    ----------
    checkout
        With its `.venv` and `node_modules`.
    folder
        Made anew; one text file an answer and ``index.json``.
    plan
        The plan's folder in the checkout.
    like
        An earlier recording, whose addresses are asked too: a link that once worked has to answer.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    kept = Recording(folder)
    with serving(checkout, plan) as service:
        figures = _ask_figures(service, kept)
        paths = json.loads(service.ask("/api/openapi.json")[2])["paths"]
        addresses = list(_addresses(service, paths, figures))
        if like is not None:
            old = (one.removeprefix("GET ") for one in read_recording(like) if one.startswith("GET "))
            addresses += [one for one in old if one not in set(addresses)]
        for address in addresses:
            status, kind, body = service.ask(address)
            kept.keep(f"GET {address}", status, kind, canonical(address, body, service.masks))
        _run_commands(service, kept, plan)
    kept.close()
    return kept


def _ask_figures(service: Service, kept: Recording) -> list[str]:
    """Compute every declared statistic and the questions above; return the figures' ids."""
    known = json.loads(service.ask("/api/statistics")[2])["statistics"]
    ids = []
    for one in known:
        address = f"/api/statistics/{one['id']}"
        status, kind, body = service.ask(address)
        if status == 202:
            _finished(service, json.loads(body)["job"])
            status, kind, body = service.ask(address)
        kept.keep(f"statistic {one['id']}", status, kind, canonical(".json", body, service.masks))
        if status == 200:
            ids.append(json.loads(body)["id"])
    for name, question in QUESTIONS.items():
        status, kind, body = service.ask("/api/figures", question)
        if status == 202:
            job = _finished(service, json.loads(body)["job"])
            if job.get("figure"):
                ids.append(job["figure"])
                status, kind, body = service.ask(f"/api/figures/{job['figure']}")
            else:
                body = json.dumps({**job, "job": ""}).encode()
        kept.keep(f"question {name}", status, kind, canonical(".json", body, service.masks))
    status, kind, body = service.ask("/api/polygon", {"polygon": SQUARE})
    if status == 202:
        body = json.dumps({**_finished(service, json.loads(body)["job"]), "job": ""}).encode()
    kept.keep("polygon", status, kind, canonical(".json", body, service.masks))
    return ids


def _finished(service: Service, job: str) -> dict[str, Any]:
    while True:
        told: dict[str, Any] = json.loads(service.ask(f"/api/jobs/{job}")[2])
        if told.get("state") not in ("waiting", "running", "computing", "pending"):
            return told
        time.sleep(0.05)


def _addresses(service: Service, paths: dict[str, Any], figures: list[str]) -> Iterator[str]:
    """Yield every GET address: each path with each thing it can name, and with each option once."""
    layers = [one["id"] for one in json.loads(service.ask("/api/layers")[2])["layers"]]
    views = [one["id"] for one in json.loads(service.ask("/api/views")[2])["views"]]
    first = {}
    for layer in layers:
        found = json.loads(service.ask(f"/layers/{layer}.geojson?limit=2")[2]).get("features") or []
        first[layer] = [str(one["id"]) for one in found]
    choices: dict[str, list[str]] = {
        "layer": layers,
        "view": [*views, "map"],
        "figure": figures,
        "kind": list(FIGURE_FILES),
    }
    for path, operations in paths.items():
        if "get" not in operations or "/jobs/" in path or "/embed/figure" in path:
            continue
        given = operations["get"]["parameters"]
        names = [one for one in given if one["in"] == "path"]
        options = [one for one in given if one["in"] == "query" and one.get("example") is not None]
        told = _named(path, names, choices, layers, views, first)
        for at, address in enumerate(told):
            yield address
            few = not path.startswith(("/export", "/render", "/figures", "/api/figures"))
            if few or at == 0:
                for one in options:
                    value = one["example"][0] if isinstance(one["example"], list) else one["example"]
                    yield f"{address}?{urllib.parse.urlencode({one['name']: value})}"


def _named(
    path: str,
    names: list[dict[str, Any]],
    choices: dict[str, list[str]],
    layers: list[str],
    views: list[str],
    first: dict[str, list[str]],
) -> list[str]:
    if path == "/export/{file}":
        return [f"/export/{layer}.{kind}" for layer in layers for kind in FORMATS]
    if path == "/render/{file}":
        return [f"/render/{view}.{kind}" for view in views for kind in PICTURES]
    if path.startswith("/features/"):
        return [
            path.format(layer=layer, feature=urllib.parse.quote(one)) for layer in layers for one in first[layer]
        ]
    values = [choices.get(one["name"], [str(one.get("example"))]) for one in names]
    return [
        path.format(**dict(zip([one["name"] for one in names], combination, strict=True)))
        for combination in itertools.product(*values)
    ]


def _run_commands(service: Service, kept: Recording, plan: str) -> None:
    every = [("statistic", one, "--no-publish") for one in _statistics(service)]
    for words in (*COMMANDS, *every):
        with tempfile.TemporaryDirectory() as at:
            done = service.run(words, Path(at))
            masks = {str(at): "<out>"} | service.masks
            parts = [
                f"exit {done.returncode}",
                canonical("-", done.stdout, masks),
                canonical("-", done.stderr, masks),
            ]
            for path in sorted(Path(at).iterdir()):
                parts += [f"== {path.name}", canonical(path.name, path.read_bytes(), masks)]
            kept.keep(f"$ {' '.join(words)}", done.returncode, "command", "\n".join(parts))


def _statistics(service: Service) -> list[str]:
    return [one["id"] for one in json.loads(service.ask("/api/statistics")[2])["statistics"]]


def log(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stderr.write(text + "\n")
