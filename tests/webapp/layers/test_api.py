"""The interface: what it answers, what it refuses and how, and that its own document leaves nothing out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft4Validator
from openapi_spec_validator import validate
from shapely.geometry import shape

from tests.small_plan import CATALOG, feature, write_layer, write_plan


def _problem(client: FlaskClient, url: str, status: int, code: str) -> None:
    found = client.get(url)
    assert (found.status_code, found.content_type) == (status, "application/problem+json")
    problem = found.get_json()
    assert problem["code"] == code
    assert problem["title_zh"] != problem["title_en"]
    assert problem["status"] == status


def test_layers_and_features(client: FlaskClient) -> None:
    layers = {one["id"]: one for one in client.get("/api/layers").get_json()["layers"]}
    assert list(layers) == ["zones", "rivers", "sites"]
    assert (layers["sites"]["count"], layers["sites"]["placed"]) == (2, 1)
    found = client.get("/layers/zones.geojson?bbox=104.04,30.04,104.06,30.06")
    assert found.content_type == "application/geo+json"
    assert [f["id"] for f in found.get_json()["features"]] == ["z-1"]
    assert client.get("/features/sites/s-2").get_json()["geometry"] is None


def test_the_catalog_tells_what_the_map_needs(client: FlaskClient) -> None:
    told = client.get("/api/catalog").get_json()
    assert told["plan"]["plane_name"].endswith("CM 105E")
    assert "+lon_0=105" in told["plan"]["plane_proj4"]
    assert told["groups"][0]["layers"] == ["zones", "rivers"]
    assert [b["fits"] for b in told["basemaps"]] == [True, False]
    assert told["layers"]["zones"]["bounds"] == [104.05, 30.05, 104.15, 30.09]


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        ("/api/layers/none", 404, "unknown_layer"),
        ("/layers/none.geojson", 404, "unknown_layer"),
        ("/layers/zones.geojson?bbox=1,2,3", 400, "bad_bbox"),
        ("/layers/zones.geojson?bbox=", 400, "bad_bbox"),
        ("/layers/zones.geojson?where=colour=red", 400, "bad_filter"),
        ("/layers/zones.geojson?box=1,2,3,4", 400, "bad_parameter"),
        ("/layers/zones.geojson?bbox=1,2,3,4&bbox=1,2,3,4", 400, "bad_parameter"),
        ("/layers/zones.geojson?" + "where=kind=core&" * 17, 413, "over_limit"),
        ("/features/zones/none", 404, "unknown_feature"),
        ("/features/zones/..%2f..%2fetc%2fpasswd", 404, "unknown_feature"),
        ("/api/search?q=" + "x" * 101, 413, "over_limit"),
        ("/api/search?q=x&limit=0", 400, "bad_parameter"),
        ("/api/search?q=x&limit=%E2%91%A0", 400, "bad_parameter"),
        ("/api/search?q=x&limit=101", 413, "over_limit"),
        ("/api/none", 404, "http_404"),
        ("/basemap/30/0/0.svg", 404, "http_404"),
        ("/basemap/3/9/0.svg", 404, "http_404"),
        ("/basemap/x/9/0.svg", 404, "http_404"),
    ],
)
def test_a_request_that_cannot_be_met_is_a_clear_problem(
    client: FlaskClient, url: str, status: int, code: str
) -> None:
    _problem(client, url, status, code)


def test_a_person_gets_a_page_and_a_near_name_is_suggested(client: FlaskClient) -> None:
    page = client.get("/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    told = client.get("/layers/zones.geojson?bbx=1", headers={"Accept-Language": "en"}).get_json()
    assert "did you mean bbox?" in told["title"]


def test_search_finds_names_in_both_languages(client: FlaskClient) -> None:
    for words in ("plant two", "二号", "s-2", "S-2", "Ｓ－２", "S2", "s 2"):
        (hit,) = client.get("/api/search", query_string={"q": words}).get_json()["results"]
        assert (hit["layer"], hit["id"], hit["placed"], hit["center"]) == ("sites", "s-2", False, None)
    assert client.get("/api/search?q=").get_json()["results"] == []


def test_a_broken_layer_is_told_and_the_rest_works(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "b", catalog=CATALOG.replace('geometry = "line"', 'geometry = "lin"', 1))
    (folder / "geojson" / "sites.geojson").write_text("{")
    client = make_app(folder).test_client()
    told = client.get("/api/catalog").get_json()
    assert {k: v["status"] for k, v in told["layers"].items()} == {
        "zones": "ok",
        "sites": "error",
        "rivers": "error",
    }
    assert told["problems"][0]["line"] > 0
    assert client.get("/").status_code == 200
    assert client.get("/about").status_code == 200
    assert client.get("/healthz").get_json() == {
        "status": "degraded",
        "layers": 3,
        "unavailable": ["sites", "rivers"],
    }
    _problem(client, "/layers/sites.geojson", 503, "layer_unavailable")
    _problem(client, "/layers/rivers.geojson", 503, "layer_unavailable")
    assert client.get("/layers/zones.geojson").status_code == 200


def test_a_large_layer_is_given_in_part_and_says_so(client: FlaskClient) -> None:
    whole = client.get("/layers/zones.geojson").get_json()
    assert whole["numberMatched"] == whole["numberReturned"] == len(whole["features"]) > 1
    part = client.get("/layers/zones.geojson?limit=1").get_json()
    assert (part["numberMatched"], part["numberReturned"]) == (len(whole["features"]), 1)
    sizes = {f["id"]: shape(f["geometry"]).envelope.length for f in whole["features"] if f["geometry"]}
    assert sizes[part["features"][0]["id"]] > max(sizes.values()) / 2
    none = client.get("/layers/zones.geojson?limit=0").get_json()
    assert (none["numberMatched"], none["features"]) == (2, []), "how many there are, alone"
    assert client.get("/layers/zones.geojson?limit=x").status_code == 400


def test_the_document_is_valid_and_complete(app: Flask, client: FlaskClient) -> None:
    for lang in ("zh", "en"):
        document = client.get(f"/api/openapi.json?lang={lang}").get_json()
        validate(document)
    rules = {r.rule for r in app.url_map.iter_rules() if not r.endpoint.startswith("assets.")}
    written = {path.replace("{", "<").replace("}", ">") for path in document["paths"]}
    assert {r.replace("int:", "").replace("path:", "") for r in rules} == written


def test_answers_fit_the_schemas_of_the_document(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()
    for path, methods in document["paths"].items():
        about = methods.get("get")
        content = about["responses"]["200"]["content"] if about else {}
        for kind, body in content.items():
            if "json" not in kind:
                continue
            values = {p["name"]: p["example"] for p in about["parameters"] if p["in"] == "path"}
            url = path.format(**{**values, "layer": "zones", "feature": "z-1"})
            answer = client.get(url)
            if answer.status_code == 200:
                schema = _with_null({**body["schema"], "components": document["components"]})
                Draft4Validator(schema).validate(answer.get_json())


def _with_null(schema: Any) -> Any:
    """Return a schema in which what is nullable (a word of OpenAPI 3.0) may be null."""
    if isinstance(schema, list):
        return [_with_null(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: _with_null(value) for key, value in schema.items() if key != "nullable" or value is not True}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") is True else told


def test_tiles_draw_the_background(client: FlaskClient) -> None:
    tile = client.get("/basemap/12/3232/1688.svg")
    assert tile.mimetype == "image/svg+xml"
    assert tile.data.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')
    assert b'fill="#eeeeee"' in tile.data or b'stroke="#88aacc"' in tile.data


def test_values_to_filter_by_are_counted_at_the_service(client: FlaskClient, plan: Path) -> None:
    rows = [feature("s-1", None, phases=["a", "b"], open=True), feature("s-2", None, phases=["b", ""], open=None)]
    write_layer(plan, "sites", [*rows, feature("s-3", None, phases=[])])
    told = client.get("/api/layers/sites/values").get_json()["fields"]
    assert told["phases"] == {"values": [["b", 2], [None, 2], ["a", 1]], "different": 3}
    assert told["open"] == {"values": [[None, 2], [True, 1]], "different": 2}
    assert client.get("/api/layers/pipes/values").status_code == 404, "a restricted layer tells nobody"
