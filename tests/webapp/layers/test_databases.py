"""Tables of named databases over HTTP: for editors only, by name only, taken into an upload or leaving nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.waiting import until
from tests.webapp.layers.test_imports import finished
from webapp.cli import main
from webapp.settings import BadSetting, read_settings
from webapp.state import state_of

pytestmark = pytest.mark.slow

psycopg = pytest.importorskip("psycopg")
PASSWORD = "geheim:wort/9"


def sql(address: str, text: str) -> list[tuple[Any, ...]]:
    base, schema = address.split("?schema=")
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path TO {schema}, public")
        cursor = connection.execute(text)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture
def tables(postgis: str) -> Iterator[tuple[str, str]]:
    """The address of a database, and a schema of it with a table of parcels."""
    base, schema = postgis.split("?schema=")
    sql(postgis, "CREATE TABLE parcels (gid int PRIMARY KEY, 名称 text, geom geometry(Polygon,4490))")
    sql(
        postgis,
        "INSERT INTO parcels SELECT n, '地块' || n, ST_MakeEnvelope(104.05+n/1e3, 30.05, 104.0505+n/1e3, 30.06, 4490)"
        " FROM generate_series(1, 4) n",
    )
    sql(postgis, "CREATE VIEW slow AS SELECT pg_sleep(600)::text AS n, geom FROM parcels")
    yield base.replace("planatlas@", f"planatlas:{quote(PASSWORD, safe='')}@"), schema
    sql(postgis, f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask], tables: tuple[str, str]) -> Iterator[Flask]:
    app = make_app(plan, databases=f"规划库={tables[0]}; away=postgresql://u:{quote(PASSWORD)}@127.0.0.1:1/x")
    yield app
    state_of(app).close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def editor(app: Flask) -> dict[str, str]:
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("layers:write",), days=1)[1]}


def left(tmp_path: Path) -> list[Path]:
    return [p for p in (tmp_path / "instance" / "uploads").rglob("*") if p.is_file()]


def test_a_table_is_listed_taken_looked_at_and_imported(
    client: FlaskClient, editor: dict[str, str], tables: tuple[str, str]
) -> None:
    assert client.get("/api/databases", headers=editor).get_json() == {"databases": ["规划库", "away"]}
    told = client.get("/api/databases/规划库", headers=editor).get_json()["tables"]
    ours = [one for one in told if one["schema"] == tables[1]]
    assert [(one["table"], one["kind"], one["srid"]) for one in ours] == [
        ("parcels", "POLYGON", 4490),
        ("slow", "POLYGON", 4490),
    ]
    wanted = {"table": f"{tables[1]}.parcels"}
    taken = finished(client, client.post("/api/databases/规划库/take", json=wanted, headers=editor))["rows"]
    key = taken["upload"]
    assert taken["have"] == taken["size"] > 0
    assert client.put(f"/api/uploads/{key}?at={taken['size']}", data=b"x", headers=editor).status_code == 409
    seen = finished(client, client.post(f"/api/uploads/{key}/preview", json={}, headers=editor))["rows"]
    assert (seen["format"], seen["features"]) == ("PostGIS", 4)
    assert seen["places"][0]["declared"]
    body = {"layer": "brought", "label_zh": "新图层"}
    done = finished(client, client.post(f"/api/uploads/{key}/import", json=body, headers=editor))
    assert done["error"] is None
    assert done["rows"]["version"]["about"]["origin"]["table"] == f"{tables[1]}.parcels"
    assert client.get("/features/brought/3").get_json()["properties"]["名称"] == "地块3"
    assert client.delete(f"/api/uploads/{key}", headers=editor).status_code == 200


def test_a_table_that_is_being_read_is_no_upload_yet_and_cancelling_leaves_nothing(
    client: FlaskClient, editor: dict[str, str], tables: tuple[str, str], tmp_path: Path, postgis: str
) -> None:
    started = client.post("/api/databases/规划库/take", json={"table": f"{tables[1]}.slow"}, headers=editor)
    asked = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'planatlas import' AND query LIKE 'COPY%'"
    until(lambda: sql(postgis, asked))
    (about,) = (p for p in left(tmp_path) if p.name == "about.json")
    key = about.parent.name
    assert client.post(f"/api/uploads/{key}/preview", json={}, headers=editor).status_code == 409
    assert client.put(f"/api/uploads/{key}?at=0", data=b"x", headers=editor).status_code == 409
    client.post(f"/api/jobs/{started.get_json()['job']}/cancel", headers=editor)
    until(lambda: left(tmp_path) == [])
    until(lambda: sql(postgis, asked) == [])  # the server's work ends too


@pytest.mark.parametrize(
    ("address", "body", "status", "code"),
    [
        ("/api/databases/gone/take", {"table": "a.b"}, 404, "unknown_database"),
        ("/api/databases/规划库/take", {}, 400, "bad_parameter"),
        ("/api/databases/规划库/take", {"table": 7}, 400, "bad_parameter"),
        ("/api/databases/规划库/take", {"table": "a.b", "host": "evil"}, 400, "bad_parameter"),
        ("/api/databases/规划库/take", {"table": "a.b", "sql": "select 1"}, 400, "bad_parameter"),
    ],
)
def test_a_person_names_a_connection_and_a_table_and_nothing_else(
    client: FlaskClient, editor: dict[str, str], address: str, body: dict[str, Any], status: int, code: str
) -> None:
    found = client.post(address, json=body, headers=editor)
    assert (found.status_code, found.get_json()["code"]) == (status, code)
    assert found.get_json()["title_zh"] != found.get_json()["title_en"]


def test_only_editors_know_of_databases(client: FlaskClient, app: Flask) -> None:
    made = state_of(app)
    reader = {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("restricted:read",), days=1)[1]}
    for headers, status in (({}, 401), (reader, 403)):
        assert client.get("/api/databases", headers=headers).status_code == status
        assert client.get("/api/databases/规划库", headers=headers).status_code == status
        taken = client.post("/api/databases/规划库/take", json={"table": "a.b"}, headers=headers)
        assert taken.status_code == status
        assert "规划库" not in client.get("/import", headers=headers).text


def test_failures_are_told_and_leave_nothing_and_no_secret_is_anywhere(
    client: FlaskClient, editor: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    unreachable = client.get("/api/databases/away", headers=editor)
    assert (unreachable.status_code, unreachable.get_json()["code"]) == (503, "database_unreachable")
    said = [unreachable.text]
    for name, table, code in (
        ("away", "a.b", "database_unreachable"),
        ("规划库", "x.y", "unknown_table"),
        ("规划库", "public.spatial_ref_sys", "no_geometry_column"),
    ):
        told = finished(client, client.post(f"/api/databases/{name}/take", json={"table": table}, headers=editor))
        assert (told["state"], told["error"]["code"]) == ("failed", code)
        said.append(json.dumps(told, ensure_ascii=False))
    assert left(tmp_path) == []
    said += [
        client.get(at, headers=editor).text
        for at in ("/import", "/limits", "/audit", "/api/databases", "/api/catalog", "/api/openapi.json")
    ]
    said += [caplog.text]
    said += [p.read_text("utf-8", "replace") for p in (tmp_path / "instance").rglob("*") if p.is_file()]
    for secret in (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD), "127.0.0.1:1/x"):
        assert not [text[:80] for text in said if secret in text]


@pytest.mark.parametrize(
    "text",
    ["postgresql://h/x", "a=http://h", "a=postgresql://h/x;a=postgresql://h/y", "a b=postgresql://h/x", "a="],
)
def test_a_wrong_setting_stops_the_start_and_is_not_repeated(text: str) -> None:
    with pytest.raises(BadSetting) as told:
        read_settings({"PLANATLAS_DATABASES": text})
    assert text not in told.value.message("en")


def test_the_setting_takes_addresses_and_services() -> None:
    text = "a=postgresql://u:p%3B@h:5/x?sslmode=require; 规划库=service=plans\n b=host=h dbname=x;"
    assert read_settings({"PLANATLAS_DATABASES": text}).databases == {
        "a": "postgresql://u:p%3B@h:5/x?sslmode=require",
        "规划库": "service=plans",
        "b": "host=h dbname=x",
    }


def test_the_command_line_lists_and_imports(
    plan: Path, tables: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLANATLAS_DATABASES", f"survey={tables[0]}")
    table, shared = f"{tables[1]}.parcels", ["import", "--data", str(plan), "--database"]
    assert main.main([*shared, "survey"]) == 0
    assert f"{table}\tgeom\tPOLYGON\tSRID 4490\t" in capsys.readouterr().out
    assert main.main([*shared, "survey", "--table", table, "--layer", "parcels"]) == 0
    assert "parcels v1: 4 (4 上图 / on the map), PostGIS" in capsys.readouterr().out
    assert main.main([*shared, "gone", "--table", table, "--layer", "b"]) == 2
    assert main.main([*shared, "survey", "--table", "x.y", "--layer", "b"]) == 2
    assert main.main([*shared, "survey", "--table", table]) == 2
    assert main.main(["import", "--data", str(plan), "--layer", "b"]) == 2
    errors = capsys.readouterr().err
    assert "没有表" in errors
    assert "has no table" in errors
    assert PASSWORD not in errors
