"""The headers of every response, errors and files included: nothing inline, nothing from elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from layers.library.library import Library
from webapp.http.access import SESSION
from webapp.settings import Settings
from webapp.state import current_library

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def content_security_policy(image_hosts: tuple[str, ...] = (), *, leaves_to: str = "") -> str:
    """Return the policy: ``image_hosts`` are origins of tile sources, ``leaves_to`` that of a sign-out."""
    images = " ".join(("'self'", "data:", *image_hosts))
    forms = f"'self' {leaves_to}".strip()
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; "
        f"img-src {images}; manifest-src 'self'; base-uri 'none'; "
        f"form-action {forms}; frame-ancestors 'self'"
    )


# Opened by itself, a picture has styles of its own and nothing else: no script, no form, nothing fetched.
_PICTURE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
STRICTEST = {**_FIXED, "Content-Security-Policy": content_security_policy()}


def tile_origins(opened: Library) -> tuple[str, ...]:
    """Return the origins of the tile sources the catalog declares."""
    urls = [urlsplit(b.url) for b in opened.catalog.basemaps.values() if b.kind == "tiles" and b.fits]
    return tuple(sorted({f"{u.scheme}://{u.netloc}".replace("{s}", "*") for u in urls if u.netloc}))


def install_headers(app: Flask, settings: Settings) -> None:
    """Set the headers on every response of the app."""
    provider = urlsplit(settings.text("identity_issuer"))
    origin = f"{provider.scheme}://{provider.netloc}" if provider.netloc else ""

    def send(response: Response) -> Response:
        if response.mimetype == "text/html":
            policy = content_security_policy(tile_origins(current_library()), leaves_to=origin)
        elif response.mimetype == "image/svg+xml":
            policy = _PICTURE
        else:
            policy = STRICTEST["Content-Security-Policy"]
        own = g.get("framed_policy")  # an embed's: it says itself who may frame it
        for name, value in {**_FIXED, "Content-Security-Policy": own or policy}.items():
            response.headers[name] = value
        if own:
            del response.headers["X-Frame-Options"]
            del response.headers["Cross-Origin-Opener-Policy"]
        if request.blueprint != "assets":  # who asks decides what they get
            response.vary.update(("Cookie", "Authorization"))
            if (
                g.get("private") or SESSION in request.cookies or "Authorization" in request.headers
            ):  # one reader's, not a proxy's to hand on
                response.cache_control.private = True
        if settings.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.method in ("GET", "HEAD") and _is_open_data():
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    app.after_request(send)


def _is_open_data() -> bool:
    return request.path.startswith(("/layers/", "/features/")) and "Authorization" not in request.headers
