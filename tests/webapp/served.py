"""The service as a process of its own, for what can only be seen from outside."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.waiting import LONGEST_S, free_port, until
from tests.warm import ABLE, WarmProcess, forked_beside, warm_context
from webapp import create_app
from webapp.cli.main import main
from webapp.settings import read_settings
from webapp.state import state_of

__all__ = ["Service", "token_for", "until"]


class Service:
    """The service as a process of its own, forked from one that has loaded everything; ``cold``: begun as users do."""

    def __init__(self, folder: Path, *words: str, cold: bool = False, **settings: str) -> None:
        settings = {"warm_figures": "no"} | settings  # nothing is computed but what a test asks for
        environment = os.environ | {f"PLANATLAS_{name.upper()}": value for name, value in settings.items()}
        self.port = free_port()
        asked = ["serve", "--data", str(folder), "--port", str(self.port), *words]
        self._cold = cold or not ABLE
        self._before: set[int] = set()
        self.process: subprocess.Popen[str] | WarmProcess
        if self._cold:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "webapp.cli", *asked],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        else:
            warm_context()
            self._before = set(_children_of(forked_beside()))
            self.process = WarmProcess(main, asked, environment)
        self.said = ""
        assert self.process.stdout
        while "Ctrl+C" not in self.said:
            line = self.process.stdout.readline()
            assert line, self.said
            self.said += line
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        with contextlib.suppress(ValueError):  # closed while a worker that outlived the service still held it
            for line in self.process.stdout:
                self.said += line

    def ask(
        self, method: str, path: str, body: object = None, *, token: str = "", most_s: float = LONGEST_S
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=most_s)
        headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.port}"}
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        return answer.status, json.loads(text) if text[:1] in b"{[" and text else text

    def stop(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait(LONGEST_S)
        self._reader.join(10)  # a worker that outlives it holds its words open
        assert self.process.stdout
        self.process.stdout.close()

    def processor_s(self) -> float:
        """Return the processor seconds it has taken so far; unlike those of a clock, they are its own."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def children(self) -> dict[int, float]:
        """Return the processor seconds of every worker by its number."""
        if self._cold:
            below = _children_of(self.process.pid)
            return {key: spent for one in below for key, spent in _children_of(one).items()} if ABLE else below
        others = {self.process.pid, *self._before}
        return {key: spent for key, spent in _children_of(forked_beside()).items() if key not in others}


def _children_of(parent: int) -> dict[int, float]:
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[1]) == parent:
            found[int(entry.name)] = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return found


def token_for(folder: Path, *scopes: str) -> str:
    """Return a token made at the machine itself, beside the service that may be running."""
    state = state_of(create_app(read_settings({}, {"data": str(folder)})))
    try:
        return str(state.accounts.issue(state.keyring, scopes, days=1)[1])
    finally:
        state.close()
