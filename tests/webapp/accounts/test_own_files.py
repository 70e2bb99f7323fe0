"""The service's own files: brought to their form once, whole on a disk that may not be written, faults kept apart."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.accounts.accounts import Accounts
from webapp.accounts.deeds import Deeds
from webapp.accounts.own_files import OwnFile, OwnFileFails
from webapp.http.access import Keyring
from webapp.state import state_of
from webapp.views.saved import SavedViews


def _shape(file: sqlite3.Connection, _form: int) -> None:
    file.execute("CREATE TABLE t (n INTEGER)")


def test_readers_of_an_old_file_wait_for_one_another(tmp_path: Path) -> None:
    views = SavedViews(tmp_path, most=9)
    views.add("一", "", "", "li")
    with sqlite3.connect(tmp_path / "views.sqlite") as file:  # as files of the first form were
        file.execute("ALTER TABLE view DROP COLUMN public")
        file.execute("PRAGMA user_version=1")
    file.close()
    found: list[Any] = []

    def read() -> None:
        try:
            found.append([one.public for one in SavedViews(tmp_path, most=9).all()])
        except OwnFileFails as error:
            found.append(error)

    readers = [threading.Thread(target=read) for _ in range(12)]
    for one in readers:
        one.start()
    for one in readers:
        one.join()
    assert found == [[True]] * 12


KILLED = """
import os, sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("PRAGMA cache_size=1")
file.execute("BEGIN IMMEDIATE")
file.execute("UPDATE t SET n=7")
file.execute("PRAGMA cache_spill=1")
file.executemany("INSERT INTO t VALUES (?)", ((7,) for _ in range(100000)))
os.kill(os.getpid(), 9)
"""


def test_what_was_never_committed_is_not_read_on_a_read_only_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = OwnFile(tmp_path / "own.sqlite", 1, _shape)
    with own.opened() as file:
        file.executemany("INSERT INTO t VALUES (?)", ((0,) for _ in range(5000)))
    subprocess.run([sys.executable, "-c", KILLED, str(own.path)], check=False)
    assert own.path.with_name("own.sqlite-journal").stat().st_size > 0
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and allowed(path, mode))
    with own.opened(writing=False) as file:
        assert file.execute("SELECT count(*), max(n) FROM t").fetchone() == (5000, 0)


def test_a_fault_of_ours_is_no_fault_of_the_disk(tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "own.sqlite", 1, _shape)
    with pytest.raises(sqlite3.OperationalError), own.opened() as file:
        file.execute("SELECT nonsense FROM nowhere")
    with pytest.raises(FileNotFoundError), own.opened():
        (tmp_path / "none").read_bytes()
    own.path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    with pytest.raises(OwnFileFails, match="is not usable"), own.opened():
        pass


def test_a_write_that_cannot_be_logged_is_refused_and_room_can_be_freed(
    app: Flask, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = {
        "Authorization": "Bearer "
        + Accounts(tmp_path / "instance").issue(Keyring(tmp_path / "instance"), ("layers:write",), days=1)[1]
    }
    upload = client.post("/api/uploads", json={"name": "a.csv", "size": 9}, headers=token).get_json()["upload"]
    accounts: Accounts = state_of(app).accounts
    assert [(line[2], line[3]) for line in accounts.deeds.newest(limit=9)] == [("POST /api/uploads", "201")]
    assert client.post("/api/uploads", json={"name": "a.csv"}, headers=token).status_code in (400, 422)
    assert len(accounts.deeds.newest(limit=9)) == 1, "a refusal is no write"

    def full(*_: object) -> int:
        raise OwnFileFails(file="accounts.sqlite", why="database or disk is full")

    monkeypatch.setattr(Deeds, "note", full)
    edit = {"expected": None, "edits": [{"feature": "z-1", "properties": {"name_zh": "x"}}]}
    assert client.post("/api/layers/zones/edits", json=edit, headers=token).status_code == 503
    assert client.get("/api/layers/zones/versions").get_json()["versions"] == []
    assert client.delete(f"/api/uploads/{upload}", headers=token).status_code == 200
