"""Every parameter of every operation, by everybody: 4xx at worst. The walk reads the API's own document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask

from tests.landuse_plan import write_landuse_plan
from tests.webapp.operations import ROLES, SITE, Operation, operations, sign_in_as
from webapp.state import state_of

pytestmark = pytest.mark.slow

HOSTILE = (
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "1" + "0" * 30,
    "nan",
    "-inf",
    "٣",
    "２",
    "\x00",
    "\ud7ff￾",
    "http://[",
    "[" * 1000,
    "9999-99-99",
    "0001-01-01",
    "../../etc/passwd",
    "map.png",
    "a,b,c,d",
    "0,90,180,90",
    "z=99&c=90,180",
    "z=-1&c=nan,inf",
    "'\"><script>",
    "%",
    "%00",
    "=",
    "a=b",
    "position=",
    "x" * 3000,
    "1x1",
    "0x0",
    "99999x99999",
    "1e400x1",
)
BODIES: tuple[Any, ...] = (
    None,
    0,
    "x",
    [],
    {},
    {"a": 1},
    {"polygon": {}},
    {"polygon": {"type": "Polygon", "coordinates": [[[1e400, 0]]]}},
    {"name": "a\x00b", "size": 2**70},
    {"path": "/embed/[", "days": 10**30},
    {"edits": [{}], "expected": 2**70},
    {"version": 2**70},
    {"items": [[[]]]},
    {"declaration": "[" * 1000},
    {"function": "share", "inputs": {"part": 1}},
)
MAY_WAIT = {"busy", "quota_spent", "stopping"}


VIEW = """
[views.open_one]
title = {zh = "公开视图", en = "An open view"}
layers = ["zones"]
"""


@pytest.fixture
def app(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    folder = write_landuse_plan(tmp_path / "plan")
    with (folder / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write(VIEW)
    app = make_app(folder, max_visitor_figures="100000")
    yield app
    state_of(app).close()


def known(app: Flask) -> dict[str, str]:
    """Return values of path parameters that are there, so that what is asked for reaches what answers it."""
    editor, jobs = sign_in_as(app, "editor"), state_of(app).jobs
    edit = {"expected": None, "edits": [{"feature": "z-1", "properties": {"name_en": "East 2"}}]}
    assert editor.post("/api/layers/zones/edits", json=edit, headers=SITE).status_code == 200
    upload = editor.post("/api/uploads", json={"name": "a.geojson", "size": 2}, headers=SITE).get_json()["upload"]
    asked = app.test_client().get("/api/statistics/structure").get_json()
    told: dict[str, Any] = asked
    if "job" in asked:
        jobs.result(jobs.find(asked["job"]), wait_s=60)
    while "id" not in told:  # it is put on the shelf a moment after
        told = app.test_client().get("/api/statistics/structure").get_json()
    return {
        "layer": "zones",
        "feature": "z-1",
        "statistic": "structure",
        "number": "1",
        "figure": told["id"],
        "job": asked.get("job", "0123456789abcdef"),
        "upload": upload,
        "kind": "csv",
        "database": "survey",
    }


def fine(found: Any, what: object) -> None:
    told = found.get_json(silent=True) if found.mimetype == "application/problem+json" else None
    waits = found.status_code in (429, 503) and told is not None and told["code"] in MAY_WAIT
    assert found.status_code < 500 or waits, (what, found.status_code, found.data[:300])
    if found.status_code >= 400 and found.mimetype != "text/html" and told is not None:
        assert told["title_zh"] and told["title_en"] and told["code"]
    assert b"Traceback" not in found.data
    assert b"site-packages" not in found.data


def values(one: Operation, there: dict[str, str], role: str) -> list[dict[str, str]]:
    """Return the path values an operation is asked with: several kinds of files where it makes several.

    A visitor asks for each kind, the others for one: the kinds differ by who asks in nothing.
    """
    files = {
        "/export/{file}": ("zones.gpkg", "zones.shp.zip", "zones.csv"),
        "/render/{file}": ("map.png", "open_one.svg"),
    }.get(one.path)
    return [there | {"file": file} for file in files[: None if role == "visitor" else 1]] if files else [there]


def asked_values(parameter: str, at: int, role: str) -> tuple[str, ...]:
    """Return the values a parameter of the ``at``-th address is asked with by somebody.

    Each address hears all of them from a visitor, whom it may refuse, and from an administrator, whom it may not;
    a third of them from those between, who differ in what they may and in nothing else. What is read in one place
    for all addresses, the language, is asked some of them everywhere: all together in the end.
    """
    if parameter == "lang":
        return HOSTILE[at % 11 :: 11]
    return HOSTILE if role in ("visitor", "administrator") else HOSTILE[(at + ROLES.index(role)) % 3 :: 3]


@pytest.mark.parametrize("role", ROLES)
def test_any_value_of_any_parameter_is_4xx_at_worst(app: Flask, role: str) -> None:
    client, there, tried, served = sign_in_as(app, role), known(app), 0, set()
    for at, one in enumerate(operations(app)):
        if one.method != "GET":
            continue
        for usual in values(one, there, role):
            for parameter in one.parameters:
                for value in asked_values(parameter["name"], at, role):
                    if parameter["in"] == "path":
                        url = one.url(**{**usual, parameter["name"]: value or "-"})
                    else:
                        url = f"{one.url(**usual)}?{quote(parameter['name'])}={quote(value.encode('utf-8', 'replace'))}"
                    found = client.get(url)
                    fine(found, (role, url))
                    tried += 1
                    if found.status_code == 200:
                        served.add(one.path)
    assert tried > (3000 if role in ("visitor", "administrator") else 1000)
    assert {
        "/export/{file}",
        "/render/{file}",
        "/render/{view}.json",
        "/embed/{view}",
        "/export/{view}.html",
        "/embed/figure/{figure}",
        "/api/figures/{figure}/evidence",
    } <= served


@pytest.mark.parametrize("role", ROLES)
def test_any_body_is_4xx_at_worst(app: Flask, role: str) -> None:
    client, there, tried = sign_in_as(app, role), known(app), 0
    for one in sorted(operations(app), key=lambda one: one.method == "DELETE"):  # what is there stays till the end
        if one.method == "GET" or one.path in ("/logout",):
            continue
        url = one.url(**there)
        for body in BODIES:
            fine(client.open(url, method=one.method, json=body, headers=SITE), (role, one.path, body))
            tried += 1
        for raw, kind in (
            (b"[" * 100_000, "application/json"),
            (b"\xff\xfe{", "application/json"),
            (b"a=%ff&b=\x00", "application/x-www-form-urlencoded"),
        ):
            fine(
                client.open(url, method=one.method, data=raw, content_type=kind, headers=SITE),
                (role, one.path, raw[:20]),
            )
    assert tried > 200


@pytest.mark.parametrize("role", ["visitor", "administrator"])
def test_pages_ignore_what_they_do_not_know_and_the_api_refuses_it(app: Flask, role: str) -> None:
    client, there, pages, refused = sign_in_as(app, role), known(app), 0, 0
    for one in operations(app):
        if one.method != "GET":
            continue
        url = one.url(**values(one, there, role)[0])
        plain = client.get(url)
        strange = client.get(
            f"{url}?{urlencode({'utm_source': 'mail', 'from': 'timeline', 'isappinstalled': '0'})}"
        )
        if one.is_page:
            assert strange.status_code == plain.status_code, one.path
            pages += 1
        elif plain.status_code not in (401, 403):
            assert strange.status_code == 400, one.path
            assert strange.get_json()["code"] == "bad_parameter"
            refused += 1
        for parameter in one.queries:
            name, example = parameter["name"], str(parameter.get("example", "x"))
            if isinstance(parameter.get("example"), list):
                example = str(parameter["example"][0])
            twice = client.get(f"{url}?{urlencode([(name, example), (name, example)])}")
            fine(twice, (one.path, name))
            # A key that opens nothing is refused as such, before how often it stands there is looked at.
            wanted = (400, 401) if name == "key" else (400,)
            if (
                not one.is_page
                and parameter["schema"].get("type") != "array"
                and plain.status_code not in (401, 403)
            ):
                assert twice.status_code in wanted, (one.path, name)
    assert pages >= 10
    assert refused >= 15


@pytest.mark.parametrize(
    "url",
    [
        "/render/map.png?dpi=1e9",
        "/render/map.png?dpi=%20",
        "/render/map.png?v=c%3D90,180%26z%3D99",
        "/render/map.png?v=c%3D-90,0%26z%3D0",
        "/layers/zones.geojson?version=1" + "0" * 30,
        "/oembed?format=1",
        "/oembed?url=http://[",
        "/oembed?url=" + "[" * 1000,
        "/embed/map?as_of=2026-99-99",
        "/embed/map?as_of=0000-00-00",
        "/api/site?lon=180&lat=90",
        "/api/layers/zones/versions/1" + "0" * 30,
        "/api/layers/zones/compare?before=9999999999&after=1",
        "/render/map.png?screen=1e9x1e9",
        "/render/map.svg?size=1e9x1e9mm",
    ],
)
def test_what_once_failed_is_4xx_at_worst(app: Flask, url: str) -> None:
    fine(app.test_client().get(url), url)
