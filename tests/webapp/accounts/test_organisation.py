"""Signing in through an identity provider: one on loopback that gives, refuses and lies as the tests want."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.waiting import LONGEST_S
from tests.webapp.operations import SITE, sign_in_as
from webapp.state import state_of

KEY = RSAKey.generate_key(2048, {"kid": "one"})


class IdentityProvider:
    """A small OpenID provider: authorization code with PKCE, as its peers do it."""

    def __init__(self) -> None:
        provider = self
        self.codes: dict[str, Any] = {}
        self.lies: dict[str, Any] = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                return

            def _send(self, told: object, status: int = 200) -> None:
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self) -> None:
                if self.path == "/.well-known/openid-configuration":
                    self._send(
                        {
                            "issuer": provider.issuer,
                            "authorization_endpoint": f"{provider.issuer}/authorize",
                            "token_endpoint": f"{provider.issuer}/token",
                            "jwks_uri": f"{provider.issuer}/keys",
                            "end_session_endpoint": f"{provider.issuer}/logout",
                        }
                    )
                elif self.path == "/keys":
                    self._send({"keys": [KEY.as_dict(private=False)]})

            def do_POST(self) -> None:
                asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                code = provider.codes.pop(asked.get("code", [""])[0], None)
                digest = hashlib.sha256(asked.get("code_verifier", [""])[0].encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                if code is None or code["challenge"] != challenge:
                    self._send({"error": "invalid_grant"}, 400)
                    return
                claims = {**code["claims"], "nonce": code["nonce"]} | provider.lies
                self._send({"access_token": "a", "token_type": "Bearer", "id_token": provider.signed(claims)})

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def signed(self, claims: dict[str, Any], key: RSAKey = KEY) -> str:
        now = int(time.time())
        told = {"iss": self.issuer, "aud": "atlas", "iat": now, "exp": now + 300, **claims}
        return jwt.encode({"alg": "RS256", "kid": "one"}, told, key)

    def answers(self, address: str, **claims: Any) -> str:
        """Return where a browser is sent back to once somebody has signed in at an authorization address."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == "atlas"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}-{time.monotonic_ns()}"
        self.codes[code] = {"claims": claims, "nonce": asked["nonce"], "challenge": asked["code_challenge"]}
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state'], 'session_state': 'x', 'iss': self.issuer})}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(LONGEST_S)


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    one = IdentityProvider()
    yield one
    one.close()


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask], provider: IdentityProvider) -> Flask:
    return make_app(
        plan,
        identity_issuer=provider.issuer,
        identity_client="atlas",
        identity_secret="s",
        identity_roles="planners=editor; heads=administrator",
    )


def came_in(app: Flask, provider: IdentityProvider, client: Any = None, **claims: Any) -> Any:
    client = client or app.test_client()
    sent = client.get("/login/organisation?next=/statistics")
    assert sent.status_code == 303
    return client, client.get(provider.answers(sent.headers["Location"], **claims))


def role_of(app: Flask, name: str) -> str | None:
    return next((one.role for one in state_of(app).accounts.all() if one.name == name), None)


def test_the_groups_of_somebody_give_their_role(app: Flask, provider: IdentityProvider) -> None:
    client, found = came_in(app, provider, sub="7", preferred_username="wang@bureau", groups=["planners", "other"])
    assert (found.status_code, found.headers["Location"]) == (303, "/statistics")
    assert client.get("/layers/pipes.geojson").status_code == 200
    assert client.get("/admin").status_code == 403
    assert role_of(app, "wang") == "editor"
    came_in(app, provider, sub="7", preferred_username="renamed", groups=["heads"])
    assert role_of(app, "wang") == "administrator", "the same person, whatever they are called now"
    assert role_of(app, "renamed") is None


def test_a_login_never_takes_a_role_that_was_given_here(app: Flask, provider: IdentityProvider) -> None:
    boss = sign_in_as(app, "administrator")
    came_in(app, provider, sub="7", preferred_username="wang", groups=["planners"])
    boss.post("/accounts/wang", data={"role": "administrator"}, headers=SITE)
    came_in(app, provider, sub="7", preferred_username="wang", groups=["planners"])
    assert role_of(app, "wang") == "administrator"
    came_in(app, provider, sub="7", preferred_username="wang", groups=[])
    assert role_of(app, "wang") == "administrator"
    boss.post("/accounts/wang", data={"role": "administrator", "disabled": "yes"}, headers=SITE)
    _, found = came_in(app, provider, sub="7", preferred_username="wang", groups=["heads"])
    assert found.status_code == 403, "and a disabled account stays so"


def test_nobody_gets_another_ones_account_by_a_name(app: Flask, provider: IdentityProvider) -> None:
    sign_in_as(app, "administrator")
    client, _ = came_in(app, provider, sub="8", preferred_username="administrator", groups=["planners"])
    assert client.get("/admin").status_code == 403
    assert role_of(app, "administrator-2") == "editor"
    _, found = came_in(app, provider, sub="9", preferred_username="li", groups=["strangers"])
    assert found.status_code == 403
    assert role_of(app, "li") is None


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"aud": "somebody-else"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_what_was_not_meant_for_this_sign_in_is_refused(
    app: Flask, provider: IdentityProvider, lie: dict[str, Any]
) -> None:
    provider.lies = lie
    client, found = came_in(app, provider, sub="7", preferred_username="wang", groups=["heads"])
    assert found.status_code == 403
    assert client.get_cookie("planatlas_session") is None


def test_a_token_signed_by_another_key_is_refused(
    app: Flask, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, real = RSAKey.generate_key(2048, {"kid": "one"}), provider.signed
    monkeypatch.setattr(provider, "signed", lambda claims: real(claims, other))
    _, found = came_in(app, provider, sub="7", preferred_username="wang", groups=["heads"])
    assert found.status_code == 403


def test_an_answer_to_somebody_elses_attempt_is_refused(app: Flask, provider: IdentityProvider) -> None:
    client = app.test_client()
    address = client.get("/login/organisation").headers["Location"]
    back = provider.answers(address, sub="7", preferred_username="wang", groups=["heads"])
    assert app.test_client().get(back).status_code == 403, "another browser"
    assert client.get(back.replace("state=", "state=x")).status_code == 403
    assert client.get("/login/organisation/back?code=1&state=2").status_code == 403


def test_signing_out_ends_it_at_both_ends(app: Flask, provider: IdentityProvider) -> None:
    client, _ = came_in(app, provider, sub="7", preferred_username="wang", groups=["planners"])
    sent = client.post("/logout", headers=SITE)
    assert sent.headers["Location"].startswith(f"{provider.issuer}/logout?")
    assert "id_token_hint" in sent.headers["Location"]
    assert client.get("/account").status_code == 401
    assert provider.issuer in client.get("/login").headers["Content-Security-Policy"], "the browser may go there"
    client, _ = came_in(app, provider, sub="7", preferred_username="wang", groups=["planners"])
    assert client.get("/account").status_code == 200
    event: dict[str, dict[str, str]] = {"http://schemas.openid.net/event/backchannel-logout": {}}
    for claims, status in (
        ({"sub": "7"}, 403),
        ({"sub": "7", "events": event, "nonce": "n"}, 403),
        ({"sub": "7", "events": event}, 200),
    ):
        told = app.test_client().post("/login/organisation/ended", data={"logout_token": provider.signed(claims)})
        assert told.status_code == status
    assert client.get("/account").status_code == 401


def test_a_provider_that_does_not_answer_is_told(app: Flask, provider: IdentityProvider) -> None:
    provider.close()
    assert app.test_client().get("/login/organisation").status_code == 503
    assert app.test_client().get("/login").status_code == 200


def test_without_one_there_is_no_such_way(plan: Path, make_app: Callable[..., Flask]) -> None:
    client = make_app(plan).test_client()
    assert "/login/organisation" not in client.get("/login").text
    assert client.get("/login/organisation").status_code == 404
