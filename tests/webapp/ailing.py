"""A service on a disk that ails: run in a mount namespace of its own, where a disk image may be mounted.

``python -m tests.webapp.ailing <folder>`` puts the plan and the service's own files on an ext4 disk in an image on
a small disk in memory. Where the small disk has no room for a block, the kernel gives EIO to who flushes it, as a
dying disk does; where the disk itself has none, ENOSPC. Last, a
service starts on a disk that may not be written. Each time the same deeds are asked over HTTP, and once
more when the disk is well again; nothing is restarted. One JSON line an answer; the test reads them.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from tests.landuse_plan import write_landuse_plan
from tests.waiting import LONGEST_S, free_port, until

CSV = ("name,lon,lat\n" + "".join(f"块 {i},{104.05 + i * 1e-5},30.05\n" for i in range(5000))).encode()


class Client:
    """Asks a service on loopback as an editor."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._headers = port, {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Return status and what came, read as JSON where it is."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"} if body is not None and not isinstance(body, bytes) else {}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONGEST_S)
        connection.request(method, path, data, self._headers | kind)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        with contextlib.suppress(ValueError):
            return answer.status, json.loads(text)
        return answer.status, None

    def job(self, path: str, body: object) -> tuple[int, Any]:
        """Start a job and wait for its end; one that failed is told with its error's code."""
        status, told = self.ask("POST", path, body)
        while status == 202 or (status == 200 and told["state"] in ("waiting", "running")):
            time.sleep(0.05)
            status, told = self.ask("GET", f"/api/jobs/{told['job']}")
        return (status, told) if status != 200 or told["state"] == "done" else (507, {"failed": told})


def deeds(client: Client, turn: int) -> Iterator[tuple[str, int, Any]]:
    """Read, edit, bring a file, keep a figure."""
    status, told = client.ask("GET", "/layers/zones.geojson")
    yield "read", status, {"features": len(told["features"]) if told else None}
    status, told = client.ask("GET", "/api/layers/zones/versions")
    yield "versions", status, {"number": told["versions"][0]["number"] if told["versions"] else 0}
    edit = {"feature": "z-1", "properties": {"name_zh": f"{turn} " + "改" * 9000}}
    newest = told["versions"][0]["number"] if told["versions"] else None
    yield "edit", *client.ask("POST", "/api/layers/zones/edits", {"expected": newest, "edits": [edit]})
    status, told = client.ask("POST", "/api/uploads", {"name": "a.csv", "size": len(CSV)})
    if status == 201:
        key = told["upload"]
        status, told = client.ask("PUT", f"/api/uploads/{key}?at=0", CSV)
        if status == 200:
            wanted = {"layer": f"lots{turn}", "label_zh": "块", "crs": "EPSG:4490"}
            status, told = client.job(f"/api/uploads/{key}/import", wanted)
        client.ask("DELETE", f"/api/uploads/{key}")
    yield "import", status, told
    inputs = {"demand": {"layer": "landuse"}, "facilities": {"layer": "parks"}}
    question = {"function": "coverage", "unit": "%", "distance_m": 100 + turn, "inputs": inputs}  # a new one
    yield "figure", *client.job("/api/figures", question)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)


def _read_only(disk: Path) -> None:
    """Take writing from the disk; an error of a write before, which nobody was told yet, is told to the first sync."""
    command = ["mount", "-o", "remount,ro", str(disk)]
    if subprocess.run(command, check=False).returncode != 0:
        os.sync()
        _run(*command)


def _used_kb(place: Path) -> int:
    found = os.statvfs(place)
    return (found.f_blocks - found.f_bfree) * found.f_frsize // 1024


def _shrink(small: Path) -> None:
    """Leave no room beside what is used; what the service writes meanwhile makes that more, so it is looked at anew."""
    for _ in range(100):
        command = ["mount", "-o", f"remount,size={_used_kb(small)}k", str(small)]
        if subprocess.run(command, check=False).returncode == 0:
            return
        os.sync()
    raise RuntimeError("the disk never came to rest")


@contextlib.contextmanager
def eio(small: Path, disk: Path) -> Iterator[None]:
    """Every block that was not there before fails."""
    os.sync()
    _run("fstrim", str(disk))
    _shrink(small)
    yield
    _run("mount", "-o", "remount,size=96m", str(small))


@contextlib.contextmanager
def full(_small: Path, disk: Path) -> Iterator[None]:
    """No block is free."""
    with (disk / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(1024)):
            pass
    yield
    (disk / "filler").unlink()


AILMENTS = {"full": full, "EIO": eio}  # EIO last: it leaves the disk with holes


def main(aside: Path) -> None:
    """Ask while the disk is well, ill and well again."""
    small, disk = aside / "small", aside / "disk"
    small.mkdir()
    disk.mkdir()
    _run("mount", "-t", "tmpfs", "-o", "size=96m", "none", str(small))
    image = small / "disk.img"
    with image.open("wb") as file:
        file.truncate(40 * 2**20)
    _run("mkfs.ext4", "-q", "-F", "-O", "^has_journal", str(image))
    _run("mount", "-o", "loop,errors=continue", str(image), str(disk))
    folder = write_landuse_plan(disk / "plan")
    port = free_port()
    environment = os.environ | {"PLANATLAS_DATA": str(folder), "PLANATLAS_INSTANCE": str(disk / "instance")}
    environment |= {"PLANATLAS_MAX_JOBS": "1", "PLANATLAS_MAX_LOOKS": "1"}  # one each is enough
    command = [sys.executable, "-m", "webapp.cli"]
    made = subprocess.run(
        [*command, "token", "create", "--scope", "layers:write"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    client = Client(port, made.stdout.split()[-1])
    turn = itertools.count(1)

    def ask(state: str) -> None:
        for deed, status, told in deeds(client, next(turn)):
            answer = {"state": state, "deed": deed, "status": status, "told": told}
            print(json.dumps(answer), flush=True)  # noqa: T201 - read by the test

    serve = [*command, "serve", "--port", str(port)]
    with (aside / "log").open("wb") as log:
        with _service(serve, environment, log, client):
            ask("well")  # and the workers have the store open
            for name, ailment in AILMENTS.items():
                with ailment(small, disk):
                    ask(name)
                ask("well")
        _read_only(disk)
        with _service(serve, environment, log, client):
            ask("read-only")
            _run("mount", "-o", "remount,rw", str(disk))
            ask("well")


def _answers(client: Client) -> bool:
    try:
        return client.ask("GET", "/healthz")[0] == 200
    except OSError:
        return False


@contextlib.contextmanager
def _service(serve: list[str], environment: dict[str, str], log: IO[bytes], client: Client) -> Iterator[None]:
    with subprocess.Popen(serve, env=environment, stdout=log, stderr=log) as service:
        try:
            until(lambda: service.poll() is not None or _answers(client))
            yield
        finally:
            service.terminate()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
