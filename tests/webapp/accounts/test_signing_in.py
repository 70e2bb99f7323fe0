"""Signing in tells nothing and locks out nobody else; what stands between the reader and us is believed when named."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from webapp.accounts.accounts import Accounts
from webapp.accounts.passwords import (
    RESERVED,
    BadName,
    BadPassword,
    Passwords,
    SignInBusy,
    SignInRefused,
    TooManyTries,
    fit,
)
from webapp.accounts.sessions import Sessions
from webapp.http.proxies import Proxies
from webapp.settings import BadSetting, read_settings
from webapp.state import state_of

pytestmark = pytest.mark.slow

PASSWORD = "a long enough pass phrase 7"


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    made = Accounts(tmp_path / "i")
    made.follow(made.link("first", "administrator"), "li", PASSWORD)
    return made


def tries(sessions: Sessions, name: str, address: str, count: int) -> list[str]:
    told = []
    for _ in range(count):
        with pytest.raises((SignInRefused, SignInBusy, TooManyTries)) as caught:
            sessions.sign_in(name, "wrong wrong wrong", address=address)
        told.append(type(caught.value).__name__)
    return told


def test_somebody_elses_failures_lock_nobody_out(accounts: Accounts) -> None:
    assert accounts.sessions.sign_in("li", PASSWORD, address="10.0.0.1")
    assert "TooManyTries" in tries(accounts.sessions, "li", "6.6.6.6", 8)
    assert accounts.sessions.sign_in("li", PASSWORD, address="10.0.0.1"), "from where they always do"


def test_a_guesser_with_many_addresses_is_slowed_down_and_holds_up_nobody(accounts: Accounts) -> None:
    assert accounts.sessions.sign_in("li", PASSWORD, address="10.0.0.1")
    told = [tries(accounts.sessions, "li", f"6.6.6.{number}", 1)[0] for number in range(60)]
    assert told[-1] == "TooManyTries"
    assert accounts.sessions.sign_in("li", PASSWORD, address="10.0.0.1"), "from where they always do"


def test_an_address_that_tries_many_names_is_slowed_down(accounts: Accounts) -> None:
    told = [tries(accounts.sessions, f"name{number}", "6.6.6.6", 1)[0] for number in range(32)]
    assert told[0] == "SignInRefused"
    assert told[-1] == "TooManyTries"


def test_one_client_of_ipv6_has_many_addresses_and_counts_as_one(accounts: Accounts) -> None:
    told = [tries(accounts.sessions, f"name{n}", f"2001:db8:1:2::{n:x}", 1)[0] for n in range(1, 33)]
    assert told[-1] == "TooManyTries"
    assert tries(accounts.sessions, "name1", "2001:db8:1:3::1", 1) == ["SignInRefused"], "its neighbour"
    assert tries(accounts.sessions, "name1", "::ffff:6.6.6.6", 1) == ["SignInRefused"], "nor is IPv4 one network"


def test_tries_at_the_same_moment_count(accounts: Accounts) -> None:
    told: list[str] = []
    asking = [
        threading.Thread(target=lambda: told.extend(tries(accounts.sessions, "li", "6.6.6.6", 1)))
        for _ in range(12)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert told.count("SignInRefused") <= 6
    assert told.count("TooManyTries") >= 6


class Slow:
    """Looks at passwords, slowly; remembers how many it looked at at once."""

    def __init__(self) -> None:
        self.now, self.most, self._lock = 0, 0, threading.Lock()

    def verify(self, _kept: str, _password: str) -> bool:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.2)
        with self._lock:
            self.now -= 1
        return True

    def hash(self, password: str) -> str:
        return password

    def check_needs_rehash(self, _kept: str) -> bool:
        return False


def test_few_passwords_are_looked_at_at_once_and_who_comes_too_late_is_told(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow, told = Slow(), list[str]()
    monkeypatch.setattr(Passwords, "_hasher", slow)
    asking = [
        threading.Thread(target=lambda n=n: told.extend(tries(accounts.sessions, f"name{n}", f"6.6.6.{n}", 1)))
        for n in range(30)
    ]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert slow.most == 2
    assert 10 <= told.count("SignInRefused") < 30
    assert told.count("SignInBusy") == 30 - told.count("SignInRefused")
    with accounts.file.opened(writing=False) as file:
        counted = file.execute("SELECT sum(count) FROM failure WHERE key LIKE 'address%'").fetchone()[0]
    assert counted == told.count("SignInRefused"), "what nobody looked at is no failure"


def test_an_unknown_name_costs_one_look_at_a_password_like_a_known_one(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = accounts.sessions._passwords._hasher.verify

    def verified(_self: object, kept: str, text: str) -> object:
        looked.append(kept)
        return real(kept, text)

    monkeypatch.setattr(type(accounts.sessions._passwords._hasher), "verify", verified)
    for name in ("li", "nobody"):
        tries(accounts.sessions, name, "6.6.6.6", 1)
    assert len(looked) == 2
    assert len({kept.rpartition("$")[0].count("$") for kept in looked}) == 1, "of the same parameters"


@pytest.mark.parametrize(
    "password",
    [
        "password123456",
        "qwertyuiop123",
        "1q2w3e4r5t6y",
        "iloveyou1234",
        "abcdefghijkl",
        "letmeinletmein",
        "wang-wang-wang",
    ],
)
def test_a_common_password_is_refused(password: str) -> None:
    with pytest.raises(BadPassword):
        fit("wang", password)
    fit("wang", PASSWORD)


@pytest.mark.parametrize(
    "name", ["token abc", "аdmin", "li\u200b", "a/b", "../x", "invitations", "Console", "", "-x", "x" * 41]
)
def test_a_name_is_of_a_plain_alphabet_and_none_of_ours(name: str) -> None:
    with pytest.raises(BadName):
        fit(name, PASSWORD)


def test_no_name_is_a_word_of_our_own_addresses(app: Flask, accounts: Accounts) -> None:
    beside = {rule.rule.split("/")[2] for rule in app.url_map.iter_rules() if rule.rule.startswith("/accounts/")}
    assert {word for word in beside if not word.startswith("<")} <= RESERVED
    fit("李工", PASSWORD)
    with pytest.raises(BadName):
        accounts.follow(accounts.link("invitation", "reader"), "LI", PASSWORD)


def asked(app: Flask, peer: str, **headers: str) -> tuple[str, str, str]:
    seen: list[tuple[str, str, str]] = []

    def answer(environ: dict[str, str], _start: object) -> list[bytes]:
        seen.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], environ["HTTP_HOST"]))
        assert not any("FORWARDED" in name for name in environ)
        return [b""]

    settings = state_of(app).settings
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "127.0.0.1:8000", **headers}
    Proxies(answer, settings.networks, settings.text("public_address"))(environ, lambda *_: None)
    return seen[0]


def test_only_a_named_proxy_is_believed(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, proxies="10.0.0.0/8, ::1", public_address="https://maps.example")
    said = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.3.4", "HTTP_X_FORWARDED_PROTO": "https"}
    assert asked(app, "10.0.0.1", **said) == ("1.2.3.4", "https", "maps.example")
    assert asked(app, "9.9.9.9", **said) == ("9.9.9.9", "http", "127.0.0.1:8000")
    assert asked(app, "10.0.0.1", HTTP_X_FORWARDED_FOR="not an address")[0] == "10.0.0.1"
    client = app.test_client()
    found = client.get("/?lang=en", headers={"Host": "maps.example"})
    assert found.status_code == 200, "the public name is answered to"
    assert "Secure" in found.headers["Set-Cookie"]
    with pytest.raises(BadSetting):
        read_settings({"PLANATLAS_PROXIES": "everybody"})
    with pytest.raises(BadSetting):
        read_settings({"PLANATLAS_PUBLIC_ADDRESS": "maps.example"})


def test_a_picture_opened_by_itself_may_have_its_styles(app: Flask) -> None:
    found = app.test_client().get("/render/map.svg")
    assert found.status_code == 200
    policy = found.headers["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "sandbox" in policy


def test_what_depends_on_who_asks_is_not_a_proxys_to_hand_on(app: Flask) -> None:
    accounts = state_of(app).accounts
    accounts.follow(accounts.link("first", "administrator"), "li", PASSWORD)
    client = app.test_client()
    client.set_cookie("planatlas_session", accounts.sessions.sign_in("li", PASSWORD, address="127.0.0.1"))
    for url in ("/api/catalog", "/layers/pipes.geojson", "/api/views", "/"):
        for one in (client, app.test_client()):
            assert {"Cookie", "Authorization"} <= set(one.get(url).headers["Vary"].replace(" ", "").split(",")), (
                url
            )
        assert client.get(url).cache_control.private
