"""Who may do what: known hosts, same-site requests, size limits, signed tokens. Closed unless said otherwise.

Reading is open; a restricted layer and every unsafe method need a token. Tokens are signed with the
installation's own secret, carry scopes and an end, and can be revoked by id.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from geo.errors import PlanAtlasError
from layers.errors import OverLimit
from webapp.settings import Settings
from webapp.state import current_state

SCOPES = ("restricted:read", "layers:write", "views:write", "admin")
SESSION = "planatlas_session"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class NoToken(PlanAtlasError):
    """The request needs a token and has none."""

    code = "token_needed"
    zh = "此操作需要登录（/login）；程序请在请求头写 Authorization: Bearer <令牌>，令牌在 /account 新建。"
    en = "Sign in first (/login); a program sends Authorization: Bearer <token>, made at /account."


class BadToken(PlanAtlasError):
    """The token is not ours, has ended or was revoked."""

    code = "token_refused"
    zh = "令牌无效、已过期或已撤销。请用 planatlas token create 新建。"
    en = "The token is not valid, has expired or was revoked. Make a new one with planatlas token create."


class WrongScope(PlanAtlasError):
    """The token does not allow this."""

    code = "wrong_scope"
    zh = "令牌缺少权限 {scope}。"
    en = "The token lacks the scope {scope}."


class CrossSite(PlanAtlasError):
    """An unsafe request came from another site's page."""

    code = "cross_site"
    zh = "拒绝来自其他网站页面的写请求。"
    en = "A changing request from another site's page is refused."


class ForeignHost(PlanAtlasError):
    """The request names a host this service does not answer to."""

    code = "foreign_host"
    zh = "请求的主机名未被允许。如需使用，请在设置 hosts 中加入。"
    en = "This service does not answer to that host name. Add it to the setting hosts if it should."


@dataclass(frozen=True)
class Token:
    """What a token says: its id, what it allows, and when it ends (seconds since 1970)."""

    id: str
    scopes: tuple[str, ...]
    ends: int


class Keyring:
    """The plan's secret keys, newest first. What they sign says what it is for: a token, or a link.

    Parameters
    ----------
    folder
        The instance folder; made with mode 0700, its ``secret`` file with mode 0600 and 32 random bytes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._secret = folder / "secret"
        try:
            handle = os.open(self._secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32) + "\n")

    def keys(self) -> list[str]:
        """Return the keys, newest first."""
        return self._secret.read_text("ascii").split()

    def rotate(self) -> None:
        """Put a new key first; tokens signed with the two before it stay valid."""
        kept = [secrets.token_hex(32), *self.keys()][:3]
        part = self.folder / f".secret-{os.getpid()}"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write("\n".join(kept) + "\n")
        part.replace(self._secret)

    def _signer(self, kind: str) -> URLSafeSerializer:
        return URLSafeSerializer(self.keys()[::-1], salt=f"planatlas.{kind}")

    def create(self, scopes: tuple[str, ...], *, days: int, kind: str = "token") -> tuple[Token, str]:
        """Return a new token or link and its signed text, valid for ``days`` days; that alone opens nothing."""
        token = Token(secrets.token_hex(8), scopes, int(time.time()) + days * 86_400)
        return token, str(self._signer(kind).dumps([token.id, list(token.scopes), token.ends]))

    def read(self, text: str) -> Token:
        """Return the token behind a signed text; a link's is none.

        Raises
        ------
        BadToken
            Not signed by this plan's keys as a token, or ended.
        """
        token = self._read(text, "token")
        if not set(token.scopes) <= set(SCOPES):  # links of before they were signed apart
            raise BadToken
        return token

    def read_link(self, text: str) -> Token:
        """Return the link behind a signed text; a token is none.

        Raises
        ------
        BadToken
            Not signed by this plan's keys as a link, or ended.
        """
        try:
            return self._read(text, "link")
        except BadToken:
            old = self._read(text, "token")
            if not all(scope.startswith("link:") for scope in old.scopes):
                raise
            return old

    def _read(self, text: str, kind: str) -> Token:
        try:
            token_id, scopes, ends = self._signer(kind).loads(text)
        except (BadSignature, ValueError, TypeError):
            raise BadToken from None
        if ends < time.time():
            raise BadToken
        return Token(token_id, tuple(scopes), ends)


def install_access(app: Flask, settings: Settings) -> None:
    """Check every request of the app before it is answered."""
    hosts = _LOOPBACK | {socket.gethostname().lower()} | {h.lower() for h in settings.hosts}
    limits = {"json": settings.number("max_json"), "form": settings.number("max_form")}

    def check() -> None:
        if not _known_host(request.environ.get("HTTP_HOST", ""), hosts):
            raise ForeignHost
        _check_size(limits)
        if request.method not in SAFE:
            _check_origin()

    app.before_request(check)


def _known_host(header: str, hosts: frozenset[str] | set[str]) -> bool:
    """Whether a Host header names us; an address literal cannot be rebound and is ours by arriving here."""
    try:
        name = (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return False
    if name in hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _check_size(limits: dict[str, int]) -> None:
    form = request.mimetype == "application/x-www-form-urlencoded"
    kind, most = ("form", limits["form"]) if form else ("json", limits["json"])
    seen = request.content_length or 0
    if seen > most:
        raise OverLimit(limit="Content-Length", seen=seen, most=most, setting=f"max_{kind}")


def _check_origin() -> None:
    """Refuse what a browser says comes from elsewhere; a program must show a token and no cookie."""
    if request.headers.get("Authorization", "").startswith("Bearer ") and not request.cookies:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
    elif origin is not None:
        try:
            own = urlsplit(origin).netloc == request.host
        except ValueError:
            own = False
        if not own:
            raise CrossSite
    elif SESSION in request.cookies:  # a browser says where it comes from; a program has no session
        raise CrossSite


def current_token() -> Token | None:
    """Return the request's token, None without one.

    Raises
    ------
    BadToken
        It has one that is refused.
    """
    if "token" not in g:
        header = request.headers.get("Authorization", "")
        g.token = (
            current_state().keyring.read(header.removeprefix("Bearer ").strip())
            if header.startswith("Bearer ")
            else None
        )
    found: Token | None = g.token
    return found
