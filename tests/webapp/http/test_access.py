"""Closed unless said otherwise: hosts, cross-site requests, tokens, restricted layers, limits, headers."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo.errors import PlanAtlasError
from tests.webapp.conftest import close
from webapp.http import server
from webapp.http.access import BadToken, Keyring
from webapp.settings import BadSetting, read_settings
from webapp.state import state_of

pytestmark = pytest.mark.slow

READERS = (
    "/",
    "/unplaced",
    "/about",
    "/limits",
    "/api/catalog",
    "/api/layers",
    "/api/layers/pipes",
    "/layers/pipes.geojson",
    "/features/pipes/w-1",
    "/api/search?q=Secret",
    "/api/search?q=绝密",
    "/api/anomalies",
    "/healthz",
    "/api/openapi.json",
    "/api/limits",
    "/api/messages",
    "/statistics",
    "/indicators",
    "/api/statistics",
    "/api/indicators",
    "/api/statistics/structure",
    "/figures/0123456789abcdef",
    "/api/figures/0123456789abcdef",
    "/api/jobs/0123456789abcdef",
    "/login",
    "/welcome/none",
    "/account",
    "/accounts",
    "/audit",
    "/api/layers/pipes/versions",
    "/api/layers/pipes/versions/1",
    "/layers/pipes.geojson?version=1",
    "/api/views",
    "/api/layers/pipes/compare?before=1&after=2",
    "/render/pipes.png",
    "/import",
    "/api/figures/0123456789abcdef/changes?since=0123456789abcdef",
    "/briefing",
    "/briefings/0.pptx",
    "/export/pipes.geojson",
    "/export/pipes.csv?where=name_zh=x",
    "/export/pipes.html",
    "/embed/pipes",
    "/api/site?lon=120.3&lat=31.9",
    "/embed/figure/0123456789abcdef",
    "/oembed?url=http://localhost/embed/pipes",
    "/api/exports",
    "/api/functions",
    "/api/databases",
    "/api/databases/pipes",
    "/admin",
    "/dashboard",
    "/api/dashboard",
    "/api/rules",
    "/sites/pipes/w-1",
    "/site-sheets/pdf/pipes/w-1",
    "/api/sites/pipes/w-1",
    "/api/layers/pipes/rows",
    "/api/layers/pipes/distribution?field=name_en",
    "/api/layers/pipes/timeline",
    "/api/layers/zones/rows?where=@in=pipes",
    "/login/organisation",
    "/login/organisation/back?code=x&state=x",
)


def _bearer(app: Flask, *scopes: str, days: int = 1) -> dict[str, str]:
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, tuple(scopes), days=days)[1]}


def test_a_restricted_layer_is_nowhere_without_a_token(app: Flask, client: FlaskClient) -> None:
    walked = {rule.rule.split("<")[0] for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    told = {url.split("?")[0].split("pipes")[0] for url in READERS} | {"/assets/", "/static/", "/basemap/"}
    told |= {url.rsplit("/", 1)[0] + "/" for url in READERS}
    told |= {f"/{url.split('/')[1]}/" for url in READERS}
    assert walked <= told, "every address that answers GET is tried below"
    for url in READERS:
        for text in (client.get(url).text, client.get(url + ("&" if "?" in url else "?") + "lang=zh").text):
            for secret in ("pipes", "Pipes", "管网", "Secret main", "绝密干管"):
                if secret in text:
                    assert secret in url, f"{secret} in {url}"
    assert client.get("/layers/pipes.geojson").get_json()["code"] == "unknown_layer"


def test_a_restricted_layer_opens_with_the_right_token(app: Flask, client: FlaskClient) -> None:
    headers = _bearer(app, "restricted:read")
    assert client.get("/layers/pipes.geojson", headers=headers).status_code == 200
    assert "Access-Control-Allow-Origin" not in client.get("/layers/pipes.geojson", headers=headers).headers
    assert "pipes" in client.get("/api/catalog", headers=headers).get_json()["layers"]
    assert client.get("/layers/pipes.geojson", headers=_bearer(app)).status_code == 404


def test_a_bad_token_is_refused(app: Flask, client: FlaskClient) -> None:
    for headers in (_bearer(app, "restricted:read", days=-1), {"Authorization": "Bearer abc.def"}):
        found = client.get("/layers/pipes.geojson", headers=headers)
        assert found.status_code == 401
        assert found.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_unsafe_method_needs_a_token(app: Flask, client: FlaskClient, method: str) -> None:
    for rule in app.url_map.iter_rules():
        open_to_all = any(
            method in (other.methods or ())
            and other.rule == rule.rule
            and (
                getattr(app.view_functions[other.endpoint], "computes", False)
                or getattr(app.view_functions[other.endpoint], "anybody", False)
            )
            for other in app.url_map.iter_rules()
            if other.rule == rule.rule and hasattr(app.view_functions[other.endpoint], "anybody")
        )
        if open_to_all:
            continue
        url = rule.rule.replace("<int:z>/<int:x>/<int:y>", "1/0/0").split("<")[0]
        assert client.open(url, method=method).status_code == 401, url
    assert client.open("/api/layers", method=method, headers=_bearer(app)).status_code == 405


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_requests_from_other_sites_are_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    found = client.post("/api/layers", headers=headers)
    assert (found.status_code, found.get_json()["code"]) == (403, "cross_site")


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "[", "127.0.0.1.evil.example:80", "a b"]
)
def test_a_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    found = client.get("/api/layers", environ_overrides={"HTTP_HOST": host})
    assert found.status_code == 400
    assert found.get_json()["code"] in ("foreign_host", "http_400")
    assert host == "" or host not in found.text


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "192.168.1.7:8000"])
def test_our_own_names_and_addresses_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/api/layers", headers={"Host": host}).status_code == 200


def test_a_configured_host_is_answered(plan: Path, make_app: Callable[..., Flask]) -> None:
    client = make_app(plan, hosts="maps.example").test_client()
    assert client.get("/healthz", headers={"Host": "maps.example"}).status_code == 200


def test_forwarded_headers_change_nothing(client: FlaskClient) -> None:
    plain = client.get("/")
    forged = client.get("/", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"})
    assert forged.data == plain.data


@pytest.mark.parametrize(
    "url",
    [
        "/",
        "/nothing",
        "/api/none",
        "/layers/none.geojson",
        "/assets/none",
        "/basemap/1/0/0.svg",
        "/healthz",
        "//x",
        "/\\x",
    ],
)
def test_strict_headers_are_on_every_response(client: FlaskClient, url: str) -> None:
    for accept in ("text/html", "application/json"):
        found = client.get(url, headers={"Accept": accept})
        policy = found.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert found.mimetype == "image/svg+xml" or "script-src 'self';" in policy
        picture = found.mimetype == "image/svg+xml"  # opened by itself it has its own styles and can do nothing
        assert ("sandbox" in policy) == picture
        assert ("style-src 'unsafe-inline'" if picture else "style-src 'self';") in policy
        assert "frame-ancestors 'self'" in policy
        assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "" if picture else "-")
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert found.headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in found.headers
        assert "Location" not in found.headers


def test_open_data_may_be_read_by_any_page_and_nothing_else(client: FlaskClient) -> None:
    assert client.get("/layers/zones.geojson").headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in client.get("/layers/zones.geojson").headers
    for url in ("/", "/api/messages", "/about"):
        assert "Access-Control-Allow-Origin" not in client.get(url).headers
    assert "Access-Control-Allow-Origin" not in client.post("/layers/zones.geojson").headers


def test_the_language_cookie_is_closed(client: FlaskClient, plan: Path, make_app: Callable[..., Flask]) -> None:
    cookie = client.get("/?lang=en").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    secure = make_app(plan, https="yes").test_client().get("/?lang=en")
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "max-age" in secure.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("environment", "setting"),
    [
        ({"CONTENT_LENGTH": "99000000000"}, "max_json"),
        ({"CONTENT_LENGTH": "5000001", "CONTENT_TYPE": "application/json"}, "max_json"),
        ({"CONTENT_LENGTH": "100001", "CONTENT_TYPE": "application/x-www-form-urlencoded"}, "max_form"),
    ],
)
def test_a_body_over_the_limit_is_refused_before_it_is_read(
    client: FlaskClient, environment: dict[str, str], setting: str
) -> None:
    found = client.post("/api/layers", environ_overrides=environment)
    assert found.status_code == 413
    told = found.get_json()
    assert told["params"]["setting"] == setting
    assert told["params"]["seen"] == int(environment["CONTENT_LENGTH"])


def test_every_limit_is_shown_and_every_refusal_names_one(client: FlaskClient) -> None:
    shown = {row["setting"] for row in client.get("/api/limits").get_json()["limits"]}
    assert {
        "max_json",
        "max_form",
        "max_parts",
        "max_filters",
        "max_query",
        "max_hits",
        "max_connections",
    } <= shown
    page = client.get("/limits?lang=en").text
    assert all(f"PLANATLAS_{name.upper()}" in page for name in shown)


@pytest.mark.parametrize(
    "environment",
    [
        {"PLANATLAS_MAX_JSON": ""},
        {"PLANATLAS_MAX_JSON": "many"},
        {"PLANATLAS_MAX_JSON": "-1"},
        {"PLANATLAS_THREADS": "0"},
        {"PLANATLAS_HTTPS": "perhaps"},
        {"PLANATLAS_HOSTS": "a b"},
        {"PLANATLAS_MAX_JASON": "5"},
        {"PLANATLAS_LANGUAGE": "fr"},
        {"PLANATLAS_STORE": "mysql://planner:Geheim-4711@host/plan"},
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_clear_line(environment: dict[str, str]) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings(environment)
    name = next(iter(environment)).removeprefix("PLANATLAS_").lower()
    assert name in caught.value.message("zh")
    assert name in caught.value.message("en")
    assert "Geheim-4711" not in str(caught.value) + caught.value.message("zh") + caught.value.message("en")


def test_the_secret_is_random_private_and_can_be_rotated(tmp_path: Path) -> None:
    one, two = Keyring(tmp_path / "a"), Keyring(tmp_path / "b")
    assert one.keys() != two.keys()
    assert len(bytes.fromhex(one.keys()[0])) == 32
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "a" / "secret").stat().st_mode) == 0o600
    token, text = one.create(("restricted:read",), days=1)
    one.rotate()
    assert Keyring(tmp_path / "a").read(text) == token
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "a" / "secret").stat().st_mode) == 0o600
    with pytest.raises(BadToken):
        two.read(text)


def test_the_secret_is_in_no_answer(app: Flask, client: FlaskClient) -> None:
    key = state_of(app).keyring.keys()[0]
    for url in READERS:
        assert key not in client.get(url).text
    assert key not in repr(dict(app.config))


def test_other_machines_are_let_in_only_when_said(app: Flask) -> None:
    settings = state_of(app).settings
    with pytest.raises(server.OpenToAll, match="--public-read"):
        server.listening_server(app, settings, host="0.0.0.0", port=0)
    open_server = server.listening_server(app, settings, host="0.0.0.0", port=0, public_read=True)
    close(open_server)


def test_a_taken_port_is_told_with_what_to_do(app: Flask, running: object) -> None:
    with pytest.raises(PlanAtlasError, match="--port"):
        server.listening_server(app, state_of(app).settings, host="127.0.0.1", port=running.port)  # type: ignore[attr-defined]
