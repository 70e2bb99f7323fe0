"""Signing in through an organisation's identity provider (OpenID Connect), where the settings name one.

The roles it gives are kept beside the ones given here and never instead of them.

References
----------
OpenID Connect Core 1.0, Discovery 1.0, RP-Initiated Logout 1.0, Back-Channel Logout 1.0; RFC 7636 (PKCE).
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from geo.errors import PlanAtlasError
from webapp.accounts.accounts import Accounts, add
from webapp.accounts.passwords import BadName, SignInRefused, fit_name
from webapp.accounts.roles import ROLES, Role
from webapp.accounts.sessions import begin_session
from webapp.settings import Settings

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session

_TIMEOUT_S, _KNOWN_S = 10, 3600
_ALGORITHMS = ("RS256", "ES256", "PS256", "RS384", "RS512", "ES384", "EdDSA")
_LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


class ProviderFails(PlanAtlasError):
    """The organisation's sign-in does not answer, or not as it should."""

    code = "provider_fails"
    zh = "统一登录服务没有正确应答（{why}）。请稍后再试，或用本地账户登录。"
    en = "The organisation's sign-in did not answer as it should ({why}). Try again, or use a local account."


class NoProvider(PlanAtlasError):
    """No identity provider is named in the settings, or its extra is not installed."""

    code = "no_provider"
    zh = "没有设置统一登录（设置项 identity_issuer；需安装 requirements-identity.txt）。"
    en = "No organisation's sign-in is set up (setting identity_issuer; needs requirements-identity.txt)."


@dataclass(frozen=True)
class Attempt:
    """One way to the provider and back: what the answer has to fit."""

    state: str
    nonce: str
    verifier: str
    wanted: str


class Provider:
    """An identity provider.

    Parameters
    ----------
    issuer
        Its address, as its own discovery document says it.
    client, secret
        What the provider calls this service, and the secret it gave.
    claim
        The claim that lists somebody's groups.
    roles
        Which group gives which role; ``*`` is everybody the provider knows.
    """

    def __init__(self, issuer: str, client: str, secret: str, *, claim: str, roles: Mapping[str, str]) -> None:
        self.issuer, self._client, self._secret = issuer.rstrip("/"), client, secret
        self._claim, self._roles = claim, roles
        self._lock = threading.Lock()
        self._known: tuple[float, dict[str, Any], dict[str, Any]] | None = None

    def _session(self, back: str) -> OAuth2Session:
        try:
            from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - an extra
        except ImportError:
            raise NoProvider from None
        return OAuth2Session(
            self._client,
            self._secret or None,
            scope="openid profile",
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=_TIMEOUT_S,
        )

    def _discovered(self, *, anew: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the provider's own description and its keys."""
        with self._lock:
            if not anew and self._known and time.monotonic() - self._known[0] < _KNOWN_S:
                return self._known[1], self._known[2]
            session = self._session("")
            about = _json(session, f"{self.issuer}/.well-known/openid-configuration")
            if str(about.get("issuer", "")).rstrip("/") != self.issuer:
                raise ProviderFails(why="issuer")
            keys = _json(session, str(about.get("jwks_uri", "")))
            self._known = (time.monotonic(), about, keys)
            return about, keys

    def way_in(self, back: str, wanted: str) -> tuple[str, Attempt]:
        """Return where to send somebody to sign in, and what to remember of it.

        Raises
        ------
        NoProvider, ProviderFails
            It cannot be asked.
        """
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        made = Attempt(state, nonce, verifier, wanted)
        address, _ = self._session(back).create_authorization_url(
            self._discovered()[0]["authorization_endpoint"],
            state=made.state,
            nonce=made.nonce,
            code_verifier=made.verifier,
        )
        return str(address), made

    def came_back(self, answer: str, back: str, made: Attempt) -> tuple[dict[str, Any], str]:
        """Return what the provider says of somebody who came back, and the ticket to sign out with.

        Raises
        ------
        SignInRefused
            The answer is not one to this attempt.
        ProviderFails
            The provider does not stand to it.
        """
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415
        from requests import RequestException  # noqa: PLC0415

        session = self._session(back)
        session.state = made.state
        try:
            found = session.fetch_token(
                self._discovered()[0]["token_endpoint"], authorization_response=answer, code_verifier=made.verifier
            )
        except (AuthlibBaseError, ValueError):
            raise SignInRefused from None
        except RequestException as error:
            raise ProviderFails(why=type(error).__name__) from None
        ticket = str(found.get("id_token", ""))
        return self._read(ticket, nonce=made.nonce), ticket

    def _read(self, text: str, *, nonce: str = "") -> dict[str, Any]:
        """Return the claims of a token the provider signed for us, now."""
        from authlib.oidc.core import CodeIDToken  # noqa: PLC0415
        from joserfc import jwt  # noqa: PLC0415
        from joserfc.errors import JoseError  # noqa: PLC0415
        from joserfc.jwk import KeySet  # noqa: PLC0415

        for anew in (False, True):  # a provider may have changed its keys since
            try:
                keys = KeySet.import_key_set(self._discovered(anew=anew)[1])  # type: ignore[arg-type]
                token = jwt.decode(text, keys, algorithms=list(_ALGORITHMS))
                options = {"iss": {"values": [self.issuer, f"{self.issuer}/"]}, "aud": {"value": self._client}}
                params = {"client_id": self._client, "nonce": nonce} if nonce else {"client_id": self._client}
                claims = CodeIDToken(token.claims, token.header, options, params)
                claims.validate(leeway=60)
            except (JoseError, ValueError):
                if anew:
                    raise SignInRefused from None
            else:
                return dict(claims)
        raise SignInRefused

    def role(self, claims: Mapping[str, Any]) -> Role | None:
        """Return the highest role somebody's groups give; None when they give none."""
        said = claims.get(self._claim, [])
        groups: Iterable[Any] = [said] if isinstance(said, str) else said if isinstance(said, list) else []
        given = {
            self._roles[one] for one in ("*", *(g for g in groups if isinstance(g, str))) if one in self._roles
        }
        return next((one for one in reversed(ROLES) if one in given), None)

    def way_out(self, ticket: str, after: str) -> str | None:
        """Return where to send somebody to sign out at the provider too; None when it has no such address."""
        end = self._discovered()[0].get("end_session_endpoint")
        if not isinstance(end, str):
            return None
        asked = {"id_token_hint": ticket, "client_id": self._client, "post_logout_redirect_uri": after}
        return f"{end}{'&' if '?' in end else '?'}{urlencode(asked)}"

    def signed_out(self, text: str) -> str:
        """Return the subject of a logout token the provider sent.

        Raises
        ------
        SignInRefused
            It is none.
        """
        claims = self._read(text)
        if _LOGOUT not in (claims.get("events") or {}) or "nonce" in claims:
            raise SignInRefused
        return self.subject(claims)

    def subject(self, claims: Mapping[str, Any]) -> str:
        """Return who somebody is, for good: a provider never gives the same one twice."""
        return f"{self.issuer} {claims['sub']}"

    @property
    def origin(self) -> str:
        """Where its pages are, as a content security policy names it."""
        parts = urlsplit(self.issuer)
        return f"{parts.scheme}://{parts.netloc}"


def welcome_person(
    accounts: Accounts, provider: Provider, claims: Mapping[str, Any], ticket: str, *, address: str
) -> str:
    """Return the key of a new session for somebody the provider knows; their account is made when they are new.

    Parameters
    ----------
    accounts
        Accounts and sessions of this service.
    provider
        Its settings, with the role of each group.
    claims
        What the provider says of them, its signature checked.
    ticket
        The provider's word for the session, to sign out there too.
    address
        Where they come from, for the list of sessions.

    Raises
    ------
    SignInRefused
        None of their groups gives a role, or their account is disabled.
    """
    role, subject = provider.role(claims), provider.subject(claims)
    with accounts.file.opened() as file:
        found = file.execute("SELECT name, role, disabled, hash FROM account WHERE subject=?", (subject,))
        row: tuple[str, str, int, str] | None = found.fetchone()
        own = row is not None and (row[3] or row[1] != "reader")  # somebody here gave them a role or a password
        if (role is None and not own) or (row is not None and row[2]):
            raise SignInRefused
        if row is None:
            name = _free(file, str(claims.get("preferred_username") or claims.get("name") or ""))
            add(file, name, "", "reader", mapped=role or "", subject=subject)
        else:
            name = row[0]
            file.execute("UPDATE account SET mapped=? WHERE name=?", (role or "", name))
        return begin_session(file, name, address, ticket=ticket)


def _free(file: sqlite3.Connection, wanted: str) -> str:
    """Return a name nobody has, like the one somebody has at their organisation; never somebody's here."""
    plain = re.sub(r"[^A-Za-z0-9一-鿿._-]+", "-", wanted.partition("@")[0]).strip("-._")[:32] or "member"
    for number in range(1, 10_000):
        name = plain if number == 1 else f"{plain}-{number}"
        try:
            fit_name(name)
        except BadName:
            continue
        if not file.execute("SELECT 1 FROM account WHERE lower(name)=lower(?)", (name,)).fetchone():
            return name
    raise BadName


def _json(session: OAuth2Session, address: str) -> dict[str, Any]:
    from requests import RequestException  # noqa: PLC0415

    try:
        found = session.request("GET", address, withhold_token=True, timeout=_TIMEOUT_S)
        found.raise_for_status()
        told = found.json()
    except (RequestException, ValueError) as error:
        raise ProviderFails(why=type(error).__name__) from None
    if not isinstance(told, dict):
        raise ProviderFails(why="JSON")
    return told


def provider_of(settings: Settings) -> Provider | None:
    """Return the provider the settings name, if they do; nothing is asked of it yet."""
    issuer = settings.text("identity_issuer")
    if not issuer:
        return None
    return Provider(
        issuer,
        settings.text("identity_client"),
        settings.text("identity_secret"),
        claim=settings.text("identity_claim"),
        roles=settings.identity_roles,
    )
